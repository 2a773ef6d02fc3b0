// People who resemble a seed audience.
//
// Logistic regression with a ridge on standardised features, by Newton's method (iteratively
// reweighted least squares). Both classes weigh the same in all, so the score is a resemblance and
// not the chance to be in the audience. The larger class is drawn down to kLookalikeRowsMax people,
// which moves the intercept alone (Prentice, Pyke 1979). How good it is is measured on folds the
// model has not seen, all people in one ranking by the model that did not know them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "measure/feature_matrix.h"
#include "measure/still_wanted.h"

namespace filrouge::measure {

constexpr std::size_t kLookalikeSeedsMin = 50;     // people in the seed audience, and outside it
constexpr std::size_t kLookalikeRowsMax = 10'000;  // of each class that a model learns from
constexpr std::size_t kLookalikeFolds = 4;

struct LookalikeOptions {
    double ridge = 10;  // on coefficients, beside people whose weights are 1 on average
    std::size_t top =
        0;  // people at the top whose precision is told; 0: as many as there are seeds
    std::uint64_t seed = 1;
    StillWanted still_wanted = {};
};

struct LookalikeTrait {
    std::size_t feature = 0;
    double coefficient = 0;  // change of the log odds for one standard deviation more
};

// Scores anybody of whom the features are known.
struct LookalikeModel {
    std::vector<double> weights;  // by feature, on values as they are
    double level = 0;
    float score(std::span<const float> person) const;  // 0 to 1
};

// Of the people whose score, by a model that had not seen them, is at least so much.
struct LookalikeCut {
    double score = 0;
    std::size_t people = 0;
    std::size_t seeds = 0;  // of them: their share is the precision of "score >= this"
};

struct Lookalike {
    LookalikeModel model;                // of all people
    std::vector<float> score;            // of each person, by it
    std::vector<LookalikeTrait> traits;  // by falling size of the coefficient; zeros left out
    // Held out. The base rate is the share of seeds among all.
    double auc = 0.5;             // chance that a seed ranks above another person
    double precision_at_top = 0;  // share of seeds among the first `top`
    std::array<double, 10>
        lift{};  // share of seeds in each tenth of the ranking over the base rate
    std::array<LookalikeCut, 9> cuts{};  // at 0.1, 0.2 to 0.9
};

// `seeds[person]` is not 0 for those of the seed audience. Fails with "measure.lookalike_..." or
// "measure.matrix_...". Needs 2 * kLookalikeRowsMax * features * 16 bytes beside the matrix: 64 MB
// for 200 features; 200,000 people take a few seconds then.
Result<Lookalike> look_alike(const FeatureMatrix& matrix, const std::vector<std::uint8_t>& seeds,
                             const LookalikeOptions& options = {});

}  // namespace filrouge::measure
