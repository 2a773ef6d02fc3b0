#include "base/standing_queue.h"

#include <gtest/gtest.h>

namespace filrouge {
namespace {

constexpr std::int64_t kShort = 50, kLong = kShort + 1;

// From `from` on, turns come every 10 ms for so long, each after the same wait; the time after.
std::int64_t turns(StandingQueue& queue, std::int64_t from, std::int64_t ms, std::int64_t wait) {
    for (std::int64_t now = from; now < from + ms; now += 10) queue.saw(wait, now);
    return from + ms;
}

TEST(StandingQueue, ABurstDoesNotMakeOne) {
    StandingQueue queue(kShort);
    std::int64_t now = 5'000;
    for (int burst = 0; burst < 5; ++burst) {
        now = turns(queue, now, StandingQueue::kStandsAfterMs, kLong);
        EXPECT_FALSE(queue.stands(now));
        queue.saw(kShort, now);
    }
}

TEST(StandingQueue, LongWaitsAloneMakeOneAndOneShortWaitDoesNotEndIt) {
    StandingQueue queue(kShort);
    std::int64_t now = turns(queue, 5'000, StandingQueue::kStandsAfterMs + 20, kLong);
    EXPECT_TRUE(queue.stands(now));
    for (int i = 0; i < 5; ++i) {
        now = turns(queue, now, StandingQueue::kGoneAfterMs - 10, kShort);
        EXPECT_TRUE(queue.stands(now));
        queue.saw(kLong, now);
    }
    now = turns(queue, now + 10, StandingQueue::kGoneAfterMs + 20, kShort);
    EXPECT_FALSE(queue.stands(now));
}

TEST(StandingQueue, AQueueInWhichNobodysTurnComesIsEmptyAndANewOneIsABurst) {
    StandingQueue queue(kShort);
    std::int64_t now = turns(queue, 5'000, StandingQueue::kStandsAfterMs + 20, kLong);
    now += StandingQueue::kGoneAfterMs;
    EXPECT_FALSE(queue.stands(now));
    queue.saw(kLong, now);
    EXPECT_FALSE(queue.stands(now));
    now = turns(queue, now, StandingQueue::kStandsAfterMs + 20, kLong);
    EXPECT_TRUE(queue.stands(now));
}

}  // namespace
}  // namespace filrouge
