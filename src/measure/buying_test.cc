#include "measure/buying.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "measure/data_for_test.h"
#include "measure/special.h"

namespace filrouge::measure {
namespace {

double gamma_of(std::mt19937_64& random, double shape, double rate) {
    return std::gamma_distribution<double>(shape, 1 / rate)(random);
}
double beta_of(std::mt19937_64& random, double a, double b) {
    const double x = gamma_of(random, a, 1);
    return x / (x + gamma_of(random, b, 1));
}
double wait_of(std::mt19937_64& random, double rate) {
    return std::exponential_distribution<double>(rate)(random);
}

// One customer as the model tells it. With a probability of leaving after each purchase, or until
// the time `death`.
History lived(std::mt19937_64& random, double rate, double leaves, double death, double age) {
    History h{0, 0, age};
    for (double t = wait_of(random, rate); t < std::min(age, death); t += wait_of(random, rate)) {
        ++h.repeats;
        h.last = t;
        if (std::uniform_real_distribution<double>(0, 1)(random) < leaves) break;
    }
    return h;
}

History lived(std::mt19937_64& random, const BgNbd& m, double age) {
    const double rate = gamma_of(random, m.r, m.alpha);
    return lived(random, rate, beta_of(random, m.a, m.b), age, age);
}

History lived(std::mt19937_64& random, const ParetoNbd& m, double age) {
    const double rate = gamma_of(random, m.r, m.alpha);
    return lived(random, rate, 0, wait_of(random, gamma_of(random, m.s, m.beta)), age);
}

template <class Model>
std::vector<BuyingRow> shop(std::uint64_t seed, const Model& m, int customers) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> age(26, 78);
    std::vector<BuyingRow> rows(static_cast<std::size_t>(customers));
    for (BuyingRow& row : rows) row.history = lived(random, m, age(random));
    return rows;
}

// ---- special functions, and likelihoods against their definitions ------------------------------

TEST(Gauss2F1, IsWhatItsSeriesAddsUpTo) {
    std::mt19937_64 random(test_seed(1));
    std::uniform_real_distribution<double> unit(0, 1);
    for (int i = 0; i < 2'000; ++i) {
        const double b = std::exp(12 * unit(random) - 4);
        const double c = b + std::exp(8 * unit(random) - 4);
        const double z = 0.98 * unit(random);
        double term = 1, sum = 1;
        for (int n = 0; n < 20'000 && term > 1e-18 * sum; ++n) sum += term *= (b + n) / (c + n) * z;
        EXPECT_NEAR(gauss_2f1_of_1(b, c, z) / sum, 1, 1e-12) << b << " " << c << " " << z;
    }
    EXPECT_NEAR(gauss_2f1_of_1(1, 2, 0.9999), -std::log(0.0001) / 0.9999, 1e-10);
}

// The integral that the Pareto/NBD likelihood is, by Simpson's rule.
double left_before(const ParetoNbd& m, const History& h) {
    const auto f = [&](double u) {
        return std::pow(m.alpha + u, -m.r - h.repeats) * std::pow(m.beta + u, -m.s - 1);
    };
    constexpr int kSteps = 20'000;
    const double step = (h.age - h.last) / kSteps;
    double sum = f(h.last) + f(h.age);
    for (int i = 1; i < kSteps; ++i) sum += (i % 2 == 1 ? 4 : 2) * f(h.last + i * step);
    return m.s * sum * step / 3;
}

TEST(ParetoNbd, TheLikelihoodIsTheIntegralOverTheTimeOfLeaving) {
    std::mt19937_64 random(test_seed(1));
    std::uniform_real_distribution<double> unit(0, 1);
    for (int i = 0; i < 200; ++i) {
        const auto any = [&] { return std::exp(4 * unit(random) - 2); };
        const ParetoNbd m{any(), 2 * any(), any(), 2 * any()};
        History h{static_cast<std::uint32_t>(8 * unit(random)), 0, 20 * unit(random)};
        if (h.repeats > 0) h.last = h.age * unit(random);
        const double alive =
            std::pow(m.alpha + h.age, -m.r - h.repeats) * std::pow(m.beta + h.age, -m.s);
        const double both = alive + left_before(m, h);
        const double expected = log_gamma(m.r + h.repeats) - log_gamma(m.r) +
                                m.r * std::log(m.alpha) + m.s * std::log(m.beta) + std::log(both);
        const BuyingRow row{h, 1};
        EXPECT_NEAR(log_likelihood(m, {&row, 1}), expected, 1e-7);
        EXPECT_NEAR(p_alive(m, h), alive / both, 1e-7);
    }
}

// ---- figures for one customer against the lives they average ------------------------------------

template <class Model>
void forecasts_are_the_average_of_lives(const Model& m, std::uint64_t seed) {
    constexpr int kLives = 80'000;
    std::mt19937_64 random(seed);
    double bought = 0, bought_later = 0, expected_later = 0;
    for (int i = 0; i < kLives; ++i) {
        const std::uint64_t life = random();
        std::mt19937_64 first(life), again(life);
        const History until = lived(first, m, 30);
        const History later = lived(again, m, 60);  // the same life, watched for longer
        bought += until.repeats;
        if (until.repeats == 0) continue;  // of those not much is known
        bought_later += later.repeats - until.repeats;
        expected_later += expected_purchases(m, until, 30);
    }
    const double mean = bought / kLives;
    EXPECT_NEAR(expected_purchases(m, 30) / mean, 1, 0.03) << repeat(seed);
    EXPECT_NEAR(expected_later / bought_later, 1, 0.08) << repeat(seed);
}

TEST(BgNbd, ForecastsAreTheAverageOfLives) {
    forecasts_are_the_average_of_lives(BgNbd{0.8, 6, 0.8, 2.5}, test_seed(1));
    forecasts_are_the_average_of_lives(BgNbd{0.8, 6, 1, 2.5}, test_seed(2));  // (9) is 0/0 there
    forecasts_are_the_average_of_lives(BgNbd{0.8, 6, 0.4, 0.3}, test_seed(3));
}

TEST(ParetoNbd, ForecastsAreTheAverageOfLives) {
    forecasts_are_the_average_of_lives(ParetoNbd{0.8, 6, 0.7, 10}, test_seed(1));
    forecasts_are_the_average_of_lives(ParetoNbd{0.8, 6, 1, 10}, test_seed(2));  // 0/0 there
}

// ---- fits
// ----------------------------------------------------------------------------------------

template <class Fit, class Model>
void recovers(const Fit& fit, const Model& truth, const std::string& hint) {
    ASSERT_TRUE(fit.ok()) << fit.error().message;
    ASSERT_TRUE(fit.value().converged) << hint;
    const auto [t0, t1, t2, t3] = truth;
    const auto [g0, g1, g2, g3] = fit.value().model;
    const std::array<double, 4> wanted{t0, t1, t2, t3};
    const std::array<double, 4> got{g0, g1, g2, g3};
    for (std::size_t i = 0; i < 4; ++i) {
        const double error = (*fit.value().standard_errors)[i];
        EXPECT_NEAR(got[i], wanted[i], 4.5 * error) << i << hint;
        EXPECT_LT(error, 0.5 * wanted[i]) << i << hint;
    }
}

TEST(BgNbd, TheFitRecoversTheParametersOfASimulatedShop) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 4; ++seed) {
        const BgNbd truth{0.4 + 0.2 * static_cast<double>(seed % 4), 5, 0.8, 2.5};
        recovers(fit_bg_nbd(shop(seed, truth, 6'000)), truth, repeat(seed));
    }
}

TEST(ParetoNbd, TheFitRecoversTheParametersOfASimulatedShop) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 3; ++seed) {
        const ParetoNbd truth{0.4 + 0.2 * static_cast<double>(seed % 4), 5, 0.6, 9};
        recovers(fit_pareto_nbd(shop(seed, truth, 3'000)), truth, repeat(seed));
    }
}

template <class Model, class FitFunction>
void grouping_changes_nothing(const Model& truth, const FitFunction& fit, std::uint64_t seed) {
    std::vector<BuyingRow> rows = shop(seed, truth, 1'500);
    for (BuyingRow& row : rows) {  // to weeks, so that there is something to group
        row.history.last = std::floor(row.history.last);
        row.history.age = std::ceil(row.history.age / 13) * 13;
    }
    const std::vector<BuyingRow> together = grouped(rows);
    ASSERT_LT(together.size(), rows.size() * 2 / 3);
    EXPECT_NEAR(log_likelihood(truth, rows), log_likelihood(truth, together), 1e-7);
    const auto one = fit(rows, StillWanted());
    const auto other = fit(together, StillWanted());
    ASSERT_TRUE(one.ok() && other.ok());
    EXPECT_EQ(one.value().log_likelihood, other.value().log_likelihood) << repeat(seed);
    EXPECT_EQ(one.value().model.alpha, other.value().model.alpha) << repeat(seed);
}

TEST(Buying, GroupedRowsTellTheSameAsSingleCustomers) {
    grouping_changes_nothing(BgNbd{0.6, 5, 0.8, 2.5}, fit_bg_nbd, test_seed(1));
    grouping_changes_nothing(ParetoNbd{0.6, 5, 0.6, 9}, fit_pareto_nbd, test_seed(1));
}

TEST(Buying, ManyRowsEndWhereTheLikelihoodIsHighest) {  // also when a part of them led the way
    const std::vector<BuyingRow> rows = shop(test_seed(1), BgNbd{0.6, 5, 0.8, 2.5}, 25'000);
    const auto done = fit_bg_nbd(rows).value();
    ASSERT_TRUE(done.converged);
    for (double BgNbd::*parameter : {&BgNbd::r, &BgNbd::alpha, &BgNbd::a, &BgNbd::b}) {
        for (const double by : {0.98, 1.02}) {
            BgNbd other = done.model;
            other.*parameter *= by;
            EXPECT_LT(log_likelihood(other, rows), done.log_likelihood) << repeat(test_seed(1));
        }
    }
}

TEST(Buying, TheUnitOfTimeIsNoMatter) {
    std::vector<BuyingRow> rows = shop(test_seed(1), BgNbd{0.6, 5, 0.8, 2.5}, 2'000);
    const auto weeks = fit_bg_nbd(rows).value();
    for (BuyingRow& row : rows) {
        row.history.last *= 6.048e11;  // microseconds
        row.history.age *= 6.048e11;
    }
    const auto us = fit_bg_nbd(rows).value();
    EXPECT_NEAR(us.model.r / weeks.model.r, 1, 1e-5);
    EXPECT_NEAR(us.model.alpha / 6.048e11 / weeks.model.alpha, 1, 1e-5);
    EXPECT_NEAR(log_likelihood(us.model, rows), us.log_likelihood, 1e-3);
}

// ---- strange data
// --------------------------------------------------------------------------------

void expect_sound(double x) {
    EXPECT_TRUE(std::isfinite(x));
    EXPECT_GE(x, 0);
}

template <class Model>
void any_customer_has_figures(const Model& m, const History& h) {
    for (const double time : {0.0, 1e-6, 1.0, 52.0, 1e6}) {
        expect_sound(expected_purchases(m, h, time));
        expect_sound(expected_purchases(m, time));
        EXPECT_LE(expected_purchases(m, h, time), expected_purchases(m, h, 2 * time) + 1e-9);
    }
    expect_sound(p_alive(m, h));
    EXPECT_LE(p_alive(m, h), 1);
    const BuyingRow row{h, 1};
    EXPECT_TRUE(std::isfinite(log_likelihood(m, {&row, 1})));
}

TEST(Buying, AnyHistoryHasFigures) {
    const History histories[] = {{0, 0, 0},       {0, 0, 1e9},     {1, 0, 0},
                                 {1, 1, 1},       {5'000, 50, 52}, {5'000, 52, 52},
                                 {5'000, 1, 520}, {1, 1e-9, 1e9},  {4'000'000, 9, 10}};
    for (const History& h : histories) {
        any_customer_has_figures(BgNbd{0.243, 4.414, 0.793, 2.426}, h);
        any_customer_has_figures(BgNbd{40, 0.01, 1e-3, 1e-3}, h);
        any_customer_has_figures(BgNbd{1e-4, 1e4, 1e4, 1e-3}, h);
        any_customer_has_figures(ParetoNbd{0.553, 10.58, 0.606, 11.656}, h);
        any_customer_has_figures(ParetoNbd{40, 0.01, 1e-3, 1e4}, h);
        any_customer_has_figures(ParetoNbd{1e-4, 1e4, 1e3, 0.01}, h);
    }
}

TEST(Buying, DataThatSayNothingAreRefusedWithTheLimit) {
    EXPECT_EQ(fit_bg_nbd({}).error().code, "measure.few_repeat_buyers");
    const BuyingRow nobody_came_back[] = {{{0, 0, 30}, 5'000}};
    EXPECT_EQ(fit_bg_nbd(nobody_came_back).error().code, "measure.few_repeat_buyers");
    EXPECT_EQ(fit_pareto_nbd(nobody_came_back).error().message,
              "0 customers bought again; at least 10 are needed.");
    const BuyingRow one_customer[] = {{{3, 20, 30}, 1}};
    EXPECT_EQ(fit_pareto_nbd(one_customer).error().code, "measure.few_repeat_buyers");
    for (const History& h : {History{1, 31, 30}, History{0, 1, 30}, History{1, -1, 30},
                             History{1, 1, std::nan("")}, History{1, 1, INFINITY}}) {
        const BuyingRow wrong[] = {{h, 100}};
        EXPECT_EQ(fit_bg_nbd(wrong).error().code, "measure.bad_history");
    }
}

template <class FitFunction>
void ends_soundly(const FitFunction& fit, std::span<const BuyingRow> rows) {
    const auto done = fit(rows, StillWanted());
    ASSERT_TRUE(done.ok()) << done.error().message;
    EXPECT_TRUE(std::isfinite(done.value().log_likelihood));
    for (const BuyingRow& row : rows) any_customer_has_figures(done.value().model, row.history);
}

TEST(Buying, StrangeShopsEndInFiguresAllTheSame) {
    const std::vector<std::vector<BuyingRow>> shops = {
        {{{3, 20, 30}, 1'000}},                                // all the same
        {{{1, 30, 30}, 50}, {{0, 0, 30}, 50}},                 // everybody bought today
        {{{1, 1e-6, 1e6}, 50}, {{0, 0, 1e6}, 50}},             // gone at once, long ago
        {{{1, 0, 10}, 50}, {{0, 0, 10}, 50}},                  // no time between two purchases
        {{{1'000'000, 30, 30}, 10}, {{0, 0, 30}, 1'000'000}},  // a few who never stop
        {{{2, 5, 1e17}, 10}, {{2, 5, 10}, 10}},
    };
    for (const auto& rows : shops) {
        ends_soundly(fit_bg_nbd, rows);
        ends_soundly(fit_pareto_nbd, rows);
    }
}

}  // namespace
}  // namespace filrouge::measure
