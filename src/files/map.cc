#include "files/map.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "files/map_parts.h"
#include "files/map_table.h"
#include "files/zone.h"
#include "model/money.h"

namespace filrouge::files {
namespace {

constexpr std::size_t kMapBytesMax = 1024 * 1024;

constexpr std::pair<std::string_view, EventKind> kKinds[] = {
    {"track", EventKind::Track},   {"identify", EventKind::Identify}, {"page", EventKind::Page},
    {"screen", EventKind::Screen}, {"group", EventKind::Group},       {"alias", EventKind::Alias}};
constexpr std::pair<std::string_view, LegalBasis> kBases[] = {
    {"consent", LegalBasis::Consent},
    {"contract", LegalBasis::Contract},
    {"legal_obligation", LegalBasis::LegalObligation},
    {"legitimate_interest", LegalBasis::LegitimateInterest}};
constexpr std::pair<std::string_view, FileFormat> kFormats[] = {{"csv", FileFormat::Csv},
                                                                {"jsonl", FileFormat::JsonLines}};
constexpr std::pair<std::string_view, Encoding> kEncodings[] = {
    {"utf-8", Encoding::Utf8},
    {"latin1", Encoding::Latin1},
    {"utf-8-or-latin1", Encoding::Utf8OrLatin1}};
constexpr std::pair<std::string_view, Measure> kMeasures[] = {
    {"rows", Measure::Rows},         {"distinct", Measure::Distinct},
    {"repeats", Measure::Repeats},   {"sum", Measure::Sum},
    {"earliest", Measure::Earliest}, {"latest", Measure::Latest},
    {"columns", Measure::Columns},   {"unfit_rows", Measure::UnfitRows},
    {"events", Measure::Events},     {"value", Measure::Value},
    {"persons", Measure::Persons},   {"rule", Measure::Rule}};

CsvFormat read_csv(MapTable& table) {
    CsvFormat csv;
    const std::string delimiter = table.text("delimiter", ",");
    if (delimiter == "blanks")
        csv.blanks = true;
    else if (delimiter == "tab")
        csv.delimiter = '\t';
    else if (delimiter.size() == 1 && delimiter != "\"" && delimiter != "\n")
        csv.delimiter = delimiter[0];
    else
        table.fault("delimiter", "the delimiter must be one character, 'tab' or 'blanks'");
    csv.quotes = table.flag("quotes", true);
    csv.header = table.flag("header", true);
    csv.ragged = table.flag("ragged", false);
    csv.trim = table.flag("trim", false);
    csv.columns = table.texts("columns");
    csv.encoding = table.one_of("encoding", kEncodings, Encoding::Utf8OrLatin1);
    return csv;
}

std::vector<JoinSpec> read_joins(MapTable& table, const ImportMap& map) {
    std::vector<JoinSpec> out;
    for (const toml::table* one : table.tables("join")) {
        MapTable members(*one, "join", table.faults());
        JoinSpec join;
        join.line = members.line();
        join.lookup = members.needed("lookup");
        join.on = members.needed("on");
        const bool known = std::any_of(map.lookups.begin(), map.lookups.end(),
                                       [&](const LookupMap& l) { return l.name == join.lookup; });
        if (!known) members.fault("lookup", "no [[lookup]] is named '" + join.lookup + "'");
        members.finish();
        out.push_back(std::move(join));
    }
    return out;
}

std::optional<GroupSpec> read_group(MapTable& table) {
    const toml::table* group = table.table("group");
    if (group == nullptr) return std::nullopt;
    MapTable members(*group, "[input.group]", table.faults());
    GroupSpec spec;
    spec.by = members.texts("by");
    if (spec.by.empty()) members.fault("by", "[input.group] needs by");
    spec.lines = members.text("lines", "products");
    spec.count = members.text("count");
    spec.line = read_properties(members, "line", false);
    spec.continued = members.text("continued", "Order Lines Added");
    spec.window = members.count("window", spec.window, kGroupWindowMax);
    members.finish();
    return spec;
}

// What must be true of an input as a whole.
void check_input(MapTable& table, const InputMap& input) {
    if (input.explode && (!input.csv.blanks || input.format != FileFormat::Csv)) {
        table.fault("explode", "explode is for files whose delimiter is 'blanks'");
    }
    if (input.explode && input.group)
        table.fault("group", "an input is exploded or grouped, not both");
    if (input.format == FileFormat::Csv && !input.explode && !input.csv.header &&
        input.csv.columns.empty()) {
        table.fault("columns", "a file without a heading needs columns in " + table.where());
    }
    if (!input.import) return;
    if (input.identifiers.empty()) table.fault("identifiers", table.where() + " needs identifiers");
    if (input.kind == EventKind::Track && !input.event.given()) {
        table.fault("event", table.where() + " needs the name of the event");
    }
    if (input.group && !input.key.empty()) {
        table.fault("key", "a grouped input is keyed by group.by; leave key out");
    }
    if (input.group && input.kind != EventKind::Track)
        table.fault("kind", "only track events are grouped");
}

InputMap read_input(const toml::table& raw, const ImportMap& map, MapFaults& faults) {
    MapTable table(raw, "[[input]]", faults);
    InputMap input;
    input.line = table.line();
    input.name = table.needed("name");
    input.file = table.needed("file");
    input.format = table.one_of("format", kFormats, FileFormat::Csv);
    input.csv = read_csv(table);
    input.decimal_comma = table.flag("decimal_comma", false);
    input.explode = table.flag("explode", false);
    if (input.explode) input.csv.header = table.flag("header", false);
    input.import = table.flag("import", true);
    input.kind = table.one_of("kind", kKinds, EventKind::Track);
    input.event = read_text_spec(table, "event", true);
    input.channel = read_text_spec(table, "channel", true);
    input.product = read_text_spec(table, "product", false);
    input.place = read_text_spec(table, "place", false);
    input.basis = table.one_of("basis", kBases, LegalBasis::Consent);
    input.consent_change = table.flag("consent_change", false);
    input.key = table.texts("key");
    input.identifiers = read_identifiers(table);
    input.time = read_time(table, map.zone);
    input.value = read_money(table, map.currency);
    input.quantity = table.text("quantity");
    input.properties = read_properties(table, "properties", true);
    input.traits = read_properties(table, "traits", false);
    input.consents = read_consents(table);
    input.where = read_filters(table);
    input.joins = read_joins(table, map);
    input.group = read_group(table);
    table.finish();
    check_input(table, input);
    return input;
}

LookupMap read_lookup(const toml::table& raw, MapFaults& faults) {
    MapTable table(raw, "[[lookup]]", faults);
    LookupMap lookup;
    lookup.line = table.line();
    lookup.name = table.needed("name");
    lookup.file = table.needed("file");
    lookup.key = table.needed("key");
    lookup.format = table.one_of("format", kFormats, FileFormat::Csv);
    lookup.csv = read_csv(table);
    if (lookup.format == FileFormat::JsonLines && lookup.csv.columns.empty()) {
        table.fault("columns", "a lookup in JSON lines needs columns");
    }
    table.finish();
    return lookup;
}

// A check may expect a number, written without quotes when it is whole.
std::string read_expected(MapTable& table) {
    const toml::node* node = table.node("expected");
    if (node == nullptr) {
        table.fault("expected", "[[check]] needs expected");
        return {};
    }
    if (const auto* n = node->as_integer()) return std::to_string(n->get());
    if (const auto* s = node->as_string()) return s->get();
    table.fault("expected", "expected must be a whole number, or a text such as \"233935.24\"");
    return {};
}

CheckSpec read_check(const toml::table& raw, const ImportMap& map, MapFaults& faults) {
    MapTable table(raw, "[[check]]", faults);
    CheckSpec check;
    check.line = table.line();
    check.name = table.needed("name");
    check.measure = table.one_of("measure", kMeasures, Measure::Rows);
    check.inputs = table.texts("input");
    check.columns = table.texts("columns");
    check.expression = table.text("of");
    check.where = read_filters(table);
    check.event = table.text("event");
    check.rule = table.text("rule");
    check.purpose = table.text("purpose");
    check.stored = table.flag("stored", false);
    check.expected = read_expected(table);
    for (const std::string& name : check.inputs) {
        const bool lookup = std::any_of(map.lookups.begin(), map.lookups.end(),
                                        [&](const LookupMap& l) { return l.name == name; });
        if (!lookup && map.input(name) == nullptr)
            table.fault("input", "no [[input]] or [[lookup]] is named '" + name + "'");
    }
    const Measure m = check.measure;
    const bool of_items = m == Measure::Events || m == Measure::Value || m == Measure::Persons;
    if (check.inputs.empty() && !of_items && m != Measure::Rule)
        table.fault("input", "[[check]] needs input");
    if (m == Measure::Distinct && check.columns.empty())
        table.fault("columns", "distinct needs columns");
    if (m == Measure::Sum && check.expression.empty())
        table.fault("of", "sum needs of, an expression");
    if (m == Measure::Rule && check.rule.empty()) table.fault("rule", "a rule check needs rule");
    if (check.stored && !of_items && m != Measure::Rule) {
        table.fault("stored", "only events, value, persons and rule can be asked of a data folder");
    }
    table.finish();
    return check;
}

void read_source(MapTable& root, ImportMap& map) {
    const toml::table* source = root.table("source");
    if (source == nullptr) {
        root.faults().add(1, "a map needs [source] with the id of the source it imports into");
        return;
    }
    MapTable table(*source, "[source]", root.faults());
    map.source = table.needed("id");
    map.source_name = table.text("name", map.source);
    map.zone = table.text("zone", "UTC");
    map.currency = table.text("currency");
    map.calling_code = table.text("calling_code");
    map.unfit_rows_max = table.count("unfit_rows_max", map.unfit_rows_max, 1'000'000'000);
    const auto zone = Zone::open(map.zone);
    if (!zone.ok()) table.fault("zone", zone.error().message, zone.error().hint);
    if (map.source.find(':') != std::string::npos)
        table.fault("id", "the id of a source holds no ':'");
    table.finish();
}

ImportMap read_map(const toml::table& document, MapFaults& faults) {
    ImportMap map;
    map.path = faults.path;
    MapTable root(document, "the map", faults);
    read_source(root, map);
    std::set<std::string> names;
    const auto unique_name = [&](const std::string& name, int line) {
        if (!names.insert(name).second) faults.add(line, "the name '" + name + "' is given twice");
        if (name.find_first_of(":.=") != std::string::npos)
            faults.add(line, "a name holds no ':', '.' or '='");
    };
    for (const toml::table* one : root.tables("lookup")) {
        map.lookups.push_back(read_lookup(*one, faults));
        unique_name(map.lookups.back().name, map.lookups.back().line);
    }
    for (const toml::table* one : root.tables("input")) {
        map.inputs.push_back(read_input(*one, map, faults));
        unique_name(map.inputs.back().name, map.inputs.back().line);
    }
    for (const toml::table* one : root.tables("check"))
        map.checks.push_back(read_check(*one, map, faults));
    if (map.inputs.empty()) faults.add(1, "a map needs at least one [[input]]");
    if (map.inputs.size() + map.lookups.size() > kInputsMax) {
        faults.add(1, "more than " + std::to_string(kInputsMax) + " inputs and lookups");
    }
    if (map.checks.size() > kChecksMax)
        faults.add(1, "more than " + std::to_string(kChecksMax) + " checks");
    root.finish();
    return map;
}

}  // namespace

Error ImportMap::error(int line, const std::string& message, const std::string& hint) const {
    return {"files.map", path + ":" + std::to_string(line) + ": " + message, hint};
}

const InputMap* ImportMap::input(std::string_view name) const {
    for (const InputMap& input : inputs) {
        if (input.name == name) return &input;
    }
    return nullptr;
}

Result<ImportMap> parse_map(std::string_view text, const std::string& path) {
    MapFaults faults{path, {}};
    try {
        const toml::table document = toml::parse(text, path);
        ImportMap map = read_map(document, faults);
        if (faults.first) return *faults.first;
        return map;
    } catch (const toml::parse_error& error) {
        faults.add(static_cast<int>(error.source().begin.line), std::string(error.description()));
        return *faults.first;
    }
}

Result<ImportMap> load_map(const std::string& path) {
    const auto bytes = TRY(ByteStream::open(path));
    std::string text(kMapBytesMax + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const std::size_t n = TRY(bytes->read(text.data() + size, text.size() - size));
        if (n == 0) break;
        size += n;
    }
    if (size > kMapBytesMax) return Error{"files.map", path + ": a map of more than 1 MiB", ""};
    text.resize(size);
    return parse_map(text, path);
}

}  // namespace filrouge::files
