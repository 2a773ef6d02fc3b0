#include "query/quintiles.h"

#include <algorithm>

namespace filrouge::query {
namespace {

using Pieces = std::span<const std::vector<std::int64_t>* const>;

constexpr std::size_t kBuckets = 16'384;

template <class F>
void each(Pieces pieces, F&& f) {
    for (const auto* piece : pieces) {
        for (const std::int64_t v : *piece) f(v);
    }
}

// Values counted into buckets of equal width; only the buckets that a cut lies in are sorted.
class Buckets {
  public:
    explicit Buckets(Pieces pieces) : pieces_(pieces) {
        each(pieces_, [&](std::int64_t v) {
            low_ = std::min(low_, v);
            high_ = std::max(high_, v);
            ++size_;
        });
        if (size_ == 0) return;
        const std::uint64_t range =
            static_cast<std::uint64_t>(high_) - static_cast<std::uint64_t>(low_);
        while (range >> shift_ >= kBuckets) ++shift_;
        begins_.resize(kBuckets + 1);
        each(pieces_, [&](std::int64_t v) { ++begins_[bucket(v) + 1]; });
        for (std::size_t b = 0; b < kBuckets; ++b) begins_[b + 1] += begins_[b];
    }

    // Score s begins at the smallest value with s * size / 5 smaller ones at least, rounded up: the
    // one that comes after the value at that place, counted from 1.
    QuintileCuts cuts() {
        QuintileCuts out;
        out.fill(INT64_MAX);
        if (size_ == 0) return out;
        out[0] = low_;
        std::array<std::size_t, kQuintiles> places{};
        for (std::size_t s = 1; s < kQuintiles; ++s) places[s] = (s * size_ + 4) / kQuintiles;
        collect(places);
        for (std::size_t s = 1; s < kQuintiles; ++s) out[s] = after(places[s] - 1);
        return out;
    }

  private:
    std::size_t bucket(std::int64_t v) const {
        return static_cast<std::size_t>(
            (static_cast<std::uint64_t>(v) - static_cast<std::uint64_t>(low_)) >> shift_);
    }
    std::size_t bucket_at(std::size_t place) const {
        return static_cast<std::size_t>(std::upper_bound(begins_.begin(), begins_.end(), place) -
                                        begins_.begin() - 1);
    }
    // The next bucket that holds a value, kBuckets after the last.
    std::size_t next(std::size_t b) const {
        return begins_[b + 1] == size_ ? kBuckets : bucket_at(begins_[b + 1]);
    }

    // near_: the buckets of those places and the one after each, whole and in order.
    void collect(const std::array<std::size_t, kQuintiles>& places) {
        if (shift_ == 0) return;  // a bucket is one value
        std::vector<std::uint8_t> wanted(kBuckets + 1);
        for (std::size_t s = 1; s < kQuintiles; ++s) {
            const std::size_t b = bucket_at(places[s] - 1);
            wanted[b] = wanted[next(b)] = 1;
        }
        each(pieces_, [&](std::int64_t v) {
            if (wanted[bucket(v)] != 0) near_.push_back(v);
        });
        std::sort(near_.begin(), near_.end());
    }

    // The smallest value above the one at `place`, which counts from 0.
    std::int64_t after(std::size_t place) const {
        const std::size_t b = bucket_at(place);
        if (shift_ == 0) {
            const std::size_t n = next(b);
            return n == kBuckets ? INT64_MAX : low_ + static_cast<std::int64_t>(n);
        }
        const auto mine = std::partition_point(near_.begin(), near_.end(),
                                               [&](std::int64_t v) { return bucket(v) < b; });
        const std::int64_t at = *(mine + static_cast<std::ptrdiff_t>(place - begins_[b]));
        const auto greater = std::upper_bound(mine, near_.end(), at);
        return greater == near_.end() ? INT64_MAX : *greater;
    }

    Pieces pieces_;
    std::int64_t low_ = INT64_MAX, high_ = INT64_MIN;
    std::size_t size_ = 0;
    unsigned shift_ = 0;
    std::vector<std::size_t> begins_;  // values in the buckets before
    std::vector<std::int64_t> near_;
};

}  // namespace

QuintileCuts quintile_cuts(Pieces pieces) { return Buckets(pieces).cuts(); }

}  // namespace filrouge::query
