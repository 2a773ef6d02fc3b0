// Offers made, ended, taken and taken back.
#include "engine/offer_desk.h"

#include <algorithm>
#include <set>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/offer_desk_impl.h"
#include "engine/person_asked.h"
#include "engine/records.h"
#include "engine/request_body.h"
#include "engine/sealed_record.h"
#include "engine/speaker.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;

bool good_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

struct KnownOffer {
    std::uint32_t document;
    const Offer* offer;
};
Result<KnownOffer> offer_named(const Fold& fold, std::string_view id) {
    for (const auto& [document, offer] : fold.offers.offers) {
        if (offer.id == id) return KnownOffer{document, &offer};
    }
    return not_found("offer", id);
}

}  // namespace

struct OfferDeskImpl::Taking {
    PersonNo person;
    FragmentNo fragment;  // that the answers hang on
    BrandNo brand = 0;
    std::uint8_t purpose = 0;  // bit number
    std::uint32_t document = 0;
    std::string language;  // of the words that were shown
    Offer offer;
    std::vector<std::pair<std::uint8_t, Bytes>> answers;
    struct Told {
        IdentifierType type;
        std::uint64_t sequence;  // of the record that tells it
        std::uint32_t place;
    };
    std::vector<Told> identifiers;
};

Result<std::string> OfferDeskImpl::offers(std::string_view brand) {
    const Reading reading(library_.lock);
    const Fold& fold = library_.fold;
    const std::optional<BrandNo> wanted = TRY(brand_asked(fold, brand));
    const auto figures = fold.offers.figures();
    const EventTime now = as_event_time(seams_.now());
    std::string out;
    JsonWriter w(out);
    w.open_object().key("offers").open_array();
    for (const auto& [document, offer] : fold.offers.offers) {
        if (wanted && fold.brand_named(offer.brand) != wanted) continue;
        const auto at = figures.find(document);
        const OfferBook::Figures count = at != figures.end() ? at->second : OfferBook::Figures{};
        w.open_object();
        write_offer(w, offer);
        w.field("open", is_open(offer, now)).field("told", count.told);
        w.field("benefits", count.benefits).close();
    }
    w.close().close();
    return out;
}

// The words stand before the offer: who accepts is shown them, and the proof names their version.
Result<void> OfferDeskImpl::check_purpose(const Offer& offer) const {
    const Fold& fold = library_.fold;
    const auto bit = fold.purposes.bit_of(offer.purpose);
    if (!bit)
        return Error{"offer.unknown_purpose", "The purpose is not declared.",
                     "GET /api/v1/purposes lists them."};
    if (fold.purposes.list[*bit].double_opt_in)
        return Error{"offer.needs_confirmation",
                     "The purpose counts once a link was followed, so an offer cannot ask for it.",
                     "Take a purpose without double_opt_in."};
    if (fold.wordings->in_force(offer.purpose, as_event_time(seams_.now())) == nullptr)
        return Error{"offer.no_wording", "The purpose has no words that could be shown.",
                     "Tell them first: filrouge consent tell, or POST "
                     "/api/v1/purposes/NAME/wordings."};
    return {};
}

Result<void> OfferDeskImpl::put(const Offer& offer) {
    std::vector<Prepared> records(1);
    records[0].record.type = RecordType::OfferChange;
    encode_document({offer.id, false, offer_json(offer)}, records[0].record.clear);
    return seams_.write(std::move(records));
}

Result<std::string> OfferDeskImpl::make(std::string_view text) {
    const std::lock_guard guard(seams_.commands);
    Offer offer = TRY(read_offer(text));
    if (!good_id(offer.id))
        return Error{"offer.invalid_id", "An id is 1 to 64 of a-z, 0-9, '-' and '_'.", ""};
    {
        const Reading reading(library_.lock);
        const Fold& fold = library_.fold;
        offer.brand = fold.brands[TRY(brand_meant(fold, offer.brand))].id;
        TRY(check_purpose(offer));
        if (offer_named(fold, offer.id).ok())
            return Error{"offer_exists", "There is an offer with this id.",
                         "An offer is never changed: end it, and make one with another id."};
        if (fold.offers.offers.size() >= kOffersMax)
            return Error{"offer.too_many",
                         "There are " + std::to_string(kOffersMax) + " offers, the limit.", ""};
    }
    TRY(put(offer));
    return offer_json(offer);
}

Result<std::string> OfferDeskImpl::end(std::string_view id) {
    const std::lock_guard guard(seams_.commands);
    Offer offer;
    {
        const Reading reading(library_.lock);
        offer = *TRY(offer_named(library_.fold, id)).offer;
    }
    const EventTime now = as_event_time(seams_.now());
    if (now < offer.to) {
        offer.to = now;
        offer.from = std::min(offer.from, now);
        TRY(put(offer));
    }
    return offer_json(offer);
}

Result<std::string> OfferDeskImpl::of_person(std::string_view profile, bool with_answers) {
    const std::string offers =
        TRY(offers_of_person_json(library_, profile, as_event_time(seams_.now()), with_answers));
    std::string out;
    JsonWriter(out).open_object().key("offers").raw(offers).close();
    return out;
}

Result<OfferDeskImpl::Taking> OfferDeskImpl::taking_of(std::string_view profile,
                                                       const OfferForm& form) {
    const Reading reading(library_.lock);
    const Fold& fold = library_.fold;
    const auto person = person_of(fold, profile);
    if (!person) return no_profile();
    const KnownOffer known = TRY(offer_named(fold, form.offer));
    Taking taking;
    taking.person = *person;
    taking.document = known.document;
    taking.offer = *known.offer;
    taking.brand = fold.brand_named(known.offer->brand).value_or(0);
    std::vector<FragmentNo> fragments;
    fold.fragments_of(*person, taking.brand, fragments);
    if (fragments.empty()) return not_found("offer", form.offer);
    const EventTime now = as_event_time(seams_.now());
    if (!is_open(taking.offer, now)) return Error{"offer.ended", "The offer is not open now.", ""};
    TRY(check_purpose(taking.offer));
    const consent::Wording& words = *fold.wordings->in_force(taking.offer.purpose, now);
    const auto shown = consent::words_in(words, form.language);
    if (words.version != form.wording || !shown)
        return Error{"wording_conflict",
                     "These are not the words that are in force, or not in a language of theirs.",
                     "Show those that are, and ask again."};
    taking.language = shown->language;
    taking.purpose = fold.purposes.bit_of(taking.offer.purpose).value_or(0);
    taking.fragment = speaker_of(fold, profile, fragments);
    for (const FragmentNo f : fragments) {
        // One refusal refuses; told for all, the yes would stay with somebody who never gave it
        // once two people are told apart.
        if (f != taking.fragment && !fold.stated_by(f).refused.has(taking.purpose)) continue;
        const auto& row = fold.fragments.at(f.value);
        taking.identifiers.push_back(
            {fold.graph.type_of(f), row.first_sequence, row.in_identifiers});
    }
    return taking;
}

// For the identifier that speaks and those that refuse; each as an event of its own, so that it
// ties nothing together.
Result<void> OfferDeskImpl::state_consent(const Taking& taking, const OfferForm& form) {
    collect::ConsentProof proof;
    proof.means = consent::Means::Choice;
    proof.own_words = true;  // the person's own door: it ends an objection, too
    proof.language = taking.language;
    proof.wordings[taking.offer.purpose] = form.wording;
    JsonWriter(proof.evidence).open_object().field("offer", taking.offer.id).close();
    const auto shared = std::make_shared<const collect::ConsentProof>(std::move(proof));
    IngestRequest request;
    request.brand = taking.brand;
    for (const Taking::Told& told : taking.identifiers) {
        auto value = identifier_value(library_, told.sequence, told.place);
        if (!value) continue;
        collect::Incoming incoming;
        incoming.consent_change = true;
        incoming.event.kind = EventKind::Track;
        incoming.event.name = "Consent Updated";
        incoming.event.at = as_event_time(seams_.now());
        incoming.event.message_id = "offer-" + seams_.new_id().text();
        incoming.event.identifiers.push_back({told.type, *std::move(value), {}});
        incoming.consents = {{taking.offer.purpose, true}};
        incoming.proof = shared;
        request.items.push_back(std::move(incoming));
    }
    TRY(seams_.ingest(std::move(request)));
    return {};
}

// The fold's lock must be held.
Result<void> OfferDeskImpl::check_room(PersonNo person, const Taking& taking) const {
    const auto lines = lines_of_person(library_.fold, person);
    const bool has_new = std::any_of(
        taking.answers.begin(), taking.answers.end(),
        [&](const auto& answer) { return !is_told(lines, taking.document, answer.first); });
    if (!has_new || !library_.fold.traits.is_full(taking.fragment)) return {};
    return Error{"offer.no_room",
                 "There are " + std::to_string(profile::kTraitsPerFragmentMax) +
                     " values of traits under the identifier, the limit.",
                 "GET /api/v1/profiles/{id} shows them; send fewer names of traits."};
}

// What the yes that comes with the answers cannot change. Asked before it is stated: where nothing
// is kept, the yes must not be, either.
Result<void> OfferDeskImpl::check_before_consent(const Taking& taking) const {
    const Reading reading(library_.lock);
    const Fold& fold = library_.fold;
    if (!fold.is_met(taking.fragment)) return no_profile();
    const PersonNo person = fold.graph.person_of(taking.fragment);
    consent::Standing with_yes = fold.standing_of(person, taking.brand);
    with_yes.granted = with_yes.granted.with(taking.purpose);
    with_yes.refused = with_yes.refused.without(PurposeSet{}.with(taking.purpose));
    if (!consent::may_use(fold.purposes, taking.purpose, with_yes))
        return Error{"offer.not_allowed", "The purpose is not allowed, so nothing was kept.",
                     "The person's data is restricted, or the person objects to profiling: "
                     "docs/rights.md."};
    return check_room(person, taking);
}

Result<void> OfferDeskImpl::write_answers(const Taking& taking) {
    OfferAnswered told;
    {
        const Reading reading(library_.lock);
        Fold& fold = library_.fold;
        if (!fold.is_met(taking.fragment)) return no_profile();
        const PersonNo person = fold.graph.person_of(taking.fragment);
        if (!fold.may_use(person, {taking.brand, taking.purpose}))
            return Error{"offer.not_allowed", "The purpose is not allowed, so nothing was kept.",
                         "A browser that sends Global Privacy Control objects to it."};
        TRY(check_room(person, taking));
        const auto lines = lines_of_person(fold, person);
        const auto given = benefits_of_person(fold, person);
        told.earns = std::none_of(given.begin(), given.end(), [&](const GivenBenefit& each) {
            return each.benefit.offer == taking.document && each.benefit.taken_back_at == 0;
        });
        for (std::size_t i = 0; i < taking.offer.asks.size(); ++i) {
            const bool now = std::any_of(taking.answers.begin(), taking.answers.end(),
                                         [i](const auto& answer) { return answer.first == i; });
            if (taking.offer.asks[i].required && !now && !is_told(lines, taking.document, i))
                told.earns = false;
        }
    }
    told.id = seams_.new_id();
    told.at = as_event_time(seams_.now());
    told.brand = taking.brand;
    told.purpose = taking.purpose;
    told.offer = taking.document;
    told.answers = taking.answers;
    Bytes clear, plain;
    encode_offer_answered_clear(told, clear);
    encode_offer_answered_sealed(told, plain);
    return seams_.write(
        one_record(sealed_record(library_.keys, RecordType::OfferAnswered, taking.fragment, told.id,
                                 std::move(clear), std::move(plain))));
}

Result<std::string> OfferDeskImpl::tell(std::string_view profile, const OfferForm& form) {
    {
        const std::lock_guard guard(seams_.commands);
        Taking taking = TRY(taking_of(profile, form));
        for (std::size_t i = 0; i < taking.offer.asks.size(); ++i) {
            if (auto answer = TRY(read_answer(taking.offer.asks[i], form.fields)))
                taking.answers.emplace_back(static_cast<std::uint8_t>(i), *std::move(answer));
        }
        if (taking.answers.empty())
            return Error{"offer.nothing_told", "No line of the offer was answered.", ""};
        TRY(check_before_consent(taking));
        TRY(state_consent(taking, form));
        TRY(write_answers(taking));
    }
    return of_person(profile, true);
}

namespace {

// The answer that goes was told for other offers, too, in the place of theirs: what they gave for
// it goes with it, where they say so.
void take_those_of_replaced(const Fold& fold, PersonNo person, std::string_view line,
                            const KnownOffer& known,
                            std::vector<std::pair<FragmentNo, OfferTakenBack>>& out) {
    const auto benefits = benefits_of_person(fold, person);
    std::set<std::pair<std::uint32_t, FragmentNo>> seen;
    for (const ToldLine& told : lines_of_person(fold, person)) {
        if (told.line.is() != OfferBook::State::Replaced || told.line.offer == known.document)
            continue;
        const auto other = fold.offers.offers.find(told.line.offer);
        if (other == fold.offers.offers.end()) continue;
        const Ask& ask = other->second.asks.at(told.line.ask);
        const bool goes = ask.name == line && ask.required && other->second.takes_back &&
                          other->second.purpose == known.offer->purpose;
        for (const GivenBenefit& given : benefits) {
            if (!goes || given.benefit.offer != told.line.offer ||
                given.benefit.taken_back_at != 0 ||
                !seen.emplace(given.benefit.offer, given.fragment).second)
                continue;
            OfferTakenBack taken;
            taken.offer = told.line.offer;
            taken.ask = static_cast<std::uint8_t>(told.line.ask);
            taken.benefit = true;
            out.emplace_back(given.fragment, taken);
        }
    }
}

// A record for each identifier that tells the line, and for each that holds a benefit which goes
// with it: after a merge they may be two.
std::vector<std::pair<FragmentNo, OfferTakenBack>> takings_back(const Fold& fold, PersonNo person,
                                                                const KnownOffer& known,
                                                                std::string_view line) {
    std::vector<std::pair<FragmentNo, OfferTakenBack>> out;
    OfferTakenBack taken;
    taken.offer = known.document;
    for (const ToldLine& told : lines_of_person(fold, person)) {
        if (told.line.offer != known.document || told.line.is() != OfferBook::State::Told) continue;
        const Ask& ask = known.offer->asks.at(told.line.ask);
        if (ask.name != line) continue;
        taken.ask = static_cast<std::uint8_t>(told.line.ask);
        taken.benefit = known.offer->takes_back && ask.required;
        out.emplace_back(told.fragment, taken);
    }
    if (out.empty()) return out;
    if (taken.benefit) {
        for (const GivenBenefit& given : benefits_of_person(fold, person)) {
            const bool there = std::any_of(out.begin(), out.end(), [&](const auto& each) {
                return each.first == given.fragment;
            });
            if (given.benefit.offer == known.document && !there)
                out.emplace_back(given.fragment, taken);
        }
    }
    take_those_of_replaced(fold, person, line, known, out);
    return out;
}

}  // namespace

Result<std::string> OfferDeskImpl::take_back(std::string_view profile, std::string_view offer,
                                             std::string_view line) {
    {
        const std::lock_guard guard(seams_.commands);
        std::vector<Prepared> records;
        {
            const Reading reading(library_.lock);
            const Fold& fold = library_.fold;
            const auto person = person_of(fold, profile);
            if (!person) return no_profile();
            const KnownOffer known = TRY(offer_named(fold, offer));
            for (auto& [fragment, taken] : takings_back(fold, *person, known, line)) {
                taken.id = seams_.new_id();
                taken.at = as_event_time(seams_.now());
                Prepared p;
                p.id = taken.id;
                p.record.type = RecordType::OfferTakenBack;
                p.record.fragment = fragment;
                encode_offer_taken_back(taken, p.record.clear);
                records.push_back(std::move(p));
            }
        }
        if (records.empty())
            return Error{"offer.not_told", "This line is not told, or was taken back already.", ""};
        TRY(seams_.write(std::move(records)));
    }
    return of_person(profile, true);
}

}  // namespace filrouge::engine
