// k-means on points of one scale; the parts of clusters.h.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "measure/chance.h"
#include "measure/still_wanted.h"

namespace filrouge::measure {

using Points = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Grouping {
    Points centres;                   // a row a group
    std::vector<std::uint8_t> group;  // of each point
    double inertia = 0;               // sum of squared distances to the own centre
};

// First centres: each further one drawn in proportion to its squared distance from those there are.
Points spread_centres(const Points& points, std::size_t groups, Chance& chance);

// Lloyd's steps from the given centres, at most `steps`, until hardly a point changes its group. A
// group that loses all its points keeps its centre.
Grouping group_points(const Points& points, Points centres, int steps,
                      const StillWanted& still_wanted = {});

// Mean silhouette of the points, -1 to 1; 0 for points alone in their group.
// `distances` between all of them; quadratic in their number.
double silhouette(const Eigen::MatrixXf& distances, const std::vector<std::uint8_t>& group,
                  std::size_t groups);

}  // namespace filrouge::measure
