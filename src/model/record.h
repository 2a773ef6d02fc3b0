// Kinds of record in the log. On disk since format 1: never renumber, never reuse a number.
// Spec: docs/formats/log.md and docs/formats/records.md.
#pragma once

#include <cstdint>

namespace filrouge {

enum class RecordType : std::uint8_t {
    Event = 1,                // one contact, from a channel or a file
    ConsentChange = 2,        // one person's choice, given through the API
    Erasure = 3,              // reserved
    Settings = 4,             // the settings the fold reads, whole, when they changed
    Tick = 5,                 // time passed
    SourceChange = 6,         // a source made, changed or removed
    AudienceChange = 7,       // an audience made, changed or removed
    TokenChange = 8,          // an API token made or revoked
    Quarantined = 9,          // an event that could not be taken as it came
    QuarantineResolved = 10,  // repaired, replayed, discarded
    WebhookChange = 11,       // a webhook made, changed or removed
    WebhookSent = 12,         // what left the process, keyed by cause sequence and ordinal
    EvidenceWithdrawn = 13,   // reserved; nothing writes it: IdentityDecision took its place
    NotKept = 14,             // counts by source and reason of what consent did not let in
    RateTold = 15,            // what a currency is worth in another from a day on
    Predicted = 16,           // what a model expects of one person
    ModelChange = 17,         // a model fitted: what was asked of it and what came of it
    IdentityDecision = 18,  // evidence withdrawn or put back, an identifier blocked or let in again
    IdentityRules = 19,     // limits of identity that differ from the settings' file
    Wording = 20,           // a version of the words by which a purpose is asked for
    ConsentTold = 21,       // the proof of a consent that an event stated
    Erased = 22,            // a person erased: fragments and identifiers as keyed hashes
    Suppressed = 23,        // addresses not to be reached, by their hashes
    RightsRequest = 24,     // what a person asked for, and how far it is
    AuditEntries = 25,      // who read or changed what, bound to the record before
    MatchRun = 26,          // imported people matched: what was asked and what came of it
    MatchDecision = 27,     // pairs that a run or an operator decided on
    AccountChange = 30,     // an account made, changed or removed
    Restrained = 31,        // a person's data restricted, or not to be profiled; and that lifted
    Corrected = 32,         // a trait that the person or staff put right
    OfferChange = 34,       // an offer of value for answers made, or ended
    OfferAnswered = 35,     // what a person told of an offer's lines
    OfferTakenBack = 36,    // one line of it taken back
    StaffNote = 37,         // what the staff noted about a person, made, changed or removed
    StaffTask = 38,         // what the staff is to do for a person, likewise
    BoardChange = 39,       // a board of figures made, changed or removed
    EventsExpired = 40,     // events whose term has passed: up to which days, and whose keys went
    RetentionSwept = 41,    // what one look at retention did
    SessionChange = 42,     // a browser signed in, or out
    AudienceDays = 43,      // how audiences grew on days that are over
    CredentialsUsed = 44,   // when sessions and tokens were used last
    AudienceMoves = 45,     // who is in audiences otherwise since the log was folded again
    ThingPassedOn = 48,     // a lent thing is no longer whose it was
    CallKept = 49,          // a call with a key of its caller's begun, answered or refused
    MetricChange = 51,      // a named figure defined, changed or removed
};

}  // namespace filrouge
