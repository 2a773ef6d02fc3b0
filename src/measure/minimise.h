// The smallest value of a smooth function of a few numbers, for maximum likelihood: the simplex of
// Nelder and Mead (1965), which needs neither a gradient nor a good start, then the quasi-Newton
// method BFGS (Nocedal and Wright, Numerical Optimization, 2nd ed. 2006, chapter 6), which is exact
// near the end. Derivatives are central differences, so each parameter should be of the order of 1:
// pass logarithms of positive parameters, and likelihoods per observation.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>

#include "measure/still_wanted.h"

namespace filrouge::measure {

using Point = Eigen::VectorXd;
// Outside of its domain the function says infinity or NaN: such a point is never taken.
using Objective = std::function<double(const Point&)>;

struct MinimiseLimits {
    int simplex_evaluations = 400;
    int bfgs_steps = 100;
    StillWanted still_wanted = {};  // once it is not, the function is not looked at any more
};

struct Minimum {
    Point at;
    double value = 0;
    int evaluations = 0;
    // False: a limit was met, the function ends or is flat there, or it is not wanted any more.
    // `at` is the best point seen.
    bool converged = false;
};

// `start` has 1 to 16 numbers and the function is finite there.
Minimum minimise(const Objective& f, const Point& start, const MinimiseLimits& limits = {});

// Inverse of the matrix of second derivatives: with f a negative log-likelihood, the covariance of
// the parameters by the observed information. Nothing where f does not bend upwards in every
// direction: there the data do not tell the parameters apart.
std::optional<Eigen::MatrixXd> inverse_curvature(const Objective& f, const Point& at,
                                                 const StillWanted& still_wanted = {});

}  // namespace filrouge::measure
