#include "query/retention.h"

#include <gtest/gtest.h>

#include <set>

#include "query/town_for_test.h"

namespace filrouge::query {
namespace {

using namespace test;

constexpr int kTowns = 25;

std::vector<std::int64_t> random_periods(Chance& chance) {
    std::vector<std::int64_t> out = {kTownFromUs + chance.below(kTownSpanUs / 2)};
    for (std::int64_t n = 1 + chance.below(12); n > 0; --n)
        out.push_back(out.back() + 1 + chance.below(9 * kDayUs));
    return out;
}

// The period an instant lies in, found by trying all of them.
std::optional<std::size_t> period(std::span<const std::int64_t> periods, std::int64_t at) {
    for (std::size_t i = 0; i + 1 < periods.size(); ++i) {
        if (at >= periods[i] && at < periods[i + 1]) return i;
    }
    return {};
}

struct Naive {
    CohortTable all;
    std::map<std::uint32_t, CohortTable> by_channel;
};
Naive naive(const std::vector<Town::Life>& lives, std::int64_t from, const RetentionQuestion& q) {
    Naive out;
    out.all.columns = q.window_us == 0 ? q.periods.size() - 1 : q.windows;
    out.all.cells.resize((q.periods.size() - 1) * (out.all.columns + 1));
    const CohortTable nobody = out.all;
    for (const auto& [person, events] : lives) {
        const auto first = std::find_if(events.begin(), events.end(), [&](const EventRow& row) {
            return audience::fits(*q.compiled, q.first, row);
        });
        if (first == events.end() || first->at.us < from) continue;
        const auto cohort = period(q.periods, first->at.us);
        if (!cohort) continue;
        std::set<std::size_t> columns;
        for (auto e = first + 1; e != events.end(); ++e) {
            if (!audience::fits(*q.compiled, q.again, *e)) continue;
            if (q.window_us != 0)
                columns.insert(static_cast<std::size_t>((e->at.us - first->at.us) / q.window_us));
            else if (const auto p = period(q.periods, e->at.us))
                columns.insert(*p - *cohort);
        }
        const auto channel = static_cast<std::uint32_t>(first->channel);
        auto& group = out.by_channel.try_emplace(channel, nobody).first->second;
        for (CohortTable* table : {&out.all, &group}) {
            const std::size_t cell = *cohort * (table->columns + 1);
            ++table->cells[cell];
            for (const std::size_t c : columns) {
                if (c < table->columns) ++table->cells[cell + 1 + c];
            }
        }
    }
    return out;
}

TEST(Retention, CountsEachPersonOnceInEveryPeriodTheyCameBack) {
    const std::uint64_t first = test_seed(1);
    std::uint64_t began = 0, returned = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < 12; ++i) {
            const auto& rule = town.compile(
                "count(A where channel in (web, app)) >= 1 and "
                "count(B) >= 1 and count(*) >= 1");
            RetentionQuestion q;
            q.compiled = &rule;
            q.first = rule.aggregates[static_cast<std::size_t>(town.chance.below(3))].event;
            q.again = rule.aggregates[static_cast<std::size_t>(town.chance.below(3))].event;
            const auto periods = random_periods(town.chance);
            q.periods = periods;
            if (town.chance.one_in(2)) {
                q.window_us = 1 + town.chance.below(10 * kDayUs);
                q.windows = 1 + static_cast<std::uint32_t>(town.chance.below(9));
            }
            Groups groups;
            if (town.chance.one_in(2)) {
                q.groups = &groups;
                q.by = Dimension(DimensionKind::Channel, {}, groups);
            }
            const Scope scope = town.scope();
            q.first_in_time = town.chance.one_in(2);
            query::Run run;
            const auto got = retention(town.view(), scope, q, run);
            Scope read = scope;
            if (!q.first_in_time) read.from = INT64_MIN;
            const Naive wanted = naive(town.seen(read), scope.from, q);
            ASSERT_EQ(got.value().all.cells, wanted.all.cells) << repeat(seed);
            for (std::size_t c = 0; c + 1 < periods.size(); ++c) {
                began += got.value().all.persons(c);
                returned += got.value().all.returned(c, 0);
            }
            std::size_t met = 0;
            for (std::uint32_t g = 0; g < got.value().by_group.size(); ++g) {
                const CohortTable& table = got.value().by_group[g];
                if (table.empty()) continue;
                const auto channel = static_cast<std::uint32_t>(groups.key(g).value);
                ASSERT_EQ(table.cells, wanted.by_channel.at(channel).cells) << repeat(seed);
                ++met;
            }
            ASSERT_EQ(met, q.groups == nullptr ? 0 : wanted.by_channel.size()) << repeat(seed);
        }
    }
    EXPECT_GT(began, 1'000u);
    EXPECT_GT(returned, 300u);
}

TEST(Retention, OfPeriodsThatAreNoneSaysWhatItTakes) {
    Town town(4);
    const Town::Matched any = town.event("*");
    RetentionQuestion q;
    q.compiled = any.compiled;
    q.first = q.again = any.event;
    const auto error = [&](const std::vector<std::int64_t>& periods) {
        q.periods = periods;
        query::Run run;
        const auto answer = retention(town.view(), Scope{}, q, run);
        return answer.ok() ? "" : answer.error().code;
    };
    EXPECT_EQ(error({}), "query.bad_periods");
    EXPECT_EQ(error({1}), "query.bad_periods");
    EXPECT_EQ(error({1, 1}), "query.bad_periods");
    EXPECT_EQ(error({2, 1}), "query.bad_periods");
    EXPECT_EQ(error({1, 2}), "");
    std::vector<std::int64_t> many(kRetentionPeriodsMax + 2);
    for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int64_t>(i);
    EXPECT_EQ(error(many), "query.bad_periods");
    many.pop_back();
    EXPECT_EQ(error(many), "");
    q.window_us = 1;
    EXPECT_EQ(error({1, 2}), "query.bad_periods");
    q.windows = kRetentionPeriodsMax + 1;
    EXPECT_EQ(error({1, 2}), "query.bad_periods");
    q.windows = kRetentionPeriodsMax;
    EXPECT_EQ(error({1, 2}), "");
}

}  // namespace
}  // namespace filrouge::query
