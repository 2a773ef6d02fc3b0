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
#include "engine/contact_clocks.h"
#include "engine/person_asked.h"
#include "engine/request_body.h"
#include "engine/times.h"
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

constexpr std::size_t kLocalMinuteBytes = 16;  // "2026-04-07T08:00"

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

// What the message may go to: the address that is named, or all there are of the person.
struct Addresses {
    std::vector<std::string> values;  // normalised; none on a channel without addresses
    // A permit is for one person: somebody else's address is not reached by it.
    bool are_theirs = true;
    BrandNo brand = 0;  // whose part of the person is asked for
};

Result<Addresses> addresses_asked(const Library& l, const PermitAsk& ask,
                                  std::optional<IdentifierType> type) {
    Addresses out;
    if (!type) return out;
    for (const Place& place : TRY(addresses_of(l, ask, *type))) {
        if (auto value = identifier_value(l, place.sequence, place.in_identifiers))
            out.values.push_back(*std::move(value));
    }
    if (ask.address.empty()) return out;
    const std::string brand = TRY(brand_read(l, ask));
    auto normal =
        collect::normalise(*type, ask.address, l.settings.brand(brand).phone_country_code);
    if (!normal)
        return Error{"consent.invalid_identifier",
                     "The address is none of the channel, or stands for nobody.", ""};
    out.are_theirs = std::find(out.values.begin(), out.values.end(), *normal) != out.values.end();
    out.values = {*std::move(normal)};
    return out;
}

bool any_suppressed(const Library& l, const Addresses& addresses, IdentifierType type,
                    ContactChannel channel) {
    const DataKey key = l.keys.process_key(kKeySuppression);
    return std::any_of(
        addresses.values.begin(), addresses.values.end(), [&](const std::string& value) {
            return l.fold.suppressions.holds(consent::address_hash(key, type, value), channel);
        });
}

// When calls were tried, in UTC.
std::vector<LocalTime> tries_of(const Fold& fold, std::span<const history::EventRow> events) {
    std::vector<LocalTime> out;
    const StringNo name = fold.dictionary.find(kCallAttempted);
    for (const history::EventRow& event : events) {
        if (event.name != name || name.is_none()) continue;
        out.push_back({event.at.us});
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

// Empty where none was told.
std::string postcode_of(const Fold& fold, std::span<const history::TraitRow> traits) {
    for (const std::string_view name : kPostcodes) {
        const StringNo key = fold.dictionary.find(name);
        for (const history::TraitRow& trait : traits) {
            if (key.is_none() || trait.value.key != key) continue;
            std::string code = postcode_told(fold, trait.value);
            if (!code.empty()) return code;
        }
    }
    return {};
}

// Of the trait that tells the time zone; where there is none of where the person lives and of the
// numbers, for channels that keep hours by them.
ContactClocks clocks_of(const Fold& fold, const audience::PersonView& view, BrandNo brand,
                        std::string_view postcode, const std::vector<std::string>& numbers,
                        bool by_number) {
    const bool is_own = view.zone != fold.brands.at(brand).zone.get();
    if (is_own || !by_number) return ContactClocks(view.zone);
    return ContactClocks(view.zone, postcode, numbers);
}

// The last refusal about the channel, whatever the purpose.
std::optional<EventTime> refused_on(const Fold& fold, const std::vector<FragmentNo>& fragments,
                                    ContactChannel channel) {
    std::vector<consent::StatementView> statements;
    for (const FragmentNo f : fragments) fold.statements_of(f, statements);
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

namespace {

Result<consent::Permit> permit_for(const ConsentSeams& seams, const consent::ContactRules& rules,
                                   const PermitAsk& ask, Addresses& addresses) {
    const Library& l = seams.library;
    const auto channel = consent::contact_channel_named(ask.channel);
    if (!channel || *channel == ContactChannel::All)
        return Error{"permit.unknown_channel", "The channel is not known.",
                     "One of: email, sms, push, phone, post, onsite."};
    const auto type = address_type(*channel);
    addresses = TRY(addresses_asked(l, ask, type));
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
    addresses.brand = q.brand;
    q.standing = fold.standing_of(*person, q.brand);
    q.suppressed = type && any_suppressed(l, addresses, *type, *channel);
    const audience::PersonView view = reader.look_without_events(*person, {q.brand, q.purpose});
    const std::string postcode = postcode_of(fold, view.traits);
    const ContactClocks clocks =
        clocks_of(fold, view, q.brand, postcode, addresses.values, type == IdentifierType::Phone);
    q.wish.channel = *channel;
    q.wish.at = LocalTime{q.at.us};
    q.wish.region =
        postcode.empty()
            ? consent::region_named(l.settings.contact_region).value_or(consent::Region::Mainland)
            : consent::region_of_postcode(postcode);
    std::vector<FragmentNo> fragments;
    fold.fragments_of(*person, q.brand, fragments);
    if (const auto refused = refused_on(fold, fragments, *channel))
        q.wish.refused_at = LocalTime{refused->us};
    std::vector<LocalTime> tries;
    if (*channel == ContactChannel::Phone) {
        tries = tries_of(fold, reader.history_of(*person, q.brand));
        q.wish.tries = tries;
    }
    if (fold.purposes.list[q.purpose].soft_opt_in && !q.standing.granted.has(q.purpose))
        q.sale = sale_of(fold, reader.history_of(*person, q.brand), ask.category);
    const consent::ContactWish wish = q.wish;
    std::vector<LocalTime> local_tries;
    q.wish = clocks.local(rules, wish, local_tries);
    auto permit = consent::ContactGate(fold.purposes, rules).permit(q);
    if (!permit.ok() && permit.error().code == "permit.not_now") {
        Error held = permit.error();
        const auto next = clocks.next(rules, wish);
        held.hint = next ? iso_time(EventTime{next->us}).substr(0, kLocalMinuteBytes) : "";
        return held;
    }
    if (!permit.ok()) return permit;
    if (!addresses.are_theirs)
        return Error{"permit.not_theirs", "The address is none of the person's.",
                     "A permit is for one person: ask for whoever has the address."};
    if (type && addresses.values.empty())
        return Error{"permit.no_address", "The person has no address on this channel.", ""};
    return permit;
}

// What the mail that is allowed says of its end, where it is known to which address it goes.
void write_unsubscribing(JsonWriter& w, const ConsentSeams& seams, const consent::Permit& permit,
                         const Addresses& addresses) {
    if (permit.channel() != ContactChannel::Email || addresses.values.size() != 1) return;
    const auto link =
        unsubscribing(seams, addresses.values.front(), permit.purpose(), addresses.brand);
    if (!link) return;
    w.key("unsubscribe").open_object().field("path", "/v1/unsubscribe/" + link->token);
    w.field("list_unsubscribe_post", "List-Unsubscribe=One-Click");
    w.field("until", iso_time(link->until)).close();
}

}  // namespace

Result<consent::Permit> permit_of(const ConsentSeams& seams, const consent::ContactRules& rules,
                                  const PermitAsk& ask) {
    Addresses addresses;
    return permit_for(seams, rules, ask, addresses);
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
    Addresses addresses;
    const auto permit = permit_for(seams, rules, ask, addresses);
    // A refusal is an answer; anything else that is wrong is an error.
    static constexpr std::array<std::string_view, 7> kRefusals = {
        "permit.other_channel", "permit.suppressed", "permit.restricted", "permit.no_consent",
        "permit.not_now",       "permit.not_theirs", "permit.no_address"};
    const bool refused = !permit.ok() && std::find(kRefusals.begin(), kRefusals.end(),
                                                   permit.error().code) != kRefusals.end();
    if (!permit.ok() && !refused) return permit.error();
    std::string out;
    JsonWriter w(out);
    w.open_object().field("allowed", permit.ok());
    if (permit.ok()) {
        w.field("ground", name_of(permit.value().ground()));
        write_unsubscribing(w, seams, permit.value(), addresses);
        w.close();
        return out;
    }
    w.field("why", permit.error().code).field("message", permit.error().message);
    const bool later = permit.error().code == "permit.not_now" && !permit.error().hint.empty();
    if (later) w.field("next_local", permit.error().hint);
    w.close();
    return out;
}

}  // namespace filrouge::engine
