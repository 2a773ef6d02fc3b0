#include "collect/moment.h"

#include <gtest/gtest.h>

namespace filrouge::collect {
namespace {

std::int64_t us(std::string_view text) {
    const auto time = parse_time(text);
    return time ? time->us : -1;
}

TEST(Moment, IsExactToTheMicrosecond) {
    constexpr std::int64_t kDay = 1'772'323'200'000'000;  // 2026-03-01
    EXPECT_EQ(us("2026-03-01"), kDay);
    EXPECT_EQ(us("2026-03-01T00:00:00Z"), kDay);
    EXPECT_EQ(us("2026-03-01T10:20:30.123Z"), kDay + 37'230'123'000);
    EXPECT_EQ(us("2026-03-01t10:20:30.123456z"), kDay + 37'230'123'456);
    EXPECT_EQ(us("2026-03-01 10:20:30,5"), kDay + 37'230'500'000);
    EXPECT_EQ(us("2026-03-01T10:20:30.123456789Z"), kDay + 37'230'123'456);
    EXPECT_EQ(us("2026-03-01T10:20Z"), kDay + 37'200'000'000);
    EXPECT_EQ(us(" 2026-03-01T10:20:30 "), kDay + 37'230'000'000);
}

TEST(Moment, KnowsEveryOffset) {
    const std::int64_t noon = us("2026-03-01T12:00:00Z");
    EXPECT_EQ(us("2026-03-01T13:00:00+01:00"), noon);
    EXPECT_EQ(us("2026-03-01T13:00:00+0100"), noon);
    EXPECT_EQ(us("2026-03-01T13:00:00+01"), noon);
    EXPECT_EQ(us("2026-03-01T06:30:00-05:30"), noon);
    EXPECT_EQ(us("2026-03-02T02:00:00+14:00"), noon);
    EXPECT_EQ(us("2026-03-01T12:00:00-00:00"), noon);
}

TEST(Moment, KnowsTheCalendar) {
    EXPECT_EQ(us("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(us("1969-12-31T23:59:59.999999Z"), -1);
    EXPECT_EQ(us("2000-02-29"), 951'782'400'000'000);
    EXPECT_EQ(us("1990-01-01T00:00:00Z"), kEarliestTime.us);
    EXPECT_EQ(us("2016-12-31T23:59:60Z"), us("2017-01-01T00:00:00Z"));
    EXPECT_EQ(us("9999-12-31T23:59:59Z"), 253'402'300'799'000'000);
}

TEST(Moment, TellsCountsApartByTheirSize) {
    EXPECT_EQ(time_from_epoch(1'772'323'200), parse_time("2026-03-01"));
    EXPECT_EQ(time_from_epoch(1'772'323'200'000), parse_time("2026-03-01"));
    EXPECT_EQ(time_from_epoch(1'772'323'200'000'000), parse_time("2026-03-01"));
    EXPECT_EQ(us("1772323200000"), us("2026-03-01"));
    EXPECT_EQ(time_from_epoch(INT64_MAX), std::nullopt);
    EXPECT_EQ(time_from_epoch(INT64_MIN), std::nullopt);
}

TEST(Moment, RefusesWhatItCannotKnow) {
    for (const char* text : {"",
                             "yesterday",
                             "2026",
                             "20260301",
                             "2026-3-1",
                             "2026-13-01",
                             "2026-00-01",
                             "2026-02-29",
                             "2026-02-30",
                             "2026-03-01T",
                             "2026-03-01T25:00:00Z",
                             "2026-03-01T24:00:00Z",
                             "2026-03-01T10:60:00Z",
                             "2026-03-01T10:00:61Z",
                             "2026-03-01T10:00:00.Z",
                             "2026-03-01T10:00:00+1",
                             "2026-03-01T10:00:00+24:00",
                             "2026-03-01T10:00:00Zx",
                             "2026-03-01T10:00:00 UTC",
                             "01/03/2026",
                             "0000-01-01",
                             "2026-03-01T10",
                             "Sun Mar 01 2026 10:00:00 GMT+0100",
                             "1772323200.5",
                             "99999999999999999999"}) {
        EXPECT_FALSE(parse_time(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace filrouge::collect
