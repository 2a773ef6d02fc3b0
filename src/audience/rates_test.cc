#include "audience/rates.h"

#include <gtest/gtest.h>

namespace filrouge::audience {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
const Currency kEur = *Currency::parse("EUR");
const Currency kUsd = *Currency::parse("USD");
const Currency kJpy = *Currency::parse("JPY");

struct RatesTest : ::testing::Test {
    TableSpace space;
    Rates rates{space, 1};
    std::optional<std::int64_t> in_eur(std::int64_t amount, std::int64_t at_us) {
        return rates.convert({amount, kUsd}, kEur, EventTime{at_us});
    }
};

TEST_F(RatesTest, TheNewestRateOfTheDayCountsFromMidnightUtc) {
    EXPECT_TRUE(rates.set({kUsd, kEur, 20, kRateScale / 2}));
    EXPECT_TRUE(rates.set({kUsd, kEur, 10, kRateScale}));
    EXPECT_TRUE(rates.set({kUsd, kEur, -3, kRateScale / 4}));
    EXPECT_FALSE(in_eur(100, -3 * kDayUs - 1));
    EXPECT_EQ(in_eur(100, -3 * kDayUs), 25);
    EXPECT_EQ(in_eur(100, 10 * kDayUs - 1), 25);
    EXPECT_EQ(in_eur(100, 10 * kDayUs), 100);
    EXPECT_EQ(in_eur(100, 40 * kDayUs), 50);
    EXPECT_FALSE(rates.convert({100, kJpy}, kEur, EventTime{40 * kDayUs}));
    EXPECT_FALSE(rates.convert({100, Currency{}}, kEur, EventTime{40 * kDayUs}));
}

TEST_F(RatesTest, AnAmountIsRoundedHalvesAwayFromZero) {
    EXPECT_TRUE(rates.set({kUsd, kEur, 0, kRateScale / 2}));
    EXPECT_EQ(in_eur(3, 0), 2);
    EXPECT_EQ(in_eur(-3, 0), -2);
    EXPECT_EQ(rates.convert({1, kEur}, kUsd, EventTime{0}), 2);
    EXPECT_TRUE(rates.set({kUsd, kEur, 0, 3 * kRateScale}));
    EXPECT_EQ(rates.convert({4, kEur}, kUsd, EventTime{0}), 1);
    EXPECT_EQ(rates.convert({5, kEur}, kUsd, EventTime{0}), 2);
    EXPECT_FALSE(in_eur(INT64_MAX / 2, 0)) << "does not fit";
}

TEST_F(RatesTest, ToldBothWaysTheNewerCountsAndOnOneDayTheAmountsOwn) {
    EXPECT_TRUE(rates.set({kUsd, kEur, 1, kRateScale}));
    EXPECT_TRUE(rates.set({kEur, kUsd, 2, 2 * kRateScale}));
    EXPECT_EQ(in_eur(100, kDayUs), 100);
    EXPECT_EQ(in_eur(100, 2 * kDayUs), 50);
    EXPECT_TRUE(rates.set({kUsd, kEur, 2, 3 * kRateScale}));
    EXPECT_EQ(in_eur(100, 2 * kDayUs), 300);
    EXPECT_EQ(rates.convert({100, kEur}, kUsd, EventTime{2 * kDayUs}), 200);
}

TEST_F(RatesTest, AtTheBoundOnlyAKnownDayIsCorrected) {
    for (std::uint32_t i = 0; i < kRatesMax; ++i)
        ASSERT_TRUE(rates.set({kUsd, kEur, static_cast<std::int32_t>(i), kRateScale}));
    EXPECT_FALSE(rates.has_room_for({kUsd, kEur, -1, kRateScale}));
    EXPECT_FALSE(rates.set({kUsd, kEur, -1, kRateScale}));
    EXPECT_TRUE(rates.has_room_for({kUsd, kEur, 7, kRateScale * 2}));
    EXPECT_TRUE(rates.set({kUsd, kEur, 7, kRateScale * 2}));
    EXPECT_EQ(in_eur(100, 7 * kDayUs), 200);
    EXPECT_EQ(rates.size(), kRatesMax);
}

}  // namespace
}  // namespace filrouge::audience
