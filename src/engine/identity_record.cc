#include "engine/identity_record.h"

#include <boost/json.hpp>

namespace filrouge::engine {

namespace json = boost::json;

std::optional<Verdict> verdict_named(std::string_view name) {
    for (const Verdict verdict :
         {Verdict::Withdraw, Verdict::Restore, Verdict::Block, Verdict::Unblock}) {
        if (name_of(verdict) == name) return verdict;
    }
    return std::nullopt;
}

void encode_identity_decision_clear(const IdentityDecision& d, Bytes& out) {
    ByteWriter w(out);
    w.u64(d.id.high);
    w.u64(d.id.low);
    w.i64(d.at.us);
    w.u8(static_cast<std::uint8_t>(d.verdict));
    w.u32(d.a.value);
    w.u32(d.b.value);
}

bool decode_identity_decision_clear(BytesView clear, IdentityDecision& d) {
    ByteReader r(clear);
    d.id.high = r.u64();
    d.id.low = r.u64();
    d.at.us = r.i64();
    const std::uint8_t verdict = r.u8();
    d.a = FragmentNo{r.u32()};
    d.b = FragmentNo{r.u32()};
    if (verdict < static_cast<std::uint8_t>(Verdict::Withdraw) ||
        verdict > static_cast<std::uint8_t>(Verdict::Unblock))
        return false;
    d.verdict = static_cast<Verdict>(verdict);
    return !r.bad();
}

void encode_identity_decision_sealed(const IdentityDecision& d, Bytes& out) {
    ByteWriter w(out);
    w.sized(d.by);
    w.sized(d.reason);
}

bool decode_identity_decision_sealed(BytesView plain, IdentityDecision& d) {
    ByteReader r(plain);
    d.by = r.sized();
    d.reason = r.sized();
    return !r.bad();
}

void IdentityRules::put_into(identity::Limits& limits) const {
    if (people_max) limits.people_max = *people_max;
    for (const OfType& rule : types) {
        const auto type = static_cast<std::size_t>(rule.type);
        if (rule.per_person_max) limits.per_person_max[type] = *rule.per_person_max;
        if (rule.priority) limits.priority[type] = *rule.priority;
    }
}

void write_identity_rules(JsonWriter& w, const IdentityRules& rules) {
    if (rules.people_max) w.field("people_max", static_cast<unsigned>(*rules.people_max));
    w.key("types").open_array();
    for (const IdentityRules::OfType& rule : rules.types) {
        w.open_object().field("type", row_of(rule.type)->name);
        if (rule.per_person_max)
            w.field("per_person_max", static_cast<unsigned>(*rule.per_person_max));
        if (rule.priority) w.field("priority", static_cast<unsigned>(*rule.priority));
        w.close();
    }
    w.close();
}

namespace {

// Our own words: what does not fit is left out.
template <class Number>
std::optional<Number> number_at(const json::object& object, const char* name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_int64()) return std::nullopt;
    return static_cast<Number>(value->get_int64());
}

}  // namespace

std::optional<IdentityRules> parse_identity_rules(std::string_view text) {
    json::error_code bad;
    const json::value parsed = json::parse({text.data(), text.size()}, bad);
    if (bad || !parsed.is_object()) return std::nullopt;
    IdentityRules rules;
    rules.people_max = number_at<std::uint16_t>(parsed.get_object(), "people_max");
    const json::value* types = parsed.get_object().if_contains("types");
    if (types == nullptr || !types->is_array()) return rules;
    for (const json::value& each : types->get_array()) {
        if (!each.is_object()) continue;
        const json::value* name = each.get_object().if_contains("type");
        if (name == nullptr || !name->is_string()) continue;
        const auto type = identifier_type_named(std::string_view(name->get_string()));
        if (!type || is_shared_thing(*type)) continue;
        rules.types.push_back({*type, number_at<std::uint16_t>(each.get_object(), "per_person_max"),
                               number_at<std::uint8_t>(each.get_object(), "priority")});
    }
    return rules;
}

}  // namespace filrouge::engine
