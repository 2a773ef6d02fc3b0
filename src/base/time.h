// Time is int64 microseconds since 1970 in UTC. The moment something happened and the moment we
// received it are different types, so one cannot be compared with the other by accident.
#pragma once

#include <compare>
#include <cstdint>

namespace filrouge {

struct Duration {
    std::int64_t us = 0;
    constexpr auto operator<=>(const Duration&) const = default;
    constexpr Duration operator-(Duration other) const { return {us - other.us}; }
};
constexpr Duration microseconds(std::int64_t n) { return {n}; }
constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
constexpr Duration hours(std::int64_t n) { return seconds(n * 3'600); }
constexpr Duration days(std::int64_t n) { return seconds(n * 86'400); }

template <class Tag>
struct TimePoint {
    std::int64_t us = 0;
    constexpr auto operator<=>(const TimePoint&) const = default;
    constexpr TimePoint operator+(Duration d) const { return {us + d.us}; }
    constexpr TimePoint operator-(Duration d) const { return {us - d.us}; }
    constexpr Duration operator-(TimePoint other) const { return {us - other.us}; }
};
using EventTime = TimePoint<struct EventTimeTag>;    // when it happened, as told and repaired
using IngestTime = TimePoint<struct IngestTimeTag>;  // when our door received it

// Whole days since 1970-01-01, downwards: a moment before has a day below 0.
template <class Tag>
constexpr std::int64_t day_of(TimePoint<Tag> at) {
    constexpr std::int64_t kDayUs = days(1).us;
    return at.us / kDayUs - (at.us % kDayUs < 0 ? 1 : 0);
}

constexpr EventTime as_event_time(IngestTime t) { return {t.us}; }

}  // namespace filrouge
