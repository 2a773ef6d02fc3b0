#include "measure/special.h"

#include <cmath>

namespace filrouge::measure {
namespace {

constexpr int kPairsMax = 1'000;  // of terms
constexpr double kPrecision = 1e-16;

}  // namespace

double log_gamma(double x) {
    int sign = 0;  // std::lgamma would write it to a global
    return ::lgamma_r(x, &sign);
}

double log_beta(double a, double b) { return log_gamma(a) + log_gamma(b) - log_gamma(a + b); }

// Lentz's method, as Thompson and Barnett (1986) have it: `ratio` and `inverse` are the quotients
// of neighbouring numerators and denominators of the convergents, all positive here.
double gauss_2f1_of_1(double b, double c, double z) {
    double value = 1 - b / c * z;
    double ratio = value, inverse = 1;
    const auto next = [&](double numerator) {
        inverse = 1 / (1 - numerator * inverse);
        ratio = 1 - numerator / ratio;
        value *= ratio * inverse;
    };
    for (int n = 1; n <= kPairsMax; ++n) {
        const double before = value;
        next(z * n * (c - b + n - 1) / ((c + 2 * n - 2) * (c + 2 * n - 1)));
        next(z * (b + n) * (c + n - 1) / ((c + 2 * n - 1) * (c + 2 * n)));
        if (std::abs(value - before) <= kPrecision * value) break;
    }
    return 1 / value;
}

}  // namespace filrouge::measure
