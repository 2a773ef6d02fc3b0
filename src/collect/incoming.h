// What a door hands on: an event as it was told, understood but not yet admitted. No fragment, no
// consent verdict, no sequence: the engine's admission gives those.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "consent/proof.h"
#include "model/event.h"

namespace filrouge::collect {

// A consent category or purpose by the name the sender uses ("Analytics", "marketing.email");
// settings map it to purposes.
struct NamedConsent {
    std::string name;
    bool granted = false;
    // What it was stored with, told by an export that is read again; else the event decides. No
    // door may set it: a page would give its own words to somebody.
    std::optional<ConsentWeight> weight = std::nullopt;
    bool operator==(const NamedConsent&) const = default;
};

// What a choice was told with, for its proof.
struct ConsentProof {
    consent::Means means = consent::Means::Alongside;
    std::map<std::string, std::uint32_t, std::less<>> wordings;  // version shown, by purpose
    std::string language;                                        // of what was shown
    std::string evidence;  // a JSON object of at most consent::kEvidenceBytesMax; or empty
    std::vector<std::string> pending;  // purposes that are asked for and not yet confirmed
    std::optional<consent::Confirmation> confirmation;
    bool own_words = false;  // the person's: ConsentWeight::OwnWords
};

struct Incoming {
    // Fragment, source, allowed, consents, id and dedupe_key are not set yet. An event without a
    // messageId has an empty one: body_check is what tells a repeat then.
    Event event;
    std::vector<NamedConsent> consents;  // a name stands once; where the event said both, refused
    bool consent_change = false;         // the event exists to state a choice
    bool global_privacy_control = false;
    consent::Means means = consent::Means::Alongside;  // how its consents were told
    std::shared_ptr<const ConsentProof> proof;  // where the door knows more than the event says
    BotVerdict bot = BotVerdict::Human;
    std::uint32_t undeclared = 0;           // members that a strict source did not keep
    std::uint32_t refused_identifiers = 0;  // no number, no address: told, kept, and nobody's
    // For a thing lent to a person: bind at this event, or release.
    enum class Binding : std::uint8_t { None, Bind, Release } binding = Binding::None;

    // By the link that double opt-in waits for.
    bool confirms() const {
        return proof != nullptr && proof->means == consent::Means::Confirmation;
    }
};

// An event that cannot be taken as it came. It never costs its batch.
struct Unfit {
    std::string code;     // "collect.duplicate_key"
    std::string message;  // with the limit that was met; no personal data
    std::string raw;      // at most kEventBytesMax bytes of it
    std::string message_id;
};

using Item = std::variant<Incoming, Unfit>;

struct Parsed {
    std::vector<Item> items;
    std::string write_key;  // from the body, where it stood there
    std::optional<EventTime> sent_at;
};

}  // namespace filrouge::collect
