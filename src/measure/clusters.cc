#include "measure/clusters.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "measure/cluster_rules.h"
#include "measure/kmeans.h"
#include "measure/robust.h"

namespace filrouge::measure {
namespace {

using Eigen::Index;

constexpr std::size_t kPeopleForScales = 5'000;
constexpr std::size_t kPeopleForNumber = 3'000;      // on whom the number of groups is tried
constexpr std::size_t kPeopleForSilhouette = 1'000;  // of those
constexpr std::size_t kPeopleForRules = 20'000;
constexpr float kCut = 5;  // deviations: what lies beyond shall not make a group of its own
constexpr int kStarts = 3;
constexpr int kSteps = 20;

// Up to `most` people, each once.
std::vector<std::size_t> drawn(std::size_t people, std::size_t most, Chance& chance) {
    std::vector<std::size_t> all(people);
    std::iota(all.begin(), all.end(), std::size_t{0});
    const std::size_t wanted = std::min(people, most);
    for (std::size_t i = 0; i < wanted; ++i) std::swap(all[i], all[i + chance.below(people - i)]);
    all.resize(wanted);
    return all;
}

struct Scale {
    float centre = 0;
    float factor = 0;  // 0 for a feature that is the same for all
};

Scale scale_of(const std::vector<double>& values) {
    const double centre = median(values);
    double spread = deviation_from(values, centre);
    if (spread <= 0) {
        double squares = 0;
        for (const double v : values) squares += (v - centre) * (v - centre);
        spread = std::sqrt(squares / static_cast<double>(values.size()));
    }
    if (spread <= 1e-9 * std::abs(centre) || spread <= 1e-30) return {};
    return {static_cast<float>(centre), static_cast<float>(1 / spread)};
}

Points standardised(const FeatureMatrix& m, Chance& chance) {
    const std::vector<std::size_t> some = drawn(m.people, kPeopleForScales, chance);
    std::vector<Scale> scales;
    std::vector<double> values(some.size());
    for (std::size_t f = 0; f < m.features; ++f) {
        std::transform(some.begin(), some.end(), values.begin(), [&](std::size_t person) {
            return static_cast<double>(m.person(person)[f]);
        });
        scales.push_back(scale_of(values));
    }
    Points out(static_cast<Index>(m.people), static_cast<Index>(m.features));
    for (std::size_t p = 0; p < m.people; ++p) {
        const std::span<const float> row = m.person(p);
        float* to = out.data() + p * m.features;
        for (std::size_t f = 0; f < m.features; ++f) {
            to[f] = std::clamp((row[f] - scales[f].centre) * scales[f].factor, -kCut, kCut);
        }
    }
    return out;
}

Points rows_of(const Points& points, const std::vector<std::size_t>& rows) {
    Points out(static_cast<Index>(rows.size()), points.cols());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out.row(static_cast<Index>(i)) = points.row(static_cast<Index>(rows[i]));
    }
    return out;
}

Eigen::MatrixXf distances_between(const Points& points) {
    Eigen::MatrixXf out(points.rows(), points.rows());
    for (Index i = 0; i < points.rows(); ++i) {
        out.col(i) = (points.rowwise() - points.row(i)).rowwise().norm();
    }
    return out;
}

Grouping best_of_starts(const Points& points, std::size_t groups, Chance& chance,
                        const StillWanted& still_wanted) {
    const auto grouped = [&] {
        return group_points(points, spread_centres(points, groups, chance), kSteps, still_wanted);
    };
    Grouping best = grouped();
    for (int start = 1; start < kStarts && wanted(still_wanted); ++start) {
        Grouping other = grouped();
        if (other.inertia < best.inertia) best = std::move(other);
    }
    return best;
}

// Centres on people drawn by chance, in the best number; says in `out` how good each number is.
Points chosen_centres(const Points& points, const ClusterOptions& options, Chance& chance,
                      Clusters& out) {
    const Points some =
        rows_of(points, drawn(static_cast<std::size_t>(points.rows()), kPeopleForNumber, chance));
    const Index judged = std::min(some.rows(), static_cast<Index>(kPeopleForSilhouette));
    const Eigen::MatrixXf distances = distances_between(some.topRows(judged));
    Points best = some.colwise().mean();
    for (std::size_t groups = 2; groups <= options.most && wanted(options.still_wanted); ++groups) {
        Grouping g = best_of_starts(some, groups, chance, options.still_wanted);
        g.group.resize(static_cast<std::size_t>(judged));
        out.silhouettes.push_back(silhouette(distances, g.group, groups));
        if (out.silhouettes.back() < options.least_silhouette) continue;
        if (out.silhouettes.back() <= out.silhouette) continue;
        out.silhouette = out.silhouettes.back();
        best = std::move(g.centres);
    }
    return best;
}

// Numbers the groups by falling size, drops empty ones, and sums them up in the features' units.
void describe(const FeatureMatrix& m, const Grouping& g, Clusters& out) {
    std::vector<std::size_t> sizes(static_cast<std::size_t>(g.centres.rows()), 0);
    for (const std::uint8_t group : g.group) ++sizes[group];
    std::vector<std::uint8_t> order(sizes.size());
    std::iota(order.begin(), order.end(), std::uint8_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint8_t a, std::uint8_t b) { return sizes[a] > sizes[b]; });
    std::vector<std::uint8_t> place(sizes.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = static_cast<std::uint8_t>(i);
        if (sizes[order[i]] == 0) continue;
        out.clusters.push_back({sizes[order[i]], std::vector<double>(m.features, 0), {}});
    }
    out.of_person.resize(m.people);
    for (std::size_t p = 0; p < m.people; ++p) {
        out.of_person[p] = place[g.group[p]];
        Cluster& cluster = out.clusters[out.of_person[p]];
        const std::span<const float> row = m.person(p);
        for (std::size_t f = 0; f < m.features; ++f) {
            cluster.means[f] += static_cast<double>(row[f]) / static_cast<double>(cluster.people);
        }
    }
}

Result<void> check(const FeatureMatrix& matrix, const ClusterOptions& options) {
    TRY(check_matrix(matrix));
    if (matrix.people < kClusterPeopleMin || matrix.features == 0) {
        return Error{"measure.clusters_too_few",
                     "There are " + std::to_string(matrix.people) + " people with " +
                         std::to_string(matrix.features) + " features; the least are " +
                         std::to_string(kClusterPeopleMin) + " and 1.",
                     "Take a larger audience."};
    }
    if (options.most < 2 || options.most > kClustersMax || std::isnan(options.least_silhouette)) {
        return Error{"measure.clusters_options",
                     "There may be 2 to " + std::to_string(kClustersMax) + " groups at most.",
                     "8 is usual: more are hardly told apart."};
    }
    return {};
}

}  // namespace

Result<Clusters> find_clusters(const FeatureMatrix& matrix, const ClusterOptions& options) {
    TRY(check(matrix, options));
    Chance chance(options.seed);
    const Points points = standardised(matrix, chance);
    Clusters out;
    Points centres = chosen_centres(points, options, chance, out);
    describe(matrix, group_points(points, std::move(centres), kSteps, options.still_wanted), out);
    const std::vector<std::size_t> some = drawn(matrix.people, kPeopleForRules, chance);
    if (out.clusters.size() > 1) add_rules(matrix, some, options.still_wanted, out);
    return out;
}

}  // namespace filrouge::measure
