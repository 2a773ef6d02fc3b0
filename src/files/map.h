// What an import map says, checked for its form: which file holds what, and how a row becomes an
// event. The columns are checked later, when a file's heading is known. docs/import.md tells how
// to write one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "files/record.h"
#include "model/event.h"

namespace filrouge::files {

constexpr std::size_t kInputsMax = 64;
constexpr std::size_t kChecksMax = 256;
constexpr std::size_t kGroupLinesMax = 200;  // of one event; the rest follows in further ones
constexpr std::size_t kGroupWindowMax = 1'000'000;

// A text that comes from a column, or is the same for every row.
struct TextSpec {
    std::string column;  // empty: `constant` is meant
    std::string constant;
    std::string prefix;                                       // put before what the column holds
    std::vector<std::pair<std::string, std::string>> values;  // whole text -> other text
    std::vector<std::pair<std::string, std::string>> starts;  // first letters -> other text
    std::optional<std::string> otherwise;  // where neither fits; without it the row is unfit
    std::vector<std::string> nulls;        // texts that mean "nothing here"
    int line = 0;                          // of the map
    bool given() const { return !column.empty() || !constant.empty(); }
};

enum class ValueType { Text, Number, Bool, Date, Json };

struct PropertySpec {
    std::string name;
    TextSpec text;
    std::string expression;  // instead of text: a number
    ValueType type = ValueType::Text;
    std::string time_format;  // of a date
    bool sum = false;         // over the lines of a group
};

struct IdentifierSpec {
    IdentifierType type = IdentifierType::None;
    TextSpec text;
    bool fallback = false;   // only where the row has no other identifier
    bool any_value = false;  // "0" and "null" name somebody too
};

struct TimeSpec {
    enum class Kind { Column, Synthetic, Now } kind = Kind::Now;
    TextSpec text;
    std::string format = "iso";
    std::string zone;
    std::int64_t date_at_us = 0;  // time of day of a date without one
    std::string start;            // synthetic: iso, in the zone
    std::int64_t per_row_us = 0, per_item_us = 0;
    int line = 0;
};

struct MoneySpec {
    std::string expression;  // empty: the event has no value
    TextSpec currency;
    bool zero_is_none = false;
    int line = 0;
};

struct ConsentSpec {
    std::string purpose;
    std::string column;  // empty: `constant` holds for every row
    bool constant = false;
    // Texts of the column, as choice_text() makes them; nulls say nothing, as an empty cell does.
    std::vector<std::string> granted, refused, nulls;
    bool otherwise_nothing = false;  // so does any other text; else its row is unfit
    int line = 0;
};
// A choice is read without blanks at its ends and in any case of the letters A to Z: "No " is "no".
std::string choice_text(std::string_view text);

struct Filter {
    enum class Kind { Is, Not, Starts, Empty, Above, Below } kind = Kind::Is;
    std::string column;
    std::vector<std::string> texts;
    std::int64_t number = 0;  // in 1/10,000
    bool flag = true;         // Empty
    int line = 0;
};

struct JoinSpec {
    std::string lookup, on;
    int line = 0;
};

struct GroupSpec {
    std::vector<std::string> by;
    std::string lines = "products";  // the property that holds the lines
    std::string count;               // the property that holds their number; may be empty
    std::vector<PropertySpec> line;
    std::string continued;       // name of the events that hold lines past kGroupLinesMax
    std::size_t window = 1'000;  // a group ends when so many rows had none of its lines
};

enum class FileFormat { Csv, JsonLines };

struct InputMap {
    std::string name;
    std::string file;  // pattern of the file's name: "transactions.csv*"
    FileFormat format = FileFormat::Csv;
    CsvFormat csv;
    bool decimal_comma = false;  // "1.234,50"
    bool explode = false;        // every field of a line is an event of its own
    bool import = true;          // false: read for the checks alone
    EventKind kind = EventKind::Track;
    TextSpec event, channel, product, place;
    LegalBasis basis = LegalBasis::Consent;
    bool consent_change = false;
    std::vector<std::string> key;
    std::vector<IdentifierSpec> identifiers;
    TimeSpec time;
    MoneySpec value;
    std::string quantity;  // expression
    std::vector<PropertySpec> properties, traits;
    std::vector<ConsentSpec> consents;
    std::vector<Filter> where;
    std::vector<JoinSpec> joins;
    std::optional<GroupSpec> group;
    int line = 0;
};

struct LookupMap {
    std::string name, file, key;
    FileFormat format = FileFormat::Csv;
    CsvFormat csv;
    int line = 0;
};

enum class Measure {
    Rows,
    Distinct,
    Repeats,
    Sum,
    Earliest,
    Latest,
    Columns,
    UnfitRows,
    Events,
    Value,
    Persons,
    Rule
};

struct CheckSpec {
    std::string name;
    Measure measure = Measure::Rows;
    std::vector<std::string> inputs;   // or lookups
    std::vector<std::string> columns;  // of distinct and repeats
    std::string expression;            // of sum
    std::vector<Filter> where;
    std::string event;          // of events and value; empty: all
    std::string rule, purpose;  // of rule
    std::string expected;
    bool stored = false;  // also compared with the data folder after the import
    int line = 0;
};

struct ImportMap {
    std::string path;  // as errors name it
    std::string source, source_name;
    std::string zone = "UTC", currency, calling_code;
    std::uint64_t unfit_rows_max = 10'000;
    std::vector<LookupMap> lookups;
    std::vector<InputMap> inputs;
    std::vector<CheckSpec> checks;

    // "maps/shop.toml:12: ..."
    Error error(int line, const std::string& message, const std::string& hint = "") const;
    const InputMap* input(std::string_view name) const;
};

Result<ImportMap> parse_map(std::string_view toml, const std::string& path);
Result<ImportMap> load_map(const std::string& path);

}  // namespace filrouge::files
