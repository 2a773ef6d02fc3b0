#include "measure/buying.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "measure/minimise.h"

namespace filrouge::measure {
namespace {

constexpr double kLogMax = 16;  // a parameter further than e^16 from 1, in mean ages, is infinite

bool sound(const History& h) {
    return h.last >= 0 && h.last <= h.age && h.age <= kAgeMax && (h.repeats > 0 || h.last == 0);
}

Result<void> check(std::span<const BuyingRow> rows) {
    if (rows.size() > kBuyingRowsMax) {
        return Error{"measure.too_many_histories",
                     fmt::format("{} histories; the limit is {}.", rows.size(), kBuyingRowsMax),
                     "Group customers with equal figures, or round the times to days or weeks."};
    }
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
                                                     const Point& at, double customers) {
    const auto covariance = inverse_curvature(f, at);
    if (!covariance) return std::nullopt;
    std::array<double, 4> errors = values(m);
    for (int i = 0; i < 4; ++i) {
        errors[static_cast<std::size_t>(i)] *= std::sqrt((*covariance)(i, i) / customers);
    }
    return errors;
}

// Works in mean ages, where every parameter is of the order of 1 in any unit of the caller's, and
// with the likelihood of one customer.
template <class Model>
Result<BuyingFit<Model>> fit(std::span<const BuyingRow> given, const Model& start) {
    TRY(check(given));
    std::vector<BuyingRow> rows = grouped(given);
    const Totals totals = totals_of(rows);
    const double unit = totals.age / totals.customers;
    rescale(rows, unit);
    const Objective loss = [&](const Point& logs) {
        if (!(logs.array().abs().maxCoeff() <= kLogMax)) {
            return std::numeric_limits<double>::infinity();
        }
        return -log_likelihood(from_logs<Model>(logs), rows) / totals.customers;
    };
    Point at(4);
    for (int i = 0; i < 4; ++i) at[i] = std::log(values(start)[static_cast<std::size_t>(i)]);
    const Minimum minimum = minimise(loss, at);
    BuyingFit<Model> out;
    out.model = in_unit(from_logs<Model>(minimum.at), unit);
    // A density: each repeat purchase counts one unit of time.
    out.log_likelihood = -minimum.value * totals.customers - totals.repeats * std::log(unit);
    out.standard_errors = standard_errors(out.model, loss, minimum.at, totals.customers);
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

Result<BuyingFit<BgNbd>> fit_bg_nbd(std::span<const BuyingRow> rows) {
    return fit<BgNbd>(rows, {0.5, 0.5, 1, 2});
}

Result<BuyingFit<ParetoNbd>> fit_pareto_nbd(std::span<const BuyingRow> rows) {
    return fit<ParetoNbd>(rows, {0.5, 0.5, 0.5, 0.5});
}

}  // namespace filrouge::measure
