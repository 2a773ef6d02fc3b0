#include "sim/calendar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/assert.h"

namespace filrouge::sim {
namespace {

namespace chrono = std::chrono;
using Us = chrono::sys_time<chrono::microseconds>;

Us at(std::int64_t us) { return Us{chrono::microseconds{us}}; }
std::int64_t number(Us time) { return time.time_since_epoch().count(); }

// Both changes are at one o'clock UTC.
Us change(chrono::year year, chrono::month month) {
    return chrono::sys_days{year / month / chrono::Sunday[chrono::last]} + chrono::hours{1};
}

chrono::hours ahead_of_utc(Us time) {
    const chrono::year year = chrono::year_month_day{chrono::floor<chrono::days>(time)}.year();
    const bool summer = time >= change(year, chrono::March) && time < change(year, chrono::October);
    return chrono::hours{summer ? 2 : 1};
}

chrono::sys_days wall_day(Us time) {
    return chrono::floor<chrono::days>(time + ahead_of_utc(time));
}

Us midnight(chrono::sys_days day) {
    const Us winter = day - chrono::hours{1};
    return winter - (ahead_of_utc(winter) - chrono::hours{1});
}

}  // namespace

std::int64_t time_of(std::string_view iso) {
    constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.dddZ";
    ASSERT(iso.size() == kShape.size());
    const auto digits = [&](std::size_t from, std::size_t count) {
        int value = 0;
        const char* end = iso.data() + from + count;
        ASSERT(std::from_chars(iso.data() + from, end, value).ptr == end);
        return value;
    };
    const chrono::year_month_day date{chrono::year{digits(0, 4)},
                                      chrono::month{static_cast<unsigned>(digits(5, 2))},
                                      chrono::day{static_cast<unsigned>(digits(8, 2))}};
    return number(chrono::sys_days{date} + chrono::hours{digits(11, 2)} +
                  chrono::minutes{digits(14, 2)} + chrono::seconds{digits(17, 2)} +
                  chrono::milliseconds{digits(20, 3)});
}

std::int64_t paris_day(std::int64_t us) { return wall_day(at(us)).time_since_epoch().count(); }

std::int64_t end_of_paris_day(std::int64_t us) {
    return number(midnight(wall_day(at(us)) + chrono::days{1}));
}

std::int64_t next_clock_change(std::int64_t us) {
    const chrono::year year = chrono::year_month_day{wall_day(at(us))}.year();
    const std::array days = {change(year, chrono::March), change(year, chrono::October),
                             change(year + chrono::years{1}, chrono::March)};
    for (const Us day : days) {
        const Us start = midnight(wall_day(day)) + chrono::minutes{30};
        if (start > at(us)) return number(start);
    }
    ASSERT(false);
    return 0;
}

}  // namespace filrouge::sim
