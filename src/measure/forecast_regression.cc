// The regression of forecast_models.h: intercept, trend with a bend each half year, weekday, time
// of year, one coefficient a holiday; ridge on all but the intercept.
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>

#include "measure/forecast_models.h"
#include "measure/robust.h"

namespace filrouge::measure {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kWaves = 6;  // sine and cosine of the year, down to two months
constexpr double kYearsForWaves = 1.5;
constexpr Index kBendsMax = 12;
constexpr double kBendsPerYear = 2;
constexpr double kRidge = 1;            // columns are of size one, bends of one a year
constexpr double kHolidayRidge = 0.25;  // a name seen once, a year ago, keeps two thirds of it
constexpr double kYearsWeight = 0.5;    // of a value, each year into the past
constexpr int kRefits = 2;              // with what lies far off pulled in
constexpr double kFar = 3;              // standard deviations
constexpr double kRecent = 0.9;         // weight of a residual, each step into the past
constexpr double kRecentPrior = 2;      // as many steps without a residual
constexpr double kForget = 0.98;        // of the recent residual, each step ahead

struct Term {
    Index column;
    double value;
};

class Design {
  public:
    Design(const Prepared& p, std::size_t origin)
        : Design(p, static_cast<double>(origin) / p.steps_per_year) {}
    Index columns() const { return holidays_from_ + static_cast<Index>(p_.names); }
    // What a step's date alone adds: time of year and holidays.
    double calendar(const std::vector<Term>& row, const VectorXd& coefficients) const {
        double sum = 0;
        for (const Term& term : row) {
            if (term.column >= calendar_from_) sum += term.value * coefficients[term.column];
        }
        return sum;
    }
    double ridge(Index column) const {
        return column == 0 ? 1e-9 : column < holidays_from_ ? kRidge : kHolidayRidge;
    }
    void row(std::size_t t, std::vector<Term>& out) const {
        const double years = static_cast<double>(t) / p_.steps_per_year;
        out.assign({{0, 1}, {1, years}});
        Index column = 2;
        for (Index b = 0; b < bends_; ++b) {
            const double past = years - years_between_ * static_cast<double>(b + 1);
            if (past > 0) out.push_back({column + b, past});
        }
        column += bends_;
        out.push_back({column + static_cast<Index>(t % p_.slots), 1});
        column += static_cast<Index>(p_.slots);
        for (Index w = 1; w <= waves_; ++w) {
            const double angle = 2 * M_PI * static_cast<double>(w) * years;
            out.push_back({column++, std::sin(angle)});
            out.push_back({column++, std::cos(angle)});
        }
        for (const int name : p_.holidays[t]) out.push_back({holidays_from_ + name, 1});
    }

  private:
    Design(const Prepared& p, double years)
        : p_(p),
          waves_(years >= kYearsForWaves ? kWaves : 0),
          bends_(std::min(kBendsMax, static_cast<Index>(years * kBendsPerYear))),
          years_between_(years / static_cast<double>(bends_ + 1)),
          calendar_from_(2 + bends_ + static_cast<Index>(p.slots)),
          holidays_from_(calendar_from_ + 2 * waves_) {}

    const Prepared& p_;
    Index waves_;
    Index bends_;
    double years_between_;
    Index calendar_from_;
    Index holidays_from_;
};

double dot(const std::vector<Term>& row, const VectorXd& coefficients) {
    double sum = 0;
    for (const Term& term : row) sum += term.value * coefficients[term.column];
    return sum;
}

struct Rows {
    std::vector<std::vector<Term>> of_step;
    std::vector<std::size_t> known;  // steps with a value
    std::vector<double> weights;     // of each step: what is long ago counts less
};

VectorXd solve(const Eigen::LLT<MatrixXd>& normal, const Rows& rows,
               const std::vector<double>& values, Index columns) {
    VectorXd right = VectorXd::Zero(columns);
    for (const std::size_t t : rows.known) {
        for (const Term& term : rows.of_step[t])
            right[term.column] += term.value * rows.weights[t] * values[t];
    }
    return normal.solve(right);
}

// Huber's estimate by pseudo-values: residuals are cut at kFar and the fit repeated.
VectorXd fit_robustly(const Design& design, const Rows& rows, const std::vector<double>& values) {
    MatrixXd normal = MatrixXd::Zero(design.columns(), design.columns());
    for (Index c = 0; c < design.columns(); ++c) normal(c, c) = design.ridge(c);
    for (const std::size_t t : rows.known) {
        for (const Term& a : rows.of_step[t]) {
            const double value = a.value * rows.weights[t];
            for (const Term& b : rows.of_step[t]) normal(a.column, b.column) += value * b.value;
        }
    }
    const Eigen::LLT<MatrixXd> factor(normal);
    VectorXd coefficients = solve(factor, rows, values, design.columns());
    std::vector<double> pulled = values;
    std::vector<double> residuals(rows.known.size());
    for (int refit = 0; refit < kRefits && !residuals.empty(); ++refit) {
        for (std::size_t i = 0; i < residuals.size(); ++i) {
            const std::size_t t = rows.known[i];
            residuals[i] = values[t] - dot(rows.of_step[t], coefficients);
        }
        const double bound = kFar * deviation_from(residuals, 0);
        for (std::size_t i = 0; i < residuals.size(); ++i) {
            const std::size_t t = rows.known[i];
            pulled[t] = values[t] - residuals[i] + std::clamp(residuals[i], -bound, bound);
        }
        coefficients = solve(factor, rows, pulled, design.columns());
    }
    return coefficients;
}

double recent_residual(const Rows& rows, const std::vector<double>& values,
                       const VectorXd& coefficients) {
    double sum = 0;
    double weights = kRecentPrior;
    for (std::size_t i = rows.known.size(); i-- > 0;) {
        const std::size_t t = rows.known[i];
        const double weight = std::pow(kRecent, static_cast<double>(values.size() - 1 - t));
        if (weight < 1e-3) break;
        sum += weight * (values[t] - dot(rows.of_step[t], coefficients));
        weights += weight;
    }
    return sum / weights;
}

}  // namespace

Regressed regress(const Prepared& p, const std::vector<double>& values, std::size_t horizon) {
    const std::size_t origin = values.size();
    const Design design(p, origin);
    Rows rows;
    rows.of_step.resize(origin + horizon);
    for (std::size_t t = 0; t < origin + horizon; ++t) {
        design.row(t, rows.of_step[t]);
        const double age =
            (static_cast<double>(origin) - static_cast<double>(t)) / p.steps_per_year;
        rows.weights.push_back(std::pow(kYearsWeight, age));
        if (t < origin && !std::isnan(values[t])) rows.known.push_back(t);
    }
    const VectorXd coefficients = fit_robustly(design, rows, values);
    Regressed out;
    for (std::size_t t = 0; t < origin + horizon; ++t) {
        out.calendar.push_back(design.calendar(rows.of_step[t], coefficients));
    }
    double recent = recent_residual(rows, values, coefficients);
    for (std::size_t h = 0; h < horizon; ++h) {
        out.ahead.push_back(dot(rows.of_step[origin + h], coefficients) + recent);
        recent *= kForget;
    }
    return out;
}

}  // namespace filrouge::measure
