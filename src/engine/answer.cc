#include "engine/answer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/json_writer.h"

namespace filrouge::engine {
namespace {

template <class... F>
struct Overload : F... {
    using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

void write(JsonWriter& w, const Answer::Value& value) {
    std::visit(
        Overload{[&](std::monostate) { w.null(); }, [&](const std::string& text) { w.value(text); },
                 [&](Answer::Fixed fixed) { w.raw(fixed_text(fixed.value)); },
                 [&](double n) { w.number(n); }, [&](auto n) { w.value(n); }},
        value);
}

// Columns and facts that count persons, or what is never less than the persons who did it. Six
// events may be one person's: a row of events, amounts or models says of how many persons it is.
constexpr std::array<std::string_view, 14> kPersons = {
    "persons",  "people", "buyers", "members",     "returned", "converted", "customers",
    "audience", "rest",   "count",  "conversions", "recent",   "before",    "observed"};
// Facts that say of how many persons all of an answer is.
constexpr std::array<std::string_view, 7> kAsked = {"persons",  "people", "buyers",     "customers",
                                                    "audience", "rest",   "conversions"};
constexpr std::string_view kTrace = "trace";
// Numbers that only say what a row is about, or when an answer was made.
constexpr std::array<std::string_view, 12> kLabels = {
    "step",  "stage",   "recency", "frequency", "monetary",       "decile",
    "later", "cluster", "cohort",  "sequence",  "metric_version", "over_metric_version"};

// Of two counts of persons the less, where both are known.
std::uint64_t fewest(std::uint64_t a, std::uint64_t b) {
    return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// A cell that a spreadsheet would take for a formula is text to it and stays text. A French one
// splits at semicolons, others at tabs, whatever the file meant: what would then begin a cell
// inside the text is marked as well.
std::string csv_text(const std::string& text) {
    const auto one_of = [](std::string_view set, char c) { return set.find(c) != set.npos; };
    std::string out;
    bool begins = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (begins && (one_of("=+-@", c) || (i == 0 && one_of("\t\r", c)))) out += '\'';
        begins = one_of(";,\t\"\r\n", c) || (begins && c == ' ');
        if (c == '"') out += '"';
        out += c;
    }
    if (out == text && text.find_first_of(",;\t\r\n") == std::string::npos) return out;
    return "\"" + out + "\"";
}

std::string csv_cell(const Answer::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return csv_text(*text);
    if (std::holds_alternative<std::monostate>(value)) return {};
    if (const auto* n = std::get_if<double>(&value); n != nullptr && !std::isfinite(*n)) return {};
    std::string out;
    JsonWriter w(out);
    write(w, value);
    return out;
}

void csv_line(std::string& out, std::size_t cells, const auto& cell) {
    for (std::size_t i = 0; i < cells; ++i) {
        if (i != 0) out += ',';
        out += cell(i);
    }
    out += "\r\n";
}

}  // namespace

// Not in the header: GCC 12 takes what it builds of a literal, inlined, for too short.
void Answer::note(std::string text) { notes_.push_back(std::move(text)); }

void Answer::Table::is_of(std::uint64_t count) {
    persons.resize(rows.size());
    persons.back() = fewest(persons.back(), count);
}

void Answer::fact(std::string_view name, Value value) { fact(name, std::move(value), 0); }

void Answer::fact(std::string_view name, Value value, std::uint64_t persons) {
    facts_.push_back({std::string(name), std::move(value), persons});
}

void Answer::is_of(std::uint64_t count) { persons_ = fewest(persons_, count); }

Answer::Table& Answer::table(std::string_view name,
                             std::initializer_list<std::string_view> columns) {
    Table& made = tables_.emplace_back();
    made.name = name;
    for (const std::string_view column : columns) made.columns.emplace_back(column);
    return made;
}

Result<void> Answer::choose_table(std::string_view name) {
    std::string names;
    for (const Table& table : tables_) {
        if (table.name == name) {
            chosen_ = name;
            return {};
        }
        names.append(names.empty() ? "" : ", ").append(table.name);
    }
    return Error{"question.no_such_table",
                 "The answer has no table '" + std::string(name.substr(0, 64)) + "'.",
                 "It has these: " + names + "."};
}

void Answer::hide_small(std::uint64_t least) {
    const auto is_small = [least](const Value& value) {
        if (const auto* persons = std::get_if<std::uint64_t>(&value))
            return *persons != 0 && *persons < least;
        const auto* share = std::get_if<double>(&value);  // of conversions, by what brought them
        return share != nullptr && *share != 0 && *share < static_cast<double>(least);
    };
    const auto hide = [](std::string_view name, Value& value) {
        if (!std::holds_alternative<std::string>(value) && !is_one_of(kLabels, name))
            value = std::monostate();
    };
    const auto is_few = [least](std::uint64_t persons) { return persons != 0 && persons < least; };
    const auto counts_few_persons = [&](const Fact& fact) {
        return is_few(fact.persons) || is_small(fact.value);
    };
    const bool all =
        is_few(persons_) || std::any_of(facts_.begin(), facts_.end(), [&](const Fact& fact) {
            return is_one_of(kAsked, fact.name) && counts_few_persons(fact);
        });
    for (Fact& fact : facts_) {
        const bool counted = is_one_of(kPersons, fact.name) && is_small(fact.value);
        if (all || is_few(fact.persons) || counted) hide(fact.name, fact.value);
    }
    std::uint64_t hidden = 0;
    for (Table& table : tables_) {
        // What a figure is split by may have the name of one that counts: its cells are texts.
        const auto counts_few = [&](const std::vector<Value>& row) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (is_one_of(kPersons, table.columns[i]) && is_small(row[i])) return true;
            }
            return false;
        };
        for (std::size_t r = 0; r < table.rows.size(); ++r) {
            auto& row = table.rows[r];
            const bool told_few = r < table.persons.size() && is_few(table.persons[r]);
            if (!all && !told_few && !counts_few(row)) continue;
            ++hidden;
            for (std::size_t i = 0; i < row.size(); ++i) hide(table.columns[i], row[i]);
        }
    }
    // It names the events of every row, and so how many those of the hidden ones are.
    if (hidden != 0 || all)
        std::erase_if(tables_, [](const Table& table) { return table.name == kTrace; });
    if (hidden != 0)
        note(std::to_string(hidden) + " rows of fewer than " + std::to_string(least) +
             " persons are hidden from your role.");
}

std::string Answer::json() const {
    std::string out;
    JsonWriter w(out);
    w.open_object();
    for (const Fact& fact : facts_) {
        w.key(fact.name);
        write(w, fact.value);
    }
    for (const Table& table : tables_) {
        w.key(table.name).open_array();
        for (const auto& row : table.rows) {
            w.open_object();
            for (std::size_t i = 0; i < row.size(); ++i) {
                w.key(table.columns[i]);
                write(w, row[i]);
            }
            w.close();
        }
        w.close();
    }
    if (!notes_.empty()) {
        w.key("notes").open_array();
        for (const std::string& note : notes_) w.value(note);
        w.close();
    }
    w.close();
    return out;
}

std::string Answer::csv() const {
    std::string out;
    if (tables_.empty()) return out;
    // What was chosen may have been hidden since.
    const auto chosen = std::find_if(tables_.begin(), tables_.end(), [&](const Table& each) {
        return chosen_.empty() || each.name == chosen_;
    });
    if (chosen == tables_.end()) return out;
    const Table& table = *chosen;
    csv_line(out, table.columns.size(), [&](std::size_t i) { return csv_text(table.columns[i]); });
    for (const auto& row : table.rows)
        csv_line(out, row.size(), [&](std::size_t i) { return csv_cell(row[i]); });
    return out;
}

}  // namespace filrouge::engine
