// An item of quarantine, opened: as the text that was received, or as the event that met its own
// id with another content; and read once more, as its source's door would have read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/queries.h"
#include "engine/records.h"
#include "engine/runtime.h"
#include "engine/settings.h"

namespace filrouge::engine {

struct Quarantined {
    std::string text;            // as JSON; of an event, as near as a tracking call can say it
    std::optional<Event> event;  // whole, where it was understood before it met its id
};
// Errors: "quarantine.resolved", "quarantine.expired", "quarantine.unreadable".
Result<Quarantined> open_quarantined(const Library& library, std::uint64_t sequence);

// Whether the item's own identifiers have one of these values.
bool has_identifier(const Quarantined& item, const std::vector<std::string>& values);

// A request that tells the item again, by the rules of its source and at the time it came.
// `repaired` takes the place of its text, where there is one; what the door knew beside the text
// (an import's, the basis) stays.
Result<IngestRequest> read_again(const Library& library, const Settings& settings,
                                 const std::vector<SourceInfo>& sources, std::uint64_t sequence,
                                 const std::string& repaired);

// All that is said of it: also identifiers, amounts and a place that its file gave it.
std::string event_as_tracking_json(const Event& event, const consent::Purposes& purposes);

}  // namespace filrouge::engine
