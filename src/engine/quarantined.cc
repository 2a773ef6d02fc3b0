#include "engine/quarantined.h"

#include <algorithm>
#include <mutex>
#include <shared_mutex>

#include "base/json_writer.h"
#include "collect/parser.h"
#include "engine/event_record.h"
#include "engine/request_body.h"
#include "engine/source_rules.h"
#include "engine/times.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;

bool has(const Bytes& packed, std::string_view key) {
    return !packed.empty() && !PackedView(packed).find(key).missing();
}

// What was told of the object, without `left_out`; the object stays open.
void write_members(JsonWriter& w, const Bytes& packed,
                   std::initializer_list<std::string_view> left_out) {
    w.open_object();
    if (packed.empty()) return;
    PackedView(packed).each([&](std::string_view key, const PackedView& value) {
        if (std::find(left_out.begin(), left_out.end(), key) != left_out.end()) return;
        w.key(key).raw(value.json());
    });
}

void write_properties(JsonWriter& w, const Event& event) {
    const Bytes& told = event.properties;
    const bool value = event.has_value && !has(told, "value");
    const bool currency = value && !event.value.currency.is_unknown() && !has(told, "currency");
    const bool quantity = event.quantity != 0 && !has(told, "quantity") && !has(told, "products");
    const bool product = !event.product.empty() && !has(told, "product_id") && !has(told, "sku");
    if (told.empty() && !value && !quantity && !product) return;
    w.key("properties");
    write_members(w, told, {});
    if (value) w.key("value").raw(fixed_text(event.value.amount));
    if (currency) w.field("currency", event.value.currency.text());
    if (quantity) w.key("quantity").raw(fixed_text(event.quantity));
    if (product) w.field("product_id", event.product);
    w.close();
}

void write_external(JsonWriter& w, const Identifier& id) {
    std::string_view type = row_of(id.type) != nullptr ? row_of(id.type)->name : "";
    std::string_view value = id.value;
    const std::size_t colon = value.find(':');
    if (id.type == IdentifierType::ExternalId && colon != std::string_view::npos) {
        type = value.substr(0, colon);  // "crm:77" is what a type and an id were made into
        value = value.substr(colon + 1);
    }
    w.open_object().field("type", type).field("id", value).close();
}

void write_context(JsonWriter& w, const Event& event, const std::vector<const Identifier*>& others,
                   const consent::Purposes& purposes) {
    const Bytes& told = event.context;
    const bool channel = event.channel != Channel::Other && !has(told, "channel");
    const bool place = !event.place.empty() && !has(told, "place");
    const bool consents =
        !event.consents.empty() && !has(told, "consent") && !has(told, "consentManagement");
    if (told.empty() && !channel && !place && !consents && others.empty()) return;
    w.key("context");
    if (others.empty())
        write_members(w, told, {});
    else  // they are among the identifiers
        write_members(w, told, {"externalId", "externalIds"});
    if (channel) w.field("channel", name_of(event.channel));
    if (place) w.field("place", event.place);
    if (!others.empty()) {
        w.key("externalIds").open_array();
        for (const Identifier* id : others) write_external(w, *id);
        w.close();
    }
    if (consents) {
        w.key("consent").open_object().key("categoryPreferences").open_object();
        for (const ConsentStatement& c : event.consents) {
            if (c.purpose < purposes.list.size()) w.field(purposes.list[c.purpose].name, c.granted);
        }
        w.close().close();
    }
    w.close();
}

// As it was admitted when it came: what it states keeps its weight, and was confirmed where that is
// needed.
collect::Incoming told_again(Event event, const consent::Purposes& purposes) {
    collect::Incoming out;
    out.consents.reserve(event.consents.size());
    for (const ConsentStatement& c : event.consents) {
        if (c.purpose >= purposes.list.size()) continue;
        out.consents.push_back({purposes.list[c.purpose].name, c.granted, c.weight});
        out.consent_change |= c.weight >= ConsentWeight::Choice;
    }
    event.consents.clear();
    for (Identifier& id : event.identifiers) id.fragment = id.in_first_brand = {};
    out.event = std::move(event);
    return out;
}

// What a text cannot say of itself.
struct KnownAtTheDoor {
    bool import = false;
    std::optional<LegalBasis> basis;
};
KnownAtTheDoor known_at_the_door(const QuarantineFacts& facts) {
    if (!facts.embedded) return {facts.dedupe_key != 0, {}};  // only an import's has a key
    Event event;
    std::optional<TermSeal> term;
    if (!decode_event_clear(facts.event_clear, event, term)) return {};
    return {(event.flags & kEventImported) != 0, event.basis};
}

}  // namespace

// What was discarded may be an erased person's, and what was replayed must not be once more; only
// the key of its day closes the text.
Result<Quarantined> open_quarantined(const Library& l, std::uint64_t sequence) {
    {
        const Reading reading(l.lock);
        const auto place = l.fold.quarantined(sequence);
        if (place && l.fold.quarantine.at(*place).resolved != 0)
            return Error{"quarantine.resolved",
                         "The event was replayed or discarded: its text is not told any more.",
                         "GET /api/v1/quarantine lists those that are open."};
    }
    OpenedRecord record = TRY(open_record(l, sequence));
    QuarantineFacts facts;
    if (!record.opened || !decode_quarantine_clear(record.clear, facts)) {
        return Error{"quarantine.expired", "The event's text was forgotten.",
                     "Quarantine keeps it for the days of collect.quarantine_days."};
    }
    Quarantined out;
    if (!facts.embedded) {
        out.text = std::move(record.plain);
        return out;
    }
    Event event;
    if (!decode_event(facts.event_clear, record.plain, event)) {
        return Error{"quarantine.unreadable", "The event cannot be read.",
                     "Run filrouge log verify."};
    }
    {
        const Reading reading(l.lock);
        out.text = event_as_tracking_json(event, l.fold.purposes);
    }
    out.event = std::move(event);
    return out;
}

bool has_identifier(const Quarantined& item, const std::vector<std::string>& values) {
    if (!item.event) return false;
    const std::vector<Identifier>& own = item.event->identifiers;
    return std::any_of(own.begin(), own.end(), [&](const Identifier& id) {
        return std::find(values.begin(), values.end(), id.value) != values.end();
    });
}

Result<IngestRequest> read_again(const Library& l, const Settings& settings,
                                 const std::vector<SourceInfo>& sources, std::uint64_t sequence,
                                 const std::string& repaired) {
    const OpenedRecord record = TRY(open_record(l, sequence));
    QuarantineFacts facts;
    if (record.type != RecordType::Quarantined || !decode_quarantine_clear(record.clear, facts))
        return not_found("quarantined", std::to_string(sequence));
    // A repaired event needs no text; what is over is over for it, too.
    Result<Quarantined> item = open_quarantined(l, sequence);
    if (!item.ok() && (repaired.empty() || item.error().code == "quarantine.resolved"))
        return std::move(item).error();
    const KnownAtTheDoor known = known_at_the_door(facts);
    IngestRequest out;
    out.source = facts.source;
    out.import = known.import;
    if (repaired.empty() && item.value().event) {
        Event& event = *item.value().event;
        out.brand = event.brand;
        out.confirmed = true;  // what waited for its link is not among its statements
        const Reading reading(l.lock);
        out.items.emplace_back(told_again(std::move(event), l.fold.purposes));
        return out;
    }
    const std::string& text = repaired.empty() ? item.value().text : repaired;
    const SourceInfo source = facts.source < sources.size() ? sources[facts.source] : SourceInfo{};
    // However late it is read again, it had come: no limit of lateness, as for an import.
    const auto rules = SourceRules(settings).of(source, /*import=*/true);
    collect::RequestContext request;
    request.received = record.received;  // as if it had been right when it came
    collect::Parser parser;
    collect::Parsed parsed =
        TRY(parser.parse_tracking(known.import ? collect::Route::Import : collect::Route::Batch,
                                  "{\"batch\":[" + text + "]}", request, *rules));
    for (collect::Item& each : parsed.items) {
        if (const auto* unfit = std::get_if<collect::Unfit>(&each)) {
            return Error{unfit->code, "It still cannot be taken: " + unfit->message,
                         "Repair it and send it as 'event'."};
        }
        if (known.basis) std::get<collect::Incoming>(each).event.basis = *known.basis;
    }
    out.items = std::move(parsed.items);
    return out;
}

std::string event_as_tracking_json(const Event& event, const consent::Purposes& purposes) {
    static constexpr std::array<std::string_view, 6> kTypes = {"track",  "identify", "page",
                                                               "screen", "group",    "alias"};
    std::string out;
    JsonWriter w(out);
    w.open_object().field("type", kTypes[static_cast<std::size_t>(event.kind)]);
    if (!event.name.empty()) w.field(event.kind == EventKind::Track ? "event" : "name", event.name);
    w.field("messageId", event.message_id).field("timestamp", iso_time(event.at));
    // A member of the protocol says one of a type; the others are said by their type.
    std::vector<const Identifier*> others;
    bool user = false, anonymous = false;
    for (const Identifier& id : event.identifiers) {
        if (id.type == IdentifierType::UserId && !std::exchange(user, true))
            w.field("userId", id.value);
        else if (id.type == IdentifierType::AnonymousId && !std::exchange(anonymous, true))
            w.field("anonymousId", id.value);
        else
            others.push_back(&id);
    }
    write_properties(w, event);
    if (!event.traits.empty()) w.key("traits").raw(PackedView(event.traits).json());
    write_context(w, event, others, purposes);
    w.close();
    return out;
}

}  // namespace filrouge::engine
