#include "storage/table.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace filrouge {

Arena::Arena(TableSpace& space, std::uint16_t id, std::uint64_t reserve)
    : reserve_(reserve), id_(id) {
    void* base = mmap(nullptr, reserve, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ASSERT(base != MAP_FAILED);
    base_ = static_cast<char*>(base);
    const auto at = std::lower_bound(space.arenas_.begin(), space.arenas_.end(), id,
                                     [](const Arena* a, std::uint16_t v) { return a->id_ < v; });
    ASSERT(at == space.arenas_.end() || (*at)->id_ != id);
    space.arenas_.insert(at, this);
}

Arena::~Arena() { munmap(base_, reserve_); }

void Arena::resize(std::uint64_t size) {
    ASSERT(size <= reserve_);
    if (size < size_) {
        std::memset(base_ + size, 0, size_ - size);
        mark(size, size_ - size);
    }
    const std::uint64_t pages = (std::max(size, size_) + kArenaPageBytes - 1) / kArenaPageBytes;
    if (dirty_.size() * 64 < pages) dirty_.resize(pages / 64 + 1 + dirty_.size() / 2, 0);
    size_ = size;
}

Capture TableSpace::capture(std::uint64_t sequence, bool whole) {
    Capture out;
    out.sequence = sequence;
    out.whole = whole;
    for (Arena* arena : arenas_) {
        out.arena_sizes.emplace_back(arena->id_, arena->size_);
        const std::uint64_t pages = (arena->size_ + kArenaPageBytes - 1) / kArenaPageBytes;
        for (std::uint64_t p = 0; p < pages; ++p) {
            if (!whole && (arena->dirty_[p >> 6] >> (p & 63) & 1) == 0) continue;
            const std::uint64_t from = p * kArenaPageBytes;
            const std::uint64_t length = std::min(kArenaPageBytes, arena->size_ - from);
            out.pages.push_back({arena->id_, p, Bytes(arena->base_ + from, length)});
        }
        std::fill(arena->dirty_.begin(), arena->dirty_.end(), 0);
    }
    return out;
}

bool TableSpace::apply(const Capture& capture) {
    if (capture.whole) clear();
    auto find = [this](std::uint16_t id) -> Arena* {
        const auto at =
            std::lower_bound(arenas_.begin(), arenas_.end(), id,
                             [](const Arena* a, std::uint16_t v) { return a->id_ < v; });
        return at != arenas_.end() && (*at)->id_ == id ? *at : nullptr;
    };
    for (const auto& [id, size] : capture.arena_sizes) {
        Arena* arena = find(id);
        if (arena == nullptr) {
            if (size != 0) return false;
            continue;
        }
        if (size > arena->reserve_) return false;
        arena->resize(size);
    }
    for (const auto& page : capture.pages) {
        Arena* arena = find(page.arena);
        const std::uint64_t from = page.page * kArenaPageBytes;
        if (arena == nullptr || page.page > arena->size_ / kArenaPageBytes ||
            from + page.bytes.size() > arena->size_) {
            return false;  // the page number is checked by itself: the product may wrap around
        }
        std::memcpy(arena->base_ + from, page.bytes.data(), page.bytes.size());
    }
    for (Arena* arena : arenas_) std::fill(arena->dirty_.begin(), arena->dirty_.end(), 0);
    return true;
}

void TableSpace::clear() {
    for (Arena* arena : arenas_) arena->resize(0);
}

void TableSpace::swap(TableSpace& other) {
    ASSERT(arenas_.size() == other.arenas_.size());
    for (std::size_t i = 0; i < arenas_.size(); ++i) {
        Arena& mine = *arenas_[i];
        Arena& its = *other.arenas_[i];
        ASSERT(mine.id_ == its.id_ && mine.reserve_ == its.reserve_);
        std::swap(mine.base_, its.base_);
        std::swap(mine.size_, its.size_);
        std::swap(mine.dirty_, its.dirty_);
    }
}

Hash128 TableSpace::hash() const {
    Hash128 sum{1, 2};
    for (const Arena* arena : arenas_) {
        sum.high ^= arena->id_;
        sum.low ^= arena->size_;
        // Chained: the key of each piece is the sum so far.
        for (std::uint64_t from = 0; from < arena->size_; from += kArenaPageBytes) {
            const std::uint64_t length = std::min(kArenaPageBytes, arena->size_ - from);
            sum = siphash128({sum.high, sum.low}, BytesView(arena->base_ + from, length));
        }
    }
    return sum;
}

std::uint64_t TableSpace::bytes() const {
    std::uint64_t sum = 0;
    for (const Arena* arena : arenas_) sum += arena->size_;
    return sum;
}

namespace {
constexpr std::uint32_t kSlotsFirst = 16;
std::uint32_t part_of(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 58); }
}  // namespace

HashIndex::HashIndex(TableSpace& space, std::uint16_t first_id)
    : counts_(space, static_cast<std::uint16_t>(first_id + kParts)) {
    for (std::uint32_t i = 0; i < kParts; ++i) {
        parts_.push_back(std::make_unique<Table<Slot>>(
            space, static_cast<std::uint16_t>(first_id + i), kArenaReservePart));
    }
}

std::uint32_t HashIndex::place(const Table<Slot>& slots, std::uint64_t key) const {
    const std::uint32_t mask = slots.size() - 1;
    std::uint32_t at = static_cast<std::uint32_t>(key) & mask;
    while (key_of(slots.at(at)) != 0 && key_of(slots.at(at)) != key) at = (at + 1) & mask;
    return at;
}

std::uint32_t HashIndex::find(std::uint64_t key) const {
    const Table<Slot>& slots = *parts_[part_of(key)];
    if (slots.size() == 0) return kAbsent;
    const Slot& slot = slots.at(place(slots, key));
    return key_of(slot) == key ? slot.value : kAbsent;
}

void HashIndex::prefetch(std::uint64_t key) const {
    const Table<Slot>& slots = *parts_[part_of(key)];
    if (slots.size() != 0)
        __builtin_prefetch(&slots.at(static_cast<std::uint32_t>(key) & (slots.size() - 1)));
}

void HashIndex::insert(std::uint64_t key, std::uint32_t value) {
    ASSERT(key != 0);
    const std::uint32_t part = part_of(key);
    if (counts_.size() == 0) counts_.resize(kParts);
    Table<Slot>& slots = *parts_[part];
    if (static_cast<std::uint64_t>(counts_.at(part) + 1) * 4 >
        static_cast<std::uint64_t>(slots.size()) * 3)
        grow(part);
    const std::uint32_t at = place(slots, key);
    if (key_of(slots.at(at)) == 0) ++counts_.edit(part);
    slots.edit(at) = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32),
                      value};
}

void HashIndex::erase(std::uint64_t key) {
    Table<Slot>& slots = *parts_[part_of(key)];
    if (slots.size() == 0) return;
    const std::uint32_t mask = slots.size() - 1;
    std::uint32_t hole = place(slots, key);
    if (key_of(slots.at(hole)) != key) return;
    --counts_.edit(part_of(key));
    // Backward shift: what was pushed past the hole moves into it, so no tombstones are needed.
    for (std::uint32_t next = (hole + 1) & mask; key_of(slots.at(next)) != 0;
         next = (next + 1) & mask) {
        const std::uint32_t home = slots.at(next).key_low & mask;
        if (((next - home) & mask) >= ((next - hole) & mask)) {
            slots.edit(hole) = slots.at(next);
            hole = next;
        }
    }
    slots.edit(hole) = Slot{};
}

void HashIndex::grow(std::uint32_t part) {
    Table<Slot>& slots = *parts_[part];
    std::vector<Slot> old;
    old.reserve(slots.size());
    for (std::uint32_t i = 0; i < slots.size(); ++i) {
        if (key_of(slots.at(i)) != 0) old.push_back(slots.at(i));
    }
    const std::uint32_t bigger = std::max(kSlotsFirst, slots.size() * 2);
    slots.resize(0);
    slots.resize(bigger);
    for (const Slot& slot : old) slots.edit(place(slots, key_of(slot))) = slot;
}

std::uint64_t HashIndex::size() const {
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < counts_.size(); ++i) sum += counts_.at(i);
    return sum;
}

}  // namespace filrouge
