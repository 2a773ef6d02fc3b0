// Why is this person in, or why not? The rule's clauses as a tree, each with what it saw, what it
// wanted, whether it was met, and the records behind it. For people to read: not for the hot path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audience/compile.h"
#include "audience/evaluate.h"
#include "audience/person.h"

namespace filrouge::audience {

constexpr std::size_t kExplainedEventsMax = 20;

struct Clause {
    NodeKind kind = NodeKind::And;
    std::string text;       // "count(Order Completed, last 90 days) >= 2"
    std::string value;      // "1", "480.5 EUR", "Lyon", "refused"; empty when there is none
    std::string threshold;  // ">= 2"; empty when there is none
    bool met = false;
    EventTime next_change = kNever;          // when time alone may turn it
    std::uint64_t events = 0;                // that stand behind the value
    std::vector<std::uint64_t> records;      // their sequences, the first kExplainedEventsMax
    std::optional<history::TraitRow> trait;  // where a trait comes from
    std::vector<Clause> parts;               // as written
};

// The root's `met` is what evaluate() says.
Clause explain(const Compiled& rule, const PersonView& person);

}  // namespace filrouge::audience
