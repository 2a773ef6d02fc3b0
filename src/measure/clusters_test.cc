// Laws and edges of find_clusters().
#include "measure/clusters.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdio>
#include <limits>
#include <map>

#include "measure/data_for_test.h"

namespace filrouge::measure {
namespace {

using namespace test;

struct Crowd {
    std::vector<float> values;
    std::vector<std::size_t> truth;
    std::size_t features = 0;
    FeatureMatrix matrix() const { return {truth.size(), features, values}; }
};

// People of `groups` kinds that lie `apart` deviations from each other on every feature but the
// last, which tells nothing and is a thousand times as large as the rest.
Crowd crowd(std::uint64_t seed, std::size_t people, std::size_t groups, double apart) {
    Chance chance(seed);
    Crowd out;
    out.features = 9;
    std::vector<double> centres(groups * out.features);
    for (std::size_t g = 0; g < groups; ++g) {
        for (std::size_t f = 0; f < out.features; ++f) {
            // Signs of a Hadamard matrix: any two groups differ on half of the features.
            const bool minus = std::popcount(g & f) % 2 == 1;
            centres[g * out.features + f] = minus ? -apart / 2 : apart / 2;
        }
    }
    for (std::size_t p = 0; p < people; ++p) {
        const std::size_t g = chance.below(groups);
        out.truth.push_back(g);
        for (std::size_t f = 0; f + 1 < out.features; ++f) {
            out.values.push_back(
                static_cast<float>(centres[g * out.features + f] + normal(chance)));
        }
        out.values.push_back(static_cast<float>(1'000 * normal(chance)));
    }
    return out;
}

// Share of people in the most frequent true group of their cluster.
double purity(const Crowd& c, const Clusters& found) {
    std::map<std::pair<std::size_t, std::size_t>, double> together;
    for (std::size_t p = 0; p < c.truth.size(); ++p)
        together[{found.of_person[p], c.truth[p]}] += 1;
    std::map<std::size_t, double> most;
    for (const auto& [pair, count] : together) most[pair.first] = std::max(most[pair.first], count);
    double sum = 0;
    for (const auto& [cluster, count] : most) sum += count;
    return sum / static_cast<double>(c.truth.size());
}

TEST(Clusters, GroupsThatLieApartAreFoundWithTheirNumberAndRules) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 2; ++seed) {
        for (std::size_t groups = 2; groups <= 4; groups += 2) {
            const Crowd c = crowd(seed, 1'200, groups, 8);
            const Clusters found = find_clusters(c.matrix(), {.seed = seed}).value();
            ASSERT_EQ(found.clusters.size(), groups) << repeat(seed);
            EXPECT_GT(purity(c, found), 0.99) << repeat(seed);
            for (const Cluster& cluster : found.clusters) {
                EXPECT_GT(cluster.rule.precision, 0.9) << repeat(seed);
                EXPECT_GT(cluster.rule.recall, 0.9) << repeat(seed);
                EXPECT_LE(cluster.rule.terms.size(), kRuleTermsMax);
            }
        }
    }
}

TEST(Clusters, ThereIsOneGroupWhereNothingLiesApart) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + 4; ++seed) {
        const Crowd c = crowd(seed, 600, 1, 0);
        const Clusters found = find_clusters(c.matrix()).value();
        ASSERT_EQ(found.clusters.size(), 1u) << repeat(seed);
        EXPECT_EQ(found.clusters[0].people, 600u);
        EXPECT_EQ(found.silhouette, 0);
        EXPECT_TRUE(found.clusters[0].rule.terms.empty());
    }
}

TEST(Clusters, EveryPersonIsInOneAndTheMeansAreThose) {
    const std::uint64_t seed = test_seed(1);
    const Crowd c = crowd(seed, 500, 3, 2);
    const Clusters found = find_clusters(c.matrix(), {.most = 5, .least_silhouette = -1}).value();
    std::vector<std::size_t> people(found.clusters.size(), 0);
    std::vector<double> sums(found.clusters.size(), 0);
    for (std::size_t p = 0; p < 500; ++p) {
        ASSERT_LT(found.of_person[p], found.clusters.size());
        ++people[found.of_person[p]];
        sums[found.of_person[p]] += static_cast<double>(c.matrix().person(p)[2]);
    }
    for (std::size_t k = 0; k < people.size(); ++k) {
        EXPECT_EQ(found.clusters[k].people, people[k]);
        EXPECT_NEAR(found.clusters[k].means[2], sums[k] / static_cast<double>(people[k]), 1e-6);
        EXPECT_GE(people[k == 0 ? 0 : k - 1], people[k]);
    }
}

TEST(Clusters, TheSameSeedGivesTheSameGroups) {
    const Crowd c = crowd(test_seed(1), 400, 3, 3);
    const ClusterOptions options{.least_silhouette = -1, .seed = 9};
    EXPECT_EQ(find_clusters(c.matrix(), options).value().of_person,
              find_clusters(c.matrix(), options).value().of_person);
}

TEST(Clusters, PeopleWhoAreAllTheSameAndMalformedMatricesHaveAnAnswer) {
    const std::vector<float> same(100 * 3, 7);
    const Clusters found = find_clusters({100, 3, same}, {.least_silhouette = -1}).value();
    EXPECT_EQ(found.clusters.size(), 1u);
    const auto code = [](const FeatureMatrix& m, const ClusterOptions& options = {}) {
        const auto got = find_clusters(m, options);
        return got.ok() ? "" : got.error().code;
    };
    EXPECT_EQ(code({}), "measure.clusters_too_few");
    EXPECT_EQ(code({49, 1, std::span(same).first(49)}), "measure.clusters_too_few");
    EXPECT_EQ(code({100, 2, same}), "measure.matrix_shape");
    EXPECT_EQ(code({100'000'000, 1, same}), "measure.matrix_too_large");
    EXPECT_EQ(code({100, 3, same}, {.most = 13}), "measure.clusters_options");
    std::vector<float> broken = same;
    broken[4] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(code({100, 3, broken}), "measure.matrix_value");
    broken[4] = std::numeric_limits<float>::infinity();
    EXPECT_EQ(code({100, 3, broken}), "measure.matrix_value");
}

}  // namespace
}  // namespace filrouge::measure
