// How long something took, many times: counts by bounds that are the same everywhere, so that
// figures of several processes can be added. Thread-safe, without a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace filrouge {

class DurationHistogram {
  public:
    static constexpr std::array<std::int64_t, 13> kBoundsUs = {
        500,     1'000,   2'500,   5'000,     10'000,    25'000,   50'000,
        100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000};
    void add(std::int64_t us);
    // Prometheus text: name_bucket, name_sum and name_count in seconds; `labels` as in
    // "lane=\"api\"", or empty.
    void append_to(std::string& out, std::string_view name, std::string_view labels) const;

  private:
    std::array<std::atomic<std::uint64_t>, kBoundsUs.size() + 1> counts_{};
    std::atomic<std::int64_t> sum_us_{0};
};

}  // namespace filrouge
