// What sets an audience apart from the rest: the features its people have more or less often.
//
// A feature's lift is the ratio of the two shares. Its interval is Katz's on the logarithm (Katz et
// al. 1978) with a half added to each count (Walter 1975), so that a feature nobody of one side has
// gets one as well. p values are Fisher's, two-sided by doubling, by the normal distribution where
// all expected counts are large; corrected for many looks (Benjamini, Hochberg 1995). The order is
// by the near end of the interval: a lift of 8 seen on ten people stands below one of 3 seen on
// thousands.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"

namespace filrouge::measure {

constexpr std::size_t kNicheFeaturesMax = 1'000'000;
constexpr std::uint64_t kNichePeopleMax = 1'000'000'000;

struct FeatureCount {
    std::uint64_t audience = 0;  // people of the audience who have the feature
    std::uint64_t rest = 0;      // people of the rest who have it
};

struct NicheOptions {
    std::uint64_t support = 20;  // people who have the feature, on both sides; fewer: not looked at
    double false_discovery = 0.05;  // share of wrong findings that is accepted
    double level = 0.95;            // of the intervals
};

struct NicheFeature {
    std::size_t feature = 0;  // place in the input
    double share_audience = 0;
    double share_rest = 0;
    double lift = 1;  // of the shares, a half added to each count
    double low = 0;
    double high = 0;
    double p_value = 1;
    double q_value = 1;  // least false discovery rate at which it is found

    // How far from 1 the lift is at least, either way; 1 when the interval holds 1.
    double at_least() const { return low > 1 ? low : high < 1 ? 1 / high : 1; }
};

// Features with q_value <= false_discovery, by falling at_least(). Fails with "measure.niche_..."
// when a side is empty, a count exceeds its side or a limit above is passed.
Result<std::vector<NicheFeature>> niche(const std::vector<FeatureCount>& features,
                                        std::uint64_t audience, std::uint64_t rest,
                                        const NicheOptions& options = {});

}  // namespace filrouge::measure
