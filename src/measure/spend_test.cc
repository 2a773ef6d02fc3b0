#include "measure/spend.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "measure/data_for_test.h"

namespace filrouge::measure {
namespace {

std::vector<SpendRow> tills(std::uint64_t seed, const GammaGamma& m, int customers) {
    std::mt19937_64 random(seed);
    std::vector<SpendRow> rows;
    for (int i = 0; i < customers; ++i) {
        const auto purchases = static_cast<std::uint32_t>(1 + random() % 6);
        const double rate = std::gamma_distribution<double>(m.q, 1 / m.v)(random);
        const double total = std::gamma_distribution<double>(m.p * purchases, 1 / rate)(random);
        rows.push_back({purchases, total / purchases, 1});
    }
    return rows;
}

TEST(GammaGamma, TheFitRecoversTheParametersOfASimulatedTill) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 5; ++seed) {
        const GammaGamma truth{4 + static_cast<double>(seed % 3), 3.5, 20};
        const auto fit = fit_gamma_gamma(tills(seed, truth, 4'000)).value();
        ASSERT_TRUE(fit.converged) << repeat(seed);
        const auto& error = *fit.standard_errors;
        EXPECT_NEAR(fit.model.p, truth.p, 4.5 * error[0]) << repeat(seed);
        EXPECT_NEAR(fit.model.q, truth.q, 4.5 * error[1]) << repeat(seed);
        EXPECT_NEAR(fit.model.v, truth.v, 4.5 * error[2]) << repeat(seed);
        EXPECT_LT(error[0], 0.3 * truth.p);
        const auto rows = tills(seed, truth, 100);
        EXPECT_NEAR(log_likelihood(fit.model, rows), log_likelihood(truth, rows), 5);
    }
}

TEST(GammaGamma, TheExpectationLiesBetweenTheCustomersMeanAndEverybodys) {
    const GammaGamma m{6.25, 3.74, 15.44};
    const double everybody = *expected_spend(m, 0, 0);
    EXPECT_NEAR(everybody, 6.25 * 15.44 / 2.74, 1e-12);
    double before = everybody;
    for (std::uint32_t n = 1; n < 200; n *= 2) {
        const double now = *expected_spend(m, n, 90);
        EXPECT_GT(now, before);
        EXPECT_LT(now, 90);
        before = now;
    }
    EXPECT_NEAR(before, 90, 1);
    EXPECT_FALSE(expected_spend({6.25, 0.9, 15}, 0, 0)) << "its mean is infinite";
    EXPECT_TRUE(expected_spend({6.25, 0.9, 15}, 1, 20));
}

TEST(GammaGamma, DataThatSayNothingAreRefusedWithTheLimit) {
    EXPECT_EQ(fit_gamma_gamma({}).error().message, "0 customers; at least 10 are needed.");
    for (const SpendRow& row : {SpendRow{0, 5, 100}, SpendRow{1, 0, 100}, SpendRow{1, -5, 100},
                                SpendRow{1, std::nan(""), 100}}) {
        EXPECT_EQ(fit_gamma_gamma({&row, 1}).error().code, "measure.bad_spend");
    }
}

TEST(GammaGamma, EverybodyTheSameEndsInTheirMean) {
    const SpendRow same{3, 25, 500};
    const auto fit = fit_gamma_gamma({&same, 1}).value();
    EXPECT_FALSE(fit.converged);
    EXPECT_NEAR(*expected_spend(fit.model, 3, 25), 25, 0.5);
}

TEST(DiscountedValue, IsTheSumOfItsPeriods) {
    const auto two_a_week = [](double t) { return 2 * t; };
    const Horizon year{13, 4, 0.1};
    const double expected = 26 * 10 * (1 / 1.1 + 1 / 1.21 + 1 / 1.331 + 1 / 1.4641);
    EXPECT_NEAR(discounted_value(two_a_week, 10, year).value(), expected, 1e-9);
    EXPECT_NEAR(discounted_value(two_a_week, 10, {13, 4, 0}).value(), 1'040, 1e-9);
    EXPECT_EQ(discounted_value(two_a_week, 10, {13, 0, 0}).error().code, "measure.bad_horizon");
    EXPECT_EQ(discounted_value(two_a_week, 10, {13, 2'000, 0}).error().code, "measure.bad_horizon");
    EXPECT_EQ(discounted_value(two_a_week, 10, {0, 4, 0}).error().code, "measure.bad_horizon");
    EXPECT_EQ(discounted_value(two_a_week, 10, {13, 4, -1}).error().code, "measure.bad_horizon");
}

}  // namespace
}  // namespace filrouge::measure
