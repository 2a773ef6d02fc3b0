// Is a person in the audience at this instant, and when might that change by the passing of time
// alone? Pure: the same rule and view give the same outcome, on any machine.
#pragma once

#include "audience/compile.h"
#include "audience/person.h"

namespace filrouge::audience {

constexpr EventTime kNever{INT64_MAX};

struct Outcome {
    bool in = false;
    // The earliest instant after now at which the outcome could differ if nothing else happens.
    // It may be too early, so evaluate again there; it is never too late.
    EventTime next_change = kNever;
    bool operator==(const Outcome&) const = default;
};

Outcome evaluate(const Compiled& rule, const PersonView& person);

// Amounts in the rule's windows that it would convert and for which no rate was told: they stay
// out.
std::uint64_t amounts_without_rate(const Compiled& rule, const PersonView& person);

// One clause: nodes[node] and what hangs below it.
Outcome evaluate(const Compiled& rule, const PersonView& person, std::uint16_t node);

}  // namespace filrouge::audience
