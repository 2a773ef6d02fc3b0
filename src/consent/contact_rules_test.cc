#include "consent/contact_rules.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "base/seed_for_test.h"

namespace filrouge::consent {
namespace {

std::int64_t day(int year, int month, int day_of_month) {
    return std::chrono::sys_days{std::chrono::year{year} / month / day_of_month}
        .time_since_epoch()
        .count();
}
LocalTime at(int year, int month, int day_of_month, int hour, int minute) {
    return {days(day(year, month, day_of_month)).us + hours(hour).us + minutes(minute).us};
}

Hold sms(LocalTime when, Region region = Region::Mainland) {
    return judge(french_contact_rules(), {ContactChannel::Sms, when, region}).hold;
}
Hold call(LocalTime when, std::span<const LocalTime> tries = {}) {
    return judge(french_contact_rules(), {ContactChannel::Phone, when, Region::Mainland, tries})
        .hold;
}

// Published dates of Easter Sunday (Bureau des longitudes).
TEST(ContactRules, EasterIsWhereTheTablesPutIt) {
    EXPECT_EQ(easter_sunday(1999), day(1999, 4, 4));
    EXPECT_EQ(easter_sunday(2000), day(2000, 4, 23));
    EXPECT_EQ(easter_sunday(2008), day(2008, 3, 23));
    EXPECT_EQ(easter_sunday(2024), day(2024, 3, 31));
    EXPECT_EQ(easter_sunday(2025), day(2025, 4, 20));
    EXPECT_EQ(easter_sunday(2026), day(2026, 4, 5));
    EXPECT_EQ(easter_sunday(2027), day(2027, 3, 28));
    EXPECT_EQ(easter_sunday(2038), day(2038, 4, 25));
}

TEST(ContactRules, FranceHasElevenPublicHolidaysAndARegionItsOwn) {
    const auto count = [](Region region) {
        int found = 0;
        for (std::int64_t d = day(2026, 1, 1); d <= day(2026, 12, 31); ++d)
            found += is_public_holiday(d, region) ? 1 : 0;
        return found;
    };
    EXPECT_EQ(count(Region::Mainland), 11);
    EXPECT_EQ(count(Region::AlsaceMoselle), 13);
    for (const Region region :
         {Region::Guadeloupe, Region::Martinique, Region::Guyane, Region::Reunion, Region::Mayotte,
          Region::SaintMartin, Region::SaintBarthelemy})
        EXPECT_EQ(count(region), 12) << kRegionNames[static_cast<std::size_t>(region)];
    for (const auto& [month, d] : {std::pair{4, 6}, {5, 1}, {5, 8}, {5, 14}, {5, 25}, {7, 14}})
        EXPECT_TRUE(is_public_holiday(day(2026, month, d), Region::Mainland)) << month << "/" << d;
    EXPECT_FALSE(is_public_holiday(day(2026, 4, 3), Region::Mainland)) << "Good Friday";
    EXPECT_TRUE(is_public_holiday(day(2026, 4, 3), Region::AlsaceMoselle));
    EXPECT_TRUE(is_public_holiday(day(2026, 12, 26), Region::AlsaceMoselle));
    EXPECT_TRUE(is_public_holiday(day(2026, 12, 20), Region::Reunion));
}

TEST(ContactRules, APostalCodeTellsTheRegion) {
    EXPECT_EQ(region_of_postcode("69001"), Region::Mainland);
    EXPECT_EQ(region_of_postcode("67000"), Region::AlsaceMoselle);
    EXPECT_EQ(region_of_postcode("57000"), Region::AlsaceMoselle);
    EXPECT_EQ(region_of_postcode("97400"), Region::Reunion);
    EXPECT_EQ(region_of_postcode("97133"), Region::SaintBarthelemy);
    EXPECT_EQ(region_of_postcode("97150"), Region::SaintMartin);
    EXPECT_EQ(region_of_postcode("97110"), Region::Guadeloupe);
    EXPECT_EQ(region_of_postcode("6700"), Region::Mainland);
    EXPECT_EQ(region_of_postcode(""), Region::Mainland);
}

TEST(ContactRules, NoSmsAtNightOnSundaysAndHolidays) {
    struct Case {
        LocalTime when;
        Hold hold;
        const char* why;
    };
    const Case kCases[] = {
        {at(2026, 11, 23, 7, 59), Hold::Hours, "Monday, a minute early"},
        {at(2026, 11, 23, 8, 0), Hold::None, "Monday, the first minute"},
        {at(2026, 11, 23, 20, 29), Hold::None, "Monday, the last minute"},
        {at(2026, 11, 23, 20, 30), Hold::Hours, "Monday, a minute late"},
        {at(2026, 11, 21, 20, 29), Hold::None, "Saturday"},
        {at(2026, 11, 22, 12, 0), Hold::Weekday, "Sunday"},
        {at(2026, 4, 6, 12, 0), Hold::Holiday, "Easter Monday"},
        {at(2026, 5, 1, 12, 0), Hold::Holiday, "1 May, a Friday"},
        {at(2026, 4, 30, 23, 59), Hold::Hours, "the night before it"},
        {at(2026, 5, 2, 8, 0), Hold::None, "the Saturday after it"},
        {at(2026, 3, 28, 20, 29), Hold::None, "the evening before summer time"},
        {at(2026, 3, 29, 3, 0), Hold::Weekday, "summer time begins, a Sunday"},
        {at(2026, 3, 30, 8, 0), Hold::None, "the first morning of summer time"},
        {at(2026, 10, 26, 7, 59), Hold::Hours, "the first morning of winter time"},
        {at(2026, 10, 26, 8, 0), Hold::None, "a minute later"},
    };
    for (const Case& c : kCases) EXPECT_EQ(sms(c.when), c.hold) << c.why;
    EXPECT_EQ(sms(at(2025, 4, 18, 12, 0)), Hold::None);
    EXPECT_EQ(sms(at(2025, 4, 18, 12, 0), Region::AlsaceMoselle), Hold::Holiday) << "Good Friday";
    EXPECT_EQ(sms(at(2026, 5, 22, 12, 0), Region::Martinique), Hold::Holiday);
}

TEST(ContactRules, CallsKeepTheirHoursAndTries) {
    EXPECT_EQ(call(at(2026, 11, 23, 9, 59)), Hold::Hours);
    EXPECT_EQ(call(at(2026, 11, 23, 10, 0)), Hold::None);
    EXPECT_EQ(call(at(2026, 11, 23, 12, 59)), Hold::None);
    EXPECT_EQ(call(at(2026, 11, 23, 13, 0)), Hold::Hours) << "lunch";
    EXPECT_EQ(call(at(2026, 11, 23, 13, 59)), Hold::Hours);
    EXPECT_EQ(call(at(2026, 11, 23, 14, 0)), Hold::None);
    EXPECT_EQ(call(at(2026, 11, 23, 19, 59)), Hold::None);
    EXPECT_EQ(call(at(2026, 11, 23, 20, 0)), Hold::Hours);
    EXPECT_EQ(call(at(2026, 11, 21, 12, 0)), Hold::Weekday) << "Saturday";
    EXPECT_EQ(call(at(2026, 7, 14, 12, 0)), Hold::Holiday);

    const std::vector<LocalTime> tries = {at(2026, 11, 2, 10, 0), at(2026, 11, 3, 10, 0),
                                          at(2026, 11, 4, 10, 0), at(2026, 11, 5, 10, 0)};
    EXPECT_EQ(call(at(2026, 11, 6, 10, 0), std::span(tries).first(3)), Hold::None) << "the fourth";
    EXPECT_EQ(call(at(2026, 11, 6, 10, 0), tries), Hold::TooManyTries) << "the fifth";
    EXPECT_EQ(call(at(2026, 12, 2, 9, 59), tries), Hold::TooManyTries);
    EXPECT_EQ(call(at(2026, 12, 2, 10, 0), tries), Hold::None) << "30 days after the first";
}

TEST(ContactRules, WhoRefusedACallRestsForSixtyDays) {
    ContactWish wish{ContactChannel::Phone, at(2026, 11, 23, 10, 0)};
    wish.refused_at = at(2026, 9, 24, 10, 1);
    const ContactVerdict verdict = judge(french_contact_rules(), wish);
    EXPECT_EQ(verdict.hold, Hold::RefusedLately);
    EXPECT_EQ(verdict.next, at(2026, 11, 23, 10, 1));
    wish.refused_at = at(2026, 9, 24, 10, 0);
    EXPECT_EQ(judge(french_contact_rules(), wish).hold, Hold::None);
}

TEST(ContactRules, WhatIsHeldIsHeldUntilTheNextOpenMinute) {
    const auto next = [](LocalTime when, Region region = Region::Mainland) {
        return judge(french_contact_rules(), {ContactChannel::Sms, when, region}).next;
    };
    EXPECT_EQ(next(at(2026, 4, 4, 20, 30)), at(2026, 4, 7, 8, 0)) << "over Easter";
    EXPECT_EQ(next(at(2026, 12, 24, 21, 0)), at(2026, 12, 26, 8, 0));
    EXPECT_EQ(next(at(2026, 12, 24, 21, 0), Region::AlsaceMoselle), at(2026, 12, 28, 8, 0));
    EXPECT_EQ(next(at(2026, 11, 23, 12, 0)), at(2026, 11, 23, 12, 0));
    const ContactWish lunch{ContactChannel::Phone, at(2026, 11, 23, 13, 10)};
    EXPECT_EQ(judge(french_contact_rules(), lunch).next, at(2026, 11, 23, 14, 0));
}

TEST(ContactRules, MailHasNoHours) {
    const ContactWish wish{ContactChannel::Email, at(2026, 4, 5, 3, 0)};
    EXPECT_EQ(judge(french_contact_rules(), wish).hold, Hold::None);
}

// The law: what is held is not before its time, nothing holds back the moment that is told, and no
// moment in between was open.
TEST(ContactRules, TheMomentThatIsToldIsTheFirstOpenOne) {
    std::mt19937_64 rng(test_seed(1));
    const ContactRules rules = french_contact_rules();
    for (int i = 0; i < 500; ++i) {
        ContactWish wish{
            rng() % 2 == 0 ? ContactChannel::Sms : ContactChannel::Phone,
            {at(2026, 1, 1, 0, 0).us + static_cast<std::int64_t>(rng() % 525'600) * minutes(1).us},
            static_cast<Region>(rng() % kRegionNames.size())};
        const ContactVerdict verdict = judge(rules, wish);
        ASSERT_TRUE(verdict.next);
        EXPECT_EQ(verdict.hold == Hold::None, *verdict.next == wish.at);
        EXPECT_GE(*verdict.next, wish.at);
        ContactWish later = wish;
        later.at = *verdict.next;
        EXPECT_EQ(judge(rules, later).hold, Hold::None);
        for (later.at = wish.at; later.at < *verdict.next; later.at = later.at + minutes(30))
            ASSERT_NE(judge(rules, later).hold, Hold::None);
    }
}

TEST(ContactRules, RulesThatAllowNoMomentSaySo) {
    ContactRules rules;
    rules.of(ContactChannel::Push).weekdays = 0;
    const ContactVerdict verdict = judge(rules, {ContactChannel::Push, at(2026, 1, 1, 0, 0)});
    EXPECT_EQ(verdict.hold, Hold::Weekday);
    EXPECT_FALSE(verdict.next);
}

TEST(ContactRules, AWindowIsReadAsPeopleWriteIt) {
    EXPECT_EQ(parse_window("08:00-20:30"), (DailyWindow{480, 1'230}));
    EXPECT_EQ(parse_window("00:00-24:00"), DailyWindow{});
    for (const char* wrong : {"", "8:00-20:30", "08:00", "20:30-08:00", "08:00-08:00",
                              "08:60-09:00", "08:00-24:01", "-1:00-09:00", "08:00-20:30 "})
        EXPECT_FALSE(parse_window(wrong)) << wrong;
}

TEST(ContactRules, OnlyARealSaleOfSimilarGoodsStandsForAConsent) {
    EXPECT_TRUE(covers({true, true, true, false}));
    EXPECT_FALSE(covers({false, true, true, false})) << "an account is no sale";
    EXPECT_FALSE(covers({true, false, true, false})) << "another category";
    EXPECT_FALSE(covers({true, true, false, false})) << "no refusal was offered";
    EXPECT_FALSE(covers({true, true, true, true})) << "refused";
}

}  // namespace
}  // namespace filrouge::consent
