#include "measure/minimise.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/assert.h"

namespace filrouge::measure {
namespace {

constexpr Eigen::Index kNumbersMax = 16;
constexpr double kFirstStep = 0.5;          // of the simplex: e^0.5 for a logarithm
constexpr double kSimplexTolerance = 1e-7;  // relative; BFGS does the rest
constexpr double kGradientStep = 6e-6;      // cube root of the precision of a double
constexpr double kCurvatureStep = 1.2e-4;   // fourth root
constexpr double kDecrement = 1e-11;        // what a Newton step could still gain, relative
constexpr double kSufficient = 1e-4;        // Armijo's constant
constexpr int kHalvingsMax = 40;

// Counts, and turns NaN into infinity, which every comparison below refuses; so is every point
// once nobody wants the minimum any more.
class Counted {
  public:
    Counted(const Objective& f, const StillWanted& still_wanted)
        : f_(f), still_wanted_(still_wanted) {}
    double operator()(const Point& x) {
        ++evaluations;
        stopped = stopped || !wanted(still_wanted_);
        if (stopped) return std::numeric_limits<double>::infinity();
        const double y = f_(x);
        return std::isnan(y) ? std::numeric_limits<double>::infinity() : y;
    }
    int evaluations = 0;
    bool stopped = false;

  private:
    const Objective& f_;
    const StillWanted& still_wanted_;
};

double step_at(const Point& x, Eigen::Index i, double step) {
    return step * std::max(1.0, std::abs(x[i]));
}

struct Vertex {
    Point x;
    double y = 0;
};

bool lower(const Vertex& a, const Vertex& b) { return a.y < b.y; }

std::vector<Vertex> first_simplex(Counted& f, const Point& start) {
    std::vector<Vertex> simplex{{start, f(start)}};
    for (Eigen::Index i = 0; i < start.size(); ++i) {
        Point x = start;
        x[i] += kFirstStep;
        simplex.push_back({x, f(x)});
    }
    return simplex;
}

void shrink(Counted& f, std::vector<Vertex>& simplex) {
    for (std::size_t i = 1; i < simplex.size(); ++i) {
        simplex[i].x = (simplex[i].x + simplex[0].x) / 2;
        simplex[i].y = f(simplex[i].x);
    }
}

// One move of the worst vertex through the middle of the others.
void move_worst(Counted& f, std::vector<Vertex>& simplex) {
    Vertex& worst = simplex.back();
    Point middle = Point::Zero(worst.x.size());
    for (std::size_t i = 0; i + 1 < simplex.size(); ++i) middle += simplex[i].x;
    middle /= static_cast<double>(simplex.size() - 1);
    const auto towards = [&](double t) {
        Point x = middle + t * (middle - worst.x);
        const double y = f(x);
        return Vertex{std::move(x), y};
    };
    const Vertex reflected = towards(1);
    if (reflected.y < simplex.front().y) {
        worst = std::min(towards(2), reflected, lower);
    } else if (reflected.y < simplex[simplex.size() - 2].y) {
        worst = reflected;
    } else {
        const Vertex contracted = towards(reflected.y < worst.y ? 0.5 : -0.5);
        if (contracted.y < std::min(reflected.y, worst.y)) {
            worst = contracted;
        } else {
            shrink(f, simplex);
        }
    }
}

Vertex nelder_mead(Counted& f, const Point& start, int evaluations_max) {
    std::vector<Vertex> simplex = first_simplex(f, start);
    std::sort(simplex.begin(), simplex.end(), lower);
    while (f.evaluations < evaluations_max && !f.stopped) {
        const double best = simplex.front().y;
        if (simplex.back().y - best <= kSimplexTolerance * (1 + std::abs(best))) break;
        move_worst(f, simplex);
        std::sort(simplex.begin(), simplex.end(), lower);
    }
    return simplex.front();
}

// Not finite where the function ends within a step.
Point gradient(Counted& f, const Point& at) {
    Point g(at.size());
    for (Eigen::Index i = 0; i < at.size(); ++i) {
        const double h = step_at(at, i, kGradientStep);
        Point x = at;
        x[i] = at[i] + h;
        const double up = f(x);
        x[i] = at[i] - h;
        g[i] = (up - f(x)) / (2 * h);
    }
    return g;
}

double second_derivative(Counted& f, const Vertex& at, Eigen::Index i, Eigen::Index j) {
    const auto moved = [&](double up_i, double up_j) {
        Point x = at.x;
        x[i] += up_i * step_at(at.x, i, kCurvatureStep);
        if (j != i) x[j] += up_j * step_at(at.x, j, kCurvatureStep);
        return f(x);
    };
    const double area = step_at(at.x, i, kCurvatureStep) * step_at(at.x, j, kCurvatureStep);
    if (i == j) return (moved(1, 0) - 2 * at.y + moved(-1, 0)) / area;
    return (moved(1, 1) - moved(1, -1) - moved(-1, 1) + moved(-1, -1)) / (4 * area);
}

std::optional<Eigen::MatrixXd> inverse_curvature_at(Counted& f, const Vertex& at) {
    const Eigen::Index n = at.x.size();
    Eigen::MatrixXd curvature(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        for (Eigen::Index j = 0; j <= i; ++j) {
            curvature(i, j) = curvature(j, i) = second_derivative(f, at, i, j);
        }
    }
    if (!curvature.allFinite()) return std::nullopt;
    const Eigen::LLT<Eigen::MatrixXd> factors(curvature);
    if (factors.info() != Eigen::Success) return std::nullopt;
    Eigen::MatrixXd inverse = factors.solve(Eigen::MatrixXd::Identity(n, n));
    if (!inverse.allFinite()) return std::nullopt;
    return inverse;
}

// Halves the step until it gains what Armijo asks for; nothing when no step gains anything.
std::optional<Vertex> line_search(Counted& f, const Vertex& from, const Point& direction,
                                  double slope) {
    double t = 1;
    for (int i = 0; i < kHalvingsMax; ++i, t /= 2) {
        Vertex to{from.x + t * direction, 0};
        to.y = f(to.x);
        if (to.y <= from.y + kSufficient * t * slope && to.y < from.y) return to;
    }
    return std::nullopt;
}

// Nocedal and Wright, (6.17): the inverse matrix after a step s that changed the gradient by y.
void update(Eigen::MatrixXd& inverse, const Point& s, const Point& y) {
    const double sy = s.dot(y);
    if (!(sy > 1e-14 * s.norm() * y.norm())) return;  // it would no longer bend upwards
    const Eigen::MatrixXd left =
        Eigen::MatrixXd::Identity(s.size(), s.size()) - s * y.transpose() / sy;
    inverse = left * inverse * left.transpose() + s * s.transpose() / sy;
}

// Moves `at` down; true when a Newton step could no longer gain anything that counts.
bool bfgs(Counted& f, Vertex& at, int steps_max) {
    const auto curved = inverse_curvature_at(f, at);
    Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(at.x.size(), at.x.size());
    if (curved) inverse = *curved;
    Point g = gradient(f, at.x);
    for (int i = 0; i < steps_max; ++i) {
        if (!g.allFinite()) return false;
        const Point direction = -inverse * g;
        const double slope = g.dot(direction);
        const bool small = -slope <= kDecrement * (1 + std::abs(at.y));
        const auto next = line_search(f, at, direction, slope);
        if (!next) return small;
        const Point step = next->x - at.x;
        at = *next;
        if (small) return true;
        const Point before = g;
        g = gradient(f, at.x);
        update(inverse, step, g - before);
    }
    return false;
}

}  // namespace

Minimum minimise(const Objective& f, const Point& start, const MinimiseLimits& limits) {
    ASSERT(start.size() >= 1 && start.size() <= kNumbersMax);
    Counted counted(f, limits.still_wanted);
    Vertex best = nelder_mead(counted, start, limits.simplex_evaluations);
    if (counted.stopped) return {best.x, best.y, counted.evaluations, false};
    ASSERT(std::isfinite(best.y));
    const bool converged = bfgs(counted, best, limits.bfgs_steps);
    return {best.x, best.y, counted.evaluations, converged};
}

std::optional<Eigen::MatrixXd> inverse_curvature(const Objective& f, const Point& at,
                                                 const StillWanted& still_wanted) {
    Counted counted(f, still_wanted);
    return inverse_curvature_at(counted, {at, counted(at)});
}

}  // namespace filrouge::measure
