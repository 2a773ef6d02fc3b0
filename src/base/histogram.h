// How long something took, many times: counts by bounds that are the same everywhere, so that
// figures of several processes can be added. Thread-safe, without a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace filrouge {

// Exact: 2500 is "0.0025", 1000000 is "1".
std::string seconds_text(std::int64_t us);

class DurationHistogram {
  public:
    // From 0.1 ms to 10 s, each the 24th root of 10 times the one before: a quantile that is read
    // between two of them, as Prometheus' histogram_quantile does, is wrong by a tenth at most.
    static constexpr std::size_t kBounds = 5 * 24 + 1;
    static constexpr std::array<std::int64_t, kBounds> kBoundsUs = [] {
        std::array<std::int64_t, kBounds> out{};
        double bound = 100;
        for (std::int64_t& us : out) {
            us = static_cast<std::int64_t>(bound + 0.5);  // NOLINT(bugprone-incorrect-roundings)
            bound *= 1.1006941712522096;
        }
        return out;
    }();
    void add(std::int64_t us);
    // Prometheus text: name_bucket, name_sum and name_count in seconds; `labels` as in
    // "lane=\"api\"", or empty.
    void append_to(std::string& out, std::string_view name, std::string_view labels) const;

  private:
    std::array<std::atomic<std::uint64_t>, kBoundsUs.size() + 1> counts_{};
    std::atomic<std::int64_t> sum_us_{0};
};

}  // namespace filrouge
