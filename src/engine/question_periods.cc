#include "engine/question_periods.h"

#include <algorithm>
#include <chrono>

#include "engine/times.h"

namespace filrouge::engine {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kDayUs = 24 * kHourUs;
using Days = std::chrono::sys_days;

std::int64_t local_of(const Asking& asking, std::int64_t at) {
    return asking.zone == nullptr ? at : asking.zone->local_from_utc_us(at);
}
std::int64_t utc_of(const Asking& asking, Days day) {
    const std::int64_t local = day.time_since_epoch().count() * kDayUs;
    return asking.zone == nullptr ? local : asking.zone->utc_from_local_us(local);
}
std::int64_t floor_to(std::int64_t value, std::int64_t step) {
    const std::int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

// The first day of the period that holds an instant.
Days first_day(const Asking& asking, Grain grain, std::int64_t at) {
    const std::int64_t local = floor_to(local_of(asking, at), kDayUs) / kDayUs;
    const Days day{std::chrono::days(local)};
    if (grain == Grain::Week) return day - (std::chrono::weekday(day) - std::chrono::Monday);
    if (grain == Grain::Month) {
        const std::chrono::year_month_day date(day);
        return date.year() / date.month() / 1;
    }
    return day;
}

Days moved(Days day, Grain grain, int periods) {
    if (grain == Grain::Day) return day + std::chrono::days(periods);
    if (grain == Grain::Week) return day + std::chrono::days(7 * periods);
    const std::chrono::year_month_day date(day);
    return (date.year() / date.month() + std::chrono::months(periods)) / 1;
}

// From the period that holds `at` on, so many periods later or (below 0) before.
std::int64_t edge(const Asking& asking, Grain grain, std::int64_t at, int periods) {
    if (grain != Grain::Hour)
        return utc_of(asking, moved(first_day(asking, grain, at), grain, periods));
    const std::int64_t local = local_of(asking, at);
    return at - (local - floor_to(local, kHourUs)) + periods * kHourUs;
}

}  // namespace

Result<std::optional<Grain>> grain_of(Arguments& arguments, std::string_view name) {
    const auto told = TRY(arguments.text(name));
    if (!told) return std::optional<Grain>();
    if (*told == "hour") return std::optional(Grain::Hour);
    if (*told == "day") return std::optional(Grain::Day);
    if (*told == "week") return std::optional(Grain::Week);
    if (*told == "month") return std::optional(Grain::Month);
    return arguments.wrong(name, "hour, day, week or month");
}

std::int64_t period_end(const Asking& asking) {
    return std::min(asking.scope.to, asking.now.us + 1);
}

Result<Periods> periods_of(const Asking& asking, Grain grain, std::size_t most) {
    if (asking.scope.from == INT64_MIN)
        return Error{"question.invalid", "A question by periods has a beginning.",
                     "Tell \"from\" or \"last\" beside the question's kind."};
    const std::int64_t to = period_end(asking);
    Periods periods;
    periods.grain = grain;
    // One at least, also of a time that lies ahead.
    for (int i = 0; periods.size() == 0 || periods.edges.back() < to; ++i) {
        if (periods.size() == most)
            return Error{"question.invalid",
                         "The question's time has more than " + std::to_string(most) +
                             " periods; that is the limit.",
                         "Ask for a shorter time, or for longer periods."};
        periods.edges.push_back(edge(asking, grain, asking.scope.from, i));
    }
    return periods;
}

Periods whole(const Asking& asking, Periods periods) {
    if (!periods.edges.empty() && periods.edges.back() > period_end(asking))
        periods.edges.pop_back();
    if (!periods.edges.empty() && periods.edges.front() < asking.scope.from)
        periods.edges.erase(periods.edges.begin());
    if (periods.edges.size() == 1) periods.edges.clear();
    return periods;
}

namespace {

// How many periods the time before lies back. "7 days" touch eight, the first and the last of them
// in part: one period less, and both times touch, a weekday beside the same. Not so where they
// would overlap.
int periods_back(const Asking& asking, const Periods& periods) {
    const int many = static_cast<int>(periods.size());
    const std::int64_t from = asking.scope.from;
    const std::int64_t to = period_end(asking);
    if (many < 2 || from <= periods.edges.front() || to >= periods.edges.back()) return many;
    const std::int64_t overlap =
        (to - periods.edges[periods.size() - 1]) - (from - periods.edges[0]);
    // Clocks put forward in between make one day shorter. Lengths in months begin with a whole day
    // and are counted in months that are up to three days longer or shorter than their neighbours.
    std::int64_t slack = (local_of(asking, to) - to) - (local_of(asking, from) - from);
    if (periods.grain == Grain::Month) slack += 4 * kDayUs;
    return overlap <= std::max<std::int64_t>(0, slack) ? many - 1 : many;
}

}  // namespace

Periods periods_before(const Asking& asking, const Periods& periods) {
    Periods before;
    before.grain = periods.grain;
    const int many = static_cast<int>(periods.size());
    const int back = periods_back(asking, periods);
    for (int i = -back; i <= many - back; ++i)
        before.edges.push_back(edge(asking, periods.grain, periods.edges.front(), i));
    return before;
}

std::int32_t day_number(const Asking& asking, std::int64_t at) {
    return static_cast<std::int32_t>(floor_to(local_of(asking, at), kDayUs) / kDayUs);
}

std::string period_name(const Asking& asking, Grain grain, std::int64_t begin) {
    return grain == Grain::Hour ? iso_time(EventTime{begin}) : asking.local_date(begin);
}

query::Scope scope_before(const Asking& asking, const Periods* periods, const Periods* before) {
    query::Scope scope = asking.scope;
    const std::int64_t to = period_end(asking);
    if (periods == nullptr || before == nullptr || periods->size() == 0) {
        scope.from = asking.scope.from - (to - asking.scope.from);
        scope.to = asking.scope.from;
        return scope;
    }
    const std::size_t last = periods->size() - 1;
    scope.from = before->edges[0] + (asking.scope.from - periods->edges[0]);
    scope.to = std::min({before->edges[last] + (to - periods->edges[last]), before->edges[last + 1],
                         asking.scope.from});
    return scope;
}

}  // namespace filrouge::engine
