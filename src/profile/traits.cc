#include "profile/traits.h"

#include <algorithm>

namespace filrouge::profile {

namespace {

// Whether every purpose of `some` is one of `all`. What a model computed, or a person answered, is
// kept purpose by purpose.
bool sees_all(ModelKind model, PurposeSet all, PurposeSet some) {
    return model == ModelKind::None ? some.without(all).empty() : some == all;
}

}  // namespace

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
    return old.key == told.value.key.value && old.model == static_cast<std::uint8_t>(told.model);
}

// Whether a later value of the trait is there for each purpose that would see this one.
bool Traits::is_hidden(FragmentNo fragment, const history::TraitRow& told) const {
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next) {
        const Stored& old = rows_.at(r - 1);
        if (same_trait(old, told) && sees_all(told.model, PurposeSet{old.allowed}, told.allowed) &&
            std::pair(old.at, old.sequence) >= std::pair(told.at.us, told.sequence))
            return true;
    }
    return false;
}

// Whether nobody would see it any more once `told` is there.
bool Traits::gives_way(const Stored& old, const history::TraitRow& told) {
    return same_trait(old, told) && sees_all(told.model, told.allowed, PurposeSet{old.allowed}) &&
           std::pair(old.at, old.sequence) < std::pair(told.at.us, told.sequence);
}

Traits::Taken Traits::set(FragmentNo fragment, std::span<const history::TraitRow> told) {
    ASSERT(!told.empty());
    if (fragment.value >= heads_.size()) heads_.resize(fragment.value + 1);
    if (is_hidden(fragment, told[0])) return {};
    std::size_t taken = 0;
    std::uint32_t count = 0;
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next) {
        ++count;
        const Stored& old = rows_.at(r - 1);
        const bool more = taken < told.size();
        if (!gives_way(old, told[0]) && !(more && is_free(old))) continue;
        Stored fresh = more ? stored(told[taken++]) : kFree;
        fresh.next = old.next;
        rows_.edit(r - 1) = fresh;
    }
    for (; taken < told.size() && count < kTraitsPerFragmentMax; ++taken, ++count) {
        Stored first = stored(told[taken]);
        first.next = heads_.at(fragment.value);
        heads_.edit(fragment.value) = rows_.append(first) + 1;
    }
    return {taken != 0, static_cast<std::uint32_t>(told.size() - taken)};
}

void Traits::forget(FragmentNo fragment, StringNo key, ModelKind model, PurposeSet allowed) {
    if (fragment.value >= heads_.size()) return;
    history::TraitRow gone;
    gone.value.key = key;
    gone.model = model;
    gone.allowed = allowed;
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next) {
        if (!same_trait(rows_.at(r - 1), gone) || rows_.at(r - 1).allowed != allowed.bits) continue;
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

bool Traits::is_full(FragmentNo fragment) const {
    if (fragment.value >= heads_.size()) return false;
    std::uint32_t count = 0;
    for (std::uint32_t r = heads_.at(fragment.value); r != 0; r = rows_.at(r - 1).next)
        count += is_free(rows_.at(r - 1)) ? 0 : 1;
    return count >= kTraitsPerFragmentMax;
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
