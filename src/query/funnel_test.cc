#include "query/funnel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "audience/evaluate.h"
#include "query/town_for_test.h"

namespace filrouge::query {
namespace {

using namespace test;

constexpr int kTowns = 40;
constexpr int kFunnelsPerTown = 10;

audience::EventMatch named(Chance& chance) {
    static constexpr std::string_view kNames[] = {"A", "B", "C"};
    audience::EventMatch e;
    e.any = chance.one_in(12);
    if (!e.any) e.name = chance.pick(kNames);
    return e;
}

// A sequence as a rule's node: long and of few names, or short with filters.
audience::Node random_sequence(Chance& chance) {
    audience::Node node;
    node.kind = audience::NodeKind::Sequence;
    if (chance.one_in(2)) {
        audience::test::RandomRules random(chance);
        do {
            node = random.rule().root;
            if (!node.steps.empty() && node.steps.back().absent) node.steps.pop_back();
        } while (node.steps.size() < 2);
        node.window = {};
        return node;
    }
    const std::int64_t steps = 2 + chance.below(audience::kSequenceStepsMax - 1);
    for (std::int64_t i = 0; i < steps; ++i) {
        audience::Step step;
        step.event = named(chance);
        if (i > 0 && chance.one_in(4)) step.without.push_back(named(chance));
        if (i > 0 && chance.one_in(2)) step.within = {1 + chance.below(30), audience::Unit::Day};
        node.steps.push_back(step);
    }
    return node;
}

audience::Rule first_steps(audience::Node sequence, std::size_t steps, bool bots) {
    sequence.bots = bots;
    if (steps == 1) {  // no sequence to the language
        sequence.kind = audience::NodeKind::Aggregate;
        sequence.function = audience::Function::Any;
        sequence.event = sequence.steps[0].event;
    }
    sequence.steps.resize(steps == 1 ? 0 : steps);
    return {sequence};
}

bool did(const audience::Compiled& rule, const Town::Life& life) {
    audience::PersonView view;
    view.now = EventTime{INT64_MAX / 2};
    view.events = life.events;
    return audience::evaluate(rule, view).in;
}

struct Asked {
    Asked(Town& town, const audience::Node& node, const Scope& s) : sequence(node), scope(s) {
        compiled = &town.compile(first_steps(node, node.steps.size(), scope.bots));
        question.compiled = compiled;
        question.sequence = compiled->sequences[0];
    }
    audience::Node sequence;
    Scope scope;
    const audience::Compiled* compiled;
    FunnelQuestion question;
};

Funnel ask(const Town& town, const Asked& asked) {
    query::Run run;
    auto answer = funnel(town.view(), asked.scope, asked.question, run);
    EXPECT_TRUE(answer.ok());
    return std::move(answer).value();
}

TEST(Funnel, WhoReachedAStepAreTheMembersOfTheRuleOfTheStepsSoFar) {
    const std::uint64_t first = test_seed(1);
    std::uint64_t reached = 0, far = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < kFunnelsPerTown; ++i) {
            const Asked asked(town, random_sequence(town.chance), town.scope());
            const Funnel got = ask(town, asked);
            const auto lives = town.seen(asked.scope);
            ASSERT_EQ(got.steps.size(), asked.sequence.steps.size());
            for (std::size_t k = 0; k < got.steps.size(); ++k) {
                const auto& rule =
                    town.compile(first_steps(asked.sequence, k + 1, asked.scope.bots));
                std::uint64_t wanted = 0;
                for (const auto& life : lives) wanted += did(rule, life) ? 1 : 0;
                ASSERT_EQ(got.steps[k].persons, wanted)
                    << audience::print(asked.sequence) << " step " << k << repeat(seed);
                reached += wanted;
                far += k >= 3 ? wanted : 0;
            }
            EXPECT_TRUE(got.by_group.empty());
        }
    }
    EXPECT_GT(reached, 1'000u);
    EXPECT_GT(far, 100u);
}

// The first chain of so many steps, found by trying every first event.
struct Chain {
    std::size_t end = 0, start = 0;      // rows
    std::int64_t before_us = INT64_MAX;  // of the step before the last
};
class Search {
  public:
    Search(const Asked& asked, const std::vector<EventRow>& rows)
        : c_(*asked.compiled), sequence_(asked.question.sequence), rows_(rows) {}

    std::optional<Chain> first(std::size_t steps) const {
        std::optional<Chain> best;
        for (std::size_t start = 0; start < rows_.size(); ++start) {
            const auto chain = from(start, steps);
            if (!chain) continue;
            if (!best || chain->end < best->end ||
                (chain->end == best->end && at(chain->start) > at(best->start)))
                best = chain;
            else if (chain->end == best->end && at(chain->start) == at(best->start))
                best->before_us = std::min(best->before_us, chain->before_us);
        }
        return best;
    }

  private:
    std::int64_t at(std::size_t row) const { return rows_[row].at.us; }
    const audience::compiled::Step& step(std::size_t k) const {
        return c_.steps[sequence_.first + k];
    }
    bool follows(std::size_t k, std::size_t from, std::size_t to) const {
        for (std::size_t i = from + 1; i < to && step(k).has_without; ++i) {
            if (audience::fits(c_, step(k).without, rows_[i])) return false;
        }
        return true;
    }
    std::optional<Chain> from(std::size_t start, std::size_t steps) const {
        if (!audience::fits(c_, step(0).event, rows_[start])) return {};
        std::vector<std::size_t> reached = {start}, before;
        for (std::size_t k = 1; k < steps; ++k) {
            before = std::exchange(reached, {});
            for (std::size_t row = start + 1; row < rows_.size(); ++row) {
                const std::int64_t within = step(k).within_us;
                if (within != 0 && at(row) - at(start) > within) break;
                if (!audience::fits(c_, step(k).event, rows_[row])) continue;
                const auto ok = [&](std::size_t b) { return b < row && follows(k, b, row); };
                if (std::any_of(before.begin(), before.end(), ok)) reached.push_back(row);
            }
        }
        if (reached.empty()) return {};
        Chain chain{reached.front(), start, INT64_MAX};
        for (const std::size_t b : before) {
            if (b < chain.end && follows(steps - 1, b, chain.end))
                chain.before_us = std::min(chain.before_us, at(b));
        }
        return chain;
    }
    const audience::Compiled& c_;
    audience::compiled::Sequence sequence_;
    const std::vector<EventRow>& rows_;
};

TEST(Funnel, TimesAreThoseOfTheFirstChainThatCameSoFar) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {30, false, true});
        for (int i = 0; i < kFunnelsPerTown; ++i) {
            const Asked asked(town, random_sequence(town.chance), town.scope());
            const Funnel got = ask(town, asked);
            const auto lives = town.seen(asked.scope);
            for (std::size_t k = 1; k < got.steps.size(); ++k) {
                DurationSketch since_last, since_first;
                for (const auto& life : lives) {
                    const auto chain = Search(asked, life.events).first(k + 1);
                    if (!chain) continue;
                    const std::int64_t end = life.events[chain->end].at.us;
                    since_last.add(end - chain->before_us);
                    since_first.add(end - life.events[chain->start].at.us);
                }
                ASSERT_EQ(got.steps[k].since_last, since_last)
                    << audience::print(asked.sequence) << " step " << k << repeat(seed);
                ASSERT_EQ(got.steps[k].since_first, since_first)
                    << audience::print(asked.sequence) << " step " << k << repeat(seed);
            }
        }
    }
}

TEST(Funnel, APersonCountsInTheGroupOfTheFirstEventOfTheirLongestChain) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {30, false, /*ties=*/false});
        for (int i = 0; i < kFunnelsPerTown; ++i) {
            Asked asked(town, random_sequence(town.chance), town.scope());
            Groups groups;
            asked.question.groups = &groups;
            asked.question.by = Dimension(DimensionKind::Channel, {}, groups);
            const Funnel got = ask(town, asked);
            const std::size_t steps = got.steps.size();
            std::vector<std::vector<std::uint64_t>> wanted(groups.size(),
                                                           std::vector<std::uint64_t>(steps));
            for (const auto& life : town.seen(asked.scope)) {
                std::size_t depth = steps;
                const Search search(asked, life.events);
                while (depth != 0 && !search.first(depth)) --depth;
                if (depth == 0) continue;
                const Channel channel = life.events[search.first(depth)->start].channel;
                const std::uint32_t group =
                    groups.number({history::CellKind::Number, static_cast<std::int64_t>(channel)});
                for (std::size_t k = 0; k < depth; ++k) ++wanted[group][k];
            }
            std::vector<std::vector<std::uint64_t>> counted = got.by_group;
            counted.resize(wanted.size());
            for (auto& group : counted) {
                EXPECT_TRUE(group.empty() || group[0] != 0);
                group.resize(steps);
            }
            ASSERT_EQ(counted, wanted) << audience::print(asked.sequence) << repeat(seed);
            for (std::size_t k = 0; k < steps; ++k) {
                std::uint64_t sum = 0;
                for (const auto& group : counted) sum += group[k];
                ASSERT_EQ(sum, got.steps[k].persons) << repeat(seed);
            }
        }
    }
}

TEST(DurationSketch, AQuantileIsRightToWithinOnePercent) {
    Chance chance(test_seed(1));
    for (int round = 0; round < 200; ++round) {
        DurationSketch sketch, half;
        std::vector<std::int64_t> values(1 + static_cast<std::size_t>(chance.below(300)));
        for (std::int64_t& v : values) {
            v = static_cast<std::int64_t>(chance.next() >> (1 + chance.below(63)));
            (chance.one_in(2) ? sketch : half).add(v);
        }
        sketch.add(half);
        std::sort(values.begin(), values.end());
        ASSERT_EQ(sketch.size(), values.size());
        for (const double share : {0.0, 0.1, 0.5, 0.9, 1.0}) {
            const double wanted = share * static_cast<double>(values.size());
            const auto place = static_cast<std::size_t>(std::max(std::ceil(wanted), 1.0)) - 1;
            const auto exact = static_cast<double>(values[place]);
            EXPECT_NEAR(static_cast<double>(sketch.quantile(share)), exact, 0.01 * exact);
        }
    }
    EXPECT_EQ(DurationSketch().quantile(0.5), 0);
}

}  // namespace
}  // namespace filrouge::query
