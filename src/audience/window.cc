#include "audience/window.h"

#include <algorithm>
#include <chrono>

namespace filrouge::audience {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::int64_t kHourUs = 3'600'000'000;

std::int64_t to_local(std::int64_t us, const Zone* zone) {
    return zone == nullptr ? us : zone->local_from_utc_us(us);
}
std::int64_t to_utc(std::int64_t us, const Zone* zone) {
    return zone == nullptr ? us : zone->utc_from_local_us(us);
}
std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
std::int64_t local_day(std::int64_t us, const Zone* zone) {
    return floor_divide(to_local(us, zone), kDayUs);
}
std::int64_t start_of(std::int64_t day, const Zone* zone) { return to_utc(day * kDayUs, zone); }

std::chrono::year_month_day date_of(std::int64_t day) {
    return std::chrono::sys_days{std::chrono::days{day}};
}
std::int64_t day_of(std::chrono::year_month_day date) {
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

// The same day of the month, or the month's last.
std::int64_t months_before(std::int64_t day, std::int32_t months) {
    const auto date = date_of(day);
    const auto month =
        std::chrono::year_month{date.year(), date.month()} - std::chrono::months{months};
    const std::chrono::year_month_day same = month / date.day();
    if (same.ok()) return day_of(same);
    return std::chrono::sys_days{month / std::chrono::last}.time_since_epoch().count();
}

std::int64_t period_start(std::int64_t day, WindowKind kind, int periods_back) {
    switch (kind) {
        case WindowKind::ThisWeek:
        case WindowKind::PreviousWeek: {
            const std::int64_t from_monday = (day % 7 + 7 + 3) % 7;  // 1970-01-01 was a Thursday
            return day - from_monday - 7 * periods_back;
        }
        case WindowKind::ThisMonth:
        case WindowKind::PreviousMonth: {
            const auto date = date_of(day);
            const auto month = std::chrono::year_month{date.year(), date.month()} -
                               std::chrono::months{periods_back};
            return day_of(month / std::chrono::day{1});
        }
        case WindowKind::ThisYear:
        case WindowKind::PreviousYear: {
            const auto year = date_of(day).year() - std::chrono::years{periods_back};
            return day_of(year / std::chrono::January / 1);
        }
        default: return day - periods_back;
    }
}

Bounds calendar(WindowKind kind, EventTime now, const Zone* zone) {
    const std::int64_t today = local_day(now.us, zone);
    Bounds b;
    b.turns = start_of(period_start(today, kind, -1), zone);
    // A zone that turns its clock back across midnight lives through one midnight twice.
    if (b.turns <= now.us) b.turns = now.us + kHourUs;
    const bool previous = kind == WindowKind::Yesterday || kind >= WindowKind::PreviousWeek;
    b.from = start_of(period_start(today, kind, previous ? 1 : 0), zone);
    b.to = previous ? start_of(period_start(today, kind, 0), zone) : b.turns;
    return b;
}

}  // namespace

Bounds bounds(const compiled::Window& w, EventTime now, const Zone* zone) {
    Bounds b;
    switch (w.kind) {
        case WindowKind::Ever: return b;
        case WindowKind::Last:
        case WindowKind::MoreThanAgo: {
            const std::int64_t edge =
                w.months == 0 ? now.us - w.length_us + 1
                              : start_of(months_before(local_day(now.us, zone), w.months), zone);
            (w.kind == WindowKind::Last ? b.from : b.to) = edge;
            return b;
        }
        case WindowKind::Since: b.from = to_utc(w.from_local_us, zone); return b;
        case WindowKind::Before: b.to = to_utc(w.to_local_us, zone); return b;
        case WindowKind::Between:
            b.from = to_utc(w.from_local_us, zone);
            b.to = to_utc(w.to_local_us, zone);
            return b;
        default: return calendar(w.kind, now, zone);
    }
}

std::int64_t passes_at(const compiled::Window& w, std::int64_t at, const Zone* zone) {
    if (w.months == 0) return at + w.length_us;
    // The first day D with months_before(D) > the event's day. Months shorter than the event's may
    // let several days look back to the same one, so step from the earliest candidate.
    const std::int64_t day = local_day(at, zone);
    std::int64_t candidate = months_before(day, -w.months);
    while (months_before(candidate, w.months) <= day) ++candidate;
    return start_of(candidate, zone);
}

}  // namespace filrouge::audience
