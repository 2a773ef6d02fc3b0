// How often people buy, and who has left, where nobody says goodbye: the "buy till you die" models
// of repeat purchases, from three figures a customer.
//
//   BG/NBD       Fader, Hardie and Lee, "Counting your customers" the easy way, 2005
//   Pareto/NBD   Schmittlein, Morrison and Colombo, Counting your customers: who are they and what
//                will they do next?, 1987
//
// In both a customer buys at random with a rate of his own (gamma over customers: shape r, rate
// alpha) until he leaves unseen: after a purchase, with a probability of his own (beta: a, b), or
// at any time, with a rate of his own (gamma: s, beta). The first purchase only opens the account
// and is not counted. Times are in one unit of the caller's, the same everywhere; weeks are usual.
//
// Figures for one customer take any history with 0 <= last <= age and are never negative or NaN.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "measure/still_wanted.h"

namespace filrouge::measure {

struct History {
    std::uint32_t repeats = 0;  // purchases after the first; two of one day are one
    double last = 0;            // from the first purchase to the last, 0 when it was the only one
    double age = 0;             // from the first purchase to the end of the observation
    auto operator<=>(const History&) const = default;
};

struct BuyingRow {
    History history;
    std::uint64_t customers = 1;  // who share it
};

struct BgNbd {
    double r = 0, alpha = 0;
    double a = 0, b = 0;
};

struct ParetoNbd {
    double r = 0, alpha = 0;
    double s = 0, beta = 0;
};

constexpr std::size_t kHistoriesMax = 1'000'000;  // different ones: some ten seconds
constexpr double kAgeMax = 1e18;                  // in any unit
constexpr std::uint64_t kRepeatBuyersMin = 10;    // four parameters cannot be told from fewer

template <class Model>
struct BuyingFit {
    Model model;
    double log_likelihood = 0;  // of all customers
    // Of the four parameters, in their order; nothing when the data do not tell them apart.
    std::optional<std::array<double, 4>> standard_errors;
    // False: the likelihood still rises towards a parameter of 0 or infinity, as it does when the
    // customers hardly differ. The forecast then holds better than the parameters.
    bool converged = false;
};

// Equal histories become one row; rows without a customer go. Sorted.
std::vector<BuyingRow> grouped(std::span<const BuyingRow> rows);

// Maximum likelihood. Rows in any order, grouped or not; the time goes with the different
// histories.
Result<BuyingFit<BgNbd>> fit_bg_nbd(std::span<const BuyingRow> rows,
                                    const StillWanted& still_wanted = {});
Result<BuyingFit<ParetoNbd>> fit_pareto_nbd(std::span<const BuyingRow> rows,
                                            const StillWanted& still_wanted = {});

// Fastest on rows as grouped() sorts them.
double log_likelihood(const BgNbd& model, std::span<const BuyingRow> rows);
double log_likelihood(const ParetoNbd& model, std::span<const BuyingRow> rows);

// Repeat purchases of somebody new within `time` of the first purchase.
double expected_purchases(const BgNbd& model, double time);
double expected_purchases(const ParetoNbd& model, double time);

// Purchases within `time` from now on of the customer with that history.
double expected_purchases(const BgNbd& model, const History& history, double time);
double expected_purchases(const ParetoNbd& model, const History& history, double time);

// How likely it is that this customer has not left. For BG/NBD it is 1 without a repeat purchase:
// there one leaves after a repeat purchase only.
double p_alive(const BgNbd& model, const History& history);
double p_alive(const ParetoNbd& model, const History& history);

}  // namespace filrouge::measure
