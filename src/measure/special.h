// Special functions of the purchase models, in the ranges those need. Thread-safe.
#pragma once

namespace filrouge::measure {

double log_gamma(double x);           // x > 0
double log_beta(double a, double b);  // both > 0

// Gauss's hypergeometric function 2F1(1, b; c; z) for 0 < b <= c and 0 <= z < 1, by the continued
// fraction of Gauss (DLMF 15.7). Its convergents fall towards the value, so that nothing cancels.
// Some 20 terms do at z = 1/2 and 180 at z = 0.99, fewer where b is large. At most 2,000 are taken:
// full precision up to z = 0.9999, and at least three digits up to 1 - 1e-6.
double gauss_2f1_of_1(double b, double c, double z);

}  // namespace filrouge::measure
