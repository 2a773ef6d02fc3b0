#include "measure/response_fit.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <utility>

namespace filrouge::measure {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kLevels = 4;        // of ever smaller steps in carry and half; the first is the grid
constexpr int kSweepsMax = 8;     // over the channels, at one level
constexpr int kDescentMax = 500;  // sweeps over the ceilings for given shapes
constexpr int kPriceHalvings = 30;
constexpr double kCarryMax = 0.9;
constexpr double kCarryStep = 0.15;  // of the grid, where half doubles
constexpr double kHalfRange = 10;    // half lies within mean spend / 10 and mean spend * 10
constexpr double kWorthIt = 1e-9;    // a smaller gain is rounding, relative

// Level 0 tries a whole grid, the others the neighbours in steps halved each time.
std::vector<ResponseShape> candidates(const ResponseShape& from, int level) {
    std::vector<ResponseShape> out;
    if (level == 0) {
        for (int i = 0; i * kCarryStep < kCarryMax; ++i) {
            for (double half = 0.25; half <= 4; half *= 2) out.push_back({i * kCarryStep, half});
        }
        return out;
    }
    const double part = std::ldexp(1, -level);
    for (const double by : {-part, part}) {
        out.push_back({std::clamp(from.carry + by * kCarryStep, 0.0, kCarryMax), from.half});
        const double half = from.half * std::exp2(by);
        out.push_back({from.carry, std::clamp(half, 1 / kHalfRange, kHalfRange)});
    }
    return out;
}

}  // namespace

VectorXd response(const VectorXd& spend, const ResponseShape& shape, double mean) {
    VectorXd out(spend.size());
    double stock = spend[0];
    for (Index t = 0; t < spend.size(); ++t) {
        stock = (1 - shape.carry) * spend[t] + shape.carry * stock;
        out[t] = stock / (stock + shape.half * mean);
    }
    return out;
}

ResponseFit::ResponseFit(const MixData& data, Index periods, double penalty)
    : ResponseFit(data, periods, penalty, std::vector<ResponseShape>(data.spend.size()), 0) {}

ResponseFit::ResponseFit(const MixData& data, const ResponseFit& near)
    : ResponseFit(data, near.n_, near.penalty_, near.shapes_, 1) {}

ResponseFit::ResponseFit(const MixData& data, Index periods, double penalty,
                         std::vector<ResponseShape> start, int first_level)
    : data_(data),
      n_(periods),
      penalty_(penalty),
      q_(Eigen::HouseholderQR<MatrixXd>(data.base.topRows(n_)).householderQ() *
         MatrixXd::Identity(n_, data.base.cols())),
      revenue_(without_base(data.revenue.head(n_))),
      shapes_(std::move(start)),
      columns_(MatrixXd::Zero(n_, channels())),
      scale_(VectorXd::Zero(channels())),
      bring_(VectorXd::Zero(channels())),
      brought_max_(std::max(0.0, data.revenue.head(n_).sum())),
      gram_(MatrixXd::Zero(channels(), channels())),
      with_revenue_(VectorXd::Zero(channels())),
      weights_(VectorXd::Zero(channels())) {
    for (std::size_t c = 0; c < shapes_.size(); ++c) {
        set_shape(static_cast<Index>(c), ResponseShape(shapes_[c]));
    }
    loss_ = solve();
    for (int level = first_level; level < kLevels; ++level) search(level);
}

double ResponseFit::ceiling(std::size_t channel) const {
    const auto c = static_cast<Index>(channel);
    return scale_[c] > 0 ? weights_[c] / scale_[c] : 0;
}

VectorXd ResponseFit::predict() const {
    VectorXd sum = VectorXd::Zero(data_.revenue.size());
    for (std::size_t c = 0; c < shapes_.size(); ++c) {
        sum += ceiling(c) * response(data_.spend[c], shapes_[c], data_.mean[c]);
    }
    const VectorXd rest = data_.revenue.head(n_) - sum.head(n_);
    return sum + data_.base * data_.base.topRows(n_).householderQr().solve(rest);
}

VectorXd ResponseFit::without_base(const VectorXd& x) const {
    return x - q_ * (q_.transpose() * x);
}

void ResponseFit::set_shape(Index c, const ResponseShape& shape) {
    const auto channel = static_cast<std::size_t>(c);
    const auto n = static_cast<double>(n_);
    shapes_[channel] = shape;
    const VectorXd answered = response(data_.spend[channel].head(n_), shape, data_.mean[channel]);
    const VectorXd column = without_base(answered);
    // What base and trend say already has no part of its own, only rounding.
    const double scale = std::sqrt(column.squaredNorm() / n);
    scale_[c] = scale < 1e-9 ? 0 : scale;
    bring_[c] = scale_[c] > 0 ? answered.sum() / scale_[c] : 0;
    columns_.col(c) = scale_[c] > 0 ? VectorXd(column / scale) : VectorXd::Zero(n_);
    gram_.col(c) = columns_.transpose() * columns_.col(c) / n;
    gram_.row(c) = gram_.col(c).transpose();
    with_revenue_[c] = columns_.col(c).dot(revenue_) / n;
}

// The weights of least loss that bring no more than there was; returns the loss, but for a
// constant. Where the bound is met, each unit brought is given a price (the multiplier of Lagrange)
// and the lowest one that keeps the bound is looked for.
double ResponseFit::solve() {
    descend(0);
    if (brought() > brought_max_) {
        double low = 0, high = 0;
        for (Index c = 0; c < channels(); ++c) {
            if (bring_[c] > 0) high = std::max(high, with_revenue_[c] / bring_[c]);
        }
        for (int i = 0; i < kPriceHalvings; ++i) {
            const double price = (low + high) / 2;
            descend(price);
            (brought() > brought_max_ ? low : high) = price;
        }
        descend(high);
        // What the descent leaves open, where columns are nearly the same.
        if (brought() > brought_max_) weights_ *= brought_max_ / brought();
    }
    return weights_.dot(gram_ * weights_) - 2 * weights_.dot(with_revenue_) +
           penalty_ * weights_.squaredNorm();
}

// Coordinate descent from the present weights, at a price of each unit that they bring.
void ResponseFit::descend(double price) {
    const double tolerance = 1e-9 * std::sqrt(revenue_.squaredNorm() / static_cast<double>(n_));
    for (int i = 0; i < kDescentMax; ++i) {
        double moved = 0;
        for (Index c = 0; c < channels(); ++c) {
            const double own = gram_(c, c);
            const double rest = with_revenue_[c] - gram_.col(c).dot(weights_) + own * weights_[c];
            const double worth = rest - price * bring_[c];
            const double next = own > 0 ? std::max(0.0, worth / (own + penalty_)) : 0;
            moved = std::max(moved, std::abs(next - weights_[c]));
            weights_[c] = next;
        }
        if (moved <= tolerance) break;
    }
}

void ResponseFit::search(int level) {
    for (int sweep = 0; sweep < kSweepsMax; ++sweep) {
        bool better = false;
        for (Index c = 0; c < channels() && wanted(data_.still_wanted); ++c)
            better |= improve(c, level);
        if (!better) return;
    }
}

bool ResponseFit::improve(Index c, int level) {
    ResponseShape best = shapes_[static_cast<std::size_t>(c)];
    VectorXd best_weights = weights_;
    const double before = loss_;
    for (const ResponseShape& shape : candidates(best, level)) {
        set_shape(c, shape);
        const double loss = solve();
        if (loss < loss_ - kWorthIt * std::abs(loss_)) {
            loss_ = loss;
            best = shape;
            best_weights = weights_;
        }
    }
    set_shape(c, best);
    weights_ = best_weights;
    return loss_ < before;
}

}  // namespace filrouge::measure
