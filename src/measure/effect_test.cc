// Laws and edges of estimate_effect, and its figures beside those GeoLift publishes.
#include "measure/effect.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <numeric>
#include <utility>

#include "measure/data_for_test.h"
#include "measure/simplex.h"

namespace filrouge::measure {
namespace {

using namespace test;

constexpr std::size_t kPlaces = 13;
constexpr std::size_t kDays = 60;
constexpr std::size_t kFirstDay = 50;

// Places that share a trend and a week in their own measure, with errors that carry over to the
// next day. Place 0 lies between the others; on its treated days it has `effect` more.
Panel shop_panel(std::uint64_t seed, double effect, double carry = 0.5) {
    Chance chance(seed);
    std::vector<double> trend(kDays);
    for (std::size_t d = 1; d < kDays; ++d) trend[d] = trend[d - 1] + 3 * normal(chance);
    Panel panel{kPlaces, kDays, {}};
    for (std::size_t place = 0; place < kPlaces; ++place) {
        const double size = place == 0 ? 1.0 : 0.4 + 1.2 * chance.uniform();
        const double week = place == 0 ? 20 : 40 * chance.uniform();
        double error = 0;
        for (std::size_t d = 0; d < kDays; ++d) {
            error = carry * error + 5 * normal(chance);
            const double base = 300 * size + size * trend[d] + (d % 7 > 4 ? week : 0);
            const bool on = place == 0 && d >= kFirstDay;
            panel.values.push_back(base + error + (on ? effect : 0));
        }
    }
    return panel;
}

Effect effect_of(const Panel& panel, const EffectOptions& options = {}) {
    auto got = estimate_effect(panel, {0}, kFirstDay, options);
    EXPECT_TRUE(got.ok()) << (got.ok() ? "" : got.error().message);
    return std::move(got).value();
}

TEST(Simplex, NoWeightsOfManyTriedAreNearer) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 60; ++seed) {
        Chance chance(seed);
        const auto points = static_cast<Eigen::Index>(1 + chance.below(12));
        const auto dims = static_cast<Eigen::Index>(1 + chance.below(6));
        Eigen::MatrixXd p(points, dims);
        for (double& v : p.reshaped()) v = normal(chance) + 0.5;
        if (points > 3) p.row(2) = p.row(1);
        const Eigen::MatrixXd gram = p * p.transpose();
        const Eigen::VectorXd w = nearest_in_hull(gram);
        ASSERT_NEAR(w.sum(), 1, 1e-9) << repeat(seed);
        ASSERT_GE(w.minCoeff(), 0) << repeat(seed);
        // Optimal over a convex set: no vertex lies in a direction that falls.
        const Eigen::VectorXd slope = gram * w;
        ASSERT_GE(slope.minCoeff(), w.dot(slope) - 1e-8) << repeat(seed);
    }
}

// What a share of many tries may differ by: four standard errors.
double within(double share, int tries) { return 4 * std::sqrt(share * (1 - share) * tries); }

TEST(Effect, WithoutAnEffectItIsSeenInOneOfTwentyWorlds) {
    const std::uint64_t first = test_seed(1);
    for (const auto method : {EffectMethod::Synthetic, EffectMethod::Augmented}) {
        constexpr int kWorlds = 80;
        int refused = 0;
        int below_half = 0;
        int missed = 0;
        for (int world = 0; world < kWorlds; ++world) {
            const Effect e = effect_of(shop_panel(first * 1'000 + static_cast<unsigned>(world), 0),
                                       {.method = method});
            refused += e.p_value <= 0.05 ? 1 : 0;
            below_half += e.p_value <= 0.5 ? 1 : 0;
            missed += e.interval && e.interval->low <= 0 && e.interval->high >= 0 ? 0 : 1;
        }
        std::printf(
            "no effect, method %d, %d worlds: p <= 0.05 in %d, p <= 0.5 in %d, interval "
            "without 0 in %d\n",
            static_cast<int>(method), kWorlds, refused, below_half, missed);
        EXPECT_NEAR(refused, 0.05 * kWorlds, within(0.05, kWorlds)) << repeat(first);
        EXPECT_NEAR(below_half, 0.5 * kWorlds, within(0.5, kWorlds)) << repeat(first);
        EXPECT_NEAR(missed, 0.05 * kWorlds, within(0.05, kWorlds)) << repeat(first);
        EXPECT_GT(refused + missed, 0) << repeat(first);
    }
}

// Why MovingBlock is the default.
TEST(Effect, ShuffledDaysRefuseTooOftenWhereTradeCarriesOver) {
    const std::uint64_t first = test_seed(1);
    constexpr int kWorlds = 80;
    int by_blocks = 0;
    int by_shuffles = 0;
    for (int world = 0; world < kWorlds; ++world) {
        const Panel panel = shop_panel(first * 1'000 + static_cast<unsigned>(world), 0, 0.85);
        EffectOptions options{.method = EffectMethod::Synthetic, .draws = 200};
        by_blocks += effect_of(panel, options).p_value <= 0.05 ? 1 : 0;
        options.reordering = Reordering::Iid;
        by_shuffles += effect_of(panel, options).p_value <= 0.05 ? 1 : 0;
    }
    std::printf("no effect, errors that carry over: blocks refuse %d of %d, shuffles %d\n",
                by_blocks, kWorlds, by_shuffles);
    EXPECT_LE(by_blocks, kWorlds * 20 / 100) << repeat(first);
    EXPECT_GE(by_shuffles, by_blocks) << repeat(first);
}

TEST(Effect, OneOfKnownSizeIsFoundAgain) {
    const std::uint64_t first = test_seed(1);
    for (const auto method :
         {EffectMethod::Uniform, EffectMethod::Synthetic, EffectMethod::Augmented}) {
        double sum = 0;
        int seen = 0;
        int covered = 0;
        constexpr int kWorlds = 25;
        for (int world = 0; world < kWorlds; ++world) {
            const Effect e = effect_of(shop_panel(first * 1'000 + static_cast<unsigned>(world), 30),
                                       {.method = method});
            sum += e.att;
            seen += e.p_value <= 0.05 ? 1 : 0;
            covered += e.interval && e.interval->low <= 30 && e.interval->high >= 30 ? 1 : 0;
            EXPECT_NEAR(e.incremental, e.att * (kDays - kFirstDay), 1e-6);
        }
        EXPECT_NEAR(sum / kWorlds, 30, 3) << static_cast<int>(method) << repeat(first);
        if (method == EffectMethod::Uniform) continue;  // its fit is too poor for the counts below
        EXPECT_GE(seen, kWorlds * 8 / 10) << static_cast<int>(method) << repeat(first);
        EXPECT_GE(covered, kWorlds * 80 / 100) << static_cast<int>(method) << repeat(first);
    }
}

TEST(Effect, SyntheticWeightsAreSharesAndFollowBetterThanUniformOnes) {
    const std::uint64_t seed = test_seed(1);
    const Panel panel = shop_panel(seed, 30);
    const Effect naive = effect_of(panel, {.method = EffectMethod::Uniform});
    const Effect synthetic = effect_of(panel, {.method = EffectMethod::Synthetic});
    const Effect augmented = effect_of(panel, {.method = EffectMethod::Augmented});
    double sum = 0;
    for (const Donor& donor : synthetic.donors) {
        EXPECT_GT(donor.weight, 0);
        sum += donor.weight;
    }
    EXPECT_NEAR(sum, 1, 1e-9);
    double augmented_sum = 0;
    for (const Donor& donor : augmented.donors) augmented_sum += donor.weight;
    EXPECT_NEAR(augmented_sum, 1, 1e-6);
    EXPECT_DOUBLE_EQ(naive.scaled_imbalance, 1);
    EXPECT_LT(synthetic.l2_imbalance, naive.l2_imbalance) << repeat(seed);
    EXPECT_LE(augmented.l2_imbalance, synthetic.l2_imbalance * (1 + 1e-9)) << repeat(seed);
}

TEST(Effect, UniformWeightsAreDifferenceInDifferences) {
    const Panel panel = shop_panel(test_seed(1), 30);
    const auto mean = [&](std::size_t from_place, std::size_t to_place, std::size_t from,
                          std::size_t to) {
        double sum = 0;
        for (std::size_t p = from_place; p < to_place; ++p) {
            for (std::size_t d = from; d < to; ++d) sum += panel.values[p * kDays + d];
        }
        return sum / static_cast<double>((to_place - from_place) * (to - from));
    };
    const double by_hand = mean(0, 1, kFirstDay, kDays) - mean(0, 1, 0, kFirstDay) -
                           mean(1, kPlaces, kFirstDay, kDays) + mean(1, kPlaces, 0, kFirstDay);
    EXPECT_NEAR(effect_of(panel, {.method = EffectMethod::Uniform}).att, by_hand, 1e-9);
}

TEST(Effect, APlaceThatNeverSoldAnythingHasNone) {
    Panel panel = shop_panel(test_seed(1), 0);
    std::fill(panel.values.begin(), panel.values.end(), 0.0);
    for (const auto method :
         {EffectMethod::Uniform, EffectMethod::Synthetic, EffectMethod::Augmented}) {
        const Effect e = effect_of(panel, {.method = method});
        EXPECT_EQ(e.att, 0);
        EXPECT_EQ(e.p_value, 1);
        EXPECT_FALSE(e.lift.has_value());
        EXPECT_EQ(e.scaled_imbalance, 0);
    }
}

std::string refusal(const Panel& panel, const std::vector<std::size_t>& treated, std::size_t day,
                    const EffectOptions& options = {}) {
    const auto got = estimate_effect(panel, treated, day, options);
    return got.ok() ? "" : got.error().code + ": " + got.error().message;
}

TEST(Effect, WhatIsTooSmallOrMalformedIsRefusedWithTheLimit) {
    Panel panel = shop_panel(1, 0);
    EXPECT_EQ(refusal(panel, {0}, 13),
              "measure.effect_too_few: There are 13 days before the start; the least is 14.");
    EXPECT_EQ(refusal(panel, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 50),
              "measure.effect_too_few: There are 2 donor places; the least is 3.");
    EXPECT_EQ(refusal(panel, {0}, 60),
              "measure.effect_too_few: There are 0 treated days; the least is 1.");
    EXPECT_EQ(refusal(panel, {0}, 50, {.level = 0.99}),
              "measure.effect_too_few: There are 60 reorderings; the least is 100.");
    for (const std::vector<std::size_t>& bad : {std::vector<std::size_t>{}, {13}, {1, 1}}) {
        EXPECT_EQ(refusal(panel, bad, 50).substr(0, 22), "measure.effect_treated");
    }
    panel.values[61] = std::nan("");
    EXPECT_EQ(refusal(panel, {0}, 50), "measure.effect_gap: Place 1 has no usable value on day 1.");
    panel.values.pop_back();
    EXPECT_EQ(refusal(panel, {0}, 50).substr(0, 20), "measure.effect_shape");
    EXPECT_EQ(refusal({}, {}, 0).substr(0, 22), "measure.effect_treated");
    EXPECT_EQ(refusal({301, 1, {}}, {0}, 0).substr(0, 24), "measure.effect_too_large");
}

struct GeoLift {
    Panel panel;
    std::vector<std::string> places;
    std::vector<std::size_t> treated;
};

GeoLift read_geo_lift(const std::string& folder) {
    std::ifstream in(folder + "/GeoLift_Test.csv");
    GeoLift out;
    for (const auto& row : rows_of_csv(in)) {  // by place or by day: dates are in order in each
        auto at = std::find(out.places.begin(), out.places.end(), row.at(0));
        if (at == out.places.end()) at = out.places.insert(at, row.at(0));
    }
    std::vector<std::vector<double>> series(out.places.size());
    in.clear();
    in.seekg(0);
    for (const auto& row : rows_of_csv(in)) {
        const auto at = std::find(out.places.begin(), out.places.end(), row.at(0));
        series[static_cast<std::size_t>(at - out.places.begin())].push_back(std::stod(row.at(1)));
    }
    out.panel.places = series.size();
    out.panel.days = series.at(0).size();
    for (std::size_t p = 0; p < series.size(); ++p) {
        out.panel.values.insert(out.panel.values.end(), series[p].begin(), series[p].end());
        if (out.places[p] == "chicago" || out.places[p] == "portland") out.treated.push_back(p);
    }
    return out;
}

void print_effect(const char* name, const Effect& e, const GeoLift& data) {
    std::printf("%-22s %6.2f %8.3f %8.0f %7.4f %9.3f %8.4f %8.2f  %.0f to %.0f; lambda %.3g;", name,
                100 * e.lift.value_or(0), e.att, e.incremental, e.p_value, e.l2_imbalance,
                e.scaled_imbalance, 100 * e.better_than_naive(), e.interval ? e.interval->low : 0,
                e.interval ? e.interval->high : 0, e.lambda);
    for (std::size_t i = 0; i < std::min<std::size_t>(6, e.donors.size()); ++i) {
        std::printf(" %s %.3f", data.places[e.donors[i].place].c_str(), e.donors[i].weight);
    }
    std::printf("\n");
}

TEST(EffectOfPublicData, GeoLiftsCampaignIsFoundAsPublished) {
    const std::string folder = data_folder("geo-lift");
    if (folder.empty()) GTEST_SKIP() << "absent: no ../shared/data/geo-lift";
    const GeoLift data = read_geo_lift(folder);
    ASSERT_EQ(data.panel.places, 40u);
    ASSERT_EQ(data.panel.days, 105u);
    std::printf("%-22s %6s %8s %8s %7s %9s %8s %8s  95 %% interval of ATT\n", "", "lift %", "ATT",
                "units", "p", "L2", "scaled", "better %");
    std::printf(
        "%-22s %6.1f %8.3f %8.0f %7.2f %9.3f %8.4f %8.2f  cincinnati 0.227 miami 0.203 "
        "baton rouge 0.134 minneapolis 0.090 dallas 0.074 nashville 0.069\n",
        "published", 5.4, 155.556, 4667.0, 0.01, 909.489, 0.1636, 83.64);
    const auto run = [&](const char* name, const EffectOptions& options) {
        Effect e = estimate_effect(data.panel, data.treated, 90, options).value();
        print_effect(name, e, data);
        return e;
    };
    run("uniform, blocks", {.method = EffectMethod::Uniform});
    run("synthetic, blocks", {.method = EffectMethod::Synthetic});
    const Effect same = run("synthetic, shuffled",
                            {.method = EffectMethod::Synthetic, .reordering = Reordering::Iid});
    const Effect augmented = run("augmented, blocks", {});
    run("augmented, shuffled", {.reordering = Reordering::Iid});
    // The published figures are of the method Synthetic with shuffled days.
    EXPECT_NEAR(100 * same.lift.value(), 5.4, 0.05);
    EXPECT_NEAR(same.att, 155.556, 0.5);
    EXPECT_NEAR(same.incremental, 4667, 15);
    EXPECT_NEAR(same.l2_imbalance, 909.489, 0.5);
    EXPECT_NEAR(same.scaled_imbalance, 0.1636, 1e-4);
    EXPECT_LE(same.p_value, 0.02);
    EXPECT_EQ(data.places[same.donors.at(0).place], "cincinnati");
    EXPECT_NEAR(same.donors[0].weight, 0.227, 0.002);
    EXPECT_NEAR(same.donors.at(5).weight, 0.069, 0.002);
    EXPECT_NEAR(augmented.att, 155.556, 40);
}

TEST(Effect, ThatNobodyWaitsForAnyMoreEndsSoon) {
    const Panel panel = shop_panel(1, 0.2);
    int asked = 0, wanted = INT_MAX;
    EffectOptions options;
    options.still_wanted = [&] { return ++asked <= wanted; };
    const Effect whole = estimate_effect(panel, {0}, panel.days - 20, options).value();
    EXPECT_LT(whole.p_value, 0.5);
    const int of_whole = std::exchange(asked, 0);
    wanted = 4;
    const Effect stopped = estimate_effect(panel, {0}, panel.days - 20, options).value();
    EXPECT_LT(asked, of_whole) << "days are not left out one by one any more";
    EXPECT_EQ(stopped.p_value, 1) << "and no days are shuffled";
}

}  // namespace
}  // namespace filrouge::measure
