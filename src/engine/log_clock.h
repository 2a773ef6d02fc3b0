// The time of the log: the machine's wall clock, but never before a record that is already there.
// With a clock that is set back, what a person says now would count as older than what was said
// before, and a withdrawal would not hold.
#pragma once

#include <atomic>

#include "seam/clock.h"

namespace filrouge::engine {

class LogClock final : public Clock {
  public:
    explicit LogClock(Clock& machine) : machine_(machine) {}
    IngestTime now() override {
        raise(machine_.now());
        return {latest_us_.load()};
    }
    Duration monotonic() override { return machine_.monotonic(); }
    void raise(IngestTime to) {
        std::int64_t known = latest_us_.load();
        while (known < to.us && !latest_us_.compare_exchange_weak(known, to.us)) {
        }
    }

  private:
    Clock& machine_;
    std::atomic<std::int64_t> latest_us_{0};
};

}  // namespace filrouge::engine
