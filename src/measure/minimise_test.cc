#include "measure/minimise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "measure/data_for_test.h"

namespace filrouge::measure {
namespace {

TEST(Minimise, FindsTheEndOfTheBananaValley) {  // Rosenbrock, 1960
    const Objective f = [](const Point& x) {
        return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2);
    };
    const Minimum m = minimise(f, Point{{-1.2, 1.0}});
    EXPECT_TRUE(m.converged);
    EXPECT_NEAR(m.at[0], 1, 1e-5);
    EXPECT_NEAR(m.at[1], 1, 1e-5);
    EXPECT_LT(m.evaluations, 600);
}

// A bowl with random axes of lengths up to 1:30 in up to six dimensions.
TEST(Minimise, FindsTheMiddleOfAnyBowlAndItsCurvature) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 50; ++seed) {
        std::mt19937_64 random(seed);
        std::uniform_real_distribution<double> unit(-1, 1);
        const Eigen::Index n = 1 + static_cast<Eigen::Index>(seed % 6);
        const Eigen::MatrixXd a = Eigen::MatrixXd::NullaryExpr(n, n, [&] { return unit(random); }) +
                                  2 * Eigen::MatrixXd::Identity(n, n);
        const Point middle = Point::NullaryExpr(n, [&] { return 3 * unit(random); });
        const Objective f = [&](const Point& x) { return (a * (x - middle)).squaredNorm() / 2; };
        const Minimum m = minimise(f, Point::Zero(n));
        EXPECT_TRUE(m.converged) << seed;
        EXPECT_LT((a * (m.at - middle)).norm(), 1e-4) << seed;
        const auto inverse = inverse_curvature(f, m.at);
        ASSERT_TRUE(inverse.has_value()) << seed;
        const Eigen::MatrixXd one = *inverse * (a.transpose() * a);
        EXPECT_LT((one - Eigen::MatrixXd::Identity(n, n)).norm(), 1e-3) << seed;
    }
}

TEST(Minimise, NeverTakesAPointOutsideOfTheDomain) {
    const Objective f = [](const Point& x) { return x[0] - std::log(x[0]) + x[1] * x[1]; };
    const Minimum m = minimise(f, Point{{0.01, 3.0}});
    EXPECT_TRUE(m.converged);
    EXPECT_NEAR(m.at[0], 1, 1e-5);
    EXPECT_NEAR(m.at[1], 0, 1e-5);
}

TEST(Minimise, SaysThatASlopeWithoutAnEndHasNone) {
    const Objective f = [](const Point& x) {
        return x[0] > -20 ? x[0] : std::numeric_limits<double>::infinity();
    };
    const Minimum m = minimise(f, Point{{0.0}});
    EXPECT_FALSE(m.converged);
    EXPECT_LT(m.at[0], -19);
    EXPECT_LT(m.evaluations, 3'000);
}

TEST(Minimise, AValleyWithoutAnEndHasNoCurvature) {
    EXPECT_FALSE(inverse_curvature([](const Point& x) { return x[0] * x[0]; }, Point{{0.0, 0.0}}));
}

}  // namespace
}  // namespace filrouge::measure
