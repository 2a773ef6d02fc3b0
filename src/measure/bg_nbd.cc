// Numbers in brackets are the equations of Fader, Hardie and Lee (2005).
#include <algorithm>
#include <cmath>

#include "measure/buying.h"
#include "measure/special.h"

namespace filrouge::measure {
namespace {

constexpr int kTermsMax = 200'000;
constexpr double kPrecision = 1e-13;
constexpr double kRescaleAt = 1e200;

// log of how much likelier it is that he left right after the last purchase than that he is alive,
// by the formula for repeats > 0.
double log_odds_of_having_left(const BgNbd& m, const History& h) {
    return std::log(m.a / (m.b + h.repeats - 1)) +
           (m.r + h.repeats) * std::log((m.alpha + h.age) / (m.alpha + h.last));
}

// The part of the log-likelihood that depends on the number of purchases alone.
double constant_of(const BgNbd& m, std::uint32_t repeats) {
    return log_gamma(m.r + repeats) - log_gamma(m.r) + m.r * std::log(m.alpha) +
           log_beta(m.a, m.b + repeats) - log_beta(m.a, m.b);
}

// Purchases in `time` of somebody who is alive now, with rate ~ gamma(r, alpha) and probability of
// leaving after each ~ beta(a, b). Equation (9) is (a+b-1)/(a-1) times a difference with a 2F1,
// which cancels at a = 1 and a+b = 1. Taken apart by the number n that would be bought if nobody
// left, which is negative binomial, all terms are positive:
//
//   sum over n of NB(n; r, z) * S(n),   z = time / (alpha + time),
//   S(n) = sum over j < n of E[(1-p)^j] = sum over j < n of (b)_j / (a+b)_j
//
// At kTermsMax, more than 10^5 expected purchases, what remains is counted with S of that n: a
// lower bound.
double purchases_of_the_living(double r, double alpha, double a, double b, double time) {
    const double z = time / (alpha + time);
    double log_scale = r * std::log(alpha / (alpha + time));  // of mass and both sums
    double mass = 1, mass_sum = 1, sum = 0, stayed = 1, made = 0;
    for (int n = 1; n <= kTermsMax; ++n) {
        mass *= z * (r + n - 1) / n;
        made += stayed;
        stayed *= (b + n - 1) / (a + b + n - 1);
        mass_sum += mass;
        sum += mass * made;
        const double ratio = z * std::max(1.0, (r + n) / (n + 1)) * (1 + stayed / made);
        if (ratio < 1 && mass * made * ratio / (1 - ratio) < kPrecision * sum) {
            return sum * std::exp(log_scale);
        }
        if (mass > kRescaleAt) {
            mass /= kRescaleAt, mass_sum /= kRescaleAt, sum /= kRescaleAt;
            log_scale += std::log(kRescaleAt);
        }
    }
    const double scale = std::exp(log_scale);
    return sum * scale + std::max(0.0, 1 - mass_sum * scale) * made;
}

}  // namespace

double log_likelihood(const BgNbd& m, std::span<const BuyingRow> rows) {
    double sum = 0, constant = 0;
    const BuyingRow* previous = nullptr;
    for (const BuyingRow& row : rows) {
        const History& h = row.history;
        if (previous == nullptr || previous->history.repeats != h.repeats) {
            constant = constant_of(m, h.repeats);
        }
        double log_l = constant - (m.r + h.repeats) * std::log(m.alpha + h.age);
        if (h.repeats > 0) {
            const double odds = log_odds_of_having_left(m, h);
            log_l += std::max(odds, 0.0) + std::log1p(std::exp(-std::abs(odds)));
        }
        sum += static_cast<double>(row.customers) * log_l;
        previous = &row;
    }
    return sum;
}

double p_alive(const BgNbd& m, const History& h) {
    if (h.repeats == 0) return 1;
    return 1 / (1 + std::exp(log_odds_of_having_left(m, h)));
}

double expected_purchases(const BgNbd& m, double time) {
    return purchases_of_the_living(m.r, m.alpha, m.a, m.b, time);
}

double expected_purchases(const BgNbd& m, const History& h, double time) {
    return p_alive(m, h) *
           purchases_of_the_living(m.r + h.repeats, m.alpha + h.age, m.a, m.b + h.repeats, time);
}

}  // namespace filrouge::measure
