#include "http/iso_time.h"

#include <chrono>
#include <cstdio>

namespace filrouge::http {

std::string iso_time(EventTime at) {
    using std::chrono::floor;
    const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(at.us)};
    const auto day = floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(floor<std::chrono::milliseconds>(time - day));
    char text[64];
    const int n = std::snprintf(
        text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return {text, static_cast<std::size_t>(n)};
}

}  // namespace filrouge::http
