#include "consent/restraints.h"

namespace filrouge::consent {

Restraints::Restraints(TableSpace& space, std::uint16_t first_id)
    : restricted_(space, first_id),
      unprofiled_(space, static_cast<std::uint16_t>(first_id + 1)),
      rows_(space, static_cast<std::uint16_t>(first_id + 2)) {}

void Restraints::flip(Restraint what, FragmentNo fragment) {
    Table<std::uint64_t>& bits = what == Restraint::Restricted ? restricted_ : unprofiled_;
    if (fragment.value / 64 >= bits.size()) bits.resize(fragment.value / 64 + 1);
    bits.edit(fragment.value / 64) ^= std::uint64_t{1} << (fragment.value % 64);
}

// Past the end when it is not there.
std::uint32_t Restraints::place_of(Restraint what, FragmentNo fragment) const {
    std::uint32_t i = 0;
    while (i < rows_.size() && (rows_.at(i).fragment != fragment.value ||
                                rows_.at(i).what != static_cast<std::uint32_t>(what)))
        ++i;
    return i;
}

bool Restraints::put(Restraint what, const RestraintView& said) {
    if (holds(what, said.fragment)) return false;
    flip(what, said.fragment);
    rows_.append(
        {said.at.us, said.sequence, said.fragment.value, static_cast<std::uint32_t>(what)});
    return true;
}

bool Restraints::lift(Restraint what, FragmentNo fragment) {
    if (!holds(what, fragment)) return false;
    flip(what, fragment);
    const std::uint32_t place = place_of(what, fragment);
    rows_.edit(place) = rows_.at(rows_.size() - 1);
    rows_.pop_back();
    return true;
}

std::optional<RestraintView> Restraints::find(Restraint what, FragmentNo fragment) const {
    if (!holds(what, fragment)) return std::nullopt;
    const Row& row = rows_.at(place_of(what, fragment));
    return RestraintView{fragment, EventTime{row.at}, row.sequence};
}

std::vector<RestraintView> Restraints::all(Restraint what) const {
    std::vector<RestraintView> out;
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
        const Row& row = rows_.at(i);
        if (row.what == static_cast<std::uint32_t>(what))
            out.push_back({FragmentNo{row.fragment}, EventTime{row.at}, row.sequence});
    }
    return out;
}

}  // namespace filrouge::consent
