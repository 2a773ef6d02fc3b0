// One person: profile and thread.
#include <algorithm>
#include <mutex>
#include <shared_mutex>

#include "base/assert.h"
#include "base/json_writer.h"
#include "collect/normalise.h"
#include "engine/event_record.h"
#include "engine/event_told.h"
#include "engine/person_asked.h"
#include "engine/person_summary.h"
#include "engine/queries.h"
#include "engine/records.h"
#include "engine/times.h"

namespace filrouge::engine {

namespace {

using Reading = std::shared_lock<FairLock>;

Result<audience::Use> use_of_reading(const Library& l, std::string_view id,
                                     std::string_view purpose, std::string_view brand) {
    const Reading reading(l.lock);
    const auto person = person_of(l.fold, id);
    if (!person) return no_profile();
    const std::uint8_t bit = TRY(purpose_of(l.fold, purpose));
    return audience::Use{TRY(brand_of_reading(l.fold, *person, brand)), bit};
}

void write_traits(JsonWriter& w, const Fold& fold, std::span<const history::TraitRow> traits) {
    w.key("traits").open_object();
    for (std::size_t i = 0; i < traits.size();) {
        const history::TraitRow& row = traits[i];
        w.key(fold.dictionary.text(row.value.key)).open_object().key("value");
        if (row.in_array) w.open_array();
        for (; i < traits.size() && traits[i].value.key == row.value.key; ++i)
            write_cell(w, fold, traits[i].value);
        if (row.in_array) w.close();
        w.field("at", iso_time(row.at))
            .field("source",
                   row.model == ModelKind::Person ? "person" : source_id(fold, row.source))
            .field("record", row.sequence);
        if (is_fitted(row.model)) w.field("model", name_of(row.model));
        if (row.corrected) w.field("corrected", true);
        w.close();
    }
    w.close();
}

void write_consents(JsonWriter& w, const Fold& fold, consent::Standing standing,
                    std::span<const FragmentNo> fragments) {
    std::vector<consent::StatementView> statements;
    PurposeSet objected;  // in the person's own words
    for (const FragmentNo f : fragments) {
        fold.statements_of(f, statements);
        objected = objected | fold.own_words.standing_of(f).refused;
    }
    w.key("consents").open_object();
    for (std::size_t i = 0; i < fold.purposes.list.size(); ++i) {
        const auto p = static_cast<std::uint8_t>(i);
        w.key(fold.purposes.list[p].name).open_object();
        w.field("state", standing.granted.has(p)   ? "granted"
                         : standing.refused.has(p) ? "refused"
                                                   : "not asked");
        w.field("may_use", consent::may_read(fold.purposes, p, standing));
        const consent::StatementView* latest = nullptr;
        for (const auto& s : statements) {
            const bool speaks = s.purpose == p && s.granted == standing.granted.has(p);
            if (speaks && (latest == nullptr || s.at > latest->at)) latest = &s;
        }
        if (latest != nullptr)
            w.field("since", iso_time(latest->at)).field("record", latest->sequence);
        if (objected.has(p)) w.field("objected", true);
        w.close();
    }
    w.close();
}

void write_channels(JsonWriter& w, const profile::Summary& s) {
    w.key("channels").open_object();
    for (std::size_t i = 0; i < kChannels; ++i) {
        const profile::ChannelFigures& c = s.channels[i];
        if (c.events == 0) continue;
        w.key(kChannelNames[i]).open_object().field("events", c.events).field("orders", c.orders);
        w.field("first", iso_time(c.first))
            .field("last", iso_time(c.last))
            .key("spend")
            .open_object();
        for (const auto& [currency, amount] : c.spend)
            w.key(currency.is_unknown() ? "?" : currency.text()).raw(fixed_text(amount));
        w.close().close();
    }
    w.close();
}

void write_favourites(JsonWriter& w, const Fold& fold, std::string_view name,
                      const std::vector<std::pair<StringNo, std::uint64_t>>& list) {
    w.key(name).open_array();
    for (const auto& [what, count] : list)
        w.open_object().field("name", fold.dictionary.text(what)).field("count", count).close();
    w.close();
}

void write_habits(JsonWriter& w, const Fold& fold, const profile::Summary& s) {
    w.key("habits").open_object().key("hours").open_array();
    for (const auto n : s.hours) w.value(n);
    w.close().key("weekdays").open_array();
    for (const auto n : s.weekdays) w.value(n);
    w.close();
    write_favourites(w, fold, "places", s.places);
    write_favourites(w, fold, "categories", s.categories);
    write_favourites(w, fold, "products", s.products);
    w.close().key("last_products").open_array();
    for (const StringNo product : s.last_products) w.value(fold.dictionary.text(product));
    w.close();
}

// What a tie between two brands tells a reader of one of them: which identifier, and who else knows
// it. Neither the other's fragment nor its source or record.
void write_brand_tie(JsonWriter& w, const Fold& fold, const identity::EdgeView& e, bool a_is_ours) {
    const FragmentNo ours = a_is_ours ? e.a : e.b;
    const FragmentNo theirs = a_is_ours ? e.b : e.a;
    w.field("a", fold.names.name_of(ours).text())
        .field("a_type", row_of(fold.graph.type_of(ours))->name)
        .field("known_to", fold.brands[fold.brand_of(theirs)].id);
}

void write_evidence(JsonWriter& w, const Fold& fold, PersonNo person, BrandNo brand) {
    std::vector<identity::EdgeView> edges;
    fold.graph.edges_of(person, edges);
    w.key("evidence").open_array();
    for (const identity::EdgeView& e : edges) {
        const bool ours_a = fold.brand_of(e.a) == brand;
        const bool ours_b = fold.brand_of(e.b) == brand;
        if (!ours_a && !ours_b) continue;
        w.open_object();
        if (ours_a && ours_b) {
            w.field("a", fold.names.name_of(e.a).text()).field("b", fold.names.name_of(e.b).text());
            w.field("a_type", row_of(fold.graph.type_of(e.a))->name)
                .field("b_type", row_of(fold.graph.type_of(e.b))->name);
            w.field("at", iso_time(e.at))
                .field("source", source_id(fold, e.source))
                .field("record", e.sequence);
        } else {
            write_brand_tie(w, fold, e, ours_a);
        }
        w.field("rule", name_of(e.rule)).field("state", name_of(e.state));
        w.field("seen", e.seen).close();
    }
    w.close();
}

void write_memberships(JsonWriter& w, const Fold& fold, PersonNo person, audience::Use use) {
    w.key("audiences").open_array();
    for (const auto& [id, info] : fold.audiences) {
        if (info.use != use || !fold.live.member(info.slot, person)) continue;
        w.open_object().field("id", id).field("name", info.name).close();
    }
    w.close();
}

// The id made of the identifier itself: after an un-merge what was said by it leads to whoever has
// the identifier, while the person's id is that of the oldest.
std::string own_id(const Library& l, std::string_view type, std::string_view value,
                   const std::string& brand) {
    const auto known = identifier_type_named(type);
    ASSERT(known.has_value());
    const auto normal =
        collect::normalise(*known, value, l.settings.brand(brand).phone_country_code);
    const std::shared_lock reading(l.lock);
    const BrandNo number = l.fold.brand_named(brand).value_or(0);
    const FragmentNo fragment = normal ? l.directory.find(number, *known, *normal) : FragmentNo{};
    return fragment.is_none() ? std::string() : l.fold.names.name_of(fragment).text();
}

}  // namespace

Result<std::string> find_profile_json(const Library& l, std::string_view type,
                                      std::string_view value, std::string_view brand) {
    const FoundPerson found = TRY(find_person(l, type, value, brand));
    std::string out;
    JsonWriter w(out);
    w.open_object().field("id", found.id);
    if (!found.brand.empty()) w.field("brand", found.brand);
    w.field("identifier", own_id(l, type, value, found.brand)).close();
    return out;
}

Result<std::string> profile_json(const Library& l, std::string_view id, std::string_view purpose,
                                 std::string_view brand_id, ToldTo whom) {
    struct ToOpen {
        FragmentNo fragment;
        IdentifierType type;
        std::uint64_t sequence;
        std::uint32_t at;
    };
    std::vector<ToOpen> identifiers;
    std::string out;
    JsonWriter w(out);
    bool may = false;
    const audience::Use use = TRY(use_of_reading(l, id, purpose, brand_id));
    const profile::Summary s = summary_of(l, id, use, whom);
    {
        const Reading reading(l.lock);
        const Fold& fold = l.fold;
        const auto person = person_of(fold, id);
        if (!person) return no_profile();
        const consent::Standing standing = fold.standing_of(*person, use.brand);
        may = may_tell(fold, *person, use, whom);
        std::vector<FragmentNo> fragments;
        fold.fragments_of(*person, use.brand, fragments);
        w.open_object()
            .field("id", profile_id(fold, *person))
            .field("purpose", purpose)
            .field("may_use", may);
        write_brand(w, fold, use.brand);
        w.field("sequence", fold.applied()).key("aliases").open_array();
        for (const FragmentNo f : fragments) {
            if (f.value != person->value) w.value(fold.names.name_of(f).text());
            const auto& row = fold.fragments.at(f.value);
            identifiers.push_back(
                {f, fold.graph.type_of(f), row.first_sequence, row.in_identifiers});
        }
        w.close();
        write_restraints(w, fold, fragments);
        if (standing.restricted && whom == ToldTo::Staff)
            w.key("consents").open_object().close();
        else
            write_consents(w, fold, standing, fragments);
        if (may) {
            PersonReader reader(fold);
            write_traits(w, fold, reader.look_without_events(*person, use).traits);
            if (std::any_of(fragments.begin(), fragments.end(),
                            [&](FragmentNo f) { return fold.traits.is_full(f); }))
                w.field("traits_full", true);
            w.field("events", s.events)
                .field("bot_events", s.bot_events)
                .field("time_zone", reader.time_zone());
            if (s.has_preferred) w.field("preferred_channel", name_of(s.preferred));
            write_channels(w, s);
            write_habits(w, fold, s);
            write_memberships(w, fold, *person, use);
            write_evidence(w, fold, *person, use.brand);
        } else {
            w.field("note",
                    standing.restricted
                        ? "This person's data is restricted: it is kept, and not shown."
                        : "This person does not allow that purpose: nothing but the choice itself "
                          "is shown.");
        }
    }
    if (may) {
        w.key("identifiers").open_array();
        for (const ToOpen& i : identifiers) {
            w.open_object()
                .field("type", row_of(i.type)->name)
                .field("profile", l.fold.names.name_of(i.fragment).text());
            if (const auto value = identifier_value(l, i.sequence, i.at)) w.field("value", *value);
            w.close();
        }
        w.close();
    }
    w.close();
    return out;
}

namespace {

// The place of an event in a person's thread, which is in order of time: sequences are not.
Result<history::Newest::Cursor> cursor_at(const Library& l, std::uint64_t sequence) {
    if (sequence == 0) return history::Newest::Cursor{};
    const auto record = open_record(l, sequence);
    Event event;
    if (!record.ok() || record.value().type != RecordType::Event ||
        !decode_event_clear(record.value().clear, event))
        return Error{"api.invalid_cursor", "The cursor is not one that an earlier page gave.",
                     "Leave it out to begin again."};
    return history::Newest::Cursor{event.at, sequence};
}

}  // namespace

Result<std::string> thread_json(const Library& l, std::string_view id, std::string_view purpose,
                                std::string_view brand_id, std::uint64_t before,
                                std::size_t limit) {
    limit = std::clamp<std::size_t>(limit, 1, kThreadPageMax);
    const audience::Use use = TRY(use_of_reading(l, id, purpose, brand_id));
    const history::Newest::Cursor cursor = TRY(cursor_at(l, before));
    std::vector<history::EventRow> rows;                     // newest first
    std::vector<std::pair<std::string, std::string>> words;  // name, source
    std::string out;
    JsonWriter w(out);
    {
        const Reading reading(l.lock);
        const auto person = person_of(l.fold, id);
        if (!person) return no_profile();
        w.open_object().field("id", profile_id(l.fold, *person)).field("purpose", purpose);
        if (!l.fold.may_read(*person, use)) {
            w.field("may_use", false).key("events").open_array().close().close();
            return out;
        }
        PersonReader reader(l.fold);
        const auto found = reader.newest(*person, use, cursor, limit + 1);
        rows.assign(found.rbegin(), found.rend());
        const bool more = rows.size() > limit;
        if (more) rows.pop_back();
        for (history::EventRow& row : rows) {
            row.cells = {};
            row.lines = {};
            words.emplace_back(l.fold.dictionary.text(row.name), source_id(l.fold, row.source));
        }
        w.field("may_use", true);
        if (more) w.field("next_before", rows.back().sequence);
    }
    w.key("events").open_array();
    for (std::size_t i = 0; i < rows.size(); ++i)
        write_event(w, l, rows[i], {words[i].first, words[i].second, {}});
    w.close().close();
    return out;
}

}  // namespace filrouge::engine
