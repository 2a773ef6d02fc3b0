// Groups of people who behave alike, each with a rule a person can read.
//
// k-means (Lloyd 1982) begun with k-means++ (Arthur, Vassilvitskii 2007) on features put on one
// scale by median and median deviation (by the standard deviation where half of the people have the
// same value) and cut at 5. The number of groups is the one with the best mean silhouette
// (Rousseeuw 1987) on people drawn by chance; below `least_silhouette` there is but one group.
#pragma once

#include <cstdint>
#include <vector>

#include "measure/feature_matrix.h"
#include "measure/still_wanted.h"

namespace filrouge::measure {

constexpr std::size_t kClustersMax = 12;
constexpr std::size_t kClusterPeopleMin = 50;
constexpr std::size_t kRuleTermsMax = 3;

struct ClusterOptions {
    std::size_t most = 8;  // groups, 2 to kClustersMax
    // Kaufman and Rousseeuw 1990 see no substantial structure up to 0.25. Features that say nothing
    // lower it: with a hundred of them try 0.05.
    double least_silhouette = 0.25;
    std::uint64_t seed = 1;
    StillWanted still_wanted = {};
};

struct ClusterTerm {
    std::size_t feature = 0;
    bool at_least = true;  // value >= threshold, or else value < threshold
    float threshold = 0;   // in the feature's own unit
};

// All terms together tell who belongs. Found on one half of people drawn by chance, one term after
// the other by the best F1, and then each again beside the others; measured on the other half.
struct ClusterRule {
    std::vector<ClusterTerm> terms;  // none when no threshold tells the group from the others
    double precision = 0;            // share of those who fulfil it that belong
    double recall = 0;               // share of those who belong that fulfil it
};

struct Cluster {
    std::size_t people = 0;
    std::vector<double> means;  // of each feature, in its own unit
    ClusterRule rule;
};

struct Clusters {
    std::vector<Cluster> clusters;        // by falling size
    std::vector<std::uint8_t> of_person;  // place in clusters
    std::vector<double> silhouettes;      // of 2, 3, ... groups
    double silhouette = 0;                // of the number chosen; 0 for one group
};

// The same matrix and seed give the same groups. Needs as much memory again as the matrix, and 10
// MB. 200,000 people with 200 features take a few seconds.
Result<Clusters> find_clusters(const FeatureMatrix& matrix, const ClusterOptions& options = {});

}  // namespace filrouge::measure
