#include "measure/effect.h"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>

#include "measure/chance.h"
#include "measure/simplex.h"

namespace filrouge::measure {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kLambdas = 20;
constexpr double kSmallestLambda = 1e-8;  // of the largest
constexpr int kDoublingsMax = 24;
constexpr int kHalvings = 16;

struct Series {
    MatrixXd donors;   // a row a place, a column a day
    VectorXd treated;  // the mean of the treated places, a day each
    std::vector<std::size_t> donor_places;
    Index pre_days = 0;
};

struct Fit {
    VectorXd weights;
    VectorXd gaps;  // treated minus its estimate, every day
    double lambda = 0;
    double imbalance = 0;
    double uniform_imbalance = 0;
};

Error too_few(const char* what, std::size_t got, std::size_t least, const char* hint) {
    return {"measure.effect_too_few",
            "There are " + std::to_string(got) + " " + what + "; the least is " +
                std::to_string(least) + ".",
            hint};
}

Result<void> check_panel(const Panel& panel) {
    if (panel.places > kEffectPlacesMax || panel.days > kEffectDaysMax) {
        return Error{"measure.effect_too_large",
                     "The panel has " + std::to_string(panel.places) + " places and " +
                         std::to_string(panel.days) + " days; the limits are " +
                         std::to_string(kEffectPlacesMax) + " and " +
                         std::to_string(kEffectDaysMax) + ".",
                     "Sum days to weeks, or keep the donors that are alike."};
    }
    if (panel.values.size() != panel.places * panel.days) {
        return Error{"measure.effect_shape",
                     "The panel has " + std::to_string(panel.values.size()) + " values for " +
                         std::to_string(panel.places) + " places and " +
                         std::to_string(panel.days) + " days.",
                     "Give one value for each place and day."};
    }
    const auto gap = std::find_if(panel.values.begin(), panel.values.end(),
                                  [](double v) { return !(std::abs(v) < 1e100); });
    if (gap != panel.values.end()) {
        const auto at = static_cast<std::size_t>(gap - panel.values.begin());
        return Error{"measure.effect_gap",
                     "Place " + std::to_string(at / panel.days) + " has no usable value on day " +
                         std::to_string(at % panel.days) + ".",
                     "Leave the place or the day out, or write 0 where nothing was sold."};
    }
    return {};
}

Result<void> check_question(const Panel& panel, const std::vector<std::size_t>& treated,
                            std::size_t first_day, const EffectOptions& options) {
    std::vector<std::size_t> places = treated;
    std::sort(places.begin(), places.end());
    if (places.empty() || places.back() >= panel.places ||
        std::adjacent_find(places.begin(), places.end()) != places.end()) {
        return Error{"measure.effect_treated",
                     "The treated places must be at least one, each once and below " +
                         std::to_string(panel.places) + ".",
                     "Name the rows of the panel where something happened."};
    }
    const std::size_t donors = panel.places - places.size();
    if (donors < kEffectDonorsMin) {
        return too_few("donor places", donors, kEffectDonorsMin, "Add places without treatment.");
    }
    if (first_day < kEffectPreDaysMin) {
        return too_few("days before the start", first_day, kEffectPreDaysMin,
                       "Begin the panel earlier.");
    }
    if (first_day >= panel.days) {
        return too_few("treated days", 0, 1, "Wait for a day under the treatment.");
    }
    if (!(options.level > 0 && options.level < 1) || options.draws < 100 ||
        options.draws > 100'000) {
        return Error{"measure.effect_options",
                     "The level must lie between 0 and 1, the draws between 100 and 100000.",
                     "0.95 and 1000 are usual."};
    }
    const double steps =
        static_cast<double>(options.reordering == Reordering::Iid ? options.draws + 1 : panel.days);
    if (steps * (1 - options.level) < 1) {
        return too_few("reorderings", static_cast<std::size_t>(steps),
                       static_cast<std::size_t>(std::ceil(1 / (1 - options.level))),
                       "Lower the level or add days; a p value has no finer steps.");
    }
    return {};
}

Series series_of(const Panel& panel, const std::vector<std::size_t>& treated,
                 std::size_t first_day) {
    const auto days = static_cast<Index>(panel.days);
    const auto row = [&](std::size_t place) {
        return Eigen::Map<const VectorXd>(panel.values.data() + place * panel.days, days);
    };
    Series out;
    out.pre_days = static_cast<Index>(first_day);
    out.treated = VectorXd::Zero(days);
    for (const std::size_t place : treated) out.treated += row(place);
    out.treated /= static_cast<double>(treated.size());
    for (std::size_t place = 0; place < panel.places; ++place) {
        if (std::find(treated.begin(), treated.end(), place) == treated.end()) {
            out.donor_places.push_back(place);
        }
    }
    out.donors.resize(static_cast<Index>(out.donor_places.size()), days);
    for (Index i = 0; i < out.donors.rows(); ++i) {
        out.donors.row(i) = row(out.donor_places[static_cast<std::size_t>(i)]);
    }
    return out;
}

// Unit fixed effects: each series less its own mean over the days that are fitted.
void demean(Series& series) {
    const Index pre = series.pre_days;
    series.treated.array() -= series.treated.head(pre).mean();
    const VectorXd means = series.donors.leftCols(pre).rowwise().mean();
    series.donors.colwise() -= means;
}

// Donors and treated of the fitted days as the ridge wants them: less the donors' mean of the day.
struct Ridge {
    MatrixXd donors;
    VectorXd treated;
    VectorXd values;   // of the donors' kernel donors * donors'
    MatrixXd vectors;  // the same
    VectorXd lambdas;  // from the largest

    explicit Ridge(const Series& s) {
        const Eigen::RowVectorXd means = s.donors.leftCols(s.pre_days).colwise().mean();
        donors = s.donors.leftCols(s.pre_days).rowwise() - means;
        treated = s.treated.head(s.pre_days) - means.transpose();
        const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(donors * donors.transpose());
        values = solver.eigenvalues().cwiseMax(0);
        vectors = solver.eigenvectors();
        const double largest = std::max(values.maxCoeff(), 1e-12);
        lambdas = VectorXd::NullaryExpr(kLambdas, [&](Index i) {
            return largest * std::pow(kSmallestLambda, static_cast<double>(i) / (kLambdas - 1));
        });
    }

    VectorXd correction(const VectorXd& weights, double lambda) const {
        const VectorXd left =
            vectors.transpose() * (donors * (treated - donors.transpose() * weights));
        return vectors * (left.array() / (values.array() + lambda)).matrix();
    }
};

MatrixXd gram_of(const Series& s) {
    const MatrixXd points =
        s.donors.leftCols(s.pre_days).rowwise() - s.treated.head(s.pre_days).transpose();
    return points * points.transpose();
}

// Squared error on each day when it is left out, for each lambda: errors(day, lambda). The kernel
// without a day is the whole one less a rank, so its inverse is by Sherman and Morrison.
MatrixXd errors_of_left_out_days(const Series& s, const Ridge& ridge, const MatrixXd& gram,
                                 const EffectOptions& options) {
    MatrixXd errors = MatrixXd::Zero(s.pre_days, kLambdas);
    for (Index day = 0; day < s.pre_days && options.wanted(); ++day) {
        const VectorXd point = s.donors.col(day).array() - s.treated[day];
        const VectorXd weights = nearest_in_hull(gram - point * point.transpose());
        const VectorXd x = ridge.donors.col(day);
        const VectorXd gaps = ridge.treated - ridge.donors.transpose() * weights;
        const VectorXd left = ridge.vectors.transpose() * (ridge.donors * gaps - x * gaps[day]);
        const VectorXd turned = ridge.vectors.transpose() * x;
        for (Index i = 0; i < kLambdas; ++i) {
            const Eigen::ArrayXd inverse = 1 / (ridge.values.array() + ridge.lambdas[i]);
            const double leverage = (turned.array().square() * inverse).sum();
            const double shift = (turned.array() * left.array() * inverse).sum();
            const double error = gaps[day] - shift / std::max(1 - leverage, 1e-12);
            errors(day, i) = error * error;
        }
    }
    return errors;
}

double choose_lambda(const Series& s, const Ridge& ridge, const MatrixXd& gram,
                     const EffectOptions& options) {
    const MatrixXd errors = errors_of_left_out_days(s, ridge, gram, options);
    const VectorXd means = errors.colwise().mean();
    Index best = 0;
    means.minCoeff(&best);
    const double days = static_cast<double>(s.pre_days);
    const double deviation =
        std::sqrt((errors.col(best).array() - means[best]).square().sum() / (days - 1));
    const double allowed = means[best] + deviation / std::sqrt(days);
    for (Index i = 0; i < kLambdas; ++i) {
        if (means[i] <= allowed) return ridge.lambdas[i];
    }
    return ridge.lambdas[best];
}

// `lambda` is chosen anew unless it is given.
Fit fit(Series s, const EffectOptions& options, std::optional<double> lambda = {}) {
    const EffectMethod method = options.method;
    demean(s);
    Fit out;
    const Index donors = s.donors.rows();
    const VectorXd uniform = VectorXd::Constant(donors, 1 / static_cast<double>(donors));
    out.weights = uniform;
    if (method != EffectMethod::Uniform) {
        const MatrixXd gram = gram_of(s);
        out.weights = nearest_in_hull(gram);
        if (method == EffectMethod::Augmented) {
            const Ridge ridge(s);
            out.lambda = lambda ? *lambda : choose_lambda(s, ridge, gram, options);
            out.weights += ridge.correction(out.weights, out.lambda);
        }
    }
    out.gaps = s.treated - s.donors.transpose() * out.weights;
    out.imbalance = out.gaps.head(s.pre_days).norm();
    out.uniform_imbalance = (s.treated - s.donors.transpose() * uniform).head(s.pre_days).norm();
    return out;
}

// What is summed over the treated days: |gap| finds an effect of any shape; the gap itself, whose
// sum is then taken absolutely, asks for the average alone.
enum class Statistic : std::uint8_t { AnyEffect, AverageEffect };

// The test of "the treatment added `effect` on every treated day".
class Conformal {
  public:
    Conformal(const Series& series, const EffectOptions& options, double lambda)
        : series_(series), options_(options), lambda_(lambda) {}

    double p_value(double effect, Statistic statistic) const {
        if (!options_.wanted()) return 1;
        Series null = series_;
        const Index days = null.treated.size();
        const Index post = days - null.pre_days;
        null.treated.tail(post).array() -= effect;
        null.pre_days = days;
        VectorXd gaps = fit(null, options_, lambda_).gaps;
        if (statistic == Statistic::AnyEffect) gaps = gaps.cwiseAbs();
        // Equal but for rounding counts as equal.
        const double seen =
            std::abs(gaps.tail(post).sum()) - 1e-9 * series_.treated.cwiseAbs().maxCoeff();
        return options_.reordering == Reordering::MovingBlock ? among_blocks(gaps, post, seen)
                                                              : among_shuffles(gaps, post, seen);
    }

  private:
    static double among_blocks(const VectorXd& gaps, Index post, double seen) {
        const Index days = gaps.size();
        Index as_large = 0;
        for (Index start = 0; start < days; ++start) {
            double sum = 0;
            for (Index i = 0; i < post; ++i) sum += gaps[(start + i) % days];
            as_large += std::abs(sum) >= seen ? 1 : 0;
        }
        return static_cast<double>(as_large) / static_cast<double>(days);
    }
    // Plus one: the order that was seen is one of the orders (Phipson, Smyth 2010).
    double among_shuffles(const VectorXd& gaps, Index post, double seen) const {
        Chance chance(options_.seed);
        std::vector<double> list(gaps.begin(), gaps.end());
        std::size_t as_large = 1;
        for (std::size_t draw = 0; draw < options_.draws; ++draw) {
            chance.shuffle(list);
            const double sum = std::accumulate(list.end() - post, list.end(), 0.0);
            as_large += std::abs(sum) >= seen ? 1 : 0;
        }
        return static_cast<double>(as_large) / static_cast<double>(options_.draws + 1);
    }

    const Series& series_;
    const EffectOptions& options_;
    double lambda_;
};

// The last effect from `from` in the direction of `step` that is not refused.
std::optional<double> edge(const std::function<bool(double)>& accepted, double from, double step) {
    double inside = from;
    int doubling = 0;
    while (accepted(from + step)) {
        if (++doubling > kDoublingsMax) return std::nullopt;
        inside = from + step;
        step *= 2;
    }
    double outside = from + step;
    for (int i = 0; i < kHalvings; ++i) {
        const double middle = (inside + outside) / 2;
        (accepted(middle) ? inside : outside) = middle;
    }
    return inside;
}

std::optional<EffectInterval> invert(const Conformal& test, double att, double scale,
                                     double level) {
    const auto accepted = [&](double effect) {
        return test.p_value(effect, Statistic::AverageEffect) > 1 - level;
    };
    if (!accepted(att)) return std::nullopt;
    const auto low = edge(accepted, att, -scale);
    const auto high = edge(accepted, att, scale);
    if (!low || !high) return std::nullopt;
    return EffectInterval{*low, *high};
}

std::vector<Donor> donors_of(const Series& series, const VectorXd& weights) {
    std::vector<Donor> out;
    for (Index i = 0; i < weights.size(); ++i) {
        if (weights[i] == 0) continue;
        out.push_back({series.donor_places[static_cast<std::size_t>(i)], weights[i]});
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Donor& a, const Donor& b) { return a.weight > b.weight; });
    return out;
}

}  // namespace

Result<Effect> estimate_effect(const Panel& panel, const std::vector<std::size_t>& treated,
                               std::size_t first_day, const EffectOptions& options) {
    TRY(check_panel(panel));
    TRY(check_question(panel, treated, first_day, options));
    const Series series = series_of(panel, treated, first_day);
    const Fit fitted = fit(series, options);
    const Index post = series.treated.size() - series.pre_days;
    Effect out;
    out.att = fitted.gaps.tail(post).mean();
    out.incremental = fitted.gaps.tail(post).sum() * static_cast<double>(treated.size());
    const VectorXd expected = series.treated - fitted.gaps;
    const double expected_sum = expected.tail(post).sum();
    if (expected_sum > 0) out.lift = fitted.gaps.tail(post).sum() / expected_sum;
    out.observed.assign(series.treated.begin(), series.treated.end());
    out.expected.assign(expected.begin(), expected.end());
    out.donors = donors_of(series, fitted.weights);
    out.lambda = fitted.lambda;
    out.l2_imbalance = fitted.imbalance;
    if (fitted.uniform_imbalance > 0) {
        out.scaled_imbalance = fitted.imbalance / fitted.uniform_imbalance;
    }
    const Conformal test(series, options, fitted.lambda);
    out.p_value = test.p_value(0, Statistic::AnyEffect);
    const double days = static_cast<double>(series.pre_days);
    const double scale = std::max(fitted.imbalance / std::sqrt(days),
                                  1e-9 * series.treated.cwiseAbs().maxCoeff() + 1e-12);
    out.interval = invert(test, out.att, scale, options.level);
    return out;
}

}  // namespace filrouge::measure
