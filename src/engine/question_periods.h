// Calendar periods of a question: hours, days, weeks (from Monday) and months as the brand's zone
// has them.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/question.h"

namespace filrouge::engine {

enum class Grain : std::uint8_t { Hour, Day, Week, Month };

// The argument `name`; nothing when absent.
Result<std::optional<Grain>> grain_of(Arguments& arguments, std::string_view name);

// Instants at which periods begin, ascending, and the end of the last: the periods that
// [from, to) touches and one at least, so that the first and the last may be cut by the question's
// own period.
struct Periods {
    Grain grain = Grain::Day;
    std::vector<std::int64_t> edges;  // microseconds; one more than there are periods
    std::size_t size() const { return edges.empty() ? 0 : edges.size() - 1; }
};
// Error: question.invalid when the question has no beginning, or more than `most` periods.
Result<Periods> periods_of(const Asking& asking, Grain grain, std::size_t most);
// Those of them that the question's time holds whole, and that are over: what models learn from.
Periods whole(const Asking& asking, Periods periods);
// As many periods, just before.
Periods periods_before(const Asking& asking, const Periods& periods);
// "2026-03-01"; of an hour its instant in UTC, because a wall shows one hour of the year twice.
std::string period_name(const Asking& asking, Grain grain, std::int64_t begin);

// Days since 1970-01-01 on the brand's wall.
std::int32_t day_number(const Asking& asking, std::int64_t at);

// The end of what a question may look at: its own, or now.
std::int64_t period_end(const Asking& asking);
// The same time before: as long, or as many periods, cut where the question's own ends are.
query::Scope scope_before(const Asking& asking, const Periods* periods, const Periods* before);

}  // namespace filrouge::engine
