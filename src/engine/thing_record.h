// That a lent thing passed on: whoever had it before has it no more from that moment, whatever
// becomes of the next one's binding. A binding is sealed with its person's key, has a term, and is
// not kept without a consent; without this record the thing would be its former holder's again, and
// a stranger's steps stand in that person's thread. It names nobody. Spec: docs/formats/records.md.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "model/event.h"

namespace filrouge::engine {

constexpr std::string_view kThingBound = "Thing Bound";
constexpr std::string_view kThingReleased = "Thing Released";
constexpr bool is_binding(EventKind kind, std::string_view name) {
    return kind == EventKind::Track && (name == kThingBound || name == kThingReleased);
}

struct ThingPassedOn {
    FragmentNo thing;
    IdentifierType type = IdentifierType::None;
    EventTime at;
    // Of the event that says so: so many records before this one, or else its sequence; 0 and 0
    // where the event was not kept. While the fold has what the event states, this adds nothing.
    std::uint8_t before = 0;
    std::uint64_t sequence = 0;
    bool operator==(const ThingPassedOn&) const = default;
};
void encode_thing_passed_on(const ThingPassedOn& told, Bytes& out);
bool decode_thing_passed_on(BytesView clear, ThingPassedOn& told);

}  // namespace filrouge::engine
