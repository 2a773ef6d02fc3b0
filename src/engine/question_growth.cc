// Which audiences grow: more people entered them in the last days than the days before let expect,
// beyond what all audiences did. Who was found when an audience was made is no news, and counts in
// neither.
#include <algorithm>
#include <shared_mutex>

#include "engine/question_kinds.h"
#include "engine/question_periods.h"
#include "measure/rising.h"

namespace filrouge::engine {
namespace {

constexpr std::int64_t kRowsMax = 10'000;
constexpr std::int64_t kDayUs = 86'400'000'000;

struct Grown {
    std::string id, name;
    std::uint64_t recent = 0, before = 0;  // who entered
    std::uint64_t size = 0;
};
struct Days {
    std::int32_t first = 0, recent = 0, end = 0;  // [first, recent) before, [recent, end)
};

Result<std::int32_t> days_of(Asking& asking, Arguments& arguments, std::string_view name,
                             std::string_view otherwise) {
    const std::int64_t length = TRY(asking.length(TRY(arguments.text_or(name, otherwise))));
    if (length % kDayUs != 0 || length / kDayUs > kGrowthDaysMax)
        return arguments.wrong(name, "whole days, " + std::to_string(kGrowthDaysMax) + " at most");
    return static_cast<std::int32_t>(length / kDayUs);
}

// Nothing of an audience that was not there through all of the days.
std::optional<Grown> grown_of(const Fold& fold, const AudienceInfo& info, const Days& days) {
    Grown out{info.id, info.name};
    bool known = false;
    for (const GrowthBook::Row& row : fold.growth.of(info.slot)) {
        if (row.day >= days.end) break;
        out.size = row.size;
        if (row.day < days.first) known = true;
        // Made or asked anew within: what it would have been before nobody counted.
        if (row.day >= days.first && row.has(GrowthBook::kBegan)) return std::nullopt;
        if (row.day >= days.first) (row.day < days.recent ? out.before : out.recent) += row.entered;
    }
    if (!known && fold.day_of(info.use.brand, info.created) >= days.first) return std::nullopt;
    return out;
}

void add_rows(Answer& answer, const std::vector<Grown>& grown, const measure::Rising& found,
              std::size_t limit) {
    auto& rows = answer.table("rows", {"audience", "id", "size", "recent", "before", "expected",
                                       "growth", "growth_low", "p_value", "q_value"});
    for (const measure::RisingThing& t : found.things) {
        if (rows.rows.size() == limit) break;
        const Grown& of = grown[t.thing];
        rows.add({of.name, of.id, of.size, static_cast<double>(of.recent),
                  static_cast<double>(of.before), t.expected, t.growth, t.growth_low, t.p_value,
                  t.q_value});
        for (const std::uint64_t persons : {of.size, of.recent, of.before}) rows.is_of(persons);
    }
}

}  // namespace

Result<Answer> rising_audiences(Asking& asking, Arguments& arguments) {
    const std::int32_t recent = TRY(days_of(asking, arguments, "recent", "7 days"));
    const std::int32_t before = TRY(days_of(asking, arguments, "before", "28 days"));
    const auto limit = TRY(arguments.whole("limit", 1, kRowsMax)).value_or(100);
    TRY(arguments.done());
    if (asking.scope.from != INT64_MIN)
        return arguments.wrong("recent", "all that says when it begins: leave out from and last");
    if (!asking.scope.who.empty() || asking.scope.bots)
        return arguments.wrong("of",
                               "a figure, where who, audience or bots is told: the growth of "
                               "audiences is kept of all their members");
    if (recent + before > kGrowthDaysMax)
        return arguments.wrong("before", "such that both are " + std::to_string(kGrowthDaysMax) +
                                             " days at most: no more are kept");
    std::vector<Grown> grown;
    std::uint64_t too_new = 0;
    {
        const std::shared_lock reading(asking.library.lock);
        const Fold& fold = asking.library.fold;
        Days days;
        // Days that are over: half a day beside whole ones would be a fall.
        days.end = fold.day_of(asking.scope.brand, EventTime{period_end(asking)});
        days.recent = days.end - recent;
        days.first = days.recent - before;
        for (const auto& [id, info] : fold.audiences) {
            if (info.use.brand != asking.scope.brand || info.use.purpose != asking.scope.purpose)
                continue;
            auto one = grown_of(fold, info, days);
            if (one)
                grown.push_back(std::move(*one));
            else
                ++too_new;
        }
    }
    std::vector<measure::Counted> things;
    things.reserve(grown.size());
    for (const Grown& each : grown)
        things.push_back({static_cast<double>(each.recent), static_cast<double>(each.before)});
    measure::RisingOptions options;
    options.recent_days = recent;
    options.before_days = before;
    const measure::Rising found = TRY(measure::rising(things, options));
    Answer answer;
    answer.fact("of", std::string("audiences"));
    answer.fact("things", std::uint64_t{things.size()});
    answer.fact("too_new", too_new);
    answer.fact("typical_growth", found.typical_growth);
    answer.fact("correlation", found.correlation);
    add_rows(answer, grown, found, static_cast<std::size_t>(limit));
    if (!found.spread_known)
        answer.note(
            "Fewer than 20 things were seen 10 times or more: how much they vary by themselves is "
            "not known, and p_value and q_value are too small where that is more than chance.");
    if (too_new != 0)
        answer.note("Audiences that were made, or asked anew, within these days are left out: " +
                    std::to_string(too_new) + ".");
    return answer;
}

}  // namespace filrouge::engine
