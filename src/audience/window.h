// Which stretch of time a window means at an instant, and when an event leaves it. Integers only;
// calendar windows follow the person's zone, weeks begin on Monday.
#pragma once

#include <cstdint>

#include "audience/compile.h"
#include "audience/person.h"

namespace filrouge::audience {

constexpr std::int64_t kNeverUs = INT64_MAX;

struct Bounds {
    std::int64_t from = INT64_MIN;  // in microseconds of UTC, inclusive
    std::int64_t to = INT64_MAX;    // exclusive
    // Today, this week ... and previous ...: when the calendar turns; else kNeverUs.
    std::int64_t turns = kNeverUs;
    bool holds(std::int64_t at) const { return at >= from && at < to; }
};

Bounds bounds(const compiled::Window& window, EventTime now, const Zone* zone);

// Last and MoreThanAgo: the first instant at which an event of time `at` lies outside the window
// that ends now, or inside the one that begins before.
std::int64_t passes_at(const compiled::Window& window, std::int64_t at, const Zone* zone);

}  // namespace filrouge::audience
