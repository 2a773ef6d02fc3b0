#include "measure/simplex.h"

#include <Eigen/LU>
#include <vector>

namespace filrouge::measure {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kStepsPerPoint = 20;
constexpr double kTolerance = 1e-12;  // of the largest squared length

// The nearest point of the plane through the points `in`, whose coordinates may be negative.
VectorXd nearest_in_plane(const MatrixXd& gram, const std::vector<Index>& in, double scale) {
    const auto n = static_cast<Index>(in.size());
    MatrixXd system(n + 1, n + 1);
    system(n, n) = 0;
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < n; ++j) {
            system(i, j) =
                gram(in[static_cast<std::size_t>(i)], in[static_cast<std::size_t>(j)]) / scale;
        }
        system(i, n) = system(n, i) = 1;
    }
    return system.fullPivLu().solve(VectorXd::Unit(n + 1, n)).head(n);
}

// Moves from `weights` towards `wanted` until a weight is zero, and drops the points without one.
void move_inside(VectorXd& weights, const VectorXd& wanted, std::vector<Index>& in) {
    double step = 1;
    for (Index i = 0; i < wanted.size(); ++i) {
        const double now = weights[in[static_cast<std::size_t>(i)]];
        if (wanted[i] <= kTolerance && now > wanted[i])
            step = std::min(step, now / (now - wanted[i]));
    }
    std::vector<Index> kept;
    for (Index i = 0; i < wanted.size(); ++i) {
        double& weight = weights[in[static_cast<std::size_t>(i)]];
        weight += step * (wanted[i] - weight);
        if (weight > kTolerance) {
            kept.push_back(in[static_cast<std::size_t>(i)]);
        } else {
            weight = 0;
        }
    }
    in = std::move(kept);
}

}  // namespace

VectorXd nearest_in_hull(const MatrixXd& gram) {
    const Index points = gram.rows();
    const double scale = std::max(gram.diagonal().maxCoeff(), 1e-300);
    VectorXd weights = VectorXd::Zero(points);
    Index first = 0;
    gram.diagonal().minCoeff(&first);
    weights[first] = 1;
    std::vector<Index> in{first};
    for (Index budget = kStepsPerPoint * points; budget > 0; --budget) {
        const VectorXd products = gram * weights;
        Index next = 0;
        const double least = products.minCoeff(&next);
        // No point lies further towards the origin: the optimality condition of the nearest one.
        if (least >= weights.dot(products) - kTolerance * scale || weights[next] > 0) break;
        in.push_back(next);
        for (; budget > 0; --budget) {
            const VectorXd wanted = nearest_in_plane(gram, in, scale);
            const bool inside = wanted.minCoeff() > kTolerance;
            move_inside(weights, wanted, in);
            if (inside || in.size() < 2) break;
        }
    }
    return weights / weights.sum();
}

}  // namespace filrouge::measure
