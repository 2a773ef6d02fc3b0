// Time that stands still until a test moves it. Thread-safe.
#pragma once

#include <atomic>

#include "base/assert.h"
#include "seam/clock.h"

namespace filrouge::fake {

class FakeClock : public Clock {
  public:
    explicit FakeClock(IngestTime start = {1'700'000'000'000'000}) : now_(start.us) {}
    IngestTime now() override { return {now_.load()}; }
    Duration monotonic() override { return {monotonic_.load()}; }

    void advance(Duration by) {  // time passes
        ASSERT(by.us >= 0);
        now_ += by.us;
        monotonic_ += by.us;
    }
    void set(IngestTime to) { now_ = to.us; }  // the wall clock jumps; no time passes

  private:
    std::atomic<std::int64_t> now_;
    std::atomic<std::int64_t> monotonic_{0};
};

}  // namespace filrouge::fake
