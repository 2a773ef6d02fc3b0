// Laws of the rule language over random rules and random people. FILROUGE_SEED=n repeats a run.
#include <gtest/gtest.h>

#include <set>

#include "audience/evaluate.h"
#include "audience/explain.h"
#include "audience/json.h"
#include "audience/oracle_for_test.h"
#include "audience/random_rules_for_test.h"

namespace filrouge::audience {
namespace {

using namespace test;

constexpr int kRules = 3'000;
constexpr int kPeople = 1'200;
constexpr int kMutations = 20'000;
constexpr std::int64_t kLifeUs = 45 * kDayUs;
constexpr std::int64_t kHorizonUs = 75 * kDayUs;

TEST(RuleLaws, PrintingAndReadingIsLosslessInBothForms) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + kRules; ++seed) {
        Chance chance(seed);
        RandomRules random(chance);
        random.odd_names = true;
        const Rule rule = random.rule();
        const std::string text = print(rule);
        const auto read = parse(text);
        ASSERT_EQ(read.index(), 0u) << text << "\n"
                                    << std::get<RuleError>(read).message << repeat(seed);
        ASSERT_EQ(std::get<Rule>(read), rule) << text << repeat(seed);
        const std::string json = to_json(rule);
        const auto from = from_json(json);
        ASSERT_EQ(from.index(), 0u) << json << "\n"
                                    << std::get<RuleError>(from).message << repeat(seed);
        ASSERT_EQ(std::get<Rule>(from), rule) << json << repeat(seed);
    }
}

// A rule, a person who lived for a while around a clock change, and the lengths in the rule.
struct World {
    explicit World(std::uint64_t seed, bool lively = false)
        : chance(seed), zones{paris(), santiago()} {
        RandomRules random(chance);
        random.lively = lively;
        rule = random.rule();
        compiled = std::get<Compiled>(compile(rule, names));
        live_through(person, chance, utc(2026, 2, 25), kLifeUs);
        const std::int64_t zone = chance.below(3);
        if (zone != 0) person.zone = &zones[zone - 1];
        for (std::int64_t n = chance.below(4); n > 0; --n) {
            const bool there = chance.one_in(2);
            rates.set(
                {currency(there ? "EUR" : "USD"), currency(there ? "USD" : "EUR"),
                 static_cast<std::int32_t>((utc(2026, 2, 25) + chance.below(kLifeUs)) / kDayUs),
                 1 + chance.below(2 * kRateScale)});
        }
        person.rates = &rates;
        known = utc(2026, 2, 25) + kLifeUs / 4 + chance.below(kLifeUs);
    }
    std::vector<std::int64_t> lengths() const {
        std::vector<std::int64_t> out;
        for (const auto& a : compiled.aggregates) out.push_back(a.window.length_us);
        for (const auto& s : compiled.sequences) out.push_back(s.window.length_us);
        for (const auto& s : compiled.steps) out.push_back(s.within_us);
        return out;
    }
    // Every instant at which something might turn, the ones beside it, and some at random.
    std::set<std::int64_t> instants() {
        std::set<std::int64_t> out;
        const auto add = [&](std::int64_t t) {
            for (std::int64_t d = -1; d <= 1; ++d) {
                if (t + d > known && t + d <= known + kHorizonUs) out.insert(t + d);
            }
        };
        for (const std::int64_t at : person.times()) {
            for (const std::int64_t length : lengths()) add(at + length);
        }
        for (std::int64_t day = known / kDayUs; day <= (known + kHorizonUs) / kDayUs; ++day) {
            const std::int64_t local = day * kDayUs;
            add(person.zone == nullptr ? local : person.zone->utc_from_local_us(local));
        }
        for (int i = 0; i < 40; ++i) add(known + chance.below(kHorizonUs));
        return out;
    }
    Chance chance;
    SteppedZone zones[2];
    FakeNames names;
    TableSpace space;
    Rates rates{space, 1};
    Person person{names};
    Rule rule;
    Compiled compiled;
    std::int64_t known = 0;
};

TEST(RuleLaws, EvaluationMeansWhatTheOracleSays) {
    const std::uint64_t first = test_seed(1);
    int in = 0;
    int all = 0;
    for (std::uint64_t seed = first; seed < first + kPeople * 4; ++seed) {
        World w(seed);
        for (int i = 0; i < 4; ++i) {
            const PersonView view = w.person.at(w.known + w.chance.below(kHorizonUs), w.known);
            const bool got = evaluate(w.compiled, view).in;
            ASSERT_EQ(got, Oracle(w.names, view).in(w.rule.root)) << print(w.rule) << repeat(seed);
            in += got ? 1 : 0;
            ++all;
        }
    }
    EXPECT_GT(in, all / 10);  // the worlds are neither empty nor full
    EXPECT_LT(in, all * 9 / 10);
}

TEST(RuleLaws, NextChangeIsNeverTooLate) {
    const std::uint64_t first = test_seed(1);
    std::size_t changes = 0;
    std::size_t wakes = 0;
    for (std::uint64_t seed = first; seed < first + kPeople * 5; ++seed) {
        World w(seed, /*lively=*/seed % 4 != 0);
        Outcome now = evaluate(w.compiled, w.person.at(w.known));
        std::int64_t at = w.known;
        std::size_t steps = 0;
        for (const std::int64_t t : w.instants()) {
            while (now.next_change.us <= t) {
                ASSERT_GT(now.next_change.us, at) << print(w.rule) << repeat(seed);
                ASSERT_LT(++steps, 2'000u) << print(w.rule) << repeat(seed);
                at = now.next_change.us;
                const Outcome later = evaluate(w.compiled, w.person.at(at, w.known));
                changes += later.in != now.in ? 1 : 0;
                ++wakes;
                now = later;
            }
            const PersonView view = w.person.at(t, w.known);
            const bool in = evaluate(w.compiled, view).in;
            ASSERT_EQ(in, now.in) << print(w.rule) << "\nat " << t << " since " << at
                                  << repeat(seed);
            if (!w.chance.one_in(8)) continue;
            ASSERT_EQ(in, Oracle(w.names, view).in(w.rule.root)) << print(w.rule) << repeat(seed);
        }
        ASSERT_TRUE(w.compiled.time_dependent() || steps == 0) << print(w.rule) << repeat(seed);
    }
    EXPECT_GT(changes, 500u);
    EXPECT_LT(wakes, changes * 8);  // timers are set close to what they wait for
    RecordProperty("wakes", std::to_string(wakes));
    RecordProperty("changes", std::to_string(changes));
}

void check_clause(const Clause& c, const std::string& where) {
    if (c.kind == NodeKind::Sequence) {
        const std::size_t of = c.value.find(" of ");
        const bool whole =
            of != std::string::npos &&
            c.value == c.value.substr(0, of) + " of " + c.value.substr(0, of) + " steps";
        ASSERT_EQ(c.met, whole) << c.text << " " << c.value << where;
    }
    if (c.text.rfind("any(", 0) == 0 && c.kind == NodeKind::Aggregate) {
        ASSERT_EQ(c.met, c.events > 0) << c.text << where;
    }
    for (const Clause& part : c.parts) check_clause(part, where);
}

TEST(RuleLaws, TheExplanationAgreesWithTheOutcome) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + kPeople * 2; ++seed) {
        World w(seed);
        const PersonView view = w.person.at(w.known);
        const Clause why = explain(w.compiled, view);
        const Outcome outcome = evaluate(w.compiled, view);
        ASSERT_EQ(why.met, outcome.in) << print(w.rule) << repeat(seed);
        ASSERT_EQ(why.next_change, outcome.next_change) << print(w.rule) << repeat(seed);
        ASSERT_EQ(why.text, print(w.rule)) << repeat(seed);
        check_clause(why, repeat(seed));
    }
}

// Cuts, doubles and exchanges pieces.
std::string mutated(std::string text, Chance& chance) {
    static constexpr std::string_view kPieces[] = {"(",
                                                   ")",
                                                   "\"",
                                                   " and ",
                                                   " not ",
                                                   ".",
                                                   ",",
                                                   "..",
                                                   "\\",
                                                   " then ",
                                                   "9999999999999999999",
                                                   "\xc3",
                                                   "where",
                                                   "*",
                                                   "-",
                                                   "2026-01-01",
                                                   "{",
                                                   "}",
                                                   "null",
                                                   "[",
                                                   " in "};
    for (std::int64_t n = 1 + chance.below(4); n > 0; --n) {
        const auto at =
            static_cast<std::size_t>(chance.below(static_cast<std::int64_t>(text.size()) + 1));
        const auto length = static_cast<std::size_t>(chance.below(12));
        switch (chance.below(4)) {
            case 0: text.erase(at, length); break;
            case 1: text.insert(at, text.substr(at / 2, length)); break;
            case 2: text.insert(at, chance.pick(kPieces)); break;
            default:
                if (at < text.size()) text[at] = static_cast<char>(chance.below(256));
        }
    }
    return text;
}

TEST(RuleLaws, NoTextBringsTheReadersDown) {
    const std::uint64_t first = test_seed(1);
    int accepted = 0;
    for (std::uint64_t seed = first; seed < first + kMutations; ++seed) {
        Chance chance(seed);
        RandomRules random(chance);
        random.odd_names = true;
        const Rule rule = random.rule();
        const std::string text = mutated(print(rule), chance);
        const auto read = parse(text);
        if (const auto* good = std::get_if<Rule>(&read)) {
            ++accepted;
            const auto again = parse(print(*good));
            ASSERT_TRUE(again.index() == 0 && std::get<Rule>(again) == *good)
                << text << repeat(seed);
        } else {
            const RuleError& e = std::get<RuleError>(read);
            ASSERT_FALSE(e.message.empty()) << text << repeat(seed);
            ASSERT_LE(e.offset + e.length, text.size()) << text << repeat(seed);
        }
        const auto from = from_json(mutated(to_json(rule), chance));
        if (const auto* good = std::get_if<Rule>(&from)) {
            const auto again = from_json(to_json(*good));
            ASSERT_TRUE(again.index() == 0 && std::get<Rule>(again) == *good) << repeat(seed);
        }
    }
    EXPECT_GT(accepted, kMutations / 50);
}

}  // namespace
}  // namespace filrouge::audience
