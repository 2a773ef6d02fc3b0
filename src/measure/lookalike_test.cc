// Laws and edges of look_alike().
#include "measure/lookalike.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>

#include "measure/data_for_test.h"

namespace filrouge::measure {
namespace {

using namespace test;

constexpr std::size_t kFeatures = 6;

struct People {
    std::vector<float> values;
    std::vector<std::uint8_t> seeds;
    FeatureMatrix matrix() const { return {seeds.size(), kFeatures, values}; }
};

// Feature 1 makes one a seed, feature 4 (in units a thousand times as large) keeps one from it by
// half as much; feature 5 is the same for all. `strength` 0: chance alone makes seeds.
People people(std::uint64_t seed, std::size_t n, double strength) {
    Chance chance(seed);
    People out;
    for (std::size_t p = 0; p < n; ++p) {
        double x[kFeatures];
        for (double& v : x) v = normal(chance);
        const double odds = strength * (x[1] - 0.5 * x[4]) - 1.5;
        out.seeds.push_back(chance.uniform() < 1 / (1 + std::exp(-odds)) ? 1 : 0);
        x[4] *= 1'000;
        x[5] = 42;
        for (const double v : x) out.values.push_back(static_cast<float>(v));
    }
    return out;
}

TEST(Lookalike, TheTraitsThatMakeASeedAreFoundWithTheirWeight) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 3; ++seed) {
        const People p = people(seed, 6'000, 2);
        const Lookalike got = look_alike(p.matrix(), p.seeds).value();
        ASSERT_EQ(got.traits.size(), kFeatures - 1) << repeat(seed);
        EXPECT_EQ(got.traits[0].feature, 1u) << repeat(seed);
        EXPECT_NEAR(got.traits[0].coefficient, 2, 0.3) << repeat(seed);
        EXPECT_EQ(got.traits[1].feature, 4u) << repeat(seed);
        EXPECT_NEAR(got.traits[1].coefficient, -1, 0.2) << repeat(seed);
        EXPECT_LT(std::abs(got.traits[2].coefficient), 0.2) << repeat(seed);
        EXPECT_GT(got.auc, 0.85) << repeat(seed);
        EXPECT_GT(got.precision_at_top, 0.6) << repeat(seed);
        double mean = 0;
        for (const double lift : got.lift) mean += lift / 10;
        EXPECT_NEAR(mean, 1, 1e-9);
        EXPECT_GT(got.lift[0], 2.5) << repeat(seed);
        EXPECT_LT(got.lift[9], 0.2) << repeat(seed);
    }
}

// What a rule "score >= x" will find: precision grows with the score, and holds for people whom
// neither the model nor its folds have seen.
TEST(Lookalike, ThePrecisionOfAScoreHoldsForOtherPeople) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 3; ++seed) {
        const People p = people(seed, 6'000, 2);
        const Lookalike got = look_alike(p.matrix(), p.seeds).value();
        const People others = people(seed + 7'777, 6'000, 2);
        std::size_t reach_before = p.seeds.size();
        for (const LookalikeCut& cut : got.cuts) {
            EXPECT_LE(cut.people, reach_before);
            reach_before = cut.people;
            std::size_t reach = 0, seeds = 0;
            for (std::size_t i = 0; i < others.seeds.size(); ++i) {
                if (double{got.model.score(others.matrix().person(i))} < cut.score) continue;
                ++reach;
                seeds += others.seeds[i];
            }
            ASSERT_GT(reach, 100u);
            EXPECT_NEAR(static_cast<double>(seeds) / static_cast<double>(reach),
                        static_cast<double>(cut.seeds) / static_cast<double>(cut.people), 0.08)
                << "score " << cut.score << repeat(seed);
        }
        EXPECT_GT(got.cuts[8].seeds * got.cuts[0].people, got.cuts[0].seeds * got.cuts[8].people);
    }
}

// What is measured is held out: by heart, 60 seeds with 6 features would look better than chance.
TEST(Lookalike, SeedsMadeByChanceLookLikeNobody) {
    const std::uint64_t first = test_seed(1);
    double sum = 0;
    constexpr int kWorlds = 20;
    for (int world = 0; world < kWorlds; ++world) {
        const People p = people(first * 1'000 + static_cast<unsigned>(world), 400, 0);
        sum += look_alike(p.matrix(), p.seeds, {.ridge = 1}).value().auc;
    }
    std::printf("seeds by chance: mean AUC %.3f over %d worlds\n", sum / kWorlds, kWorlds);
    EXPECT_NEAR(sum / kWorlds, 0.5, 0.05) << repeat(first);
}

TEST(Lookalike, AUnitOfMeasureChangesNothingAndScoresFollowTheTraits) {
    People p = people(test_seed(1), 1'000, 2);
    const Lookalike one = look_alike(p.matrix(), p.seeds).value();
    for (std::size_t i = 1; i < p.values.size(); i += kFeatures) p.values[i] = p.values[i] * 64 + 8;
    const Lookalike other = look_alike(p.matrix(), p.seeds).value();
    for (std::size_t i = 0; i < one.score.size(); ++i) {
        ASSERT_GE(one.score[i], 0);
        ASSERT_LE(one.score[i], 1);
        ASSERT_NEAR(one.score[i], other.score[i], 1e-4);
    }
    EXPECT_NEAR(one.auc, other.auc, 1e-4);
}

TEST(Lookalike, SeedsThatAreToldPerfectlyHaveAnAreaOfOneAndFiniteTraits) {
    People p = people(test_seed(1), 500, 0);
    for (std::size_t i = 0; i < p.seeds.size(); ++i)
        p.values[i * kFeatures] = p.seeds[i] != 0 ? 1 : 0;
    const Lookalike got = look_alike(p.matrix(), p.seeds, {.ridge = 1e-3}).value();
    EXPECT_EQ(got.auc, 1);
    EXPECT_EQ(got.precision_at_top, 1);
    EXPECT_TRUE(std::isfinite(got.traits.at(0).coefficient));
    for (float& v : p.values) v = 3;  // nothing tells anybody from anybody
    const Lookalike none = look_alike(p.matrix(), p.seeds).value();
    EXPECT_NEAR(none.auc, 0.5, 0.05);
    EXPECT_TRUE(none.traits.empty());
}

TEST(Lookalike, WhatIsTooSmallOrMalformedIsRefusedWithTheLimit) {
    const auto refusal = [](const FeatureMatrix& m, const std::vector<std::uint8_t>& seeds,
                            const LookalikeOptions& options = {}) {
        const auto got = look_alike(m, seeds, options);
        return got.ok() ? "" : got.error().code;
    };
    People p = people(1, 300, 1);
    EXPECT_EQ(refusal({}, {}), "measure.lookalike_shape");
    EXPECT_EQ(refusal(p.matrix(), {1, 0}), "measure.lookalike_shape");
    EXPECT_EQ(refusal(p.matrix(), std::vector<std::uint8_t>(300, 1)), "measure.lookalike_too_few");
    EXPECT_EQ(refusal(p.matrix(), p.seeds, {.ridge = 0}), "measure.lookalike_options");
    EXPECT_EQ(refusal(p.matrix(), p.seeds, {.top = 301}), "measure.lookalike_options");
    p.values[7] = std::numeric_limits<float>::infinity();
    EXPECT_EQ(refusal(p.matrix(), p.seeds), "measure.matrix_value");
}

}  // namespace
}  // namespace filrouge::measure
