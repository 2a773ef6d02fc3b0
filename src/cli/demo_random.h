// Chance for the demonstration shop: the same seed gives the same numbers with any compiler and on
// any machine. Not for secrets. A stream is made for each thing that is decided, so that adding a
// decision in one place leaves every other one as it was.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/hash.h"
#include "base/time.h"

namespace filrouge::cli {

class DemoRandom {
  public:
    DemoRandom(std::uint64_t seed, std::initializer_list<std::uint64_t> path)
        : state_(mix64(seed)) {
        for (const std::uint64_t step : path) state_ = mix64(state_ + kGolden + mix64(step));
    }
    std::uint64_t number() { return mix64(state_ += kGolden); }
    std::uint32_t below(std::uint32_t n) {
        ASSERT(n > 0);
        return static_cast<std::uint32_t>((number() >> 32) * n >> 32);
    }
    std::uint32_t between(std::uint32_t first, std::uint32_t last) {
        return first + below(last - first + 1);
    }
    bool chance(std::uint32_t percent) { return below(100) < percent; }
    bool per_mille(std::uint32_t n) { return below(1'000) < n; }
    template <class T>
    const T& pick(std::span<const T> from) {
        return from[below(static_cast<std::uint32_t>(from.size()))];
    }
    Duration seconds_between(std::uint32_t first, std::uint32_t last) {
        return milliseconds(between(first * 1'000, last * 1'000));
    }
    // "6fa1c0de-..." in the form of a version 4 UUID.
    std::string uuid() {
        constexpr std::string_view kHex = "0123456789abcdef";
        std::string out = "xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx";
        std::uint64_t bits = 0;
        int left = 0;
        for (char& c : out) {
            if (c != 'x') continue;
            if (left == 0) {
                bits = number();
                left = 16;
            }
            c = kHex[bits & 15];
            bits >>= 4;
            --left;
        }
        return out;
    }

  private:
    static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;
    std::uint64_t state_;
};

}  // namespace filrouge::cli
