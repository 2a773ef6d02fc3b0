#include "engine/dedupe.h"

#include <algorithm>

namespace filrouge::engine {
namespace {
constexpr std::uint32_t kSlotsFirst = 64;
// Slots of the former table that an admit() looks at. It is then empty before the current one, half
// as large or larger, is full.
constexpr std::uint32_t kMovedAtOnce = 16;
constexpr std::uint32_t kSampled = 4'096;  // slots that tell how many entries live

std::uint32_t part_of(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 60); }

// In 64ths, how full a part may be: one part after the other, so that few grow at a time.
std::uint64_t full_at(std::uint32_t part) { return 48 - part; }
// Of a table's 64ths, how many before it is full its successor gets its memory: at a hundred
// thousand ids a second and a million slots that is some seconds.
constexpr std::uint32_t kAhead = 3;
bool is_full(std::uint32_t part, std::uint64_t taken, std::uint64_t slots) {
    return (taken + 1) * 64 > slots * full_at(part);
}
// With two thirds of that, so that it lasts a while.
std::uint32_t slots_for(std::uint32_t part, std::uint64_t living) {
    std::uint64_t slots = kSlotsFirst;
    while (living * 96 > slots * full_at(part)) slots *= 2;
    return static_cast<std::uint32_t>(slots);
}
}  // namespace

DedupeWindow::DedupeWindow(TableSpace& space, Duration window)
    : window_(window), counts_(space, 100), halves_(space, 3416), totals_(space, 101 + kParts) {
    for (std::uint16_t i = 0; i < kParts; ++i) {
        const auto table = [&space](int id) {
            return std::make_unique<Table<Slot>>(space, static_cast<std::uint16_t>(id),
                                                 kArenaReservePart);
        };
        tables_.push_back({table(101 + i), table(3400 + i)});
    }
}

// The rows come with the first id: an empty window is an empty snapshot.
void DedupeWindow::open() {
    if (halves_.size() != 0) return;
    counts_.resize(kParts);
    halves_.resize(kParts);
}

std::optional<std::uint32_t> DedupeWindow::find_former(const Table<Slot>& slots, const Half& half,
                                                       std::uint64_t key) {
    if (half.former_left == 0) return std::nullopt;
    // Past what is left a run of entries goes on at the first slot, as past the table's end.
    std::uint32_t at = static_cast<std::uint32_t>(key) & (half.former_slots - 1);
    for (std::uint32_t i = 0; i <= half.former_left; ++i, ++at) {
        if (at >= half.former_left) at = 0;
        if (slots.at(at).key == key) return at;
        if (slots.at(at).key == 0) return std::nullopt;
    }
    return std::nullopt;
}

std::optional<DedupeWindow::Found> DedupeWindow::find(std::uint32_t part, std::uint64_t key) const {
    Table<Slot>& now = current(part);
    if (now.size() != 0) {
        const std::uint32_t mask = now.size() - 1;
        std::uint32_t at = static_cast<std::uint32_t>(key) & mask;
        while (now.at(at).key != 0 && now.at(at).key != key) at = (at + 1) & mask;
        if (now.at(at).key == key) return Found{&now, at};
    }
    if (const auto at = find_former(former(part), halves_.at(part), key))
        return Found{&former(part), *at};
    return std::nullopt;
}

// Of a key that the current table lacks.
void DedupeWindow::insert(std::uint32_t part, const Slot& slot) {
    Table<Slot>& slots = current(part);
    const std::uint32_t mask = slots.size() - 1;
    std::uint32_t at = static_cast<std::uint32_t>(slot.key) & mask;
    while (slots.at(at).key != 0) at = (at + 1) & mask;
    slots.edit(at) = slot;
    ++counts_.edit(part);
}

void DedupeWindow::prefetch(std::uint64_t key) const {
    if (halves_.size() == 0) return;
    const std::uint32_t part = part_of(key);
    const Table<Slot>& slots = current(part);
    if (slots.size() != 0)
        fetch_ahead(&slots.at(static_cast<std::uint32_t>(key) & (slots.size() - 1)));
    const Half& half = halves_.at(part);
    if (half.former_left == 0) return;
    const std::uint32_t at = static_cast<std::uint32_t>(key) & (half.former_slots - 1);
    if (at < half.former_left) fetch_ahead(&former(part).at(at));
}

bool DedupeWindow::expired(const Slot& slot, std::uint32_t now) const {
    if (slot.second == kForEver) return false;
    return slot.second == kForgotten ||
           static_cast<std::int64_t>(now) - slot.second > window_.us / 1'000'000;
}

// The keys are evenly spread, so the first slots tell of all.
std::uint32_t DedupeWindow::size_for_living(std::uint32_t part, std::uint32_t now) const {
    const Table<Slot>& slots = current(part);
    std::uint64_t taken = 0;
    std::uint64_t living = 0;
    for (std::uint32_t i = 0; i < std::min(slots.size(), kSampled); ++i) {
        if (slots.at(i).key == 0) continue;
        ++taken;
        if (!expired(slots.at(i), now)) ++living;
    }
    const std::uint64_t all = taken == 0 ? 0 : counts_.at(part) * living / taken;
    return std::max(slots_for(part, all), slots.size() / 2);
}

void DedupeWindow::make_room(std::uint32_t part, std::uint32_t now) {
    move_some(part, kMovedAtOnce, now);
    if (!is_full(part, counts_.at(part), current(part).size())) return;
    // Only where far more live than the sample told.
    if (halves_.at(part).former_left != 0) move_some(part, halves_.at(part).former_left, now);
    const std::uint32_t slots = std::max(kSlotsFirst, size_for_living(part, now));
    Half& half = halves_.edit(part);
    half.former_slots = half.former_left = current(part).size();
    half.former_taken = counts_.at(part);
    half.current = 1 - half.current;
    current(part).resize(slots);
    counts_.edit(part) = 0;
}

void DedupeWindow::move_some(std::uint32_t part, std::uint32_t slots, std::uint32_t now) {
    if (halves_.at(part).former_left == 0) return;
    Half& half = halves_.edit(part);
    Table<Slot>& from = former(part);
    for (; slots != 0 && half.former_left != 0; --slots) {
        const Slot& slot = from.at(--half.former_left);
        if (slot.key == 0) continue;
        --half.former_taken;
        if (slot.second == kForgotten) --edit_totals().forgotten;
        if (!expired(slot, now)) insert(part, slot);
    }
    // What was moved is given back now and then, for that is a call of the system.
    constexpr std::uint32_t kGivenBack = kHugePageBytes / sizeof(Slot);
    if (half.former_left % kGivenBack == 0) from.resize(half.former_left);
}

std::vector<MemoryAhead> DedupeWindow::ahead(IngestTime now) const {
    std::vector<MemoryAhead> all;
    for (std::uint32_t part = 0; part < halves_.size(); ++part) {
        const std::uint64_t slots = current(part).size();
        if (halves_.at(part).former_left != 0 ||
            !is_full(part, counts_.at(part) + slots * kAhead / 64, slots))
            continue;
        all.push_back(former(part).ahead(size_for_living(part, second_of(now))));
    }
    return all;
}

// A machine that does not know the time begins in 1970: its first second is no forgotten id.
std::uint32_t DedupeWindow::second_of(IngestTime received) {
    return static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(received.us / 1'000'000, kForgotten + 1, kForEver - 1));
}

DedupeVerdict DedupeWindow::admit(std::uint64_t key, std::uint32_t check, bool for_ever,
                                  IngestTime received) {
    key = std::max<std::uint64_t>(key, 1);
    open();
    const std::uint32_t part = part_of(key);
    const std::uint32_t now = second_of(received);
    make_room(part, now);
    const std::optional<Found> found = find(part, key);
    if (found) {
        const Slot& known = found->table->at(found->at);
        if (!expired(known, now))
            return known.check == check ? DedupeVerdict::Repeat : DedupeVerdict::Conflict;
    }
    if (for_ever) ++edit_totals().imported;
    const Slot slot{key, check, for_ever ? kForEver : now};
    if (found && found->table == &current(part)) {
        if (found->table->at(found->at).second == kForgotten) --edit_totals().forgotten;
        found->table->edit(found->at) = slot;
    } else {
        insert(part, slot);
    }
    return DedupeVerdict::New;
}

// Its slot stays, as one that has expired: others may stand behind it.
void DedupeWindow::forget(std::uint64_t key) {
    key = std::max<std::uint64_t>(key, 1);
    const std::optional<Found> found = find(part_of(key), key);
    if (!found) return;
    forget(found->table->edit(found->at));
}

void DedupeWindow::forget(Slot& slot) {
    Totals& totals = edit_totals();
    if (slot.second == kForEver) --totals.imported;
    if (slot.second != kForgotten) ++totals.forgotten;
    slot.second = kForgotten;
}

std::vector<SettledId> DedupeWindow::imported_ids(std::uint32_t part) const {
    std::vector<SettledId> ids;
    if (halves_.size() == 0) return ids;
    const auto collect = [&ids](const Table<Slot>& slots, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) {
            const Slot& slot = slots.at(i);
            if (slot.key != 0 && slot.second == kForEver) ids.push_back({slot.key, slot.check});
        }
    };
    ids.reserve(current(part).size() + halves_.at(part).former_left);
    collect(current(part), current(part).size());
    collect(former(part), halves_.at(part).former_left);
    return ids;
}

void DedupeWindow::forget_imported(std::uint32_t part, std::span<const SettledId> moved) {
    if (halves_.size() == 0) return;
    for (const SettledId& id : moved) {
        const std::optional<Found> found = find(part, id.key);
        if (!found) continue;
        const Slot& slot = found->table->at(found->at);
        if (slot.second != kForEver || slot.check != id.check) continue;
        forget(found->table->edit(found->at));
    }
}

std::uint64_t DedupeWindow::size() const {
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < counts_.size(); ++i)
        sum += counts_.at(i) + halves_.at(i).former_taken;
    return sum - totals().forgotten;
}

}  // namespace filrouge::engine
