#include "storage/key_table.h"

#include <sodium.h>

#include "base/assert.h"
#include "base/fetch_ahead.h"

namespace filrouge {

KeyTable::Chunk::~Chunk() { sodium_memzero(keys.data(), sizeof keys); }

const DataKey* KeyTable::find_in(const Shard& shard, std::uint32_t index) {
    const std::size_t chunk = index / kChunkKeys;
    if (chunk >= shard.chunks.size() || shard.chunks[chunk] == nullptr) return nullptr;
    const Chunk& held = *shard.chunks[chunk];
    return held.present[index % kChunkKeys] ? &held.keys[index % kChunkKeys] : nullptr;
}

KeyTable::Chunk* KeyTable::new_chunk() {
    const std::lock_guard lock(slabs_mutex_);
    if (slabs_.empty() || slabs_.back().size() == kChunksPerSlab)
        slabs_.emplace_back().reserve(kChunksPerSlab);
    return &slabs_.back().emplace_back();
}

void KeyTable::put_in(Shard& shard, std::uint32_t index, const DataKey& key) {
    const std::size_t chunk = index / kChunkKeys;
    if (chunk >= shard.chunks.size()) shard.chunks.resize(chunk + 1);
    if (shard.chunks[chunk] == nullptr) shard.chunks[chunk] = new_chunk();
    shard.chunks[chunk]->keys[index % kChunkKeys] = key;
    shard.chunks[chunk]->present.set(index % kChunkKeys);
}

std::optional<DataKey> KeyTable::find(FragmentNo fragment) const {
    const Shard& shard = shard_of(fragment);
    const std::lock_guard lock(shard.mutex);
    const DataKey* key = find_in(shard, index_of(fragment));
    return key == nullptr ? std::nullopt : std::optional(*key);
}

void KeyTable::prefetch(FragmentNo fragment) const {
    const Shard& shard = shard_of(fragment);
    const std::uint32_t index = index_of(fragment);
    const std::lock_guard lock(shard.mutex);
    if (index / kChunkKeys < shard.chunks.size() && shard.chunks[index / kChunkKeys] != nullptr)
        fetch_ahead(&shard.chunks[index / kChunkKeys]->keys[index % kChunkKeys]);
}

DataKey KeyTable::create(FragmentNo fragment, Random& random) {
    ASSERT(!fragment.is_none());
    DataKey key;
    {
        Shard& shard = shard_of(fragment);
        const std::lock_guard lock(shard.mutex);
        if (const DataKey* held = find_in(shard, index_of(fragment))) return *held;
        random.fill(reinterpret_cast<char*>(key.bytes.data()), key.bytes.size());
        put_in(shard, index_of(fragment), key);
        shard.fresh.push_back(fragment);
        // Before the lock is given back: whoever finds the key also finds it unpersisted, and who
        // takes it as fresh finds the highest, up to which a fold looks.
        size_.fetch_add(1, std::memory_order_relaxed);
        raise_highest(fragment);
    }
    return key;
}

bool KeyTable::put(FragmentNo fragment, const DataKey& key) {
    {
        Shard& shard = shard_of(fragment);
        const std::lock_guard lock(shard.mutex);
        if (const DataKey* held = find_in(shard, index_of(fragment))) return *held == key;
        put_in(shard, index_of(fragment), key);
        size_.fetch_add(1, std::memory_order_relaxed);
        raise_highest(fragment);
    }
    return true;
}

void KeyTable::remove(FragmentNo fragment) {
    Shard& shard = shard_of(fragment);
    const std::lock_guard lock(shard.mutex);
    const std::uint32_t index = index_of(fragment);
    if (find_in(shard, index) == nullptr) return;
    Chunk& chunk = *shard.chunks[index / kChunkKeys];
    sodium_memzero(&chunk.keys[index % kChunkKeys], sizeof(DataKey));
    chunk.present.reset(index % kChunkKeys);
    size_.fetch_sub(1, std::memory_order_relaxed);
}

void KeyTable::take_fresh(std::vector<FragmentNo>& out) {
    for (Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        out.insert(out.end(), shard.fresh.begin(), shard.fresh.end());
        shard.fresh.clear();
    }
}

FragmentNo KeyTable::highest() const {
    const std::uint64_t ever = ever_.load(std::memory_order_acquire);
    return ever == 0 ? FragmentNo{} : FragmentNo{static_cast<std::uint32_t>(ever - 1)};
}

void KeyTable::raise_highest(FragmentNo fragment) {
    if (fragment.is_none()) return;
    const std::uint64_t wanted = std::uint64_t{fragment.value} + 1;
    std::uint64_t seen = ever_.load(std::memory_order_relaxed);
    while (seen < wanted && !ever_.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel)) {
    }
}

}  // namespace filrouge
