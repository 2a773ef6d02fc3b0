// What was done with a person beside what is known of them: decisions about who is one person, the
// lists their addresses are on, and who is told of their groups. For the person's own export.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "engine/queries.h"
#include "model/identifier.h"

namespace filrouge::engine {

// A decision that the log tells, about one of these identifiers; gathered while the log is read.
struct DecisionMade {
    std::uint64_t sequence = 0;
    EventTime at;
    std::string_view verdict;
    std::string by, reason;  // empty where they are somebody else's to read
};
void note_decision(const Library& library, const RecordView& record,
                   const std::unordered_set<FragmentNo>& mine, std::vector<DecisionMade>& out);

// The members "decisions", "suppressed" and "recipients" (docs/formats/export.md). Reads the log.
void write_dealings(JsonWriter& w, const Library& library,
                    const std::unordered_set<FragmentNo>& mine,
                    const std::vector<DecisionMade>& decisions);

}  // namespace filrouge::engine
