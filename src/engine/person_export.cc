#include "engine/person_export.h"

#include <algorithm>
#include <map>
#include <shared_mutex>
#include <unordered_set>

#include "engine/consent_desk.h"
#include "engine/consent_weight_names.h"
#include "engine/event_record.h"
#include "engine/offer_desk_impl.h"
#include "engine/person_asked.h"
#include "engine/person_dealings.h"
#include "engine/records.h"
#include "engine/settings_record.h"
#include "engine/staff_items.h"
#include "engine/taken_back.h"
#include "engine/times.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

constexpr std::array<std::string_view, 6> kKinds = {"track",  "identify", "page",
                                                    "screen", "group",    "alias"};

// What of the fold an export says, taken under one hold of the lock.
struct Whole {
    std::string id;
    std::unordered_set<FragmentNo> fragments;
    std::unordered_set<std::uint64_t> of_things;  // events of a thing lent to the person
    std::vector<consent::Purpose> purposes;
    std::vector<std::string> sources, brands;
    std::vector<std::string> audiences;  // that the person is in
};

Result<Whole> whole_of(const Library& l, std::string_view id) {
    const std::shared_lock reading(l.lock);
    const auto person = person_of(l.fold, id);
    if (!person) return no_profile();
    Whole whole;
    whole.id = l.fold.names.name_of(FragmentNo{person->value}).text();
    std::vector<FragmentNo> fragments;
    l.fold.graph.fragments_of(*person, fragments);
    whole.fragments.insert(fragments.begin(), fragments.end());
    whole.purposes = l.fold.purposes.list;
    for (const SourceInfo& source : l.fold.sources) whole.sources.push_back(source.id);
    PersonReader reader(l.fold);
    for (const BrandNo brand : l.fold.brands_of(*person)) {
        whole.brands.push_back(l.fold.brands[brand].id);
        for (const history::EventRow& row : reader.history_of(*person, brand)) {
            if (!whole.fragments.contains(row.fragment)) whole.of_things.insert(row.sequence);
        }
    }
    for (const auto& [name, info] : l.fold.audiences) {
        if (l.fold.live.member(info.slot, *person)) whole.audiences.push_back(name);
    }
    return whole;
}

void write_purposes(JsonWriter& w, std::string_view key, const Whole& whole, PurposeSet set) {
    w.key(key).open_array();
    for (std::size_t i = 0; i < whole.purposes.size(); ++i) {
        if (set.has(static_cast<std::uint8_t>(i))) w.value(whole.purposes[i].name);
    }
    w.close();
}

void write_said(JsonWriter& w, const Whole& whole, const std::vector<ConsentStatement>& said) {
    w.key("consents").open_object();
    for (const ConsentStatement& each : said) {
        if (each.purpose < whole.purposes.size())
            w.field(whole.purposes[each.purpose].name, each.granted);
    }
    w.close();
    // What each can end: a reader that had to guess would let a banner end an objection.
    w.key("consent_weights").open_object();
    for (const ConsentStatement& each : said) {
        if (each.purpose < whole.purposes.size())
            w.field(whole.purposes[each.purpose].name, name_of(each.weight));
    }
    w.close();
}

void write_free(JsonWriter& w, std::string_view key, const Bytes& packed) {
    if (!packed.empty()) w.key(key).raw(PackedView(packed).json());
}

void write_event(JsonWriter& w, const Whole& whole, const RecordView& record, const Event& event) {
    w.open_object()
        .field("sequence", record.sequence)
        .field("at", iso_time(event.at))
        .field("at_us", event.at.us)
        .field("received", iso_time(as_event_time(record.received)))
        .field("kind", kKinds[static_cast<std::size_t>(event.kind)])
        .field("name", event.name)
        .field("message_id", event.message_id)
        .field("channel", name_of(event.channel))
        .field("source", event.source < whole.sources.size() ? whole.sources[event.source] : "")
        .field("basis", name_of(event.basis));
    write_purposes(w, "kept_for", whole, event.allowed);
    w.field("bot", event.is_bot()).field("imported", (event.flags & kEventImported) != 0);
    w.field("time_is_synthetic", (event.flags & kEventSyntheticTime) != 0);
    w.field("consent_only", (event.flags & kEventConsentOnly) != 0);
    if (event.has_value) {
        w.field("value_fixed", event.value.amount).field("currency", event.value.currency.text());
    }
    if (event.quantity != 0) w.field("quantity_fixed", event.quantity);
    if (!event.product.empty()) w.field("product", event.product);
    if (!event.place.empty()) w.field("place", event.place);
    w.key("identifiers").open_array();
    for (const Identifier& id : event.identifiers) {
        // What somebody else is called by is not this person's to be told.
        if (!whole.fragments.contains(id.fragment) && !is_shared_thing(id.type)) continue;
        const IdentifierTypeRow* type = row_of(id.type);
        if (type == nullptr) continue;
        w.open_object().field("type", type->name).field("value", id.value).close();
    }
    w.close();
    if (!event.consents.empty()) write_said(w, whole, event.consents);
    write_free(w, "properties", event.properties);
    write_free(w, "traits", event.traits);
    write_free(w, "context", event.context);
    w.close();
}

bool opens(const Library& l, const RecordView& record, Bytes& plain) {
    const auto opened =
        open_event(l.keys, record.version, record.fragment, record.clear, record.sealed, plain);
    return opened.ok() && !plain.empty();
}

// Of an event whose term has passed the choices it told; its ties are told as evidence.
bool reads_what_is_kept(const Fold& fold, BytesView clear, BytesView plain, Event& event) {
    std::optional<TermSeal> term;
    if (!decode_event_clear(clear, event, term)) return false;
    const EventContent content = decode_event_content(plain, term.has_value(), event);
    if (content == EventContent::Unreadable) return false;
    const bool told_all = (event.flags & kEventConsentOnly) == 0;
    if (!told_all || (content == EventContent::Whole && !fold.has_expired(event))) return true;
    drop_content(event);
    return !event.consents.empty();
}

// What the log tells of the person beside events, gathered as it is read.
struct Beside {
    std::vector<consent::Entry> taken_back;
    std::vector<DecisionMade> decisions;
};

// What was taken back is no event: its entry of the proofs alone tells it.
void note_taken_back(const RecordView& record, const Whole& whole,
                     std::vector<consent::Entry>& taken_back) {
    if (record.type != RecordType::ConsentTold || !whole.fragments.contains(record.fragment))
        return;
    auto entry = consent::decode_entry(record.clear);
    const bool takes_back =
        entry && std::any_of(entry->statements.begin(), entry->statements.end(),
                             [](const auto& s) { return s.state == consent::State::TakenBack; });
    if (takes_back) taken_back.push_back(*std::move(entry));
}

// Every event of the person in the log's order, also those that only stated a choice.
Result<void> write_events(JsonWriter& w, const Library& l, const Whole& whole,
                          const std::string& out, Beside& beside) {
    Bytes plain;
    Event event;
    bool too_large = false;
    w.key("events").open_array();
    TRY(l.log.read(1, [&](const RecordView& record) {
        note_taken_back(record, whole, beside.taken_back);
        note_decision(l, record, whole.fragments, beside.decisions);
        const bool is_event = record.type == RecordType::Event;
        if (!is_event || (!whole.fragments.contains(record.fragment) &&
                          !whole.of_things.contains(record.sequence)))
            return true;
        event = Event{};
        event.fragment = record.fragment;
        if (opens(l, record, plain) && reads_what_is_kept(l.fold, record.clear, plain, event))
            write_event(w, whole, record, event);
        too_large = out.size() > kExportBytesMax;
        return !too_large;
    }));
    w.close();
    if (too_large)
        return Error{"export.too_large",
                     "The person's events are more than " + std::to_string(kExportBytesMax >> 20) +
                         " MiB, the limit of one export.",
                     "Read them by GET /api/v1/profiles/{id}/thread, a page at a time."};
    return {};
}

// For each purpose what a reader of it is shown: traits with their source, figures, habits,
// audiences, choices, and the evidence that ties the identifiers together. Then to each brand what
// was said, and the words that were shown.
void write_profiles(JsonWriter& w, const Library& l, const Whole& whole) {
    w.key("profiles").open_array();
    for (const std::string& brand : whole.brands) {
        for (const consent::Purpose& purpose : whole.purposes) {
            const auto profile = profile_json(l, whole.id, purpose.name, brand, ToldTo::ThePerson);
            if (profile.ok()) w.raw(profile.value());
        }
    }
    w.close().key("audiences").open_array();
    for (const std::string& audience : whole.audiences) {
        const auto why = why_json(l, audience, whole.id);
        if (why.ok()) w.raw(why.value());
    }
    w.close().key("statements").open_array();
    for (const std::string& brand : whole.brands) {
        const auto said = statements_json(l, whole.id, brand);
        if (said.ok()) w.raw(said.value());
    }
    w.close();
}

// What both documents begin with.
void write_head(JsonWriter& w, const Library& l, const Whole& whole, EventTime now) {
    const std::shared_lock reading(l.lock);
    w.field("format", kExportFormat)
        .field("version", kExportVersion)
        .field("made_at", iso_time(now))
        .field("profile", whole.id)
        .key("purposes")
        .open_array();
    for (const consent::Purpose& purpose : whole.purposes) {
        w.open_object().field("name", purpose.name).field("basis", name_of(purpose.basis));
        if (purpose.double_opt_in) w.field("double_opt_in", true);
        write_words_in_force(w, l.fold, purpose.name, now);
        w.close();
    }
    w.close();
}

// Who the person is, what is known, and what they asked not to be done or put right.
void write_known(JsonWriter& w, const Library& l, const Whole& whole, EventTime now,
                 const PersonAnswers& answers) {
    write_head(w, l, whole, now);
    write_profiles(w, l, whole);
    w.key("restraints").raw(answers.restraints).key("corrections").raw(answers.corrections);
}

}  // namespace

Result<std::string> overview_json(const Library& l, std::string_view id, EventTime now,
                                  const PersonAnswers& answers) {
    const Whole whole = TRY(whole_of(l, id));
    std::string out;
    JsonWriter w(out);
    w.open_object();
    write_known(w, l, whole, now, answers);
    w.key("offers").raw(TRY(offers_of_person_json(l, id, now, true)));
    w.key("requests").raw(answers.requests).close();
    return out;
}

Result<std::string> export_json(const Library& l, std::string_view id, EventTime now,
                                const PersonAnswers& answers) {
    const Whole whole = TRY(whole_of(l, id));
    std::string out;
    JsonWriter w(out);
    w.open_object();
    write_known(w, l, whole, now, answers);
    Beside beside;
    TRY(write_events(w, l, whole, out, beside));
    write_taken_back_export(w, l, beside.taken_back);
    write_dealings(w, l, whole.fragments, beside.decisions);
    write_staff_export(w, l, {whole.fragments.begin(), whole.fragments.end()});
    w.key("offers").raw(TRY(offers_of_person_json(l, id, now, true)));
    w.key("requests").raw(answers.requests);
    w.key("reads").raw(answers.reads).close();
    return out;
}

}  // namespace filrouge::engine
