#include "files/map_table.h"

#include <algorithm>

#include "base/text.h"

namespace filrouge::files {

int MapTable::line(std::string_view key) const {
    const toml::node* at = table_.get(key);
    return at != nullptr && at->source().begin.line != 0 ? line_of(*at) : line();
}

const toml::node* MapTable::node(std::string_view key) {
    asked_.emplace_back(key);
    return table_.get(key);
}

void MapTable::fault(std::string_view key, const std::string& message, const std::string& hint) {
    faults_.add(line(key), message, hint);
}

std::string MapTable::text(std::string_view key, std::string_view otherwise) {
    const toml::node* at = node(key);
    if (at == nullptr) return std::string(otherwise);
    if (const auto* s = at->as_string()) return s->get();
    fault(key, std::string(key) + " in " + where_ + " must be a text");
    return {};
}

std::string MapTable::needed(std::string_view key) {
    std::string out = text(key);
    if (out.empty()) fault(key, where_ + " needs " + std::string(key));
    return out;
}

bool MapTable::flag(std::string_view key, bool otherwise) {
    const toml::node* at = node(key);
    if (at == nullptr) return otherwise;
    if (const auto* b = at->as_boolean()) return b->get();
    fault(key, std::string(key) + " in " + where_ + " must be true or false");
    return otherwise;
}

std::uint64_t MapTable::count(std::string_view key, std::uint64_t otherwise, std::uint64_t most) {
    const toml::node* at = node(key);
    if (at == nullptr) return otherwise;
    const auto* n = at->as_integer();
    if (n != nullptr && n->get() >= 0 && static_cast<std::uint64_t>(n->get()) <= most) {
        return static_cast<std::uint64_t>(n->get());
    }
    fault(key, std::string(key) + " in " + where_ + " must be a number from 0 to " +
                   std::to_string(most));
    return otherwise;
}

std::vector<std::string> MapTable::texts(std::string_view key) {
    std::vector<std::string> out;
    const toml::node* at = node(key);
    if (at == nullptr) return out;
    if (const auto* s = at->as_string()) return {s->get()};
    const auto* array = at->as_array();
    if (array != nullptr) {
        for (const toml::node& element : *array) {
            if (const auto* s = element.as_string()) out.push_back(s->get());
        }
    }
    if (array == nullptr || out.size() != array->size()) {
        fault(key, std::string(key) + " in " + where_ + " must be a text or a list of texts");
    }
    return out;
}

const toml::table* MapTable::table(std::string_view key) {
    const toml::node* at = node(key);
    if (at == nullptr) return nullptr;
    if (at->as_table() == nullptr)
        fault(key, std::string(key) + " in " + where_ + " must be a table");
    return at->as_table();
}

std::vector<const toml::table*> MapTable::tables(std::string_view key) {
    const toml::node* at = node(key);
    if (at == nullptr) return {};
    if (const auto* one = at->as_table()) return {one};
    std::vector<const toml::table*> out;
    const auto* array = at->as_array();
    if (array != nullptr) {
        for (const toml::node& element : *array) {
            if (const auto* t = element.as_table()) out.push_back(t);
        }
    }
    if (array == nullptr || out.size() != array->size()) {
        fault(key, std::string(key) + " in " + where_ + " must be a table or a list of tables");
    }
    return out;
}

void MapTable::finish() {
    for (const auto& [key, value] : table_) {
        const std::string_view name = key.str();
        if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
        std::sort(asked_.begin(), asked_.end());
        asked_.erase(std::unique(asked_.begin(), asked_.end()), asked_.end());
        std::string known;
        for (const std::string& k : asked_) known += (known.empty() ? "" : ", ") + k;
        const int at =
            key.source().begin.line != 0 ? static_cast<int>(key.source().begin.line) : line();
        faults_.add(at, "unknown word '" + std::string(name) + "' in " + where_,
                    "Known are " + known + ".");
        return;
    }
}

std::optional<std::int64_t> read_duration(std::string_view text) {
    const std::size_t end = text.find_first_not_of("0123456789");
    if (end == 0 || end == std::string_view::npos || end > 9) return std::nullopt;
    const std::int64_t n = *parse_int(text.substr(0, end));
    const std::string_view unit = text.substr(end);
    constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {{"ms", 1'000},
                                                                    {"s", 1'000'000},
                                                                    {"m", 60'000'000},
                                                                    {"h", 3'600'000'000},
                                                                    {"d", 86'400'000'000}};
    for (const auto& [name, us] : kUnits) {
        if (unit == name && n <= INT64_MAX / us) return n * us;
    }
    return std::nullopt;
}

}  // namespace filrouge::files
