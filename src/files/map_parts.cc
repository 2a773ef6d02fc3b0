#include "files/map_parts.h"

#include <set>

#include "base/text.h"
#include "collect/refused_names.h"
#include "files/expression.h"
#include "files/zone.h"
#include "model/money.h"

namespace filrouge::files {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::pair<std::string_view, ValueType> kTypes[] = {{"text", ValueType::Text},
                                                             {"number", ValueType::Number},
                                                             {"bool", ValueType::Bool},
                                                             {"date", ValueType::Date},
                                                             {"json", ValueType::Json}};

Pairs read_pairs(MapTable& table, std::string_view key) {
    Pairs out;
    const toml::table* pairs = table.table(key);
    if (pairs == nullptr) return out;
    for (const auto& [name, value] : *pairs) {
        const auto* text = value.as_string();
        if (text == nullptr) {
            table.fault(key, std::string(key) + " in " + table.where() + " must hold texts");
            return out;
        }
        out.emplace_back(std::string(name.str()), text->get());
    }
    return out;
}

// The members of a text that stands in a table: the caller may have members of its own.
TextSpec read_text_members(MapTable& members) {
    TextSpec spec;
    spec.line = members.line();
    spec.column = members.text("column");
    spec.constant = members.text("constant");
    spec.prefix = members.text("prefix");
    spec.values = read_pairs(members, "values");
    spec.starts = read_pairs(members, "starts");
    if (members.has("otherwise")) spec.otherwise = members.text("otherwise");
    spec.nulls = members.texts("nulls");
    if (!spec.column.empty() && !spec.constant.empty()) {
        members.fault("constant", members.where() + " has both a column and a constant");
    }
    return spec;
}

PropertySpec read_property(MapTable& parent, const std::string& name, const toml::node& node,
                           bool may_sum) {
    PropertySpec spec;
    spec.name = name;
    spec.text.line = line_of(node);
    if (collect::is_refused_name(name)) {
        parent.faults().add(line_of(node), "no source keeps a property '" + name + "'",
                            "docs/tracking.md, \"What no source keeps\", lists such names.");
        return spec;
    }
    if (const auto* column = node.as_string()) {
        spec.text.column = column->get();
        return spec;
    }
    const auto* table = node.as_table();
    if (table == nullptr) {
        parent.faults().add(line_of(node),
                            "the property '" + name + "' must be a column or a table");
        return spec;
    }
    MapTable members(*table, "the property '" + name + "'", parent.faults());
    spec.text = read_text_members(members);
    spec.expression = members.text("of");
    spec.type = members.one_of("type", kTypes,
                               spec.expression.empty() ? ValueType::Text : ValueType::Number);
    spec.time_format = members.text("format", "iso");
    spec.sum = may_sum && members.flag("sum", false);
    if (!spec.text.given() && spec.expression.empty()) {
        members.fault("column", members.where() + " needs column, constant or of");
    }
    if (!spec.expression.empty() && (spec.text.given() || spec.type != ValueType::Number)) {
        members.fault(
            "of", members.where() + " has an expression: then it has no column and is a number");
    }
    if (spec.sum && spec.expression.empty()) {
        if (!spec.text.constant.empty()) members.fault("sum", members.where() + " sums a constant");
        spec.expression = "[" + spec.text.column + "]";
        spec.text.column.clear();
        spec.type = ValueType::Number;
    }
    if (spec.type == ValueType::Date) {
        const auto format = TimeFormat::parse(spec.time_format);
        if (!format.ok()) members.fault("format", format.error().message, format.error().hint);
    }
    members.finish();
    return spec;
}

std::int64_t read_duration_at(MapTable& table, std::string_view key) {
    if (!table.has(key)) return 0;
    const auto us = read_duration(table.text(key));
    if (!us)
        table.fault(key, std::string(key) + " in " + table.where() + " is no duration",
                    "Write 90s, 1m, 2h or 1d.");
    return us.value_or(0);
}

std::int64_t read_time_of_day(MapTable& table, std::string_view key) {
    if (!table.has(key)) return 0;
    const auto told = TimeFormat::parse("%H:%M").value().read(table.text(key));
    if (!told)
        table.fault(key, std::string(key) + " in " + table.where() + " is no time of day",
                    "Write 12:00.");
    return told ? told->us : 0;
}

std::vector<std::string> read_choices(MapTable& table, std::string_view key) {
    std::vector<std::string> out = table.texts(key);
    for (std::string& text : out) text = choice_text(text);
    return out;
}

// What means two things would be read as the first of them.
void check_choices(MapTable& table, const ConsentSpec& spec) {
    std::set<std::string> seen;
    for (const auto* texts : {&spec.granted, &spec.refused, &spec.nulls}) {
        for (const std::string& text : *texts) {
            if (seen.contains(text))
                table.fault("granted", "consents gives the text '" + text + "' two meanings");
        }
        seen.insert(texts->begin(), texts->end());
    }
}

}  // namespace

std::string choice_text(std::string_view text) { return ascii_lower(trim(text)); }

TextSpec read_text_spec(MapTable& table, std::string_view key, bool bare_is_constant) {
    const toml::node* node = table.node(key);
    TextSpec spec;
    if (node == nullptr) return spec;
    spec.line = line_of(*node);
    if (const auto* bare = node->as_string()) {
        (bare_is_constant ? spec.constant : spec.column) = bare->get();
        return spec;
    }
    const auto* inner = node->as_table();
    if (inner == nullptr) {
        table.fault(key, std::string(key) + " in " + table.where() + " must be a text or a table");
        return spec;
    }
    MapTable members(*inner, std::string(key), table.faults());
    spec = read_text_members(members);
    if (!spec.given()) members.fault("column", std::string(key) + " needs column or constant");
    members.finish();
    return spec;
}

std::vector<PropertySpec> read_properties(MapTable& table, std::string_view key, bool may_sum) {
    std::vector<PropertySpec> out;
    const toml::table* properties = table.table(key);
    if (properties == nullptr) return out;
    for (const auto& [name, node] : *properties) {
        out.push_back(read_property(table, std::string(name.str()), node, may_sum));
    }
    return out;
}

std::vector<IdentifierSpec> read_identifiers(MapTable& table) {
    std::vector<IdentifierSpec> out;
    for (const toml::table* one : table.tables("identifiers")) {
        MapTable members(*one, "identifiers", table.faults());
        IdentifierSpec spec;
        const std::string type = members.needed("type");
        if (const auto known = identifier_type_named(type)) {
            spec.type = *known;
        } else {
            std::string names;
            for (const auto& row : kIdentifierTypes)
                names += (names.empty() ? "" : ", ") + std::string(row.name);
            members.fault("type", "unknown identifier type '" + type + "'",
                          "Known are " + names + ".");
        }
        spec.text = read_text_members(members);
        if (!spec.text.given()) members.fault("column", "an identifier needs a column");
        spec.fallback = members.flag("fallback", false);
        spec.any_value = members.flag("any_value", false);
        members.finish();
        out.push_back(std::move(spec));
    }
    if (out.size() > kIdentifiersPerEventMax) {
        table.fault("identifiers",
                    "more than " + std::to_string(kIdentifiersPerEventMax) + " identifiers");
    }
    return out;
}

TimeSpec read_time(MapTable& table, const std::string& zone) {
    TimeSpec spec;
    spec.zone = zone;
    spec.line = table.line("time");
    const toml::node* node = table.node("time");
    if (node == nullptr) return spec;
    if (const auto* column = node->as_string()) {
        spec.kind = TimeSpec::Kind::Column;
        spec.text.column = column->get();
        return spec;
    }
    if (node->as_table() == nullptr) {
        table.fault("time", "time in " + table.where() + " must be a column or a table");
        return spec;
    }
    MapTable members(*node->as_table(), "time", table.faults());
    spec.text.column = members.text("column");
    spec.text.nulls = members.texts("nulls");
    spec.format = members.text("format", "iso");
    spec.zone = members.text("zone", zone);
    spec.date_at_us = read_time_of_day(members, "at");
    spec.start = members.text("synthetic_from");
    spec.per_row_us = read_duration_at(members, "per_row");
    spec.per_item_us = read_duration_at(members, "per_item");
    spec.kind = spec.start.empty() ? TimeSpec::Kind::Column : TimeSpec::Kind::Synthetic;
    if (spec.text.column.empty() == spec.start.empty()) {
        members.fault("column", "time needs either a column or synthetic_from");
    }
    const auto format = TimeFormat::parse(spec.format);
    if (!format.ok()) members.fault("format", format.error().message, format.error().hint);
    const auto opened = Zone::open(spec.zone);
    if (!opened.ok()) members.fault("zone", opened.error().message, opened.error().hint);
    if (!spec.start.empty() && !TimeFormat::parse("iso").value().read(spec.start)) {
        members.fault("synthetic_from", "synthetic_from is no time",
                      "Write 2016-01-01 or 2016-01-01 08:00.");
    }
    members.finish();
    return spec;
}

MoneySpec read_money(MapTable& table, const std::string& currency) {
    MoneySpec spec;
    spec.currency.constant = currency;
    spec.line = table.line("value");
    const toml::node* node = table.node("value");
    if (node == nullptr) return spec;
    if (const auto* text = node->as_string()) {
        spec.expression = text->get();
    } else if (node->as_table() != nullptr) {
        MapTable members(*node->as_table(), "value", table.faults());
        spec.expression = members.needed("of");
        if (members.has("currency")) spec.currency = read_text_spec(members, "currency", true);
        spec.zero_is_none = members.flag("zero_is_none", false);
        members.finish();
    } else {
        table.fault("value", "value in " + table.where() + " must be an expression or a table");
    }
    if (!spec.currency.constant.empty() && !Currency::parse(spec.currency.constant)) {
        table.fault("value", "'" + spec.currency.constant + "' is no currency",
                    "Write three letters, such as EUR.");
    }
    if (!spec.expression.empty() && !spec.currency.given()) {
        table.fault("value", "a value needs a currency",
                    "Write it beside the value or in [source].");
    }
    return spec;
}

std::vector<ConsentSpec> read_consents(MapTable& table) {
    std::vector<ConsentSpec> out;
    for (const toml::table* one : table.tables("consents")) {
        MapTable members(*one, "consents", table.faults());
        ConsentSpec spec;
        spec.line = members.line();
        spec.purpose = members.needed("purpose");
        spec.column = members.text("column");
        if (spec.column.empty()) {
            if (!members.has("granted"))
                members.fault("granted", "consents needs a column or granted = true or false");
            spec.constant = members.flag("granted", false);
        } else {
            spec.granted = read_choices(members, "granted");
            spec.refused = read_choices(members, "refused");
            spec.nulls = read_choices(members, "nulls");
            spec.otherwise_nothing = members.has("otherwise");
            if (spec.otherwise_nothing && members.text("otherwise") != "nothing")
                members.fault("otherwise", "otherwise in consents can only be 'nothing'");
            check_choices(members, spec);
            if (spec.granted.empty() && spec.refused.empty()) {
                members.fault(
                    "granted",
                    "consents with a column needs the texts that mean granted or refused");
            }
        }
        members.finish();
        out.push_back(std::move(spec));
    }
    return out;
}

std::vector<Filter> read_filters(MapTable& table) {
    std::vector<Filter> out;
    for (const toml::table* one : table.tables("where")) {
        MapTable members(*one, "where", table.faults());
        Filter filter;
        filter.line = members.line();
        filter.column = members.needed("column");
        int tests = 0;
        const auto test = [&](std::string_view key, Filter::Kind kind) {
            if (!members.has(key)) return false;
            filter.kind = kind;
            ++tests;
            return true;
        };
        if (test("is", Filter::Kind::Is)) filter.texts = members.texts("is");
        if (test("not", Filter::Kind::Not)) filter.texts = members.texts("not");
        if (test("starts", Filter::Kind::Starts)) filter.texts = members.texts("starts");
        if (test("empty", Filter::Kind::Empty)) filter.flag = members.flag("empty", true);
        for (const auto& [key, kind] :
             {std::pair{"above", Filter::Kind::Above}, {"below", Filter::Kind::Below}}) {
            if (!test(key, kind)) continue;
            const auto number = read_fixed(members.text(key));
            if (!number) members.fault(key, std::string(key) + " must be a number in quotes");
            filter.number = number.value_or(0);
        }
        if (tests != 1)
            members.fault("column", "where needs one of is, not, starts, empty, above, below");
        members.finish();
        out.push_back(std::move(filter));
    }
    return out;
}

}  // namespace filrouge::files
