// A choice that is told through the API, with what proves it.
#include <algorithm>
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "collect/normalise.h"
#include "collect/parser.h"
#include "consent/categories.h"
#include "engine/consent_desk.h"
#include "engine/person_asked.h"
#include "engine/request_body.h"
#include "engine/taken_back.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
using collect::ConsentProof;

Result<Identifier> read_identifier(const json::object& body, const std::string& country_code) {
    const auto known = identifier_type_named(TRY(text_of(body, "type", true)));
    if (!known || row_of(*known)->shared_thing)
        return Error{"consent.unknown_type",
                     "The identifier type is not known or belongs to a shared thing.",
                     "One of: user_id, loyalty_card, email, phone, badge, device_id, "
                     "anonymous_id, household."};
    const std::string value = TRY(text_of(body, "value", true, kIdentifierBytesMax));
    const auto normal = collect::normalise(*known, value, country_code);
    if (!normal)
        return Error{"consent.invalid_identifier",
                     "The value is none of its type, or stands for nobody.", ""};
    return Identifier{*known, *normal, {}};
}

Result<std::vector<collect::NamedConsent>> read_purposes(const json::object& body,
                                                         const consent::Purposes& declared) {
    const json::value* purposes = body.if_contains("purposes");
    if (purposes == nullptr || !purposes->is_object() || purposes->as_object().empty()) {
        return Error{"consent.no_purposes",
                     "The field 'purposes' must be an object such as {\"marketing.email\": true}.",
                     ""};
    }
    std::vector<collect::NamedConsent> out;
    for (const auto& [name, granted] : purposes->as_object()) {
        const std::string_view purpose(name.data(), name.size());
        if (!granted.is_bool())
            return Error{"consent.invalid_choice", "A choice is true or false.", ""};
        if (declared.named(purpose).empty())
            return Error{"consent.unknown_purpose", "One of the purposes is not declared.",
                         "GET /api/v1/purposes lists them."};
        out.push_back({std::string(purpose), granted.as_bool()});
    }
    // A yes that would count for nothing is not answered as if it did.
    std::vector<std::string_view> yeses;
    yeses.reserve(out.size());
    for (const collect::NamedConsent& c : out) {
        if (c.granted) yeses.push_back(c.name);
    }
    const PurposeSet agreed = consent::agreed_to(declared, yeses);
    for (const std::string_view name : yeses) {
        if ((declared.named(name) & agreed).empty())
            return Error{"consent.part_of_purpose",
                         "A yes to one category is none to a purpose that has several.",
                         "Name the purpose itself, or all of its categories."};
    }
    return out;
}

// One of the names of the list, or of the categories, that a choice could be told for.
Result<PurposeSet> purposes_taken_back(const json::object& body,
                                       const consent::Purposes& declared) {
    const json::value* told = body.if_contains("purposes");
    if (told == nullptr || !told->is_array() || told->get_array().empty() ||
        told->get_array().size() > kPurposesMax)
        return Error{"consent.no_purposes",
                     "The field 'purposes' must be a list such as [\"marketing.email\"].", ""};
    PurposeSet out;
    for (const json::value& each : told->get_array()) {
        const auto bit =
            each.is_string() ? declared.bit_of(std::string_view(each.get_string())) : std::nullopt;
        if (!bit)
            return Error{"consent.unknown_purpose", "One of the purposes is not declared.",
                         "GET /api/v1/purposes lists them."};
        out = out.with(*bit);
    }
    return out;
}

// A proof that names words which were never told would prove nothing.
Result<std::uint32_t> read_version(const DoorView& view, std::string_view purpose,
                                   const json::value& version, std::string_view language) {
    const bool fits = version.is_int64() && version.as_int64() > 0 &&
                      version.as_int64() <= consent::kWordingVersionsMax;
    const consent::Wording* wording =
        fits ? view.wordings->find(purpose, static_cast<std::uint32_t>(version.as_int64()))
             : nullptr;
    if (wording == nullptr || !consent::words_in(*wording, language))
        return Error{"consent.unknown_wording",
                     "One of the wordings is not there, or not in this language.",
                     "GET /api/v1/purposes/NAME/wordings lists them."};
    return wording->version;
}

Result<std::string> read_evidence(const json::object& body) {
    const json::value* evidence = body.if_contains("evidence");
    if (evidence == nullptr) return std::string();
    std::string text = evidence->is_object() ? json::serialize(*evidence) : std::string();
    if (text.empty() || text.size() > consent::kEvidenceBytesMax)
        return Error{"consent.invalid_evidence",
                     "The evidence must be an object of at most " +
                         std::to_string(consent::kEvidenceBytesMax) + " bytes.",
                     "Say where it was told: a form, a page, the family of the browser."};
    collect::shorten_addresses(text);
    return text;
}

Result<bool> read_own_words(const json::object& body, bool has_evidence) {
    const json::value* own = body.if_contains("own_words");
    if (own == nullptr) return false;
    if (!own->is_bool() || (own->get_bool() && !has_evidence))
        return Error{"consent.invalid_own_words",
                     "The field 'own_words' is true or false; true needs 'evidence'.",
                     "Say how the person told it: {\"letter\": \"of 3 March\"}."};
    return own->get_bool();
}

// A no holds whatever was shown: it goes without words rather than not at all.
bool is_refused(const std::vector<collect::NamedConsent>& consents, std::string_view purpose) {
    return std::any_of(consents.begin(), consents.end(),
                       [&](const auto& c) { return c.name == purpose && !c.granted; });
}

Result<ConsentProof> read_proof(const json::object& body, const DoorView& view,
                                const std::vector<collect::NamedConsent>& consents) {
    ConsentProof proof;
    proof.means = consent::Means::Api;
    proof.language = TRY(text_of(body, "language", false, consent::kLanguageBytesMax));
    if (!proof.language.empty() && !consent::is_language_tag(proof.language))
        return Error{"consent.invalid_language", "A language is a tag such as fr or fr-CA.", ""};
    if (const json::value* wordings = body.if_contains("wordings")) {
        if (!wordings->is_object() || wordings->as_object().size() > kPurposesMax)
            return Error{"consent.invalid_wordings",
                         "The field 'wordings' must be an object such as "
                         "{\"marketing.email\": 3}.",
                         ""};
        for (const auto& [purpose, version] : wordings->as_object()) {
            auto shown = read_version(view, purpose, version, proof.language);
            if (shown.ok())
                proof.wordings[std::string(purpose)] = shown.value();
            else if (!is_refused(consents, purpose))
                return shown.error();
        }
    }
    proof.evidence = TRY(read_evidence(body));
    proof.own_words = TRY(read_own_words(body, !proof.evidence.empty()));
    return proof;
}

}  // namespace

Result<std::string> take_back_json(const ConsentSeams& seams, std::string_view text) {
    const json::object body = TRY(object_of(text));
    const std::string brand = TRY(text_of(body, "brand", false));
    const Identifier told =
        TRY(read_identifier(body, seams.library.settings.brand(brand).phone_country_code));
    const PurposeSet purposes = TRY(purposes_taken_back(body, seams.views.get()->purposes));
    TakenBack taken;
    taken.evidence = TRY(read_evidence(body));
    const bool own_words = TRY(read_own_words(body, !taken.evidence.empty()));
    const auto weight = own_words ? ConsentWeight::OwnWords : ConsentWeight::Choice;
    for (std::uint8_t p = 0; p < kPurposesMax; ++p) {
        if (purposes.has(p)) taken.what.emplace_back(p, weight);
    }
    taken.at = as_event_time(seams.clock.now());
    {
        const std::shared_lock reading(seams.library.lock);
        taken.brand = TRY(brand_meant(seams.library.fold, brand));
        taken.fragment = seams.library.directory.find(taken.brand, told.type, told.value);
        if (taken.fragment.is_none() || !seams.library.fold.is_met(taken.fragment))
            return no_profile();
    }
    std::vector<TakenBack> all;
    all.push_back(std::move(taken));
    TRY(write_taken_back({seams.library, seams.random, seams.write}, std::move(all)));
    std::string out;
    const std::shared_lock reading(seams.library.lock);
    JsonWriter(out).open_object().field("sequence", seams.library.fold.applied()).close();
    return out;
}

IngestRequest choice_by_address(const ConsentSeams& seams, BrandNo brand, Identifier address,
                                std::string_view kind, std::vector<collect::NamedConsent> choices,
                                collect::ConsentProof proof) {
    collect::Incoming incoming;
    incoming.consent_change = true;
    incoming.event.kind = EventKind::Track;
    incoming.event.name = "Consent Updated";
    incoming.event.channel = address.type == IdentifierType::Email ? Channel::Email : Channel::Sms;
    incoming.event.at = as_event_time(seams.clock.now());
    // Of each act its own: what ended once and was taken up again, the same act must end again.
    incoming.event.message_id = std::string(kind).append(hex_encode(seams.random.bytes(16)));
    incoming.event.identifiers.push_back(std::move(address));
    incoming.consents = std::move(choices);
    incoming.proof = std::make_shared<collect::ConsentProof>(std::move(proof));
    IngestRequest request;
    request.brand = brand;
    request.items.push_back(std::move(incoming));
    return request;
}

Result<IngestRequest> read_choice(const ConsentSeams& seams, std::string_view text) {
    const json::object body = TRY(object_of(text));
    const auto view = seams.views.get();
    const std::string brand = TRY(text_of(body, "brand", false));
    IngestRequest request;
    {
        const std::shared_lock reading(seams.library.lock);
        request.brand = TRY(brand_meant(seams.library.fold, brand));
    }
    collect::Incoming incoming;
    incoming.consent_change = true;
    incoming.event.kind = EventKind::Track;
    incoming.event.name = "Consent Updated";
    incoming.event.at = as_event_time(seams.clock.now());
    incoming.event.message_id = "api-" + hex_encode(seams.random.bytes(16));
    incoming.event.identifiers.push_back(
        TRY(read_identifier(body, seams.library.settings.brand(brand).phone_country_code)));
    incoming.consents = TRY(read_purposes(body, view->purposes));
    incoming.proof =
        std::make_shared<const ConsentProof>(TRY(read_proof(body, *view, incoming.consents)));
    request.items.push_back(std::move(incoming));
    return request;
}

}  // namespace filrouge::engine
