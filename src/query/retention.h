// Who came back: persons by the period of their first event of one kind (their cohort), and in how
// many of the periods after it they did another. The first is the first of all that is kept, also
// where it lies before the scope's time: a customer of two years did not begin eight weeks ago.
//
// Periods are days, weeks or months of a brand's zone: the caller says where they begin. Rolling,
// each person has windows of one length of their own instead, counted from the first event.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audience/compile.h"
#include "query/dimension.h"

namespace filrouge::query {

constexpr std::size_t kRetentionPeriodsMax = 400;  // a year of days

struct RetentionQuestion {
    const audience::Compiled* compiled = nullptr;  // must outlive the question
    audience::compiled::Event first;               // the first one begins a person
    // Instead: the first that the scope's time includes, whatever came before it.
    bool first_in_time = false;
    audience::compiled::Event again;  // after it; may be of the same kind
    // Ascending instants in microseconds: cohort i began in [periods[i], periods[i + 1]), within
    // the scope's time. Who began before or after is in none. Must outlive the question.
    std::span<const std::int64_t> periods;
    std::int64_t window_us = 0;  // rolling: the length of a window; 0: by periods
    std::uint32_t windows = 0;   // rolling: how many
    Dimension by;                // of the first event
    Groups* groups = nullptr;    // of `by`; null: no split
};

struct CohortTable {
    std::size_t columns = 0;           // by periods: as many as there are; rolling: windows
    std::vector<std::uint64_t> cells;  // of a cohort: its size, then who came back, by column
    bool empty() const { return cells.empty(); }
    std::uint64_t persons(std::size_t cohort) const { return cells[cohort * (columns + 1)]; }
    // In the period so many after the cohort's own (0: later in that one), or rolling, in that
    // window. A window that is not over yet counts what there is.
    std::uint64_t returned(std::size_t cohort, std::size_t later) const {
        return cells[cohort * (columns + 1) + 1 + later];
    }
};
struct Retention {
    CohortTable all;
    std::vector<CohortTable> by_group;  // by group number; empty where nobody began
};

// Error: query.bad_periods; query.too_large when groups times cohorts times columns are.
Result<Retention> retention(const history::View& view, const Scope& scope,
                            const RetentionQuestion& question, Run& run);

}  // namespace filrouge::query
