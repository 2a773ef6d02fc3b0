// The fold's part for what operators make: settings, sources, audiences.
#include <algorithm>

#include "audience/compile.h"
#include "audience/rule.h"
#include "engine/fold.h"
#include "engine/fold_models.h"
#include "engine/named_audiences.h"
#include "engine/not_contacts.h"
#include "engine/records.h"
#include "engine/settings_record.h"
#include "engine/term_book.h"
#include "engine/zone.h"

namespace filrouge::engine {
namespace {

void load_not_contacts(const Documents& documents, TermBook& terms) {
    for (const DocumentView& document : documents.of(RecordType::Settings))
        terms.set_not_contacts(not_contacts_told(document.json));
}

}  // namespace

// Already: the settings say nothing to the fold that it does not know.
bool Fold::folds_by(std::string_view settings) const {
    const auto told = parse_fold_settings(settings);
    const auto known = documents.of(RecordType::Settings);
    return told && std::any_of(known.begin(), known.end(), [&](const DocumentView& document) {
               return parse_fold_settings(document.json) == told;
           });
}

void Fold::load_settings() {
    for (const DocumentView& document : documents.of(RecordType::Settings)) {
        auto parsed = parse_fold_settings(document.json);
        if (!parsed) continue;
        purposes = std::move(parsed->purposes);
        brands.clear();
        for (BrandFacts& b : parsed->brands) {
            auto zone = find_zone(b.time_zone);
            brands.push_back(
                {std::move(b.id), std::move(b.name), std::move(b.time_zone), std::move(zone)});
        }
    }
    changed_.clear();
    graph.set_limits(limits_told(), changed_);
}

void Fold::load_sources() {
    sources.assign(1, SourceInfo{});
    sources[0].id = "filrouge";
    for (std::uint32_t i = 0; i < documents.size(); ++i) {
        const DocumentView document = documents.at(i);
        if (document.type != RecordType::SourceChange) continue;
        // Removed ones keep their number: their events stay theirs.
        SourceInfo info = parse_source(document.id, document.json).value_or(SourceInfo{});
        info.id = document.id;
        info.enabled = info.enabled && !document.removed;
        if (document.removed) info.write_key.clear();
        info.number = static_cast<SourceNo>(sources.size());
        info.brand_number = brand_named(info.brand).value_or(0);
        sources.push_back(std::move(info));
    }
}

const AudienceInfo* named_of_another_use(const Fold& fold, const audience::Compiled& rule,
                                         audience::Use use) {
    const auto& named = rule.triggers().audiences;
    for (const auto& [id, info] : fold.audiences) {
        if (info.use != use && std::find(named.begin(), named.end(), info.slot) != named.end())
            return &info;
    }
    return nullptr;
}

void Fold::define_audience(const DocumentView& document, bool start) {
    const auto parsed = parse_audience(document.json);
    if (!parsed || parsed->slot >= audience::kAudiencesMax) return;
    AudienceInfo info;
    info.slot = audience::AudienceNo{parsed->slot};
    info.document = document.number;
    info.id = document.id;
    info.name = parsed->name;
    info.rule_text = parsed->rule;
    info.purpose = parsed->purpose;
    info.brand = parsed->brand;
    info.use.brand = brand_named(info.brand).value_or(0);
    brand_of_audience_[info.slot.value] = info.use.brand;
    info.use.purpose = purposes.bit_of(parsed->purpose).value_or(kPurposesMax);
    info.created = EventTime{parsed->created_us};
    const auto rule = audience::parse(parsed->rule);
    if (const auto* tree = std::get_if<audience::Rule>(&rule)) {
        auto compiled = audience::compile(*tree, *this, info.slot);
        auto* ready = std::get_if<audience::Compiled>(&compiled);
        // A rule that was stored before this was checked takes nobody in.
        if (ready != nullptr && named_of_another_use(*this, *ready, info.use) == nullptr) {
            info.needs = ready->triggers().audiences;
            live.define(info.slot, std::move(*ready), info.use, document.sequence);
            if (start) {
                live.start(info.slot);
                growth.begin(info.slot, day_of(info.use.brand, now()), 0);
            }
        }
    }
    audiences[info.id] = std::move(info);
}

void Fold::remove_audience(std::string_view id) {
    const auto at = audiences.find(id);
    if (at == audiences.end()) return;
    live.remove(at->second.slot);
    growth.forget(at->second.slot);
    audiences.erase(at);
}

void Fold::apply_document(const RecordView& record, Consequences& out) {
    DocumentFacts facts;
    if (!decode_document(record.clear, facts)) return;
    const bool same_settings = record.type == RecordType::Settings && folds_by(facts.json);
    if (record.type == RecordType::ModelChange && facts.removed) forget_model(*this, facts.id, out);
    const std::uint32_t number =
        documents.put(record.type, facts.id, facts.json, facts.removed, record.sequence);
    switch (record.type) {
        case RecordType::Settings: {
            // Of a program with another table of phone numbers, which is nothing to fold by:
            // audiences that are true stay, and nobody is told of members who have been there.
            load_not_contacts(documents, *terms);
            if (same_settings) break;
            load_settings();
            load_sources();  // their brands have numbers from the settings
            stale_columns.mark_all();
            regroup(out);
            // A purpose, a legal basis or the zone may have changed: every rule is asked anew.
            // Members stay in until then, so that receivers hear of those who leave by it; who
            // no longer allows the purpose leaves now.
            for (const DocumentView& each : audiences_as_made()) define_audience(each, false);
            live.ask_again(*this, out.changes);
            break;
        }
        case RecordType::SourceChange: load_sources(); break;
        case RecordType::AudienceChange:
            remove_audience(facts.id);
            if (!facts.removed) define_audience(documents.at(number), true);
            break;
        case RecordType::WebhookChange:
            load_webhooks();
            if (facts.removed) forget_rows(number);  // nobody is left to tell
            break;
        case RecordType::Wording: load_wordings(); break;
        case RecordType::OfferChange: load_offers(); break;
        default: break;
    }
}

void Fold::load_webhooks() {
    webhooks.clear();
    for (const DocumentView& document : documents.of(RecordType::WebhookChange)) {
        if (const auto hook = parse_webhook(document.json))
            webhooks.emplace_back(document.number, hook->audience);
    }
}

void Fold::after_load() {
    stale_columns.mark_all();
    known_names_.fill({});
    known_pairs_.fill({});
    count_index_.clear();
    source_event_index_.clear();
    source_event_rows_.clear();
    source_event_others_.clear();
    for (std::uint32_t i = 0; i < source_events.size(); ++i) {
        const SourceEventRow& row = source_events.at(i);
        if (row.others != 0) {
            source_event_others_[row.source] = i;
            continue;
        }
        source_event_index_[{row.source, row.name, row.currency}] = i;
        ++source_event_rows_[row.source];
    }
    index_outbox();
    for (std::uint32_t i = 0; i < counts.size(); ++i) {
        count_index_[{counts.at(i).source, counts.at(i).what}] = i;
    }
    if (state.size() == 0) state.resize(1);
    staff.after_load();
    calls.after_load();
    terms->after_load();
    load_not_contacts(documents, *terms);
    load_settings();
    load_sources();
    load_webhooks();
    load_wordings();
    load_offers();
    audiences.clear();
    for (const DocumentView& document : audiences_as_made()) define_audience(document, false);
}

// A rule names audiences that were there before it. An id that was taken, left and taken again has
// its former place among the documents, and not in time.
std::vector<DocumentView> Fold::audiences_as_made() const {
    std::vector<DocumentView> out = documents.of(RecordType::AudienceChange);
    std::sort(out.begin(), out.end(),
              [](const DocumentView& a, const DocumentView& b) { return a.sequence < b.sequence; });
    return out;
}

}  // namespace filrouge::engine
