#include "measure/lookalike.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "measure/chance.h"

namespace filrouge::measure {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kNewtonSteps = 30;
constexpr int kHalvings = 20;
constexpr double kSettled = 1e-8;     // of the loss
constexpr double kLevelRidge = 1e-6;  // on the intercept, for a pivot above zero

struct Model {
    Eigen::VectorXd means;
    Eigen::VectorXd factors;       // 1 / standard deviation, or 0
    Eigen::VectorXd coefficients;  // the last is the intercept

    double log_odds(std::span<const float> person) const {
        double sum = coefficients[means.size()];
        for (Index f = 0; f < means.size(); ++f) {
            sum += coefficients[f] * factors[f] *
                   (static_cast<double>(person[static_cast<std::size_t>(f)]) - means[f]);
        }
        return sum;
    }
};

struct Lesson {
    MatrixXd rows;     // standardised, and a last column of ones
    VectorXd wanted;   // 1 for a seed
    VectorXd weights;  // one on average; each class half of all
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// log(1 + exp(x)) without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

double loss(const Lesson& lesson, const VectorXd& coefficients, const VectorXd& ridge) {
    const VectorXd odds = lesson.rows * coefficients;
    double sum = 0.5 * (ridge.array() * coefficients.array().square()).sum();
    for (Index i = 0; i < odds.size(); ++i) {
        sum += lesson.weights[i] * (softplus(odds[i]) - lesson.wanted[i] * odds[i]);
    }
    return sum;
}

// Newton's method with halved steps: the loss is convex and the ridge makes it strictly so.
VectorXd fit(const Lesson& lesson, double ridge_size, const StillWanted& still_wanted) {
    const Index columns = lesson.rows.cols();
    VectorXd ridge = VectorXd::Constant(columns, ridge_size);
    ridge[columns - 1] = kLevelRidge;
    VectorXd coefficients = VectorXd::Zero(columns);
    double now = loss(lesson, coefficients, ridge);
    for (int step = 0; step < kNewtonSteps && wanted(still_wanted); ++step) {
        const VectorXd chance = (lesson.rows * coefficients).unaryExpr(&sigmoid);
        const VectorXd gradient =
            lesson.rows.transpose() *
                (lesson.weights.array() * (chance - lesson.wanted).array()).matrix() +
            (ridge.array() * coefficients.array()).matrix();
        const VectorXd curvature = lesson.weights.array() * chance.array() * (1 - chance.array());
        const MatrixXd half = lesson.rows.array().colwise() * curvature.array().sqrt();
        MatrixXd hessian = ridge.asDiagonal();
        hessian.selfadjointView<Eigen::Lower>().rankUpdate(half.transpose());
        VectorXd move = hessian.selfadjointView<Eigen::Lower>().llt().solve(gradient);
        double next = loss(lesson, coefficients - move, ridge);
        for (int i = 0; i < kHalvings && next > now; ++i) {
            move /= 2;
            next = loss(lesson, coefficients - move, ridge);
        }
        if (next >= now) break;
        coefficients -= move;
        const bool settled = now - next < kSettled * now;
        now = next;
        if (settled) break;
    }
    return coefficients;
}

void standardise(const FeatureMatrix& m, const std::vector<std::size_t>& people, Model& model,
                 MatrixXd& rows) {
    const auto features = static_cast<Index>(m.features);
    rows.resize(static_cast<Index>(people.size()), features + 1);
    for (std::size_t i = 0; i < people.size(); ++i) {
        const std::span<const float> person = m.person(people[i]);
        rows.row(static_cast<Index>(i)).head(features) =
            Eigen::Map<const Eigen::RowVectorXf>(person.data(), features).cast<double>();
    }
    rows.col(features).setOnes();
    model.means = rows.leftCols(features).colwise().mean();
    rows.leftCols(features).rowwise() -= model.means.transpose();
    model.factors.resize(features);
    for (Index f = 0; f < features; ++f) {
        const double deviation =
            std::sqrt(rows.col(f).squaredNorm() / static_cast<double>(rows.rows()));
        const bool varies = deviation > 1e-7 * std::abs(model.means[f]) && deviation > 1e-15;
        model.factors[f] = varies ? 1 / deviation : 0;
        rows.col(f) *= model.factors[f];
    }
}

// Learns from people whose fold is not `held_out`, at most kLookalikeRowsMax of each class: the
// first in `order`, which is by chance.
Model learn(const FeatureMatrix& m, const std::vector<std::uint8_t>& seeds,
            const std::vector<std::size_t>& order, std::size_t held_out,
            const LookalikeOptions& options) {
    std::vector<std::size_t> people;
    std::array<std::size_t, 2> counts{};
    for (std::size_t i = 0; i < order.size(); ++i) {
        std::size_t& count = counts[seeds[order[i]] != 0 ? 1 : 0];
        if (i % kLookalikeFolds == held_out || count == kLookalikeRowsMax) continue;
        ++count;
        people.push_back(order[i]);
    }
    Model model;
    Lesson lesson;
    standardise(m, people, model, lesson.rows);
    const auto n = static_cast<Index>(people.size());
    lesson.wanted.resize(n);
    lesson.weights.resize(n);
    for (Index i = 0; i < n; ++i) {
        const bool seed = seeds[people[static_cast<std::size_t>(i)]] != 0;
        lesson.wanted[i] = seed ? 1 : 0;
        lesson.weights[i] =
            0.5 * static_cast<double>(n) / static_cast<double>(counts[seed ? 1 : 0]);
    }
    model.coefficients = fit(lesson, options.ridge, options.still_wanted);
    return model;
}

// By the ranks of Mann and Whitney; equal scores share theirs.
double area_under_curve(const std::vector<double>& scores, const std::vector<std::uint8_t>& seeds,
                        const std::vector<std::size_t>& ranking) {
    double ranks = 0;
    double positives = 0;
    const std::size_t n = ranking.size();
    for (std::size_t i = 0; i < n;) {
        std::size_t end = i;
        double among = 0;
        for (; end < n && scores[ranking[end]] == scores[ranking[i]]; ++end) {
            among += seeds[ranking[end]] != 0 ? 1 : 0;
        }
        // From the top, so that rank n is the best.
        ranks += among * (static_cast<double>(n) - static_cast<double>(i + end - 1) / 2);
        positives += among;
        i = end;
    }
    const double negatives = static_cast<double>(n) - positives;
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

void judge(const std::vector<double>& scores, const std::vector<std::uint8_t>& seeds,
           const std::vector<std::size_t>& order, std::size_t top, Lookalike& out) {
    std::vector<std::size_t> ranking = order;  // by chance where scores are equal
    std::stable_sort(ranking.begin(), ranking.end(),
                     [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    out.auc = area_under_curve(scores, seeds, ranking);
    const std::size_t n = ranking.size();
    const auto share = [&](std::size_t from, std::size_t to) {
        double found = 0;
        for (std::size_t i = from; i < to; ++i) found += seeds[ranking[i]] != 0 ? 1 : 0;
        return found / static_cast<double>(to - from);
    };
    out.precision_at_top = share(0, top);
    const double base = share(0, n);
    for (std::size_t tenth = 0; tenth < 10; ++tenth) {
        out.lift[tenth] = share(n * tenth / 10, n * (tenth + 1) / 10) / base;
    }
}

Result<void> check(const FeatureMatrix& matrix, const std::vector<std::uint8_t>& seeds,
                   const LookalikeOptions& options) {
    TRY(check_matrix(matrix));
    if (seeds.size() != matrix.people || matrix.features == 0) {
        return Error{"measure.lookalike_shape",
                     "There are " + std::to_string(seeds.size()) + " marks for " +
                         std::to_string(matrix.people) + " people with " +
                         std::to_string(matrix.features) + " features.",
                     "Give one mark for each person, and one feature at least."};
    }
    const auto outside = static_cast<std::size_t>(std::count(seeds.begin(), seeds.end(), 0));
    const std::size_t fewer = std::min(outside, seeds.size() - outside);
    if (fewer < kLookalikeSeedsMin) {
        return Error{"measure.lookalike_too_few",
                     "There are " + std::to_string(seeds.size() - outside) + " seeds and " +
                         std::to_string(outside) + " others; the least is " +
                         std::to_string(kLookalikeSeedsMin) + " of each.",
                     "Take a larger seed audience, or more people to look among."};
    }
    if (!(options.ridge > 0 && options.ridge < 1e9) || options.top > matrix.people) {
        return Error{"measure.lookalike_options",
                     "The ridge must be above 0 and the top no more than all people.",
                     "10 is usual for the ridge."};
    }
    return {};
}

void count_cuts(const std::vector<double>& log_odds, const std::vector<std::uint8_t>& seeds,
                Lookalike& out) {
    for (std::size_t c = 0; c < out.cuts.size(); ++c) {
        LookalikeCut& cut = out.cuts[c];
        cut.score = static_cast<double>(c + 1) / 10;
        const double odds = std::log(cut.score / (1 - cut.score));
        for (std::size_t p = 0; p < seeds.size(); ++p) {
            if (log_odds[p] < odds) continue;
            ++cut.people;
            cut.seeds += seeds[p] != 0 ? 1 : 0;
        }
    }
}

// The same on values as they are, which need no standardising.
LookalikeModel plain(const Model& model) {
    LookalikeModel out;
    const Index features = model.means.size();
    out.level = model.coefficients[features];
    for (Index f = 0; f < features; ++f) {
        out.weights.push_back(model.coefficients[f] * model.factors[f]);
        out.level -= out.weights.back() * model.means[f];
    }
    return out;
}

std::vector<LookalikeTrait> traits_of(const Model& model) {
    std::vector<LookalikeTrait> out;
    for (Index f = 0; f < model.factors.size(); ++f) {
        if (model.factors[f] == 0) continue;
        out.push_back({static_cast<std::size_t>(f), model.coefficients[f]});
    }
    std::stable_sort(out.begin(), out.end(), [](const LookalikeTrait& a, const LookalikeTrait& b) {
        return std::abs(a.coefficient) > std::abs(b.coefficient);
    });
    return out;
}

}  // namespace

Result<Lookalike> look_alike(const FeatureMatrix& matrix, const std::vector<std::uint8_t>& seeds,
                             const LookalikeOptions& options) {
    TRY(check(matrix, seeds, options));
    std::vector<std::size_t> order(matrix.people);
    std::iota(order.begin(), order.end(), std::size_t{0});
    Chance chance(options.seed);
    chance.shuffle(order);
    // Seeds first, so that each fold has its share of them.
    std::stable_partition(order.begin(), order.end(), [&](std::size_t p) { return seeds[p] != 0; });
    std::vector<double> held_out(matrix.people);
    for (std::size_t fold = 0; fold < kLookalikeFolds; ++fold) {
        if (!wanted(options.still_wanted)) return Lookalike{};
        const Model model = learn(matrix, seeds, order, fold, options);
        for (std::size_t i = fold; i < order.size(); i += kLookalikeFolds) {
            held_out[order[i]] = model.log_odds(matrix.person(order[i]));
        }
    }
    if (!wanted(options.still_wanted)) return Lookalike{};
    Lookalike out;
    const auto others = static_cast<std::size_t>(std::count(seeds.begin(), seeds.end(), 0));
    const std::size_t top = options.top > 0 ? options.top : seeds.size() - others;
    chance.shuffle(order);
    judge(held_out, seeds, order, top, out);
    count_cuts(held_out, seeds, out);
    const Model model = learn(matrix, seeds, order, kLookalikeFolds, options);
    out.traits = traits_of(model);
    out.model = plain(model);
    out.score.reserve(matrix.people);
    for (std::size_t p = 0; p < matrix.people; ++p)
        out.score.push_back(out.model.score(matrix.person(p)));
    return out;
}

float LookalikeModel::score(std::span<const float> person) const {
    double odds = level;
    for (std::size_t f = 0; f < weights.size(); ++f)
        odds += weights[f] * static_cast<double>(person[f]);
    return static_cast<float>(sigmoid(odds));
}

}  // namespace filrouge::measure
