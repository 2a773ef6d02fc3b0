#include "profile/traits.h"

#include <algorithm>

namespace filrouge::profile {

Traits::Traits(TableSpace& space, std::uint16_t first_id)
    : heads_(space, first_id), rows_(space, static_cast<std::uint16_t>(first_id + 1)) {}

Traits::Stored Traits::stored(const history::TraitRow& row) {
    return {row.at.us,
            row.sequence,
            row.value.number,
            row.value.key.value,
            row.value.text.value,
            row.allowed.bits,
            0,
            row.source,
            static_cast<std::uint8_t>(row.value.kind),
            static_cast<std::uint8_t>(row.in_array ? 1 : 0),
            row.place,
            static_cast<std::uint8_t>(row.model),
            {}};
}

bool Traits::same_trait(const Stored& old, const history::TraitRow& told) {
    return old.key == told.value.key.value && old.model == static_cast<std::uint8_t>(told.model) &&
           (told.model == ModelKind::None || old.allowed == told.allowed.bits);
}

bool Traits::set(FragmentNo fragment, std::span<const history::TraitRow> told) {
    ASSERT(!told.empty());
    if (fragment.value >= heads_.size()) heads_.resize(fragment.value + 1);
    std::size_t taken = 0;
    std::uint32_t count = 0;
    // Values of the key take the places of the old ones; a place too many is left free.
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next) {
        const Stored& old = rows_.at(r - 1);
        ++count;
        if (!same_trait(old, told[0])) continue;
        if (std::pair(old.at, old.sequence) >= std::pair(told[0].at.us, told[0].sequence))
            return false;
        Stored fresh = stored(told[std::min(taken, told.size() - 1)]);
        if (taken >= told.size()) {
            fresh.kind = static_cast<std::uint8_t>(history::CellKind::Missing);
            fresh.place = UINT8_MAX;
        }
        fresh.next = old.next;
        rows_.edit(r - 1) = fresh;
        ++taken;
    }
    for (; taken < told.size() && count < kTraitsPerFragmentMax; ++taken, ++count) {
        Stored first = stored(told[taken]);
        first.next = heads_.at(fragment.value);
        heads_.edit(fragment.value) = rows_.append(first) + 1;
    }
    return taken != 0;
}

void Traits::forget(FragmentNo fragment, StringNo key, ModelKind model, PurposeSet allowed) {
    if (fragment.value >= heads_.size()) return;
    history::TraitRow gone;
    gone.value.key = key;
    gone.model = model;
    gone.allowed = allowed;
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next) {
        if (!same_trait(rows_.at(r - 1), gone)) continue;
        Stored& row = rows_.edit(r - 1);  // its time stays: nothing older takes the place
        row.kind = static_cast<std::uint8_t>(history::CellKind::Missing);
        row.number = 0;
        row.text = StringNo::kNone;
        row.place = UINT8_MAX;
    }
}

void Traits::read(FragmentNo fragment, std::vector<history::TraitRow>& out) const {
    if (fragment.value >= heads_.size()) return;
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next) {
        const Stored& s = rows_.at(r - 1);
        if (s.place == UINT8_MAX) continue;
        history::TraitRow& row = out.emplace_back();
        row.value = {StringNo{s.key}, static_cast<history::CellKind>(s.kind), s.number,
                     StringNo{s.text}};
        row.at = EventTime{s.at};
        row.sequence = s.sequence;
        row.source = s.source;
        row.fragment = fragment;
        row.allowed = PurposeSet{s.allowed};
        row.in_array = s.in_array != 0;
        row.place = s.place;
        row.model = static_cast<ModelKind>(s.model);
    }
}

void Traits::join(std::vector<history::TraitRow>& rows) {
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        if (a.value.key != b.value.key) return a.value.key < b.value.key;
        if (a.sequence != b.sequence)
            return std::pair(a.at, a.sequence) > std::pair(b.at, b.sequence);
        return a.place < b.place;
    });
    StringNo key;  // of the rows at hand, and which record told it last
    std::uint64_t last = 0;
    std::erase_if(rows, [&](const history::TraitRow& row) {
        const bool first = row.value.key != key;
        if (first) {
            key = row.value.key;
            last = row.sequence;
        }
        return row.sequence != last || row.value.kind == history::CellKind::Missing;
    });
}

}  // namespace filrouge::profile
