// What yeses by category come to. A purpose may stand under several categories, and one of them is
// no yes to the rest: each that the signal knows must have been agreed to.
#pragma once

#include <span>
#include <string_view>

#include "consent/gate.h"

namespace filrouge::consent {

// The purposes agreed to by these names, a purpose's own or categories. A purpose that is named
// itself is agreed to. By category it is when, in each vocabulary that told one of its categories
// (the framework's tcf:1 and so on, Consent Mode's, those a consent manager is free to name), all
// of its categories were told with a yes. What managers call one thing by different names counts
// as told when one of the names is.
PurposeSet agreed_to(const Purposes& purposes, std::span<const std::string_view> yeses);

}  // namespace filrouge::consent
