#include "query/rfm.h"

#include <gtest/gtest.h>

#include <cstring>

#include "query/town_for_test.h"

namespace filrouge::query {
namespace {

using namespace test;

constexpr int kTowns = 40;

// As quintiles.h says it.
std::size_t score(const std::vector<std::int64_t>& values, std::int64_t mine) {
    std::size_t below = 0;
    for (const std::int64_t v : values) below += v < mine ? 1 : 0;
    return 1 + 5 * below / values.size();
}

// Close together, far apart, or with many alike.
std::vector<std::int64_t> random_values(Chance& chance) {
    std::vector<std::int64_t> values(1 + static_cast<std::size_t>(chance.below(60)));
    const std::int64_t spread = 1 + chance.below(12);
    const bool far = chance.one_in(2);
    for (std::int64_t& v : values) {
        v = chance.below(spread) - 3;
        if (far && chance.one_in(2)) v = chance.below(1'000'000'000) - 500'000'000;
        if (far && chance.one_in(20)) v = chance.one_in(2) ? INT64_MIN : INT64_MAX;
    }
    return values;
}

TEST(Quintiles, AreOnePlusTheFifthsOfValuesStrictlyBelow) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 2'000; ++seed) {
        Chance chance(seed);
        const std::vector<std::int64_t> values = random_values(chance);
        const auto middle = values.begin() + chance.below(static_cast<std::int64_t>(values.size()));
        const std::vector<std::int64_t> one(values.begin(), middle), two(middle, values.end());
        const std::vector<const std::vector<std::int64_t>*> pieces = {&one, &two};
        const QuintileCuts cuts = quintile_cuts(pieces);
        EXPECT_EQ(cuts[0], *std::min_element(values.begin(), values.end()));
        EXPECT_TRUE(std::is_sorted(cuts.begin(), cuts.end()));
        for (const std::int64_t v : values) {
            // The greatest number there is stands for a cut that nobody reaches, too.
            if (v != INT64_MAX) {
                ASSERT_EQ(quintile(cuts, v), score(values, v)) << repeat(seed);
            }
        }
        for (std::size_t s = 1; s < kQuintiles; ++s) {
            const bool is_a_value =
                std::find(values.begin(), values.end(), cuts[s]) != values.end();
            ASSERT_TRUE(is_a_value || cuts[s] == INT64_MAX) << repeat(seed);
        }
    }
}

TEST(Quintiles, OfNothingHoldForNobody) {
    const QuintileCuts cuts = quintile_cuts({});
    EXPECT_TRUE(std::all_of(cuts.begin(), cuts.end(), [](auto c) { return c == INT64_MAX; }));
}

TEST(Rfm, CountsTheBuyersOfPurchasesByTheirFifths) {
    const std::uint64_t first = test_seed(1);
    std::uint64_t buyers = 0, without_rate = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < 6; ++i) {
            const Town::Matched purchase = town.random_event();
            PurchaseQuestion q;
            q.compiled = purchase.compiled;
            q.purchase = purchase.event;
            q.rates = &town.rates;
            if (!town.chance.one_in(3)) q.currency = audience::test::currency("EUR");
            const Scope scope = town.scope();
            query::Run run;
            const auto got = rfm(town.view(), scope, q, run);
            const auto of = purchases(town.view(), scope, q, run);
            std::vector<std::int64_t> last, bought, amount;
            for (const Buyer& b : of.value().buyers) {
                last.push_back(b.last);
                bought.push_back(b.purchases);
                amount.push_back(b.amount);
            }
            std::uint64_t cells[5][5][5] = {};
            for (std::size_t k = 0; k < last.size(); ++k)
                ++cells[score(last, last[k]) - 1][score(bought, bought[k]) - 1]
                       [score(amount, amount[k]) - 1];
            ASSERT_EQ(std::memcmp(cells, got.value().cells, sizeof cells), 0) << repeat(seed);
            EXPECT_EQ(got.value().buyers, last.size());
            EXPECT_EQ(got.value().currency, of.value().currency);
            EXPECT_EQ(got.value().without_rate, of.value().without_rate);
            buyers += last.size();
            without_rate += got.value().without_rate;
        }
    }
    EXPECT_GT(buyers, 1'000u);
    EXPECT_GT(without_rate, 100u);
}

TEST(Rfm, OfMoreBuyersThanTheMemoryOfAQuestionIsRefused) {
    Town town(4);
    const Town::Matched any = town.event("*");
    PurchaseQuestion q;
    q.compiled = any.compiled;
    q.purchase = any.event;
    Scope scope;
    query::Run run(16);
    EXPECT_EQ(rfm(town.view(), scope, q, run).error().code, "query.too_large");
}

}  // namespace
}  // namespace filrouge::query
