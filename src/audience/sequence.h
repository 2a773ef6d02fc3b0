// A then B then C: does some chain of a person's events match? One pass over the events keeps, for
// each number of steps, the latest first event of a chain that got so far. The latest is the best:
// `within` and the window of the first step only get easier to meet, so no other need be kept.
#pragma once

#include <cstdint>

#include "audience/match.h"
#include "audience/window.h"

namespace filrouge::audience {

struct SequenceOutcome {
    bool in = false;
    std::int64_t next = kNeverUs;  // never later than the first change
};
SequenceOutcome run_sequence(const Compiled& c, const compiled::Sequence& s,
                             const PersonView& person);

}  // namespace filrouge::audience
