#include "engine/taken_back.h"

#include <algorithm>
#include <shared_mutex>

#include "base/json_writer.h"
#include "collect/normalise.h"
#include "engine/consent_weight_names.h"
#include "engine/person_asked.h"
#include "engine/records.h"
#include "engine/times.h"
#include "storage/seal.h"

namespace filrouge::engine {
namespace {

// The fold's lock must be held, for the purposes.
consent::Entry entry_of(const TakenBackSeams& seams, const TakenBack& taken) {
    consent::Entry entry;
    entry.id = seams.random.id<struct EventTag>();
    entry.at = taken.at;
    entry.brand = taken.brand;
    entry.means = taken.means;
    entry.fragments = {taken.fragment};
    entry.statements.reserve(taken.what.size());
    for (const auto& [purpose, weight] : taken.what) {
        const consent::Purpose& asked = seams.library.fold.purposes.list[purpose];
        entry.statements.push_back(
            {purpose, consent::State::TakenBack, asked.channel, asked.basis, 0, {}, weight});
    }
    return entry;
}

Prepared record_of(const TakenBackSeams& seams, consent::Entry entry, const std::string& evidence) {
    Prepared p;
    p.id = entry.id;
    p.record.type = RecordType::ConsentTold;
    p.record.version = consent::record_version_of(entry);
    p.record.fragment = entry.fragments.front();
    if (evidence.empty()) {
        consent::encode_entry(entry, p.record.clear);
        return p;
    }
    consent::Blind blind;
    seams.random.fill(reinterpret_cast<char*>(blind.data()), blind.size());
    const Bytes plain = consent::encode_evidence(blind, evidence);
    entry.commitment = consent::commitment_to(plain);
    consent::encode_entry(entry, p.record.clear);
    seal(seams.library.keys.create(p.record.fragment), nonce_of(entry.id),
         consent::fixed_part(p.record.clear), plain, p.record.sealed);
    return p;
}

struct KnownAs {
    IdentifierType type = IdentifierType::None;
    std::uint64_t sequence = 0;
    std::uint32_t place = 0;
    std::string brand;
};

std::optional<KnownAs> known_as(const Library& l, FragmentNo f) {
    const std::shared_lock reading(l.lock);
    if (!l.fold.is_met(f)) return std::nullopt;
    const Fold::FragmentRow& row = l.fold.fragments.at(f.value);
    return KnownAs{l.fold.graph.type_of(f), row.first_sequence, row.in_identifiers,
                   l.fold.brands.size() > 1 ? l.fold.brands.at(row.brand).id : std::string()};
}

std::vector<std::string> purpose_names(const Library& l) {
    const std::shared_lock reading(l.lock);
    std::vector<std::string> out;
    for (const consent::Purpose& p : l.fold.purposes.list) out.push_back(p.name);
    return out;
}

// The person's identifier that an entry of an export names. The fold's lock must be held.
FragmentNo named_by(const Library& l, PersonNo person, const boost::json::object& told) {
    const auto type = identifier_type_named(text_at(told, "type"));
    const std::string brand = text_at(told, "brand");
    if (!type) return {};
    for (const BrandNo b : l.fold.brands_of(person)) {
        if (!brand.empty() && l.fold.brands.at(b).id != brand) continue;
        const std::string& code = l.settings.brand(l.fold.brands.at(b).id).phone_country_code;
        const auto normal = collect::normalise(*type, text_at(told, "value"), code);
        const FragmentNo f = normal ? l.directory.find(b, *type, *normal) : FragmentNo{};
        if (!f.is_none() && l.fold.is_met(f) && l.fold.graph.person_of(f) == person) return f;
    }
    return {};
}

// Whether anything stands that it would take back: read again, an export writes nothing anew.
bool has_to_take(const Fold& fold, FragmentNo f, std::uint8_t purpose, ConsentWeight weight) {
    const consent::Standing own = fold.own_words.standing_of(f);
    if (weight == ConsentWeight::Objection) return own.refused.has(purpose);
    const consent::Standing said = fold.ledger.standing_of(f),
                            lasting = fold.objections.standing_of(f);
    const PurposeSet others = said.granted | said.refused | lasting.refused;
    return others.has(purpose) || (weight == ConsentWeight::OwnWords && own.refused.has(purpose));
}

}  // namespace

void write_taken_back_export(JsonWriter& w, const Library& l,
                             const std::vector<consent::Entry>& entries) {
    const std::vector<std::string> names = purpose_names(l);
    w.key("taken_back").open_array();
    for (const consent::Entry& entry : entries) {
        const auto known = known_as(l, entry.fragments.front());
        const auto value =
            known ? identifier_value(l, known->sequence, known->place) : std::nullopt;
        const IdentifierTypeRow* type = known ? row_of(known->type) : nullptr;
        if (!value || type == nullptr) continue;
        w.open_object().field("type", type->name).field("value", *value);
        if (!known->brand.empty()) w.field("brand", known->brand);
        w.field("at", iso_time(entry.at)).field("at_us", entry.at.us).key("purposes").open_object();
        for (const consent::Statement& s : entry.statements) {
            if (s.state == consent::State::TakenBack && s.purpose < names.size())
                w.field(names[s.purpose], name_of(weight_of(entry, s)));
        }
        w.close().close();
    }
    w.close();
}

TakenBackRead read_taken_back_export(const Library& l, const std::string& id,
                                     const boost::json::object& document, EventTime now) {
    TakenBackRead out;
    const std::string evidence =
        boost::json::serialize(boost::json::object{{"export", text_at(document, "profile")}});
    const std::shared_lock reading(l.lock);
    const auto person = person_of(l.fold, id);
    for (const boost::json::value& each : list_at(document, "taken_back")) {
        if (!each.is_object() || !person) {
            ++out.not_taken;
            continue;
        }
        const boost::json::object& told = each.get_object();
        const boost::json::value* at = told.if_contains("at_us");
        const boost::json::object* purposes = object_at(told, "purposes");
        TakenBack one;
        one.fragment = named_by(l, *person, told);
        if (one.fragment.is_none() || at == nullptr || !at->is_int64() || purposes == nullptr) {
            ++out.not_taken;
            continue;
        }
        one.brand = l.fold.fragments.at(one.fragment.value).brand;
        one.at = std::min(EventTime{at->get_int64()}, now);
        one.means = consent::Means::Import;
        one.evidence = evidence;
        for (const auto& [name, reach] : *purposes) {
            const auto bit = l.fold.purposes.bit_of(name);
            const auto weight = reach.is_string()
                                    ? consent_weight_named(std::string_view(reach.get_string()))
                                    : std::nullopt;
            if (!bit || !weight || *weight == ConsentWeight::Ambient)
                ++out.not_taken;
            else if (has_to_take(l.fold, one.fragment, *bit, *weight))
                one.what.emplace_back(*bit, *weight);
        }
        if (!one.what.empty()) out.taken.push_back(std::move(one));
    }
    return out;
}

Result<void> write_taken_back(const TakenBackSeams& seams, std::vector<TakenBack> taken) {
    std::vector<std::pair<consent::Entry, std::string>> entries;
    {
        const std::shared_lock reading(seams.library.lock);
        entries.reserve(taken.size());
        for (TakenBack& each : taken) {
            // Erased meanwhile: a key made for it now would be nobody's to forget.
            if (!seams.library.fold.is_met(each.fragment) || each.what.empty()) continue;
            entries.emplace_back(entry_of(seams, each), std::move(each.evidence));
        }
    }
    if (entries.empty()) return {};
    std::vector<Prepared> records;
    records.reserve(entries.size());
    for (auto& [entry, evidence] : entries)
        records.push_back(record_of(seams, std::move(entry), evidence));
    return seams.write(std::move(records));
}

}  // namespace filrouge::engine
