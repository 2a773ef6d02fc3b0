// The proof of consent: who said what, when, and in answer to which words. Each entry follows the
// one before by its hash, so that an entry that is changed, taken out, moved or put in shows. What
// an entry says of a person beyond a number is sealed apart, and the chain runs over a commitment
// to it: once the person's key is forgotten nobody reads it, and the chain still holds.
// Spec: docs/formats/consent_proof.md.
//
// Pure functions of bytes. The log's thread is the only one that links.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "consent/contact_channel.h"
#include "model/event.h"
#include "model/purpose.h"
#include "storage/sha256.h"

namespace filrouge::consent {

constexpr std::size_t kEvidenceBytesMax = 2 * 1024;
constexpr std::size_t kLanguageBytesMax = 35;  // of a language tag (BCP 47, section 4.4.1)

// On disk since format 1: never renumber, never reuse a number.
enum class State : std::uint8_t {
    Refused = 0,  // or withdrawn: the same to whoever asks
    Granted = 1,
    Pending = 2,  // asked for, and not yet confirmed: nothing is allowed by it
    // Since version 2: neither yes nor no any more. What was said before counts as not said, as far
    // as the statement's weight reaches: an objection in the person's own words and nothing else
    // (Objection), all but that (Choice), all (OwnWords). No event tells it, so it holds by its
    // entry alone.
    TakenBack = 3,
};
constexpr std::array<std::string_view, 4> kStateNames = {"refused", "granted", "pending",
                                                         "taken_back"};
constexpr std::string_view name_of(State state) {
    return kStateNames[static_cast<std::size_t>(state)];
}

// By what means it was told. On disk since format 1.
enum class Means : std::uint8_t {
    Alongside = 0,       // a consent manager's state, on an event about something else
    Choice = 1,          // an event of a site or app that exists to state it
    Api = 2,             // by staff, or another system of the brand
    PrivacyControl = 3,  // the browser's Global Privacy Control
    TcString = 4,        // IAB Europe's Transparency and Consent Framework
    ConsentMode = 5,     // Google's
    Confirmation = 6,    // the link of a double opt-in
    StopWord = 7,        // an answer to a message
    Import = 8,          // told to another system, earlier
    OneClick = 9,        // a mail's button to unsubscribe (RFC 8058); since version 2
};
constexpr std::array<std::string_view, 10> kMeansNames = {
    "alongside",    "choice",       "api",       "privacy_control", "tc_string",
    "consent_mode", "confirmation", "stop_word", "import",          "one_click"};
constexpr std::string_view name_of(Means means) {
    return kMeansNames[static_cast<std::size_t>(means)];
}

struct Statement {
    std::uint8_t purpose = 0;  // bit number
    State state = State::Refused;
    ContactChannel channel = ContactChannel::All;
    LegalBasis basis = LegalBasis::Consent;
    std::uint32_t wording = 0;  // version of the words that were shown; 0: not told
    Digest text;                // SHA-256 of those words, in the entry's language
    // As the event told it; entries of before do not tell it, and then it is what the means have.
    std::optional<ConsentWeight> weight{};
    bool operator==(const Statement&) const = default;
};

// What confirms a pending statement: whoever brings the token before it expires.
struct Confirmation {
    Digest token_hash;
    EventTime expires;
    bool operator==(const Confirmation&) const = default;
};

struct Entry {
    EventId id;     // its first 96 bits are the nonce of the seal
    EventId event;  // of the event that stated it, in the same group
    EventTime at;
    SourceNo source = 0;
    BrandNo brand = 0;
    Means means = Means::Alongside;
    std::vector<FragmentNo> fragments;  // of all its identifiers; the first one's key seals
    std::string language;               // of what was shown; empty: not told
    std::vector<Statement> statements;  // at most one a purpose
    Digest commitment;                  // to the evidence; zero when there is none
    std::optional<Confirmation> confirmation;
    bool operator==(const Entry&) const = default;
};

ConsentWeight weight_of(const Entry& entry, const Statement& statement);
// Of the record: a program that does not know what the entry says must not read on as if it did.
std::uint8_t record_version_of(const Entry& entry);

// The clear part of a ConsentTold record: room for the link, then the entry.
void encode_entry(const Entry& entry, Bytes& clear);
std::optional<Entry> decode_entry(BytesView clear);  // nothing when malformed
// What stays as it is when the entry is linked, and so is the sealed part's associated data.
BytesView fixed_part(BytesView clear);

// The evidence as it is sealed: a random key, then JSON. The commitment is HMAC-SHA-256 under that
// key: without it, which goes with the person's data key, nobody can try what the evidence was.
using Blind = std::array<unsigned char, 32>;
Bytes encode_evidence(const Blind& blind, BytesView json);
std::optional<BytesView> decode_evidence(BytesView plain);  // the JSON
Digest commitment_to(BytesView plain);

// The end of the chain: what the next entry follows.
struct ChainHead {
    Digest hash;              // zero before the first entry
    std::uint64_t count = 0;  // of entries
    bool operator==(const ChainHead&) const = default;
};
// Writes into the entry what it follows, and moves the head past it.
void link(Bytes& clear, ChainHead& head);
// Moves the head past an entry that is linked, and says whether it follows the head.
[[nodiscard]] bool follow(BytesView clear, ChainHead& head);

}  // namespace filrouge::consent
