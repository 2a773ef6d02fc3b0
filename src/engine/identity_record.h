// What operators decide about identity, as records: one piece of evidence, one identifier, or the
// limits. Spec: docs/formats/records.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/json_writer.h"
#include "base/time.h"
#include "identity/graph.h"
#include "model/identifier.h"

namespace filrouge::engine {

// On disk: never renumber. Restore undoes Withdraw, Unblock undoes Block.
enum class Verdict : std::uint8_t { Withdraw = 1, Restore = 2, Block = 3, Unblock = 4 };
constexpr std::string_view name_of(Verdict verdict) {
    constexpr std::string_view kNames[] = {"", "withdraw", "restore", "block", "unblock"};
    return kNames[static_cast<std::size_t>(verdict)];
}
std::optional<Verdict> verdict_named(std::string_view name);
constexpr bool is_about_an_edge(Verdict verdict) {
    return verdict == Verdict::Withdraw || verdict == Verdict::Restore;
}

constexpr std::size_t kDecisionReasonBytesMax = 1'000;

// The record's fragment is `a`, whose key seals who decided and why.
struct IdentityDecision {
    EventId id;    // its first 96 bits the nonce of the seal
    EventTime at;  // when it was decided
    Verdict verdict = Verdict::Withdraw;
    FragmentNo a, b;  // b: none where it is about an identifier
    std::string by, reason;
};
void encode_identity_decision_clear(const IdentityDecision& decision, Bytes& out);
void encode_identity_decision_sealed(const IdentityDecision& decision, Bytes& out);
// False when malformed.
bool decode_identity_decision_clear(BytesView clear, IdentityDecision& decision);
bool decode_identity_decision_sealed(BytesView plain, IdentityDecision& decision);

// What differs from the settings' file; the JSON of the one IdentityRules document.
constexpr std::string_view kIdentityRulesDocument = "identity";
constexpr std::uint8_t kPriorityMax = 99;
struct IdentityRules {
    struct OfType {
        IdentifierType type = IdentifierType::None;
        std::optional<std::uint16_t> per_person_max;
        std::optional<std::uint8_t> priority;  // 1 .. kPriorityMax
    };
    std::vector<OfType> types;
    std::optional<std::uint16_t> people_max;
    void put_into(identity::Limits& limits) const;
};
// Members of the document; it may have others, that nothing folds by.
void write_identity_rules(JsonWriter& w, const IdentityRules& rules);
std::optional<IdentityRules> parse_identity_rules(std::string_view json);

}  // namespace filrouge::engine
