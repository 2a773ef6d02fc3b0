// What persons did, as features that have names, and as clauses of rules where a rule can say them.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/question.h"
#include "query/features.h"

namespace filrouge::engine {

class Features {
  public:
    explicit Features(Asking& asking) : asking_(asking) {}
    Features(const Features&) = delete;  // the question points at the groups
    Features& operator=(const Features&) = delete;

    // "features": event, channel, product, place, source, weekday, hours, recency, spent or
    // properties; `otherwise` when absent. And "currency" and "purchase".
    Result<void> read(Arguments& arguments, const std::vector<std::string>& otherwise);
    const query::FeatureQuestion& question() const { return question_; }

    std::string family(const query::Feature& feature) const { return names_[feature.family]; }
    std::string value(const query::Feature& feature) const;  // "Product Viewed", "Monday"
    std::string name(const query::Feature& feature) const;   // "event = Product Viewed"
    // Who has the feature so often, or less often: nothing where a rule cannot say it, as of a
    // property that has several values in an event: here its first counts, to a rule each.
    std::optional<audience::Node> clause(const query::Feature& feature, bool at_least,
                                         double threshold) const;
    // All of them, in the question's time; nothing where a rule cannot say the same.
    std::optional<std::string> rule(const std::vector<audience::Node>& clauses,
                                    bool needs_event) const;

  private:
    Result<void> add(const std::string& name);
    std::optional<audience::EventMatch> events_of(const query::Feature& feature) const;
    bool has_arrays(const std::string& property) const;
    Asking& asking_;
    query::FeatureQuestion question_;
    std::vector<std::string> names_;                           // of families
    mutable std::map<std::string, bool, std::less<>> arrays_;  // by property, looked for once
    std::array<query::Groups, query::kFeatureFamiliesMax> groups_;
};

constexpr std::uint64_t kDrawSeed = 1;         // the same question has the same answer
constexpr std::uint64_t kFeatureSupport = 20;  // persons who have a feature, at least
constexpr std::size_t kFeaturesShown = 50;

// The matrix of the most frequent features, and as much memory again taken for the models: there is
// no way back out of them once they run. Error: query.*.
Result<query::FeatureTable> feature_table(Asking& asking, const Features& features,
                                          const query::FeatureCounts& counts);

}  // namespace filrouge::engine
