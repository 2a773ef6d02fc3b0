// The kinds of questions; private to engine/question*.cc. A new kind is a function here, a row in
// question_kinds.cc and a section in docs/questions.md.
#pragma once

#include "engine/question.h"

namespace filrouge::engine {

using QuestionFunction = Result<Answer> (*)(Asking& asking, Arguments& arguments);

Result<Answer> funnel_question(Asking& asking, Arguments& arguments);
Result<Answer> transitions_question(Asking& asking, Arguments& arguments);
Result<Answer> flows_question(Asking& asking, Arguments& arguments);
Result<Answer> value_question(Asking& asking, Arguments& arguments);
Result<Answer> rfm_question(Asking& asking, Arguments& arguments);
Result<Answer> attribution_question(Asking& asking, Arguments& arguments);

}  // namespace filrouge::engine
