// One contact of a person (or a thing) with the brand, as every stage after the door sees it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "model/channel.h"
#include "model/identifier.h"
#include "model/money.h"
#include "model/purpose.h"

namespace filrouge {

using SourceNo = std::uint16_t;  // dense, from SourceChange records; 0 is the process itself
using BrandNo = std::uint16_t;   // dense, from settings; 0 is the only brand of a single shop

// The six calls of the tracking protocol. On disk since format 1.
enum class EventKind : std::uint8_t {
    Track = 0,
    Identify = 1,
    Page = 2,
    Screen = 3,
    Group = 4,
    Alias = 5
};

enum EventFlag : std::uint8_t {
    kEventBot = 1,            // excluded from counts unless asked for
    kEventSyntheticTime = 2,  // the file had no times
    kEventImported = 4,       // deduplicated for ever
    kEventTimeClamped = 8,    // told a time in the future, or before 1990
    kEventConsentOnly = 16,   // kept for its consent statement alone, no property stored
    kEventBotWhy = 0xe0,      // three bits: the verdict; none where version 1 did not tell it
};

// Is this a person? By what it was seen otherwise. On disk since format 1.
enum class BotVerdict : std::uint8_t {
    Human = 0,
    UserAgent = 1,
    Prefetch = 2,
    Rate = 3,  // its sender sends faster than people do
    Declared = 4,
};
constexpr std::array<std::string_view, 5> kBotVerdictNames = {"human", "user_agent", "prefetch",
                                                              "rate", "declared"};
constexpr std::uint8_t bot_flags(BotVerdict verdict) {
    if (verdict == BotVerdict::Human) return 0;
    return static_cast<std::uint8_t>(kEventBot | static_cast<unsigned>(verdict) << 5);
}
// Why a bot's; empty for a person's event, and where the record does not tell.
constexpr std::string_view bot_reason(std::uint8_t flags) {
    const std::size_t verdict = flags >> 5;
    if ((flags & kEventBot) == 0 || verdict == 0 || verdict >= kBotVerdictNames.size()) return {};
    return kBotVerdictNames[verdict];
}

// What a statement of consent can end. On disk since version 3 of the event record.
enum class ConsentWeight : std::uint8_t {
    Ambient = 0,    // the state of a consent manager, told with an event about something else
    Objection = 1,  // a refusal that only a choice ends: Global Privacy Control
    Choice = 2,     // told for its own sake
    OwnWords = 3,   // by the person: a no that no banner and no file ends, or the yes that ends it
};

struct ConsentStatement {
    std::uint8_t purpose = 0;  // bit number
    bool granted = false;
    ConsentWeight weight = ConsentWeight::Ambient;
    bool operator==(const ConsentStatement&) const = default;
};

struct Event {
    // Clear part: names nobody.
    EventTime at;
    SourceNo source = 0;
    BrandNo brand = 0;
    FragmentNo fragment;  // of the first identifier
    EventKind kind = EventKind::Track;
    Channel channel = Channel::Other;
    std::uint8_t flags = 0;
    LegalBasis basis = LegalBasis::Consent;
    PurposeSet allowed;  // gate 1's verdict
    EventId id;
    std::uint64_t dedupe_key = 0;  // keyed hash of source and message id
    std::uint32_t body_check = 0;  // of the body without sentAt and _metadata
    Money value;                   // amount 0 and unknown currency when there is none
    bool has_value = false;
    std::int64_t quantity = 0;  // in 1/10,000; 0 when there is none
    std::string product;        // at most 64 bytes, else only in the properties
    std::string place;          // store, zone; at most 64 bytes
    // Sealed part.
    std::string name;  // of a track event, page or screen
    std::string message_id;
    std::vector<Identifier> identifiers;  // strongest first
    std::vector<ConsentStatement> consents;
    Bytes properties;  // packed object, or empty
    Bytes traits;      // packed object, or empty
    Bytes context;     // packed object, or empty

    bool is_bot() const { return (flags & kEventBot) != 0; }
};

constexpr std::uint32_t kEventBytesMax = 32 * 1024;
constexpr std::uint32_t kBatchBytesMax = 1024 * 1024;
constexpr std::uint32_t kBatchEventsMax = 5'000;

}  // namespace filrouge
