// Middle and spread that a few wild values do not move.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace filrouge::measure {

constexpr double kDeviationsPerMad = 1.4826;  // makes the MAD a standard deviation for normal data

// The lower of the two middle values of an even number; `values` not empty, without NaN.
inline double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// Median absolute deviation from `centre`, as a standard deviation.
inline double deviation_from(std::vector<double> values, double centre) {
    for (double& v : values) v = std::abs(v - centre);
    return kDeviationsPerMad * median(std::move(values));
}

}  // namespace filrouge::measure
