#include "engine/person_sizes.h"

#include <algorithm>

namespace filrouge::engine {
namespace {

// Stops at the top: who brings four thousand million events is large enough.
std::uint32_t sum(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t total = a + b;
    return total < a ? UINT32_MAX : total;
}

}  // namespace

PersonSizes::PersonSizes(TableSpace& space, std::uint16_t first_id, std::uint32_t large_from)
    : large_from_(large_from),
      rows_(space, first_id),
      totals_(space, static_cast<std::uint16_t>(first_id + 1)) {}

void PersonSizes::add(FragmentNo fragment, PersonNo person, std::uint32_t events) {
    const std::uint32_t last = std::max(fragment.value, person.value);
    if (last >= rows_.size()) rows_.resize(last + 1);
    Row& row = rows_.edit(fragment.value);
    row.brought = sum(row.brought, events);
    set(person, sum(of(person), events));
}

void PersonSizes::regroup(PersonNo person, std::span<const FragmentNo> fragments) {
    std::uint32_t whole = 0;
    for (const FragmentNo f : fragments) {
        if (f.value < rows_.size()) whole = sum(whole, rows_.at(f.value).brought);
    }
    if (person.value < rows_.size()) set(person, whole);
}

void PersonSizes::vanish(PersonNo person) {
    if (person.value < rows_.size()) set(person, 0);
}

std::uint32_t PersonSizes::of(PersonNo person) const {
    return person.value < rows_.size() ? rows_.at(person.value).whole : 0;
}

void PersonSizes::set(PersonNo person, std::uint32_t whole) {
    const bool was_large = is_large(person);
    rows_.edit(person.value).whole = whole;
    const bool now_large = is_large(person);
    if (was_large == now_large && whole <= largest()) return;
    if (totals_.size() == 0) totals_.resize(1);
    Totals& totals = totals_.edit(0);
    if (now_large && !was_large) ++totals.large;
    if (was_large && !now_large) --totals.large;
    totals.largest = std::max(totals.largest, whole);
}

}  // namespace filrouge::engine
