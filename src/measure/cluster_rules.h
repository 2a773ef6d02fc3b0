// The readable rules of clusters.h.
#pragma once

#include "measure/clusters.h"
#include "measure/still_wanted.h"

namespace filrouge::measure {

// Gives each cluster its rule: found on every other one of `people`, measured on those between.
void add_rules(const FeatureMatrix& matrix, const std::vector<std::size_t>& people,
               const StillWanted& still_wanted, Clusters& clusters);

}  // namespace filrouge::measure
