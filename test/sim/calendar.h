// Dates as the shop's brand has them, Europe/Paris, worked out from the rule of the European Union
// and not from the tables that the server reads. Times are microseconds since 1970 in UTC.
#pragma once

#include <cstdint>
#include <string_view>

namespace filrouge::sim {

// Of an answer, to the millisecond: "2026-03-29T00:30:00.000Z".
std::int64_t time_of(std::string_view iso);

constexpr std::int64_t kCalendarFromUs =
    820'454'400'000'000;  // 1996: before it the rule was another

// An hour ahead of UTC, two from the last Sunday of March until that of October.
std::int64_t paris_day(std::int64_t us);         // days since 1970, by the clock on the wall there
std::int64_t end_of_paris_day(std::int64_t us);  // its last moment is one before
// Half past midnight there of the next day on which clocks are changed.
std::int64_t next_clock_change(std::int64_t us);

}  // namespace filrouge::sim
