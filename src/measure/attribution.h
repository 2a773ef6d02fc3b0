// Whose work a conversion was: the credit of each channel, from the paths that people took.
//
// Whatever the model, the credits of all channels sum to the conversions and to the value that the
// paths have (efficiency), channels that do the same get the same, and a channel that nobody
// touched gets nothing.
//
//   by rule   each touch has a share of the path's conversions: measure/touch_weights.h
//   Markov    Anderl, Becker, Wangenheim and Schumann, Mapping the customer journey, 2016: how many
//             conversions would be missing without the channel, solved exactly, not simulated
//   Shapley   Shapley, A value for n-person games, 1953
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "measure/still_wanted.h"
#include "measure/touch_weights.h"

namespace filrouge::measure {

constexpr std::size_t kChannelsMax = 64;
constexpr std::size_t kPathsMax = 5'000'000;
constexpr std::size_t kTouchesMax = 1'000;  // of one path

// The people who took one path. Aggregated: a path may be given more than once.
struct Path {
    std::vector<std::uint8_t> channels;  // numbers below Journeys::channels, oldest touch first
    // Of each touch when the conversion came, in any unit, not negative. Only the time decay looks
    // at them; elsewhere they may be left out.
    std::vector<double> ages;
    std::uint64_t conversions = 0;
    std::int64_t value = 0;   // of all those conversions, in 1/10,000
    std::uint64_t nulls = 0;  // how often the path ended without a conversion
};

struct Journeys {
    std::size_t channels = 0;  // 1 to 64
    std::vector<Path> paths;
};

struct Credit {
    double conversions = 0;
    double value = 0;  // in 1/10,000
};
using Credits = std::vector<Credit>;  // by channel

Result<Credits> attribute_by_rule(const Journeys& journeys, const Rule& rule);

constexpr int kMarkovOrderMax = 3;
constexpr std::size_t kMarkovStatesMax = 50'000;

struct MarkovAttribution {
    Credits credits;
    // By channel: the share of all conversions, and of all value, that would be missing without it.
    std::vector<Credit> removal_effects;
    std::size_t states = 0;  // with the start, without conversion and null
};

// The journey is an absorbing chain: from the start over states to conversion or null, each
// transition as often as the paths show it. A state is the last `order` touches, fewer at the
// beginning of a path. Removing a channel sends every transition into a state that contains it to
// null. What then is missing of the probability of a conversion, and of the expected value, is the
// channel's removal effect; credit is given in proportion to it. The value of a conversion is the
// mean of those from the same last state. A path with a value below 0 is refused: removing its
// channels would add value. What nobody wants any more ends as what is too much work does.
Result<MarkovAttribution> attribute_by_markov(const Journeys& journeys, int order,
                                              const StillWanted& still_wanted = {});

// The game: a coalition of channels is worth the conversions (the value) of all paths that touch no
// other channel. Each path is then a unanimity game of the channels on it, and the Shapley value of
// the sum is known in closed form: equal parts for the distinct channels of a path, however often
// and in which order they were touched (Zhao, Mahboobi and Bagheri, Shapley value methods for
// attribution modeling in online advertising, 2018). So it is exact for any number of channels. A
// game of conversion rates has no such reading: most coalitions have no path, and a rate that falls
// as channels join makes credits negative.
Result<Credits> attribute_by_shapley(const Journeys& journeys);

// What all models above ask of the paths.
Result<void> check(const Journeys& journeys);

}  // namespace filrouge::measure
