#include "measure/channel_mix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "measure/data_for_test.h"

namespace filrouge::measure {
namespace {

using test::normal;

// ---- a shop with known curves
// --------------------------------------------------------------------

struct Shop {
    MixSeries series;
    std::vector<ResponseCurve> truth;
    std::vector<double> brought;  // by channel, over all periods
    double noise = 0;             // standard deviation of a period's revenue
};

// Three years of weeks; spends go on and off and up and down, each for itself.
Shop shop(std::uint64_t seed, double strength = 1, std::size_t periods = 156) {
    Chance chance(seed);
    Shop out;
    out.series.season = 52;
    out.series.revenue.assign(periods, 0);
    for (std::size_t t = 0; t < periods; ++t) {
        const double week = static_cast<double>(t);
        out.series.revenue[t] = 50'000 + 40 * week + 6'000 * std::sin(2 * M_PI * week / 52);
    }
    const double mean[] = {2'000, 900, 400};
    for (const double spend : mean) {
        const ResponseCurve curve{strength * (8'000 + 20'000 * chance.uniform()),
                                  spend * (0.5 + 1.5 * chance.uniform()), 0.7 * chance.uniform()};
        std::vector<double>& series = out.series.spend.emplace_back(periods);
        double stock = 0, brought = 0;
        for (std::size_t t = 0; t < periods; ++t) {
            series[t] = chance.below(4) == 0 ? 0 : spend * std::exp(0.9 * normal(chance));
            stock = t == 0 ? series[0] : (1 - curve.carry) * series[t] + curve.carry * stock;
            out.series.revenue[t] += curve.revenue(stock);
            brought += curve.revenue(stock);
        }
        out.brought.push_back(brought);
        out.truth.push_back(curve);
    }
    out.noise = 1'000;
    for (double& revenue : out.series.revenue) revenue += out.noise * normal(chance);
    return out;
}

double mean_of(const std::vector<double>& x) {
    return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

// At half, once and twice the usual spend, against a quarter of it: what the curve is for.
void add_errors(const ResponseCurve& truth, const ResponseCurve& got, double usual,
                std::vector<double>& errors) {
    for (const double spend : {usual / 2, usual, 2 * usual}) {
        const double step = truth.revenue(spend) - truth.revenue(usual / 4);
        errors.push_back(std::abs((got.revenue(spend) - got.revenue(usual / 4)) / step - 1));
    }
}

double quantile(std::vector<double> x, double part) {
    std::sort(x.begin(), x.end());
    return x[static_cast<std::size_t>(part * static_cast<double>(x.size() - 1))];
}

TEST(ChannelMix, TheFitRecoversTheCurvesOfASimulatedShop) {
    const std::uint64_t first = test_seed(1);
    std::vector<double> curve_errors, carry_errors;
    for (std::uint64_t seed = first; seed < first + 6; ++seed) {
        const Shop s = shop(seed);
        const ChannelMix mix = fit_channel_mix(s.series, {1, 0}).value();
        for (std::size_t c = 0; c < s.truth.size(); ++c) {
            add_errors(s.truth[c], mix.curves[c], mean_of(s.series.spend[c]), curve_errors);
            carry_errors.push_back(std::abs(mix.curves[c].carry - s.truth[c].carry));
        }
        EXPECT_GT(mix.forecast_error, 0.6 * s.noise) << repeat(seed);
        EXPECT_LT(mix.forecast_error, 1.6 * s.noise) << repeat(seed);
        EXPECT_LT(mix.forecast_error, 0.6 * mix.forecast_error_without) << repeat(seed);
    }
    EXPECT_LT(quantile(curve_errors, 0.5), 0.08) << repeat(first);
    EXPECT_LT(quantile(curve_errors, 0.9), 0.25) << repeat(first);
    EXPECT_LT(quantile(carry_errors, 0.5), 0.04) << repeat(first);
    EXPECT_LT(quantile(carry_errors, 0.9), 0.12) << repeat(first);
}

// The truth lies about one standard error away: not ten, and not a tenth.
TEST(ChannelMix, TheErrorsAreAsLargeAsTheySay) {
    const std::uint64_t first = test_seed(1);
    std::vector<double> brought, marginal;
    for (std::uint64_t seed = first; seed < first + 6; ++seed) {
        const Shop s = shop(seed);
        const ChannelMix mix = fit_channel_mix(s.series, {seed, 30}).value();
        for (std::size_t c = 0; c < s.truth.size(); ++c) {
            brought.push_back(std::abs(mix.brought[c] - s.brought[c]) / mix.errors[c].brought);
            const double usual = mean_of(s.series.spend[c]);
            const double off = mix.curves[c].marginal(usual) - s.truth[c].marginal(usual);
            marginal.push_back(std::abs(off) / mix.errors[c].marginal);
        }
    }
    for (const std::vector<double>& ratios : {brought, marginal}) {
        EXPECT_GT(quantile(ratios, 0.5), 0.2) << repeat(first);
        EXPECT_LT(quantile(ratios, 0.5), 1.5) << repeat(first);
        EXPECT_LT(quantile(ratios, 0.9), 4) << repeat(first);
    }
}

TEST(ChannelMix, WhereSpendBringsNothingTheForecastSaysSo) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 3; ++seed) {
        const ChannelMix mix = fit_channel_mix(shop(seed, 0).series, {1, 0}).value();
        EXPECT_GT(mix.forecast_error, 0.85 * mix.forecast_error_without) << repeat(seed);
    }
}

// Spends that hardly vary say nothing by themselves: the curves may be anything, and what is left
// after base and trend is blown up. Nobody brings more than there was all the same.
TEST(ChannelMix, NobodyBringsMoreThanThereWas) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 6; ++seed) {
        Chance chance(seed);
        MixSeries series;
        double all = 0;
        for (std::size_t t = 0; t < 90; ++t) {
            series.revenue.push_back(590 + 60 * normal(chance));
            all += series.revenue.back();
        }
        for (std::size_t c = 0; c < 3; ++c) {
            std::vector<double>& spend = series.spend.emplace_back();
            for (std::size_t t = 0; t < 90; ++t) spend.push_back(100 + 10 * chance.uniform());
        }
        const ChannelMix mix = fit_channel_mix(series, {1, 3}).value();
        const double brought = std::accumulate(mix.brought.begin(), mix.brought.end(), 0.0);
        EXPECT_LE(brought, all * (1 + 1e-9)) << repeat(seed);
        EXPECT_TRUE(std::isfinite(mix.forecast_error)) << repeat(seed);
    }
}

TEST(ChannelMix, UnitsAreNoMatter) {
    Shop s = shop(test_seed(1), 1, 104);
    const ChannelMix before = fit_channel_mix(s.series).value();
    for (auto& spend : s.series.spend) {
        for (double& x : spend) x *= 1'024;
    }
    for (double& x : s.series.revenue) x *= 65'536;
    const ChannelMix after = fit_channel_mix(s.series).value();
    for (std::size_t c = 0; c < s.truth.size(); ++c) {
        EXPECT_NEAR(after.curves[c].half / before.curves[c].half, 1'024, 1e-3);
        EXPECT_NEAR(after.curves[c].carry, before.curves[c].carry, 1e-6);
        EXPECT_NEAR(after.brought[c], 65'536 * before.brought[c], 1e-3 * after.brought[c]);
    }
}

TEST(ChannelMix, WithTooFewPeriodsItNamesTheLeastNumber) {
    EXPECT_EQ(mix_periods_min(3, 0), 44u);
    EXPECT_EQ(mix_periods_min(3, 52), 104u);
    Shop s = shop(1, 1, 103);
    EXPECT_EQ(fit_channel_mix(s.series).error().message,
              "103 periods; 3 channels need at least 104.");
    s.series.season = 0;
    EXPECT_TRUE(fit_channel_mix(s.series).ok());
}

TEST(ChannelMix, WhatCannotBeToldIsRefused) {
    const auto refusal = [](const MixSeries& series) {
        const auto mix = fit_channel_mix(series);
        return mix.ok() ? "" : mix.error().code;
    };
    const MixSeries sound = shop(1, 1, 104).series;
    EXPECT_EQ(refusal({}), "measure.mix_size");
    MixSeries wrong = sound;
    wrong.spend.resize(17);
    EXPECT_EQ(refusal(wrong), "measure.mix_size");
    wrong = sound;
    std::fill(wrong.spend[1].begin(), wrong.spend[1].end(), 100.1);
    EXPECT_EQ(refusal(wrong), "measure.constant_spend");
    std::fill(wrong.spend[1].begin(), wrong.spend[1].end(), 0);
    EXPECT_EQ(refusal(wrong), "measure.constant_spend");
    for (const double x : {-1.0, std::nan(""), HUGE_VAL}) {
        wrong = sound;
        wrong.spend[2][7] = x;
        EXPECT_EQ(refusal(wrong), "measure.bad_spend_series");
    }
    wrong = sound;
    wrong.spend[0].pop_back();
    EXPECT_EQ(refusal(wrong), "measure.bad_spend_series");
    wrong = sound;
    wrong.season = 4;
    EXPECT_EQ(refusal(wrong), "measure.bad_revenue_series");
    EXPECT_EQ(fit_channel_mix(sound, {1, 201}).error().code, "measure.mix_draws");
    wrong = sound;
    wrong.revenue[3] = std::nan("");
    EXPECT_EQ(refusal(wrong), "measure.bad_revenue_series");
}

TEST(ChannelMix, StrangeSeriesEndInFiguresAllTheSame) {
    MixSeries twins = shop(2, 1, 104).series;
    twins.spend[1] = twins.spend[0];
    MixSeries trend = shop(3, 1, 104).series;  // a spend that is the trend itself
    for (std::size_t t = 0; t < 104; ++t) trend.spend[0][t] = static_cast<double>(t);
    MixSeries once =
        shop(4, 1, 104).series;  // spent in the last period only: never seen by a block
    std::fill(once.spend[2].begin(), once.spend[2].end() - 1, 0);
    MixSeries flat = shop(5, 1, 104).series;
    std::fill(flat.revenue.begin(), flat.revenue.end(), 1'000);
    for (const MixSeries& series : {twins, trend, once, flat}) {
        const ChannelMix mix = fit_channel_mix(series, {1, 5}).value();
        EXPECT_TRUE(std::isfinite(mix.forecast_error) && std::isfinite(mix.r_squared));
        for (std::size_t c = 0; c < 3; ++c) {
            EXPECT_TRUE(std::isfinite(mix.curves[c].ceiling));
            EXPECT_GE(mix.curves[c].ceiling, 0);
            EXPECT_GT(mix.curves[c].half, 0);
            EXPECT_TRUE(std::isfinite(mix.brought[c]));
        }
    }
    const ChannelMix shared = fit_channel_mix(twins, {1, 0}).value();
    EXPECT_NEAR(shared.curves[0].marginal(900) / shared.curves[1].marginal(900), 1, 0.5);
}

// ---- the split of a budget
// -----------------------------------------------------------------------

double revenue_of(const std::vector<ResponseCurve>& curves, const std::vector<double>& spend) {
    double sum = 0;
    for (std::size_t c = 0; c < curves.size(); ++c) sum += curves[c].revenue(spend[c]);
    return sum;
}

struct Plan {
    std::vector<ResponseCurve> curves;
    std::vector<SpendLimits> limits;
    double budget = 0;
};

Plan random_plan(std::uint64_t seed) {
    Chance chance(seed);
    Plan plan;
    const auto any = [&] { return std::exp(8 * chance.uniform()); };
    for (std::size_t c = 2 + chance.below(5); c > 0; --c) {
        plan.curves.push_back({any(), any(), 0});
        SpendLimits limit;
        if (chance.below(3) == 0) limit.least = any();
        if (chance.below(3) == 0) limit.most = limit.least + any();
        plan.limits.push_back(limit);
        plan.budget += limit.least;
    }
    plan.budget += any();
    return plan;
}

TEST(BestSplit, NoShiftBetweenTwoChannelsBringsMore) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 300; ++seed) {
        const Plan plan = random_plan(seed);
        const BudgetSplit split = best_split(plan.curves, plan.budget, plan.limits).value();
        const double spent = std::accumulate(split.spend.begin(), split.spend.end(), 0.0);
        ASSERT_LE(spent, plan.budget * (1 + 1e-9)) << repeat(seed);
        EXPECT_NEAR(split.revenue, revenue_of(plan.curves, split.spend), 1e-9 * split.revenue);
        bool room = false;
        for (std::size_t i = 0; i < split.spend.size(); ++i) {
            EXPECT_GE(split.spend[i], plan.limits[i].least) << repeat(seed);
            EXPECT_LE(split.spend[i], plan.limits[i].most) << repeat(seed);
            room |= split.spend[i] < plan.limits[i].most;
        }
        if (room) {
            EXPECT_NEAR(spent, plan.budget, 1e-9 * plan.budget) << repeat(seed);
        }
        for (std::size_t from = 0; from < split.spend.size(); ++from) {
            for (std::size_t to = 0; to < split.spend.size(); ++to) {
                const double by =
                    std::min({split.spend[from] - plan.limits[from].least,
                              plan.limits[to].most - split.spend[to], 0.01 * plan.budget});
                std::vector<double> other = split.spend;
                other[from] -= by;
                other[to] += by;
                EXPECT_LE(revenue_of(plan.curves, other), split.revenue * (1 + 1e-9))
                    << repeat(seed);
            }
        }
    }
}

TEST(BestSplit, TheMarginalIsWhatTheNextUnitBrings) {
    const std::vector<ResponseCurve> curves{{1'000, 50, 0}, {3'000, 400, 0}};
    const BudgetSplit now = best_split(curves, 200).value();
    const BudgetSplit more = best_split(curves, 200.001).value();
    EXPECT_NEAR((more.revenue - now.revenue) / 0.001, now.marginal, 1e-4);
    EXPECT_NEAR(curves[0].marginal(now.spend[0]), now.marginal, 1e-9);
    EXPECT_NEAR(curves[1].marginal(now.spend[1]), now.marginal, 1e-9);
}

TEST(BestSplit, WhatNobodyMayTakeStaysUnspent) {
    const std::vector<ResponseCurve> curves{{1'000, 50, 0}, {0, 400, 0}};
    const std::vector<SpendLimits> limits{{0, 30}, {5, 100}};
    const BudgetSplit split = best_split(curves, 200, limits).value();
    EXPECT_EQ(split.spend, (std::vector<double>{30, 5}));
    EXPECT_EQ(split.marginal, 0);
    const std::vector<ResponseCurve> useless{{0, 50, 0}, {0, 400, 0}};
    EXPECT_EQ(best_split(useless, 200).value().spend, (std::vector<double>{0, 0}));
    EXPECT_TRUE(best_split({}, 200).value().spend.empty());
    EXPECT_NEAR(best_split(curves, 0).value().revenue, 0, 1e-9);
}

TEST(BestSplit, WhatMakesNoSenseIsRefused) {
    const std::vector<ResponseCurve> one{{1'000, 50, 0}};
    const std::vector<SpendLimits> least{{300, 400}};
    EXPECT_EQ(best_split(one, 200, least).error().message,
              "The least spends sum to 300, the budget is 200.");
    EXPECT_EQ(best_split(one, -1).error().code, "measure.bad_budget");
    EXPECT_EQ(best_split(one, std::nan("")).error().code, "measure.bad_budget");
    const std::vector<SpendLimits> two(2);
    EXPECT_EQ(best_split(one, 1, two).error().code, "measure.bad_limits");
    const std::vector<SpendLimits> turned{{5, 4}};
    EXPECT_EQ(best_split(one, 9, turned).error().code, "measure.bad_limits");
    const std::vector<ResponseCurve> broken{{1'000, 0, 0}};
    EXPECT_EQ(best_split(broken, 9).error().code, "measure.bad_limits");
}

TEST(ReturnOnInvestment, IsWhatAUnitEarnsBeyondItself) {
    EXPECT_EQ(return_on_investment(200, 300), 0.5);
    EXPECT_EQ(return_on_investment(200, 0), -1);
    EXPECT_FALSE(return_on_investment(0, 300));
}

}  // namespace
}  // namespace filrouge::measure
