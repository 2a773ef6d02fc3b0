#include "audience/evaluate.h"

#include <gtest/gtest.h>

#include "audience/people_for_test.h"

namespace filrouge::audience {
namespace {

using namespace test;

const std::int64_t kNow = utc(2026, 6, 17) + 10 * kHourUs;  // a Wednesday

class Rules : public testing::Test {
  protected:
    Compiled rule(std::string_view text) {
        auto parsed = parse(text);
        const auto* error = std::get_if<RuleError>(&parsed);
        EXPECT_EQ(error, nullptr) << text << "\n" << error->message << " " << error->hint;
        if (error != nullptr) return {};
        auto made = compile(std::get<Rule>(parsed), names);
        EXPECT_EQ(made.index(), 0u) << text << "\n" << std::get<RuleError>(made).message;
        return std::get<Compiled>(std::move(made));
    }
    bool in(std::string_view text, std::int64_t now = kNow) {
        return evaluate(rule(text), camille.at(now)).in;
    }
    std::int64_t next(std::string_view text, std::int64_t now = kNow) {
        return evaluate(rule(text), camille.at(now)).next_change.us;
    }
    FakeNames names;
    Person camille{names};
};

constexpr std::string_view kExample =
    "count(Order Completed, last 90 days) >= 2 and sum(Order Completed.revenue, last 365 days) > "
    "500 EUR and not any(Store Visited, last 30 days) and trait(city) = \"Lyon\" and Product Added "
    "then not Order Completed within 24 hours and consent(marketing.email)";

TEST_F(Rules, AFaithfulShopperWithAForgottenBasketIsFoundAndLeavesInTime) {
    camille.does("Order Completed", kNow - 80 * kDayUs).value(300, "EUR");
    camille.does("Order Completed", kNow - 20 * kDayUs).value(201, "EUR");
    camille.does("Product Added", kNow - 2 * kDayUs);
    camille.has("city", "Lyon");
    EXPECT_FALSE(in(kExample));  // no consent
    camille.granted = camille.granted.with(0);
    EXPECT_TRUE(in(kExample));
    EXPECT_EQ(next(kExample), kNow + 10 * kDayUs);
    EXPECT_FALSE(in(kExample, kNow + 10 * kDayUs));
    EXPECT_TRUE(in(kExample, kNow + 10 * kDayUs - 1));
    camille.does("Store Visited", kNow - kDayUs);
    EXPECT_FALSE(in(kExample));
}

TEST_F(Rules, AWindowIsExactToTheMicrosecond) {
    camille.does("Order Completed", kNow - 90 * kDayUs);
    EXPECT_FALSE(in("any(Order Completed, last 90 days)"));
    EXPECT_TRUE(in("any(Order Completed, last 90 days)", kNow - 1));
    EXPECT_EQ(next("any(Order Completed, last 90 days)", kNow - 1), kNow);
    EXPECT_TRUE(in("any(Order Completed, more than 90 days ago)"));
    EXPECT_FALSE(in("any(Order Completed, more than 90 days ago)", kNow - 1));
    EXPECT_EQ(next("any(Order Completed, more than 90 days ago)", kNow - 1), kNow);
}

TEST_F(Rules, ACountTellsTheVeryInstantItTurns) {
    for (int day = 1; day <= 5; ++day) camille.does("Product Viewed", kNow - day * kDayUs);
    EXPECT_EQ(next("count(Product Viewed, last 10 days) >= 2"), kNow + 8 * kDayUs);
    EXPECT_EQ(next("count(Product Viewed, last 10 days) < 2"), kNow + 8 * kDayUs);
    EXPECT_EQ(next("count(Product Viewed, last 10 days) = 5"), kNow + 5 * kDayUs);
    EXPECT_EQ(next("count(Product Viewed, last 10 days) > 5"), kNever.us);
    EXPECT_EQ(next("any(Product Viewed, last 10 days)"), kNow + 9 * kDayUs);
    EXPECT_EQ(next("count(Product Viewed) >= 2"), kNever.us);
}

TEST_F(Rules, CalendarDaysFollowThePersonsZone) {
    const SteppedZone zone = paris();
    camille.zone = &zone;
    camille.does("Order Completed", utc(2026, 6, 16) + 22 * kHourUs);  // 00:00 in Paris
    camille.does("Store Visited", utc(2026, 6, 16) + 22 * kHourUs - 1);
    EXPECT_TRUE(in("any(Order Completed, today)"));
    EXPECT_FALSE(in("any(Store Visited, today)"));
    EXPECT_TRUE(in("any(Store Visited, yesterday)"));
    EXPECT_TRUE(in("any(Store Visited, this week) and any(Store Visited, this month)"));
    EXPECT_FALSE(in("any(Store Visited, previous week) or any(Store Visited, previous month)"));
    EXPECT_EQ(next("any(Order Completed, today)"), utc(2026, 6, 17) + 22 * kHourUs);
    EXPECT_TRUE(in("any(Order Completed, between 2026-06-17 and 2026-06-17)"));
    EXPECT_TRUE(in("any(Order Completed, since 2026-06-17) and not any(*, before 2026-06-16)"));
    EXPECT_FALSE(in("any(Order Completed, since 2026-06-17T00:00:01)"));
}

TEST_F(Rules, MonthsBackCountFromTheStartOfTheDay) {
    const std::int64_t may31 = utc(2026, 5, 31) + 12 * kHourUs;
    camille.does("Order Completed", utc(2026, 2, 28) + 5 * kHourUs);
    EXPECT_TRUE(in("any(Order Completed, last 3 months)", may31));
    EXPECT_EQ(next("any(Order Completed, last 3 months)", may31), utc(2026, 6, 1));
    EXPECT_FALSE(in("any(Order Completed, last 3 months)", utc(2026, 6, 1)));
}

TEST_F(Rules, SilenceIsProvedOnlyWhenItIsOver) {
    constexpr std::string_view kBasket = "Product Added then not Order Completed within 24 hours";
    camille.does("Product Added", kNow - 23 * kHourUs);
    EXPECT_FALSE(in(kBasket));
    EXPECT_EQ(next(kBasket), kNow + kHourUs);
    EXPECT_TRUE(in(kBasket, kNow + kHourUs));
    camille.does("Order Completed", kNow + kHourUs);  // at the very end: still within
    EXPECT_FALSE(in(kBasket, kNow + kHourUs));
}

TEST_F(Rules, ChainsCountWithinFromTheFirstStep) {
    camille.does("A", kNow - 9 * kHourUs);
    camille.does("B", kNow - 5 * kHourUs);
    camille.does("X", kNow - 4 * kHourUs);
    camille.does("C", kNow - 2 * kHourUs);
    EXPECT_TRUE(in("A then B then C"));
    EXPECT_TRUE(in("A then B then C within 7 hours"));
    EXPECT_FALSE(in("A then B then C within 6 hours"));
    EXPECT_FALSE(in("A then B then C without X"));
    EXPECT_TRUE(in("A then B without X then C"));
    EXPECT_FALSE(in("C then B"));
    EXPECT_TRUE(in("A (last 10 hours) then C"));
    EXPECT_EQ(next("A (last 10 hours) then C"), kNow + kHourUs);
    EXPECT_FALSE(in("A (last 9 hours) then C"));
}

TEST_F(Rules, EventsAtTheSameInstantKeepTheOrderOfTheirArrival) {
    camille.does("A", kNow - 5);
    camille.does("B", kNow - 5);
    EXPECT_TRUE(in("A then B"));
    EXPECT_FALSE(in("B then A"));
}

TEST_F(Rules, MoneyOfAnotherCurrencyIsNeverCounted) {
    camille.does("Order Completed", kNow - 3).value(400, "EUR");
    EXPECT_TRUE(in("sum(Order Completed.revenue) = 400 and avg(Order Completed.value) = 400 EUR"));
    camille.does("Order Completed", kNow - 2).value(300, "USD");
    EXPECT_TRUE(in("sum(Order Completed.revenue) = 400 EUR"));
    EXPECT_TRUE(in("max(Order Completed.revenue) < 301 USD"));
    EXPECT_FALSE(in("sum(Order Completed.revenue) >= 0"));  // mixed: unknown
    EXPECT_FALSE(in("sum(Order Completed.revenue) < 0"));
    EXPECT_TRUE(in("last(Order Completed.revenue) = 300"));
    EXPECT_TRUE(in("last(Order Completed.revenue) = 400 EUR"));
}

TEST_F(Rules, AnAmountIsWorthWhatItWasOnItsDay) {
    TableSpace space;
    Rates rates(space, 1);
    camille.rates = &rates;
    const auto day = static_cast<std::int32_t>(kNow / kDayUs);
    camille.does("Order Completed", kNow - 20 * kDayUs).value(100, "USD");
    camille.does("Order Completed", kNow - kDayUs).value(100, "USD");
    camille.does("Order Completed", kNow - kHourUs).value(10, "EUR");
    EXPECT_TRUE(in("sum(Order Completed.revenue) = 10 EUR")) << "nobody told a rate";
    ASSERT_TRUE(rates.set({currency("USD"), currency("EUR"), day - 5, kRateScale * 9 / 10}));
    EXPECT_TRUE(in("sum(Order Completed.revenue) = 100 EUR")) << "the older one has none";
    ASSERT_TRUE(rates.set({currency("EUR"), currency("USD"), day - 30, kRateScale * 5 / 4}));
    EXPECT_TRUE(in("sum(Order Completed.revenue) = 180 EUR")) << "the other way round";
    EXPECT_TRUE(in("max(Order Completed.revenue) = 90 EUR"));
    EXPECT_TRUE(in("avg(Order Completed.revenue) = 60 EUR"));
    EXPECT_TRUE(in("min(Order Completed.revenue) = 11.1111 USD")) << "10 / 0.9, rounded";
    EXPECT_FALSE(in("sum(Order Completed.revenue) > 0")) << "mixed and no currency to turn into";
    EXPECT_TRUE(in("last(Order Completed.revenue) = 10 EUR"));
    EXPECT_FALSE(in("any(Order Completed where revenue = 90 EUR)")) << "conditions convert nothing";
    ASSERT_TRUE(rates.set({currency("USD"), currency("EUR"), day - 5, kRateScale}));
    EXPECT_TRUE(in("max(Order Completed.revenue) = 100 EUR")) << "the rate was corrected";
}

TEST_F(Rules, PropertiesAndLinesAreFiltered) {
    camille.does("Product Viewed", kNow - 4).text("category", "Shoes").number("price", 59.9);
    camille.does("Product Viewed", kNow - 3).text("category", "Coats").boolean("sale", true);
    camille.does("Order Completed", kNow - 2)
        .in(Channel::Store)
        .place("12")
        .value(100, "EUR")
        .line("p1", "Shoes", 40, 2)
        .line("p2", "Hats", 20, 1);
    EXPECT_TRUE(in("count(Product Viewed where category = \"Shoes\" and price > 50) = 1"));
    EXPECT_TRUE(in("count(Product Viewed where category in (\"Hats\", \"Coats\")) = 1"));
    EXPECT_TRUE(in("count(Product Viewed where category contains \"oe\" or sale is true) = 2"));
    EXPECT_TRUE(in("count(Product Viewed where price not exists) = 1"));
    EXPECT_TRUE(in("any(Product Viewed where category starts with \"Coa\")"));
    EXPECT_TRUE(in("any(Order Completed where channel = store and place = \"12\")"));
    EXPECT_TRUE(in("any(Order Completed where channel in (web, pos))"));
    EXPECT_FALSE(in("any(Order Completed where channel != store)"));
    EXPECT_TRUE(in("any(Order Completed where products.category = \"Hats\")"));
    EXPECT_TRUE(in("sum(Order Completed.products.quantity) = 3"));
    EXPECT_TRUE(in("max(Order Completed.products.price) = 40 EUR"));
    EXPECT_TRUE(in("distinct(Order Completed.products.category) = 2"));
    EXPECT_TRUE(in("distinct(*.channel) = 2 and count(*, last 30 days) = 3"));
    EXPECT_TRUE(in("last(*.channel) = store and first(Product Viewed.category) = \"Shoes\""));
}

TEST_F(Rules, ALineWithoutAPriceHasNoneToCompare) {
    camille.does("Order Completed", kNow - 2).value(100, "EUR").line("p1", "Shoes", {}, 2);
    EXPECT_FALSE(in("any(Order Completed where products.price < 5)"));
    EXPECT_FALSE(in("any(Order Completed where products.price != 5)"));
    EXPECT_TRUE(in("any(Order Completed where products.price not exists)"));
    EXPECT_TRUE(in("sum(Order Completed.products.quantity) = 2"));
    camille.does("Order Completed", kNow - 1)
        .value(100, "EUR")
        .line("p1", "Shoes", {}, 1)
        .line("p2", "Hats", 20, 1)
        .line("p3", "Gifts", 0, 1);
    EXPECT_TRUE(in("avg(Order Completed.products.price) = 10 EUR")) << "a gift has a price: 0";
    EXPECT_TRUE(in("count(Order Completed where products.price < 5) = 1"));
}

TEST_F(Rules, AnArrayFitsWhenOneOfItsElementsDoes) {
    camille.does("Order Completed", kNow - kHourUs)
        .text("coupons", "WINTER")
        .text("coupons", "STAFF")
        .number("points", 10)
        .number("points", 30);
    EXPECT_TRUE(in("any(Order Completed where coupons = \"STAFF\")"));
    EXPECT_TRUE(in("any(Order Completed where coupons in (\"NONE\", \"WINTER\"))"));
    EXPECT_TRUE(in("any(Order Completed where coupons starts with \"ST\")"));
    EXPECT_TRUE(in("any(Order Completed where coupons = \"STAFF\" and coupons = \"WINTER\")"));
    EXPECT_FALSE(in("any(Order Completed where coupons = \"SUMMER\")"));
    // Another value than STAFF is there too; that STAFF is not there is what `not` says.
    EXPECT_TRUE(in("any(Order Completed where coupons != \"STAFF\")"));
    EXPECT_FALSE(in("any(Order Completed where not coupons = \"STAFF\")"));
    EXPECT_TRUE(in("any(Order Completed where not coupons = \"SUMMER\")"));
    EXPECT_TRUE(in("any(Order Completed where coupons exists and gifts not exists)"));
    EXPECT_FALSE(in("any(Order Completed where coupons not exists)"));
    EXPECT_TRUE(in("sum(Order Completed.points) = 40 and max(Order Completed.points) = 30"));
    EXPECT_TRUE(in("distinct(Order Completed.coupons) = 2"));
    EXPECT_TRUE(in("first(Order Completed.coupons) = \"WINTER\""));
    EXPECT_TRUE(in("last(Order Completed.coupons) = \"STAFF\""));
}

TEST_F(Rules, BotsAreLeftOutUnlessAskedFor) {
    camille.does("Product Viewed", kNow - 4).flag(kEventBot);
    camille.does("Product Viewed", kNow - 3).flag(kEventConsentOnly);
    EXPECT_FALSE(in("any(Product Viewed)"));
    EXPECT_TRUE(in("count(Product Viewed, last 2 days, including bots) = 1"));
}

TEST_F(Rules, TraitsConsentAudiencesAndSplits) {
    camille.has("age", std::int64_t{34});
    camille.is("vip", true);
    camille.has("favourite store", "Lyon Bellecour");
    camille.refused = camille.refused.with(1);
    EXPECT_TRUE(in("trait(age) >= 30 and trait(age) in (33, 34) and trait(vip) is true"));
    EXPECT_TRUE(in("trait(\"favourite store\") contains \"Bellecour\" and trait(x) not exists"));
    EXPECT_FALSE(in("trait(x) != \"a\" or trait(age) = \"34\""));
    camille.has("likes", "coats");
    camille.has("likes", "hats");
    EXPECT_TRUE(in("trait(likes) = \"coats\" and trait(likes) = \"hats\""));
    EXPECT_TRUE(in("trait(likes) != \"hats\" and not trait(likes) = \"shoes\""));
    EXPECT_FALSE(in("trait(likes) not exists or trait(likes) contains \"oe\""));
    EXPECT_TRUE(in("refused(marketing.sms) and not consent(marketing.sms)"));
    EXPECT_TRUE(in("in audience \"Regulars\" and not in audience \"VIP\""));
    EXPECT_TRUE(in("split(winter, 0..100) and not (split(a, 0..50) and split(a, 50..100))"));
    int chosen = 0;
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        camille.split_hash = mix64(i);
        chosen += in("split(winter, 10..30)") ? 1 : 0;
    }
    EXPECT_NEAR(chosen, 2'000, 150);
}

TEST_F(Rules, WhatARuleDependsOnIsKnown) {
    const Compiled r = rule(kExample);
    EXPECT_EQ(r.triggers().events.size(), 3u);
    EXPECT_EQ(r.triggers().traits.size(), 1u);
    EXPECT_TRUE(r.triggers().purposes.has(0));
    EXPECT_TRUE(r.time_dependent());
    EXPECT_FALSE(r.triggers().all_events || r.triggers().zone);
    EXPECT_TRUE(rule("count(*, today) > 1").triggers().all_events);
    EXPECT_TRUE(rule("count(*, today) > 1").triggers().zone);
    EXPECT_FALSE(rule("any(A, since 2026-01-01) and A then B").time_dependent());
    EXPECT_EQ(rule("in audience \"VIP\"").triggers().audiences.size(), 1u);
}

TEST_F(Rules, AnUnknownNameMatchesNothingInADraft) {
    camille.does("Seen", kNow - 1).text("colour", "red");
    names.draft = true;
    EXPECT_FALSE(in("any(Never Seen)"));
    EXPECT_FALSE(in("any(Seen where colour = \"never\")"));
    EXPECT_TRUE(in("any(Seen where colour != \"never\")"));
    EXPECT_FALSE(in("any(Seen where nothing exists)"));
}

TEST_F(Rules, ACircleOfAudiencesIsRefused) {
    names.needed[0] = {AudienceNo{1}};
    names.needed[1] = {AudienceNo{2}};
    const Rule r = std::get<Rule>(parse("any(A) and in audience \"Regulars\""));
    EXPECT_EQ(compile(r, names, AudienceNo{3}).index(), 0u);
    const auto made = compile(r, names, AudienceNo{2});
    ASSERT_EQ(made.index(), 1u);
    EXPECT_EQ(std::get<RuleError>(made).offset, 11u);
    const auto unknown = compile(std::get<Rule>(parse("consent(none.such)")), names);
    EXPECT_EQ(std::get<RuleError>(unknown).message, "There is no purpose 'none.such'.");
    RuleError placed = std::get<RuleError>(made);
    locate("any(A)\nand in audience \"Regulars\"", placed);
    EXPECT_EQ(placed.line, 2u);
    EXPECT_EQ(placed.column, 5u);
}

}  // namespace
}  // namespace filrouge::audience
