#include "measure/attribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <numeric>
#include <sstream>

#include "measure/data_for_test.h"
#include "model/money.h"

namespace filrouge::measure {
namespace {

// Journeys over channels of which the last is touched by nobody.
Journeys random_journeys(std::uint64_t seed) {
    Chance chance(seed);
    Journeys out{2 + chance.below(6), {}};
    const std::size_t paths = 1 + chance.below(60);
    for (std::size_t i = 0; i < paths; ++i) {
        Path path;
        const std::size_t touches = 1 + chance.below(chance.below(10) == 0 ? 40 : 6);
        for (std::size_t t = 0; t < touches; ++t) {
            path.channels.push_back(static_cast<std::uint8_t>(chance.below(out.channels - 1)));
            path.ages.push_back(3 * static_cast<double>(touches - t) * chance.uniform());
        }
        path.conversions = chance.below(4);
        path.value = path.conversions > 0 ? static_cast<std::int64_t>(chance.below(900'000)) : 0;
        path.nulls = chance.below(9);
        out.paths.push_back(path);
    }
    return out;
}

using Model = std::function<Result<Credits>(const Journeys&)>;

Model by_rule(Rule rule) {
    return [rule](const Journeys& j) { return attribute_by_rule(j, rule); };
}
Model by_markov(int order) {
    return [order](const Journeys& j) -> Result<Credits> {
        return TRY(attribute_by_markov(j, order)).credits;
    };
}

const std::map<std::string, Model> kModels = {
    {"first", by_rule({RuleKind::First})},
    {"last", by_rule({RuleKind::Last})},
    {"linear", by_rule({RuleKind::Linear})},
    {"position", by_rule({RuleKind::Position})},
    {"time decay", by_rule({RuleKind::TimeDecay})},
    {"markov 1", by_markov(1)},
    {"markov 2", by_markov(2)},
    {"markov 3", by_markov(3)},
    {"shapley", attribute_by_shapley},
};

// ---- laws of every model
// -------------------------------------------------------------------------

TEST(Attribution, TheCreditsSumToWhatThereWasAndTheUntouchedGetNothing) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 300; ++seed) {
        const Journeys journeys = random_journeys(seed);
        double conversions = 0, value = 0;
        for (const Path& path : journeys.paths) {
            conversions += static_cast<double>(path.conversions);
            value += static_cast<double>(path.value);
        }
        for (const auto& [name, model] : kModels) {
            const Credits credits = model(journeys).value();
            ASSERT_EQ(credits.size(), journeys.channels);
            double got = 0, got_value = 0;
            for (const Credit& credit : credits) {
                EXPECT_GE(credit.conversions, 0) << name << repeat(seed);
                EXPECT_GE(credit.value, 0) << name << repeat(seed);
                got += credit.conversions;
                got_value += credit.value;
            }
            EXPECT_NEAR(got, conversions, 1e-9 * (1 + conversions)) << name << repeat(seed);
            EXPECT_NEAR(got_value, value, 1e-9 * (1 + value)) << name << repeat(seed);
            EXPECT_EQ(credits.back().conversions, 0) << name << repeat(seed);
            EXPECT_EQ(credits.back().value, 0) << name << repeat(seed);
        }
    }
}

TEST(Attribution, ChannelsThatDoTheSameGetTheSame) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 100; ++seed) {
        Journeys journeys = random_journeys(seed);
        const std::vector<Path> paths = journeys.paths;
        for (Path path : paths) {  // each path once more, with 0 and 1 in each other's place
            for (std::uint8_t& channel : path.channels) {
                if (channel <= 1) channel = channel == 0 ? 1 : 0;
            }
            journeys.paths.push_back(path);
        }
        for (const auto& [name, model] : kModels) {
            const Credits c = model(journeys).value();
            EXPECT_NEAR(c[0].conversions, c[1].conversions, 1e-9 * (1 + c[0].conversions))
                << name << repeat(seed);
            EXPECT_NEAR(c[0].value, c[1].value, 1e-9 * (1 + c[0].value)) << name << repeat(seed);
        }
    }
}

TEST(Attribution, PathsInOneOrMoreRowsAndInAnyOrderAreTheSame) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 50; ++seed) {
        const Journeys journeys = random_journeys(seed);
        Journeys single{journeys.channels, {}};  // one row a journey
        for (Path path : journeys.paths) {
            const std::uint64_t conversions = path.conversions, nulls = path.nulls;
            const std::int64_t value = path.value;
            path.conversions = 0, path.value = 0, path.nulls = 1;
            for (std::uint64_t i = 0; i < nulls; ++i) single.paths.push_back(path);
            path.conversions = 1, path.nulls = 0;
            for (std::uint64_t i = 0; i < conversions; ++i) {
                path.value = i == 0 ? value : 0;
                single.paths.push_back(path);
            }
        }
        Chance(seed).shuffle(single.paths);
        for (const auto& [name, model] : kModels) {
            const Credits one = model(journeys).value();
            const Credits other = model(single).value();
            for (std::size_t c = 0; c < one.size(); ++c) {
                EXPECT_NEAR(one[c].conversions, other[c].conversions, 1e-9) << name << repeat(seed);
                EXPECT_NEAR(one[c].value, other[c].value, 1e-4) << name << repeat(seed);
            }
        }
    }
}

// ---- definitions
// ---------------------------------------------------------------------------------

double worth_of(const Journeys& journeys, std::uint64_t coalition) {
    double sum = 0;
    for (const Path& path : journeys.paths) {
        const bool inside = std::all_of(path.channels.begin(), path.channels.end(),
                                        [&](std::uint8_t c) { return (coalition >> c & 1) != 0; });
        if (inside) sum += static_cast<double>(path.conversions);
    }
    return sum;
}

TEST(Shapley, IsTheMeanContributionOverAllOrdersOfJoining) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 40; ++seed) {
        const Journeys journeys = random_journeys(seed);
        if (journeys.channels > 5) continue;  // 5,040 orders say no more than 120
        std::vector<double> mean(journeys.channels);
        std::vector<std::size_t> order(journeys.channels);
        std::iota(order.begin(), order.end(), 0);
        double orders = 0;
        do {
            std::uint64_t coalition = 0;
            for (const std::size_t channel : order) {
                const double before = worth_of(journeys, coalition);
                coalition |= std::uint64_t{1} << channel;
                mean[channel] += worth_of(journeys, coalition) - before;
            }
            ++orders;
        } while (std::next_permutation(order.begin(), order.end()));
        const Credits credits = attribute_by_shapley(journeys).value();
        for (std::size_t c = 0; c < mean.size(); ++c) {
            EXPECT_NEAR(credits[c].conversions, mean[c] / orders, 1e-9) << repeat(seed);
        }
    }
}

// Walks the chain of order 1 or more at random, as the literature's simulation does.
double walked(const Journeys& journeys, std::size_t order, std::size_t removed, Chance& chance) {
    // What followed each context, as often as it did: a channel, or the end of a row.
    std::map<std::vector<int>, std::vector<int>> next;
    for (const Path& path : journeys.paths) {
        for (std::uint64_t i = 0; i < path.conversions + path.nulls; ++i) {
            std::vector<int> context;
            for (const std::uint8_t channel : path.channels) {
                next[context].push_back(channel);
                context.push_back(channel);
                if (context.size() > order) context.erase(context.begin());
            }
            next[context].push_back(i < path.conversions ? -1 : -2);
        }
    }
    constexpr int kWalks = 20'000;
    int converted = 0;
    for (int i = 0; i < kWalks; ++i) {
        std::vector<int> context;
        for (;;) {
            const std::vector<int>& choices = next[context];
            const int to = choices[chance.below(choices.size())];
            converted += to == -1 ? 1 : 0;
            if (to < 0 || to == static_cast<int>(removed)) break;
            context.push_back(to);
            if (context.size() > order) context.erase(context.begin());
        }
    }
    return static_cast<double>(converted) / kWalks;
}

TEST(Markov, TheExactSolutionIsWhatRandomWalksApproach) {
    Chance chance(test_seed(1));
    int compared = 0;
    while (compared < 9) {
        const Journeys journeys = random_journeys(chance.next());
        const std::size_t order = 1 + static_cast<std::size_t>(compared % 3);
        const double whole = walked(journeys, order, kChannelsMax, chance);
        if (whole < 0.1) continue;
        const auto exact = attribute_by_markov(journeys, static_cast<int>(order)).value();
        for (std::size_t c = 0; c < journeys.channels; ++c) {
            const double without = walked(journeys, order, c, chance);
            EXPECT_NEAR(exact.removal_effects[c].conversions, 1 - without / whole, 0.12)
                << order << repeat(test_seed(1));
        }
        ++compared;
    }
}

// Start to A in half of the journeys, to B in the others; A goes on to B in half of its visits.
TEST(Markov, ASmallChainIsSolvedAsByHand) {
    const Journeys journeys{2,
                            {{{0}, {}, 1, 100, 0}, {{0, 1}, {}, 1, 500, 0}, {{1}, {}, 1, 300, 1}}};
    // B is visited 3 times and converts in 2; A twice, converts once and else goes to B.
    // P = 1/2 (1/2 + 1/2 * 2/3) + 1/2 * 2/3 = 3/4; without A 1/3, without B 1/4.
    const auto m = attribute_by_markov(journeys, 1).value();
    EXPECT_EQ(m.states, 3u);
    EXPECT_NEAR(m.removal_effects[0].conversions, 1 - (1.0 / 3) / 0.75, 1e-14);
    EXPECT_NEAR(m.removal_effects[1].conversions, 1 - 0.25 / 0.75, 1e-14);
    EXPECT_NEAR(m.credits[0].conversions, 3 * 5.0 / 11, 1e-13);
    EXPECT_NEAR(m.credits[1].conversions, 3 * 6.0 / 11, 1e-13);
    // A conversion out of A is worth 100, one out of B 400: 225 in all, 400/3 without A, 25 without
    // B.
    EXPECT_NEAR(m.removal_effects[0].value, 1 - (400.0 / 3) / 225, 1e-14);
    EXPECT_NEAR(m.removal_effects[1].value, 1 - 25.0 / 225, 1e-14);
}

TEST(Rules, AWeightIsWhatItsRuleSays) {
    const Journeys one{4, {{{0, 1, 2, 3}, {21, 14, 7, 0}, 1, 10'000, 5}}};
    const auto shares = [&](const Rule& rule) {
        const Credits c = attribute_by_rule(one, rule).value();
        return std::vector<double>{c[0].conversions, c[1].conversions, c[2].conversions,
                                   c[3].conversions};
    };
    EXPECT_EQ(shares({RuleKind::First}), (std::vector<double>{1, 0, 0, 0}));
    EXPECT_EQ(shares({RuleKind::Last}), (std::vector<double>{0, 0, 0, 1}));
    EXPECT_EQ(shares({RuleKind::Linear}), (std::vector<double>{0.25, 0.25, 0.25, 0.25}));
    const std::vector<double> position = shares({RuleKind::Position});
    const std::vector<double> decay = shares({RuleKind::TimeDecay, 0, 0, 0, 7});
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_NEAR(position[i], i % 3 == 0 ? 0.4 : 0.1, 1e-15);
        EXPECT_NEAR(decay[i], std::exp2(static_cast<double>(i)) / 15, 1e-15);
    }
}

TEST(Rules, ShortPathsShareByWhatIsLeft) {
    const Journeys two{2, {{{0, 1}, {}, 1, 0, 0}}};
    const Rule early{RuleKind::Position, 0.6, 0.2, 0.2};
    EXPECT_NEAR(attribute_by_rule(two, early).value()[0].conversions, 0.75, 1e-15);
    const Rule middle{RuleKind::Position, 0, 1, 0};
    EXPECT_NEAR(attribute_by_rule(two, middle).value()[0].conversions, 0.5, 1e-15);
    const Journeys single{2, {{{1}, {}, 3, 0, 0}}};
    EXPECT_EQ(attribute_by_rule(single, early).value()[1].conversions, 3);
}

TEST(Rules, TouchesOlderThanAnyHalfLifeStillShareTheirPath) {
    const Journeys old{2, {{{0, 1}, {1e9, 1e9 + 7}, 1, 0, 0}}};
    const Credits c = attribute_by_rule(old, {RuleKind::TimeDecay}).value();
    EXPECT_NEAR(c[0].conversions, 2.0 / 3, 1e-6);
}

// ---- edges
// ---------------------------------------------------------------------------------------

TEST(Attribution, NoPathsAndNoConversionsGiveNoCredit) {
    const Journeys none{3, {}};
    const Journeys nulls{3, {{{0, 1}, {0, 0}, 0, 0, 9}, {{2}, {0}, 0, 0, 0}}};
    for (const auto& [name, model] : kModels) {
        for (const Journeys& journeys : {none, nulls}) {
            for (const Credit& credit : model(journeys).value()) {
                EXPECT_EQ(credit.conversions, 0) << name;
                EXPECT_EQ(credit.value, 0) << name;
            }
        }
    }
}

std::string refusal(const Journeys& journeys, const Rule& rule = {}) {
    const auto credits = attribute_by_rule(journeys, rule);
    return credits.ok() ? "" : credits.error().code;
}

TEST(Attribution, WhatMakesNoSenseIsRefused) {
    EXPECT_EQ(refusal({0, {}}), "measure.channels");
    EXPECT_EQ(refusal({65, {}}), "measure.channels");
    EXPECT_EQ(refusal({2, {{{}, {}, 1, 0, 0}}}), "measure.empty_path");
    EXPECT_EQ(refusal({2, {{{2}, {}, 1, 0, 0}}}), "measure.unknown_channel");
    EXPECT_EQ(refusal({2, {{{1}, {}, 0, 5, 0}}}), "measure.bad_path_value");
    const Journeys refund{2, {{{1}, {}, 1, -5, 0}}};
    EXPECT_EQ(refusal(refund), "");
    EXPECT_EQ(attribute_by_markov(refund, 1).error().code, "measure.negative_value");
    EXPECT_EQ(refusal({2, {{std::vector<std::uint8_t>(1'001), {}, 1, 0, 0}}}), "measure.long_path");
    const Journeys sound{2, {{{1, 0}, {}, 1, 5, 0}}};
    EXPECT_EQ(refusal(sound), "");
    EXPECT_EQ(refusal(sound, {RuleKind::TimeDecay}), "measure.bad_ages");
    EXPECT_EQ(refusal(sound, {RuleKind::TimeDecay, 0, 0, 0, 0}), "measure.bad_half_life");
    EXPECT_EQ(refusal(sound, {RuleKind::Position, 0, 0, 0}), "measure.bad_position_weights");
    EXPECT_EQ(refusal(sound, {RuleKind::Position, 1, -1, 1}), "measure.bad_position_weights");
    EXPECT_EQ(attribute_by_markov(sound, 0).error().code, "measure.markov_order");
    EXPECT_EQ(attribute_by_markov(sound, 4).error().code, "measure.markov_order");
}

TEST(Markov, TooManyStatesAreRefusedWithTheLimit) {
    Journeys journeys{64, {}};
    for (std::uint8_t a = 0; a < 64; ++a) {
        for (std::uint8_t b = 0; b < 64; ++b) {
            Path path{{}, {}, 1, 0, 0};
            for (std::uint8_t c = 0; c < 64; ++c)
                path.channels.insert(path.channels.end(), {a, b, c});
            journeys.paths.push_back(path);
        }
    }
    EXPECT_TRUE(attribute_by_markov(journeys, 1).ok());
    EXPECT_EQ(attribute_by_markov(journeys, 3).error().message,
              "The chain of order 3 has more than 50000 states.");
}

TEST(Markov, JourneysThatGoRoundForLongAreSolvedAllTheSame) {
    Path round{{}, {}, 1, 0, 1};
    for (std::size_t i = 0; i < kTouchesMax / 2; ++i)
        round.channels.insert(round.channels.end(), {0, 1});
    const auto m = attribute_by_markov({2, {round}}, 1).value();
    EXPECT_NEAR(m.removal_effects[0].conversions, 1, 1e-9);
    EXPECT_NEAR(m.removal_effects[1].conversions, 1, 1e-9);
}

// ---- public data
// ---------------------------------------------------------------------------------

struct Published {
    const char* channel;
    double first, last, linear;
    double markov, removal;  // 0: not published
};
// The first three by the R package ChannelAttribution; Markov of order 1 by linear algebra.
const Published kPublished[] = {
    {"alpha", 6308, 8447, 7574.7186, 5344.9, 0.5584},
    {"iota", 4606, 3355, 3857.0962, 3884.6, 0.40584},
    {"eta", 3164, 4167, 3539.9512, 3340.8, 0.34903},
    {"beta", 2831, 989, 2083.5001, 2527.4, 0.26404},
    {"theta", 1606, 653, 1022.8014, 1971.9, 0.20601},
    {"lambda", 902, 1207, 1035.2576, 1282.8, 0.13402},
    {"epsilon", 99, 531, 272.1704, 599.6, 0.06264},
    {"zeta", 27, 107, 136.5515, 0, 0},
    {"kappa", 74, 230, 137.9641, 0, 0},
    {"gamma", 165, 92, 121.0416, 0, 0},
    {"delta", 1, 5, 1.7250, 0, 0},
    {"mi", 2, 2, 2.2222, 0, 0},
};

Journeys path_data() {
    std::ifstream in(test::data_folder("attribution-paths") + "/PathData.csv");
    Journeys out{std::size(kPublished), {}};
    for (const std::vector<std::string>& row : test::rows_of_csv(in)) {
        Path path;
        path.conversions = std::stoull(row[1]);
        path.value = *parse_fixed(row[2]);
        path.nulls = std::stoull(row[3]);
        std::istringstream words(row[0]);
        for (std::string word; words >> word;) {
            if (word == ">") continue;
            const auto found = std::find_if(std::begin(kPublished), std::end(kPublished),
                                            [&](const Published& p) { return word == p.channel; });
            path.channels.push_back(static_cast<std::uint8_t>(found - std::begin(kPublished)));
        }
        out.paths.push_back(path);
    }
    return out;
}

TEST(PublishedAttribution, TenThousandPathsGiveWhatIsPublished) {
    const Journeys journeys = path_data();
    if (journeys.paths.empty()) GTEST_SKIP() << "attribution-paths are absent: no ../shared/data";
    const Credits first = attribute_by_rule(journeys, {RuleKind::First}).value();
    const Credits last = attribute_by_rule(journeys, {RuleKind::Last}).value();
    const Credits linear = attribute_by_rule(journeys, {RuleKind::Linear}).value();
    const Credits shapley = attribute_by_shapley(journeys).value();
    const auto markov = attribute_by_markov(journeys, 1).value();
    const auto second = attribute_by_markov(journeys, 2).value();
    const auto third = attribute_by_markov(journeys, 3).value();
    std::printf("%-8s %19s %21s %19s %9s %9s %9s; states %zu, %zu, %zu\n", "", "linear (published)",
                "Markov 1 (published)", "removal", "Markov 2", "Markov 3", "Shapley", markov.states,
                second.states, third.states);
    for (std::size_t c = 0; c < journeys.channels; ++c) {
        const Published& p = kPublished[c];
        const double removal = markov.removal_effects[c].conversions;
        EXPECT_EQ(first[c].conversions, p.first) << p.channel;
        EXPECT_EQ(last[c].conversions, p.last) << p.channel;
        EXPECT_NEAR(linear[c].conversions, p.linear, 0.00006) << p.channel;
        std::printf("%-8s %9.4f %9.4f %10.1f %10.1f %9.5f %9.5f %9.1f %9.1f %9.1f\n", p.channel,
                    linear[c].conversions, p.linear, markov.credits[c].conversions, p.markov,
                    removal, p.removal, second.credits[c].conversions, third.credits[c].conversions,
                    shapley[c].conversions);
        if (p.markov == 0) continue;
        EXPECT_NEAR(markov.credits[c].conversions, p.markov, 0.06) << p.channel;
        EXPECT_NEAR(removal, p.removal, 0.000051) << p.channel;
    }
    EXPECT_NEAR(last[0].value, 284'142'100, 100);  // 28,414.21
}

}  // namespace
}  // namespace filrouge::measure
