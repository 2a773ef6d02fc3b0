// Which touches came before a conversion: credit by the rules that look at one conversion at a
// time (measure/touch_weights.h), counted while scanning, and the paths that Markov chains and
// Shapley values are computed from (measure/attribution.h).
//
// A touch of a conversion is an event of the person in [conversion - window, conversion) that is no
// conversion itself and has a value of what is credited: a page without a campaign is no touch of
// campaigns, and would be the first and the last of most of them. It may also be one before the
// scope's time: that is when the conversions are. One touch may belong to several conversions
// unless each_touch_once; those before the scope's time take theirs as well. A path that led to
// nothing ends within that time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "audience/compile.h"
#include "audience/rates.h"
#include "query/dimension.h"
#include "query/duration_sketch.h"

namespace filrouge::query {

constexpr std::uint32_t kTouchGroupsMax = 64;
constexpr std::uint32_t kPathTouchesMax = 64;  // of a longer path the last ones count

struct AttributionQuestion {
    const audience::Compiled* compiled = nullptr;
    audience::compiled::Event conversion;
    std::optional<audience::compiled::Event> touch;  // none: every other event
    Dimension by;                                    // what is credited
    Groups* groups = nullptr;
    std::int64_t window_us = 30ll * 86'400'000'000;
    bool each_touch_once = false;
    std::int64_t half_life_us = 7ll * 86'400'000'000;  // of a touch's weight in time decay
    double first_share = 0.4, last_share = 0.4;        // by position; the rest to those between
    Currency currency;                                 // of values; unknown: amounts as they stand
    const audience::Rates* rates = nullptr;
    bool decay = false;  // time decay wants every touch of every conversion looked at
    bool paths = false;
    bool collapse_loops = true;  // in paths, the same group several times in a row is once
};

struct Credit {
    double conversions = 0;
    double value = 0;           // in 1/10,000
    std::uint64_t persons = 0;  // whose conversions they are
};
struct GroupCredit {
    Credit first, last, linear, position, decay;
};
struct PathCount {
    std::uint64_t conversions = 0;
    std::int64_t value = 0;   // in 1/10,000
    std::uint64_t nulls = 0;  // such paths that led to nothing
};
struct Attribution {
    std::vector<GroupCredit> groups;  // by group number
    std::uint64_t conversions = 0;    // with a touch
    std::int64_t value = 0;
    std::uint64_t without_touch = 0;  // conversions that nothing came before
    std::int64_t without_touch_value = 0;
    std::uint64_t without_rate = 0;
    // Whose conversions those with a touch are, and those without.
    std::uint64_t persons = 0, persons_without_touch = 0;
    std::map<std::vector<std::uint8_t>, PathCount> paths;  // by group numbers
    // Of the conversions with a touch: how many touches, and how long since the first.
    DurationSketch touches;  // a count in place of a duration: exact below 64
    DurationSketch since_first;
    double touches_sum = 0, since_first_sum = 0;
};
// Error: query.too_many_groups past kTouchGroupsMax.
Result<Attribution> attribution(const history::View& view, const Scope& scope,
                                const AttributionQuestion& question, Run& run);

}  // namespace filrouge::query
