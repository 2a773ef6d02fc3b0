// A fit that nobody waits for any more ends soon, whatever it is of: asked for once too often, it
// makes no more steps.
#include "measure/still_wanted.h"

#include <gtest/gtest.h>

#include <climits>
#include <cmath>

#include "measure/attribution.h"
#include "measure/buying.h"
#include "measure/channel_mix.h"
#include "measure/clusters.h"
#include "measure/data_for_test.h"
#include "measure/forecast.h"
#include "measure/lookalike.h"
#include "measure/spend.h"

namespace filrouge::measure {
namespace {

using test::normal;

struct Asked {
    int times = 0, wanted = INT_MAX;
    StillWanted still_wanted() {
        return [this] { return ++times <= wanted; };
    }
};

// Runs it to its end and then stopped after three steps: says how often both asked.
template <class Fit>
void expect_ends_soon(const char* what, const Fit& fit) {
    Asked whole;
    fit(whole.still_wanted());
    Asked stopped;
    stopped.wanted = 3;
    fit(stopped.still_wanted());
    EXPECT_GT(whole.times, 12) << what << " asks between its steps";
    // Once told it asks at the doors of what is left, and does none of it.
    EXPECT_LT(stopped.times, whole.times / 2) << what << " ends soon";
}

std::vector<float> random_values(std::size_t people, std::size_t features) {
    Chance chance(test_seed(1));
    std::vector<float> out;
    out.reserve(people * features);
    for (std::size_t p = 0; p < people; ++p) {
        for (std::size_t f = 0; f < features; ++f)
            out.push_back(static_cast<float>(normal(chance) + (p % 3 == f % 3 ? 6 : 0)));
    }
    return out;
}

TEST(StillWanted, GroupsAndLookalikesThatNobodyWaitsForEndSoon) {
    const std::vector<float> values = random_values(900, 6);
    const FeatureMatrix matrix{900, 6, values};
    expect_ends_soon("clusters", [&](const StillWanted& still_wanted) {
        ClusterOptions options;
        options.still_wanted = still_wanted;
        EXPECT_TRUE(find_clusters(matrix, options).ok());
    });
    std::vector<std::uint8_t> seeds(900);
    for (std::size_t p = 0; p < seeds.size(); ++p) seeds[p] = p % 3 == 0 ? 1 : 0;
    expect_ends_soon("lookalike", [&](const StillWanted& still_wanted) {
        LookalikeOptions options;
        options.still_wanted = still_wanted;
        EXPECT_TRUE(look_alike(matrix, seeds, options).ok());
    });
}

TEST(StillWanted, FitsOfBuyersThatNobodyWaitsForEndSoon) {
    Chance chance(test_seed(1));
    std::vector<BuyingRow> rows;
    std::vector<SpendRow> spends;
    rows.reserve(300);
    spends.reserve(300);
    for (int i = 0; i < 300; ++i) {
        const auto repeats = static_cast<std::uint32_t>(chance.below(6));
        const double age = 20 + 30 * chance.uniform();
        rows.push_back({{repeats, repeats == 0 ? 0 : age * chance.uniform(), age}, 1});
        spends.push_back({1 + repeats, 10 + 40 * chance.uniform(), 1});
    }
    expect_ends_soon("bg_nbd", [&](const StillWanted& still_wanted) {
        EXPECT_TRUE(fit_bg_nbd(rows, still_wanted).ok());
    });
    expect_ends_soon("pareto_nbd", [&](const StillWanted& still_wanted) {
        EXPECT_TRUE(fit_pareto_nbd(rows, still_wanted).ok());
    });
    expect_ends_soon("gamma_gamma", [&](const StillWanted& still_wanted) {
        EXPECT_TRUE(fit_gamma_gamma(spends, still_wanted).ok());
    });
}

TEST(StillWanted, AMixThatNobodyWaitsForEndsSoon) {
    Chance chance(test_seed(1));
    MixSeries series;
    series.spend.resize(2);
    for (int t = 0; t < 60; ++t) {
        for (std::vector<double>& spend : series.spend) spend.push_back(100 * chance.uniform());
        series.revenue.push_back(500 + 2 * series.spend[0].back() + 20 * normal(chance));
    }
    expect_ends_soon("mix", [&](const StillWanted& still_wanted) {
        EXPECT_TRUE(fit_channel_mix(series, {1, 10}, still_wanted).ok());
    });
}

TEST(StillWanted, AForecastThatNobodyWaitsForEndsSoon) {
    Chance chance(test_seed(1));
    TimeSeries series;
    for (int t = 0; t < 400; ++t) series.values.push_back(50 + std::abs(10 * normal(chance)));
    Asked stopped;
    stopped.wanted = 3;
    ForecastOptions options;
    options.still_wanted = stopped.still_wanted();
    EXPECT_TRUE(forecast(series, {}, options).value().points.empty());
    EXPECT_EQ(stopped.times, 4);
}

TEST(StillWanted, AChainThatNobodyWaitsForEndsSoon) {
    Chance chance(test_seed(1));
    Journeys journeys;
    journeys.channels = 12;
    for (int i = 0; i < 400; ++i) {
        Path path;
        for (std::size_t n = 1 + chance.below(15); n > 0; --n)
            path.channels.push_back(static_cast<std::uint8_t>(chance.below(12)));
        path.conversions = chance.below(3);
        path.nulls = 1;
        journeys.paths.push_back(std::move(path));
    }
    Asked stopped;
    stopped.wanted = 3;
    EXPECT_FALSE(attribute_by_markov(journeys, 2, stopped.still_wanted()).ok());
    EXPECT_EQ(stopped.times, 4);
}

}  // namespace
}  // namespace filrouge::measure
