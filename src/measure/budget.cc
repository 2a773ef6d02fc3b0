#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "measure/channel_mix.h"

namespace filrouge::measure {
namespace {

constexpr double kLargest = 1e100;  // so that products and quotients stay numbers
constexpr double kLogRange =
    100;                       // a marginal revenue of e^-100 of the steepest is as good as none
constexpr int kHalvings = 64;  // of that range: all that a double can tell apart

Error error(const char* code, std::string message, const char* hint) {
    return {code, std::move(message), hint};
}

bool sound(const ResponseCurve& c) {
    return c.ceiling >= 0 && c.ceiling < kLargest && c.half > 1 / kLargest && c.half < kLargest;
}
bool sound(const SpendLimits& l) {
    return l.least >= 0 && std::isfinite(l.least) && l.least <= l.most;
}

Result<void> check(std::span<const ResponseCurve> curves, double budget,
                   std::span<const SpendLimits> limits) {
    if (!(budget >= 0 && std::isfinite(budget))) {
        return error("measure.bad_budget", fmt::format("A budget of {}.", budget),
                     "Give one of 0 or more.");
    }
    if (!limits.empty() && limits.size() != curves.size()) {
        return error("measure.bad_limits",
                     fmt::format("{} limits for {} channels.", limits.size(), curves.size()),
                     "Give each channel its limits, or none.");
    }
    if (!std::all_of(curves.begin(), curves.end(), [](const auto& c) { return sound(c); }) ||
        !std::all_of(limits.begin(), limits.end(), [](const auto& l) { return sound(l); })) {
        return error(
            "measure.bad_limits", "A curve or a limit is no number, or the wrong way round.",
            "Ceilings and least spends are 0 or more, halves above 0, least at most most.");
    }
    double least = 0;
    for (const SpendLimits& limit : limits) least += limit.least;
    if (least > budget) {
        return error("measure.budget_below_limits",
                     fmt::format("The least spends sum to {}, the budget is {}.", least, budget),
                     "Lower them or raise the budget.");
    }
    return {};
}

// What each channel spends where its next unit brings exactly `marginal`: ceiling half / (s +
// half)^2 solved for s.
std::vector<double> spends_at(std::span<const ResponseCurve> curves,
                              std::span<const SpendLimits> limits, double marginal) {
    std::vector<double> spends;
    spends.reserve(curves.size());
    for (std::size_t c = 0; c < curves.size(); ++c) {
        const ResponseCurve& curve = curves[c];
        const SpendLimits limit = limits.empty() ? SpendLimits{} : limits[c];
        const double free = std::sqrt(curve.ceiling * curve.half / marginal) - curve.half;
        spends.push_back(std::clamp(free, limit.least, limit.most));
    }
    return spends;
}

double sum_of(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

}  // namespace

std::optional<double> return_on_investment(double spend, double revenue) {
    if (!(spend > 0)) return std::nullopt;
    return (revenue - spend) / spend;
}

Result<BudgetSplit> best_split(std::span<const ResponseCurve> curves, double budget,
                               std::span<const SpendLimits> limits) {
    TRY(check(curves, budget, limits));
    double steepest = 0;
    for (const ResponseCurve& curve : curves) steepest = std::max(steepest, curve.marginal(0));
    // The lower the marginal revenue may get, the more is spent. At the steepest beginning that is
    // the least, within the budget.
    double affordable = std::log(std::max(steepest, 1e-200));
    double beyond = affordable - kLogRange;
    BudgetSplit out;
    out.spend = spends_at(curves, limits, std::exp(beyond));
    const bool used_up = sum_of(out.spend) > budget;
    if (used_up) {
        for (int i = 0; i < kHalvings; ++i) {
            const double middle = (affordable + beyond) / 2;
            const double spent = sum_of(spends_at(curves, limits, std::exp(middle)));
            (spent > budget ? beyond : affordable) = middle;
        }
        out.spend = spends_at(curves, limits, std::exp(affordable));
        out.marginal = std::exp(affordable);
    }
    for (std::size_t c = 0; c < curves.size(); ++c) out.revenue += curves[c].revenue(out.spend[c]);
    return out;
}

}  // namespace filrouge::measure
