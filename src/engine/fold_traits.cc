// The fold's part for traits that are told.
#include <algorithm>

#include "engine/fold.h"
#include "engine/packed_values.h"
#include "engine/records.h"

namespace filrouge::engine {
namespace {

// As in the tables: "Europe/Paris", "Etc/GMT+5".
bool looks_like_zone(std::string_view text) {
    return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '+' || c == '-';
    });
}

}  // namespace

history::Cell cell_of(PackedView value, history::Dictionary& dictionary) {
    history::Cell cell;
    switch (value.kind()) {
        case PackedKind::Bool:
            cell.kind = history::CellKind::Bool;
            cell.number = value.boolean() ? 1 : 0;
            break;
        case PackedKind::Int:
        case PackedKind::Fixed:
        case PackedKind::Number: {
            const auto fixed =
                value.kind() == PackedKind::Number ? parse_fixed(value.text()) : value.as_fixed();
            if (fixed) {
                cell.kind = history::CellKind::Number;
                cell.number = *fixed;
                break;
            }
            cell.kind = history::CellKind::Text;
            cell.text = dictionary.intern(value.json());
            break;
        }
        case PackedKind::String:
            cell.kind = history::CellKind::Text;
            cell.text = dictionary.intern(value.text());
            break;
        default: break;
    }
    return cell;
}

// The values of one trait into told_; none when there is nothing a rule could ask. How many a list
// has too many.
std::uint64_t Fold::read_trait(history::TraitRow row, const PackedView& value) {
    told_.clear();
    row.in_array = value.kind() == PackedKind::Array;
    const auto add = [&](const PackedView& one) {
        row.value = cell_of(one, dictionary);
        if (row.value.kind == history::CellKind::Missing) return;
        told_.push_back(row);
        ++row.place;
    };
    if (!row.in_array) {
        add(value);
        return 0;
    }
    std::size_t elements = 0;
    value.each([&](std::string_view, const PackedView& element) {
        if (elements++ < history::kElementsPerArrayMax) add(element);
    });
    if (elements == 0) told_.push_back(row);  // the person has none of these any more
    return elements - std::min(elements, history::kElementsPerArrayMax);
}

// How many of the trait's values were left out.
std::uint64_t Fold::take_trait(FragmentNo fragment, std::string_view key, history::TraitRow row,
                               const PackedView& value) {
    const std::uint64_t too_many = read_trait(row, value);
    if (told_.empty()) return too_many;
    const StringNo number = dictionary.intern(key, history::Room::Name);
    for (history::TraitRow& told : told_) told.value.key = number;
    const profile::Traits::Taken taken = traits.set(fragment, told_);
    if (taken.any) changed_traits_.push_back(number);
    return too_many + taken.left_out;
}

void Fold::set_traits(const Event& event, std::uint64_t sequence) {
    if (is_shared_thing(graph.type_of(event.fragment))) return;
    history::TraitRow row;
    row.at = event.at;
    row.sequence = sequence;
    row.source = event.source;
    row.allowed = event.allowed;
    std::uint64_t left_out = 0;
    const auto set = [&](std::string_view key, const PackedView& value) {
        left_out += take_trait(event.fragment, key, row, value);
    };
    if (!event.traits.empty()) {
        std::string path = event.kind == EventKind::Group ? "group" : "";
        each_value(PackedView(event.traits), path, 0, set);
    }
    // Browsers and apps tell it with every event. A trait of the same event was set first and
    // stays.
    const PackedView zone = PackedView(event.context).find(kTimeZoneTrait);
    if (zone.kind() == PackedKind::String && looks_like_zone(zone.text()))
        set(kTimeZoneTrait, zone);
    if (left_out != 0) count(event.source, kTraitsLeftOut, left_out);
}

}  // namespace filrouge::engine
