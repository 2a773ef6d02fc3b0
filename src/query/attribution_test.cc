#include "query/attribution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <utility>

#include "measure/attribution.h"
#include "query/town_for_test.h"

namespace filrouge::query {

bool operator==(const PathCount& a, const PathCount& b) {
    return a.conversions == b.conversions && a.value == b.value && a.nulls == b.nulls;
}

namespace {

using namespace test;

constexpr int kTowns = 40;

struct Touch {
    std::int64_t at;
    std::uint32_t group;
};

// Every conversion by itself, as attribution.h says.
class Naive {
  public:
    // Conversions are those from `from` on; before it there may be touches, and conversions that
    // took theirs.
    Naive(const AttributionQuestion& q, DimensionKind kind, std::int64_t from, Groups& groups)
        : q_(q), kind_(kind), from_(from), groups_(groups) {
        out.groups.resize(kTouchGroupsMax + 1);
    }
    void add(const Town::Life& life) {
        std::vector<Touch> touches;
        for (const EventRow& row : life.events) {
            if (audience::fits(*q_.compiled, q_.conversion, row)) continue;
            if (q_.touch && !audience::fits(*q_.compiled, *q_.touch, row)) continue;
            const Groups::Key key = key_of(kind_, {}, row);
            if (key.kind == history::CellKind::Missing) continue;
            touches.push_back({row.at.us, groups_.number(key)});
        }
        std::int64_t last = INT64_MIN;
        for (const EventRow& row : life.events) {
            if (!audience::fits(*q_.compiled, q_.conversion, row)) continue;
            const std::int64_t at = row.at.us;
            std::vector<Touch> mine;
            for (const Touch& t : touches) {
                const bool taken = q_.each_touch_once && t.at < last;
                if (!taken && t.at < at && t.at >= at - q_.window_us) mine.push_back(t);
            }
            if (at >= from_) convert(at, mine, value(row));
            last = at;
        }
        for (Credit* each : credited_) ++each->persons;
        credited_.clear();
        out.persons += std::exchange(touched_, false) ? 1 : 0;
        out.persons_without_touch += std::exchange(untouched_, false) ? 1 : 0;
        std::vector<Touch> rest;
        for (const Touch& t : touches) {
            if (t.at >= last && t.at >= touches.back().at - q_.window_us) rest.push_back(t);
        }
        if (rest.empty() || rest.back().at < from_) return;
        if (q_.paths) ++out.paths[path(rest)].nulls;
    }
    Attribution out;
    measure::Journeys journeys;  // a path each conversion

  private:
    std::int64_t value(const EventRow& row) {
        if (!row.has_value) return 0;
        if (q_.currency.is_unknown() || row.value.currency == q_.currency) return row.value.amount;
        const auto converted = q_.rates->convert(row.value, q_.currency, row.at);
        out.without_rate += converted ? 0 : 1;
        return converted.value_or(0);
    }
    void give(Credit& to, double share, std::int64_t value) {
        if (share > 0) credited_.insert(&to);
        to.conversions += share;
        to.value += share * static_cast<double>(value);
    }
    void convert(std::int64_t at, const std::vector<Touch>& touches, std::int64_t value) {
        (touches.empty() ? out.without_touch : out.conversions) += 1;
        (touches.empty() ? untouched_ : touched_) = true;
        (touches.empty() ? out.without_touch_value : out.value) += value;
        const std::size_t n = touches.size();
        double weights = 0;
        const auto weight = [&](const Touch& t) {
            return std::exp2(static_cast<double>(t.at - at) / static_cast<double>(q_.half_life_us));
        };
        for (const Touch& t : touches) weights += weight(t);
        for (std::size_t i = 0; i < n; ++i) {
            GroupCredit& group = out.groups[touches[i].group];
            if (i == 0) give(group.first, 1, value);
            if (i + 1 == n) give(group.last, 1, value);
            give(group.linear, 1 / static_cast<double>(n), value);
            give(group.position, position(i, n), value);
            if (q_.decay) give(group.decay, weight(touches[i]) / weights, value);
        }
        if (n == 0) return;
        out.touches.add(static_cast<std::int64_t>(n));
        out.since_first.add(at - touches[0].at);
        out.touches_sum += static_cast<double>(n);
        out.since_first_sum += static_cast<double>(at - touches[0].at);
        measure::Path& taken = journeys.paths.emplace_back();
        for (const Touch& t : touches) {
            taken.channels.push_back(static_cast<std::uint8_t>(t.group));
            taken.ages.push_back(static_cast<double>(at - t.at));
        }
        taken.conversions = 1;
        taken.value = value;
        if (!q_.paths) return;
        PathCount& count = out.paths[path(touches)];
        ++count.conversions;
        count.value += value;
    }
    double position(std::size_t i, std::size_t n) const {
        const double ends = q_.first_share + q_.last_share;
        if (n == 1) return 1;
        if (n == 2) return (i == 0 ? q_.first_share : q_.last_share) / ends;
        if (i == 0) return q_.first_share;
        return i + 1 == n ? q_.last_share : (1 - ends) / static_cast<double>(n - 2);
    }
    std::vector<std::uint8_t> path(const std::vector<Touch>& touches) const {
        std::vector<std::uint8_t> out_path;
        for (const Touch& t : touches) {
            const auto group = static_cast<std::uint8_t>(t.group);
            if (!q_.collapse_loops || out_path.empty() || out_path.back() != group)
                out_path.push_back(group);
        }
        const std::size_t more = std::max<std::size_t>(out_path.size(), kPathTouchesMax);
        out_path.erase(out_path.begin(),
                       out_path.begin() + static_cast<std::ptrdiff_t>(more - kPathTouchesMax));
        return out_path;
    }
    const AttributionQuestion& q_;
    DimensionKind kind_;
    std::int64_t from_;
    Groups& groups_;
    std::set<Credit*> credited_;  // of the person at hand
    bool touched_ = false, untouched_ = false;
};

void expect_near(const Credit& got, const Credit& wanted) {
    EXPECT_NEAR(got.conversions, wanted.conversions, 1e-9 * (1 + wanted.conversions));
    EXPECT_NEAR(got.value, wanted.value, 1e-9 * (1 + std::abs(wanted.value)));
}

void expect_same(const Attribution& got, const Attribution& wanted, bool decay) {
    EXPECT_EQ(got.conversions, wanted.conversions);
    EXPECT_EQ(got.value, wanted.value);
    EXPECT_EQ(got.without_touch, wanted.without_touch);
    EXPECT_EQ(got.without_touch_value, wanted.without_touch_value);
    EXPECT_EQ(got.without_rate, wanted.without_rate);
    EXPECT_EQ(got.persons, wanted.persons);
    EXPECT_EQ(got.persons_without_touch, wanted.persons_without_touch);
    EXPECT_EQ(got.paths, wanted.paths);
    EXPECT_EQ(got.touches, wanted.touches);
    EXPECT_EQ(got.since_first, wanted.since_first);
    EXPECT_EQ(got.touches_sum, wanted.touches_sum);
    EXPECT_NEAR(got.since_first_sum, wanted.since_first_sum, 1e-9 * wanted.since_first_sum);
    Credit sums[5];
    for (std::size_t g = 0; g < got.groups.size(); ++g) {
        const auto models = [](const GroupCredit& c) {
            return std::array{c.first, c.last, c.linear, c.position, c.decay};
        };
        const auto mine = models(got.groups[g]);
        for (std::size_t m = 0; m < 5; ++m) {
            expect_near(mine[m], models(wanted.groups[g])[m]);
            EXPECT_EQ(mine[m].persons, models(wanted.groups[g])[m].persons);
            sums[m].conversions += mine[m].conversions;
            sums[m].value += mine[m].value;
        }
    }
    const Credit whole{static_cast<double>(got.conversions), static_cast<double>(got.value), 0};
    for (std::size_t m = 0; m < (decay ? 5 : 4); ++m) expect_near(sums[m], whole);
    std::uint64_t in_paths = 0;
    for (const auto& [path, count] : got.paths) in_paths += count.conversions;
    EXPECT_TRUE(got.paths.empty() || in_paths == got.conversions);
}

AttributionQuestion random_question(Town& town, const audience::Compiled& rule, DimensionKind by,
                                    Groups& groups) {
    AttributionQuestion q;
    q.compiled = &rule;
    q.conversion = rule.aggregates[0].event;
    if (town.chance.one_in(2)) q.touch = rule.aggregates[1].event;
    q.groups = &groups;
    q.by = Dimension(by, {}, groups);
    q.window_us = (1 + town.chance.below(40)) * kDayUs;
    q.each_touch_once = town.chance.one_in(2);
    q.decay = town.chance.one_in(2);
    q.paths = town.chance.one_in(2);
    q.collapse_loops = town.chance.one_in(2);
    if (town.chance.one_in(3)) q.first_share = 0.2;
    if (town.chance.one_in(2)) q.currency = audience::test::currency("EUR");
    q.rates = &town.rates;
    return q;
}

TEST(Attribution, OfEveryModelIsThatOfEachConversionByItself) {
    const std::uint64_t first = test_seed(1);
    std::uint64_t conversions = 0, paths = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < 8; ++i) {
            const auto& rule = town.compile("count(A where revenue > 0) >= 1 and count(B) >= 1");
            Groups groups;
            // Not every event has a place, every one a channel.
            const auto by = town.chance.one_in(3) ? DimensionKind::Place : DimensionKind::Channel;
            const AttributionQuestion q = random_question(town, rule, by, groups);
            const Scope scope = town.scope();
            query::Run run;
            const auto got = attribution(town.view(), scope, q, run);
            Naive naive(q, by, scope.from, groups);
            const Scope earlier = with_time_before(scope, q.window_us);
            for (const auto& life : town.seen(earlier)) naive.add(life);
            expect_same(got.value(), naive.out, q.decay);
            ASSERT_FALSE(HasFailure()) << repeat(seed);
            conversions += naive.out.conversions;
            paths += naive.out.paths.size();
        }
    }
    EXPECT_GT(conversions, 1'000u);
    EXPECT_GT(paths, 1'000u);
}

// The credit of each group by a rule, from the paths of `journeys`.
void expect_credits(const Attribution& got, Credit GroupCredit::*model,
                    const measure::Journeys& journeys, const measure::Rule& rule) {
    const auto wanted = measure::attribute_by_rule(journeys, rule);
    ASSERT_TRUE(wanted.ok()) << wanted.error().message;
    for (std::size_t g = 0; g < got.groups.size(); ++g) {
        const measure::Credit& of_paths = wanted.value()[g];
        expect_near(got.groups[g].*model, {of_paths.conversions, of_paths.value, 0});
    }
}

TEST(Attribution, WhileScanningIsWhatTheModelsOfPathsSay) {
    using measure::RuleKind;
    const std::uint64_t first = test_seed(1);
    std::size_t paths = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, false, true});
        const auto& rule = town.compile("count(A where revenue > 0) >= 1 and count(B) >= 1");
        Groups groups;
        const auto by = DimensionKind::Channel;
        AttributionQuestion q = random_question(town, rule, by, groups);
        q.decay = true;
        const Scope scope = town.scope();
        query::Run run;
        const auto got = attribution(town.view(), scope, q, run);
        Naive naive(q, by, scope.from, groups);
        const Scope earlier = with_time_before(scope, q.window_us);
        for (const auto& life : town.seen(earlier)) naive.add(life);
        naive.journeys.channels = got.value().groups.size();
        paths += naive.journeys.paths.size();
        const auto same = [&](Credit GroupCredit::*model, measure::Rule rule_of) {
            rule_of.first = q.first_share;
            rule_of.last = q.last_share;
            rule_of.between = 1 - q.first_share - q.last_share;
            rule_of.half_life = static_cast<double>(q.half_life_us);
            expect_credits(got.value(), model, naive.journeys, rule_of);
        };
        same(&GroupCredit::first, {RuleKind::First});
        same(&GroupCredit::last, {RuleKind::Last});
        same(&GroupCredit::linear, {RuleKind::Linear});
        same(&GroupCredit::position, {RuleKind::Position});
        same(&GroupCredit::decay, {RuleKind::TimeDecay});
        ASSERT_FALSE(HasFailure()) << repeat(seed);
    }
    EXPECT_GT(paths, 500u);
}

// One person who meets so many names and then converts.
struct Street {
    explicit Street(std::uint32_t names, PurposeSet allowed) {
        std::vector<EventRow> rows(names + 2);
        for (std::uint32_t i = 0; i < rows.size(); ++i) {
            rows[i].at = EventTime{i};
            rows[i].name = StringNo{i};
            rows[i].allowed = i < names ? allowed : PurposeSet{1};
        }
        rows.back().has_value = true;
        rows.back().value = {50'000, {}};
        view = view_of(rows);
        const Town::Matched bought = town.event("* where revenue > 0");
        q.compiled = bought.compiled;
        q.conversion = bought.event;
        q.groups = &groups;
        q.by = Dimension(DimensionKind::Name, {}, groups);
    }
    Town town{4};
    history::View view;
    Groups groups;
    AttributionQuestion q;
};

TEST(Attribution, OfMoreGroupsThanItCanCreditIsRefused) {
    Street street(kTouchGroupsMax, PurposeSet{1});
    query::Run run;
    EXPECT_EQ(attribution(street.view, Scope{}, street.q, run).error().code,
              "query.too_many_groups");
}

TEST(Attribution, KnowsNoGroupOfEventsThatThePurposeMayNotSee) {
    Street street(kTouchGroupsMax, PurposeSet{2});
    query::Run run;
    const auto got = attribution(street.view, Scope{}, street.q, run);
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(street.groups.size(), 2u);  // none, and that of the one touch
    EXPECT_EQ(got.value().groups[1].last.value, 50'000);
}

TEST(Attribution, ByDecayOfTouchesThatAreOlderThanAnyHalfLifeStillTellsThemApart) {
    Street street(2, PurposeSet{1});
    street.q.half_life_us = 1;
    street.q.window_us = 3'000'000;
    std::vector<EventRow> rows(3);
    rows[1].at = EventTime{1};
    rows[2].at = EventTime{2'000'000};
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        rows[i].name = StringNo{i};
        rows[i].allowed = PurposeSet{1};
    }
    rows[2].has_value = true;
    rows[2].value = {50'000, {}};
    street.view = view_of(rows);
    street.q.decay = true;
    query::Run run;
    const auto got = attribution(street.view, Scope{}, street.q, run);
    EXPECT_NEAR(got.value().groups[1].decay.conversions, 1.0 / 3, 1e-9);
    EXPECT_NEAR(got.value().groups[2].decay.conversions, 2.0 / 3, 1e-9);
}

TEST(Attribution, ByPositionWithoutAShareForTheEndsGivesTwoTouchesHalfEach) {
    Street street(1, PurposeSet{1});
    street.q.first_share = street.q.last_share = 0;
    query::Run run;
    const auto got = attribution(street.view, Scope{}, street.q, run);
    EXPECT_EQ(got.value().groups[1].position.conversions, 0.5);
    EXPECT_EQ(got.value().groups[2].position.conversions, 0.5);
}

}  // namespace
}  // namespace filrouge::query
