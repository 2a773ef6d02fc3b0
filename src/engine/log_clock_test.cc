#include "engine/log_clock.h"

#include <gtest/gtest.h>

#include "fake/fake_clock.h"

namespace filrouge::engine {
namespace {

TEST(LogClock, IsTheMachinesClockAsLongAsThatGoesOn) {
    fake::FakeClock machine;
    LogClock clock(machine);
    EXPECT_EQ(clock.now(), machine.now());
    machine.advance(seconds(1));
    EXPECT_EQ(clock.now(), machine.now());
}

TEST(LogClock, WhatIsSaidFirstStaysFirstWhileTheMachineIsBehind) {
    fake::FakeClock machine;
    LogClock clock(machine);
    const IngestTime before = clock.now();
    machine.set({before.us - hours(1).us});
    const IngestTime first = clock.now();
    const IngestTime second = clock.now();
    EXPECT_LT(before, first);
    EXPECT_LT(first, second);
    EXPECT_EQ(clock.machine_now(), machine.now());
    machine.advance(hours(2));
    EXPECT_EQ(clock.now(), machine.now()) << "caught up";
}

TEST(LogClock, IsNeverBeforeWhatTheLogHolds) {
    fake::FakeClock machine;
    LogClock clock(machine);
    clock.raise({machine.now().us + seconds(5).us});
    EXPECT_GT(clock.now().us, machine.now().us + seconds(5).us);
}

}  // namespace
}  // namespace filrouge::engine
