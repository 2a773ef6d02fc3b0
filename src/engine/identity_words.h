// Why evidence ties nothing, in words for who reviews it. Names types and figures, never a value.
// The fold's lock must be held.
#pragma once

#include <string>
#include <vector>

#include "engine/fold.h"

namespace filrouge::engine {

// Of an identifier that is blocked, or on too many people.
std::string why_alone(const Fold& fold, FragmentNo fragment);
// Empty for evidence that was not refused.
std::string why_refused(const Fold& fold, const identity::EdgeView& edge);

std::vector<FragmentNo> blocked_identifiers(const Fold& fold);  // ascending

}  // namespace filrouge::engine
