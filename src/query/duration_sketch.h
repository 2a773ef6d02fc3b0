// How long something took, over many: counts by size, 64 to an octave, so a quantile is right to
// within 1 % and any number of durations takes 30 KiB.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace filrouge::query {

class DurationSketch {
  public:
    void add(std::int64_t us) {
        ++counts_[bucket(us < 0 ? 0 : static_cast<std::uint64_t>(us))];
        ++size_;
    }
    void add(const DurationSketch& other) {
        for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
        size_ += other.size_;
    }
    std::uint64_t size() const { return size_; }
    bool operator==(const DurationSketch&) const = default;
    // The duration that this share of them do not exceed, in microseconds; 0 when there are none.
    std::int64_t quantile(double share) const {
        const double wanted = share * static_cast<double>(size_);
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            below += counts_[i];
            if (below != 0 && static_cast<double>(below) >= wanted)
                return static_cast<std::int64_t>(middle(i));
        }
        return 0;
    }

  private:
    static constexpr unsigned kSubBits = 6;
    static constexpr std::uint64_t kSub = 1u << kSubBits;
    static std::size_t bucket(std::uint64_t v) {
        if (v < kSub) return static_cast<std::size_t>(v);
        const auto shift = static_cast<unsigned>(std::bit_width(v)) - 1 - kSubBits;
        return (std::size_t{shift} + 1) * kSub + static_cast<std::size_t>((v >> shift) - kSub);
    }
    static std::uint64_t middle(std::size_t i) {
        if (i < kSub) return i;
        const auto shift = static_cast<unsigned>(i / kSub - 1);
        return ((kSub + i % kSub) << shift) + ((std::uint64_t{1} << shift) >> 1);
    }
    std::array<std::uint64_t, (64 - kSubBits + 1) * kSub> counts_{};
    std::uint64_t size_ = 0;
};

}  // namespace filrouge::query
