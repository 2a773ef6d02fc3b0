// The least squares behind channel_mix.h: ceilings, carry and half of every channel at once.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "measure/still_wanted.h"

namespace filrouge::measure {

struct ResponseShape {
    double carry = 0.3;
    double half = 1;  // times the channel's mean spend
};

// What a ceiling is multiplied with, by period: stock / (stock + half). Before the first period the
// spend is taken to have been that of the first.
Eigen::VectorXd response(const Eigen::VectorXd& spend, const ResponseShape& shape, double mean);

struct MixData {
    std::vector<Eigen::VectorXd> spend;  // by channel
    std::vector<double> mean;            // of each channel's spend, above 0
    Eigen::VectorXd revenue;
    Eigen::MatrixXd base;  // base, trend and season, a column each
    StillWanted still_wanted = {};
};

// Fits the first `periods` periods, with ceilings >= 0 and a ridge penalty. All channels together
// bring no more than the revenue there was: of spends that hardly vary the least squares alone
// would let some bring many times that and base and trend take it away again. Base, trend and
// season are not penalised: they are taken out of every column beforehand (Frisch and Waugh, 1933),
// and the columns then have a mean square of 1, so that the penalty has no unit. The shapes are
// found channel by channel, by a grid and then by ever smaller steps, until none lowers the loss.
// Keeps a reference to the data.
class ResponseFit {
  public:
    ResponseFit(const MixData& data, Eigen::Index periods, double penalty);
    // Of data that hardly differ from those of another fit: begins there, without the grid.
    ResponseFit(const MixData& data, const ResponseFit& near);

    double ceiling(std::size_t channel) const;
    const ResponseShape& shape(std::size_t channel) const { return shapes_[channel]; }
    // Revenue of all periods of the data, also of those it was not fitted to.
    Eigen::VectorXd predict() const;

  private:
    ResponseFit(const MixData& data, Eigen::Index periods, double penalty,
                std::vector<ResponseShape> start, int first_level);
    Eigen::Index channels() const { return static_cast<Eigen::Index>(data_.spend.size()); }
    Eigen::VectorXd without_base(const Eigen::VectorXd& x) const;
    void set_shape(Eigen::Index c, const ResponseShape& shape);
    double solve();
    void descend(double price);
    double brought() const { return bring_.dot(weights_); }
    void search(int level);
    bool improve(Eigen::Index c, int level);

    const MixData& data_;
    Eigen::Index n_;
    double penalty_;
    Eigen::MatrixXd q_;        // orthonormal columns that span base, trend and season
    Eigen::VectorXd revenue_;  // without them
    std::vector<ResponseShape> shapes_;
    Eigen::MatrixXd columns_;  // the responses without them, of mean square 1 ...
    Eigen::VectorXd scale_;    // ... after division by this; 0 when nothing was left
    Eigen::VectorXd bring_;    // what each weight of 1 brings in all periods
    double brought_max_;
    Eigen::MatrixXd gram_;
    Eigen::VectorXd with_revenue_;
    Eigen::VectorXd weights_;  // ceilings times scale
    double loss_ = 0;
};

}  // namespace filrouge::measure
