#include "measure/kmeans.h"

#include <algorithm>
#include <limits>

namespace filrouge::measure {
namespace {

using Eigen::Index;
using Eigen::VectorXf;

constexpr Index kBlock = 4'096;        // points whose distances are worked out at once
constexpr double kStillMoving = 1e-3;  // share of points; fewer end the steps

// Puts each point into the group of the nearest centre; says how many changed theirs.
std::size_t assign(const Points& points, Grouping& g) {
    std::size_t changed = 0;
    g.inertia = 0;
    const Eigen::RowVectorXf lengths = g.centres.rowwise().squaredNorm().transpose();
    for (Index from = 0; from < points.rows(); from += kBlock) {
        const auto block = points.middleRows(from, std::min(kBlock, points.rows() - from));
        // Squared distance less the point's own squared length, which no choice changes.
        const Points score = (-2 * block * g.centres.transpose()).rowwise() + lengths;
        for (Index i = 0; i < block.rows(); ++i) {
            Index nearest = 0;
            const float least = score.row(i).minCoeff(&nearest);
            g.inertia += std::max(0.0F, least + block.row(i).squaredNorm());
            std::uint8_t& group = g.group[static_cast<std::size_t>(from + i)];
            changed += group != static_cast<std::uint8_t>(nearest) ? 1 : 0;
            group = static_cast<std::uint8_t>(nearest);
        }
    }
    return changed;
}

void move_centres(const Points& points, Grouping& g) {
    Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(g.centres.rows(), points.cols());
    Eigen::VectorXd counts = Eigen::VectorXd::Zero(g.centres.rows());
    for (Index i = 0; i < points.rows(); ++i) {
        const Index group = g.group[static_cast<std::size_t>(i)];
        sums.row(group) += points.row(i).cast<double>();
        counts[group] += 1;
    }
    for (Index c = 0; c < counts.size(); ++c) {
        if (counts[c] > 0) g.centres.row(c) = (sums.row(c) / counts[c]).cast<float>();
    }
}

}  // namespace

Points spread_centres(const Points& points, std::size_t groups, Chance& chance) {
    const auto n = static_cast<std::size_t>(points.rows());
    Points centres(static_cast<Index>(groups), points.cols());
    centres.row(0) = points.row(static_cast<Index>(chance.below(n)));
    VectorXf nearest = VectorXf::Constant(points.rows(), std::numeric_limits<float>::max());
    for (Index c = 1; c < centres.rows(); ++c) {
        nearest = nearest.cwiseMin((points.rowwise() - centres.row(c - 1)).rowwise().squaredNorm());
        double left = chance.uniform() * nearest.cast<double>().sum();
        Index drawn = 0;
        while (drawn + 1 < points.rows() && left >= nearest[drawn]) left -= nearest[drawn++];
        centres.row(c) = points.row(drawn);
    }
    return centres;
}

Grouping group_points(const Points& points, Points centres, int steps,
                      const StillWanted& still_wanted) {
    Grouping g{std::move(centres),
               std::vector<std::uint8_t>(static_cast<std::size_t>(points.rows())), 0};
    if (!wanted(still_wanted)) return g;
    assign(points, g);
    for (int step = 0; step < steps && wanted(still_wanted); ++step) {
        move_centres(points, g);
        const auto changed = static_cast<double>(assign(points, g));
        if (changed <= kStillMoving * static_cast<double>(points.rows())) break;
    }
    return g;
}

double silhouette(const Eigen::MatrixXf& distances, const std::vector<std::uint8_t>& group,
                  std::size_t groups) {
    std::vector<double> sizes(groups, 0);
    for (const std::uint8_t g : group) sizes[g] += 1;
    double sum = 0;
    std::vector<double> to(groups);
    for (std::size_t i = 0; i < group.size(); ++i) {
        const std::size_t own = group[i];
        if (sizes[own] < 2) continue;
        std::fill(to.begin(), to.end(), 0.0);
        const auto column = distances.col(static_cast<Index>(i));
        for (std::size_t j = 0; j < group.size(); ++j)
            to[group[j]] += column[static_cast<Index>(j)];
        const double inside = to[own] / (sizes[own] - 1);
        double outside = std::numeric_limits<double>::infinity();
        for (std::size_t g = 0; g < groups; ++g) {
            if (g != own && sizes[g] > 0) outside = std::min(outside, to[g] / sizes[g]);
        }
        const double larger = std::max(inside, outside);
        if (larger > 0 && outside < std::numeric_limits<double>::infinity()) {
            sum += (outside - inside) / larger;
        }
    }
    return group.empty() ? 0 : sum / static_cast<double>(group.size());
}

}  // namespace filrouge::measure
