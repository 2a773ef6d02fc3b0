// Which records this program knows, and up to which encoding of their own.
#pragma once

#include "model/record.h"

namespace filrouge {

// 0: a type that it does not know. A kind of record that is new has to be named here, or the
// compiler says so; what once was written, or was reserved, stays known for ever.
constexpr std::uint8_t newest_version(RecordType type) {
    switch (type) {
        // An event that goes to quarantine when it meets the log keeps its own version.
        case RecordType::Event:
        case RecordType::Quarantined: return 4;
        // One that takes back what was said, or was told by one click in a mail.
        case RecordType::ConsentTold: return 2;
        case RecordType::ConsentChange:
        case RecordType::Erasure:
        case RecordType::Settings:
        case RecordType::Tick:
        case RecordType::SourceChange:
        case RecordType::AudienceChange:
        case RecordType::TokenChange:
        case RecordType::QuarantineResolved:
        case RecordType::WebhookChange:
        case RecordType::WebhookSent:
        case RecordType::EvidenceWithdrawn:
        case RecordType::NotKept:
        case RecordType::RateTold:
        case RecordType::Predicted:
        case RecordType::ModelChange:
        case RecordType::IdentityDecision:
        case RecordType::IdentityRules:
        case RecordType::Wording:
        case RecordType::Erased:
        case RecordType::Suppressed:
        case RecordType::RightsRequest:
        case RecordType::AuditEntries:
        case RecordType::MatchRun:
        case RecordType::MatchDecision:
        case RecordType::AccountChange:
        case RecordType::Restrained:
        case RecordType::Corrected:
        case RecordType::OfferChange:
        case RecordType::OfferAnswered:
        case RecordType::OfferTakenBack:
        case RecordType::StaffNote:
        case RecordType::StaffTask:
        case RecordType::BoardChange:
        case RecordType::MetricChange:
        case RecordType::EventsExpired:
        case RecordType::RetentionSwept:
        case RecordType::SessionChange:
        case RecordType::AudienceDays:
        case RecordType::CredentialsUsed:
        case RecordType::AudienceMoves:
        case RecordType::CallKept:
        case RecordType::ThingPassedOn: return 1;
    }
    return 0;
}

}  // namespace filrouge
