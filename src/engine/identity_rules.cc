// Limits of identity: as they are, as they could be, and changed while the shop runs.
#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/identity_desk_impl.h"
#include "engine/identity_effect.h"
#include "engine/identity_words.h"
#include "engine/person_asked.h"
#include "engine/records.h"
#include "engine/request_body.h"
#include "engine/settings_record.h"

namespace filrouge::engine {

namespace json = boost::json;

namespace {

using Reading = std::shared_lock<FairLock>;

constexpr std::int64_t kPerPersonMaxMax = 1'000;  // as in the settings' file
constexpr std::uint32_t kSlice = 1'024;           // identifiers under one hold of the lock
constexpr std::size_t kAskedMax = 1'000;          // persons whose audiences are asked
constexpr std::size_t kExamplesMax = 10;

// Nothing when absent.
Result<std::optional<std::int64_t>> whole_of(const json::object& object, const char* key,
                                             std::int64_t low, std::int64_t high) {
    const json::value* value = object.if_contains(key);
    if (value == nullptr || value->is_null()) return std::optional<std::int64_t>();
    if (!value->is_int64() || value->get_int64() < low || value->get_int64() > high) {
        std::string message = "The field '";
        message.append(key).append("' must be a whole number from ");
        message.append(std::to_string(low)).append(" to ").append(std::to_string(high)).append(".");
        return Error{"api.invalid_field", std::move(message), ""};
    }
    return std::optional(value->get_int64());
}

Result<IdentityRules::OfType> rule_of_type(const json::value& value) {
    if (!value.is_object())
        return Error{"api.invalid_field", "The field 'types' must be a list of objects.",
                     "See /api/v1/openapi.json for an example."};
    const json::object& told = value.get_object();
    const auto type = identifier_type_named(TRY(text_of(told, "type", true)));
    if (!type || is_shared_thing(*type))
        return Error{"identity.unknown_type",
                     "The identifier type is not known or belongs to a shared thing.",
                     "GET /api/v1/identity/rules lists the types."};
    IdentityRules::OfType rule{*type, {}, {}};
    if (const auto most = TRY(whole_of(told, "per_person_max", 0, kPerPersonMaxMax)))
        rule.per_person_max = static_cast<std::uint16_t>(*most);
    if (const auto priority = TRY(whole_of(told, "priority", 1, kPriorityMax)))
        rule.priority = static_cast<std::uint8_t>(*priority);
    return rule;
}

Result<IdentityRules> rules_asked(const json::object& body) {
    IdentityRules rules;
    if (const auto people = TRY(whole_of(body, "people_max", 1, identity::kEdgesPerFragmentMax)))
        rules.people_max = static_cast<std::uint16_t>(*people);
    const json::value* types = body.if_contains("types");
    if (types == nullptr || types->is_null()) return rules;
    if (!types->is_array() || types->get_array().size() > kIdentifierTypes.size())
        return Error{"api.invalid_field", "The field 'types' must be a list, each type once.",
                     "GET /api/v1/identity/rules lists the types."};
    std::set<IdentifierType> told;
    for (const json::value& each : types->get_array()) {
        rules.types.push_back(TRY(rule_of_type(each)));
        if (!told.insert(rules.types.back().type).second)
            return Error{"api.invalid_field", "The field 'types' names a type twice.", ""};
    }
    return rules;
}

struct Changes {
    std::uint64_t merged = 0, parted = 0, changed = 0;
    std::size_t asked = 0;
    bool all_asked = true;
    std::map<audience::AudienceNo, std::pair<std::uint64_t, std::uint64_t>> audiences;
    std::string examples;  // JSON objects

    void add(const Fold& fold, const std::vector<PersonEffect>& effects, JsonWriter& w) {
        for (const PersonEffect& effect : effects) {
            const bool is_gone = effect.fragments.empty();
            ++(is_gone ? merged : effect.is_known ? changed : parted);
            asked += effect.asked ? 1 : 0;
            all_asked &= effect.asked;
            for (const audience::AudienceNo slot : effect.enters) ++audiences[slot].first;
            for (const audience::AudienceNo slot : effect.leaves) ++audiences[slot].second;
            if (is_gone || shown_ == kExamplesMax) continue;
            write_effect(w, fold, effect, fold.brand_of(effect.fragments.front()));
            ++shown_;
        }
    }

  private:
    std::size_t shown_ = 0;
};

void write_changes(JsonWriter& w, const Fold& fold, const Changes& changes) {
    w.field("persons", fold.graph.persons())
        .field("merged", changes.merged)
        .field("parted", changes.parted)
        .field("changed", changes.changed)
        .field("audiences_complete", changes.all_asked)
        .key("audiences")
        .open_array();
    for (const auto& [id, info] : fold.audiences) {
        const auto moved = changes.audiences.find(info.slot);
        if (moved == changes.audiences.end()) continue;
        w.open_object().field("id", id).field("count", fold.live.count(info.slot));
        w.field("enter", moved->second.first).field("leave", moved->second.second).close();
    }
    w.close();
}

std::string_view origin_of(const IdentityRules& rules, IdentifierType type,
                           const identity::Limits& by_settings) {
    const bool is_told = std::any_of(rules.types.begin(), rules.types.end(),
                                     [type](const auto& rule) { return rule.type == type; });
    const auto i = static_cast<std::size_t>(type);
    if (is_told) return "rules";
    return by_settings.per_person_max[i] == identity::Limits::defaults().per_person_max[i]
               ? "default"
               : "settings";
}

void write_blocked(JsonWriter& w, const Fold& fold) {
    w.key("blocked").open_array();
    for (const FragmentNo fragment : blocked_identifiers(fold)) {
        w.open_object()
            .field("id", fold.names.name_of(fragment).text())
            .field("type", row_of(fold.graph.type_of(fragment))->name)
            .close();
    }
    w.close();
}

std::string rules_json(const Fold& fold) {
    const IdentityRules rules = fold.rules_told();
    const identity::Limits limits = fold.graph.limits();
    const identity::Limits by_settings = fold.limits_by({});
    std::string out;
    JsonWriter w(out);
    w.open_object()
        .field("sequence", fold.applied())
        .field("people_max", static_cast<unsigned>(limits.people_max))
        .key("types")
        .open_array();
    for (const IdentifierTypeRow& row : kIdentifierTypes) {
        if (row.shared_thing) continue;
        const auto type = static_cast<std::size_t>(row.type);
        w.open_object()
            .field("type", row.name)
            .field("per_person_max", static_cast<unsigned>(limits.per_person_max[type]))
            .field("priority", static_cast<unsigned>(limits.priority[type]))
            .field("from", origin_of(rules, row.type, by_settings))
            .close();
    }
    w.close();
    write_blocked(w, fold);
    w.close();
    return out;
}

}  // namespace

Result<std::string> IdentityDeskImpl::rules() {
    const Reading reading(library_.lock);
    return rules_json(library_.fold);
}

// Walks all evidence a slice at a time: what arrives meanwhile is in it or not.
Result<std::string> IdentityDeskImpl::preview_rules(std::string_view text) {
    const IdentityRules rules = TRY(rules_asked(TRY(object_of(text))));
    const auto seat = TRY(seams_.under_way.enter(""));
    const Reading still(seams_.tables);
    const Fold& fold = library_.fold;
    identity::Limits limits;
    std::uint32_t end = 0;
    {
        const Reading reading(library_.lock);
        limits = fold.limits_by(rules);
        end = fold.graph.fragments();
    }
    Changes changes;
    JsonWriter examples(changes.examples);
    examples.open_array();
    PersonReader reader(fold);
    seat->run.begin("identity rules", end);
    for (std::uint32_t from = 0; from < end; from += kSlice) {
        TRY(seat->run.check());
        const Reading reading(library_.lock);
        changes.add(fold,
                    effects_of(fold, reader, fold.graph.if_limits(limits, from, from + kSlice),
                               kAskedMax - changes.asked),
                    examples);
        seat->run.advance(kSlice);
    }
    examples.close();
    const Reading reading(library_.lock);
    std::string out;
    JsonWriter w(out);
    w.open_object().field("sequence", fold.applied());
    write_changes(w, fold, changes);
    w.key("examples").raw(changes.examples).close();
    return out;
}

void IdentityDeskImpl::set_rules(std::string text, std::string_view actor, Reply done) {
    const std::lock_guard guard(seams_.commands);
    done([&]() -> Result<std::string> {
        const json::object body = TRY(object_of(text));
        const IdentityRules rules = TRY(rules_asked(body));
        const std::string reason = TRY(text_of(body, "reason", true, kDecisionReasonBytesMax));
        const std::string by = TRY(text_of(body, "by", false));
        DocumentFacts document;
        document.id = kIdentityRulesDocument;
        JsonWriter w(document.json);
        w.open_object();
        write_identity_rules(w, rules);
        w.field("by", by.empty() ? actor : std::string_view(by)).field("reason", reason);
        w.field("at_us", seams_.now().us).close();
        std::vector<Prepared> records(1);
        records.front().record.type = RecordType::IdentityRules;
        encode_document(document, records.front().record.clear);
        TRY(seams_.write(std::move(records)));
        const Reading reading(library_.lock);
        return rules_json(library_.fold);
    }());
}

}  // namespace filrouge::engine
