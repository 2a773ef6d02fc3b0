// The events behind one cell of a figure, opened: a page of them, each as in the thread of its
// person. Whoever stopped allowing the question's purpose since, or is restricted, is left out and
// counted, and so is what can no longer be opened.
#pragma once

#include <boost/json/object.hpp>

#include "engine/question.h"

namespace filrouge::engine {

constexpr std::size_t kTracedPageMax = 200;

// `json`: a question of the kind "metric", and beside it "cell": {"at", "by": [value, ...]}, as the
// answer's row has them; "figure": "of" (or "over"), "after": next_after of the page before,
// "limit". Error: as answer_question(), question.no_such_cell.
Result<std::string> question_events_json(const Library& library, const boost::json::object& json,
                                         query::Run& run, const Mask& mask);

}  // namespace filrouge::engine
