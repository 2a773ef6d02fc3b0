#include "http/holding.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace filrouge::http {
namespace {

TEST(Holding, IsReleasedWhileItsWatcherWaitsForTheFirstOfThem) {
    for (int round = 0; round < 50; ++round) {
        Holding holding({.requests = 8, .bytes = 1'000, .time = std::chrono::seconds(60)});
        int gone_on = 0;
        for (int i = 0; i < 3; ++i)
            ASSERT_TRUE(holding.hold(10, [&](bool released) { gone_on += released ? 1 : 0; }));
        std::this_thread::sleep_for(std::chrono::milliseconds(1));  // the watcher waits by now
        holding.release();
        EXPECT_EQ(gone_on, 3);
    }
}

}  // namespace
}  // namespace filrouge::http
