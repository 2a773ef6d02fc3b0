#include "storage/table.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace filrouge {
namespace {

// From here on an arena asks for pages of 2 MiB: its rows are read in the order of events, each in
// another page, and finding small pages costs as much as the rows. A small arena would waste most.
constexpr std::uint64_t kHugePagesFrom = 1024 * 1024;
// What is noted of a page before it is cheaper to copy it whole.
constexpr std::uint64_t kFormerBytesMax = kArenaPageBytes / 8;
#ifndef MADV_COLLAPSE
constexpr int MADV_COLLAPSE = 25;  // since Linux 6.1; glibc names it later
#endif
#ifndef MADV_POPULATE_WRITE
constexpr int MADV_POPULATE_WRITE = 23;  // since Linux 5.14
#endif

// Addresses that begin with a huge page.
char* reserve_addresses(std::uint64_t bytes) {
    void* all = mmap(nullptr, bytes + kHugePageBytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ASSERT(all != MAP_FAILED);
    char* const first = static_cast<char*>(all);
    const std::uint64_t before =
        (kHugePageBytes - reinterpret_cast<std::uintptr_t>(first) % kHugePageBytes) %
        kHugePageBytes;
    if (before != 0) munmap(first, before);
    munmap(first + before + bytes, kHugePageBytes - before);
    return first + before;
}

// A system that has no such pages is only slower. To collapse what is there already takes
// milliseconds.
void ask_for_huge_pages(char* base, std::uint64_t reserve, bool is_empty) {
    if (madvise(base, reserve, MADV_HUGEPAGE) == 0 && !is_empty)
        static_cast<void>(madvise(base, kHugePageBytes, MADV_COLLAPSE));
}

// Whole huge pages by giving them back.
void zero(char* base, std::uint64_t from, std::uint64_t to) {
    const auto up = [](std::uint64_t bytes) {
        return (bytes + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
    };
    const std::uint64_t whole = up(from);
    std::memset(base + from, 0, std::min(whole, to) - from);
    if (whole < to && madvise(base + whole, up(to) - whole, MADV_DONTNEED) != 0)
        std::memset(base + whole, 0, to - whole);
}

}  // namespace

// A system that knows no such call clears it when it is written.
void clear_ahead(const MemoryAhead& memory) {
    if (memory.bytes < kHugePagesFrom) return;
    ask_for_huge_pages(memory.at, memory.bytes, true);
    static_cast<void>(madvise(memory.at, memory.bytes, MADV_POPULATE_WRITE));
}

Arena::Arena(TableSpace& space, std::uint16_t id, std::uint64_t reserve)
    : base_(reserve_addresses(reserve)), reserve_(reserve), id_(id) {
    const auto at = std::lower_bound(space.arenas_.begin(), space.arenas_.end(), id,
                                     [](const Arena* a, std::uint16_t v) { return a->id_ < v; });
    ASSERT(at == space.arenas_.end() || (*at)->id_ != id);
    space.arenas_.insert(at, this);
}

Arena::~Arena() { munmap(base_, reserve_); }

void Arena::resize(std::uint64_t size) {
    ASSERT(size <= reserve_);
    if (size < size_) {
        mark(size, size_ - size);
        zero(base_, size, size_);
    }
    const std::uint64_t pages = (std::max(size, size_) + kArenaPageBytes - 1) / kArenaPageBytes;
    if (dirty_.size() * 64 < pages) {
        dirty_.resize(pages / 64 + 1 + dirty_.size() / 2, 0);
        unwatched_.resize(dirty_.size(), 0);
    }
    if (size_ < kHugePagesFrom && size >= kHugePagesFrom)
        ask_for_huge_pages(base_, reserve_, size_ == 0);
    size_ = size;
}

bool Arena::is_pending(std::uint64_t page) const {
    return page >> 6 < pending_.size() && (pending_[page >> 6] >> (page & 63) & 1) != 0;
}

MemoryAhead Arena::ahead(std::uint64_t size) const {
    ASSERT(size <= reserve_);
    const std::uint64_t from = (size_ + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
    return from < size ? MemoryAhead{base_ + from, size - from} : MemoryAhead{};
}

void Arena::watched_change(std::uint64_t page, std::uint64_t offset, std::uint64_t length) {
    dirty_[page >> 6] |= 1ull << (page & 63);
    if (is_pending(page)) {
        const std::uint64_t begin = page * kArenaPageBytes;
        // What was appended since is of no capture.
        const std::uint64_t end = std::min(begin + kArenaPageBytes, captured_size_);
        const std::uint64_t from = std::max(offset, begin);
        const std::uint64_t to = std::min(offset + length, end);
        if (from >= to || note_former(page, from, to)) return;
        aside_.push_back(captured(page));
    }
    unwatched_[page >> 6] |= 1ull << (page & 63);
}

bool Arena::note_former(std::uint64_t page, std::uint64_t from, std::uint64_t to) {
    Pending& pending = pages_[page];
    const std::uint64_t length = to - from;
    const std::uint64_t bytes = sizeof(Former) + length;
    if (pending.former_bytes + bytes > kFormerBytesMax) return false;
    char* const place = static_cast<char*>(formers_->allocate(bytes, alignof(Former)));
    const Former former{pending.formers, static_cast<std::uint16_t>(from - page * kArenaPageBytes),
                        static_cast<std::uint16_t>(length)};
    pending.formers = new (place) Former(former);
    std::memcpy(place + sizeof(Former), base_ + from, length);
    pending.former_bytes += static_cast<std::uint32_t>(bytes);
    return true;
}

// Answers how many pages it has.
std::uint64_t Arena::begin_capture(bool whole) {
    const std::uint64_t pages = (size_ + kArenaPageBytes - 1) / kArenaPageBytes;
    pending_.assign((pages + 63) / 64, whole ? ~0ull : 0);
    if (!whole) std::copy_n(dirty_.begin(), pending_.size(), pending_.begin());
    if (pages % 64 != 0) pending_.back() &= (1ull << (pages % 64)) - 1;
    pending_from_ = 0;
    captured_size_ = size_;
    aside_.clear();
    pages_.assign(pages, {});
    formers_ = std::make_unique<std::pmr::monotonic_buffer_resource>();
    std::fill(dirty_.begin(), dirty_.end(), 0);
    std::fill(unwatched_.begin(), unwatched_.end(), 0);
    std::uint64_t count = 0;
    for (const std::uint64_t word : pending_)
        count += static_cast<std::uint64_t>(std::popcount(word));
    return count;
}

void Arena::end_capture() {
    pending_ = {};
    aside_ = {};
    pages_ = {};
    formers_.reset();
    unwatched_ = dirty_;
}

CapturedPage Arena::captured(std::uint64_t page) {
    const std::uint64_t from = page * kArenaPageBytes;
    const std::uint64_t length = std::min(kArenaPageBytes, captured_size_ - from);
    CapturedPage out{id_, page, Bytes(base_ + from, length)};
    for (const Former* former = pages_[page].formers; former != nullptr; former = former->before)
        std::memcpy(out.bytes.data() + former->at, former + 1, former->length);
    const std::uint64_t bit = 1ull << (page & 63);
    pending_[page >> 6] &= ~bit;
    unwatched_[page >> 6] |= dirty_[page >> 6] & bit;
    return out;
}

void Arena::take_captured(std::size_t pages_max, std::vector<CapturedPage>& out) {
    for (; !aside_.empty() && out.size() < pages_max; aside_.pop_back())
        out.push_back(std::move(aside_.back()));
    for (; pending_from_ < pending_.size(); ++pending_from_) {
        const std::uint64_t& word = pending_[pending_from_];
        while (word != 0 && out.size() < pages_max) {
            const auto bit = static_cast<std::uint64_t>(std::countr_zero(word));
            out.push_back(captured(pending_from_ * 64 + bit));
        }
        if (word != 0) return;
    }
}

CaptureHead TableSpace::begin_capture(std::uint64_t sequence, bool whole) {
    CaptureHead out{sequence, whole, {}, 0};
    for (Arena* arena : arenas_) {
        out.arena_sizes.emplace_back(arena->id_, arena->size_);
        out.page_count += arena->begin_capture(whole);
    }
    return out;
}

std::vector<CapturedPage> TableSpace::take_captured(std::size_t pages_max) {
    std::vector<CapturedPage> out;
    for (Arena* arena : arenas_) arena->take_captured(pages_max, out);
    return out;
}

void TableSpace::end_capture() {
    for (Arena* arena : arenas_) arena->end_capture();
}

Capture TableSpace::capture(std::uint64_t sequence, bool whole) {
    Capture out{begin_capture(sequence, whole), {}};
    out.pages = take_captured(out.page_count);
    end_capture();
    return out;
}

bool TableSpace::apply(const Capture& capture) {
    end_capture();
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
    for (Arena* arena : arenas_) {
        std::fill(arena->dirty_.begin(), arena->dirty_.end(), 0);
        std::fill(arena->unwatched_.begin(), arena->unwatched_.end(), 0);
    }
    return true;
}

void TableSpace::clear() {
    end_capture();
    for (Arena* arena : arenas_) arena->resize(0);
}

void TableSpace::swap(TableSpace& other) {
    ASSERT(arenas_.size() == other.arenas_.size());
    end_capture();
    other.end_capture();
    for (std::size_t i = 0; i < arenas_.size(); ++i) {
        Arena& mine = *arenas_[i];
        Arena& its = *other.arenas_[i];
        ASSERT(mine.id_ == its.id_ && mine.reserve_ == its.reserve_);
        std::swap(mine.base_, its.base_);
        std::swap(mine.size_, its.size_);
        std::swap(mine.dirty_, its.dirty_);
        std::swap(mine.unwatched_, its.unwatched_);
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
        fetch_ahead(&slots.at(static_cast<std::uint32_t>(key) & (slots.size() - 1)));
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
