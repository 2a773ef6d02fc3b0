#include <gtest/gtest.h>

#include "files/zone.h"

namespace filrouge::files {
namespace {

std::string utc_of(const std::string& zone, const std::string& local) {
    auto opened = Zone::open(zone);
    const auto told = TimeFormat::parse("iso").value().read(local);
    if (!opened.ok() || !told) return "bad";
    return iso_utc_text(opened.value().utc_from_local_us(told->us));
}
std::string read(const std::string& format, const std::string& text) {
    const auto told = TimeFormat::parse(format).value().read(text);
    if (!told) return "no";
    return local_text(told->us) + (told->utc ? " UTC" : "") + (told->date_only ? " day" : "");
}

TEST(Zone, ALocalTimeThatTheClocksJumpOverIsTheInstantOfTheJump) {
    EXPECT_EQ(utc_of("America/New_York", "2017-03-12 01:59:59"), "2017-03-12T06:59:59Z");
    EXPECT_EQ(utc_of("America/New_York", "2017-03-12 02:30:00"), "2017-03-12T07:00:00Z");
    EXPECT_EQ(utc_of("America/New_York", "2017-03-12 03:00:00"), "2017-03-12T07:00:00Z");
    EXPECT_EQ(utc_of("Europe/Paris", "2026-03-29 02:15:00"), "2026-03-29T01:00:00Z");
}

TEST(Zone, ALocalTimeThatTheClocksShowTwiceIsTheEarlierInstant) {
    EXPECT_EQ(utc_of("America/New_York", "2017-11-05 01:30:00"), "2017-11-05T05:30:00Z");
    EXPECT_EQ(utc_of("America/New_York", "2017-11-05 02:00:00"), "2017-11-05T07:00:00Z");
    EXPECT_EQ(utc_of("Europe/Paris", "2026-10-25 02:30:00"), "2026-10-25T00:30:00Z");
}

TEST(Zone, RememberingAStretchChangesNoAnswer) {
    for (const char* name :
         {"America/New_York", "Europe/Paris", "Australia/Lord_Howe", "Asia/Kathmandu"}) {
        auto warm = Zone::open(name);
        ASSERT_TRUE(warm.ok());
        for (std::int64_t local = 1'480'000'000; local < 1'520'000'000; local += 997) {
            auto cold = Zone::open(name);
            ASSERT_EQ(warm.value().utc_from_local_us(local * 1'000'000),
                      cold.value().utc_from_local_us(local * 1'000'000));
        }
    }
}

TEST(Zone, AnUnknownZoneIsRefused) {
    const auto zone = Zone::open("Europe/Atlantis");
    ASSERT_FALSE(zone.ok());
    EXPECT_EQ(zone.error().code, "files.zone");
}

TEST(TimeFormat, UtcIsUtcWhateverTheZoneOfTheMap) {
    EXPECT_EQ(read("%d/%m/%Y %H:%M %Z", "05/03/2024 18:30 UTC"), "2024-03-05 18:30:00 UTC");
    EXPECT_EQ(read("%d/%m/%Y %H:%M %Z", "05/03/2024 18:30 GMT"), "2024-03-05 18:30:00 UTC");
    EXPECT_EQ(read("%d/%m/%Y %H:%M%Z", "05/03/2024 18:30Z"), "2024-03-05 18:30:00 UTC");
    EXPECT_EQ(read("%d/%m/%Y %H:%M %Z", "05/03/2024 18:30 CET"), "2024-03-05 18:30:00");
    EXPECT_EQ(read("%d/%m/%Y %H:%M %Z%z", "05/03/2024 18:30 GMT+0100"), "2024-03-05 17:30:00 UTC");
}

TEST(TimeFormat, OnlyALeapYearHasADay366) {
    EXPECT_EQ(read("%Y %j", "2024 366"), "2024-12-31 00:00:00 day");
    EXPECT_EQ(read("%Y %j", "2023 365"), "2023-12-31 00:00:00 day");
    EXPECT_EQ(read("%Y %j", "2023 366"), "no");
}

TEST(TimeFormat, IsoWithAndWithoutTimeAndOffset) {
    EXPECT_EQ(read("iso", "2017-03-03"), "2017-03-03 00:00:00 day");
    EXPECT_EQ(read("iso", "2017-03-03 07:30"), "2017-03-03 07:30:00");
    EXPECT_EQ(read("iso", "2017-03-03T07:30:27.5Z"), "2017-03-03 07:30:27.500000 UTC");
    EXPECT_EQ(read("iso", "2017-03-03T07:30:27+01:30"), "2017-03-03 06:00:27 UTC");
    EXPECT_EQ(read("iso", "2017-03-03T00:30:00-0500"), "2017-03-03 05:30:00 UTC");
    for (const char* bad : {"", "2017-02-29", "2017-13-01", "2017-03-03 25:00", "2017-03-03x",
                            "2017-03-03 07:30:27 Z1"}) {
        EXPECT_EQ(read("iso", bad), "no") << bad;
    }
}

TEST(TimeFormat, EpochsAreExactToTheMicrosecond) {
    EXPECT_EQ(read("epoch_s", "1592337718.0"), "2020-06-16 20:01:58 UTC");
    EXPECT_EQ(read("epoch_s", "1592337718.000001"), "2020-06-16 20:01:58.000001 UTC");
    EXPECT_EQ(read("epoch_ms", "1592337718001"), "2020-06-16 20:01:58.001000 UTC");
    EXPECT_EQ(read("epoch_us", "-1"), "1969-12-31 23:59:59.999999 UTC");
    EXPECT_EQ(read("epoch_s", "9223372036854775807"), "no");
    EXPECT_EQ(read("epoch_s", "12e3"), "no");
}

TEST(TimeFormat, PatternsOfShopsAndTills) {
    EXPECT_EQ(read("%d/%m/%Y %H:%M", "1/12/2010 8:26"), "2010-12-01 08:26:00");
    EXPECT_EQ(read("%Y%m%d", "19970101"), "1997-01-01 00:00:00 day");
    EXPECT_EQ(read("%m/%d/%y %I:%M %p", "12/31/99 12:05 am"), "1999-12-31 00:05:00");
    EXPECT_EQ(read("%d %b %Y %H:%M:%S.%f", "05 mars 2017 01:02:03.25"), "no");
    EXPECT_EQ(read("%d %b %Y %H:%M:%S", "05 Mar 2017 01:02:03.25"), "2017-03-05 01:02:03.250000");
    EXPECT_EQ(read("%a, %d %B %Y %H:%M:%S %z", "Sun, 05 March 2017 01:02:03 +0200"),
              "2017-03-04 23:02:03 UTC");
    EXPECT_EQ(read("%Y-%j", "2016-366"), "2016-12-31 00:00:00 day");
    EXPECT_EQ(read("%d/%m/%Y", "31/11/2010"), "no");
    EXPECT_EQ(read("%d/%m/%Y", "1/12/2010 8"), "no");
}

TEST(TimeFormat, AnUnknownConversionIsRefused) {
    EXPECT_FALSE(TimeFormat::parse("%Q").ok());
    EXPECT_FALSE(TimeFormat::parse("%Y%").ok());
    EXPECT_FALSE(TimeFormat::parse("rfc822").ok());
}

}  // namespace
}  // namespace filrouge::files
