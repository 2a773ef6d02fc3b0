// Gate 1, default deny: which purposes an event may be kept for, and so whether it is kept at all.
// And gate 2: whether a purpose may read a person now. Pure functions of what is known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "consent/contact_channel.h"
#include "consent/ledger.h"
#include "model/event.h"
#include "model/purpose.h"

namespace filrouge::consent {

struct Purpose {
    std::string name;
    LegalBasis basis = LegalBasis::Consent;
    bool gpc_denies = false;
    std::vector<std::string> categories;
    ContactChannel channel = ContactChannel::All;  // the only one it covers
    bool double_opt_in = false;                    // a yes counts once its link was followed
    bool soft_opt_in = false;                      // a customer by a sale may be written to
    bool operator==(const Purpose&) const = default;
};

struct Purposes {
    std::vector<Purpose> list;  // index = bit
    // By the purpose's own name or by a consent manager's category (several purposes may share it).
    PurposeSet named(std::string_view name_or_category) const;
    std::optional<std::uint8_t> bit_of(std::string_view name) const;
    PurposeSet on_basis(LegalBasis basis) const;
    PurposeSet denied_by_gpc() const;
    PurposeSet confirmed_by_link() const;  // those of double opt-in
    bool operator==(const Purposes&) const = default;
};

struct GateQuestion {
    Standing standing;  // the person's, from the table, then earlier items of the batch
    Standing own;       // what the event itself states; newer, so it wins where it speaks
    bool global_privacy_control = false;
    LegalBasis basis = LegalBasis::Consent;  // of this event (an order: contract)
    std::uint8_t source_purpose = 0;         // what the source collects for
    bool consent_change = false;             // kept as proof, whatever it says
};
struct GateAnswer {
    bool keep = false;
    PurposeSet allowed;         // goes into the record
    bool consent_only = false;  // keep the statement, store no property
};
GateAnswer gate1(const Purposes& purposes, const GateQuestion& question);

// Gate 2. May a purpose read the person: for staff who ask, for a message.
bool may_read(const Purposes& purposes, std::uint8_t purpose, Standing standing);
// And for an audience, a score, a figure, which judge people by what they did: who objects to
// profiling is left out where that right reaches (GDPR 21: not a contract, not the law's duty).
bool may_use(const Purposes& purposes, std::uint8_t purpose, Standing standing);

}  // namespace filrouge::consent
