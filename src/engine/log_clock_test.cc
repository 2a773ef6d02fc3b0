#include "engine/log_clock.h"

#include <gtest/gtest.h>

#include <utility>

#include "fake/fake_clock.h"
#include "fake/fake_random.h"

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

TEST(LogClock, ALeapTo2038AndBackLeavesNoTrace) {
    fake::FakeClock machine{IngestTime{1'790'000'000'000'000}};
    LogClock clock(machine);
    machine.advance(hours(1));
    const IngestTime right = clock.now();
    machine.set({2'147'483'640'000'000});
    for (int minute = 0; minute < 60; ++minute) {
        EXPECT_EQ(clock.now(), right + minutes(minute));
        EXPECT_GT(clock.held_back(), days(4'000));
        machine.advance(minutes(1));
    }
    machine.set(right + hours(1));
    EXPECT_EQ(clock.now(), machine.now());
    EXPECT_EQ(clock.held_back(), Duration{0});
    EXPECT_EQ(clock.ahead(), Duration{0});
}

TEST(LogClock, ALeapThatStandsForAHundredthOfItselfIsBelieved) {
    for (const auto& [leap, stands] : {std::pair{minutes(1'441), minutes(15)},
                                       {days(2), minutes(29)},
                                       {days(7), minutes(101)},
                                       {days(5'000), days(1)}}) {
        fake::FakeClock machine;
        LogClock clock(machine);
        machine.advance(hours(1));
        const IngestTime before = clock.now();
        machine.set(machine.now() + leap);
        EXPECT_EQ(clock.now(), before);
        const Duration held = LogClock::held_for(leap);
        EXPECT_LE(held, stands);
        machine.advance(held - seconds(1));
        EXPECT_LT(clock.now(), machine.now());
        EXPECT_NE(clock.held_back(), Duration{0});
        machine.advance(seconds(1));
        EXPECT_EQ(clock.now(), machine.now());
        EXPECT_EQ(clock.held_back(), Duration{0});
    }
}

TEST(LogClock, WhatADayCanMendIsBelievedAtOnce) {
    for (const Duration by : {hours(1), hours(23), days(1)}) {
        fake::FakeClock machine;
        LogClock clock(machine);
        machine.advance(hours(1));
        machine.set(machine.now() + by);
        EXPECT_EQ(clock.now(), machine.now());
    }
}

TEST(LogClock, AClockThatWasSetBackAndIsPutRightHasNotLeapt) {
    fake::FakeClock machine;
    LogClock clock(machine);
    machine.advance(hours(1));
    const IngestTime right = clock.now();
    machine.set({0});  // 1970
    machine.advance(hours(5));
    EXPECT_EQ(clock.now(), right + microseconds(1));
    machine.set(right + hours(5));
    EXPECT_EQ(clock.now(), machine.now());
    EXPECT_EQ(clock.held_back(), Duration{0});
}

TEST(LogClock, SoonAfterAStartTheNetworkMaySetIt) {
    fake::FakeClock machine{IngestTime{0}};  // a machine that does not know the time
    LogClock clock(machine);
    machine.advance(minutes(9));
    machine.set({1'790'000'000'000'000});
    EXPECT_EQ(clock.now(), machine.now());
    EXPECT_EQ(clock.held_back(), Duration{0});
}

// Nor is it a leap when the log was ahead of the machine, which catches up.
TEST(LogClock, WhatTheLogHoldsIsBelieved) {
    fake::FakeClock machine;
    LogClock clock(machine);
    const IngestTime held = machine.now() + days(30);
    clock.raise(held);
    machine.advance(hours(1));
    machine.set(held + hours(2));
    EXPECT_EQ(clock.now(), machine.now());
}

// The laws, whatever the machine's clock does: it never goes back; it never is where neither the
// wall clock nor time itself has been; a leap that is put right before it is believed leaves no
// trace; and a clock that goes on well is the log's clock within a day at most.
TEST(LogClock, HoldsItsLawsWhateverTheMachineDoes) {
    fake::FakeRandom random(7);
    for (int round = 0; round < 200; ++round) {
        fake::FakeClock machine;
        LogClock clock(machine);
        IngestTime before = clock.now();
        std::int64_t highest = before.us;  // that the wall clock has told
        for (int step = 0; step < 60; ++step) {
            const std::int64_t by = static_cast<std::int64_t>(random.number() % 100'000) - 50'000;
            switch (random.number() % 4) {
                case 0: machine.set({machine.now().us + minutes(by).us}); break;
                case 1: machine.set({machine.now().us + seconds(by).us}); break;
                default: machine.advance(seconds(by < 0 ? -by : by)); break;
            }
            highest = std::max(highest, machine.now().us);
            const IngestTime now = clock.now();
            ASSERT_LE(before, now) << round;
            ASSERT_LE(now.us, highest + 60) << "a microsecond a look, and no further";
            before = now;
        }
        machine.set(before + days(400));
        for (int look = 0; look < 26; ++look, machine.advance(hours(1)))
            static_cast<void>(clock.now());
        EXPECT_EQ(clock.now(), machine.now()) << "not believed after a day";
    }
}

}  // namespace
}  // namespace filrouge::engine
