#include "measure/multiplicity.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace filrouge::measure {

std::vector<double> benjamini_hochberg(const std::vector<double>& p_values) {
    std::vector<std::size_t> order(p_values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return p_values[a] > p_values[b]; });
    std::vector<double> out(p_values.size());
    double least = 1;
    for (std::size_t i = 0; i < order.size(); ++i) {  // from the largest, whose rank is n
        const double rank = static_cast<double>(order.size() - i);
        least = std::min(least, p_values[order[i]] * static_cast<double>(order.size()) / rank);
        out[order[i]] = least;
    }
    return out;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

// Bisection on the distribution: 60 halvings of [-40, 40] leave less than 1e-16.
double normal_quantile(double p) {
    double low = -40;
    double high = 40;
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (normal_cdf(middle) < p ? low : high) = middle;
    }
    return (low + high) / 2;
}

}  // namespace filrouge::measure
