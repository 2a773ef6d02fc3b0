#include "query/purchases.h"

#include <gtest/gtest.h>

#include <set>

#include "query/town_for_test.h"

namespace filrouge::query {

bool operator==(const Buyer& a, const Buyer& b) {
    return a.person == b.person && a.purchases == b.purchases && a.repeats == b.repeats &&
           a.channels == b.channels && a.first == b.first && a.last == b.last &&
           a.amount == b.amount && a.repeat_amount == b.repeat_amount &&
           a.paid_repeats == b.paid_repeats;
}

namespace {

using namespace test;

constexpr int kTowns = 40;

std::int64_t floored(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Clocks that are put forward or back by an hour every fifty days, at one in the morning UTC.
struct Changing final : audience::Zone {
    std::int64_t local_from_utc_us(std::int64_t at) const override {
        const bool summer = floored(at - kHourUs, 50 * 24 * kHourUs) % 2 != 0;
        return at + base + (summer ? kHourUs : 0);
    }
    std::int64_t utc_from_local_us(std::int64_t local) const override { return local - base; }
    std::int64_t base = 0;
};

struct Naive {
    std::vector<Buyer> buyers;
    std::uint64_t without_rate = 0;
};
Naive naive(const std::vector<Town::Life>& lives, const PurchaseQuestion& q) {
    Naive out;
    for (const auto& life : lives) {
        Buyer buyer;
        std::set<std::int64_t> days, paid;
        for (const EventRow& row : life.events) {
            if (!audience::fits(*q.compiled, q.purchase, row)) continue;
            std::int64_t amount = row.has_value ? row.value.amount : 0;
            bool known = row.has_value;
            if (row.has_value && !q.currency.is_unknown() && row.value.currency != q.currency) {
                const auto converted = q.rates->convert(row.value, q.currency, row.at);
                out.without_rate += converted ? 0 : 1;
                amount = converted.value_or(0);
                known = converted.has_value();
            }
            if (buyer.purchases++ == 0) buyer.first = row.at.us;
            days.insert(floored(q.zone->local_from_utc_us(row.at.us), q.period_us));
            if (known && days.size() > 1) paid.insert(static_cast<std::int64_t>(days.size()));
            buyer.last = row.at.us;
            buyer.amount += amount;
            if (days.size() > 1) buyer.repeat_amount += amount;
            buyer.channels =
                static_cast<std::uint16_t>(buyer.channels | 1u << static_cast<int>(row.channel));
        }
        if (buyer.purchases == 0) continue;
        buyer.person = life.person;
        buyer.repeats = static_cast<std::uint32_t>(days.size() - 1);
        buyer.paid_repeats = static_cast<std::uint16_t>(paid.size());
        out.buyers.push_back(buyer);
    }
    return out;
}

PurchaseQuestion question(const Town& town, const Town::Matched& purchase) {
    PurchaseQuestion q;
    q.compiled = purchase.compiled;
    q.purchase = purchase.event;
    q.rates = &town.rates;
    return q;
}

TEST(Purchases, AreEveryBuyersOwnInTheAskedCurrency) {
    const std::uint64_t first = test_seed(1);
    std::uint64_t without_rate = 0, buyers = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < 12; ++i) {
            PurchaseQuestion q = question(town, town.random_event());
            q.currency = audience::test::currency(town.chance.one_in(2) ? "EUR" : "USD");
            q.period_us = kHourUs * (1 + town.chance.below(48));
            Changing zone;
            zone.base = kHourUs * (town.chance.below(25) - 12);
            q.zone = &zone;
            const Scope scope = town.scope();
            query::Run run;
            auto got = purchases(town.view(), scope, q, run);
            std::sort(got.value().buyers.begin(), got.value().buyers.end(),
                      [](const Buyer& x, const Buyer& y) { return x.person < y.person; });
            const Naive wanted = naive(town.seen(scope), q);
            ASSERT_EQ(got.value().buyers, wanted.buyers) << repeat(seed);
            ASSERT_EQ(got.value().without_rate, wanted.without_rate) << repeat(seed);
            ASSERT_EQ(got.value().currency, q.currency);
            buyers += wanted.buyers.size();
            without_rate += wanted.without_rate;
        }
    }
    EXPECT_GT(buyers, 1'000u);
    EXPECT_GT(without_rate, 1'000u);
}

EventRow purchase(std::int64_t at, std::int64_t amount, std::string_view currency) {
    EventRow row;
    row.at = EventTime{at};
    row.name = StringNo{0};
    row.allowed = PurposeSet{1};
    row.has_value = true;
    row.value = {amount, audience::test::currency(currency)};
    return row;
}

Purchases bought(const std::vector<EventRow>& rows) {
    Town town(4);
    const Town::Matched any = town.event("*");
    query::Run run;
    return purchases(view_of(rows), Scope{}, question(town, any), run).value();
}

TEST(Purchases, WhatHasNoAmountOrNoRateIsNoRepeatForNothing) {
    const std::int64_t day = 86'400'000'000;
    EventRow silent = purchase(4 * day, 0, "EUR");
    silent.has_value = false;
    const Buyer buyer = bought({purchase(0, 10'000, "EUR"), purchase(day, 20'000, "EUR"),
                                purchase(day + 1, 5'000, "EUR"), purchase(2 * day, 0, "EUR"),
                                purchase(3 * day, 70'000, "GBP"), silent})
                            .buyers[0];
    EXPECT_EQ(buyer.repeats, 4u);
    EXPECT_EQ(buyer.paid_repeats, 2u) << "a gift has an amount: nothing";
    EXPECT_EQ(buyer.repeat_amount, 25'000);
}

TEST(Purchases, WithoutACurrencyAreInThatOfTheFirstAmountThePurposeMaySee) {
    std::vector<EventRow> rows = {purchase(1, 10'000, "USD"), purchase(2, 20'000, "EUR")};
    EXPECT_EQ(bought(rows).currency, audience::test::currency("USD"));
    EXPECT_EQ(bought(rows).buyers[0].amount, 10'000);
    rows[0].allowed = PurposeSet{2};
    EXPECT_EQ(bought(rows).currency, audience::test::currency("EUR"));
    EXPECT_EQ(bought(rows).buyers[0].amount, 20'000);
}

// Who does something moves to another piece, and a question's currency must not change by that.
TEST(Purchases, WithoutACurrencyAreInTheSameWhateverPieceHoldsWhom) {
    const auto piece_of = [](std::uint32_t person, std::string_view currency) {
        history::SegmentBuilder builder;
        builder.begin_part(PersonNo{person}, 0, PurposeSet{~0u});
        builder.add(purchase(5 - person, 10'000, currency));
        return history::Piece{history::Segment::of(builder.finish()), nullptr};
    };
    Town town(4);
    const Town::Matched any = town.event("*");
    history::View view;
    view.pieces = {piece_of(0, "CHF"), piece_of(1, "EUR"), piece_of(2, "USD")};
    for (int order = 0; order < 6; ++order) {
        query::Run run;
        const auto found = purchases(view, Scope{}, question(town, any), run);
        EXPECT_EQ(found.value().currency, audience::test::currency("CHF")) << order;
        std::rotate(view.pieces.begin(), view.pieces.begin() + 1, view.pieces.end());
        if (order == 2) std::swap(view.pieces[0], view.pieces[1]);
    }
}

TEST(Purchases, BeforeNineteenSeventyAreOnTheirDaysToo) {
    EXPECT_EQ(bought({purchase(-1, 1, "EUR"), purchase(1, 1, "EUR")}).buyers[0].repeats, 1u);
    EXPECT_EQ(bought({purchase(-2, 1, "EUR"), purchase(-1, 1, "EUR")}).buyers[0].repeats, 0u);
}

TEST(Purchases, OfMoreThanAnAmountCanHoldStayTheGreatestAmount) {
    const auto rows = {purchase(1, INT64_MAX, "EUR"), purchase(2, 1, "EUR")};
    EXPECT_EQ(bought(rows).buyers[0].amount, INT64_MAX);
}

TEST(Purchases, OfNobodyAreNone) { EXPECT_TRUE(bought({}).buyers.empty()); }

}  // namespace
}  // namespace filrouge::query
