// How many persons did the steps one after the other, within a time from the first, without what
// may not lie between; how long each step took. The steps are a `sequence(...)` of the rule
// language and mean the same: those who reached step k are the members of the rule of the first k
// steps.
#pragma once

#include <cstdint>
#include <vector>

#include "audience/compile.h"
#include "query/dimension.h"
#include "query/duration_sketch.h"

namespace filrouge::query {

struct FunnelStep {
    std::uint64_t persons = 0;  // who came at least so far
    DurationSketch
        since_last;  // of them, from the step before; by the first chain that came so far
    DurationSketch since_first;
};
struct Funnel {
    std::vector<FunnelStep> steps;
    std::vector<std::vector<std::uint64_t>>
        by_group;  // [group][step]: group of the chain's first event; empty: nobody
};

struct FunnelQuestion {
    const audience::Compiled* compiled = nullptr;  // must outlive the question
    audience::compiled::Sequence sequence;  // a window of its own is not looked at: Scope has it
    Dimension by;
    Groups* groups = nullptr;  // of `by`; null: no split
};

Result<Funnel> funnel(const history::View& view, const Scope& scope, const FunnelQuestion& question,
                      Run& run);

}  // namespace filrouge::query
