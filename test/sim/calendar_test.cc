#include "sim/calendar.h"

#include <gtest/gtest.h>

namespace filrouge::sim {
namespace {

TEST(Calendar, ADayOfAClockChangeHas23Or25Hours) {
    constexpr std::int64_t kHour = 3'600'000'000;
    const std::int64_t spring = time_of("2026-03-28T23:30:00.000Z");
    EXPECT_EQ(next_clock_change(time_of("2026-01-01T00:00:00.000Z")), spring);
    EXPECT_EQ(end_of_paris_day(spring), time_of("2026-03-29T22:00:00.000Z"));
    EXPECT_EQ(paris_day(spring - kHour) + 1, paris_day(spring));
    EXPECT_EQ(paris_day(end_of_paris_day(spring) - 1), paris_day(spring));
    EXPECT_EQ(paris_day(end_of_paris_day(spring)), paris_day(spring) + 1);
    const std::int64_t autumn = next_clock_change(spring);
    EXPECT_EQ(autumn, time_of("2026-10-24T22:30:00.000Z"));
    EXPECT_EQ(end_of_paris_day(autumn) - autumn, 24 * kHour + kHour / 2);
    EXPECT_EQ(next_clock_change(autumn), time_of("2027-03-27T23:30:00.000Z"));
    EXPECT_EQ(end_of_paris_day(time_of("2026-07-14T21:59:59.999Z")),
              time_of("2026-07-14T22:00:00.000Z"));
}

}  // namespace
}  // namespace filrouge::sim
