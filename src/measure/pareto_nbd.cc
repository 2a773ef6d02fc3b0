#include <algorithm>
#include <cmath>
#include <limits>

#include "measure/buying.h"
#include "measure/special.h"

namespace filrouge::measure {
namespace {

// Averaged over all customers, and without the factors that both parts share, the likelihood of a
// history is that of being alive at its end plus that of having left between `last` and `age`:
//
//   (alpha+age)^-(r+x) (beta+age)^-s  +  s * integral from last to age of
//                                        (alpha+u)^-(r+x) (beta+u)^-(s+1) du
//
// log_tail is the log of that integral from t to infinity. Schmittlein et al. write it with
// 2F1(r+s+x, .; r+s+x+1; z); Euler's transformation (DLMF 15.8.1) leaves 2F1(1, .; .; z), which is
// near 1 and computed without cancellation, so that the powers can stay logarithms.
double log_tail(const ParetoNbd& m, double shape, double t) {
    const double total = shape + m.s;
    const bool alpha_larger = m.alpha >= m.beta;
    const double b = alpha_larger ? shape : m.s + 1;  // the power of the larger
    const double larger = std::max(m.alpha, m.beta) + t;
    const double smaller = std::min(m.alpha, m.beta) + t;
    const double f = gauss_2f1_of_1(b, total + 1, (larger - smaller) / larger);
    return std::log(f / total) - b * std::log(larger) - (total - b) * std::log(smaller);
}

double log_alive(const ParetoNbd& m, double shape, double age) {
    return -shape * std::log(m.alpha + age) - m.s * std::log(m.beta + age);
}

// Both parts: log of the first, and log of the sum.
struct Parts {
    double log_alive;
    double log_sum;
};

Parts parts_of(const ParetoNbd& m, double shape, double age, double log_tail_last,
               double log_tail_age) {
    const double alive = log_alive(m, shape, age);
    const double log_s = std::log(m.s);
    const double scale = std::max(alive, log_tail_last + log_s);
    // s times the tail from `age` is at most `alive`: the sum cannot cancel.
    const double sum = std::exp(alive - scale) - std::exp(log_tail_age + log_s - scale) +
                       std::exp(log_tail_last + log_s - scale);
    return {alive, scale + std::log(std::max(sum, std::numeric_limits<double>::min()))};
}

// (1 - exp(-(s-1) * length)) / (s-1), smooth at s = 1.
double declining(double s, double length) {
    const double power = s - 1;
    return std::abs(power) < 1e-12 ? length : -std::expm1(-power * length) / power;
}

}  // namespace

double log_likelihood(const ParetoNbd& m, std::span<const BuyingRow> rows) {
    double sum = 0, constant = 0, tail_age = 0, tail_last = 0;
    const History* previous = nullptr;
    for (const BuyingRow& row : rows) {
        const History& h = row.history;
        const double shape = m.r + h.repeats;
        const bool same = previous != nullptr && previous->repeats == h.repeats;
        if (!same) {
            constant = log_gamma(shape) - log_gamma(m.r) + m.r * std::log(m.alpha) +
                       m.s * std::log(m.beta);
        }
        // The tails cost most of it: in sorted rows one of the two is often that of the row before.
        if (!same || previous->last != h.last) tail_last = log_tail(m, shape, h.last);
        if (!same || previous->age != h.age) tail_age = log_tail(m, shape, h.age);
        const Parts parts = parts_of(m, shape, h.age, tail_last, tail_age);
        sum += static_cast<double>(row.customers) * (constant + parts.log_sum);
        previous = &h;
    }
    return sum;
}

double p_alive(const ParetoNbd& m, const History& h) {
    const double shape = m.r + h.repeats;
    const Parts parts =
        parts_of(m, shape, h.age, log_tail(m, shape, h.last), log_tail(m, shape, h.age));
    return std::min(1.0, std::exp(parts.log_alive - parts.log_sum));
}

double expected_purchases(const ParetoNbd& m, double time) {
    const double length = std::log1p(time / m.beta);
    return m.r * m.beta / m.alpha * declining(m.s, length);
}

double expected_purchases(const ParetoNbd& m, const History& h, double time) {
    const double length = std::log1p(time / (m.beta + h.age));
    return p_alive(m, h) * (m.r + h.repeats) * (m.beta + h.age) / (m.alpha + h.age) *
           declining(m.s, length);
}

}  // namespace filrouge::measure
