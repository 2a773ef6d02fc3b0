#include "files/layout.h"

#include <algorithm>
#include <charconv>

namespace filrouge::files {
namespace {

constexpr std::size_t kNamesInHintMax = 20;

std::string_view as_text(std::array<char, 24>& digits, std::uint64_t n) {
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr;
    return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

}  // namespace

std::string plain_file_name(std::string_view path) {
    path = path.substr(path.find_last_of('/') + 1);
    for (const std::string_view packing : {".gz", ".zst"}) {
        if (path.ends_with(packing)) path.remove_suffix(packing.size());
    }
    return std::string(path);
}

RowLayout::RowLayout(const ImportMap& map, const InputMap& input,
                     const std::vector<Lookup>& lookups, std::vector<std::string> file_columns,
                     std::string file_name)
    : map_(map),
      input_(input),
      lookups_(lookups),
      file_columns_(std::move(file_columns)),
      file_name_(std::move(file_name)) {}

Result<void> RowLayout::join() {
    for (const JoinSpec& spec : input_.joins) {
        const auto lookup = std::find_if(lookups_.begin(), lookups_.end(),
                                         [&](const Lookup& l) { return l.name() == spec.lookup; });
        if (lookup == lookups_.end()) {
            return map_.error(spec.line, "the lookup '" + spec.lookup + "' has no file",
                              "Give its file too, or the folder that holds it.");
        }
        // A later join may be on a column of an earlier one.
        const Slot on = TRY(slot(spec.on, spec.line));
        joins_.push_back({&*lookup, on, nullptr});
    }
    return {};
}

std::optional<Slot> RowLayout::add(Extra extra) {
    extras_.push_back(std::move(extra));
    return static_cast<Slot>(file_columns_.size() + extras_.size() - 1);
}

std::optional<Slot> RowLayout::slot_of(std::string_view name) {
    const auto column = std::find(file_columns_.begin(), file_columns_.end(), name);
    if (column != file_columns_.end()) return static_cast<Slot>(column - file_columns_.begin());
    for (std::size_t i = 0; i < extras_.size(); ++i) {
        if (extras_[i].name == name) return static_cast<Slot>(file_columns_.size() + i);
    }
    constexpr std::pair<std::string_view, Kind> kPositions[] = {
        {"$file", Kind::FileName}, {"$line", Kind::LineNo},       {"$row", Kind::RowNo},
        {"$item", Kind::Item},     {"$position", Kind::Position}, {"$items", Kind::Items}};
    for (const auto& [position, kind] : kPositions) {
        const bool of_item = kind == Kind::Item || kind == Kind::Position || kind == Kind::Items;
        if (position == name && (!of_item || input_.explode)) return add({std::string(name), kind});
    }
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    for (std::size_t j = 0; j < joins_.size(); ++j) {
        const Lookup& lookup = *joins_[j].lookup;
        if (lookup.name() != name.substr(0, dot)) continue;
        const auto at =
            std::find(lookup.columns().begin(), lookup.columns().end(), name.substr(dot + 1));
        if (at == lookup.columns().end()) return std::nullopt;
        return add({std::string(name), Kind::Joined, j,
                    static_cast<std::size_t>(at - lookup.columns().begin())});
    }
    return std::nullopt;
}

Result<Slot> RowLayout::slot(std::string_view name, int line) {
    const auto found = slot_of(name);
    if (found) return *found;
    std::string known;
    for (std::size_t i = 0; i < file_columns_.size() && i < kNamesInHintMax; ++i) {
        known += (known.empty() ? "" : ", ") + file_columns_[i];
    }
    return map_.error(line, "'" + std::string(name) + "' is no column of " + file_name_,
                      known.empty() ? "" : "The file has " + known + ".");
}

Result<Expression> RowLayout::expression(const std::string& text, int line) {
    auto parsed = Expression::parse(text, [this](std::string_view name) { return slot_of(name); });
    if (!parsed.ok())
        return map_.error(line, parsed.error().message + " of " + file_name_, parsed.error().hint);
    parsed.value().use_decimal_comma(input_.decimal_comma);
    return parsed;
}

void RowLayout::complete(const Record& record, Row& row, std::size_t position, std::size_t items) {
    if (row.size() > file_columns_.size()) row.resize(file_columns_.size());
    if (extras_.empty()) return;
    row.resize(file_columns_.size() + extras_.size());
    std::size_t joined = 0;
    std::size_t at = file_columns_.size();
    for (Extra& extra : extras_) {
        switch (extra.kind) {
            case Kind::FileName: row[at] = file_name_; break;
            case Kind::LineNo: row[at] = as_text(extra.digits, record.line); break;
            case Kind::RowNo: row[at] = as_text(extra.digits, record.row); break;
            case Kind::Item: row[at] = item_; break;
            case Kind::Position: row[at] = as_text(extra.digits, position); break;
            case Kind::Items: row[at] = as_text(extra.digits, items); break;
            case Kind::Joined:
                for (; joined <= extra.join; ++joined) {
                    Join& join = joins_[joined];
                    join.found = row[join.on].empty() ? nullptr : join.lookup->find(row[join.on]);
                }
                row[at] = joins_[extra.join].found == nullptr
                              ? Cell{}
                              : joins_[extra.join].found[extra.column];
                break;
        }
        ++at;
    }
}

}  // namespace filrouge::files
