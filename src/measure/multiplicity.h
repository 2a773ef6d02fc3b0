// What many looks at once ask for: p values from which the false alarms of looking often are taken,
// and the normal distribution they start from.
#pragma once

#include <vector>

namespace filrouge::measure {

// The least false discovery rate at which each is called a finding (Benjamini, Hochberg 1995): of
// all with a result <= 0.05, one in twenty is expected to be none. In the order given; holds for
// independent and for positively dependent p values.
std::vector<double> benjamini_hochberg(const std::vector<double>& p_values);

double normal_cdf(double z);
double normal_quantile(double p);  // 0 < p < 1

}  // namespace filrouge::measure
