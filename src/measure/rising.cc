#include "measure/rising.h"

#include <algorithm>
#include <cmath>

#include "measure/multiplicity.h"
#include "measure/robust.h"
#include "measure/special.h"

namespace filrouge::measure {
namespace {

constexpr double kExactUpTo = 10'000;  // sightings; beyond, the normal distribution is near enough
constexpr double kSpreadFrom = 10;     // sightings that say something about a thing's spread
constexpr double kFar = 3;             // standard deviations
constexpr int kRounds = 3;
constexpr int kHalvings = 40;

// What is true of things that do not stand out.
struct Typical {
    double share = 0.5;  // of the sightings that are recent
    double correlation = 0;
    bool spread_known = false;
};

double variance(double n, const Typical& t) {
    return n * t.share * (1 - t.share) * (1 + (n - 1) * t.correlation);
}

double deviations(const Counted& c, const Typical& t) {
    const double n = c.recent + c.before;
    return n > 0 ? (c.recent - n * t.share) / std::sqrt(variance(n, t)) : 0;
}

std::vector<Counted> often_seen(const std::vector<Counted>& things) {
    std::vector<Counted> out;
    std::copy_if(things.begin(), things.end(), std::back_inserter(out),
                 [](const Counted& c) { return c.recent + c.before >= kSpreadFrom; });
    return out;
}

// The correlation at which half of the things lie within the quartiles of chance. `often` not
// empty.
double correlation_of(const std::vector<Counted>& often, Typical t) {
    constexpr double kQuartile = 0.6745;  // of the normal distribution
    std::vector<double> far(often.size());
    const auto too_wide = [&](double correlation) {
        t.correlation = correlation;
        std::transform(often.begin(), often.end(), far.begin(),
                       [&](const Counted& c) { return std::abs(deviations(c, t)); });
        return median(far) > kQuartile;
    };
    double low = 0;
    double high = 0.5;
    if (!too_wide(low)) return 0;
    for (int i = 0; i < kHalvings; ++i) {
        const double middle = (low + high) / 2;
        (too_wide(middle) ? low : high) = middle;
    }
    return high;
}

double pooled_share(const std::vector<Counted>& things, const Typical& t) {
    double recent = 0;
    double all = 0;
    for (const Counted& c : things) {
        if (std::abs(deviations(c, t)) > kFar) continue;
        recent += c.recent;
        all += c.recent + c.before;
    }
    return all > 0 ? std::clamp(recent / all, 1e-9, 1 - 1e-9) : t.share;
}

// Begins with medians, so that even many things that rise do not pass for typical. Of a few things
// the middle one is all there is, and chance may have put it anywhere: it says that all grew, but
// not that all fell.
Typical typical_of(const std::vector<Counted>& things, const RisingOptions& options) {
    Typical out;
    out.share = options.recent_days / (options.recent_days + options.before_days);
    const std::vector<Counted> often = often_seen(things);
    if (often.size() < 2) return out;
    std::vector<double> shares;
    shares.reserve(often.size());
    for (const Counted& c : often) shares.push_back(c.recent / (c.recent + c.before));
    const double middle = std::clamp(median(shares), 1e-9, 1 - 1e-9);
    out.spread_known = often.size() >= kRisingOthersMin;
    if (!out.spread_known) {
        out.share = std::max(out.share, middle);
        return out;
    }
    out.share = middle;
    for (int round = 0; round < kRounds; ++round) {
        out.correlation = correlation_of(often, out);
        out.share = pooled_share(things, out);
    }
    return out;
}

// The beta-binomial of n sightings, or the binomial without correlation.
class Recent {
  public:
    Recent(double n, const Typical& t) : n_(n), share_(t.share), binomial_(t.correlation <= 1e-9) {
        const double size = binomial_ ? 0 : (1 - t.correlation) / t.correlation;
        a_ = size * t.share;
        b_ = size * (1 - t.share);
    }
    double probability(double k) const {
        double log = log_gamma(n_ + 1) - log_gamma(k + 1) - log_gamma(n_ - k + 1);
        if (binomial_)
            log += k * std::log(share_) + (n_ - k) * std::log1p(-share_);
        else
            log += log_gamma(k + a_) + log_gamma(n_ - k + b_) - log_gamma(n_ + a_ + b_) -
                   log_gamma(a_) - log_gamma(b_) + log_gamma(a_ + b_);
        return std::exp(log);
    }
    // P(k + 1) over P(k), for k below n.
    double step(double k) const {
        const double odds = binomial_ ? share_ / (1 - share_) : (k + a_) / (n_ - k - 1 + b_);
        return (n_ - k) / (k + 1) * odds;
    }

  private:
    double n_, share_;
    bool binomial_;
    double a_ = 0, b_ = 0;
};

// P(at least k of n). Terms follow from their neighbour, away from the mean: begun on its far side
// the first of them may be too small for a double, and so would be all that follow from it.
double upper_tail(double n, double k, const Typical& t) {
    if (k <= 0) return 1;
    if (n > kExactUpTo) {
        return normal_cdf((n * t.share - k + 0.5) / std::sqrt(variance(n, t)));
    }
    const Recent recent(n, t);
    const bool below = k <= n * t.share;
    double at = below ? k - 1 : k;
    double term = recent.probability(at);
    double sum = 0;
    while (at >= 0 && at <= n) {  // at most kExactUpTo terms
        sum += term;
        if (term < 1e-17 * sum) break;
        if (below)
            term = at > 0 ? term / recent.step(at - 1) : 0;
        else
            term = at < n ? term * recent.step(at) : 0;
        at += below ? -1 : 1;
    }
    return below ? std::max(1 - sum, 0.0) : std::min(sum, 1.0);
}

// Lower end of Wilson's interval of a share, with as many sightings as the correlation leaves.
double wilson_low(double share, double n, double z) {
    const double centre = share + z * z / (2 * n);
    const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    return std::max(0.0, (centre - half) / (1 + z * z / n));
}

// `days` turns odds of the share into growth; `z` is the interval's reach.
RisingThing measured(std::size_t at, const Counted& c, const Typical& t, double days, double z) {
    const double n = c.recent + c.before;
    RisingThing out;
    out.thing = at;
    out.expected = n * t.share;
    out.growth = days * (c.recent + 1 / days) / (c.before + 1);
    if (n <= 0) return out;
    const double low = wilson_low(c.recent / n, n / (1 + (n - 1) * t.correlation), z);
    out.growth_low = std::min(days * low / std::max(1 - low, 1e-12), out.growth);
    out.p_value = upper_tail(n, c.recent, t);
    return out;
}

bool whole(double v) { return v >= 0 && v <= kRisingCountMax && v == std::floor(v); }

Result<void> check(const std::vector<Counted>& things, const RisingOptions& options) {
    if (things.size() > kRisingThingsMax) {
        return Error{"measure.rising_too_many",
                     "There are " + std::to_string(things.size()) + " things; the limit is " +
                         std::to_string(kRisingThingsMax) + ".",
                     "Leave out what was seen once."};
    }
    for (std::size_t i = 0; i < things.size(); ++i) {
        if (whole(things[i].recent) && whole(things[i].before)) continue;
        return Error{"measure.rising_count",
                     "A count of thing " + std::to_string(i) +
                         " is not a whole number from 0 to 1000000000.",
                     "Count sightings; amounts of money vary in another way."};
    }
    const bool days = options.recent_days > 0 && options.before_days > 0 &&
                      options.recent_days < 1e6 && options.before_days < 1e6;
    const auto share = [](double v) { return v > 0 && v < 1; };
    if (!days || !share(options.false_discovery) || !share(options.level)) {
        return Error{"measure.rising_options",
                     "Both times must be above 0, the level and the false discovery rate between 0 "
                     "and 1.",
                     "7 and 28 days, 0.95 and 0.1 are usual."};
    }
    return {};
}

}  // namespace

Result<Rising> rising(const std::vector<Counted>& things, const RisingOptions& options) {
    TRY(check(things, options));
    const Typical typical = typical_of(things, options);
    Rising out;
    out.correlation = typical.correlation;
    out.spread_known = typical.spread_known;
    const double days = options.before_days / options.recent_days;
    out.typical_growth = typical.share / (1 - typical.share) * days;
    const double z = normal_quantile(0.5 + options.level / 2);
    std::vector<RisingThing> all;
    std::vector<double> p_values;
    for (std::size_t i = 0; i < things.size(); ++i) {
        all.push_back(measured(i, things[i], typical, days, z));
        p_values.push_back(all.back().p_value);
    }
    const std::vector<double> q_values = benjamini_hochberg(p_values);
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].q_value = q_values[i];
        if (q_values[i] <= options.false_discovery) out.things.push_back(all[i]);
    }
    std::stable_sort(
        out.things.begin(), out.things.end(),
        [](const RisingThing& a, const RisingThing& b) { return a.growth_low > b.growth_low; });
    return out;
}

}  // namespace filrouge::measure
