// Every setting, declared once: where it stands, its limit and its reason. Private to
// engine/settings*.cc.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/settings.h"
#include "engine/settings_checks.h"

namespace filrouge::engine::declared {

// One setting of a T. Its default is what a fresh T holds.
template <class T>
struct Row {
    using Field =
        std::variant<std::string T::*, std::uint16_t T::*, std::uint32_t T::*, std::uint64_t T::*,
                     bool T::*, std::vector<std::string> T::*, LegalBasis T::*>;
    std::string_view section;
    std::string_view name;
    Field field;
    std::int64_t least = 0;  // of a number
    std::int64_t most = 0;
    TextCheck check = nullptr;  // of a text, or of each text of a list
    std::string_view why;
};

using S = Settings;
constexpr std::int64_t kGiB = std::int64_t{1} << 30;

inline const std::array kSettings = {
    Row<S>{"server", "listen", &S::listen, 0, 0, check_address,
           "The address to listen on. Beyond 127.0.0.1, set TLS or put a TLS proxy in front."},
    Row<S>{"server", "port", &S::port, 1, 65'535, nullptr, "The port to listen on."},
    Row<S>{"server", "tls_certificate", &S::tls_certificate, 0, 0, check_path,
           "PEM file with the certificate and its chain; with tls_key, or neither."},
    Row<S>{"server", "tls_key", &S::tls_key, 0, 0, check_path, "PEM file with the key."},
    Row<S>{"server", "io_threads", &S::io_threads, 1, 64, nullptr,
           "Threads that read and write requests: as many as cores, less those of log and fold."},
    Row<S>{"server", "private_webhooks", &S::private_webhooks, 0, 0, nullptr,
           "Webhooks may go to this machine and to private networks. Off: who may make a webhook "
           "cannot reach what only this machine can."},
    Row<S>{"collect", "late_event_days_max", &S::late_event_days_max, 1, 30, nullptr,
           "Older events are quarantined: tills without a network send a day late; past a month "
           "a report may not change. Imports know no such limit."},
    Row<S>{"collect", "dedupe_days", &S::dedupe_days, 1, 30, nullptr,
           "An event that comes again within these days counts once; each id costs memory. Must "
           "not be less than late_event_days_max."},
    Row<S>{
        "collect", "quarantine_days", &S::quarantine_days, 1, 180, nullptr,
        "Events that did not fit are hidden after this, repaired or not; the key of their day is "
        "forgotten when its last one is."},
    Row<S>{"collect", "bot_events_in_10s", &S::bot_events_in_10s, 10, 100'000, nullptr,
           "More events of browsers and apps than this in 10 s from one address are a bot's: kept, "
           "left out of figures."},
    Row<S>{"collect", "contract_for_orders", &S::contract_for_orders, 0, 0, nullptr,
           "Orders and refunds are kept on the basis of the contract, without consent."},
    Row<S>{"consent", "tcf_vendor", &S::tcf_vendor, 0, 65'535, nullptr,
           "The brand's number in the Global Vendor List, asked of TC strings. 0: it asks for "
           "itself, as the publisher."},
    Row<S>{"consent", "confirm_hours", &S::confirm_hours, 1, 720, nullptr,
           "How long the link of a double opt-in is good."},
    Row<S>{"consent", "stop_words", &S::stop_words, 0, 0, check_name,
           "An SMS that begins with one withdraws; whether in capitals makes no difference."},
    Row<S>{"contact", "sms_hours", &S::sms_hours, 0, 0, check_hours,
           "When SMS may go out, on the person's clock (operators' charter)."},
    Row<S>{"contact", "sms_on_sundays", &S::sms_on_sundays, 0, 0, nullptr, "And on Sundays."},
    Row<S>{"contact", "sms_on_holidays", &S::sms_on_holidays, 0, 0, nullptr,
           "And on public holidays of the person's region."},
    Row<S>{"contact", "call_hours", &S::call_hours, 0, 0, check_hours,
           "When people may be called, on their clock (consumer code D.223-9)."},
    Row<S>{"contact", "call_on_weekends", &S::call_on_weekends, 0, 0, nullptr,
           "And on Saturdays and Sundays."},
    Row<S>{"contact", "call_on_holidays", &S::call_on_holidays, 0, 0, nullptr,
           "And on public holidays of the person's region."},
    Row<S>{"contact", "call_tries_max", &S::call_tries_max, 0, 100, nullptr,
           "Calls to one person within call_tries_days; 0 for any number."},
    Row<S>{"contact", "call_tries_days", &S::call_tries_days, 1, 365, nullptr,
           "The days call_tries_max is about."},
    Row<S>{"contact", "call_rest_days", &S::call_rest_days, 0, 730, nullptr,
           "Days without a call after a refusal to be called."},
    Row<S>{"contact", "region", &S::contact_region, 0, 0, check_region,
           "Whose public holidays count where a person's postal code is not known."},
    Row<S>{"staff", "purpose", &S::staff_purpose, 0, 0, check_purpose_name,
           "What a greet card and notes rest on: of a person who does not allow it nothing is "
           "shown."},
    Row<S>{"masking", "analyst", &S::masked_analyst, 0, 0, check_field,
           "Fields of persons that analysts do not see and may not ask about: \"email\" wherever "
           "it stands, \"traits.name\" among traits alone, \"address*\" whatever begins so."},
    Row<S>{"masking", "staff", &S::masked_staff, 0, 0, check_field, "The same of store staff."},
    Row<S>{"masking", "call_centre", &S::masked_call_centre, 0, 0, check_field,
           "The same of the call centre."},
    Row<S>{"masking", "marketer", &S::masked_marketer, 0, 0, check_field, "The same of marketers."},
    Row<S>{"masking", "small_counts_min", &S::small_counts_min, 0, 1'000, nullptr,
           "Fewer persons than this, but none, are not told to a role that has fields masked: a "
           "count of one would tell of that one."},
    Row<S>{
        "retention", "days", &S::retention_days, 0, 36'500, nullptr,
        "Days after their last contact of their own that people are kept (CNIL, prospects: three "
        "years); 0: for ever. 'filrouge retention sweep' erases the others."},
    Row<S>{"retention", "not_contacts", &S::not_contacts, 0, 0, check_name,
           "Events that are no contact of the person's own: what was sent, delivered or opened."},
    Row<S>{
        "retention", "sweep_at", &S::sweep_at, 0, 0, check_time_of_day,
        "Local time of the first brand at which the server itself erases what is kept no longer; "
        "empty: only when asked, by 'filrouge retention sweep'."},
    Row<S>{
        "engine", "group_commit_us", &S::group_commit_us, 0, 100'000, nullptr,
        "When several senders write at once, wait this long for more of them before a sync. A lone "
        "sender never waits."},
    Row<S>{"engine", "snapshot_seconds", &S::snapshot_seconds, 1, 86'400, nullptr,
           "Time between snapshots: what is folded again after a crash."},
    Row<S>{"engine", "fold_lag_seconds_max", &S::fold_lag_seconds_max, 1, 600, nullptr,
           "When the fold is further behind the log, tracking is answered 429."},
    Row<S>{"engine", "queue_bytes_max", &S::queue_bytes_max, 1 << 20, 16 * kGiB, nullptr,
           "Memory for events that are waiting for the log; past it tracking is answered 429."},
    Row<S>{"engine", "free_disk_bytes_min", &S::free_disk_bytes_min, 0, 1'024 * kGiB, nullptr,
           "With less free space than this on the disk of the data folder events are answered 507; "
           "withdrawals of consent and what operators change live on it."},
    Row<S>{"engine", "free_disk_percent_min", &S::free_disk_percent_min, 0, 50, nullptr,
           "The same as a share of the disk; the larger of the two holds."},
    Row<S>{"engine", "identity_across_brands", &S::identity_across_brands, 0, 0, nullptr,
           "An identifier is the same one in every brand, and ties what they know to one person. "
           "Consents, "
           "audiences and what is read stay each brand's."},
};

using B = BrandSetting;
inline const std::array kBrandRows = {
    Row<B>{"brand", "id", &B::id, 0, 0, check_id,
           "Its id, for good; only where there are several: [[brand]]."},
    Row<B>{"brand", "name", &B::name, 0, 0, check_name, "What people call it."},
    Row<B>{"brand", "time_zone", &B::time_zone, 0, 0, check_zone,
           "Days and hours of figures and habits are those of this zone (IANA name)."},
    Row<B>{"brand", "currency", &B::currency, 0, 0, check_currency,
           "Of an amount whose event names none (ISO 4217)."},
    Row<B>{"brand", "phone_country_code", &B::phone_country_code, 0, 0, check_calling_code,
           "Calling code of a phone number that has none: 33 for France."},
};

using P = PurposeSetting;
inline const std::array kPurposeRows = {
    Row<P>{"purpose", "name", &P::name, 0, 0, check_purpose_name,
           "What data may be used for, as events, rules and the API name it."},
    Row<P>{"purpose", "basis", &P::basis, 0, 0, check_basis, "Its legal basis (GDPR 6(1))."},
    Row<P>{"purpose", "gpc_denies", &P::gpc_denies, 0, 0, nullptr,
           "A browser's Global Privacy Control counts as a refusal."},
    Row<P>{"purpose", "categories", &P::categories, 0, 0, check_category,
           "What consent managers call it; their choice is a choice for this purpose."},
    Row<P>{"purpose", "channel", &P::channel, 0, 0, check_contact_channel,
           "The only way of contact it covers: a consent to e-mail is none to be called."},
    Row<P>{"purpose", "double_opt_in", &P::double_opt_in, 0, 0, nullptr,
           "A yes counts once the link in a message to the address was followed."},
    Row<P>{"purpose", "soft_opt_in", &P::soft_opt_in, 0, 0, nullptr,
           "A customer by a sale may be written to about similar goods until they refuse; every "
           "order and message must offer it (CPCE L.34-5)."},
};

using O = SourceSetting;
inline const std::array kSourceRows = {
    Row<O>{"source", "id", &O::id, 0, 0, check_id, "Its id, for good."},
    Row<O>{"source", "name", &O::name, 0, 0, check_name, "What people call it."},
    Row<O>{"source", "write_key", &O::write_key, 0, 0, check_write_key,
           "The public key it sends; without one, one is made at the first start."},
    Row<O>{"source", "channel", &O::channel, 0, 0, check_channel,
           "The channel of an event that names none."},
    Row<O>{"source", "default_purpose", &O::default_purpose, 0, 0, check_purpose_name,
           "The purpose of what nobody declared otherwise."},
    Row<O>{"source", "basis", &O::basis, 0, 0, check_basis,
           "The legal basis of its events; an order may have another."},
    Row<O>{"source", "strict", &O::strict, 0, 0, nullptr,
           "Drop and count properties that nobody declared, quarantine what needed repair."},
    Row<O>{"source", "properties", &O::properties, 0, 0, check_name,
           "Declared ones, beside those of the e-commerce vocabulary; of a strict source."},
    Row<O>{"source", "brand", &O::brand, 0, 0, check_id,
           "The id of its brand, where there are several."},
};

using PersonRow = Row<PersonTerm>;
inline const std::array kPersonTermRows = {
    PersonRow{"retention.persons", "who", &PersonTerm::who, 0, 0, check_kind_of_person,
              "Who has bought within the kept history, or has not: customer or prospect."},
    PersonRow{
        "retention.persons", "days", &PersonTerm::days, 0, 36'500, nullptr,
        "Days after their last contact that they are kept, in place of retention.days; 0: for "
        "ever."},
};

using EventRow = Row<EventTermSetting>;
inline const std::array kEventTermRows = {
    EventRow{"retention.events", "names", &EventTermSetting::names, 0, 0, check_name,
             "Events of these names, whoever's and for whatever purpose."},
    EventRow{"retention.events", "purpose", &EventTermSetting::purpose, 0, 0, check_purpose_name,
             "And events kept for this purpose, once no other purpose keeps them longer."},
    EventRow{"retention.events", "days", &EventTermSetting::days, 1, 36'500, nullptr,
             "Days after they happened that they are kept (CNIL, what measures an audience: 25 "
             "months). The shortest term that fits holds."},
};

using I = IdentityLimit;
inline const std::array kIdentityRows = {
    Row<I>{"identity", "type", &I::type, 0, 0, check_identifier_type,
           "The identifier type this is about."},
    Row<I>{"identity", "per_person_max", &I::per_person_max, 0, 1'000, nullptr,
           "More of this type never become one person; 0 keeps the built-in limit."},
    Row<I>{"identity", "blocked", &I::blocked, 0, 0, check_blocked,
           "Values of this type that are nobody's, in any spelling: the shop's own e-mail, "
           "'@shop.example', a test number."},
};

}  // namespace filrouge::engine::declared
