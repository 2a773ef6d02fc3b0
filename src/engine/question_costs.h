// What was spent, as a question tells it: rows of a day, a channel and an amount. Nobody's events,
// and kept nowhere. Private to engine/question*.cc.
#pragma once

#include <string>
#include <vector>

#include "engine/question.h"

namespace filrouge::engine {

struct Cost {
    std::int64_t at = 0;  // microseconds
    std::string channel;
    double amount = 0;
};
// The argument "costs"; empty when absent. Error: question.invalid, naming the row.
Result<std::vector<Cost>> costs_of(const Asking& asking, Arguments& arguments);

}  // namespace filrouge::engine
