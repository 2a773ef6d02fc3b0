// All data keys in memory, found by fragment number. Fragment numbers are dense from 0, so a key is
// 32 bytes and a bit in an array. Thread-safe by 64 shards, each with its own lock. The destructor
// wipes what it held.
#pragma once

#include <array>
#include <atomic>
#include <bitset>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "base/huge_pages.h"
#include "model/identifier.h"
#include "seam/random.h"
#include "storage/seal.h"

namespace filrouge {

class KeyTable {
  public:
    KeyTable() = default;
    KeyTable(const KeyTable&) = delete;
    KeyTable& operator=(const KeyTable&) = delete;

    std::optional<DataKey> find(FragmentNo fragment) const;
    void prefetch(FragmentNo fragment) const;
    // The existing key, or a fresh one that take_fresh() will name.
    DataKey create(FragmentNo fragment, Random& random);
    // What was read from a file; false when the fragment has another key already.
    [[nodiscard]] bool put(FragmentNo fragment, const DataKey& key);
    void remove(FragmentNo fragment);  // nothing when it has none
    // Adds to `out` the fragments whose keys were created since the last call.
    void take_fresh(std::vector<FragmentNo>& out);

    std::uint64_t size() const { return size_.load(std::memory_order_relaxed); }
    FragmentNo highest() const;
    void raise_highest(FragmentNo fragment);  // a number may have been used and its key be gone

  private:
    static constexpr std::uint32_t kShards = 64;
    static constexpr std::uint32_t kChunkKeys = 512;
    struct Chunk {
        std::array<DataKey, kChunkKeys> keys;
        std::bitset<kChunkKeys> present;
        ~Chunk();
    };
    struct alignas(64) Shard {
        mutable std::mutex mutex;  // guards both
        std::vector<Chunk*> chunks;
        std::vector<FragmentNo> fresh;
    };
    // Neighbours lie in different shards: new fragments, which come in order, do not queue up.
    Shard& shard_of(FragmentNo f) const { return shards_[f.value % kShards]; }
    static std::uint32_t index_of(FragmentNo f) { return f.value / kShards; }
    static const DataKey* find_in(const Shard& shard, std::uint32_t index);
    void put_in(Shard& shard, std::uint32_t index, const DataKey& key);
    Chunk* new_chunk();

    mutable std::array<Shard, kShards> shards_;
    // The chunks' memory, for keys are asked for in the order of events. Never moved.
    using Slab = std::vector<Chunk, HugePages<Chunk>>;
    static constexpr std::size_t kChunksPerSlab = 2 * 1024 * 1024 / sizeof(Chunk);
    std::mutex slabs_mutex_;
    std::deque<Slab> slabs_;  // guarded by slabs_mutex_
    std::atomic<std::uint64_t> size_{0};
    std::atomic<std::uint64_t> ever_{0};  // highest number that ever had a key, plus 1
};

}  // namespace filrouge
