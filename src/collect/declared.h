// Which free members of an event are kept. A source keeps all of them; a strict one those that were
// declared: by the vocabulary that SDKs share (e-commerce, pages, people, what a browser or a
// device tells of itself), or by the source's own settings. What stands inside a declared member is
// declared with it.
#pragma once

#include <cstdint>
#include <string_view>

#include "collect/rules.h"

namespace filrouge::collect {

// Where a member stands. `Event`: beside the members of the protocol.
enum class FreePart : std::uint8_t { Event, Properties, Traits, Context };

bool is_kept(const Rules& rules, FreePart part, std::string_view name);

}  // namespace filrouge::collect
