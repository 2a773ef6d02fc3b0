// The figures of one person's history, as a purpose sees it.
#pragma once

#include <string_view>

#include "engine/queries.h"
#include "profile/summary.h"

namespace filrouge::engine {

// A restriction keeps the person's data from everybody but the person. The fold's lock must be
// held.
bool may_tell(const Fold& fold, PersonNo person, audience::Use use, ToldTo whom);

// The figures of a long history: read from the newest on, a slice under each hold of the lock, so
// that the fold never waits for all of it. Ends early, with what there was, when the person no
// longer is or no longer allows it: who asks looks again before anything is told.
profile::Summary summary_of(const Library& library, std::string_view id, audience::Use use,
                            ToldTo whom);

}  // namespace filrouge::engine
