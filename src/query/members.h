// Who fulfils a rule, as far as columns tell: counts of events in windows, joined by and, or, not.
// Whoever they leave open (traits, consent, sums, sequences decide) is for the full evaluation of
// audience/evaluate.h; the outcome is the same either way.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "audience/compile.h"
#include "query/scan.h"

namespace filrouge::query {

struct MembersQuestion {
    const audience::Compiled* compiled = nullptr;
    EventTime now;
    // By which all persons live; null: they differ, so calendar windows stay open.
    const audience::Zone* zone = nullptr;
};
struct Members {
    std::vector<std::uint64_t> in;  // bit by person
    std::vector<PersonNo> open;     // ascending
    std::vector<std::uint64_t>
        seen;                   // bit by person: has events of the brand, and allows the purpose
    std::uint64_t persons = 0;  // seen
    // The verdict on whoever has no event at all; nothing: open.
    std::optional<bool> without_events;
};
// The scope's period and bots are not looked at: the rule says both.
Result<Members> members(const history::View& view, const Scope& scope,
                        const MembersQuestion& question, Run& run);

}  // namespace filrouge::query
