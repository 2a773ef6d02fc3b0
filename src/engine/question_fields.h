// What a question that somebody else wrote down asks about: whoever may not ask it must not read it
// either, for its text names the values it compares with.
#pragma once

#include <boost/json/object.hpp>

#include "base/result.h"
#include "engine/masking.h"

namespace filrouge::engine {

// Error: masking.forbidden, where any part of it is about a field that the mask hides. What is no
// text of the rule language is refused by the words that stand in it.
Result<void> check_question_fields(const boost::json::object& question, const Mask& mask);

}  // namespace filrouge::engine
