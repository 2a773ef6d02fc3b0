// People and what is measured of each, as the models of audiences read it.
#pragma once

#include <cmath>
#include <span>
#include <string>

#include "base/result.h"

namespace filrouge::measure {

constexpr std::size_t kMatrixCellsMax = 50'000'000;  // 200 MB: 200,000 people with 250 features
constexpr std::size_t kMatrixFeaturesMax = 1'000;

struct FeatureMatrix {
    std::size_t people = 0;
    std::size_t features = 0;
    std::span<const float> values;  // person by person; finite, below 1e15 either way

    std::span<const float> person(std::size_t at) const {
        return values.subspan(at * features, features);
    }
};

// "measure.matrix_..." when the matrix is malformed, too large or holds what is not a number.
inline Result<void> check_matrix(const FeatureMatrix& m) {
    if (m.features > kMatrixFeaturesMax || m.people > kMatrixCellsMax ||
        m.people * m.features > kMatrixCellsMax) {
        return Error{"measure.matrix_too_large",
                     "There are " + std::to_string(m.people) + " people with " +
                         std::to_string(m.features) + " features; the limits are " +
                         std::to_string(kMatrixFeaturesMax) + " features and " +
                         std::to_string(kMatrixCellsMax) + " values.",
                     "Draw people by chance, or leave out features hardly anybody has."};
    }
    if (m.values.size() != m.people * m.features) {
        return Error{"measure.matrix_shape",
                     "There are " + std::to_string(m.values.size()) + " values for " +
                         std::to_string(m.people) + " people with " + std::to_string(m.features) +
                         " features.",
                     "Give one value for each person and feature."};
    }
    for (std::size_t i = 0; i < m.values.size(); ++i) {
        if (std::abs(m.values[i]) < 1e15F) continue;
        return Error{"measure.matrix_value",
                     "Feature " + std::to_string(i % m.features) + " of person " +
                         std::to_string(i / m.features) + " is no usable number.",
                     "Write 0 or the feature's median where nothing is known."};
    }
    return {};
}

}  // namespace filrouge::measure
