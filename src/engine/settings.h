// What `filrouge.toml` says, checked. Each setting is declared once, in settings.cc, with its limit
// and its reason; `filrouge settings` prints the table. What the fold reads of it goes into the log
// as a Settings record when it changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/event.h"
#include "model/money.h"
#include "model/purpose.h"

namespace filrouge::engine {

// A shop of a group. What belongs to one brand is never seen by another.
struct BrandSetting {
    std::string id;  // empty: the only brand of a single shop, [brand]
    std::string name;
    std::string time_zone = "Europe/Paris";
    std::string currency = "EUR";
    std::string phone_country_code = "33";
};

struct PurposeSetting {
    std::string name;  // "marketing.email"
    LegalBasis basis = LegalBasis::Consent;
    bool gpc_denies = false;              // Global Privacy Control counts as a refusal
    std::vector<std::string> categories;  // names consent managers use for it ("Advertising")
    std::string channel = "all";          // the only way of contact it covers
    bool double_opt_in = false;           // a yes counts once its link was followed
    bool soft_opt_in = false;             // a customer by a sale may be written to
};

struct SourceSetting {
    std::string id;
    std::string name;
    std::string write_key;
    std::string channel = "web";
    std::string default_purpose = "measurement";
    std::string basis = "consent";  // of its events; an order may have another
    bool strict = false;
    std::string brand;                    // id; empty: the only one
    std::vector<std::string> properties;  // declared ones, for a strict source
};

struct IdentityLimit {
    std::string type;
    std::uint16_t per_person_max = 0;
    std::vector<std::string> blocked;
};

// How long persons are kept who have, or have not, bought within the kept history.
struct PersonTerm {
    std::string who;         // "customer" or "prospect"
    std::uint32_t days = 0;  // after their last contact; 0: for ever
};

// How long events are kept, whoever the person is: those of these names, and those kept for this
// purpose, once no other purpose they are kept for needs them.
struct EventTermSetting {
    std::vector<std::string> names;
    std::string purpose;
    std::uint32_t days = 0;
};

constexpr std::size_t kBrandsMax = 64;
constexpr std::size_t kTermedNamesMax = 64;  // in all [[retention.events]]

struct Settings {
    // [server]
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8180;
    std::string tls_certificate, tls_key;  // both or none
    std::uint32_t io_threads = 2;
    bool private_webhooks = false;  // may they go to this machine and private networks?
    // [brand] or [[brand]]
    std::vector<BrandSetting> brands = std::vector<BrandSetting>(1);
    // [collect]
    std::uint32_t late_event_days_max = 7;
    std::uint32_t dedupe_days = 7;
    std::uint32_t quarantine_days = 30;
    std::uint32_t bot_events_in_10s = 200;
    // [consent]
    std::uint16_t tcf_vendor = 0;  // 0: the brand asks for itself, as the publisher
    std::uint32_t confirm_hours = 48;
    std::vector<std::string> stop_words = {"STOP", "ARRET", "ARR\xc3\x8aT", "arr\xc3\xaat",
                                           "UNSUBSCRIBE"};
    // [contact]
    std::vector<std::string> sms_hours = {"08:00-20:30"};
    bool sms_on_sundays = false;
    bool sms_on_holidays = false;
    std::vector<std::string> call_hours = {"10:00-13:00", "14:00-20:00"};
    bool call_on_weekends = false;
    bool call_on_holidays = false;
    std::uint16_t call_tries_max = 4;
    std::uint16_t call_tries_days = 30;
    std::uint16_t call_rest_days = 60;
    std::string contact_region = "mainland";
    // [staff]
    std::string staff_purpose = "personalisation";
    // [masking]: patterns of fields a role does not see (engine/masking.h)
    std::vector<std::string> masked_analyst = {
        "email",     "phone",         "mobile",      "traits.name", "first_name",
        "last_name", "full_name",     "username",    "address*",    "street*",
        "birth*",    "date_of_birth", "ip_address*", "iban*"};
    std::vector<std::string> masked_staff = {"address*",      "street*",     "birth*",
                                             "date_of_birth", "ip_address*", "iban*"};
    std::vector<std::string> masked_call_centre = {"birth*", "date_of_birth", "ip_address*",
                                                   "iban*"};
    std::vector<std::string> masked_marketer = {};
    std::uint32_t small_counts_min = 5;
    // [retention]
    std::uint32_t retention_days = 1'095;
    std::vector<std::string> not_contacts = {"Message Sent",
                                             "Email Sent",
                                             "Email Delivered",
                                             "Email Opened",
                                             "Email Bounced",
                                             "SMS Sent",
                                             "SMS Delivered",
                                             "Push Sent",
                                             "Push Notification Received",
                                             "Call Attempted",
                                             "Push Notification Bounced"};
    std::string sweep_at;  // local time of the first brand, "03:30"; empty: only when asked
    std::vector<PersonTerm> person_terms;       // [[retention.persons]]
    std::vector<EventTermSetting> event_terms;  // [[retention.events]]
    // [engine]
    std::uint32_t group_commit_us = 200;  // several senders at once: wait for more before a sync
    std::uint32_t snapshot_seconds = 60;
    std::uint32_t fold_lag_seconds_max = 2;
    std::uint64_t queue_bytes_max = 256ull << 20;
    std::uint64_t free_disk_bytes_min = 256ull << 20;  // with less than either no events are taken
    std::uint32_t free_disk_percent_min = 5;
    // Not in the file: a bound that a test must be able to meet. Ids of 12 bytes go to disk past
    // it.
    std::uint64_t imported_ids_in_memory = 1'000'000;
    bool identity_across_brands = false;            // see docs/identity.md
    std::uint64_t log_segment_bytes = 64ull << 20;  // no setting: tests make small ones
    std::uint64_t key_journal_bytes = 16ull << 20;  // no setting either
    // [[purpose]], [[source]], [[identity]]
    std::vector<PurposeSetting> purposes;  // at least the built-in ones
    std::vector<SourceSetting> sources;
    std::vector<IdentityLimit> identity;
    bool contract_for_orders = true;  // orders and refunds are kept on the basis of the contract

    const BrandSetting& brand(std::string_view id) const;  // the first when there is no such id
};

// Errors name the file's line: "filrouge.toml:12: unknown setting 'prot' in [server]; did you mean
// 'port'?"
Result<Settings> parse_settings(std::string_view toml, std::string_view file_name);
Settings default_settings();
std::string settings_table();         // every setting with limit, default and reason, as text
std::string default_settings_file();  // a commented file for first start

}  // namespace filrouge::engine
