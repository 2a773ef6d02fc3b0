// How much people spend a purchase, and with buying.h what they are worth: the gamma-gamma model
// (Fader and Hardie, The gamma-gamma model of monetary value, 2013). A customer's purchases vary
// about a mean of his own (gamma, shape p); the means differ between customers (q, v). How much is
// spent is taken as unrelated to how often: look at the correlation before trusting it.
//
// Amounts are in one unit of the caller's, the same everywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "base/result.h"
#include "measure/still_wanted.h"

namespace filrouge::measure {

struct SpendRow {
    std::uint32_t purchases = 0;  // that the mean is of, at least 1
    double mean = 0;              // above 0: gifts and returned purchases do not belong here
    std::uint64_t customers = 1;  // who share it
};

struct GammaGamma {
    double p = 0, q = 0, v = 0;
};

struct SpendFit {
    GammaGamma model;
    double log_likelihood = 0;                             // of all customers
    std::optional<std::array<double, 3>> standard_errors;  // of p, q, v
    bool converged = false;                                // as in BuyingFit
};

constexpr std::size_t kSpendRowsMax = 2'000'000;
constexpr std::uint64_t kSpendersMin = 10;

Result<SpendFit> fit_gamma_gamma(std::span<const SpendRow> rows,
                                 const StillWanted& still_wanted = {});
double log_likelihood(const GammaGamma& model, std::span<const SpendRow> rows);

// What a purchase of this customer is worth on average: between his own mean and everybody's,
// nearer to his the more he bought. With purchases = 0, everybody's. Nothing when the model gives
// no finite mean (p * purchases + q <= 1).
std::optional<double> expected_spend(const GammaGamma& model, std::uint32_t purchases, double mean);

struct Horizon {
    double period = 1;  // in the unit of time of the purchases
    int periods = 12;
    double discount = 0;  // of one period: 0.01 makes 101 in a period worth 100 now
};

constexpr int kPeriodsMax = 1'200;

// Value until the horizon: the purchases of each period, discounted from the end of it, times
// `spend`. `purchases_until(t)` is how many are expected within t from now, as
// expected_purchases(model, history, t) of buying.h.
Result<double> discounted_value(const std::function<double(double)>& purchases_until, double spend,
                                const Horizon& horizon);

}  // namespace filrouge::measure
