// The time of the log: the machine's wall clock, but never before a record that is already there.
// With a clock that is set back, what a person says now would count as older than what was said
// before, and a withdrawal would not hold. Until the machine has caught up each look is a
// microsecond later than the one before, so that what is said first stays first.
#pragma once

#include <algorithm>
#include <atomic>

#include "seam/clock.h"

namespace filrouge::engine {

class LogClock final : public Clock {
  public:
    explicit LogClock(Clock& machine) : machine_(machine) {}
    IngestTime now() override {
        const std::int64_t machine = machine_.now().us;
        std::int64_t known = latest_us_.load();
        std::int64_t next = machine;
        do {
            next = machine >= known ? machine : known + 1;
        } while (!latest_us_.compare_exchange_weak(known, next));
        return {next};
    }
    Duration monotonic() override { return machine_.monotonic(); }
    // How far it is before the machine; until that has caught up times of receipt stand still.
    Duration ahead() { return {std::max<std::int64_t>(0, latest_us_.load() - machine_.now().us)}; }
    // What others' clocks are compared with: a signature's time, not a record's.
    IngestTime machine_now() { return machine_.now(); }
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
