// An event record's two parts read together, and its version 4, for events whose term the settings
// tell. Such an event is sealed twice: what it says of identity and consent under its fragment's
// key, what happened (name, properties, value, product, ...) once more under the key of its period,
// a day of events of one class. Erasing the person forgets the one key, the end of the term the
// other. Spec: docs/formats/records.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "model/event.h"
#include "storage/keys.h"

namespace filrouge::engine {

constexpr std::uint8_t kTermedEventVersion = 4;

struct TermSeal {
    FragmentNo period;        // whose key closes what happened
    bool is_contact = false;  // of the person's own (engine/retention.h)
    bool by_purpose = false;  // the class is the purposes it is kept for; else its name
    bool operator==(const TermSeal&) const = default;
};

// What history calls an event: its name, or its kind's.
std::string_view history_name(const Event& event);

// What is left of it are identifiers and statements of consent.
void drop_content(Event& event);

// The clear part of any version; `term` is told by version 4. False when malformed.
bool decode_event_clear(BytesView clear, Event& event, std::optional<TermSeal>& term);

// What is known of the sealed part: nothing, all, or that its period's key is gone, and then the
// event has its identifiers and statements of consent and nothing else.
enum class EventContent : std::uint8_t { Unreadable, Whole, Lapsed };
// `plain` as open_event() gives it; the clear part is decoded before.
EventContent decode_event_content(BytesView plain, bool termed, Event& event);
// Both parts; whether they could be read, be it without what happened.
bool decode_event(BytesView clear, BytesView plain, Event& event);

// The record's parts in version 4. `plain` is what the fold is given, as open_event() would; the
// event's id is the nonce of both seals, which have different keys.
struct TermedKeys {
    DataKey fragment, period;
};
void seal_termed_event(const Event& event, const TermSeal& term, const TermedKeys& keys,
                       Bytes& clear, Bytes& plain, Bytes& sealed);

// Opens an event's sealed part under the keys that are there; `plain` is empty where the fragment's
// is not. Error: "seal.broken".
Result<void> open_event(const KeyStore& keys, std::uint8_t version, FragmentNo fragment,
                        BytesView clear, BytesView sealed, Bytes& plain);

}  // namespace filrouge::engine
