#include "profile/traits.h"

#include <algorithm>

namespace filrouge::profile {

Traits::Traits(TableSpace& space, std::uint16_t first_id)
    : heads_(space, first_id), rows_(space, static_cast<std::uint16_t>(first_id + 1)) {}

bool Traits::set(FragmentNo fragment, const history::TraitRow& row) {
    if (fragment.value >= heads_.size()) heads_.resize(fragment.value + 1);
    const Stored fresh{row.at.us,
                       row.sequence,
                       row.value.number,
                       row.value.key.value,
                       row.value.text.value,
                       row.allowed.bits,
                       0,
                       row.source,
                       static_cast<std::uint8_t>(row.value.kind),
                       {}};
    std::uint32_t count = 0;
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next) {
        const Stored& old = rows_.at(r - 1);
        ++count;
        if (old.key != fresh.key) continue;
        if (std::pair(old.at, old.sequence) >= std::pair(fresh.at, fresh.sequence)) return false;
        Stored& edit = rows_.edit(r - 1);
        const std::uint32_t next = edit.next;
        edit = fresh;
        edit.next = next;
        return true;
    }
    if (count >= kTraitsPerFragmentMax) return false;
    Stored first = fresh;
    first.next = heads_.at(fragment.value);
    heads_.edit(fragment.value) = rows_.append(first) + 1;
    return true;
}

void Traits::read(FragmentNo fragment, std::vector<history::TraitRow>& out) const {
    if (fragment.value >= heads_.size()) return;
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next) {
        const Stored& s = rows_.at(r - 1);
        history::TraitRow& row = out.emplace_back();
        row.value = {StringNo{s.key}, static_cast<history::CellKind>(s.kind), s.number,
                     StringNo{s.text}};
        row.at = EventTime{s.at};
        row.sequence = s.sequence;
        row.source = s.source;
        row.fragment = fragment;
        row.allowed = PurposeSet{s.allowed};
    }
}

void Traits::join(std::vector<history::TraitRow>& rows) {
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        if (a.value.key != b.value.key) return a.value.key < b.value.key;
        return std::pair(a.at, a.sequence) > std::pair(b.at, b.sequence);
    });
    rows.erase(std::unique(rows.begin(), rows.end(),
                           [](const auto& a, const auto& b) { return a.value.key == b.value.key; }),
               rows.end());
}

}  // namespace filrouge::profile
