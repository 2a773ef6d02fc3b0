#include "engine/directory.h"

#include <algorithm>

namespace filrouge::engine {
namespace {
std::uint32_t part_of(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 60); }
std::uint64_t key_of(const Hash128& h) { return std::max<std::uint64_t>(h.high, 1); }
std::uint32_t rest_of(const Hash128& h) { return static_cast<std::uint32_t>(h.low); }
}  // namespace

Directory::Directory(HashKey key) : key_(key), counts_(space_, 200) {
    counts_.resize(kParts + 1);  // and the next number: see begin_capture()
    for (std::uint32_t i = 0; i < kParts; ++i) {
        parts_.push_back(std::make_unique<Table<Slot>>(space_, static_cast<std::uint16_t>(201 + i),
                                                       kArenaReservePart));
    }
}

Hash128 Directory::hash_of(BrandNo brand, IdentifierType type, std::string_view value) const {
    char text[3 + kIdentifierBytesMax];
    text[0] = static_cast<char>(brand);
    text[1] = static_cast<char>(brand >> 8);
    text[2] = static_cast<char>(type);
    const std::size_t n = std::min(value.size(), kIdentifierBytesMax);
    std::memcpy(text + 3, value.data(), n);
    return siphash128(key_, {text, n + 3});
}

std::uint32_t Directory::place(const Table<Slot>& slots, std::uint64_t key, std::uint32_t rest) {
    const std::uint32_t mask = slots.size() - 1;
    std::uint32_t at = static_cast<std::uint32_t>(key) & mask;
    while (slots.at(at).key != 0 && (slots.at(at).key != key || slots.at(at).key_rest != rest))
        at = (at + 1) & mask;
    return at;
}

void Directory::put(std::uint32_t part, std::uint64_t key, std::uint32_t rest,
                    std::uint32_t fragment) {
    Table<Slot>& slots = *parts_[part];
    if ((static_cast<std::uint64_t>(counts_.at(part)) + 1) * 4 >
        static_cast<std::uint64_t>(slots.size()) * 3) {
        std::vector<Slot> old;
        for (std::uint32_t i = 0; i < slots.size(); ++i) {
            if (slots.at(i).key != 0) old.push_back(slots.at(i));
        }
        const std::uint32_t size = std::max<std::uint32_t>(64, slots.size() * 2);
        slots.resize(0);
        slots.resize(size);
        masks_[part].store(size - 1, std::memory_order_relaxed);
        for (const Slot& s : old) slots.edit(place(slots, s.key, s.key_rest)) = s;
    }
    const std::uint32_t at = place(slots, key, rest);
    if (slots.at(at).key == 0) ++counts_.edit(part);
    slots.edit(at) = Slot{key, rest, fragment};
}

void Directory::prefetch(const Hash128& hash) const {
    const std::uint64_t key = key_of(hash);
    const std::uint32_t part = part_of(key);
    const std::uint32_t mask = masks_[part].load(std::memory_order_relaxed);
    parts_[part]->prefetch_reserved(static_cast<std::uint32_t>(key) & mask);
}

Directory::Found Directory::find_or_create(const Hash128& hash) {
    const std::uint64_t key = key_of(hash);
    const std::uint32_t part = part_of(key);
    const std::lock_guard lock(mutex_[part]);
    const Table<Slot>& slots = *parts_[part];
    if (slots.size() != 0) {
        const Slot& slot = slots.at(place(slots, key, rest_of(hash)));
        if (slot.key != 0) return {FragmentNo{slot.fragment}, false};
    }
    const std::uint32_t fragment = next_.fetch_add(1);
    ASSERT(fragment < FragmentNo::kNone - 1);
    put(part, key, rest_of(hash), fragment);
    return {FragmentNo{fragment}, true};
}

FragmentNo Directory::find(const Hash128& hash) const {
    const std::uint64_t key = key_of(hash);
    const std::uint32_t part = part_of(key);
    const std::lock_guard lock(mutex_[part]);
    const Table<Slot>& slots = *parts_[part];
    if (slots.size() == 0) return {};
    const Slot& slot = slots.at(place(slots, key, rest_of(hash)));
    return slot.key != 0 ? FragmentNo{slot.fragment} : FragmentNo{};
}

IdentifierHash Directory::entry_of(const Hash128& hash) { return {key_of(hash), rest_of(hash)}; }

std::vector<ErasedIdentifier> Directory::entries_of(
    const std::vector<FragmentNo>& fragments) const {
    std::vector<FragmentNo> wanted = fragments;
    std::sort(wanted.begin(), wanted.end());
    std::vector<ErasedIdentifier> out;
    for (std::uint32_t p = 0; p < kParts; ++p) {
        const std::lock_guard lock(mutex_[p]);
        for (std::uint32_t i = 0; i < parts_[p]->size(); ++i) {
            const Slot& slot = parts_[p]->at(i);
            const FragmentNo fragment{slot.fragment};
            if (slot.key != 0 && std::binary_search(wanted.begin(), wanted.end(), fragment))
                out.push_back({fragment, {slot.key, slot.key_rest}});
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

void Directory::forget(const IdentifierHash& entry) {
    const std::uint32_t part = part_of(entry.high);
    const std::lock_guard lock(mutex_[part]);
    Table<Slot>& slots = *parts_[part];
    if (slots.size() == 0) return;
    const std::uint32_t mask = slots.size() - 1;
    std::uint32_t hole = place(slots, entry.high, entry.low);
    if (slots.at(hole).key == 0) return;
    --counts_.edit(part);
    // Backward shift, as in storage/table.cc.
    for (std::uint32_t next = (hole + 1) & mask; slots.at(next).key != 0;
         next = (next + 1) & mask) {
        const std::uint32_t home = static_cast<std::uint32_t>(slots.at(next).key) & mask;
        if (((next - home) & mask) >= ((next - hole) & mask)) {
            slots.edit(hole) = slots.at(next);
            hole = next;
        }
    }
    slots.edit(hole) = Slot{};
}

void Directory::learn(BrandNo brand, IdentifierType type, std::string_view value,
                      FragmentNo fragment) {
    const Hash128 hash = hash_of(brand, type, value);
    const std::uint64_t key = key_of(hash);
    const std::uint32_t part = part_of(key);
    const std::lock_guard lock(mutex_[part]);
    put(part, key, rest_of(hash), fragment.value);
    reserve_below(fragment.value + 1);
}

void Directory::reserve_below(std::uint32_t number) {
    std::uint32_t next = next_.load();
    while (next < number && !next_.compare_exchange_weak(next, number)) {
    }
}

std::uint64_t Directory::bytes() const {
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < kParts; ++i) {
        const std::lock_guard lock(mutex_[i]);
        sum += parts_[i]->size() * sizeof(Slot);
    }
    return sum;
}

void Directory::after_load() {
    if (counts_.size() == 0) counts_.resize(kParts + 1);
    reserve_below(counts_.at(kParts));
    for (std::uint32_t p = 0; p < kParts; ++p) {
        const Table<Slot>& part = *parts_[p];
        masks_[p] = part.size() == 0 ? 0 : part.size() - 1;
        for (std::uint32_t i = 0; i < part.size(); ++i) {
            if (part.at(i).key != 0) reserve_below(part.at(i).fragment + 1);
        }
    }
}

std::vector<std::unique_lock<std::mutex>> Directory::lock_all() {
    std::vector<std::unique_lock<std::mutex>> locks;
    for (auto& m : mutex_) locks.emplace_back(m);
    return locks;
}

CaptureHead Directory::begin_capture(std::uint64_t sequence, bool whole) {
    const auto locks = lock_all();
    // A start that reads the log from here on learns of no number before it.
    if (counts_.at(kParts) != next_.load()) counts_.edit(kParts) = next_.load();
    return space_.begin_capture(sequence, whole);
}

std::vector<CapturedPage> Directory::take_captured(std::size_t pages_max) {
    const auto locks = lock_all();
    return space_.take_captured(pages_max);
}

void Directory::end_capture() {
    const auto locks = lock_all();
    space_.end_capture();
}

}  // namespace filrouge::engine
