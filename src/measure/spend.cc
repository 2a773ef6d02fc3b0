#include "measure/spend.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <vector>

#include "measure/minimise.h"
#include "measure/special.h"

namespace filrouge::measure {
namespace {

constexpr double kLogMax = 16;  // a parameter further than e^16 from 1, in mean spends, is infinite
constexpr double kSpendMax = 1e18;

Result<void> check(std::span<const SpendRow> rows) {
    if (rows.size() > kSpendRowsMax) {
        return Error{"measure.too_many_spenders",
                     fmt::format("{} rows; the limit is {}.", rows.size(), kSpendRowsMax),
                     "Round the amounts and group customers with equal figures, or take a sample."};
    }
    std::uint64_t customers = 0;
    for (const SpendRow& row : rows) {
        if (row.purchases == 0 || !(row.mean > 0 && row.mean <= kSpendMax)) {
            return Error{
                "measure.bad_spend",
                fmt::format("A mean spend of {} over {} purchases.", row.mean, row.purchases),
                "Give customers with at least one purchase and a mean above 0."};
        }
        customers += row.customers;
    }
    if (customers < kSpendersMin) {
        return Error{"measure.few_spenders",
                     fmt::format("{} customers; at least {} are needed.", customers, kSpendersMin),
                     "Observe for longer, or take more customers together."};
    }
    return {};
}

GammaGamma from_logs(const Point& logs, double unit) {
    return {std::exp(logs[0]), std::exp(logs[1]), std::exp(logs[2]) * unit};
}

}  // namespace

double log_likelihood(const GammaGamma& m, std::span<const SpendRow> rows) {
    const double constant = m.q * std::log(m.v) - log_gamma(m.q);
    double sum = 0;
    for (const SpendRow& row : rows) {
        const double n = row.purchases;
        const double shape = m.p * n;
        const double total = n * row.mean;
        const double log_l = constant + log_gamma(shape + m.q) - log_gamma(shape) +
                             shape * std::log(total) - std::log(row.mean) -
                             (shape + m.q) * std::log(m.v + total);
        sum += static_cast<double>(row.customers) * log_l;
    }
    return sum;
}

// Works in mean spends and with the likelihood of one customer, as the fits of buying.cc do.
Result<SpendFit> fit_gamma_gamma(std::span<const SpendRow> given, const StillWanted& still_wanted) {
    TRY(check(given));
    double customers = 0, spend = 0;
    for (const SpendRow& row : given) {
        customers += static_cast<double>(row.customers);
        spend += static_cast<double>(row.customers) * row.mean;
    }
    const double unit = spend / customers;
    std::vector<SpendRow> rows(given.begin(), given.end());
    for (SpendRow& row : rows) row.mean /= unit;
    const Objective loss = [&](const Point& logs) {
        if (!(logs.array().abs().maxCoeff() <= kLogMax)) {
            return std::numeric_limits<double>::infinity();
        }
        return -log_likelihood(from_logs(logs, 1), rows) / customers;
    };
    const Minimum minimum =
        minimise(loss, Point{{std::log(2.0), std::log(3.0), 0.0}}, {.still_wanted = still_wanted});
    SpendFit out{from_logs(minimum.at, unit), 0, std::nullopt, false};
    out.log_likelihood = -customers * (minimum.value + std::log(unit));  // a density: of one amount
    if (const auto covariance = inverse_curvature(loss, minimum.at, still_wanted)) {
        const auto error = [&](int i, double value) {
            return value * std::sqrt((*covariance)(i, i) / customers);
        };
        out.standard_errors = {error(0, out.model.p), error(1, out.model.q), error(2, out.model.v)};
    }
    out.converged = minimum.converged && out.standard_errors.has_value();
    return out;
}

std::optional<double> expected_spend(const GammaGamma& m, std::uint32_t purchases, double mean) {
    const double n = purchases;
    const double shape = m.p * n + m.q - 1;
    if (shape <= 0) return std::nullopt;
    return m.p * (m.v + n * mean) / shape;
}

Result<double> discounted_value(const std::function<double(double)>& purchases_until, double spend,
                                const Horizon& horizon) {
    if (!(horizon.period > 0) || horizon.periods < 1 || horizon.periods > kPeriodsMax ||
        !(horizon.discount > -1)) {
        return Error{"measure.bad_horizon",
                     fmt::format("{} periods of {} at a discount of {}.", horizon.periods,
                                 horizon.period, horizon.discount),
                     fmt::format("Give 1 to {} periods longer than 0, and a discount above -1.",
                                 kPeriodsMax)};
    }
    double sum = 0, before = 0, worth = 1;
    for (int i = 1; i <= horizon.periods; ++i) {
        const double until = purchases_until(i * horizon.period);
        worth /= 1 + horizon.discount;
        sum += (until - before) * worth;
        before = until;
    }
    return sum * spend;
}

}  // namespace filrouge::measure
