#include "engine/admission.h"

#include <algorithm>

#include "base/text.h"
#include "collect/moment.h"
#include "consent/categories.h"
#include "engine/admission_batch.h"
#include "engine/call_tries.h"
#include "engine/event_record.h"
#include "engine/event_terms.h"
#include "engine/thing_record.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

// What a shop may keep because it owes it to the customer: orders, their changes, their coupons.
bool needed_by_contract(const Event& event) {
    return event.kind == EventKind::Track &&
           (event.name.starts_with("Order ") || event.name == "Receipt Issued" ||
            event.name == "Payment Info Entered");
}

// How often somebody may be called is the law's to say, so a try is counted also of whom its source
// may collect nothing else about (consumer code D.223-9).
bool counted_by_law(const Event& event) {
    return event.kind == EventKind::Track && event.name == kCallAttempted;
}

// Something the person did (they looked, they bought), chose or agreed to; not what is said of
// them.
bool is_of_person(const collect::Incoming& incoming, const DoorView& view) {
    const Event& event = incoming.event;
    const bool agrees = std::any_of(incoming.consents.begin(), incoming.consents.end(),
                                    [&view](const collect::NamedConsent& c) {
                                        return c.granted && !view.purposes.named(c.name).empty();
                                    });
    if (agrees || incoming.consent_change || counted_by_law(event)) return true;
    if (contact_by(event.kind, event.flags) != ContactBy::Name) return false;
    return view.terms == nullptr || view.terms->is_contact(event);
}

constexpr std::string_view kHousehold = "household";

// Traits that tell the household, too, where they told none.
Bytes with_household(BytesView traits, std::string_view household) {
    const PackedView before(traits);
    const bool has_room = before.missing() || before.kind() == PackedKind::Object;
    if (!has_room || !before.find(kHousehold).missing()) return Bytes(traits);
    ByteReader members(traits);
    if (!before.missing()) {  // what stands before the members of an object
        members.u8();
        members.u32();
        members.varint();
    }
    Bytes out;
    PackedWriter w(out);
    const std::size_t mark = w.begin_object(before.count() + 1);
    out.append(members.position(), members.left());
    w.key(kHousehold);
    w.string(household);
    w.end(mark);
    return out;
}

// Who lives together shares neither a profile nor a consent: beside anybody else the household is
// something told of that person. Alone it is who the event is about, for there are files that know
// nobody nearer.
void tell_household(Event& event) {
    const auto is_household = [](const Identifier& id) {
        return id.type == IdentifierType::Household;
    };
    const auto told =
        std::find_if(event.identifiers.begin(), event.identifiers.end(), is_household);
    if (told == event.identifiers.end()) return;
    const bool names_another = std::any_of(
        event.identifiers.begin(), event.identifiers.end(),
        [&](const Identifier& id) { return !is_household(id) && !is_shared_thing(id.type); });
    if (!names_another) return;
    event.traits = with_household(event.traits, told->value);
    std::erase_if(event.identifiers, is_household);
}

// Without what happened: who, when, and that it did.
void drop_all_but_name(Event& event) {
    std::string name = std::move(event.name);
    drop_content(event);
    event.name = std::move(name);
}

// What an event's statements come to, before anybody else is heard.
consent::Standing said_by(const collect::Incoming& incoming, const consent::Standing& before) {
    consent::Standing said;
    for (const ConsentStatement& c : incoming.event.consents) {
        // What rides on another event never ends an objection.
        const bool rides = !incoming.consent_change || c.weight == ConsentWeight::Ambient;
        if (c.granted && rides && before.objected.has(c.purpose)) continue;
        PurposeSet& side = c.granted ? said.granted : said.refused;
        side = side.with(c.purpose);
        if (c.weight == ConsentWeight::Objection) said.objected = said.objected.with(c.purpose);
    }
    return said;
}

// A file that is imported twice shows its unfit rows once. Their keys are not those of events: a
// row that was put right may come under its own id.
DedupeFacts unfit_facts(HashKey key, SourceNo source, const collect::Unfit& unfit) {
    Bytes text("unfit");
    ByteWriter w(text);
    w.u16(source);
    w.raw(unfit.message_id);
    return {std::max<std::uint64_t>(siphash(key, text), 1),
            static_cast<std::uint32_t>(siphash(key, unfit.raw)), true};
}

}  // namespace

FragmentNo quarantine_day(Directory& directory, IngestTime received) {
    const std::string day = "quarantine:" + std::to_string(day_of(received));
    return directory.find_or_create(0, IdentifierType::System, day).fragment;
}

EventId Admission::new_id() {
    // The kernel is asked once per 256 ids.
    struct Pool {
        std::array<std::uint64_t, 512> numbers{};
        std::size_t used = 512;
    };
    thread_local Pool pool;
    if (pool.used == pool.numbers.size()) {
        random_.fill(reinterpret_cast<char*>(pool.numbers.data()), sizeof pool.numbers);
        pool.used = 0;
    }
    const EventId id{pool.numbers[pool.used], pool.numbers[pool.used + 1]};
    pool.numbers[pool.used] = pool.numbers[pool.used + 1] = 0;
    pool.used += 2;
    return id;
}

void Admission::name_consents(const collect::Incoming& incoming, const Batch& batch, Event& event) {
    if (incoming.consents.empty()) return;
    const consent::Purposes& purposes = batch.view->purposes;
    PurposeSet no;
    std::vector<std::string_view> yeses;
    yeses.reserve(incoming.consents.size());
    std::array<std::optional<ConsentWeight>, kPurposesMax> told{};
    for (const collect::NamedConsent& c : incoming.consents) {
        const PurposeSet named = purposes.named(c.name);
        if (c.granted)
            yeses.push_back(c.name);
        else
            no = no | named;
        for (std::uint8_t p = 0; c.weight && p < kPurposesMax; ++p) {
            if (named.has(p)) told[p] = c.weight;
        }
    }
    PurposeSet yes = consent::agreed_to(purposes, yeses).without(no);
    if (!batch.confirmed && !incoming.confirms()) yes = yes.without(purposes.confirmed_by_link());
    const bool own_words =
        incoming.proof != nullptr &&
        (incoming.proof->own_words || incoming.proof->means == consent::Means::Confirmation);
    const auto weight = own_words                 ? ConsentWeight::OwnWords
                        : incoming.consent_change ? ConsentWeight::Choice
                                                  : ConsentWeight::Ambient;
    for (std::uint8_t p = 0; p < kPurposesMax; ++p) {
        if (yes.has(p) || no.has(p))
            event.consents.push_back({p, yes.has(p), told[p].value_or(weight)});
    }
}

consent::Standing Admission::standing_of(const Identifier& id) const {
    return id.fragment.is_none() ? consent::Standing{} : board_.standing(id.fragment);
}

consent::GateAnswer Admission::ask_gate(const collect::Incoming& incoming, Batch& batch) {
    const Event& event = incoming.event;
    consent::GateQuestion q;
    for (const Identifier& id : event.identifiers) {
        if (is_shared_thing(id.type)) continue;
        q.standing = q.standing.join(standing_of(id));
    }
    // Said after what the table knows, so it holds where it speaks.
    q.standing = batch.stated.after(q.standing, event.identifiers);
    for (const ConsentStatement& c : event.consents) {
        PurposeSet& side = c.granted ? q.own.granted : q.own.refused;
        side = side.with(c.purpose);
    }
    q.global_privacy_control = incoming.global_privacy_control;
    q.basis = event.basis;
    q.source_purpose =
        batch.view->purposes.bit_of(batch.source.default_purpose).value_or(kPurposesMax - 1);
    q.consent_change = incoming.consent_change;
    batch.standing = q.standing;
    return consent::gate1(batch.view->purposes, q);
}

// An event that has a term is sealed under the key of its day and class, too.
void Admission::seal_parts(const Event& event, const Batch& batch, Prepared& p) {
    const bool told_all = (event.flags & kEventConsentOnly) == 0;
    const auto term = told_all && batch.view->terms != nullptr
                          ? batch.view->terms->of(history_name(event), event.allowed)
                          : std::nullopt;
    const DataKey key = keys_.create(event.fragment);
    if (!term) {
        p.record.version = kEventRecordVersion;
        encode_event_clear(event, p.record.clear);
        encode_event_sealed(event, p.plain);
        p.record.sealed.reserve(p.plain.size() + kSealOverhead);
        return seal(key, nonce_of(event.id), p.record.clear, p.plain, p.record.sealed);
    }
    p.record.version = kTermedEventVersion;
    const std::string what = term->purpose ? "purposes:" + std::to_string(event.allowed.bits)
                                           : "event:" + std::string(history_name(event));
    const std::string period = "term:" + std::to_string(day_of(event.at)) + ":" + what;
    const FragmentNo fragment =
        directory_.find_or_create(0, IdentifierType::System, period).fragment;
    seal_termed_event(event,
                      {fragment, batch.view->terms->is_contact(event), term->purpose.has_value()},
                      {key, keys_.create(fragment)}, p.record.clear, p.plain, p.record.sealed);
}

// An event that comes when its term has passed is kept for its statements of consent alone; false
// where it has none, and is not kept.
bool Admission::outlives_term(Event& event, const Batch& batch) {
    if (batch.view->terms == nullptr ||
        !batch.view->terms->has_outlived(event, as_event_time(batch.received)))
        return true;
    drop_content(event);
    return !event.consents.empty();
}

void Admission::seal_event(Event& event, Batch& batch, bool import) {
    event.id = new_id();
    if (import) event.flags |= kEventImported;
    const std::uint64_t own = event.message_id.empty() ? event.id.low : 0;
    Bytes text;
    ByteWriter w(text);
    w.u16(event.source);
    w.raw(event.message_id);
    event.dedupe_key = own != 0 ? own : siphash(dedupe_key_, text);
    Prepared& p = batch.out.records.emplace_back();
    p.is_event = true;
    p.id = event.id;
    p.source = event.source;
    p.record.type = RecordType::Event;
    p.record.fragment = event.fragment;
    seal_parts(event, batch, p);
    p.dedupe = {event.dedupe_key, event.body_check, import};
    batch.out.bytes += p.record.clear.size() + p.record.sealed.size() + p.plain.size();
}

void Admission::admit(collect::Incoming& incoming, Batch& batch) {
    Event& event = incoming.event;
    event.source = batch.source.number;
    event.brand = batch.brand;
    if (event.channel == Channel::Other) event.channel = batch.source.channel;
    if (event.basis == LegalBasis::Consent) {
        event.basis = needed_by_contract(event) ? LegalBasis::Contract : batch.source.basis;
    }
    event.flags |= bot_flags(incoming.bot);
    name_consents(incoming, batch, event);
    if (!batch.stated.empty()) {  // under an identifier that nobody had met before this request
        for (Identifier& id : event.identifiers) {
            if (id.fragment.is_none())
                id.fragment = directory_.find(batch.brand, id.type, id.value);
        }
    }
    const consent::GateAnswer answer = ask_gate(incoming, batch);
    const bool for_law = (!answer.keep || answer.consent_only) && counted_by_law(event);
    if (!answer.keep && !for_law) {
        ++batch.out.not_kept[incoming.global_privacy_control ? "privacy_control" : "no_consent"];
        ++batch.out.reply.not_kept;
        return;
    }
    number_identifiers(event, batch.brand);
    if (incoming.global_privacy_control) object(incoming, batch.view->purposes, event);
    const consent::Standing said = said_by(incoming, batch.standing);
    batch.refused_by_each = said.refused.empty() ? PurposeSet{} : refused_by_each(event, batch);
    // Also one whose yes waits for its link: the link must work when it is told.
    batch.out.wait_for_fold |= incoming.consent_change;
    if (!event.consents.empty()) {
        batch.stated.add(event.identifiers, said);
        // Of a tracking route everybody may call, or of a file, there can be as many as one likes.
        batch.out.urgent |= incoming.consent_change && batch.source.number == 0 && !batch.import;
        // Who imports sends on when this is answered, and asks the gate about what comes then.
        batch.out.wait_for_fold |= !said.refused.empty() || batch.import;
    }
    event.allowed = answer.allowed;
    const std::shared_ptr<const collect::ConsentProof> proof = proof_told(incoming, batch, said);
    if (answer.consent_only || for_law) drop_all_but_name(event);
    if (for_law) {
        // No purpose reads it: gate 3 alone does.
        event.flags &= static_cast<std::uint8_t>(~kEventConsentOnly);
        event.basis = LegalBasis::LegalObligation;
        event.allowed = {};
    }
    if (!outlives_term(event, batch)) {
        ++batch.out.not_kept["expired"];
        ++batch.out.reply.not_kept;
        return;
    }
    batch.refused_identifiers += incoming.refused_identifiers;
    if ((event.flags & kEventConsentOnly) == 0) batch.undeclared += incoming.undeclared;
    const std::size_t at = batch.out.records.size();
    seal_event(event, batch, batch.import);
    if (proof != nullptr) prove(event, *proof, batch);
    batch.kept = static_cast<std::uint8_t>(batch.out.records.size() - at);
}

// Also of a binding that is not kept: the thing is no longer with whom it was before.
void Admission::pass_on(const Identifier& thing, EventTime at, Batch& batch) {
    ThingPassedOn told;
    told.type = thing.type;
    told.thing = thing.fragment;
    if (told.thing.is_none())
        told.thing = directory_.find_or_create(batch.brand, thing.type, thing.value).fragment;
    told.at = at;
    told.before = batch.kept;
    Prepared& p = batch.out.records.emplace_back();
    p.record.type = RecordType::ThingPassedOn;
    p.of_event = batch.kept != 0;
    encode_thing_passed_on(told, p.record.clear);
    batch.out.bytes += p.record.clear.size();
}

std::optional<Identifier> Admission::thing_of(const Event& event) {
    if (!is_binding(event.kind, event.name)) return std::nullopt;
    const auto thing = std::find_if(event.identifiers.begin(), event.identifiers.end(),
                                    [](const Identifier& id) { return is_shared_thing(id.type); });
    if (thing == event.identifiers.end()) return std::nullopt;
    return *thing;
}

// Under an erased identifier nothing of before the erasure is taken again. What a file gives no
// time of its own counts as of before: a table that is exported each night would bring everybody
// back.
bool Admission::is_of_erased(const Event& event, const Batch& batch) const {
    const bool untimed = batch.import && (event.flags & kEventSyntheticTime) != 0;
    return std::any_of(
        event.identifiers.begin(), event.identifiers.end(), [&](const Identifier& id) {
            const auto at = erasures_->erased_at(
                Directory::entry_of(directory_.hash_of(batch.brand, id.type, id.value)));
            return at && (untimed || event.at <= *at);
        });
}

// A back office that tells of its customers each night, by requests, would bring everybody back as
// well: what comes after the erasure has to be the person's own act or word, until one of these has
// brought an identifier back.
void Admission::refuse_erased(std::vector<collect::Item>& items, Batch& batch) {
    if (erasures_ == nullptr || erasures_->empty()) return;
    const auto is_told_by_others = [&](const collect::Incoming& incoming) {
        if (is_of_person(incoming, *batch.view)) return false;
        bool names_erased = false, is_back = false;
        for (const Identifier& id : incoming.event.identifiers) {
            const Hash128 hash = directory_.hash_of(batch.brand, id.type, id.value);
            if (!erasures_->erased_at(Directory::entry_of(hash))) continue;
            names_erased = true;
            is_back |= !directory_.find(hash).is_none();
        }
        return names_erased && !is_back;
    };
    const auto refused = std::erase_if(items, [&](const collect::Item& item) {
        const auto* incoming = std::get_if<collect::Incoming>(&item);
        if (incoming == nullptr) return false;
        if (!is_of_erased(incoming->event, batch) && !is_told_by_others(*incoming)) return false;
        if (const auto thing = thing_of(incoming->event))
            pass_on(*thing, incoming->event.at, batch);
        return true;
    });
    if (refused == 0) return;
    batch.out.not_kept["erased"] += refused;
    batch.out.reply.not_kept += static_cast<std::uint32_t>(refused);
}

// A blocked identifier is nobody's: the event is of the others it names. Where there is no other it
// stays, for what it says (a withdrawal, perhaps) must not be lost.
void Admission::drop_blocked(Event& event, const DoorView& view) {
    if (view.blocked.empty()) return;
    const auto is_blocked = [&view](const Identifier& id) {
        return std::binary_search(view.blocked.begin(), view.blocked.end(), id.fragment);
    };
    const bool names_another = std::any_of(
        event.identifiers.begin(), event.identifiers.end(),
        [&](const Identifier& id) { return !is_shared_thing(id.type) && !is_blocked(id); });
    if (names_another) std::erase_if(event.identifiers, is_blocked);
}

// The fragments of those identifiers of a request that somebody has met: of whom nothing is kept,
// no number is kept either. Each person's rows lie where no cache has them, so they are asked for
// in one go, a step ahead of their use.
void Admission::find_fragments(std::vector<collect::Item>& items, BrandNo brand) {
    thread_local std::vector<std::pair<Identifier*, Hash128>> found;
    found.clear();
    for (collect::Item& item : items) {
        auto* incoming = std::get_if<collect::Incoming>(&item);
        if (incoming == nullptr) continue;
        for (Identifier& id : incoming->event.identifiers) {
            found.emplace_back(&id, directory_.hash_of(brand, id.type, id.value));
            directory_.prefetch(found.back().second);
        }
    }
    for (auto& [id, hash] : found) {
        id->fragment = directory_.find(hash);
        if (id->fragment.is_none()) continue;
        board_.prefetch(id->fragment);
        keys_.prefetch(id->fragment);
    }
}

// Of an event that is kept.
void Admission::number_identifiers(Event& event, BrandNo brand) {
    for (Identifier& id : event.identifiers) {
        if (id.fragment.is_none())
            id.fragment = directory_.find_or_create(brand, id.type, id.value).fragment;
        // Told whether identity crosses brands or not, so that the setting can change later. A
        // number is given where there was none: it must not tell what the first brand has met.
        if (brand != 0 && !is_shared_thing(id.type))
            id.in_first_brand = directory_.find_or_create(0, id.type, id.value).fragment;
    }
    event.fragment = event.identifiers.front().fragment;
}

void Admission::quarantine(const collect::Unfit& unfit, Batch& batch) {
    QuarantineFacts facts;
    facts.code = unfit.code;
    facts.message = unfit.message;
    facts.source = batch.source.number;
    facts.id = new_id();
    Prepared& p = batch.out.records.emplace_back();
    p.id = facts.id;
    p.source = facts.source;
    p.record.type = RecordType::Quarantined;
    p.record.fragment = quarantine_day(directory_, batch.received);
    if (batch.import && !unfit.message_id.empty()) {
        p.dedupe = unfit_facts(dedupe_key_, facts.source, unfit);
        facts.dedupe_key = p.dedupe.key;
        facts.body_check = p.dedupe.check;
    }
    encode_quarantine_clear(facts, p.record.clear);
    p.plain = unfit.raw;
    seal(keys_.create(p.record.fragment), nonce_of(facts.id), p.record.clear, p.plain,
         p.record.sealed);
    batch.out.bytes += p.record.clear.size() + p.record.sealed.size() + p.plain.size();
    ++batch.out.reply.quarantined;
}

// A file may tell any time. Windows are reckoned between these two, and nothing lies ahead of now.
void Admission::bound_times(std::vector<collect::Item>& items, IngestTime received) {
    for (collect::Item& item : items) {
        if (auto* incoming = std::get_if<collect::Incoming>(&item)) {
            std::int64_t& at = incoming->event.at.us;
            at = std::clamp(at, collect::kEarliestTime.us,
                            std::max(received.us, collect::kEarliestTime.us));
        }
    }
}

PreparedRequest Admission::prepare(IngestRequest request, IngestTime received) {
    Batch batch;
    batch.view = views_.get();
    batch.received = received;
    batch.import = request.import;
    batch.confirmed = request.confirmed;
    if (request.source < batch.view->sources.size())
        batch.source = batch.view->sources[request.source];
    batch.brand = request.source == 0 ? request.brand : batch.source.brand_number;
    batch.out.records.reserve(request.items.size());
    batch.out.reply.received = static_cast<std::uint32_t>(request.items.size());
    if (request.import) bound_times(request.items, received);
    refuse_erased(request.items, batch);
    find_fragments(request.items, batch.brand);
    for (collect::Item& item : request.items) {
        if (auto* incoming = std::get_if<collect::Incoming>(&item)) {
            if (!incoming->event.identifiers.empty()) {
                drop_blocked(incoming->event, *batch.view);
                tell_household(incoming->event);
                const std::optional<Identifier> thing = thing_of(incoming->event);
                batch.kept = 0;
                admit(*incoming, batch);
                if (thing) pass_on(*thing, incoming->event.at, batch);
            } else {
                quarantine({"collect.no_identity",
                            "The event names neither a user nor an anonymous id.",
                            {},
                            {}},
                           batch);
            }
        } else {
            quarantine(std::get<collect::Unfit>(item), batch);
        }
    }
    if (!batch.out.not_kept.empty() || batch.undeclared + batch.refused_identifiers != 0) {
        NotKeptFacts facts{batch.source.number,
                           {batch.out.not_kept.begin(), batch.out.not_kept.end()}};
        if (batch.undeclared != 0)
            facts.reasons.emplace_back(kUndeclaredProperties, batch.undeclared);
        if (batch.refused_identifiers != 0)
            facts.reasons.emplace_back(kRefusedIdentifiers, batch.refused_identifiers);
        Prepared& p = batch.out.records.emplace_back();
        p.record.type = RecordType::NotKept;
        encode_not_kept(facts, p.record.clear);
    }
    return std::move(batch.out);
}

}  // namespace filrouge::engine
