#include "engine/zone.h"

#include <date/date.h>
#include <gtest/gtest.h>

namespace filrouge::engine {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;

std::int64_t us_of(date::sys_seconds at) { return at.time_since_epoch().count() * 1'000'000; }

std::int64_t hours_ahead(const audience::Zone& zone, date::sys_seconds at) {
    return (zone.local_from_utc_us(us_of(at)) - us_of(at)) / kHourUs;
}

TEST(Zone, SummerTimeGoesOnWhenTheTablesOfTheMachineEnd) {
    const auto paris = find_zone("Europe/Paris");
    ASSERT_NE(paris, nullptr);
    for (int year = 2030; year <= 2099; ++year) {
        using date::Sunday, date::last;
        const std::chrono::hours one{1};
        const std::chrono::seconds before{-1};
        const auto spring = date::sys_days{date::year{year} / date::March / Sunday[last]} + one;
        const auto autumn = date::sys_days{date::year{year} / date::October / Sunday[last]} + one;
        EXPECT_EQ(hours_ahead(*paris, spring + before), 1) << year;
        EXPECT_EQ(hours_ahead(*paris, spring), 2) << year;
        EXPECT_EQ(hours_ahead(*paris, autumn + before), 2) << year;
        EXPECT_EQ(hours_ahead(*paris, autumn), 1) << year;
        for (const date::sys_seconds at : {spring + before, date::sys_seconds{spring}}) {
            EXPECT_EQ(paris->utc_from_local_us(paris->local_from_utc_us(us_of(at))), us_of(at))
                << year;
        }
        // The hour that is jumped over is the first moment after it; of one that comes twice it is
        // the first.
        EXPECT_EQ(paris->utc_from_local_us(us_of(spring) + kHourUs + 1), us_of(spring)) << year;
        EXPECT_EQ(paris->utc_from_local_us(us_of(autumn) + kHourUs), us_of(autumn) - kHourUs)
            << year;
    }
}

TEST(Zone, WhereClocksStandStillTheyGoOnDoingSo) {
    const date::sys_days january = date::year{2040} / 1 / 15;
    const date::sys_days july = date::year{2040} / 7 / 15;
    const auto kolkata = find_zone("Asia/Kolkata");
    ASSERT_NE(kolkata, nullptr);
    for (const date::sys_days at : {january, july})
        EXPECT_EQ(kolkata->local_from_utc_us(us_of(at)) - us_of(at), 5 * kHourUs + kHourUs / 2);
    const auto brazil = find_zone("America/Sao_Paulo");  // had a summer time until 2019
    ASSERT_NE(brazil, nullptr);
    for (const date::sys_days at : {january, july}) EXPECT_EQ(hours_ahead(*brazil, at), -3);
    const auto sydney = find_zone("Australia/Sydney");
    ASSERT_NE(sydney, nullptr);
    EXPECT_EQ(hours_ahead(*sydney, january), 11);
    EXPECT_EQ(hours_ahead(*sydney, july), 10);
}

}  // namespace
}  // namespace filrouge::engine
