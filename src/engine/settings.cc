#include "engine/settings.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <variant>

#include "base/text.h"
#include "engine/edit_distance.h"
#include "engine/settings_checks.h"
#include "engine/settings_record.h"

namespace filrouge::engine {

namespace {

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

const std::array kSettings = {
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
const std::array kBrandRows = {
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
const std::array kPurposeRows = {
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
const std::array kSourceRows = {
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

using I = IdentityLimit;
const std::array kIdentityRows = {
    Row<I>{"identity", "type", &I::type, 0, 0, check_identifier_type,
           "The identifier type this is about."},
    Row<I>{"identity", "per_person_max", &I::per_person_max, 0, 1'000, nullptr,
           "More of this type never become one person; 0 keeps the built-in limit."},
    Row<I>{"identity", "blocked", &I::blocked, 0, 0, check_blocked,
           "Values that are nobody's: the shop's own e-mail, '@shop.example', a test number."},
};

std::string number_text(std::int64_t n) { return std::to_string(n); }

// ---- reading -------------------------------------------------------------------------------

class Reader {
  public:
    explicit Reader(std::string_view file) : file_(file) {}

    std::optional<Error> error;  // the first; nothing is read after it

    template <class T>
    void read(const toml::table& table, std::span<const Row<T>> rows, std::string_view section,
              T& out) {
        for (const auto& member : table) {
            if (error) return;
            const std::string_view key = member.first.str();
            const toml::node& node = member.second;
            const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row<T>& r) {
                return r.section == section && r.name == key;
            });
            if (row == rows.end()) return unknown(node, key, section, rows);
            std::visit([&](auto field) { read_value(node, *row, out.*field); }, row->field);
        }
    }
    void fail(const toml::node& at, std::string code, const std::string& what,
              std::string hint = "'filrouge settings' prints every setting with its limit.") {
        if (error) return;
        error = Error{std::move(code), place(at) + what, std::move(hint)};
    }
    std::string place(const toml::node& at) const {
        return file_ + ":" + std::to_string(at.source().begin.line) + ": ";
    }

    template <class T>
    void unknown(const toml::node& at, std::string_view key, std::string_view section,
                 std::span<const Row<T>> rows) {
        std::vector<std::string_view> names;
        for (const Row<T>& row : rows) {
            if (row.section == section) names.push_back(row.name);
        }
        unknown_of(at, "unknown setting '", key, " in [" + std::string(section) + "]", names);
    }
    void unknown_of(const toml::node& at, std::string_view what, std::string_view key,
                    const std::string& where, const std::vector<std::string_view>& names) {
        std::string text = std::string(what) + std::string(key) + "'" + where;
        if (const auto near = nearest(key, names)) {
            text.append("; did you mean '").append(*near).append("'?");
        }
        fail(at, "settings.unknown", text);
    }

  private:
    template <class T>
    std::string named(const Row<T>& row) const {
        return std::string(row.section) + "." + std::string(row.name);
    }
    template <class T>
    void wrong_type(const toml::node& node, const Row<T>& row, std::string_view wanted) {
        fail(node, "settings.wrong_type", named(row) + " must be " + std::string(wanted) + ".");
    }
    template <class T>
    bool text_fits(const toml::node& node, const Row<T>& row, std::string_view text) {
        const std::string_view complaint = row.check == nullptr ? "" : row.check(text);
        if (complaint.empty()) return true;
        fail(node, "settings.wrong_value", named(row) + " " + std::string(complaint) + ".");
        return false;
    }
    template <class T>
    void read_value(const toml::node& node, const Row<T>& row, std::string& out) {
        const auto value = node.value_exact<std::string>();
        if (!value) return wrong_type(node, row, "a text in quotes");
        if (text_fits(node, row, *value)) out = *value;
    }
    template <class T>
    void read_value(const toml::node& node, const Row<T>& row, bool& out) {
        const auto value = node.value_exact<bool>();
        if (!value) return wrong_type(node, row, "true or false");
        out = *value;
    }
    template <class T>
    void read_value(const toml::node& node, const Row<T>& row, LegalBasis& out) {
        std::string name;
        read_value(node, row, name);
        if (const auto basis = basis_named(name)) out = *basis;
    }
    template <class T>
    void read_value(const toml::node& node, const Row<T>& row, std::vector<std::string>& out) {
        const toml::array* array = node.as_array();
        if (array == nullptr) return wrong_type(node, row, "a list of texts");
        std::vector<std::string> texts;
        for (const toml::node& element : *array) {
            std::string text;
            read_value(element, row, text);
            if (error) return;
            texts.push_back(std::move(text));
        }
        out = std::move(texts);
    }
    template <class T, class Number>
    void read_value(const toml::node& node, const Row<T>& row, Number& out) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value) return wrong_type(node, row, "a whole number");
        if (*value < row.least || *value > row.most) {
            return fail(node, "settings.out_of_range",
                        named(row) + " is " + number_text(*value) + "; it must be from " +
                            number_text(row.least) + " to " + number_text(row.most) + ".");
        }
        out = static_cast<Number>(*value);
    }

    const std::string file_;
};

constexpr std::array<std::string_view, 5> kSections = {"server", "collect", "consent", "contact",
                                                       "engine"};
constexpr std::array<std::string_view, 4> kLists = {"brand", "purpose", "source", "identity"};

template <class T, class Take>
void read_list(Reader& reader, const toml::node& node, std::span<const Row<T>> rows,
               std::string_view section, Take take) {
    const toml::array* list = node.as_array();
    if (list == nullptr) {
        return reader.fail(node, "settings.wrong_type",
                           "[[" + std::string(section) + "]] is a list: write double brackets.");
    }
    for (const toml::node& element : *list) {
        const toml::table* table = element.as_table();
        if (table == nullptr) {
            return reader.fail(element, "settings.wrong_type",
                               "[[" + std::string(section) + "]] holds settings.");
        }
        T value;
        reader.read(*table, rows, section, value);
        if (!reader.error) take(element, std::move(value));
        if (reader.error) return;
    }
}

void take_brand(Reader& reader, const toml::node& at, B value, S& settings) {
    if (value.id.empty()) return reader.fail(at, "settings.missing", "a [[brand]] needs an id.");
    for (const B& known : settings.brands) {
        if (known.id == value.id) {
            return reader.fail(at, "settings.twice", "the brand '" + value.id + "' stands twice.");
        }
    }
    if (settings.brands.size() >= kBrandsMax) {
        return reader.fail(at, "settings.too_many",
                           "there are more than " + number_text(kBrandsMax) + " brands.");
    }
    if (value.name.empty()) value.name = value.id;
    settings.brands.push_back(std::move(value));
}

// [brand] of a single shop, or [[brand]] for each of a group.
void read_brands(Reader& reader, const toml::node& node, S& settings) {
    if (const toml::table* single = node.as_table()) {
        return reader.read<B>(*single, kBrandRows, "brand", settings.brands.front());
    }
    settings.brands.clear();
    read_list<B>(reader, node, kBrandRows, "brand", [&](const toml::node& at, B value) {
        take_brand(reader, at, std::move(value), settings);
    });
}

void take_purpose(Reader& reader, const toml::node& at, P value, S& settings) {
    if (value.name.empty())
        return reader.fail(at, "settings.missing", "a [[purpose]] needs a name.");
    for (P& known : settings.purposes) {
        if (known.name != value.name) continue;
        known = std::move(value);  // says a built-in one anew
        return;
    }
    if (settings.purposes.size() >= kPurposesMax) {
        return reader.fail(at, "settings.too_many",
                           "there are more than " + number_text(kPurposesMax) + " purposes.");
    }
    settings.purposes.push_back(std::move(value));
}

void take_source(Reader& reader, const toml::node& at, O value, S& settings) {
    if (value.id.empty()) return reader.fail(at, "settings.missing", "a [[source]] needs an id.");
    for (const O& known : settings.sources) {
        if (known.id == value.id) {
            return reader.fail(at, "settings.twice", "the source '" + value.id + "' stands twice.");
        }
        if (!value.write_key.empty() && known.write_key == value.write_key) {
            return reader.fail(
                at, "settings.twice",
                "the sources '" + known.id + "' and '" + value.id + "' have the same write_key.");
        }
    }
    if (value.name.empty()) value.name = value.id;
    settings.sources.push_back(std::move(value));
}

void take_identity(Reader& reader, const toml::node& at, I value, S& settings) {
    if (value.type.empty())
        return reader.fail(at, "settings.missing", "an [[identity]] needs a type.");
    for (const I& known : settings.identity) {
        if (known.type == value.type) {
            return reader.fail(at, "settings.twice",
                               "the identity type '" + value.type + "' stands twice.");
        }
    }
    settings.identity.push_back(std::move(value));
}

void read_root(Reader& reader, const toml::table& root, S& settings) {
    for (const auto& [key, node] : root) {
        if (reader.error) return;
        const std::string_view name = key.str();
        if (name == "brand") {
            read_brands(reader, node, settings);
        } else if (name == "purpose") {
            read_list<P>(reader, node, kPurposeRows, name, [&](const toml::node& at, P value) {
                take_purpose(reader, at, std::move(value), settings);
            });
        } else if (name == "source") {
            read_list<O>(reader, node, kSourceRows, name, [&](const toml::node& at, O value) {
                take_source(reader, at, std::move(value), settings);
            });
        } else if (name == "identity") {
            read_list<I>(reader, node, kIdentityRows, name, [&](const toml::node& at, I value) {
                take_identity(reader, at, std::move(value), settings);
            });
        } else if (std::find(kSections.begin(), kSections.end(), name) == kSections.end()) {
            std::vector<std::string_view> names(kSections.begin(), kSections.end());
            names.insert(names.end(), kLists.begin(), kLists.end());
            reader.unknown_of(node, "unknown section '", name, "", names);
        } else if (const toml::table* table = node.as_table()) {
            reader.read<S>(*table, kSettings, name, settings);
        } else {
            reader.fail(node, "settings.wrong_type", "'" + std::string(name) + "' is a section.");
        }
    }
}

void check_brand_of(Reader& reader, const toml::node& at, const O& source, const S& settings) {
    if (source.brand.empty()) {
        if (settings.brands.size() == 1) return;
        return reader.fail(at, "settings.missing",
                           "there are several brands, and the source '" + source.id +
                               "' does not say whose it is: add brand = \"" +
                               settings.brands.front().id + "\".");
    }
    if (settings.brand(source.brand).id == source.brand) return;
    reader.fail(at, "settings.unknown_brand",
                "the source '" + source.id + "' names the brand '" + source.brand +
                    "', which no [[brand]] declares.");
}

// What only the whole file shows.
void check_together(Reader& reader, const toml::table& root, const S& settings) {
    const auto line_of = [&root](std::string_view section) -> const toml::node& {
        const toml::node* node = root.get(section);
        return node == nullptr ? root : *node;
    };
    if (settings.tls_certificate.empty() != settings.tls_key.empty()) {
        reader.fail(line_of("server"), "settings.tls_half",
                    "server.tls_certificate and server.tls_key go together: set both, or neither.");
    }
    if (settings.dedupe_days < settings.late_event_days_max) {
        reader.fail(line_of("collect"), "settings.dedupe_too_short",
                    "collect.dedupe_days is " + number_text(settings.dedupe_days) +
                        ", less than late_event_days_max, " +
                        number_text(settings.late_event_days_max) +
                        ": a late event could count twice.");
    }
    for (const O& source : settings.sources) {
        const bool known =
            std::any_of(settings.purposes.begin(), settings.purposes.end(),
                        [&](const P& purpose) { return purpose.name == source.default_purpose; });
        if (!known) {
            reader.fail(line_of("source"), "settings.unknown_purpose",
                        "the source '" + source.id + "' names the purpose '" +
                            source.default_purpose + "', which no [[purpose]] declares.");
        }
        check_brand_of(reader, line_of("source"), source, settings);
        if (!source.properties.empty() && !source.strict) {
            reader.fail(line_of("source"), "settings.not_strict",
                        "the source '" + source.id +
                            "' declares properties and is not strict: it keeps all of them.",
                        "Add strict = true, or leave 'properties' out.");
        }
    }
}

// ---- telling -------------------------------------------------------------------------------

std::string list_text(const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts)
        list.append(list.empty() ? "\"" : ", \"").append(text).append("\"");
    return "[" + list + "]";
}

template <class T>
std::string default_text(const Row<T>& row) {
    static const T fresh;
    return std::visit(
        [](auto field) -> std::string {
            const auto& value = fresh.*field;
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, std::string>)
                return "\"" + value + "\"";
            else if constexpr (std::is_same_v<Value, bool>)
                return value ? "true" : "false";
            else if constexpr (std::is_same_v<Value, std::vector<std::string>>)
                return list_text(value);
            else if constexpr (std::is_same_v<Value, LegalBasis>) {
                return "\"" + std::string(name_of(value)) + "\"";
            } else
                return std::to_string(value);
        },
        row.field);
}

template <class T>
std::string limit_text(const Row<T>& row) {
    if (row.most != 0) return number_text(row.least) + " to " + number_text(row.most);
    return row.check == nullptr ? "true or false" : std::string(wanted_by(row.check));
}

template <class T>
void append_rows(std::string& out, std::span<const Row<T>> rows, std::string_view before) {
    constexpr std::size_t kNameColumn = 32;
    constexpr std::size_t kDefaultColumn = 20;
    constexpr std::size_t kLimitColumn = 34;
    const auto padded = [](std::string text, std::size_t width) {
        text.append(text.size() < width ? width - text.size() : 1, ' ');
        return text;
    };
    for (const Row<T>& row : rows) {
        out += padded(std::string(before) + std::string(row.section) + "." + std::string(row.name),
                      kNameColumn) +
               padded(default_text(row), kDefaultColumn) + padded(limit_text(row), kLimitColumn);
        out.append(row.why).push_back('\n');
    }
}

// Commented out, as they would stand in a file.
template <class T>
void append_defaults(std::string& out, std::span<const Row<T>> rows) {
    std::string_view section;
    for (const Row<T>& row : rows) {
        if (row.section != section) {
            section = row.section;
            out.append("\n[").append(section).append("]\n");
        }
        out.append("# ").append(row.why).append("\n# ").append(row.name).append(" = ");
        out.append(default_text(row)).append("\n");
    }
}

P built_in(std::string name, bool gpc_denies, std::vector<std::string> categories,
           std::string channel = "all") {
    P purpose{std::move(name), LegalBasis::Consent, gpc_denies, std::move(categories)};
    purpose.channel = std::move(channel);
    return purpose;
}

}  // namespace

const BrandSetting& Settings::brand(std::string_view id) const {
    const auto at = std::find_if(brands.begin(), brands.end(),
                                 [id](const BrandSetting& brand) { return brand.id == id; });
    return at == brands.end() ? brands.front() : *at;
}

Settings default_settings() {
    const std::vector<std::string> advertising = {"Advertising", "Marketing", "Targeting",
                                                  "ad_user_data"};
    Settings settings;
    settings.purposes = {
        built_in("measurement", false,
                 {"Analytics", "Performance", "analytics_storage", "tcf:8", "tcf:9"}),
        built_in(
            "personalisation", false,
            {"Functional", "Preferences", "Personalization", "personalization_storage", "tcf:6"}),
        built_in("marketing.email", true, advertising, "email"),
        built_in("marketing.sms", true, advertising, "sms"),
        built_in("marketing.push", true, advertising, "push"),
        built_in("marketing.call", true, advertising, "phone"),
        built_in("profiling", true,
                 {"Advertising", "Marketing", "Targeting", "ad_personalization", "tcf:3", "tcf:5"}),
        built_in("location", false, {"Location", "Geolocation"}),
        // What an order, a return or a call about one needs: it rests on the contract.
        {"service", LegalBasis::Contract, false, {}},
        // Figures over the shop's own past, such as an imported file: a person may object.
        {"statistics", LegalBasis::LegitimateInterest, false, {"Statistics"}},
    };
    return settings;
}

Result<Settings> parse_settings(std::string_view toml, std::string_view file_name) {
    Reader reader{file_name};
    toml::table root;
    try {
        root = toml::parse(toml, file_name);
    } catch (const toml::parse_error& wrong) {
        return Error{"settings.invalid_toml",
                     std::string(file_name) + ":" + std::to_string(wrong.source().begin.line) +
                         ": " + std::string(wrong.description()),
                     "The file is TOML: texts in quotes, sections in brackets."};
    }
    Settings settings = default_settings();
    read_root(reader, root, settings);
    if (!reader.error) check_together(reader, root, settings);
    if (reader.error) return *reader.error;
    return settings;
}

std::string settings_table() {
    std::string out =
        "setting                         default             limit                             "
        "why\n";
    append_rows<S>(out, kSettings, "");
    out += "\n[brand], or one [[brand]] for each shop of a group\n";
    append_rows<B>(out, kBrandRows, "");
    out += "\n[[purpose]]: built in are";
    const Settings settings = default_settings();
    for (const P& purpose : settings.purposes) out += " " + purpose.name;
    out += "; one of the same name takes its place.\n";
    append_rows<P>(out, kPurposeRows, "");
    out += "\n[[source]]: more are made with 'filrouge source create'.\n";
    append_rows<O>(out, kSourceRows, "");
    out += "\n[[identity]]\n";
    append_rows<I>(out, kIdentityRows, "");
    return out;
}

std::string default_settings_file() {
    std::string out =
        "# Settings of Filrouge. What is commented out is the default; a change needs a restart.\n"
        "# 'filrouge settings' prints every setting with its limit and its reason.\n";
    append_defaults<S>(out, kSettings);
    append_defaults<B>(out, std::span(kBrandRows).subspan(2));  // id and name are of [[brand]]
    out +=
        "\n# [[source]]\n# id = \"web-shop\"\n# name = \"Web shop\"\n# channel = \"web\"\n"
        "\n# [[purpose]]\n# name = \"research\"\n# basis = \"consent\"\n"
        "# categories = [\"Research\"]\n"
        "\n# [[identity]]\n# type = \"email\"\n# blocked = [\"@shop.example\"]\n";
    return out;
}

}  // namespace filrouge::engine
