#include "os/turn_queue.h"

#include <gtest/gtest.h>

namespace filrouge::os {
namespace {

// Each turn takes 4 ms. For two seconds a few more come than are served, for eight seconds `times`
// as many, each let in when it is expected to wait at most `wait_ms_max`; the longest wait.
std::int64_t longest_wait(double times, std::int64_t wait_ms_max) {
    TurnQueue queue;
    std::int64_t longest = 0;
    double coming = 0;
    for (std::int64_t now = 0; now < 10'000; ++now) {
        for (coming += (now < 2'000 ? 1.1 : times) / 4; coming >= 1; --coming) {
            if (queue.expected_wait_ms(now) <= wait_ms_max) queue.join(1, now);
        }
        if (now % 4 == 3 && !queue.is_empty())
            longest = std::max(longest, queue.next(now).waited_ms);
    }
    return longest;
}

TEST(TurnQueue, IsFirstComeFirstServed) {
    TurnQueue queue;
    queue.join(7, 1'000);
    queue.join(8, 1'030);
    EXPECT_EQ(queue.expected_wait_ms(1'050), 50);
    TurnQueue::Turn turn = queue.next(1'050);
    EXPECT_EQ(turn.connection, 7u);
    EXPECT_EQ(turn.waited_ms, 50);
    turn = queue.next(1'060);
    EXPECT_EQ(turn.connection, 8u);
    EXPECT_EQ(turn.waited_ms, 30);
    EXPECT_TRUE(queue.is_empty());
    EXPECT_EQ(queue.expected_wait_ms(2'000), 0);
}

// By the age of the first in line alone, everybody who comes within that age gets in, and then
// waits so many times longer as more come than are served.
TEST(TurnQueue, WhoeverIsLetInByTheExpectationWaitsHardlyLonger) {
    for (const double times : {1.5, 3.0, 10.0}) {
        EXPECT_LE(longest_wait(times, 100), 110) << times;
        EXPECT_GE(longest_wait(times, 100), 90) << "the line is made use of";
    }
}

TEST(TurnQueue, NobodyIsKeptOutWhereAllAreServed) {
    TurnQueue queue;
    for (std::int64_t now = 0; now < 10'000; now += 10) {
        for (int i = 0; i < 50; ++i) {
            ASSERT_LE(queue.expected_wait_ms(now), 50);
            queue.join(1, now);
        }
        while (!queue.is_empty()) queue.next(now + 4);
    }
}

}  // namespace
}  // namespace filrouge::os
