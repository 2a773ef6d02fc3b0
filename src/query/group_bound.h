// A split has kGroupsMax different values at most. Past them a value has no group, and which ones
// are past goes by the threads: such an answer is none.
#pragma once

#include <string>

#include "query/dimension.h"

namespace filrouge::query {

// After the scan. `groups` may be null: no split. Error: query.too_many_groups.
inline Result<void> check_bound(const Groups* groups) {
    if (groups == nullptr || !groups->overflowed()) return {};
    return Error{"query.too_many_groups",
                 "The field has more than " + std::to_string(kGroupsMax) + " different values.",
                 "Ask for a shorter period, or for a field with fewer."};
}

}  // namespace filrouge::query
