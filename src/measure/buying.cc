#include "measure/buying.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "measure/minimise.h"

namespace filrouge::measure {
namespace {

constexpr std::size_t kFirstLook = 20'000;  // rows for the way to the neighbourhood of the end
constexpr double kLogMax = 16;  // a parameter further than e^16 from 1, in mean ages, is infinite

bool sound(const History& h) {
    return h.last >= 0 && h.last <= h.age && h.age <= kAgeMax && (h.repeats > 0 || h.last == 0);
}

Result<void> check(std::span<const BuyingRow> rows) {
    std::uint64_t repeat_buyers = 0;
    for (const BuyingRow& row : rows) {
        if (!sound(row.history)) {
            return Error{"measure.bad_history",
                         fmt::format("A history has {} repeat purchases, the last after {} of {}.",
                                     row.history.repeats, row.history.last, row.history.age),
                         "The last purchase lies between the first and the end of the "
                         "observation, and is the first when there was no other."};
        }
        if (row.history.repeats > 0 && row.history.age > 0) repeat_buyers += row.customers;
    }
    if (repeat_buyers < kRepeatBuyersMin) {
        return Error{"measure.few_repeat_buyers",
                     fmt::format("{} customers bought again; at least {} are needed.",
                                 repeat_buyers, kRepeatBuyersMin),
                     "Observe for longer, or take more customers together."};
    }
    return {};
}

struct Totals {
    double customers = 0, repeats = 0, age = 0;
};

Totals totals_of(std::span<const BuyingRow> rows) {
    Totals t;
    for (const BuyingRow& row : rows) {
        const auto customers = static_cast<double>(row.customers);
        t.customers += customers;
        t.repeats += customers * row.history.repeats;
        t.age += customers * row.history.age;
    }
    return t;
}

void rescale(std::vector<BuyingRow>& rows, double unit) {
    for (BuyingRow& row : rows) {
        row.history.last /= unit;
        row.history.age /= unit;
    }
}

// Where the times are in another unit, so are these parameters.
BgNbd in_unit(BgNbd m, double unit) {
    m.alpha *= unit;
    return m;
}
ParetoNbd in_unit(ParetoNbd m, double unit) {
    m.alpha *= unit;
    m.beta *= unit;
    return m;
}

template <class Model>
std::array<double, 4> values(const Model& m) {
    const auto [p0, p1, p2, p3] = m;
    return {p0, p1, p2, p3};
}

template <class Model>
Model from_logs(const Point& logs) {
    return {std::exp(logs[0]), std::exp(logs[1]), std::exp(logs[2]), std::exp(logs[3])};
}

// By the delta method: the error of a parameter is the parameter times that of its logarithm.
template <class Model>
std::optional<std::array<double, 4>> standard_errors(const Model& m, const Objective& f,
                                                     const Point& at, double customers,
                                                     const StillWanted& still_wanted) {
    const auto covariance = inverse_curvature(f, at, still_wanted);
    if (!covariance) return std::nullopt;
    std::array<double, 4> errors = values(m);
    for (int i = 0; i < 4; ++i) {
        errors[static_cast<std::size_t>(i)] *= std::sqrt((*covariance)(i, i) / customers);
    }
    return errors;
}

// Minus the likelihood of one customer, by the logarithms of the parameters.
template <class Model>
Objective loss_of(std::span<const BuyingRow> rows) {
    const double customers = totals_of(rows).customers;
    return [rows, customers](const Point& logs) {
        if (!(logs.array().abs().maxCoeff() <= kLogMax)) {
            return std::numeric_limits<double>::infinity();
        }
        return -log_likelihood(from_logs<Model>(logs), rows) / customers;
    };
}

// The simplex looks at a part of the rows when they are many: it only has to come near.
template <class Model>
Minimum minimum_of(const std::vector<BuyingRow>& rows, const Model& start,
                   const StillWanted& still_wanted) {
    Point at(4);
    for (int i = 0; i < 4; ++i) at[i] = std::log(values(start)[static_cast<std::size_t>(i)]);
    if (rows.size() <= kFirstLook)
        return minimise(loss_of<Model>(rows), at, {.still_wanted = still_wanted});
    std::vector<BuyingRow> part;
    const std::size_t step = rows.size() / kFirstLook + 1;
    for (std::size_t i = 0; i < rows.size(); i += step) part.push_back(rows[i]);
    const Minimum near = minimise(loss_of<Model>(part), at, {.still_wanted = still_wanted});
    return minimise(loss_of<Model>(rows), near.at,
                    {.simplex_evaluations = 0, .still_wanted = still_wanted});
}

// Works in mean ages, where every parameter is of the order of 1 in any unit of the caller's.
template <class Model>
Result<BuyingFit<Model>> fit(std::span<const BuyingRow> given, const Model& start,
                             const StillWanted& still_wanted) {
    TRY(check(given));
    std::vector<BuyingRow> rows = grouped(given);
    if (rows.size() > kHistoriesMax) {
        return Error{
            "measure.too_many_histories",
            fmt::format("{} different histories; the limit is {}.", rows.size(), kHistoriesMax),
            "Ask about a shorter time, or about fewer people."};
    }
    const Totals totals = totals_of(rows);
    const double unit = totals.age / totals.customers;
    rescale(rows, unit);
    const Minimum minimum = minimum_of(rows, start, still_wanted);
    BuyingFit<Model> out;
    out.model = in_unit(from_logs<Model>(minimum.at), unit);
    // A density: each repeat purchase counts one unit of time.
    out.log_likelihood = -minimum.value * totals.customers - totals.repeats * std::log(unit);
    out.standard_errors = standard_errors(out.model, loss_of<Model>(rows), minimum.at,
                                          totals.customers, still_wanted);
    out.converged = minimum.converged && out.standard_errors.has_value();
    return out;
}

}  // namespace

std::vector<BuyingRow> grouped(std::span<const BuyingRow> rows) {
    std::vector<BuyingRow> sorted(rows.begin(), rows.end());
    std::sort(sorted.begin(), sorted.end(),
              [](const BuyingRow& a, const BuyingRow& b) { return a.history < b.history; });
    std::vector<BuyingRow> out;
    for (const BuyingRow& row : sorted) {
        if (row.customers == 0) continue;
        if (!out.empty() && out.back().history == row.history) {
            out.back().customers += row.customers;
        } else {
            out.push_back(row);
        }
    }
    return out;
}

Result<BuyingFit<BgNbd>> fit_bg_nbd(std::span<const BuyingRow> rows,
                                    const StillWanted& still_wanted) {
    return fit<BgNbd>(rows, {0.5, 0.5, 1, 2}, still_wanted);
}

Result<BuyingFit<ParetoNbd>> fit_pareto_nbd(std::span<const BuyingRow> rows,
                                            const StillWanted& still_wanted) {
    return fit<ParetoNbd>(rows, {0.5, 0.5, 0.5, 0.5}, still_wanted);
}

}  // namespace filrouge::measure
