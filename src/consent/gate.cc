#include "consent/gate.h"

#include "base/assert.h"
#include "base/mutant.h"
#include "base/text.h"

namespace filrouge::consent {

namespace {

std::uint8_t count_of(const Purposes& purposes) {
    ASSERT(purposes.list.size() <= kPurposesMax);
    return static_cast<std::uint8_t>(purposes.list.size());
}

}  // namespace

PurposeSet Purposes::named(std::string_view name) const {
    PurposeSet out;
    for (std::uint8_t i = 0; i < count_of(*this); ++i) {
        if (list[i].name == name) return PurposeSet{}.with(i);
        for (const std::string& category : list[i].categories) {
            if (ascii_equal_ignoring_case(category, name)) out = out.with(i);
        }
    }
    return out;
}

std::optional<std::uint8_t> Purposes::bit_of(std::string_view name) const {
    for (std::uint8_t i = 0; i < count_of(*this); ++i) {
        if (list[i].name == name) return i;
    }
    return std::nullopt;
}

PurposeSet Purposes::on_basis(LegalBasis basis) const {
    PurposeSet out;
    for (std::uint8_t i = 0; i < count_of(*this); ++i) {
        if (list[i].basis == basis) out = out.with(i);
    }
    return out;
}

PurposeSet Purposes::denied_by_gpc() const {
    PurposeSet out;
    for (std::uint8_t i = 0; i < count_of(*this); ++i) {
        if (list[i].gpc_denies) out = out.with(i);
    }
    return out;
}

PurposeSet Purposes::confirmed_by_link() const {
    PurposeSet out;
    for (std::uint8_t i = 0; i < count_of(*this); ++i) {
        if (list[i].double_opt_in) out = out.with(i);
    }
    return out;
}

GateAnswer gate1(const Purposes& purposes, const GateQuestion& q) {
    // What rides on another event never ends an objection; a choice does.
    const PurposeSet own_yes =
        q.consent_change ? q.own.granted : q.own.granted.without(q.standing.objected);
    PurposeSet yes = q.standing.granted.without(q.own.refused) | own_yes;
    PurposeSet no = (q.standing.refused.without(own_yes) | q.own.refused);
    if (q.global_privacy_control && !MUTANT(privacy_control_ignored))
        no = no | purposes.denied_by_gpc();
    yes = yes.without(no);

    GateAnswer answer;
    for (std::uint8_t p = 0; p < count_of(purposes); ++p) {
        const LegalBasis basis = purposes.list[p].basis;
        // A purpose that rests on the contract covers only what the contract needs.
        const bool lawful = basis == LegalBasis::Consent    ? yes.has(p)
                            : basis == LegalBasis::Contract ? q.basis == LegalBasis::Contract
                                                            : !no.has(p);
        if (lawful) answer.allowed = answer.allowed.with(p);
    }
    answer.keep = answer.allowed.has(q.source_purpose) ||
                  (q.basis != LegalBasis::Consent && !answer.allowed.empty());
    if (!answer.keep && (q.consent_change || !(q.own.granted | q.own.refused).empty())) {
        answer.keep = true;
        answer.consent_only = true;
        answer.allowed = {};
    }
    return answer;
}

bool may_read(const Purposes& purposes, std::uint8_t purpose, Standing standing) {
    if (purpose >= purposes.list.size()) return false;
    const LegalBasis basis = purposes.list[purpose].basis;
    // GDPR 18(2) leaves what others must be protected by: a recall reaches whoever bought the toy.
    if (standing.restricted && basis != LegalBasis::LegalObligation) return false;
    switch (basis) {
        case LegalBasis::Consent:
            return standing.granted.has(purpose) && !standing.refused.has(purpose);
        case LegalBasis::Contract:
        case LegalBasis::LegalObligation: return true;
        case LegalBasis::LegitimateInterest: return !standing.refused.has(purpose);
    }
    return false;
}

bool may_use(const Purposes& purposes, std::uint8_t purpose, Standing standing) {
    if (!may_read(purposes, purpose, standing)) return false;
    const LegalBasis basis = purposes.list[purpose].basis;
    return !standing.unprofiled || basis == LegalBasis::Contract ||
           basis == LegalBasis::LegalObligation;
}

}  // namespace filrouge::consent
