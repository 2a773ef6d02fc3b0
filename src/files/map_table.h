// Reads one table of an import map and tells the first thing that is wrong with it, by file and
// line: a wrong type, an unknown word. Only map.cc and map_parts.cc include this.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace filrouge::files {

// The first error of a map; what is read after it no longer matters.
struct MapFaults {
    std::string path;
    std::optional<Error> first;
    void add(int line, const std::string& message, const std::string& hint = "") {
        if (first) return;
        first = Error{"files.map", path + ":" + std::to_string(line) + ": " + message, hint};
    }
};

inline int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

class MapTable {
  public:
    // `where` is how errors name it: "[[input]]".
    MapTable(const toml::table& table, std::string where, MapFaults& faults)
        : table_(table), where_(std::move(where)), faults_(faults) {}

    int line() const { return line_of(table_); }
    int line(std::string_view key) const;
    bool has(std::string_view key) const { return table_.contains(key); }
    const toml::node* node(std::string_view key);
    std::string text(std::string_view key, std::string_view otherwise = "");
    std::string needed(std::string_view key);
    bool flag(std::string_view key, bool otherwise);
    std::uint64_t count(std::string_view key, std::uint64_t otherwise, std::uint64_t most);
    std::vector<std::string> texts(std::string_view key);  // one text, or an array of them
    const toml::table* table(std::string_view key);
    std::vector<const toml::table*> tables(std::string_view key);  // one, or an array of them
    // Names every key that nobody asked for.
    void finish();
    void fault(std::string_view key, const std::string& message, const std::string& hint = "");
    MapFaults& faults() { return faults_; }
    const std::string& where() const { return where_; }
    const toml::table& raw() const { return table_; }

    // The row of `rows` (name, value) that the text at `key` names.
    template <class T, std::size_t N>
    T one_of(std::string_view key, const std::pair<std::string_view, T> (&rows)[N], T otherwise) {
        if (!has(key)) return otherwise;
        const std::string word = text(key);
        std::string known;
        for (const auto& [name, value] : rows) {
            if (name == word) return value;
            known += (known.empty() ? "" : ", ") + std::string(name);
        }
        fault(key, "unknown " + std::string(key) + " '" + word + "' in " + where_,
              "Known are " + known + ".");
        return otherwise;
    }

  private:
    const toml::table& table_;
    std::string where_;
    MapFaults& faults_;
    std::vector<std::string> asked_;
};

// "90s", "1m", "2h", "1d", "500ms" in microseconds.
std::optional<std::int64_t> read_duration(std::string_view text);

}  // namespace filrouge::files
