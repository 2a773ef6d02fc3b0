// Who is in an audience is for its own brand and purpose to know: a rule names none of others.
#pragma once

#include "audience/compile.h"
#include "engine/fold.h"

namespace filrouge::engine {

// The first audience of another brand or purpose that the rule names; nullptr where there is none.
const AudienceInfo* named_of_another_use(const Fold& fold, const audience::Compiled& rule,
                                         audience::Use use);

}  // namespace filrouge::engine
