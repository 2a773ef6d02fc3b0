#include "query/share.h"

#include <gtest/gtest.h>

#include <set>

#include "query/town_for_test.h"

namespace filrouge::query {
namespace {

using namespace test;

constexpr int kTowns = 25;

struct NaiveCustomer {
    std::set<Channel> bought, touched;
    std::uint64_t purchases = 0;
    std::int64_t amount = 0;
    std::int64_t first = 0, last = 0;
};

std::int64_t worth(const EventRow& row, Currency currency, const audience::Rates& rates) {
    if (!row.has_value) return 0;
    if (row.value.currency == currency) return row.value.amount;
    return rates.convert(row.value, currency, row.at).value_or(0);
}

void expect_share(const ChannelShare& got, const std::vector<NaiveCustomer>& customers,
                  std::set<Channel> NaiveCustomer::*channels) {
    std::uint64_t all = 0, multi = 0, multi_repeating = 0;
    std::int64_t amount = 0, multi_amount = 0, single_amount = 0;
    std::map<std::size_t, std::uint64_t> by_channels;
    for (const NaiveCustomer& c : customers) {
        const std::size_t n = (c.*channels).size();
        ++all;
        ++by_channels[n];
        amount += c.amount;
        multi += n > 1 ? 1 : 0;
        multi_amount += n > 1 ? c.amount : 0;
        single_amount += n == 1 ? c.amount : 0;
        multi_repeating += n > 1 && c.purchases > 1 ? 1 : 0;
    }
    std::map<std::uint16_t, std::pair<std::uint64_t, double>> sets;  // customers, lifetimes
    for (const NaiveCustomer& c : customers) {
        std::uint16_t bits = 0;
        for (const Channel each : c.*channels)
            bits = static_cast<std::uint16_t>(bits | 1u << static_cast<unsigned>(each));
        ++sets[bits].first;
        sets[bits].second += static_cast<double>(c.last - c.first);
    }
    EXPECT_EQ(got.by_set.size(), sets.size());
    for (const auto& [bits, of] : sets) {
        EXPECT_EQ(got.by_set.at(bits).customers, of.first);
        EXPECT_NEAR(*got.by_set.at(bits).mean_lifetime_us() * static_cast<double>(of.first),
                    of.second, 1e-6 * (1 + of.second));
    }
    for (std::size_t n = 0; n <= kChannels; ++n)
        EXPECT_EQ(got.by_channels[n].customers, by_channels[n]);
    EXPECT_TRUE(got.single().amount == single_amount);
    EXPECT_EQ(got.all().customers, all);
    EXPECT_EQ(got.multi_share_of_customers().has_value(), all != 0);
    EXPECT_EQ(got.multi_share_of_revenue().has_value(), amount != 0);
    if (all != 0) {
        EXPECT_DOUBLE_EQ(*got.multi_share_of_customers(),
                         static_cast<double>(multi) / static_cast<double>(all));
    }
    if (amount != 0) {
        EXPECT_DOUBLE_EQ(*got.multi_share_of_revenue(),
                         static_cast<double>(multi_amount) / static_cast<double>(amount));
    }
    EXPECT_EQ(got.multi().repeat_rate().has_value(), multi != 0);
    if (multi == 0) return;
    EXPECT_DOUBLE_EQ(*got.multi().repeat_rate(),
                     static_cast<double>(multi_repeating) / static_cast<double>(multi));
    EXPECT_DOUBLE_EQ(*got.multi().mean_amount(),
                     static_cast<double>(multi_amount) / static_cast<double>(multi));
}

TEST(ChannelShare, IsOfTheChannelsCustomersBoughtOnOrTouched) {
    const std::uint64_t first = test_seed(1);
    std::size_t buyers = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < 8; ++i) {
            const Town::Matched m = town.random_event();
            PurchaseQuestion q;
            q.compiled = m.compiled;
            q.purchase = m.event;
            q.currency = audience::test::currency("EUR");
            q.rates = &town.rates;
            const Scope scope = town.scope();
            std::vector<NaiveCustomer> customers;
            for (const auto& life : town.seen(scope)) {
                NaiveCustomer c;
                for (const EventRow& row : life.events) {
                    c.touched.insert(row.channel);
                    if (!audience::fits(*m.compiled, m.event, row)) continue;
                    c.bought.insert(row.channel);
                    if (c.purchases == 0) c.first = row.at.us;
                    c.last = row.at.us;
                    ++c.purchases;
                    c.amount += worth(row, q.currency, town.rates);
                }
                if (c.purchases != 0) customers.push_back(c);
            }
            query::Run run;
            const auto bought = purchases(town.view(), scope, q, run);
            const auto touched = share_by_touched(town.view(), scope, bought.value(), run);
            expect_share(share_by_bought(bought.value()), customers, &NaiveCustomer::bought);
            expect_share(touched.value(), customers, &NaiveCustomer::touched);
            ASSERT_FALSE(HasFailure()) << repeat(seed);
            buyers += customers.size();
        }
    }
    EXPECT_GT(buyers, 1'000u);
}

std::set<std::uint32_t> items(const CrossQuestion& q, const EventRow& row) {
    std::set<std::uint32_t> out;
    if (q.common == Common::Product && !row.product.is_none()) out.insert(row.product.value);
    for (const history::Cell& c : row.cells) {
        if (q.common == Common::Category && c.key == q.category &&
            c.kind == history::CellKind::Text)
            out.insert(c.text.value);
    }
    for (const history::Line& l : row.lines) {
        const StringNo text = q.common == Common::Product ? l.product : l.category;
        if (!text.is_none()) out.insert(text.value);
    }
    return out;
}

// Every purchase with every touch.
CrossChannel naive(const std::vector<Town::Life>& lives, const CrossQuestion& q,
                   std::int64_t from) {
    CrossChannel out;
    for (const auto& life : lives) {
        std::uint64_t bought = 0, touched = 0;
        for (const EventRow& p : life.events) {
            if (p.at.us < from || !audience::fits(*q.compiled, q.purchase, p)) continue;
            if ((q.purchase_channels >> static_cast<int>(p.channel) & 1) == 0) continue;
            const auto comes_before = [&](const EventRow& t) {
                if (!audience::fits(*q.compiled, q.touch, t)) return false;
                if ((q.touch_channels >> static_cast<int>(t.channel) & 1) == 0) return false;
                if (t.at >= p.at || t.at.us < p.at.us - q.window_us) return false;
                const auto of_touch = items(q, t);
                const auto of_purchase = items(q, p);
                return q.common == Common::Nothing ||
                       std::any_of(of_touch.begin(), of_touch.end(),
                                   [&](std::uint32_t i) { return of_purchase.contains(i); });
            };
            const bool before = std::any_of(life.events.begin(), life.events.end(), comes_before);
            const std::int64_t amount = worth(p, q.currency, *q.rates);
            ++bought;
            touched += before ? 1 : 0;
            out.amount += amount;
            out.touched_amount += before ? amount : 0;
        }
        out.purchases += bought;
        out.touched += touched;
        out.buyers += bought != 0 ? 1 : 0;
        out.touched_buyers += touched != 0 ? 1 : 0;
    }
    return out;
}

TEST(CrossChannel, APurchaseCountsWhenATouchOfTheOtherChannelsCameBeforeIt) {
    const std::uint64_t first = test_seed(1);
    std::uint64_t purchases = 0, touched = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed);
        for (int i = 0; i < 12; ++i) {
            const auto& rule = town.compile("count(A) >= 1 and count(*) >= 1 and count(B) >= 1");
            CrossQuestion q;
            q.compiled = &rule;
            q.purchase = rule.aggregates[static_cast<std::size_t>(town.chance.below(3))].event;
            q.touch = rule.aggregates[static_cast<std::size_t>(town.chance.below(3))].event;
            q.purchase_channels = static_cast<std::uint16_t>(1 + town.chance.below(15));
            q.touch_channels = static_cast<std::uint16_t>(1 + town.chance.below(15));
            q.window_us = town.chance.below(20) * kDayUs;
            q.common = static_cast<Common>(i % 3);
            q.category = town.names.number("colour");
            q.currency = audience::test::currency("EUR");
            q.rates = &town.rates;
            const Scope scope = town.scope();
            query::Run run;
            const auto answer = cross_channel(town.view(), scope, q, run);
            const CrossChannel& got = answer.value();
            const Scope earlier = with_time_before(scope, q.window_us);
            const CrossChannel wanted = naive(town.seen(earlier), q, scope.from);
            ASSERT_EQ(got.purchases, wanted.purchases) << repeat(seed);
            ASSERT_EQ(got.touched, wanted.touched) << repeat(seed);
            ASSERT_EQ(got.buyers, wanted.buyers) << repeat(seed);
            ASSERT_EQ(got.touched_buyers, wanted.touched_buyers) << repeat(seed);
            ASSERT_TRUE(got.amount == wanted.amount) << repeat(seed);
            ASSERT_TRUE(got.touched_amount == wanted.touched_amount) << repeat(seed);
            purchases += got.purchases;
            touched += got.touched;
        }
    }
    EXPECT_GT(touched, purchases / 20);
    EXPECT_LT(touched, purchases * 19 / 20);
}

TEST(ChannelShare, OfNobodyIsNothing) {
    const ChannelShare share = share_by_bought({});
    EXPECT_FALSE(share.multi_share_of_customers());
    EXPECT_FALSE(share.multi_share_of_revenue());
    EXPECT_FALSE(share.all().mean_amount());
}

TEST(CrossChannel, AWindowBelowNothingIsRefused) {
    Town town(4);
    const Town::Matched any = town.event("*");
    CrossQuestion q;
    q.compiled = any.compiled;
    q.purchase = q.touch = any.event;
    q.window_us = -1;
    query::Run run;
    EXPECT_EQ(cross_channel(town.view(), Scope{}, q, run).error().code, "query.bad_window");
}

}  // namespace
}  // namespace filrouge::query
