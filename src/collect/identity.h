// Gathers what an event says about who or what it concerns, normalised, without the values that
// stand for nobody, strongest first.
#pragma once

#include <string>
#include <string_view>

#include "collect/event_reader.h"
#include "collect/incoming.h"
#include "collect/rules.h"
#include "model/event.h"

namespace filrouge::collect {

// `header_anonymous_id` is the decoded AnonymousId header: it counts where the event itself names
// neither a user nor an anonymous id. Ok also when nobody is named: the caller judges that.
Fit read_identity(const JsonBody& body, const Told& told, EventKind kind, const Rules& rules,
                  std::string_view header_anonymous_id, Incoming& out);

// The text of a string or a number; empty for anything else.
std::string_view text_at(const JsonBody& body, JsonAt at);

// One value of one type, as read_identity adds it; one that is none of its type is counted.
Fit add_identifier(IdentifierType type, std::string_view text, const Rules& rules, Incoming& out);

}  // namespace filrouge::collect
