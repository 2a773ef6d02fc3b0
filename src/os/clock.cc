#include "os/clock.h"

#include <ctime>

#include "base/assert.h"

namespace filrouge::os {
namespace {

std::int64_t read_clock(clockid_t which) {
    timespec at{};
    ASSERT(clock_gettime(which, &at) == 0);
    return static_cast<std::int64_t>(at.tv_sec) * 1'000'000 + at.tv_nsec / 1'000;
}

class RealClock : public Clock {
  public:
    IngestTime now() override { return {read_clock(CLOCK_REALTIME)}; }
    // The one that goes on while a machine sleeps: a lid that was closed for a week is no wall
    // clock that has leapt (engine/log_clock.h).
    Duration monotonic() override { return {read_clock(CLOCK_BOOTTIME)}; }
};

}  // namespace

std::unique_ptr<Clock> make_clock() { return std::make_unique<RealClock>(); }

}  // namespace filrouge::os
