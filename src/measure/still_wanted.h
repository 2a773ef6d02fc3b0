// Whether anybody still waits for what is being fitted: asked between the steps of a fit, which
// then ends soon with figures that are worth nothing. Whoever told it knows why, and throws them
// away.
#pragma once

#include <functional>

namespace filrouge::measure {

using StillWanted = std::function<bool()>;  // empty: always

inline bool wanted(const StillWanted& still_wanted) { return !still_wanted || still_wanted(); }

}  // namespace filrouge::measure
