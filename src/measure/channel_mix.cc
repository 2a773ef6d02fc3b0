#include "measure/channel_mix.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <Eigen/QR>
#include <algorithm>
#include <array>
#include <cmath>

#include "measure/chance.h"
#include "measure/response_fit.h"

namespace filrouge::measure {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kPeriodsPerNumber = 4;
constexpr std::size_t kHarmonics = 2;  // sines and cosines of a season
constexpr std::size_t kSeasonMin = 5;  // with fewer periods its harmonics coincide
constexpr Index kBlocks = 4;           // of held-out periods, a tenth of all each
constexpr double kAmountMax = 1e100;   // so that squares stay numbers
constexpr std::array kPenalties = {1e-4, 1e-3, 1e-2, 1e-1};

std::size_t base_numbers(std::size_t season) { return season > 0 ? 2 + 2 * kHarmonics : 2; }

// Base, trend and season of the first `periods` periods, a column each.
MatrixXd base_of(std::size_t periods, std::size_t season) {
    const auto n = static_cast<Index>(periods);
    MatrixXd base(n, static_cast<Index>(base_numbers(season)));
    base.col(0).setOnes();
    base.col(1) = VectorXd::LinSpaced(n, 0, 1);
    const Index harmonics = (base.cols() - 2) / 2;
    for (Index h = 1; h <= harmonics; ++h) {
        for (Index t = 0; t < n; ++t) {
            const double turns = static_cast<double>(h * t) / static_cast<double>(season);
            base(t, 2 * h) = std::sin(2 * M_PI * turns);
            base(t, 2 * h + 1) = std::cos(2 * M_PI * turns);
        }
    }
    return base;
}

// Root mean square error over the blocks at the end, each forecast from the periods before it.
template <class Forecast>
double forecast_error(const MixData& data, const Forecast& forecast) {
    const Index n = data.revenue.size();
    const Index block = n / 10;
    double sum = 0;
    for (Index start = n - kBlocks * block; start < n; start += block) {
        const VectorXd predicted = forecast(start);
        sum += (predicted - data.revenue).segment(start, block).squaredNorm();
    }
    return std::sqrt(sum / static_cast<double>(kBlocks * block));
}

double error_with(const MixData& data, double penalty) {
    return forecast_error(data, [&](Index n) { return ResponseFit(data, n, penalty).predict(); });
}

double error_without_channels(const MixData& data) {
    return forecast_error(data, [&](Index n) -> VectorXd {
        return data.base * data.base.topRows(n).householderQr().solve(data.revenue.head(n));
    });
}

Result<void> check_channel(const std::vector<double>& spend, std::size_t periods, std::size_t c) {
    const auto bad = [](double x) { return !(x >= 0 && x <= kAmountMax); };
    if (spend.size() != periods || std::any_of(spend.begin(), spend.end(), bad)) {
        return Error{"measure.bad_spend_series",
                     fmt::format("Channel {} has {} periods of {}, or one that is no amount.", c,
                                 spend.size(), periods),
                     "Give every channel a spend of 0 or more for every period."};
    }
    const auto [least, most] = std::minmax_element(spend.begin(), spend.end());
    if (*most - *least <= 1e-9 * *most) {
        return Error{"measure.constant_spend",
                     fmt::format("Channel {} spends {} in every period.", c, *most),
                     "Leave it out: what it brings cannot be told from the base."};
    }
    return {};
}

Result<void> check(const MixSeries& series) {
    const std::size_t channels = series.spend.size(), periods = series.revenue.size();
    if (channels == 0 || channels > kMixChannelsMax || periods > kMixPeriodsMax) {
        return Error{
            "measure.mix_size",
            fmt::format("{} channels over {} periods; 1 to {} over at most {} are possible.",
                        channels, periods, kMixChannelsMax, kMixPeriodsMax),
            "Join small channels, or take longer periods."};
    }
    const std::size_t least = mix_periods_min(channels, series.season);
    if (periods < least) {
        return Error{
            "measure.few_periods",
            fmt::format("{} periods; {} channels need at least {}.", periods, channels, least),
            "Take shorter periods or a longer time, or join channels."};
    }
    const auto bad = [](double x) { return !(std::abs(x) <= kAmountMax); };
    if ((series.season > 0 && series.season < kSeasonMin) ||
        std::any_of(series.revenue.begin(), series.revenue.end(), bad)) {
        return Error{"measure.bad_revenue_series",
                     fmt::format("A revenue is no number, or a season of {} is below {}.",
                                 series.season, kSeasonMin),
                     "Give every period its revenue, and a season of 0 for none."};
    }
    for (std::size_t c = 0; c < channels; ++c) TRY(check_channel(series.spend[c], periods, c));
    return {};
}

MixData data_of(const MixSeries& series) {
    const auto vector = [](const std::vector<double>& x) {
        return VectorXd(Eigen::Map<const VectorXd>(x.data(), static_cast<Index>(x.size())));
    };
    MixData data{{}, {}, vector(series.revenue), base_of(series.revenue.size(), series.season), {}};
    for (const std::vector<double>& spend : series.spend) {
        data.spend.push_back(vector(spend));
        data.mean.push_back(data.spend.back().mean());
    }
    return data;
}

double r_squared(const VectorXd& predicted, const VectorXd& revenue) {
    const double all = (revenue.array() - revenue.mean()).matrix().squaredNorm();
    return all > 0 ? 1 - (predicted - revenue).squaredNorm() / all : 0;
}

ChannelMix result_of(const ResponseFit& fit, const MixData& data) {
    ChannelMix out;
    for (std::size_t c = 0; c < data.spend.size(); ++c) {
        const ResponseShape& shape = fit.shape(c);
        out.curves.push_back({fit.ceiling(c), shape.half * data.mean[c], shape.carry});
        out.brought.push_back(fit.ceiling(c) * response(data.spend[c], shape, data.mean[c]).sum());
    }
    out.r_squared = r_squared(fit.predict(), data.revenue);
    return out;
}

// Length of a block: longer ones keep more of how errors carry over, and leave fewer to draw from.
std::size_t block_length(std::size_t periods) {
    return static_cast<std::size_t>(std::lround(std::cbrt(static_cast<double>(periods))));
}

// As many residuals as there are, in blocks from anywhere.
VectorXd resampled(const VectorXd& residuals, Chance& chance) {
    const auto n = static_cast<std::size_t>(residuals.size());
    const std::size_t length = block_length(n);
    VectorXd out(residuals.size());
    std::size_t from = 0;
    for (std::size_t t = 0; t < n; ++t) {
        if (t % length == 0) from = chance.below(n - length + 1);
        out[static_cast<Index>(t)] = residuals[static_cast<Index>(from + t % length)];
    }
    return out;
}

// Mean squares of what a draw changed; the fit to the data is the middle.
std::vector<MixErrors> errors_of(const ResponseFit& fit, const ChannelMix& mix, const MixData& data,
                                 const MixBootstrap& bootstrap) {
    const VectorXd predicted = fit.predict();
    const auto n = static_cast<double>(data.revenue.size());
    const auto numbers =
        static_cast<double>(data.base.cols()) + 3 * static_cast<double>(data.spend.size());
    // The fit took a part of the noise with it.
    const VectorXd residuals = (data.revenue - predicted) * std::sqrt(n / (n - numbers));
    MixData drawn = data;
    Chance chance(bootstrap.seed);
    std::vector<MixErrors> squares(data.spend.size());
    for (std::size_t i = 0; i < bootstrap.draws && wanted(data.still_wanted); ++i) {
        drawn.revenue = predicted + resampled(residuals, chance);
        const ChannelMix other = result_of(ResponseFit(drawn, fit), drawn);
        for (std::size_t c = 0; c < squares.size(); ++c) {
            const double at = data.mean[c];
            squares[c].brought += std::pow(other.brought[c] - mix.brought[c], 2);
            squares[c].marginal +=
                std::pow(other.curves[c].marginal(at) - mix.curves[c].marginal(at), 2);
        }
    }
    for (MixErrors& error : squares) {
        error.brought = std::sqrt(error.brought / static_cast<double>(bootstrap.draws));
        error.marginal = std::sqrt(error.marginal / static_cast<double>(bootstrap.draws));
    }
    return squares;
}

}  // namespace

std::size_t mix_periods_min(std::size_t channels, std::size_t season) {
    return std::max(kPeriodsPerNumber * (base_numbers(season) + 3 * channels), 2 * season);
}

Result<ChannelMix> fit_channel_mix(const MixSeries& series, const MixBootstrap& bootstrap,
                                   const StillWanted& still_wanted) {
    TRY(check(series));
    if (bootstrap.draws > kMixDrawsMax) {
        return Error{"measure.mix_draws",
                     fmt::format("{} draws; the limit is {}.", bootstrap.draws, kMixDrawsMax),
                     "More change the second digit of an error."};
    }
    MixData data = data_of(series);
    data.still_wanted = still_wanted;
    double penalty = 0, least = std::numeric_limits<double>::infinity();
    for (const double tried : kPenalties) {
        const double error = error_with(data, tried);
        if (error < least) least = error, penalty = tried;
    }
    const ResponseFit fit(data, data.revenue.size(), penalty);
    ChannelMix out = result_of(fit, data);
    if (bootstrap.draws > 0) out.errors = errors_of(fit, out, data, bootstrap);
    out.forecast_error = least;
    out.forecast_error_without = error_without_channels(data);
    out.penalty = penalty;
    return out;
}

}  // namespace filrouge::measure
