// Reads the times that senders write: ISO 8601 with any offset and up to nanoseconds, a bare
// date, or a count of seconds, milliseconds or microseconds since 1970 (told apart by its size).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace filrouge::collect {

// Exact to the microsecond; finer digits are cut. A time without an offset is UTC.
std::optional<EventTime> parse_time(std::string_view text);
std::optional<EventTime> time_from_epoch(std::int64_t count);

constexpr EventTime kEarliestTime{631'152'000'000'000};  // 1990-01-01T00:00:00Z

}  // namespace filrouge::collect
