#include "engine/staff_book.h"

namespace filrouge::engine {

std::optional<std::uint32_t> StaffBook::find(const StaffItemId& id) const {
    const auto at = by_id_.find(id);
    if (at == by_id_.end()) return std::nullopt;
    return at->second;
}

const std::vector<std::uint32_t>& StaffBook::of(FragmentNo fragment) const {
    static const std::vector<std::uint32_t> kNone;
    const auto at = by_fragment_.find(fragment.value);
    return at == by_fragment_.end() ? kNone : at->second;
}

// A record about a known id of another fragment or kind is none of ours: nothing writes it.
void StaffBook::put(StaffKind kind, FragmentNo fragment, StringNo store, const StaffItem& item,
                    std::uint64_t sequence) {
    auto known = find(item.id);
    if (!known) {
        known = rows_.append({item.id.high, item.id.low, 0, item.made.us, 0, fragment.value, 0, 0,
                              static_cast<std::uint8_t>(kind), 0, 0});
        know(*known);
    }
    const Row& now = rows_.at(*known);
    if (now.fragment != fragment.value || !now.is(kind)) return;
    Row& row = rows_.edit(*known);
    row.sequence = sequence;
    row.changed = item.changed.us;
    row.store = store.value;
    row.due_day = item.due_day.value_or(kNoDay);
    row.flags = item.flags;
}

void StaffBook::know(std::uint32_t number) {
    const Row& row = rows_.at(number);
    by_id_.emplace(row.id(), number);
    by_fragment_[row.fragment].push_back(number);
}

void StaffBook::after_load() {
    by_id_.clear();
    by_fragment_.clear();
    for (std::uint32_t i = 0; i < rows_.size(); ++i) know(i);
}

}  // namespace filrouge::engine
