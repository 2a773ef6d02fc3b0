// Values cut into fifths of as many. Equal values share a score: a value's score is
// 1 + floor(5 * (number of smaller values) / (number of values)), from 1 to 5, 5 the greatest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace filrouge::query {

constexpr std::size_t kQuintiles = 5;
// From which value on each score holds, ascending; INT64_MAX where none reaches it.
using QuintileCuts = std::array<std::int64_t, kQuintiles>;

// Of all values of all pieces, in any order. Linear but for values that crowd where a cut lies.
QuintileCuts quintile_cuts(std::span<const std::vector<std::int64_t>* const> pieces);

inline std::size_t quintile(const QuintileCuts& cuts, std::int64_t value) {
    std::size_t score = 1;
    for (std::size_t s = 1; s < kQuintiles; ++s) score += value >= cuts[s] ? 1 : 0;
    return score;
}

}  // namespace filrouge::query
