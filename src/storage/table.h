// The fold's hot state: plain rows in big arenas. An arena is one reserved stretch of addresses, so
// rows never move, and it knows which of its 64 KiB pages changed since the last capture, so a
// snapshot costs what changed, not what there is. Rows are trivially copyable, hold no pointers and
// have no padding, so the bytes of an arena are a pure function of the history that made them: the
// state hash is taken over them.
//
// One thread edits; others may read under the owner's lock. A capture is what there was at one
// moment, taken in pieces while editing goes on: whoever edits a page that was not taken yet notes
// what stood there first, and where that becomes much, sets a copy of the page aside. So it stops
// nobody for long: hashed keys touch every page within a moment, and few bytes of each.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/fetch_ahead.h"
#include "base/hash.h"

namespace filrouge {

constexpr std::uint64_t kArenaPageBytes = 64 * 1024;
constexpr std::uint64_t kHugePageBytes = 2 * 1024 * 1024;
#ifdef __SANITIZE_THREAD__  // whose own tables leave few addresses
constexpr std::uint64_t kArenaReserveDefault = 1ull << 30;
constexpr std::uint64_t kArenaReservePart = 64ull << 20;
#else
constexpr std::uint64_t kArenaReserveDefault = 64ull << 30;  // of addresses, not of memory
constexpr std::uint64_t kArenaReservePart = 4ull << 30;      // where one table is split in 64
#endif

struct CapturedPage {
    std::uint16_t arena = 0;
    std::uint64_t page = 0;
    Bytes bytes;  // up to kArenaPageBytes; the arena's last page may be shorter
};
// Memory that an arena has not used yet; valid while the arena is.
struct MemoryAhead {
    char* at = nullptr;
    std::uint64_t bytes = 0;
};
// So that whoever writes there first does not wait for the system to clear it. By any thread,
// beside edits: what stands there stays. Too little to be worth it is passed over.
void clear_ahead(const MemoryAhead& memory);

struct CaptureHead {             // of a capture, known when it begins
    std::uint64_t sequence = 0;  // the last record applied
    bool whole = false;
    std::vector<std::pair<std::uint16_t, std::uint64_t>> arena_sizes;  // every arena, by id
    std::uint64_t page_count = 0;
};

class TableSpace;

class Arena {
  public:
    // `id` names the arena in snapshots: never reuse one for another meaning.
    Arena(TableSpace& space, std::uint16_t id, std::uint64_t reserve = kArenaReserveDefault);
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    char* data() { return base_; }
    const char* data() const { return base_; }
    std::uint64_t size() const { return size_; }
    // Growth is zero-filled; shrinking zeroes what is given up, and the system gets back the memory
    // of whole huge pages.
    void resize(std::uint64_t size);
    // Before these bytes are written.
    void mark(std::uint64_t offset, std::uint64_t length) {
        if (length == 0) return;
        for (std::uint64_t p = offset / kArenaPageBytes;
             p <= (offset + length - 1) / kArenaPageBytes; ++p) {
            if ((unwatched_[p >> 6] >> (p & 63) & 1) == 0) watched_change(p, offset, length);
        }
    }
    std::uint16_t id() const { return id_; }
    MemoryAhead ahead(std::uint64_t size) const;  // for a growth to `size`

  private:
    friend class TableSpace;
    struct Former {  // the bytes of a page as they were follow it
        const Former* before;
        std::uint16_t at, length;
    };
    struct Pending {                      // a page of the capture, until it is taken
        const Former* formers = nullptr;  // the latest first
        std::uint32_t former_bytes = 0;
    };
    // Of a page that is clean or pending.
    void watched_change(std::uint64_t page, std::uint64_t offset, std::uint64_t length);
    bool is_pending(std::uint64_t page) const;
    // Whether what stands there could be noted; else the page is to be set aside.
    bool note_former(std::uint64_t page, std::uint64_t from, std::uint64_t to);
    std::uint64_t begin_capture(bool whole);
    void end_capture();
    CapturedPage captured(std::uint64_t page);  // it is pending no more
    void take_captured(std::size_t pages_max, std::vector<CapturedPage>& out);

    char* base_ = nullptr;
    std::uint64_t size_ = 0;
    std::uint64_t reserve_ = 0;
    std::uint16_t id_ = 0;
    std::vector<std::uint64_t> dirty_;      // one bit a page
    std::vector<std::uint64_t> unwatched_;  // of those, the ones that are not pending
    std::vector<std::uint64_t> pending_;    // a bit a page that is captured and was not copied yet
    std::size_t pending_from_ = 0;          // no bits in the words before
    std::uint64_t captured_size_ = 0;
    std::vector<Pending> pages_;  // by page, while a capture is taken
    std::unique_ptr<std::pmr::monotonic_buffer_resource> formers_;
    std::vector<CapturedPage> aside_;  // copied because much of them was about to change
};

// Hands out the pages of a capture in any order, some at a time, and none when there are no more.
using CapturedPages = std::function<std::vector<CapturedPage>()>;
// A consistent copy of what changed since the previous capture (or of everything).
struct Capture : CaptureHead {
    std::vector<CapturedPage> pages;
};

class TableSpace {
  public:
    // Both by whoever may edit, or holds a lock that keeps editing away; one capture at a time: the
    // one before ends. take_captured() hands out each of its pages once, as it was when the capture
    // began, and nothing when that was all. What replaces all rows (apply, clear, swap) ends it, so
    // that fewer pages come than were promised.
    CaptureHead begin_capture(std::uint64_t sequence, bool whole);
    std::vector<CapturedPage> take_captured(std::size_t pages_max);
    void end_capture();
    Capture capture(std::uint64_t sequence, bool whole);  // all of it at once
    // Puts a capture on top of what is there; arenas it does not know must be empty in it.
    bool apply(const Capture& capture);
    void clear();
    // Gives each its rows to the other: both hold the same tables. For who holds the locks of both.
    void swap(TableSpace& other);
    Hash128 hash() const;  // over all arenas in order of id
    std::uint64_t bytes() const;

  private:
    friend class Arena;
    std::vector<Arena*> arenas_;  // by id
};

template <class Row>
class Table {
    static_assert(std::is_trivially_copyable_v<Row>);
    static_assert(std::has_unique_object_representations_v<Row>,
                  "padding would spoil the state hash");

  public:
    explicit Table(TableSpace& space, std::uint16_t id,
                   std::uint64_t reserve = kArenaReserveDefault)
        : arena_(space, id, reserve) {}
    std::uint32_t size() const { return static_cast<std::uint32_t>(arena_.size() / sizeof(Row)); }
    const Row& at(std::uint32_t i) const {
        ASSERT(i < size());
        return reinterpret_cast<const Row*>(arena_.data())[i];
    }
    Row& edit(std::uint32_t i) {
        ASSERT(i < size());
        arena_.mark(static_cast<std::uint64_t>(i) * sizeof(Row), sizeof(Row));
        return reinterpret_cast<Row*>(arena_.data())[i];
    }
    void prefetch(std::uint32_t i) const {
        if (i < size()) fetch_ahead(reinterpret_cast<const Row*>(arena_.data()) + i);
    }
    // Of a row that may not be there (any more): a wrong place costs time, nothing else. Needs no
    // lock, for rows never move.
    void prefetch_reserved(std::uint32_t i) const {
        fetch_ahead(reinterpret_cast<const Row*>(arena_.data()) + i);
    }
    std::uint32_t append(const Row& row) {
        const std::uint32_t i = size();
        arena_.resize((static_cast<std::uint64_t>(i) + 1) * sizeof(Row));
        edit(i) = row;
        return i;
    }
    void resize(std::uint32_t n) { arena_.resize(static_cast<std::uint64_t>(n) * sizeof(Row)); }
    void pop_back() { resize(size() - 1); }
    MemoryAhead ahead(std::uint32_t n) const {
        return arena_.ahead(static_cast<std::uint64_t>(n) * sizeof(Row));
    }

  private:
    Arena arena_;
};

// Open addressing from a 64-bit key (already a good hash) to 32 bits, split into parts by the top
// bits so that growing one part never stops the owner for long. Key 0 is not allowed.
class HashIndex {
  public:
    static constexpr std::uint32_t kAbsent = 0xffff'ffff;
    HashIndex(TableSpace& space, std::uint16_t first_id);  // takes kParts ids
    static constexpr std::uint32_t kParts = 64;
    std::uint32_t find(std::uint64_t key) const;
    void insert(std::uint64_t key, std::uint32_t value);  // replaces
    void erase(std::uint64_t key);
    std::uint64_t size() const;
    void prefetch(std::uint64_t key) const;

  private:
    struct Slot {
        std::uint32_t key_low;
        std::uint32_t key_high;
        std::uint32_t value;
    };
    struct Part;
    static std::uint64_t key_of(const Slot& s) {
        return static_cast<std::uint64_t>(s.key_high) << 32 | s.key_low;
    }
    std::uint32_t place(const Table<Slot>& slots, std::uint64_t key) const;
    void grow(std::uint32_t part);
    std::vector<std::unique_ptr<Table<Slot>>> parts_;
    Table<std::uint32_t> counts_;  // entries a part
};

}  // namespace filrouge
