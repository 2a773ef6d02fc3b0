#include "cli/table.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/terminal.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

// JSON's own writer says 1.25E1 of 12.5.
std::string plain(double v) {
    std::array<char, 64> digits;  // NOLINT: filled below
    const bool moderate = v == 0 || (std::fabs(v) < 1e15 && std::fabs(v) > 1e-6);
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), v,
                                   moderate ? std::chars_format::fixed : std::chars_format::general)
                         .ptr;
    return {digits.data(), end};
}

std::string text_of(const json::value& value) {
    if (value.is_double()) return plain(value.get_double());
    if (value.is_string()) return std::string(value.as_string());
    if (value.is_bool()) return value.as_bool() ? "yes" : "no";
    if (value.is_null()) return "";
    if (value.is_array()) {
        std::string out;
        for (const json::value& element : value.as_array()) {
            out.append(out.empty() ? "" : ", ").append(text_of(element));
        }
        return out;
    }
    return json::serialize(value);
}

// Columns as a terminal shows them: one for each code point.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789.,-") == text.npos;
}

}  // namespace

void Table::add(std::vector<std::string> row) {
    for (std::string& cell : row) cell = for_terminal(cell);
    rows_.push_back(std::move(row));
}

void Table::drop_if_empty(std::string_view head) {
    const auto& heads = rows_.front();
    const auto column = std::find(heads.begin(), heads.end(), head) - heads.begin();
    const bool empty = std::all_of(rows_.begin() + 1, rows_.end(), [column](const auto& row) {
        return row[static_cast<std::size_t>(column)].empty();
    });
    if (!empty) return;
    for (auto& row : rows_) row.erase(row.begin() + column);
}

void Table::print() const {
    const std::size_t columns = rows_.front().size();
    std::vector<std::size_t> widths(columns);
    std::vector<bool> numbers(columns, rows_.size() > 1);
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            widths[c] = std::max(widths[c], width_of(rows_[r][c]));
            if (r > 0 && !is_number(rows_[r][c])) numbers[c] = false;
        }
    }
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t c = 0; c < columns; ++c) {
            const std::string gap(widths[c] - width_of(row[c]), ' ');
            if (c > 0) line += "  ";
            line += numbers[c] ? gap + row[c] : row[c] + gap;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        std::printf("%s\n", line.c_str());
    }
}

std::string cell(const json::value& object, std::string_view name) {
    if (!object.is_object()) return "";
    const json::value* value = object.as_object().if_contains({name.data(), name.size()});
    return value == nullptr ? "" : text_of(*value);
}

const json::array& rows_of(const json::value& object, std::string_view name) {
    static const json::array kNone;
    if (!object.is_object()) return kNone;
    const json::value* value = object.as_object().if_contains({name.data(), name.size()});
    return value != nullptr && value->is_array() ? value->as_array() : kNone;
}

void print_pair(std::string_view name, std::string_view value) {
    std::printf("%-17s %s\n", for_terminal(name).c_str(), for_terminal(value).c_str());
}

void print_line(std::string_view text) { std::printf("%s\n", for_terminal(text).c_str()); }

void print_follows(const boost::json::value& answer) {
    for (const boost::json::value& line : rows_of(answer, "follows")) {
        if (line.is_string()) std::printf("%s\n", std::string(line.as_string()).c_str());
    }
    if (cell(answer, "deleted") == "yes") {
        std::printf("Deleted.\n");
    } else {
        std::printf("Nothing was done. Say --yes to do it.\n");
    }
}

}  // namespace filrouge::cli
