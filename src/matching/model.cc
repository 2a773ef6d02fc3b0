#include "matching/model.h"

#include <algorithm>
#include <cmath>

namespace filrouge::matching {

double Model::prior_weight() const { return std::log2(prior / (1 - prior)); }

double probability(double weight, double prior) {
    return 1 / (1 + std::exp2(-weight) * (1 - prior) / prior);
}

Scorer::Scorer(const Records& records, bool between, const Model& model)
    : records_(records), between_(between), model_(model), comparer_(records) {
    for (std::size_t f = 0; f < records.fields().size(); ++f) {
        const FieldModel& field = model.fields[f];
        for (std::size_t l = kEqual + 1; l < kLevelsMax; ++l)
            unequal_best_[f] = std::max(unequal_best_[f], field[l].weight);
    }
    household_most_ = -model.prior_weight();
}

// u of a value is the chance that a stranger has it: how many rows share it, without those that
// are expected to be of the same person. (Frequencies counted with the duplicates in them would
// make every rare value look as common as its duplicates.)
double Scorer::equal_weight(std::size_t field, ValueNo value) const {
    const LevelModel& equal = model_.fields[field][kEqual];
    const auto share = [](double having, double rows) { return having / std::max(rows, 1.0); };
    const auto count = [&](Side side) { return double(records_.count(field, value, side)); };
    const double first = count(Side::First), second = count(Side::Second);
    const double rows = records_.rows();
    const double having = between_ ? std::max(share(first, records_.rows(Side::First)),
                                              share(second, records_.rows(Side::Second)))
                                   : share(first + second - 1, rows - 1);
    const double strangers = std::max(having - model_.prior * equal.m, 0.5 / rows);
    return std::log2(equal.m / std::min(strangers, 1.0));
}

void Scorer::set(Sum& sum, std::size_t field, Level level) const {
    sum.weights[field] = model_.fields[field][level].weight;
    const FieldKind kind = records_.fields()[field].kind;
    sum.of_household[field] = is_of_household(kind, level);
    if (kind == FieldKind::Postcode) sum.same_postcode = level == kEqual;
}

double Scorer::total(const Sum& sum) const {
    double own = 0, household = 0;
    for (std::size_t f = 0; f < records_.fields().size(); ++f) {
        const bool told = sum.same_postcode && records_.fields()[f].kind == FieldKind::Town;
        const double weight = told ? std::min(sum.weights[f], 0.0) : sum.weights[f];
        (sum.of_household[f] ? household : own) += weight;
    }
    return own + (model_.households ? std::min(household, household_most_) : household);
}

std::optional<double> Scorer::weight(std::uint32_t a, std::uint32_t b, double least) const {
    // First the most that each field can add: known from equal and missing values alone.
    Sum sum;
    std::array<bool, kFieldsMax> open{};
    const std::size_t n = records_.fields().size();
    for (std::size_t f = 0; f < n; ++f) {
        const ValueNo x = records_.value(a, f), y = records_.value(b, f);
        if (x == 0 || y == 0) continue;
        open[f] = x != y;
        set(sum, f, open[f] ? kEqual + 1 : kEqual);
        sum.weights[f] = open[f] ? unequal_best_[f] : equal_weight(f, x);
    }
    if (total(sum) < least) return std::nullopt;
    if (comparer_.given() && open[*comparer_.given()] && comparer_.swapped(a, b)) {
        set(sum, *comparer_.given(), kSwapped);
        sum.weights[comparer_.surname()] = 0;
        open[*comparer_.given()] = open[comparer_.surname()] = false;
    }
    for (std::size_t f = 0; f < n; ++f) {
        if (!open[f]) continue;
        set(sum, f, comparer_.compare(a, b, f));
        if (total(sum) < least) return std::nullopt;
    }
    return total(sum);
}

void Scorer::explain(std::uint32_t a, std::uint32_t b, Levels& levels,
                     std::array<double, kFieldsMax>& weights) const {
    comparer_.compare(a, b, levels);
    for (std::size_t f = 0; f < records_.fields().size(); ++f) {
        weights[f] = levels[f] == kEqual ? equal_weight(f, records_.value(a, f))
                                         : model_.fields[f][levels[f]].weight;
    }
}

}  // namespace filrouge::matching
