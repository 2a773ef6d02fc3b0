#include "engine/settings_record.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "collect/phone_table.h"
#include "engine/brand_list.h"
#include "engine/not_contacts.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
constexpr std::string_view kAllChannels = consent::name_of(consent::ContactChannel::All);
constexpr std::array<std::string_view, 4> kBases = {"consent", "contract", "legal_obligation",
                                                    "legitimate_interest"};

std::optional<json::object> object_of(std::string_view text) {
    json::error_code error;
    json::value value = json::parse(json::string_view(text.data(), text.size()), error);
    if (error || !value.is_object()) return std::nullopt;
    return value.as_object();
}

std::string text_at(const json::object& object, std::string_view key) {
    const json::value* v = object.if_contains(json::string_view(key.data(), key.size()));
    return v != nullptr && v->is_string() ? std::string(v->as_string()) : std::string();
}
bool flag_at(const json::object& object, std::string_view key, bool other) {
    const json::value* v = object.if_contains(json::string_view(key.data(), key.size()));
    return v != nullptr && v->is_bool() ? v->as_bool() : other;
}
std::int64_t number_at(const json::object& object, std::string_view key) {
    const json::value* v = object.if_contains(json::string_view(key.data(), key.size()));
    return v != nullptr && v->is_int64() ? v->as_int64() : 0;
}
const json::array& array_at(const json::object& object, std::string_view key) {
    static const json::array kNone;
    const json::value* v = object.if_contains(json::string_view(key.data(), key.size()));
    return v != nullptr && v->is_array() ? v->as_array() : kNone;
}

}  // namespace

std::string_view name_of(LegalBasis basis) { return kBases[static_cast<std::size_t>(basis)]; }
std::optional<LegalBasis> basis_named(std::string_view name) {
    for (std::size_t i = 0; i < kBases.size(); ++i) {
        if (kBases[i] == name) return static_cast<LegalBasis>(i);
    }
    return std::nullopt;
}

namespace {

void write_brands(JsonWriter& w, const std::vector<BrandSetting>& brands) {
    w.key("brands").open_array();
    for (const BrandSetting& b : brands) {
        w.open_object().field("id", b.id).field("name", b.name).field("time_zone", b.time_zone);
        w.close();
    }
    w.close();
}

}  // namespace

std::string settings_json(const Settings& settings, std::string_view zone_tables) {
    std::string out;
    JsonWriter w(out);
    const BrandSetting& first = settings.brands.front();
    w.open_object().field("time_zone", first.time_zone).field("currency", first.currency);
    // By which table phone numbers of the events that follow were read; nothing folds by it.
    w.field("phone_table", collect::kPhoneTableVersion);
    // A country changes its clocks, and the machine's tables with it: then days begin elsewhere,
    // and every rule that asks for days is asked anew.
    if (!zone_tables.empty()) w.field("zone_tables", zone_tables);
    if (settings.brands.size() > 1 || !first.id.empty()) write_brands(w, settings.brands);
    if (settings.identity_across_brands) w.field("identity_across_brands", true);
    w.key("purposes").open_array();
    for (const PurposeSetting& p : settings.purposes) {
        w.open_object()
            .field("name", p.name)
            .field("basis", name_of(p.basis))
            .field("gpc_denies", p.gpc_denies);
        w.key("categories").open_array();
        for (const std::string& c : p.categories) w.value(c);
        w.close();
        if (p.channel != kAllChannels) w.field("channel", p.channel);
        if (p.double_opt_in) w.field("double_opt_in", true);
        if (p.soft_opt_in) w.field("soft_opt_in", true);
        w.close();
    }
    w.close().key("identity").open_array();
    for (const IdentityLimit& limit : settings.identity) {
        w.open_object()
            .field("type", limit.type)
            .field("per_person_max", static_cast<unsigned>(limit.per_person_max))
            .close();
    }
    w.close();
    if (settings.not_contacts != Settings().not_contacts) {
        w.key("not_contacts").open_array();
        for (const std::string& name : settings.not_contacts) w.value(name);
        w.close();
    }
    w.close();
    return out;
}

std::vector<std::string> not_contacts_told(std::string_view text) {
    std::vector<std::string> out = Settings().not_contacts;
    const auto object = object_of(text);
    if (object && object->contains("not_contacts")) {
        out.clear();
        for (const json::value& name : array_at(*object, "not_contacts")) {
            if (name.is_string()) out.emplace_back(name.as_string());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::optional<FoldSettings> parse_fold_settings(std::string_view text) {
    const auto object = object_of(text);
    if (!object) return std::nullopt;
    FoldSettings out;
    for (const json::value& v : array_at(*object, "brands")) {
        const json::object& b = v.as_object();
        out.brands.push_back({text_at(b, "id"), text_at(b, "name"), text_at(b, "time_zone")});
    }
    if (out.brands.empty()) out.brands.push_back({"", "", text_at(*object, "time_zone")});
    for (const json::value& v : array_at(*object, "purposes")) {
        const json::object& p = v.as_object();
        consent::Purpose purpose{text_at(p, "name"),
                                 basis_named(text_at(p, "basis")).value_or(LegalBasis::Consent),
                                 flag_at(p, "gpc_denies", false),
                                 {}};
        for (const json::value& c : array_at(p, "categories"))
            purpose.categories.emplace_back(c.as_string());
        purpose.channel = consent::contact_channel_named(text_at(p, "channel"))
                              .value_or(consent::ContactChannel::All);
        purpose.double_opt_in = flag_at(p, "double_opt_in", false);
        purpose.soft_opt_in = flag_at(p, "soft_opt_in", false);
        if (out.purposes.list.size() < kPurposesMax)
            out.purposes.list.push_back(std::move(purpose));
    }
    out.zone_tables = text_at(*object, "zone_tables");
    out.limits = identity::Limits::defaults();
    out.limits.across_brands = flag_at(*object, "identity_across_brands", false) ? 1 : 0;
    for (const json::value& v : array_at(*object, "identity")) {
        const auto type = identifier_type_named(text_at(v.as_object(), "type"));
        const auto most = static_cast<std::uint16_t>(number_at(v.as_object(), "per_person_max"));
        // 0 where the settings tell something else of the type: what is built in holds.
        if (type && most != 0 && !row_of(*type)->shared_thing)
            out.limits.per_person_max[static_cast<std::size_t>(*type)] = most;
    }
    return out;
}

std::string source_json(const SourceInfo& s) {
    std::string out;
    JsonWriter w(out);
    w.open_object()
        .field("name", s.name)
        .field("write_key", s.write_key)
        .field("channel", name_of(s.channel));
    w.field("currency", s.currency.text())
        .field("purpose", s.default_purpose)
        .field("basis", name_of(s.basis));
    w.field("strict", s.strict).field("enabled", s.enabled);
    if (!s.brand.empty()) w.field("brand", s.brand);
    if (!s.properties.empty()) {
        w.key("properties").open_array();
        for (const std::string& name : s.properties) w.value(name);
        w.close();
    }
    w.close();
    return out;
}

std::optional<SourceInfo> parse_source(std::string_view id, std::string_view text) {
    const auto object = object_of(text);
    if (!object) return std::nullopt;
    SourceInfo s;
    s.id = id;
    s.name = text_at(*object, "name");
    s.write_key = text_at(*object, "write_key");
    s.channel = channel_named(text_at(*object, "channel")).value_or(Channel::Other);
    s.currency = Currency::parse(text_at(*object, "currency")).value_or(Currency{});
    s.default_purpose = text_at(*object, "purpose");
    s.basis = basis_named(text_at(*object, "basis")).value_or(LegalBasis::Consent);
    s.strict = flag_at(*object, "strict", false);
    s.enabled = flag_at(*object, "enabled", true);
    s.brand = text_at(*object, "brand");
    for (const json::value& name : array_at(*object, "properties"))
        s.properties.emplace_back(name.as_string());
    return s;
}

std::string audience_json(const AudienceDocument& a) {
    std::string out;
    JsonWriter w(out);
    w.open_object().field("name", a.name).field("rule", a.rule).field("purpose", a.purpose);
    w.field("slot", a.slot).field("created_us", a.created_us);
    if (!a.brand.empty()) w.field("brand", a.brand);
    w.close();
    return out;
}

std::optional<AudienceDocument> parse_audience(std::string_view text) {
    const auto object = object_of(text);
    if (!object) return std::nullopt;
    return AudienceDocument{
        text_at(*object, "name"),         text_at(*object, "rule"),
        text_at(*object, "purpose"),      static_cast<std::uint32_t>(number_at(*object, "slot")),
        number_at(*object, "created_us"), text_at(*object, "brand")};
}

std::string token_json(const TokenDocument& t) {
    std::string out;
    JsonWriter w(out);
    w.open_object().field("name", t.name).field("role", name_of(t.role)).field("hash", t.hash);
    w.field("created_us", t.created_us);
    if (!t.account.empty()) w.field("account", t.account);
    write_brands(w, t.brands);
    if (t.expires_us != 0) w.field("expires_us", t.expires_us);
    w.close();
    return out;
}

std::optional<TokenDocument> parse_token(std::string_view text) {
    const auto object = object_of(text);
    if (!object) return std::nullopt;
    return TokenDocument{
        text_at(*object, "name"),        role_named(text_at(*object, "role")).value_or(Role::None),
        text_at(*object, "hash"),        number_at(*object, "created_us"),
        text_at(*object, "account"),     brands_in(*object),
        number_at(*object, "expires_us")};
}

std::string webhook_json(const WebhookDocument& h) {
    std::string out;
    JsonWriter w(out);
    w.open_object().field("url", h.url);
    if (!h.secret.empty()) w.field("secret", h.secret);
    w.field("audience", h.audience).field("created_us", h.created_us).close();
    return out;
}

std::string wording_json(const WordingDocument& told) {
    std::string out;
    JsonWriter w(out);
    w.open_object().field("purpose", told.purpose).field("version", told.wording.version);
    w.field("since_us", told.wording.since.us).key("texts").open_object();
    for (const auto& [language, words] : told.wording.texts) w.field(language, words.text);
    w.close().close();
    return out;
}

std::optional<WordingDocument> parse_wording(std::string_view text) {
    const auto object = object_of(text);
    const json::value* texts = object ? object->if_contains("texts") : nullptr;
    if (texts == nullptr || !texts->is_object()) return std::nullopt;
    WordingDocument told;
    told.purpose = text_at(*object, "purpose");
    told.wording.version = static_cast<std::uint32_t>(number_at(*object, "version"));
    told.wording.since.us = number_at(*object, "since_us");
    for (const auto& [language, words] : texts->as_object()) {
        if (!words.is_string()) return std::nullopt;
        const std::string_view exact = words.as_string();
        told.wording.texts[language] = {std::string(exact), sha256(exact)};
    }
    return told;
}

std::optional<WebhookDocument> parse_webhook(std::string_view text) {
    const auto object = object_of(text);
    if (!object) return std::nullopt;
    return WebhookDocument{text_at(*object, "url"), text_at(*object, "secret"),
                           text_at(*object, "audience"), number_at(*object, "created_us")};
}

}  // namespace filrouge::engine
