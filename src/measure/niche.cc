#include "measure/niche.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "measure/multiplicity.h"
#include "measure/special.h"

namespace filrouge::measure {
namespace {

constexpr double kNormalFrom = 100;  // of the smallest expected count

// Who has the feature, were it spread by chance: hypergeometric.
struct Table {
    double in;        // of the audience with it
    double with;      // of all with it
    double audience;  // people
    double all;

    double expected() const { return with * audience / all; }
    double smallest_expected() const {
        return std::min(with, all - with) * std::min(audience, all - audience) / all;
    }
};

double log_choose(double n, double k) {
    return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1);
}

// P(as many as seen or further from the expected count, on that side). Away from the middle the
// terms fall faster and faster; what is left is dropped at 1e-17 of the sum. The smallest expected
// count is below kNormalFrom, so that happens within some hundred terms.
double tail(const Table& t) {
    const bool more = t.in >= t.expected();
    const double last =
        more ? std::min(t.with, t.audience) : std::max(0.0, t.with + t.audience - t.all);
    double term =
        std::exp(log_choose(t.audience, t.in) + log_choose(t.all - t.audience, t.with - t.in) -
                 log_choose(t.all, t.with));
    double sum = term;
    for (double k = t.in; k != last && term > 1e-17 * sum;) {
        const double others = t.all - t.audience - t.with;
        if (more) {
            term *= (t.audience - k) * (t.with - k) / ((k + 1) * (others + k + 1));
            ++k;
        } else {
            term *= k * (others + k) / ((t.audience - k + 1) * (t.with - k + 1));
            --k;
        }
        sum += term;
    }
    return sum;
}

double p_value(const Table& t) {
    if (t.smallest_expected() < kNormalFrom) return std::min(1.0, 2 * tail(t));
    const double variance = t.expected() * (1 - t.audience / t.all) * (1 - t.with / t.all);
    const double far = std::abs(t.in - t.expected()) / std::sqrt(variance);
    return 2 * normal_cdf(-far);
}

NicheFeature measured(std::size_t at, const FeatureCount& c, double audience, double rest,
                      double z) {
    NicheFeature out;
    out.feature = at;
    const auto in = static_cast<double>(c.audience);
    const auto outside = static_cast<double>(c.rest);
    out.share_audience = in / audience;
    out.share_rest = outside / rest;
    const double log_lift =
        std::log((in + 0.5) / (audience + 0.5)) - std::log((outside + 0.5) / (rest + 0.5));
    const double deviation =
        std::sqrt(1 / (in + 0.5) - 1 / (audience + 0.5) + 1 / (outside + 0.5) - 1 / (rest + 0.5));
    out.lift = std::exp(log_lift);
    out.low = std::exp(log_lift - z * deviation);
    out.high = std::exp(log_lift + z * deviation);
    out.p_value = p_value({in, in + outside, audience, audience + rest});
    return out;
}

Result<void> check(const std::vector<FeatureCount>& features, std::uint64_t audience,
                   std::uint64_t rest, const NicheOptions& options) {
    if (features.size() > kNicheFeaturesMax || audience > kNichePeopleMax ||
        rest > kNichePeopleMax) {
        return Error{"measure.niche_too_large",
                     "The limits are " + std::to_string(kNicheFeaturesMax) + " features and " +
                         std::to_string(kNichePeopleMax) + " people a side.",
                     "Leave out the features hardly anybody has."};
    }
    if (audience == 0 || rest == 0) {
        return Error{"measure.niche_empty", "The audience or the rest has nobody; the least is 1.",
                     "Compare with everybody who is not in the audience."};
    }
    const auto share = [](double v) { return v > 0 && v < 1; };
    if (!share(options.false_discovery) || !share(options.level)) {
        return Error{"measure.niche_options",
                     "The level and the false discovery rate must lie between 0 and 1.",
                     "0.95 and 0.05 are usual."};
    }
    for (std::size_t i = 0; i < features.size(); ++i) {
        if (features[i].audience <= audience && features[i].rest <= rest) continue;
        return Error{"measure.niche_count",
                     "Feature " + std::to_string(i) + " is had by more people than there are.",
                     "Count people, not events."};
    }
    return {};
}

}  // namespace

Result<std::vector<NicheFeature>> niche(const std::vector<FeatureCount>& features,
                                        std::uint64_t audience, std::uint64_t rest,
                                        const NicheOptions& options) {
    TRY(check(features, audience, rest, options));
    const double z = normal_quantile(0.5 + options.level / 2);
    std::vector<NicheFeature> looked_at;
    std::vector<double> p_values;
    for (std::size_t i = 0; i < features.size(); ++i) {
        if (features[i].audience + features[i].rest < options.support) continue;
        looked_at.push_back(
            measured(i, features[i], static_cast<double>(audience), static_cast<double>(rest), z));
        p_values.push_back(looked_at.back().p_value);
    }
    const std::vector<double> q_values = benjamini_hochberg(p_values);
    std::vector<NicheFeature> out;
    for (std::size_t i = 0; i < looked_at.size(); ++i) {
        looked_at[i].q_value = q_values[i];
        if (q_values[i] <= options.false_discovery) out.push_back(looked_at[i]);
    }
    std::stable_sort(out.begin(), out.end(), [](const NicheFeature& a, const NicheFeature& b) {
        return a.at_least() > b.at_least();
    });
    return out;
}

}  // namespace filrouge::measure
