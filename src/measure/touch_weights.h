// How much of a conversion each touch before it is credited with, by the rules that look at one
// conversion at a time. Their one definition: paths (measure/attribution.h) and the scan over
// everybody's events (query/attribution.h) both credit by it.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace filrouge::measure {

enum class RuleKind : std::uint8_t { First, Last, Linear, Position, TimeDecay };

struct Rule {
    RuleKind kind = RuleKind::Linear;
    // Position: the shares of the first touch, of all between together, and of the last. Two
    // touches share in proportion to first and last; where nothing is left to share by, all count
    // the same.
    double first = 0.4, between = 0.2, last = 0.4;
    double half_life = 7;  // TimeDecay: a touch older by this counts half, in the unit of the ages
};

// Parts of one conversion: of the first touch, of each one between, and of the last. A touch that
// is alone is the first. The shares of all touches sum to 1.
struct TouchShares {
    double first = 0, between = 0, last = 0;
};

inline TouchShares position_shares(const Rule& rule, std::size_t touches) {
    const double between = touches > 2 ? rule.between : 0;
    const double all = rule.first + between + rule.last;
    const auto n = static_cast<double>(touches);
    if (all <= 0) return {1 / n, 1 / n, 1 / n};
    return {rule.first / all, touches > 2 ? between / all / (n - 2) : 0, rule.last / all};
}

// By every rule but TimeDecay, which looks at ages. One touch at least.
inline TouchShares touch_shares(const Rule& rule, std::size_t touches) {
    if (touches == 1) return {1, 0, 0};
    const double even = 1 / static_cast<double>(touches);
    switch (rule.kind) {
        case RuleKind::First: return {1, 0, 0};
        case RuleKind::Last: return {0, 0, 1};
        case RuleKind::Position: return position_shares(rule, touches);
        case RuleKind::Linear:
        case RuleKind::TimeDecay: break;
    }
    return {even, even, even};
}

// TimeDecay: what a touch counts beside the newest one, which counts 1; its share is this over the
// sum of the path's. Counted from the newest touch and not from the conversion: the shares are the
// same, and those of old paths do not vanish. `older`: than the newest, in the unit of half_life.
inline double decay_weight(double older, double half_life) { return std::exp2(-older / half_life); }

}  // namespace filrouge::measure
