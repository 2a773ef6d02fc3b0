// Which identifier is which fragment: a keyed hash of brand, type and normalised value to the dense
// number. The doors look up and, for an identifier nobody has met, give the next number; at start
// the log fills it again. No identifier stands here in readable form.
//
// Thread-safe: 16 parts, a lock each.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "model/event.h"
#include "storage/erasures.h"
#include "storage/table.h"

namespace filrouge::engine {

class Directory {
  public:
    explicit Directory(HashKey key);
    struct Found {
        FragmentNo fragment;
        bool fresh = false;
    };
    Found find_or_create(BrandNo brand, IdentifierType type, std::string_view value) {
        return find_or_create(hash_of(brand, type, value));
    }
    // In three steps, for many identifiers at a time: each is somewhere else in memory, and asking
    // for all of them before the first is needed waits once, not each time.
    Hash128 hash_of(BrandNo brand, IdentifierType type, std::string_view value) const;
    void prefetch(const Hash128& hash) const;
    Found find_or_create(const Hash128& hash);
    FragmentNo find(BrandNo brand, IdentifierType type, std::string_view value) const {
        return find(hash_of(brand, type, value));
    }
    FragmentNo find(const Hash128& hash) const;  // none: nobody has met it
    // As much of a hash as an entry has: what an erasure remembers an identifier by.
    static IdentifierHash entry_of(const Hash128& hash);
    // Which identifiers these fragments are: looks at every entry.
    std::vector<ErasedIdentifier> entries_of(const std::vector<FragmentNo>& fragments) const;
    // Whoever comes with this identifier next is somebody new. Nobody may be on the way from
    // find_or_create() to the log with the former number.
    void forget(const IdentifierHash& entry);
    // From the log: this identifier has this number.
    void learn(BrandNo brand, IdentifierType type, std::string_view value, FragmentNo fragment);
    // Numbers below this were given out before; called at start.
    void reserve_below(std::uint32_t number);
    std::uint64_t bytes() const;
    std::uint32_t next() const { return next_.load(); }

    // As those of TableSpace; each takes every lock.
    CaptureHead begin_capture(std::uint64_t sequence, bool whole);
    std::vector<CapturedPage> take_captured(std::size_t pages_max);
    void end_capture();
    TableSpace& space() { return space_; }  // at start, before threads
    void after_load();                      // of a snapshot into space()

  private:
    struct Slot {
        std::uint64_t key;       // 0: empty
        std::uint32_t key_rest;  // 32 more bits of the hash
        std::uint32_t fragment;
    };
    static constexpr std::uint32_t kParts = 16;
    static std::uint32_t place(const Table<Slot>& slots, std::uint64_t key, std::uint32_t rest);
    void put(std::uint32_t part, std::uint64_t key, std::uint32_t rest, std::uint32_t fragment);
    std::vector<std::unique_lock<std::mutex>> lock_all();

    HashKey key_;
    TableSpace space_;
    std::vector<std::unique_ptr<Table<Slot>>> parts_;
    // Of each part, its size less one: what prefetch() may know without the lock.
    std::array<std::atomic<std::uint32_t>, kParts> masks_{};
    Table<std::uint32_t> counts_;
    mutable std::array<std::mutex, kParts> mutex_;
    std::atomic<std::uint32_t> next_{0};
};

}  // namespace filrouge::engine
