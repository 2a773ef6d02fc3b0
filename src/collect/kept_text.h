// What quarantine keeps of an event that cannot be taken: the event's own text, and in it what its
// route, its request and its batch said of it. Read again later, as one event of a batch and with
// no headers, it says what it said when it came.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collect/event_reader.h"
#include "collect/json.h"
#include "model/event.h"

namespace filrouge::collect {

struct SaidAround {
    Envelope envelope;              // what stands beside the events of the batch
    std::optional<EventKind> kind;  // by the route; else the event's type says it
    std::string_view sent_at;       // JSON; empty where the event tells its own, or nobody does
    bool import = false;            // then no sentAt corrects its times
    std::string_view anonymous_id;  // where it counts
    bool global_privacy_control = false;
    bool prefetch = false;
    std::string_view user_agent;  // where it is what tells a bot
};

// `past` is the place behind the event. At most kEventBytesMax bytes; what is cut can no longer be
// read, and was too large.
std::string kept_text(const JsonBody& body, JsonAt event, JsonAt past, const SaidAround& said);

}  // namespace filrouge::collect
