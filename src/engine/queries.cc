#include "engine/queries.h"

#include <algorithm>
#include <mutex>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/event_record.h"
#include "engine/named_audiences.h"
#include "engine/quarantined.h"
#include "engine/rate_text.h"
#include "engine/records.h"
#include "engine/settings_record.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;

// Of a source's events those that came most often are told one by one: a stranger with its write
// key can make the others many.
constexpr std::size_t kSourceEventsToldMax = 100;

// The rows of each source, by its number: one walk over all of them.
std::vector<std::vector<std::uint32_t>> rows_by_source(const Fold& fold) {
    std::vector<std::vector<std::uint32_t>> out(fold.sources.size());
    for (std::uint32_t i = 0; i < fold.source_events.size(); ++i) {
        const std::uint32_t source = fold.source_events.at(i).source;
        if (source < out.size()) out[source].push_back(i);
    }
    return out;
}

void write_source_events(JsonWriter& w, const Fold& fold, std::vector<std::uint32_t>& rows) {
    const auto sooner = [&fold](std::uint32_t a, std::uint32_t b) {
        const Fold::SourceEventRow& x = fold.source_events.at(a);
        const Fold::SourceEventRow& y = fold.source_events.at(b);
        if (x.others != y.others) return x.others < y.others;
        return std::pair(x.count, b) > std::pair(y.count, a);
    };
    std::sort(rows.begin(), rows.end(), sooner);
    std::uint64_t more = 0, more_events = 0;
    w.key("events").open_array();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Fold::SourceEventRow& row = fold.source_events.at(rows[i]);
        if (i >= kSourceEventsToldMax || row.others != 0) {
            ++more;
            more_events += row.count;
            continue;
        }
        w.open_object()
            .field("name", fold.dictionary.text(StringNo{row.name}))
            .field("count", row.count);
        w.field("value_fixed", row.value)
            .field("currency", Currency{static_cast<std::uint16_t>(row.currency)}.text())
            .close();
    }
    // Those past kSourceEventRowsMax are one of them.
    w.close().key("events_more").open_object().field("rows", more).field("count", more_events);
    w.close();
}

}  // namespace

Result<std::optional<BrandNo>> brand_asked(const Fold& fold, std::string_view id) {
    if (id.empty()) return std::optional<BrandNo>();
    if (const auto known = fold.brand_named(id)) return known;
    return Error{"api.unknown_brand", "There is no such brand.",
                 "[[brand]] in filrouge.toml declares them; GET /api/v1/stats lists them."};
}

Result<BrandNo> brand_meant(const Fold& fold, std::string_view id) {
    const std::optional<BrandNo> asked = TRY(brand_asked(fold, id));
    if (asked) return *asked;
    if (fold.brands.size() == 1) return BrandNo{0};
    return Error{"api.brand_missing", "There are several brands, and none is named.",
                 "Add 'brand' with its id; GET /api/v1/stats lists them."};
}

Result<void> only_of_use(const Fold& fold, const audience::Compiled& rule, audience::Use use) {
    const AudienceInfo* other = named_of_another_use(fold, rule, use);
    if (other == nullptr) return {};
    if (other->use.brand != use.brand)
        return Error{"audience.other_brand",
                     "The rule names '" + other->name + "', an audience of another brand.",
                     "Name audiences of the same brand."};
    return Error{"audience.other_purpose",
                 "The rule names '" + other->name + "', an audience of another purpose.",
                 "Name audiences of the same purpose."};
}

void write_brand(JsonWriter& w, const Fold& fold, BrandNo brand) {
    if (fold.brands.size() > 1) w.field("brand", fold.brands[brand].id);
}

Result<std::string> sources_json(const Library& l, std::string_view brand) {
    const Reading reading(l.lock);
    const std::optional<BrandNo> wanted = TRY(brand_asked(l.fold, brand));
    std::string out;
    JsonWriter w(out);
    auto rows = rows_by_source(l.fold);
    w.open_object().key("sources").open_array();
    for (const SourceInfo& s : l.fold.sources) {
        if (s.number == 0 || s.write_key.empty()) continue;
        if (wanted && s.brand_number != *wanted) continue;
        w.open_object().field("id", s.id).field("name", s.name).field("write_key", s.write_key);
        write_brand(w, l.fold, s.brand_number);
        w.field("channel", name_of(s.channel))
            .field("currency", s.currency.text())
            .field("purpose", s.default_purpose);
        w.field("basis", name_of(s.basis)).field("strict", s.strict).field("enabled", s.enabled);
        w.field("stored", l.fold.counted(s.number, "stored"))
            .field("bots", l.fold.counted(s.number, "bot"));
        w.field("quarantined", l.fold.counted(s.number, "quarantined"));
        w.field("properties_not_kept", l.fold.counted(s.number, kUndeclaredProperties))
            .field("identifiers_refused", l.fold.counted(s.number, kRefusedIdentifiers))
            .field("traits_left_out", l.fold.counted(s.number, kTraitsLeftOut))
            .field("texts_left_out", l.fold.counted(s.number, kTextsLeftOut));
        write_source_events(w, l.fold, rows[s.number]);
        w.close();
    }
    w.close().close();
    return out;
}

Result<std::string> purposes_json(const Library& l) {
    const Reading reading(l.lock);
    std::string out;
    JsonWriter w(out);
    w.open_object().key("purposes").open_array();
    for (const consent::Purpose& p : l.fold.purposes.list) {
        w.open_object()
            .field("name", p.name)
            .field("basis", name_of(p.basis))
            .field("gpc_denies", p.gpc_denies);
        w.key("categories").open_array();
        for (const std::string& c : p.categories) w.value(c);
        w.close().key("used_by").open_object().key("audiences").open_array();
        for (const auto& [id, audience] : l.fold.audiences) {
            if (audience.purpose == p.name) w.value(id);
        }
        w.close().key("sources").open_array();
        for (const SourceInfo& source : l.fold.sources) {
            if (source.enabled && source.default_purpose == p.name) w.value(source.id);
        }
        w.close().close().close();
    }
    w.close().close();
    return out;
}

std::string rate_json(const audience::Rate& rate) {
    std::string out;
    JsonWriter(out)
        .open_object()
        .field("from", rate.from.text())
        .field("to", rate.to.text())
        .field("rate", rate_text(rate.rate))
        .field("valid_from", day_text(rate.day))
        .close();
    return out;
}

Result<std::string> rates_json(const Library& l) {
    const Reading reading(l.lock);
    std::string out;
    JsonWriter w(out);
    w.open_object().key("rates").open_array();
    for (std::uint32_t i = 0; i < l.fold.rates.size(); ++i) w.raw(rate_json(l.fold.rates.at(i)));
    w.close().close();
    return out;
}

Result<std::string> documents_json(const Library& l, RecordType type, std::string_view list_name) {
    const Reading reading(l.lock);
    std::string out;
    JsonWriter w(out);
    w.open_object().key(list_name).open_array();
    for (const DocumentView& d : l.fold.documents.of(type)) {
        w.open_object().field("id", d.id);
        if (const auto hook = parse_webhook(d.json); type == RecordType::WebhookChange && hook) {
            w.field("url", hook->url).field("audience", hook->audience);
            w.field("created", iso_time(EventTime{hook->created_us}));
        }
        w.close();
    }
    w.close().close();
    return out;
}

Result<std::string> event_names_json(const Library& l) {
    const Reading reading(l.lock);
    struct Named {
        std::uint64_t count = 0;
        std::vector<std::pair<std::string_view, std::uint64_t>> properties;
    };
    std::map<std::string_view, Named> names;
    for (std::uint32_t i = 0; i < l.fold.event_names.size(); ++i) {
        const auto& row = l.fold.event_names.at(i);
        Named& named = names[l.fold.dictionary.text(StringNo{row.name})];
        if (row.key == StringNo::kNone)
            named.count = row.count;
        else
            named.properties.emplace_back(l.fold.dictionary.text(StringNo{row.key}), row.count);
    }
    std::string out;
    JsonWriter w(out);
    w.open_object().key("events").open_array();
    for (auto& [name, named] : names) {
        std::sort(named.properties.begin(), named.properties.end());
        w.open_object()
            .field("name", name)
            .field("count", named.count)
            .key("properties")
            .open_array();
        for (const auto& [key, count] : named.properties)
            w.open_object().field("name", key).field("count", count).close();
        w.close().close();
    }
    w.close().close();
    return out;
}

Result<OpenedRecord> open_record(const Library& l, std::uint64_t sequence) {
    OpenedRecord out;
    bool found = false;
    TRY(l.log.read(sequence, [&](const RecordView& record) {
        found = record.sequence == sequence;
        if (!found) return false;
        out.type = record.type;
        out.fragment = record.fragment;
        out.received = record.received;
        out.clear = record.clear;
        if (record.type == RecordType::Event) {
            const auto opened = open_event(l.keys, record.version, record.fragment, record.clear,
                                           record.sealed, out.plain);
            out.opened = opened.ok() && !out.plain.empty();
            return false;
        }
        const auto key = record.sealed.empty() ? std::nullopt : l.keys.find(record.fragment);
        Bytes associated = out.clear;
        if (record.type == RecordType::Quarantined) {
            QuarantineFacts facts;
            if (decode_quarantine_clear(record.clear, facts) && facts.embedded)
                associated = facts.event_clear;
        }
        if (record.type == RecordType::ConsentTold) associated = consent::fixed_part(record.clear);
        out.opened = key && unseal(*key, associated, record.sealed, out.plain).ok();
        return false;
    }));
    if (!found)
        return Error{"record_not_found", "There is no record " + std::to_string(sequence) + ".",
                     ""};
    return out;
}

namespace {

void write_quarantine_row(JsonWriter& w, const Fold& fold, std::uint64_t sequence,
                          std::int64_t received, std::uint32_t source, std::uint32_t code,
                          std::uint32_t resolved) {
    static constexpr std::array<std::string_view, 3> kStates = {"open", "replayed", "discarded"};
    w.field("sequence", sequence).field("received", iso_time(EventTime{received}));
    w.field("source", source < fold.sources.size() ? fold.sources[source].id : std::string());
    w.field("code", fold.dictionary.text(StringNo{code}))
        .field("state", kStates[std::min<std::uint32_t>(resolved, 2)]);
}

}  // namespace

Result<std::string> quarantine_json(const Library& l, std::string_view reason, std::uint64_t before,
                                    std::size_t limit, EventTime oldest) {
    const Reading reading(l.lock);
    limit = std::clamp<std::size_t>(limit, 1, kPageMax);
    std::map<std::string_view, std::uint64_t> open;
    std::string rows;
    JsonWriter w(rows);
    w.open_array();
    std::size_t written = 0;
    std::uint64_t last = 0;
    for (std::uint32_t i = l.fold.quarantine.size(); i-- > 0;) {
        const auto& row = l.fold.quarantine.at(i);
        if (row.received < oldest.us) break;
        const std::string_view code = l.fold.dictionary.text(StringNo{row.code});
        if (row.resolved == 0) ++open[code];
        if (row.resolved != 0 || written == limit || (before != 0 && row.sequence >= before))
            continue;
        if (!reason.empty() && reason != code) continue;
        w.open_object();
        write_quarantine_row(w, l.fold, row.sequence, row.received, row.source, row.code,
                             row.resolved);
        w.close();
        last = row.sequence;
        ++written;
    }
    w.close();
    std::string out;
    JsonWriter o(out);
    o.open_object().key("events").raw(rows).key("open").open_object();
    for (const auto& [code, count] : open) o.field(code, count);
    o.close();
    if (written == limit) o.field("next_before", last);
    o.close();
    return out;
}

Result<std::string> quarantined_json(const Library& l, std::uint64_t sequence) {
    std::string out;
    JsonWriter w(out);
    {
        const Reading reading(l.lock);
        const auto place = l.fold.quarantined(sequence);
        if (!place) {
            return Error{"quarantined_not_found",
                         "There is no quarantined event " + std::to_string(sequence) + ".", ""};
        }
        const auto& row = l.fold.quarantine.at(*place);
        w.open_object();
        write_quarantine_row(w, l.fold, row.sequence, row.received, row.source, row.code,
                             row.resolved);
    }
    const OpenedRecord record = TRY(open_record(l, sequence));
    QuarantineFacts facts;
    if (decode_quarantine_clear(record.clear, facts)) w.field("message", facts.message);
    const auto item = open_quarantined(l, sequence);
    if (item.ok())
        w.field("event", item.value().text);
    else
        w.field("event_note", item.error().message);
    w.close();
    return out;
}

}  // namespace filrouge::engine
