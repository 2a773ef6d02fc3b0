// What a channel's budget brings, what one unit more would bring, and how to split a budget.
//
// The model of revenue per period, after Jin, Wang, Sun, Chan and Koehler, Bayesian methods for
// media mix modeling with carryover and shape effects, 2017:
//
//   revenue(t)  = base + trend + season(t) + sum over channels of curve(stock(t)) + noise
//   stock(t)    = (1-carry) * spend(t) + carry * stock(t-1)        geometric adstock (Broadbent,
//   1979) curve(s)    = ceiling * s / (s + half)                         Hill with slope 1
//
// The stock is scaled so that a steady spend is its own stock: a curve reads in spend per period.
// Slope 1 makes every curve concave, so that a best split exists and is the only one. It is fitted
// by least squares with ceiling >= 0 and a ridge penalty; carry and half by a grid and then by ever
// smaller steps. The penalty is the one that forecasts best over four blocks of periods, each from
// the periods before it only.
//
// Such a fit sees what moved together. Only a channel whose spend was varied for other reasons than
// expected revenue gets a causal curve; channels that always move together share what they bring.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "measure/still_wanted.h"

namespace filrouge::measure {

constexpr std::size_t kMixChannelsMax = 16;
constexpr std::size_t kMixPeriodsMax = 1'500;

// Of revenue that is attributed, or that a curve says; gross margin in its place makes it profit.
// 0.5 is half a unit earned for each spent. Nothing where nothing was spent.
std::optional<double> return_on_investment(double spend, double revenue);

struct MixSeries {
    std::vector<std::vector<double>> spend;  // by channel, then period; 0 or more, any unit
    std::vector<double> revenue;             // by period, in the same or another unit
    std::size_t season = 0;                  // periods of a year, as 52 or 12; 0 for none
};

struct ResponseCurve {
    double ceiling = 0;  // revenue per period that no spend goes beyond
    double half = 1;     // steady spend per period that brings half of it
    double carry = 0;    // share of the stock that stays for the next period, 0 to 0.9

    double revenue(double spend) const { return ceiling * spend / (spend + half); }
    double marginal(double spend) const {  // revenue of the next unit of spend
        return ceiling * half / ((spend + half) * (spend + half));
    }
};

// Standard errors, by a bootstrap of the residuals in blocks of neighbouring periods (Kuensch,
// 1989). They tell what noise does, not what a spend that followed the expected revenue does.
struct MixErrors {
    double brought = 0;
    double marginal = 0;  // of the curve's marginal revenue at the channel's mean spend
};

struct MixBootstrap {
    std::uint64_t seed = 1;
    std::size_t draws = 50;  // at most kMixDrawsMax; 0 leaves the errors out
};

constexpr std::size_t kMixDrawsMax = 200;

struct ChannelMix {
    std::vector<ResponseCurve> curves;  // by channel
    std::vector<double> brought;        // revenue over all periods, of all together no more than
                                        // there was
    std::vector<MixErrors> errors;      // by channel; empty without draws
    double r_squared = 0;               // of the periods fitted: says little
    // Root mean square error of forecasts of revenue from earlier periods, and the same without
    // any channel. Where the first is not clearly smaller the curves are not worth acting on.
    double forecast_error = 0;
    double forecast_error_without = 0;
    double penalty = 0;
};

// Four periods for each of the model's numbers, and two seasons: with fewer the fit is refused.
std::size_t mix_periods_min(std::size_t channels, std::size_t season);

Result<ChannelMix> fit_channel_mix(const MixSeries& series, const MixBootstrap& bootstrap = {},
                                   const StillWanted& still_wanted = {});

struct SpendLimits {
    double least = 0;
    // A curve is only known as far as spend once went; beyond, it is a guess.
    double most = std::numeric_limits<double>::infinity();
};

struct BudgetSplit {
    std::vector<double> spend;  // by channel, steady and per period
    double revenue = 0;         // of all channels, per period
    double marginal = 0;  // what the next unit of budget would bring; 0 when it is not used up
};

// The split of `budget` per period that brings most: the marginal revenue is the same for all
// channels but those at a limit. A part that no channel may take or use stays unspent. `limits` has
// a row a channel or is empty.
Result<BudgetSplit> best_split(std::span<const ResponseCurve> curves, double budget,
                               std::span<const SpendLimits> limits = {});

}  // namespace filrouge::measure
