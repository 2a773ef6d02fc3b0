// How much the agreement of two records says: Fellegi and Sunter, "A theory for record linkage",
// JASA 64 (1969). Of each level of each field, m is how often it is met in matches, u in pairs of
// strangers; its weight is log2(m / u), and weights add up to the evidence of a pair. Values that
// are missing are neutral (Enamorado, Fifield and Imai, APSR 113 (2019), section on missing data).
//
// Learnt without labels (matching/training.h). A value that many share says less than a rare one:
// its own frequency stands for u (Winkler, "Frequency-based matching in the Fellegi-Sunter model",
// 1989). What a household shares can at most make it even whether two records are one person: the
// rest has to come from a field of the person's own, or every family would be one customer. And a
// town that comes with its postcode is no evidence of its own.
#pragma once

#include <array>
#include <vector>

#include "matching/comparer.h"

namespace filrouge::matching {

struct LevelModel {
    double m = 0, u = 0;
    double random = 0;  // share in all pairs, matches among them
    double weight = 0;  // log2(m / u), of it and neighbours where they are out of order
};
using FieldModel = std::array<LevelModel, kLevelsMax>;  // [kMissing] is all zero

struct Model {
    std::vector<FieldModel> fields;
    double prior = 0;  // share of matches in all pairs
    bool households = true;

    double prior_weight() const;  // log2 of the prior's odds
};

// Posterior of a pair by its weight, without the prior, and the prior.
double probability(double weight, double prior);

// The weight of pairs by a trained model. Thread-safe.
class Scorer {
  public:
    Scorer(const Records& records, bool between, const Model& model);

    // Something when the pair's weight is at least `least`. Stops as soon as it cannot be.
    std::optional<double> weight(std::uint32_t a, std::uint32_t b, double least) const;
    // What each field adds, for who reviews a pair; the sum may be more than weight() where the
    // household's fields are held back.
    void explain(std::uint32_t a, std::uint32_t b, Levels& levels,
                 std::array<double, kFieldsMax>& weights) const;

  private:
    // What the fields add, and which of that a household shares; or the most that it can be.
    struct Sum {
        std::array<double, kFieldsMax> weights{};
        std::array<bool, kFieldsMax> of_household{};
        bool same_postcode = false;  // then their town is no news
    };
    double equal_weight(std::size_t field, ValueNo value) const;
    void set(Sum& sum, std::size_t field, Level level) const;
    double total(const Sum& sum) const;

    const Records& records_;
    bool between_;
    const Model& model_;
    Comparer comparer_;
    std::array<double, kFieldsMax> unequal_best_{};  // the most a field may add when unequal
    double household_most_ = 0;
};

}  // namespace filrouge::matching
