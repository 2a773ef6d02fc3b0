// One event as it is shown to who works here: what the columns know of it, and its free part opened
// from the log. Private to engine/.
#pragma once

#include <string>

#include "base/json_writer.h"
#include "engine/queries.h"
#include "history/scan.h"

namespace filrouge::engine {

struct EventWords {
    std::string name, source;
    std::string profile;  // of whom; empty: not told
};
// An object. Reads the log, so the fold's lock must not be held.
void write_event(JsonWriter& w, const Library& library, const history::EventRow& row,
                 const EventWords& words);

}  // namespace filrouge::engine
