// What persons did, as features: how many events of a name, on a channel, of a product or property,
// on a weekday, at a time of day; days since the last event; what was spent. What sets audiences
// apart, groups of alike persons and lookalikes (measure/) begin with.
//
// Two passes: feature_counts() says how many persons have which feature, and feature_table() makes
// the matrix of those that are wanted.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audience/compile.h"
#include "audience/person.h"
#include "measure/feature_matrix.h"
#include "query/amounts.h"
#include "query/dimension.h"

namespace filrouge::query {

// 80 MB; the models want as much again beside it.
constexpr std::size_t kFeatureCellsMax = 20'000'000;
constexpr std::size_t kFeaturesMax = 200;
constexpr std::size_t kFeatureFamiliesMax = 16;

enum class FeatureKind : std::uint8_t {
    Dimension,
    Weekday,  // groups 1 (Monday) to 7
    Hours,    // groups 1 (midnight to six) to 4, by the zone
    Recency,  // a single feature: whole days since the last event
    Spent,    // a single feature: the amounts of purchases, in units of the currency
};
struct FeatureFamily {
    FeatureKind kind = FeatureKind::Dimension;
    Dimension by;              // of an array the first element counts
    Groups* groups = nullptr;  // of `by`
};
struct FeatureQuestion {
    std::vector<FeatureFamily> families;   // at most kFeatureFamiliesMax
    const audience::Zone* zone = nullptr;  // null: UTC
    EventTime now;                         // that recency counts from
    // What a purchase is: other events have amounts, too, of what was looked at or given back.
    const audience::Compiled* compiled = nullptr;  // with Spent; must outlive the question
    audience::compiled::Event purchase;
    Currency currency;  // of what was spent; unknown: amounts as they stand
    const audience::Rates* rates = nullptr;
};

struct Feature {
    std::uint32_t family = 0;
    std::uint32_t group = kNoGroup;  // none of Recency and Spent
    std::uint64_t inside = 0;        // persons of the audience who have it
    std::uint64_t outside = 0;       // other persons who have it
    std::uint64_t persons() const { return inside + outside; }
};
struct FeatureCounts {
    std::vector<Feature> features;          // by falling persons(), then family and key
    std::vector<PersonNo> people;           // with an event in the scope, ascending
    std::uint64_t inside = 0, outside = 0;  // of them
};
// `audience`: bit by person; who is in it counts as inside.
Result<FeatureCounts> feature_counts(const history::View& view, const Scope& scope,
                                     const FeatureQuestion& question,
                                     std::span<const std::uint64_t> audience, Run& run);

struct FeatureTable {
    std::vector<Feature> features;  // by column: Recency and Spent, then the most frequent
    std::vector<PersonNo> people;   // by row, ascending
    std::vector<float> values;
    measure::FeatureMatrix matrix() const { return {people.size(), features.size(), values}; }
};
// The `most` most frequent features of at least `support` persons. Of more persons than fit into
// kFeatureCellsMax so many are drawn, by a hash of person and seed.
Result<FeatureTable> feature_table(const history::View& view, const Scope& scope,
                                   const FeatureQuestion& question, const FeatureCounts& counts,
                                   std::size_t most, std::uint64_t support, std::uint64_t seed,
                                   Run& run);

}  // namespace filrouge::query
