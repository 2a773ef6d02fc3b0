// Tells a queue that a burst has made from one that stands because more comes than can be done.
// After Nichols and Jacobson, "Controlling Queue Delay" (ACM Queue, 2012): what counts is not how
// long the queue is, but for how long nobody in it had a short wait.
#pragma once

#include <cstdint>

namespace filrouge {

class StandingQueue {
  public:
    static constexpr std::int64_t kStandsAfterMs = 500;  // without a short wait
    static constexpr std::int64_t kGoneAfterMs = 1'000;  // without a long one

    explicit StandingQueue(std::int64_t short_wait_ms) : short_wait_ms_(short_wait_ms) {}
    std::int64_t short_wait_ms() const { return short_wait_ms_; }
    // Somebody's turn came after `wait_ms`.
    void saw(std::int64_t wait_ms, std::int64_t now_ms) {
        const bool is_long = wait_ms > short_wait_ms_;
        const bool is_first = now_ms - seen_ms_ >= kGoneAfterMs;  // it has been empty
        seen_ms_ = now_ms;
        if (is_first) stands_ = false;
        if (is_first || is_long == stands_) changing_since_ms_ = now_ms;
        if (now_ms - changing_since_ms_ < (is_long ? kStandsAfterMs : kGoneAfterMs)) return;
        stands_ = is_long;
        changing_since_ms_ = now_ms;
    }
    // A queue in which nobody's turn comes is empty.
    bool stands(std::int64_t now_ms) const { return stands_ && now_ms - seen_ms_ < kGoneAfterMs; }

  private:
    std::int64_t short_wait_ms_;
    bool stands_ = false;
    std::int64_t changing_since_ms_ = 0;  // since when all waits spoke against `stands_`
    std::int64_t seen_ms_ = -kGoneAfterMs;
};

}  // namespace filrouge
