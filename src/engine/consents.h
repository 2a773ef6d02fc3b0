// What is asked of consents and told about them, beyond what every event may state: the words of
// each purpose, proofs, receipts. Part of the Runtime (engine/runtime.h), and answered as it
// answers: JSON of schema/api.json, or an Error whose code decides the status.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "consent/permit.h"
#include "engine/runtime.h"

namespace filrouge::engine {

// What was shown to whom, or, without a profile, what there was to show.
struct ShownQuestion {
    std::string profile;   // id; may be empty
    std::string brand;     // id; whose part of the person, where several brands know them
    std::string purpose;   // name
    std::string at;        // ISO 8601; empty: now
    std::string language;  // without a profile; empty: all there are
};

// Whom to reach, for what, how. `address`: the one the message goes to; empty: any of the person's,
// and then none of them may be suppressed.
struct PermitAsk {
    std::string profile, brand;  // ids
    std::string purpose, channel;
    std::string category;  // of what is advertised, where a sale is to stand for a consent
    std::string address;
};

class Consents {
  public:
    virtual ~Consents() = default;

    // --- words: every version that was ever told, byte for byte.
    virtual Result<std::string> wordings(std::string_view purpose) = 0;
    virtual Result<std::string> wording(std::string_view purpose, std::string_view version) = 0;
    // {"texts": {"fr": "..."}}: a new version, unless the last one says the same.
    virtual void add_wording(std::string purpose, std::string json, Reply done) = 0;

    // What a site asks its visitors: the purposes that rest on consent and that a choice on a page
    // can allow (a double opt-in is answered by mail), each with the words in force in the first of
    // `languages`
    // ("de,en") that they were told in.
    virtual Result<std::string> asked(std::string_view languages) = 0;

    // --- choices. A choice told here is an event of its own kind: it takes the same road, gate,
    // log and fold as one that a site sends, and is proved by the same chain.
    virtual void state(std::string json, Reply done) = 0;

    // {"type", "value", "purposes": ["marketing.email"]}: what was said under the identifier counts
    // as not said; with "own_words" an objection in them, too. Waits for the disk.
    virtual Result<std::string> take_back(std::string_view json) = 0;

    // A double opt-in: whether the link is good, and the button that it leads to.
    virtual Result<void> check_confirmation(std::string_view token) = 0;
    virtual void confirm(std::string token, Reply done) = 0;
    // {"from": "+33...", "text": "STOP"}: what somebody answered.
    virtual void take_sms(std::string json, Reply done) = 0;

    // --- gate 3. A Permit is for what starts now: ask again before the next message. Errors:
    // permit.* of consent/permit.h, and of the question.
    virtual Result<consent::Permit> permit(const PermitAsk& ask) = 0;
    virtual Result<std::string> permit_json(std::string_view json) = 0;
    // The button of a mail (RFC 8058): the purpose that the token ends, for who may press; and its
    // end, answered when nothing uses the purpose any more.
    virtual Result<std::string> unsubscribes_from(std::string_view token) = 0;
    virtual void unsubscribe(std::string token, Reply done) = 0;
    virtual void suppress(std::string json, Reply done) = 0;
    virtual Result<std::string> suppressions() = 0;

    // --- proof
    virtual Result<std::string> shown(const ShownQuestion& question) = 0;
    // What a person has said, signed: a JSON Web Signature (RFC 7515) by Ed25519 (RFC 8037).
    virtual Result<std::string> receipt(std::string_view profile, std::string_view brand) = 0;
    // The public key of receipts, as a JSON Web Key.
    virtual std::string receipt_key() = 0;
    // Reads the whole log: blocks for seconds. Finds what was changed, taken out, moved, put in.
    virtual Result<std::string> verify() = 0;
};

}  // namespace filrouge::engine
