#include "audience/put_off.h"

#include <bit>

namespace filrouge::audience {

std::uint32_t PutOff::Row::count() const {
    int n = 0;
    for (const std::uint64_t word : slots) n += std::popcount(word);
    return static_cast<std::uint32_t>(n);
}

PutOff::PutOff(TableSpace& space, std::uint16_t first_id)
    : rows_(space, first_id), places_(space, static_cast<std::uint16_t>(first_id + 1)) {}

void PutOff::add(PersonNo person, std::uint32_t slot) {
    if (person.value >= places_.size()) places_.resize(person.value + 1);
    std::uint32_t place = places_.at(person.value);
    if (place == 0) {
        place = rows_.append({person.value, 0, {}}) + 1;
        places_.edit(person.value) = place;
    }
    rows_.edit(place - 1).slots[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void PutOff::forget(PersonNo person) {
    if (person.value >= places_.size() || places_.at(person.value) == 0) return;
    rows_.edit(places_.at(person.value) - 1).slots = {};
}

void PutOff::drop(std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; ++i) places_.edit(rows_.at(i).person) = 0;
    for (std::uint32_t i = n; i < rows_.size(); ++i) {
        rows_.edit(i - n) = rows_.at(i);
        places_.edit(rows_.at(i).person) = i - n + 1;
    }
    rows_.resize(rows_.size() - n);
}

}  // namespace filrouge::audience
