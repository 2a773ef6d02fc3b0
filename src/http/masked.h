// Answers without what the caller's role does not see. One place, behind every handler: a new
// route is masked without knowing of it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/masking.h"

namespace filrouge::http {

// `json` is valid and our own. Members of "traits", and of "properties" and "context", that the
// mask hides become {"masked":true}; so does the value of an identifier ({"type", ..., "value"}). A
// rule that asks about a hidden field is kHiddenRule, and what explains it goes; of a board's tile
// that does, the question is {"masked":true,"tile":number}. With `counts`, numbers of persons that
// are too small are null. Everything else is copied byte by byte.
std::string masked_json(std::string_view json, const engine::Mask& mask, bool counts);
constexpr std::string_view kHiddenRule = "(asks about fields that your role does not see)";

// Whether such a role may ask this rule, text or JSON; what is no rule is refused elsewhere. Error:
// masking.forbidden.
Result<void> may_ask(std::string_view rule, const engine::Mask& mask);

}  // namespace filrouge::http
