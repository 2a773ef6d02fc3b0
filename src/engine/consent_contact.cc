// Gate 3: may this person be reached now? Everything the answer rests on is read under one hold of
// the fold's lock, and the consent with it: what was withdrawn before the answer is heard.
#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "collect/normalise.h"
#include "engine/call_tries.h"
#include "engine/consent_desk.h"
#include "engine/person_asked.h"
#include "engine/request_body.h"
#include "engine/zone.h"
#include "model/money.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
using consent::ContactChannel;
using consent::LocalTime;

constexpr std::string_view kOrder = "Order Completed";
constexpr std::string_view kCancelled = "Order Cancelled";
constexpr std::array<std::string_view, 3> kPostcodes = {"address.postalCode", "address.postcode",
                                                        "postal_code"};

std::optional<IdentifierType> address_type(ContactChannel channel) {
    if (channel == ContactChannel::Email) return IdentifierType::Email;
    if (channel == ContactChannel::Sms || channel == ContactChannel::Phone)
        return IdentifierType::Phone;
    return std::nullopt;
}

struct Place {  // where the log tells an identifier
    std::uint64_t sequence = 0;
    std::uint32_t in_identifiers = 0;
};

// Of all addresses on the channel that the person is known by.
Result<std::vector<Place>> addresses_of(const Library& l, const PermitAsk& ask,
                                        IdentifierType type) {
    const std::shared_lock reading(l.lock);
    const auto person = person_of(l.fold, ask.profile);
    if (!person) return no_profile();
    std::vector<FragmentNo> fragments;
    l.fold.fragments_of(*person, TRY(brand_of_reading(l.fold, *person, ask.brand)), fragments);
    std::vector<Place> out;
    for (const FragmentNo f : fragments) {
        if (l.fold.graph.type_of(f) != type) continue;
        const Fold::FragmentRow& row = l.fold.fragments.at(f.value);
        out.push_back({row.first_sequence, row.in_identifiers});
    }
    return out;
}

// The id of the brand whose part of the person is read: a national number is one of its country.
Result<std::string> brand_read(const Library& l, const PermitAsk& ask) {
    const std::shared_lock reading(l.lock);
    const auto person = person_of(l.fold, ask.profile);
    if (!person) return no_profile();
    return l.fold.brands.at(TRY(brand_of_reading(l.fold, *person, ask.brand))).id;
}

// Hashes of the addresses the message may go to: the one that is named, or all there are.
Result<std::vector<consent::AddressHash>> hashes_of(const Library& l, const PermitAsk& ask,
                                                    ContactChannel channel) {
    std::vector<consent::AddressHash> out;
    const auto type = address_type(channel);
    if (!type) return out;
    const DataKey key = l.keys.process_key(kKeySuppression);
    if (!ask.address.empty()) {
        const std::string brand = TRY(brand_read(l, ask));
        const auto normal =
            collect::normalise(*type, ask.address, l.settings.brand(brand).phone_country_code);
        if (!normal)
            return Error{"consent.invalid_identifier",
                         "The address is none of the channel, or stands for nobody.", ""};
        out.push_back(consent::address_hash(key, *type, *normal));
        return out;
    }
    for (const Place& place : TRY(addresses_of(l, ask, *type))) {
        if (const auto value = identifier_value(l, place.sequence, place.in_identifiers))
            out.push_back(consent::address_hash(key, *type, *value));
    }
    return out;
}

// Calls that were tried, on the person's clock.
std::vector<LocalTime> tries_of(const Fold& fold, std::span<const history::EventRow> events,
                                const audience::Zone* zone) {
    std::vector<LocalTime> out;
    const StringNo name = fold.dictionary.find(kCallAttempted);
    for (const history::EventRow& event : events) {
        if (event.name != name || name.is_none()) continue;
        out.push_back({zone == nullptr ? event.at.us : zone->local_from_utc_us(event.at.us)});
    }
    return out;
}

// One spelling for a number that one system writes as 4711 and another as "4711".
std::string number_told(const Fold& fold, const history::Cell& cell) {
    if (cell.kind == history::CellKind::Number) return fixed_text(cell.number);
    if (cell.kind != history::CellKind::Text) return {};
    const std::string_view text = trim(fold.dictionary.text(cell.text));
    const auto fixed = parse_fixed(text);
    return fixed ? fixed_text(*fixed) : std::string(text);
}

// An order that was not cancelled, and whether it held something of the category.
consent::SoftOptIn sale_of(const Fold& fold, std::span<const history::EventRow> events,
                           std::string_view category) {
    const StringNo order = fold.dictionary.find(kOrder), gone = fold.dictionary.find(kCancelled);
    const StringNo id = fold.dictionary.find("order_id");
    const StringNo wanted = fold.dictionary.find(category);
    const auto number = [&fold, id](const history::EventRow& event) {
        const history::Cell* cell = id.is_none() ? nullptr : event.cell(id);
        return cell == nullptr ? std::string() : number_told(fold, *cell);
    };
    std::set<std::string> cancelled;  // numbers of orders
    for (const history::EventRow& event : events) {
        if (!gone.is_none() && event.name == gone) cancelled.insert(number(event));
    }
    cancelled.erase("");  // of no number
    consent::SoftOptIn sale;
    sale.refusal_offered = true;  // what the setting soft_opt_in declares
    for (const history::EventRow& event : events) {
        if (order.is_none() || event.name != order || cancelled.contains(number(event))) continue;
        sale.bought = true;
        sale.similar |= std::any_of(event.lines.begin(), event.lines.end(),
                                    [wanted](const history::Line& line) {
                                        return !wanted.is_none() && line.category == wanted;
                                    });
    }
    return sale;
}

// A postcode told as a number has lost its zero at the front: 1000 is 01000.
std::string postcode_told(const Fold& fold, const history::Cell& cell) {
    constexpr std::size_t kDigits = 5;
    if (cell.kind == history::CellKind::Text)
        return std::string(trim(fold.dictionary.text(cell.text)));
    if (cell.kind != history::CellKind::Number) return {};
    const std::string digits = fixed_text(cell.number);
    return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
}

consent::Region region_of(const Fold& fold, std::span<const history::TraitRow> traits,
                          consent::Region otherwise) {
    for (const std::string_view name : kPostcodes) {
        const StringNo key = fold.dictionary.find(name);
        for (const history::TraitRow& trait : traits) {
            if (key.is_none() || trait.value.key != key) continue;
            const std::string code = postcode_told(fold, trait.value);
            if (!code.empty()) return consent::region_of_postcode(code);
        }
    }
    return otherwise;
}

// The last refusal about the channel, whatever the purpose.
std::optional<EventTime> refused_on(const Fold& fold, const std::vector<FragmentNo>& fragments,
                                    ContactChannel channel) {
    std::vector<consent::StatementView> statements;
    for (const FragmentNo f : fragments) fold.ledger.statements_of(f, statements);
    std::optional<EventTime> last;
    for (const consent::StatementView& s : statements) {
        const bool about = s.purpose < fold.purposes.list.size() &&
                           fold.purposes.list[s.purpose].channel == channel;
        if (about && !s.granted && (!last || *last < s.at)) last = s.at;
    }
    return last;
}

std::vector<consent::DailyWindow> windows_of(const std::vector<std::string>& texts) {
    std::vector<consent::DailyWindow> out;
    for (const std::string& text : texts) {
        if (const auto window = consent::parse_window(text)) out.push_back(*window);
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
    return out;
}

}  // namespace

consent::ContactRules contact_rules_of(const Settings& settings) {
    consent::ContactRules rules = consent::french_contact_rules();
    consent::ChannelRules& sms = rules.of(ContactChannel::Sms);
    sms.windows = windows_of(settings.sms_hours);
    sms.weekdays = settings.sms_on_sundays ? consent::kEveryDay : consent::kMondayToSaturday;
    sms.holidays = settings.sms_on_holidays;
    consent::ChannelRules& phone = rules.of(ContactChannel::Phone);
    phone.windows = windows_of(settings.call_hours);
    phone.weekdays = settings.call_on_weekends ? consent::kEveryDay : consent::kMondayToFriday;
    phone.holidays = settings.call_on_holidays;
    phone.tries_max = settings.call_tries_max;
    phone.tries_days = settings.call_tries_days;
    phone.rest_days = settings.call_rest_days;
    return rules;
}

Result<consent::Permit> permit_of(const ConsentSeams& seams, const consent::ContactRules& rules,
                                  const PermitAsk& ask) {
    const Library& l = seams.library;
    const auto channel = consent::contact_channel_named(ask.channel);
    if (!channel || *channel == ContactChannel::All)
        return Error{"permit.unknown_channel", "The channel is not known.",
                     "One of: email, sms, push, phone, post, onsite."};
    const auto hashes = TRY(hashes_of(l, ask, *channel));
    PersonReader reader(l.fold);
    const std::shared_lock reading(l.lock);
    const Fold& fold = l.fold;
    const auto person = person_of(fold, ask.profile);
    if (!person) return no_profile();
    consent::PermitQuestion q;
    q.person = *person;
    q.brand = TRY(brand_of_reading(fold, *person, ask.brand));
    q.purpose = TRY(purpose_of(fold, ask.purpose));
    q.at = as_event_time(seams.clock.now());
    q.standing = fold.standing_of(*person, q.brand);
    q.suppressed = std::any_of(hashes.begin(), hashes.end(), [&](const auto& hash) {
        return fold.suppressions.holds(hash, *channel);
    });
    const audience::PersonView view = reader.look_without_events(*person, {q.brand, q.purpose});
    const auto local = [zone = view.zone](EventTime at) {
        return LocalTime{zone == nullptr ? at.us : zone->local_from_utc_us(at.us)};
    };
    q.wish.channel = *channel;
    q.wish.at = local(q.at);
    q.wish.region = region_of(
        fold, view.traits,
        consent::region_named(l.settings.contact_region).value_or(consent::Region::Mainland));
    std::vector<FragmentNo> fragments;
    fold.fragments_of(*person, q.brand, fragments);
    if (const auto refused = refused_on(fold, fragments, *channel))
        q.wish.refused_at = local(*refused);
    std::vector<LocalTime> tries;
    if (*channel == ContactChannel::Phone) {
        tries = tries_of(fold, reader.history_of(*person, q.brand), view.zone);
        q.wish.tries = tries;
    }
    if (fold.purposes.list[q.purpose].soft_opt_in && !q.standing.granted.has(q.purpose))
        q.sale = sale_of(fold, reader.history_of(*person, q.brand), ask.category);
    return consent::ContactGate(fold.purposes, rules).permit(q);
}

Result<std::string> permit_json(const ConsentSeams& seams, const consent::ContactRules& rules,
                                std::string_view body) {
    const json::object object = TRY(object_of(body));
    PermitAsk ask;
    ask.profile = TRY(text_of(object, "profile", true));
    ask.purpose = TRY(text_of(object, "purpose", true));
    ask.channel = TRY(text_of(object, "channel", true));
    ask.brand = TRY(text_of(object, "brand", false));
    ask.category = TRY(text_of(object, "category", false));
    ask.address = TRY(text_of(object, "address", false, kIdentifierBytesMax));
    const auto permit = permit_of(seams, rules, ask);
    // A refusal is an answer; anything else that is wrong is an error.
    static constexpr std::array<std::string_view, 5> kRefusals = {
        "permit.other_channel", "permit.suppressed", "permit.restricted", "permit.no_consent",
        "permit.not_now"};
    const bool refused = !permit.ok() && std::find(kRefusals.begin(), kRefusals.end(),
                                                   permit.error().code) != kRefusals.end();
    if (!permit.ok() && !refused) return permit.error();
    std::string out;
    JsonWriter w(out);
    w.open_object().field("allowed", permit.ok());
    if (permit.ok()) {
        w.field("ground", name_of(permit.value().ground())).close();
        return out;
    }
    w.field("why", permit.error().code).field("message", permit.error().message);
    const bool later = permit.error().code == "permit.not_now" && !permit.error().hint.empty();
    if (later) w.field("next_local", permit.error().hint);
    w.close();
    return out;
}

}  // namespace filrouge::engine
