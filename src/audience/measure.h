// The value of an aggregate over one person's events. Exact: sums are 128 bits wide, averages are
// compared as sum against limit times number, nothing is rounded.
#pragma once

#include <cstdint>

#include "audience/match.h"
#include "audience/window.h"

namespace filrouge::audience {

using Wide = __int128;

struct Measure {
    std::int64_t events = 0;        // that fit, in the window
    std::int64_t values = 0;        // that were looked at
    std::int64_t without_rate = 0;  // amounts of another currency that could not be converted
    Wide sum = 0;                   // Sum, Average
    Seen value;                     // Min, Max, First, Last
    std::int64_t distinct = 0;
    bool mixed = false;  // amounts in several currencies, and the rule names none: unknown
    Currency currency;
    std::int64_t oldest = 0;  // time of the first event that fits, with values for First and Last
    std::int64_t newest = 0;
};

// The stretch of events that lies in the bounds; events are in order of time.
std::span<const EventRow> within(std::span<const EventRow> events, const Bounds& bounds);

Measure measure(const Compiled& c, const compiled::Aggregate& a, std::span<const EventRow> window,
                const Rates* rates);
bool fits(const Compiled& c, const compiled::Aggregate& a, const Measure& m);

// For count and any: the two counts at which the test may turn. Below `low` events it gives
// below, from `low` to `high` - 1 between, from `high` above.
struct Turns {
    std::int64_t low = 0;
    std::int64_t high = 0;
    bool below = false;
    bool between = false;
    bool above = false;
    bool at(std::int64_t count) const {
        return count < low ? below : count < high ? between : above;
    }
};
Turns turns(const compiled::Aggregate& a);

}  // namespace filrouge::audience
