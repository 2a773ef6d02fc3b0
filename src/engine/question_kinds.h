// The kinds of questions; private to engine/question*.cc. A new kind is a function here, a row in
// question_kinds.cc and a section in docs/questions.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/question.h"

namespace filrouge::engine {

using QuestionFunction = Result<Answer> (*)(Asking& asking, Arguments& arguments);

Result<Answer> funnel_question(Asking& asking, Arguments& arguments);
Result<Answer> transitions_question(Asking& asking, Arguments& arguments);
Result<Answer> flows_question(Asking& asking, Arguments& arguments);
Result<Answer> value_question(Asking& asking, Arguments& arguments);
Result<Answer> rfm_question(Asking& asking, Arguments& arguments);
Result<Answer> attribution_question(Asking& asking, Arguments& arguments);
Result<Answer> metric_question(Asking& asking, Arguments& arguments);
Result<Answer> retention_question(Asking& asking, Arguments& arguments);
Result<Answer> share_question(Asking& asking, Arguments& arguments);
Result<Answer> niche_question(Asking& asking, Arguments& arguments);
Result<Answer> clusters_question(Asking& asking, Arguments& arguments);
Result<Answer> lookalike_question(Asking& asking, Arguments& arguments);
Result<Answer> effect_question(Asking& asking, Arguments& arguments);
Result<Answer> mix_question(Asking& asking, Arguments& arguments);
Result<Answer> forecast_question(Asking& asking, Arguments& arguments);
Result<Answer> rising_question(Asking& asking, Arguments& arguments);
Result<Answer> rising_audiences(Asking& asking, Arguments& arguments);  // of "audiences"

// What several kinds share.

// The column of a split. A property may have the name of a figure, or of another split: JSON would
// have it twice, and who reads it sees one of the two.
std::string column_of_split(std::string_view by, const std::vector<std::string>& taken);
// A model is fitted from here on, and asks between its steps whether anybody still waits for it:
// whoever fits one asks the run afterwards (check()), before anything is read of it.
std::function<bool()> begin_fit(Asking& asking);
// Two events as one rule's, so that they share what it is compiled to.
struct EventPair {
    const audience::Compiled* compiled = nullptr;
    audience::compiled::Event first, second;
};
Result<EventPair> event_pair(Asking& asking, const std::string& first, const std::string& second);
inline Answer::Value shown(const std::optional<double>& value) {
    if (!value) return std::monostate();
    return *value;
}
inline Answer::Value share_of(std::uint64_t part, std::uint64_t of) {
    if (of == 0) return std::monostate();
    return static_cast<double>(part) / static_cast<double>(of);
}

}  // namespace filrouge::engine
