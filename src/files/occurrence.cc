#include "files/occurrence.h"

#include <string>

namespace filrouge::files {
namespace {

constexpr std::size_t kPlacesMin = 1 << 12;

}  // namespace

void HashSet::grow() {
    Places old(places_.empty() ? kPlacesMin : places_.size() * 2);
    old.swap(places_);
    const std::size_t mask = places_.size() - 1;
    for (const std::uint64_t hash : old) {
        if (hash == 0) continue;
        std::size_t at = hash & mask;
        while (places_[at] != 0) at = (at + 1) & mask;
        places_[at] = hash;
    }
}

bool HashSet::insert(std::uint64_t hash) {
    if (hash == 0) hash = 1;
    if (size_ * 4 >= places_.size() * 3) grow();
    const std::size_t mask = places_.size() - 1;
    std::size_t at = hash & mask;
    for (; places_[at] != 0; at = (at + 1) & mask) {
        if (places_[at] == hash) return false;
    }
    places_[at] = hash;
    ++size_;
    return true;
}

void HashSet::clear() {
    places_ = {};
    size_ = 0;
}

Result<std::uint32_t> OccurrenceCounter::count(std::uint64_t hash) {
    if (!seen_.insert(hash)) {
        std::uint32_t& times = repeats_[hash];
        times = times == 0 ? 2 : times + 1;
        return times;
    }
    if (seen_.size() > kRowsPerFileMax) {
        return Error{"files.too_many_rows",
                     "a file of more than " + std::to_string(kRowsPerFileMax) + " different rows",
                     "Split the file; each part may have so many."};
    }
    return std::uint32_t{1};
}

void OccurrenceCounter::clear() {
    seen_.clear();
    repeats_.clear();
}

}  // namespace filrouge::files
