#include "engine/dedupe.h"

#include <algorithm>

namespace filrouge::engine {
namespace {
constexpr std::uint32_t kSlotsFirst = 64;
std::uint32_t part_of(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 60); }
}  // namespace

DedupeWindow::DedupeWindow(TableSpace& space, Duration window)
    : window_(window), counts_(space, 100), totals_(space, 101 + kParts) {
    for (std::uint32_t i = 0; i < kParts; ++i) {
        parts_.push_back(std::make_unique<Table<Slot>>(space, static_cast<std::uint16_t>(101 + i),
                                                       kArenaReservePart));
    }
}

std::uint32_t DedupeWindow::place(const Table<Slot>& slots, std::uint64_t key) const {
    const std::uint32_t mask = slots.size() - 1;
    std::uint32_t at = static_cast<std::uint32_t>(key) & mask;
    while (slots.at(at).key != 0 && slots.at(at).key != key) at = (at + 1) & mask;
    return at;
}

void DedupeWindow::prefetch(std::uint64_t key) const {
    const Table<Slot>& slots = *parts_[part_of(key)];
    if (slots.size() != 0)
        fetch_ahead(&slots.at(static_cast<std::uint32_t>(key) & (slots.size() - 1)));
}

bool DedupeWindow::expired(const Slot& slot, std::uint32_t now) const {
    return slot.second != kForEver &&
           static_cast<std::int64_t>(now) - slot.second > window_.us / 1'000'000;
}

void DedupeWindow::make_room(std::uint32_t part, std::uint32_t now) {
    Table<Slot>& slots = *parts_[part];
    if ((static_cast<std::uint64_t>(counts_.at(part)) + 1) * 4 <=
        static_cast<std::uint64_t>(slots.size()) * 3)
        return;
    std::vector<Slot> live;
    for (std::uint32_t i = 0; i < slots.size(); ++i) {
        if (slots.at(i).key != 0 && !expired(slots.at(i), now)) live.push_back(slots.at(i));
    }
    refill(part, live);
}

void DedupeWindow::refill(std::uint32_t part, const std::vector<Slot>& live) {
    Table<Slot>& slots = *parts_[part];
    std::uint32_t size = std::max(kSlotsFirst, slots.size());
    while (live.size() * 2 > size) size *= 2;  // half full at most, so that purges are rare
    slots.resize(0);
    slots.resize(size);
    for (const Slot& slot : live) slots.edit(place(slots, slot.key)) = slot;
    counts_.edit(part) = static_cast<std::uint32_t>(live.size());
}

DedupeVerdict DedupeWindow::admit(std::uint64_t key, std::uint32_t check, bool for_ever,
                                  IngestTime received) {
    key = std::max<std::uint64_t>(key, 1);
    if (counts_.size() == 0) counts_.resize(kParts);
    const std::uint32_t part = part_of(key);
    const auto now = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(received.us / 1'000'000, 0, kForEver - 1));
    make_room(part, now);
    Table<Slot>& slots = *parts_[part];
    const std::uint32_t at = place(slots, key);
    const Slot& known = slots.at(at);
    if (known.key == key && !expired(known, now)) {
        return known.check == check ? DedupeVerdict::Repeat : DedupeVerdict::Conflict;
    }
    if (known.key == 0) ++counts_.edit(part);
    if (for_ever) ++edit_totals().imported;
    slots.edit(at) = Slot{key, check, for_ever ? kForEver : now};
    return DedupeVerdict::New;
}

// Its slot stays, as one that has expired: others may stand behind it.
void DedupeWindow::forget(std::uint64_t key) {
    key = std::max<std::uint64_t>(key, 1);
    Table<Slot>& slots = *parts_[part_of(key)];
    Slot& slot = slots.edit(place(slots, key));
    if (slot.second == kForEver) --edit_totals().imported;
    slot.second = 0;
}

std::vector<SettledId> DedupeWindow::imported_ids(std::uint32_t part) const {
    const Table<Slot>& slots = *parts_[part];
    std::vector<SettledId> ids;
    ids.reserve(slots.size());
    for (std::uint32_t i = 0; i < slots.size(); ++i) {
        const Slot& slot = slots.at(i);
        if (slot.key != 0 && slot.second == kForEver) ids.push_back({slot.key, slot.check});
    }
    return ids;
}

void DedupeWindow::forget_imported(std::uint32_t part, std::span<const SettledId> moved) {
    const Table<Slot>& slots = *parts_[part];
    if (slots.size() == 0) return;
    std::vector<bool> leaves(slots.size());
    std::uint64_t forgotten = 0;
    for (const SettledId& id : moved) {
        const std::uint32_t at = place(slots, id.key);
        const Slot& slot = slots.at(at);
        if (slot.key != id.key || slot.second != kForEver || slot.check != id.check) continue;
        leaves[at] = true;
        ++forgotten;
    }
    if (forgotten == 0) return;
    std::vector<Slot> live;
    for (std::uint32_t i = 0; i < slots.size(); ++i) {
        if (slots.at(i).key != 0 && !leaves[i]) live.push_back(slots.at(i));
    }
    refill(part, live);
    edit_totals().imported -= forgotten;
}

std::uint64_t DedupeWindow::size() const {
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < counts_.size(); ++i) sum += counts_.at(i);
    return sum;
}

}  // namespace filrouge::engine
