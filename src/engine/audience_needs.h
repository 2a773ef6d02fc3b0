// What audiences need of each other: a rule may name audiences, and may ask for the score of who
// resembles one, which is learned from its members. None may come to need itself by either.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audience/rule.h"
#include "base/result.h"
#include "engine/fold.h"
#include "engine/queries.h"

namespace filrouge::engine {

// Before an audience is made, or a model is learned from one: whether what its rule needs leads
// back to it. Nothing where it does not; else the error has the code and names the circle.
// The caller holds the fold's lock.
Result<void> refuse_circle(const Fold& fold, std::string_view id, std::string_view name,
                           const audience::Rule& rule, std::string_view code);

// Before an audience is made: whether all that its rule names can get a number. It gets them once,
// and what has none then is never seen by it. `names` are those it was compiled with.
Result<void> refuse_without_names(const Fold& fold, const DraftNames& names);

// The names of the audiences of that brand and purpose whose rules ask for one of these traits.
std::vector<std::string> who_ask_for(const Fold& fold, const std::vector<std::string>& traits,
                                     audience::Use use);

// "'Regulars', 'Lost baskets'"
std::string quoted_list(const std::vector<std::string>& names);

}  // namespace filrouge::engine
