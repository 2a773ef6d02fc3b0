// How often a row has been seen in its file. Only 64-bit hashes are kept, about 12 bytes a row: two
// different rows of one hash would just count as repeats of each other, which costs nothing, as
// each still gets a number of its own.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/fetch_ahead.h"
#include "base/huge_pages.h"
#include "base/result.h"

namespace filrouge::files {

constexpr std::size_t kRowsPerFileMax = 400'000'000;

// A set of well-mixed 64-bit hashes.
class HashSet {
  public:
    bool insert(std::uint64_t hash);  // false: was there
    // Fetches the memory that insert() will need: a large set lies outside every cache.
    void prefetch(std::uint64_t hash) const {
        if (!places_.empty()) fetch_ahead(&places_[hash & (places_.size() - 1)]);
    }
    std::size_t size() const { return size_; }
    void clear();

  private:
    void grow();
    using Places = std::vector<std::uint64_t, HugePages<std::uint64_t>>;
    Places places_;  // 0 is free
    std::size_t size_ = 0;
};

class OccurrenceCounter {
  public:
    // 1 for the first row of a hash, 2 for the second ...
    Result<std::uint32_t> count(std::uint64_t hash);
    void prefetch(std::uint64_t hash) const { seen_.prefetch(hash); }
    void clear();

  private:
    HashSet seen_;
    std::unordered_map<std::uint64_t, std::uint32_t> repeats_;  // hash -> times, from 2
};

}  // namespace filrouge::files
