// The time of the log: the machine's wall clock, but never before a record that is already there.
// With a clock that is set back, what a person says now would count as older than what was said
// before, and a withdrawal would not hold. Until the machine has caught up each look is a
// microsecond later than the one before, so that what is said first stays first.
//
// So a clock that is far ahead for a minute would be the log's time for good: nobody would leave a
// window and no session end until the machine has caught up. Hence a wall clock that runs away from
// the monotonic one by more than kLeapUs is not believed at once. The log goes on by the monotonic
// clock, until the leap has stood for a hundredth of itself: that is what waiting costs a shop
// whose clock was put right, against what believing costs one whose clock is wrong. At a start
// nothing tells the two apart (the machine may have been off for a week), and a machine without a
// clock of its own gets the time from the network soon after it: for kSettlesUs every clock is
// believed.
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "seam/clock.h"

namespace filrouge::engine {

class LogClock final : public Clock {
  public:
    static constexpr std::int64_t kLeapUs = days(1).us;
    static constexpr std::int64_t kSettlesUs = minutes(10).us;  // after a start
    static constexpr std::int64_t kHeldMinUs = minutes(10).us, kHeldMaxUs = days(1).us;
    static constexpr std::int64_t kLeapShare = 100;
    static constexpr std::int64_t kSameLeapUs = hours(1).us;  // more is another leap

    explicit LogClock(Clock& machine)
        : machine_(machine),
          settled_at_us_(machine.monotonic().us + kSettlesUs),
          offset_us_(machine.now().us - machine.monotonic().us) {}
    IngestTime now() override {
        const std::int64_t wanted = believed_us();
        std::int64_t known = latest_us_.load();
        std::int64_t next = wanted;
        do {
            next = wanted >= known ? wanted : known + 1;
        } while (!latest_us_.compare_exchange_weak(known, next));
        return {next};
    }
    Duration monotonic() override { return machine_.monotonic(); }
    // How far it is before the machine; until that has caught up times of receipt stand still.
    Duration ahead() { return {std::max<std::int64_t>(0, latest_us_.load() - machine_.now().us)}; }
    // How far the machine's clock has leapt and is not believed, as of the last now(); 0: it is.
    Duration held_back() const { return {held_us_.load()}; }
    // What others' clocks are compared with: a signature's time, not a record's.
    IngestTime machine_now() { return machine_.now(); }
    // At the start, to what the log holds.
    void raise(IngestTime to);
    static Duration held_for(Duration leap) {
        return {std::clamp(leap.us / kLeapShare, kHeldMinUs, kHeldMaxUs)};
    }

  private:
    struct Leap {
        std::int64_t since_us = 0;  // by the monotonic clock
        std::int64_t by_us = 0;
    };
    std::int64_t believed_us();
    std::int64_t while_leapt(std::int64_t wall_us, std::int64_t monotonic_us);

    Clock& machine_;
    const std::int64_t settled_at_us_;  // by the monotonic clock
    std::atomic<std::int64_t> latest_us_{0};
    // Of the wall clock to the monotonic one, at its greatest that was believed: a clock that is
    // set back and put right again has not leapt.
    std::atomic<std::int64_t> offset_us_;
    std::atomic<std::int64_t> held_us_{0};
    std::mutex mutex_;
    std::optional<Leap> leap_;  // guarded by mutex_
};

}  // namespace filrouge::engine
