#include "engine/settings.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "collect/normalise.h"
#include "engine/edit_distance.h"
#include "engine/settings_checks.h"
#include "engine/settings_record.h"
#include "engine/settings_rows.h"

namespace filrouge::engine {

namespace {

using namespace declared;

std::string number_text(std::int64_t n) { return std::to_string(n); }

// ---- reading -------------------------------------------------------------------------------

class Reader {
  public:
    explicit Reader(std::string_view file) : file_(file) {}

    std::optional<Error> error;  // the first; nothing is read after it

    template <class T>
    void read(const toml::table& table, std::span<const Row<T>> rows, std::string_view section,
              T& out, std::span<const std::string_view> lists = {}) {
        for (const auto& member : table) {
            if (error) return;
            const std::string_view key = member.first.str();
            if (std::find(lists.begin(), lists.end(), key) != lists.end()) continue;
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

constexpr std::array<std::string_view, 8> kSections = {"server",    "collect", "consent", "contact",
                                                       "retention", "staff",   "masking", "engine"};
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

constexpr std::array<std::string_view, 2> kRetentionLists = {"persons", "events"};

void take_person_term(Reader& reader, const toml::node& at, PersonTerm value, S& settings) {
    if (value.who.empty())
        return reader.fail(at, "settings.missing",
                           "a [[retention.persons]] says who: customer or prospect.");
    for (const PersonTerm& known : settings.person_terms) {
        if (known.who == value.who)
            return reader.fail(at, "settings.twice",
                               "the persons '" + value.who + "' stand twice.");
    }
    settings.person_terms.push_back(std::move(value));
}

void take_event_term(Reader& reader, const toml::node& at, EventTermSetting value, S& settings) {
    if ((value.names.empty() && value.purpose.empty()) || value.days == 0)
        return reader.fail(at, "settings.missing",
                           "a [[retention.events]] needs days, and names or a purpose.");
    std::size_t names = value.names.size();
    for (const EventTermSetting& known : settings.event_terms) names += known.names.size();
    if (names > kTermedNamesMax)
        return reader.fail(at, "settings.too_many",
                           "there are more than " + number_text(kTermedNamesMax) +
                               " names with a term of their own.",
                           "Give such events a purpose of their own, and that purpose a term.");
    settings.event_terms.push_back(std::move(value));
}

// [retention], with its lists [[retention.persons]] and [[retention.events]].
void read_retention(Reader& reader, const toml::table& table, S& settings) {
    reader.read<S>(table, kSettings, "retention", settings, kRetentionLists);
    if (const toml::node* persons = table.get("persons"); persons != nullptr && !reader.error) {
        read_list<PersonTerm>(reader, *persons, kPersonTermRows, "retention.persons",
                              [&](const toml::node& at, PersonTerm value) {
                                  take_person_term(reader, at, std::move(value), settings);
                              });
    }
    if (const toml::node* events = table.get("events"); events != nullptr && !reader.error) {
        read_list<EventTermSetting>(reader, *events, kEventTermRows, "retention.events",
                                    [&](const toml::node& at, EventTermSetting value) {
                                        take_event_term(reader, at, std::move(value), settings);
                                    });
    }
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
        } else if (const toml::table* table = node.as_table();
                   table != nullptr && name == "retention") {
            read_retention(reader, *table, settings);
        } else if (table != nullptr) {
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

// A value that no event can bring would block nothing, and nobody would be told. What it is does
// not stand in the error: it may be somebody's number.
void check_blocked_of(Reader& reader, const toml::node& at, const I& limit, const S& settings) {
    const auto type = identifier_type_named(limit.type);
    if (!type) return;
    for (std::size_t i = 0; i < limit.blocked.size(); ++i) {
        const bool can_be =
            std::any_of(settings.brands.begin(), settings.brands.end(), [&](const B& brand) {
                return collect::blocked_value(*type, limit.blocked[i], brand.phone_country_code)
                    .has_value();
            });
        if (can_be) continue;
        return reader.fail(at, "settings.not_blocked",
                           "identity.blocked of the type '" + limit.type + "': its value " +
                               number_text(static_cast<std::int64_t>(i) + 1) +
                               " can be none of that type, and no event would bring it.",
                           *type == IdentifierType::Email
                               ? "An address, or '@' and a whole domain."
                               : "Write it as events bring it; a national phone number is one of "
                                 "the brands' phone_country_code.");
    }
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
    for (const EventTermSetting& term : settings.event_terms) {
        const bool known =
            term.purpose.empty() ||
            std::any_of(settings.purposes.begin(), settings.purposes.end(),
                        [&](const P& purpose) { return purpose.name == term.purpose; });
        if (!known)
            reader.fail(line_of("retention"), "settings.unknown_purpose",
                        "a [[retention.events]] names the purpose '" + term.purpose +
                            "', which no [[purpose]] declares.");
    }
    for (const I& limit : settings.identity)
        check_blocked_of(reader, line_of("identity"), limit, settings);
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

}  // namespace filrouge::engine
