// Restriction of what is done with a person's data (GDPR 18), and objections (GDPR 21): told for
// all identifiers that the person has at that time. And choices: a yes is told for few of them.
#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "collect/parser.h"
#include "engine/person_asked.h"
#include "engine/records.h"
#include "engine/request_body.h"
#include "engine/restraint_record.h"
#include "engine/rights_desk_impl.h"
#include "engine/sealed_record.h"
#include "engine/speaker.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
using consent::Restraint;
using Reading = std::shared_lock<FairLock>;

constexpr std::size_t kItemsPerRequest = 500;

Result<std::vector<std::string>> purposes_of(const json::object& body, const Library& l) {
    std::vector<std::string> out;
    const json::value* told = body.if_contains("purposes");
    if (told == nullptr) return out;
    if (!told->is_array() || told->get_array().size() > kPurposesMax)
        return Error{"api.invalid_field",
                     "The field 'purposes' is a list such as [\"marketing.email\"].", ""};
    const Reading reading(l.lock);
    for (const json::value& each : told->get_array()) {
        if (!each.is_string()) return Error{"api.invalid_field", "A purpose is a name.", ""};
        out.emplace_back(each.get_string());
        TRY(purpose_of(l.fold, out.back()));
    }
    return out;
}

// Who said it and how, as a JSON object: without it nobody could tell an objection from a mistake.
Result<std::string> evidence_of(const json::object& body) {
    const json::value* told = body.if_contains("evidence");
    const bool is_object = told != nullptr && told->is_object() && !told->get_object().empty();
    std::string text = is_object ? json::serialize(*told) : std::string();
    if (text.empty() || text.size() > consent::kEvidenceBytesMax)
        return Error{"rights.evidence_missing",
                     "The field 'evidence' must be an object of at most " +
                         std::to_string(consent::kEvidenceBytesMax) + " bytes.",
                     "Say how the person told it: {\"letter\": \"of 3 March\"}."};
    collect::shorten_addresses(text);
    return text;
}

// What the answer is for an identifier: told for it, or what it said taken back, or neither.
enum class Doing : std::uint8_t { Nothing, Tell, TakeBack };

// For one that is not the one that speaks. A yes is told for none of them: after two people are
// told apart it would stay with somebody who never gave it. But one refusal refuses, so what such
// a one refused is taken back. A no of a switch where there is a yes, and wherever nobody needs to
// be asked: what it leaves out has nothing to refuse, and a yes of afterwards nothing to end there.
// Any other objection for all.
Doing for_another(const Fold& fold, const OwnWords& words, FragmentNo other, std::uint8_t purpose) {
    const consent::Standing said = fold.stated_by(other);
    if (words.answer == OwnAnswer::Yes)
        return said.refused.has(purpose) ? Doing::TakeBack : Doing::Nothing;
    const consent::Purpose& asked = fold.purposes.list[purpose];
    const bool needs_yes = asked.basis == LegalBasis::Consent && !asked.soft_opt_in;
    return !words.by_switch || !needs_yes || said.granted.has(purpose) ? Doing::Tell
                                                                       : Doing::Nothing;
}

Doing doing_for(const Fold& fold, const OwnWords& words, FragmentNo f, bool speaks,
                std::uint8_t purpose) {
    switch (words.answer) {
        case OwnAnswer::Yes:
        case OwnAnswer::No: return speaks ? Doing::Tell : for_another(fold, words, f, purpose);
        case OwnAnswer::NoObjection:
            return fold.own_words.standing_of(f).refused.has(purpose) ? Doing::TakeBack
                                                                      : Doing::Nothing;
        case OwnAnswer::NothingSaid: break;
    }
    const consent::Standing said = fold.stated_by(f);
    return (said.granted | said.refused).has(purpose) ? Doing::TakeBack : Doing::Nothing;
}

Result<std::vector<Told>> identifiers_of(const Library& l, std::string_view id,
                                         const OwnWords& words) {
    const Reading reading(l.lock);
    const Fold& fold = l.fold;
    const auto person = person_of(fold, id);
    if (!person) return no_profile();
    std::vector<Told> out;
    for (const BrandNo brand : fold.brands_of(*person)) {
        if (words.brand && brand != *words.brand) continue;
        std::vector<FragmentNo> fragments;
        fold.fragments_of(*person, brand, fragments);
        const FragmentNo speaker = speaker_of(fold, id, fragments);
        for (const FragmentNo f : fragments) {
            const IdentifierType type = fold.graph.type_of(f);
            if (is_shared_thing(type)) continue;
            const Fold::FragmentRow& row = fold.fragments.at(f.value);
            Told told{f, type, brand, row.first_sequence, row.in_identifiers, {}, {}};
            for (const std::string& purpose : words.purposes) {
                const std::uint8_t bit = TRY(purpose_of(fold, purpose));
                const Doing doing = doing_for(fold, words, f, f == speaker, bit);
                if (doing == Doing::Tell) told.purposes.push_back(purpose);
                if (doing == Doing::TakeBack) told.taken_back.push_back(bit);
            }
            if (!told.purposes.empty() || !told.taken_back.empty()) out.push_back(std::move(told));
        }
    }
    return out;
}

// The one that was said first of those that hold for the person.
std::optional<consent::RestraintView> first_of(const Fold& fold,
                                               const std::vector<FragmentNo>& fragments,
                                               Restraint what) {
    std::optional<consent::RestraintView> first;
    for (const FragmentNo f : fragments) {
        const auto held = fold.restraints.find(what, f);
        if (held && (!first || held->at < first->at)) first = held;
    }
    return first;
}

// By whom and why, as its record tells; nothing where its key is gone.
std::optional<RestraintTold> told_at(const Library& l, std::uint64_t sequence) {
    const auto record = open_record(l, sequence);
    RestraintTold told;
    const bool opened = record.ok() && record.value().opened &&
                        decode_restraint_clear(record.value().clear, told) &&
                        decode_restraint_sealed(record.value().plain, told);
    return opened ? std::optional(std::move(told)) : std::nullopt;
}

// Why is said of one person. Whoever was held to be the same is under the restraint until it is
// lifted, and reads no reason of somebody else's.
bool is_about(const Library& l, const RestraintTold& told, std::string_view id) {
    const Reading reading(l.lock);
    const auto person = person_of(l.fold, id);
    if (told.fragments.empty()) return false;
    const FragmentNo named = told.fragments.front();
    return person && l.fold.is_met(named) && l.fold.graph.person_of(named) == *person;
}

}  // namespace

void write_restraints(JsonWriter& w, const Fold& fold, const std::vector<FragmentNo>& fragments) {
    for (const auto& [what, name, since] :
         {std::tuple(Restraint::Restricted, "restricted", "restricted_since"),
          std::tuple(Restraint::Unprofiled, "objects_to_profiling", "objects_since")}) {
        const auto first = first_of(fold, fragments, what);
        w.field(name, first.has_value());
        if (first) w.field(since, iso_time(first->at));
    }
}

// Identifiers for which it is so already are left out; where none is left nothing is written.
Result<void> RightsDeskImpl::tell_restraint(std::string_view id, RestraintTold told) {
    {
        const Reading reading(library_.lock);
        const Fold& fold = library_.fold;
        const auto person = person_of(fold, id);
        if (!person) return no_profile();
        fold.graph.fragments_of(*person, told.fragments);
        std::erase_if(told.fragments, [&](FragmentNo f) {
            return fold.restraints.holds(told.what, f) != told.lifted;
        });
        // Its key seals the reason, which is shown to whoever has that identifier and nobody else.
        const auto named = std::find(told.fragments.begin(), told.fragments.end(),
                                     identifier_named(fold, id).value_or(FragmentNo{}));
        if (named != told.fragments.end()) std::iter_swap(told.fragments.begin(), named);
    }
    if (told.fragments.empty()) return {};
    if (told.fragments.size() > kRestrainedAtOnceMax)
        return Error{"rights.too_many_identifiers",
                     "The person has more than " + std::to_string(kRestrainedAtOnceMax) +
                         " identifiers, the limit.",
                     "GET /api/v1/profiles/{id}/graph shows what ties them together."};
    told.id = seams_.random.id<struct EventTag>();
    told.at = as_event_time(seams_.now());
    Bytes clear, plain;
    encode_restraint_clear(told, clear);
    encode_restraint_sealed(told, plain);
    return seams_.write(
        one_record(sealed_record(library_.keys, RecordType::Restrained, told.fragments.front(),
                                 told.id, std::move(clear), std::move(plain))));
}

Result<std::string> RightsDeskImpl::restraints_json(std::string_view id) {
    const Reading still(seams_.tables);
    std::string out;
    JsonWriter w(out);
    std::optional<consent::RestraintView> restricted;
    {
        const Reading reading(library_.lock);
        const Fold& fold = library_.fold;
        const auto person = person_of(fold, id);
        if (!person) return no_profile();
        std::vector<FragmentNo> fragments;
        fold.graph.fragments_of(*person, fragments);
        restricted = first_of(fold, fragments, Restraint::Restricted);
        w.open_object().field("profile", profile_id(fold, *person));
        write_restraints(w, fold, fragments);
        PurposeSet objected;
        for (const FragmentNo f : fragments)
            objected = objected | fold.own_words.standing_of(f).refused;
        w.key("objected").open_array();
        for (std::size_t i = 0; i < fold.purposes.list.size(); ++i) {
            if (objected.has(static_cast<std::uint8_t>(i))) w.value(fold.purposes.list[i].name);
        }
        w.close().field("sequence", fold.applied());
    }
    // It stands in the log alone, which is not read under the fold's lock.
    const auto told = restricted ? told_at(library_, restricted->sequence) : std::nullopt;
    if (told && is_about(library_, *told, id)) w.field("restricted_reason", told->reason);
    w.close();
    return out;
}

Result<std::string> RightsDeskImpl::restrict(std::string_view id, std::string_view text,
                                             std::string_view by) {
    const std::lock_guard guard(seams_.commands);
    const json::object body = TRY(object_of(text));
    const std::string action = TRY(text_of(body, "action", true));
    if (action != "restrict" && action != "lift")
        return Error{"api.invalid_field", "The field 'action' is none it may be.",
                     "One of: restrict, lift."};
    RestraintTold told;
    told.lifted = action == "lift";
    told.by = by;
    told.reason = TRY(text_of(body, "reason", true, kReasonBytesMax));
    TRY(tell_restraint(id, std::move(told)));
    return restraints_json(id);
}

Result<std::string> RightsDeskImpl::restricted() {
    const Reading still(seams_.tables);
    std::map<PersonNo, consent::RestraintView> first;  // of each person
    std::vector<std::pair<std::string, consent::RestraintView>> rows;
    {
        const Reading reading(library_.lock);
        for (const consent::RestraintView& held :
             library_.fold.restraints.all(Restraint::Restricted)) {
            if (!library_.fold.is_met(held.fragment)) continue;
            const auto [at, fresh] =
                first.try_emplace(library_.fold.graph.person_of(held.fragment), held);
            if (!fresh && held.sequence < at->second.sequence) at->second = held;
        }
        for (const auto& [person, held] : first)
            rows.emplace_back(profile_id(library_.fold, person), held);
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second.sequence, a.first) > std::pair(b.second.sequence, b.first);
    });
    const bool more = rows.size() > kPageMax;
    if (more) rows.resize(kPageMax);
    std::string out;
    JsonWriter w(out);
    w.open_object().field("more", more).key("restricted").open_array();
    for (const auto& [profile, held] : rows) {
        w.open_object()
            .field("profile", profile)
            .field("since", iso_time(held.at))
            .field("record", held.sequence);
        if (const auto told = told_at(library_, held.sequence))
            w.field("by", told->by).field("reason", told->reason);
        w.close();
    }
    w.close().close();
    return out;
}

// For each purpose a statement of every identifier in the person's own words, with its proof; for
// profiling as a whole a restraint.
Result<std::string> RightsDeskImpl::object(std::string_view id, std::string_view text,
                                           std::string_view by) {
    const json::object body = TRY(object_of(text));
    const std::vector<std::string> purposes = TRY(purposes_of(body, library_));
    const bool profiling = TRY(flag_of(body, "profiling"));
    const bool withdrawn = TRY(flag_of(body, "withdrawn"));
    const std::string evidence = TRY(evidence_of(body));
    if (purposes.empty() && !profiling)
        return Error{"rights.nothing_objected", "Neither 'purposes' nor 'profiling' is told.",
                     "Name the purposes, or say \"profiling\": true."};
    if (!purposes.empty()) {
        OwnWords words;
        words.purposes = purposes;
        words.answer = withdrawn ? OwnAnswer::NoObjection : OwnAnswer::No;
        words.evidence = evidence;
        TRY(state_own_words(id, words));
    }
    if (profiling) {
        const std::lock_guard guard(seams_.commands);
        RestraintTold told;
        told.what = Restraint::Unprofiled;
        told.lifted = withdrawn;
        told.by = by;
        told.reason = evidence;
        TRY(tell_restraint(id, std::move(told)));
    }
    return restraints_json(id);
}

namespace {

// The version a form names, where these words were told in this language: a proof that names words
// which were never told would prove nothing.
std::optional<std::uint32_t> version_shown(const Library& l, std::string_view purpose,
                                           const json::object& body, std::string_view language) {
    const json::value* told = body.if_contains("wording");
    if (told == nullptr || !told->is_int64() || told->get_int64() <= 0 ||
        told->get_int64() > consent::kWordingVersionsMax)
        return std::nullopt;
    const Reading reading(l.lock);
    const consent::Wording* words =
        l.fold.wordings->find(purpose, static_cast<std::uint32_t>(told->get_int64()));
    if (words == nullptr || !consent::words_in(*words, language)) return std::nullopt;
    return words->version;
}

Result<OwnWords> choice_of(const json::object& body, const Library& l) {
    OwnWords words;
    words.by_switch = true;
    const std::string purpose = TRY(text_of(body, "purpose", true));
    const bool granted = TRY(flag_of(body, "granted"));
    const bool taken_back = TRY(flag_of(body, "taken_back"));
    if (granted && taken_back)
        return Error{"consent.invalid_choice", "A choice is given or taken back, not both.",
                     "Send either 'granted' or 'taken_back'."};
    words.answer = taken_back ? OwnAnswer::NothingSaid : granted ? OwnAnswer::Yes : OwnAnswer::No;
    words.evidence = TRY(evidence_of(body));
    words.language = TRY(text_of(body, "language", false, consent::kLanguageBytesMax));
    const std::string brand = TRY(text_of(body, "brand", false));
    {
        const Reading reading(l.lock);
        const std::uint8_t bit = TRY(purpose_of(l.fold, purpose));
        // It would wait for a link that nobody sends.
        if (granted && l.fold.purposes.list[bit].double_opt_in)
            return Error{"consent.needs_confirmation", "The purpose is confirmed by e-mail.", ""};
        if (!brand.empty()) words.brand = TRY(brand_meant(l.fold, brand));
    }
    const auto version = version_shown(l, purpose, body, words.language);
    // A no holds whatever was shown: it goes without words rather than not at all.
    if (!version && granted && body.contains("wording"))
        return Error{"consent.unknown_wording",
                     "One of the wordings is not there, or not in this language.",
                     "GET /api/v1/purposes/NAME/wordings lists them."};
    if (version)
        words.wordings[purpose] = *version;
    else
        words.language.clear();
    words.purposes = {purpose};
    return words;
}

}  // namespace

Result<std::string> RightsDeskImpl::choose(std::string_view id, std::string_view text) {
    const json::object body = TRY(object_of(text));
    const OwnWords words = TRY(choice_of(body, library_));
    TRY(state_own_words(id, words));
    return restraints_json(id);
}

Result<void> RightsDeskImpl::state_own_words(std::string_view id, const OwnWords& words) {
    std::vector<Told> told = TRY(identifiers_of(library_, id, words));
    std::vector<TakenBack> taken;
    for (const Told& each : told) {
        if (each.taken_back.empty()) continue;
        const auto weight = words.answer == OwnAnswer::NoObjection ? ConsentWeight::Objection
                                                                   : ConsentWeight::OwnWords;
        TakenBack& one = taken.emplace_back();
        one.fragment = each.fragment;
        one.brand = each.brand;
        for (const std::uint8_t purpose : each.taken_back) one.what.emplace_back(purpose, weight);
        one.at = as_event_time(seams_.now());
        one.evidence = words.evidence;
    }
    const bool tells = words.answer == OwnAnswer::Yes || words.answer == OwnAnswer::No;
    // First what is said: should the rest fail, there is a refusal too many and not a yes.
    const bool any = TRY(tell_answer(words, std::move(told)));
    if (tells && !any)
        return Error{"rights.no_identifier",
                     "The person has no identifier that a choice can be told for.",
                     "GET /api/v1/profiles/{id}/graph shows what there is."};
    return take_back(std::move(taken));
}

// False where there was nobody to tell it for.
Result<bool> RightsDeskImpl::tell_answer(const OwnWords& words, std::vector<Told> all) {
    auto proof = std::make_shared<collect::ConsentProof>();
    proof->means = consent::Means::Api;
    proof->own_words = true;
    proof->evidence = words.evidence;
    proof->language = words.language;
    for (const auto& [purpose, version] : words.wordings) proof->wordings[purpose] = version;
    bool any = false;
    std::map<BrandNo, IngestRequest> requests;
    const auto send = [&](IngestRequest& request) -> Result<void> {
        TRY(seams_.ingest(std::move(request)));
        request = {};
        return {};
    };
    for (Told& told : all) {
        if (told.purposes.empty()) continue;
        std::optional<std::string> value;
        {
            const Reading still(seams_.tables);
            value = identifier_value(library_, told.sequence, told.place);
        }
        if (!value) continue;
        any = true;
        collect::Incoming incoming;
        incoming.consent_change = true;
        incoming.event.kind = EventKind::Track;
        incoming.event.name = "Consent Updated";
        incoming.event.at = as_event_time(seams_.now());
        incoming.event.message_id = "own-" + hex_encode(seams_.random.bytes(16));
        incoming.event.identifiers.push_back({told.type, std::move(*value), {}});
        for (std::string& purpose : told.purposes)
            incoming.consents.push_back({std::move(purpose), words.answer == OwnAnswer::Yes});
        incoming.proof = proof;
        IngestRequest& request = requests[told.brand];
        request.brand = told.brand;
        request.items.emplace_back(std::move(incoming));
        if (request.items.size() == kItemsPerRequest) TRY(send(request));
    }
    for (auto& [brand, request] : requests) {
        if (!request.items.empty()) TRY(send(request));
    }
    return any;
}

Result<void> RightsDeskImpl::take_back(std::vector<TakenBack> taken) {
    const std::lock_guard guard(seams_.commands);
    return write_taken_back({library_, seams_.random, seams_.write}, std::move(taken));
}

}  // namespace filrouge::engine
