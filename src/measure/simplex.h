// The point of a convex hull that is nearest to the origin. With columns "donor minus treated" its
// coordinates are the weights of a synthetic control: not negative, and one in all.
// Wolfe, "Finding the nearest point in a polytope", Mathematical Programming 11, 1976.
#pragma once

#include <Eigen/Core>

namespace filrouge::measure {

// gram(i, j) is the inner product of the points i and j; it is square, finite and has one row at
// least. Returns w >= 0 with sum 1 that minimises w' gram w. Where several do, as with a point
// given twice, any of them. Takes at most 20 steps a point, each a solution with the points of
// weight.
Eigen::VectorXd nearest_in_hull(const Eigen::MatrixXd& gram);

}  // namespace filrouge::measure
