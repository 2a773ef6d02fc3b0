#include "matching/similarity.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/assert.h"

namespace filrouge::matching {

namespace {

constexpr double kBonusFrom = 0.7, kBonusALetter = 0.1;
constexpr std::size_t kBonusLetters = 4;
static_assert(kLettersMax <= 64, "matched letters are bits of one word");

double jaro(std::u16string_view a, std::u16string_view b) {
    if (a.empty() || b.empty()) return a.size() == b.size() ? 1 : 0;
    const std::size_t longer = std::max(a.size(), b.size());
    const std::size_t reach = longer / 2 > 0 ? longer / 2 - 1 : 0;
    std::uint64_t in_a = 0, in_b = 0;
    std::size_t common = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::size_t from = i > reach ? i - reach : 0;
        const std::size_t to = std::min(b.size(), i + reach + 1);
        for (std::size_t j = from; j < to; ++j) {
            if (a[i] != b[j] || (in_b >> j & 1) != 0) continue;
            in_a |= std::uint64_t{1} << i;
            in_b |= std::uint64_t{1} << j;
            ++common;
            break;
        }
    }
    if (common == 0) return 0;
    std::size_t out_of_order = 0;
    for (std::size_t i = 0, j = 0; i < a.size(); ++i) {
        if ((in_a >> i & 1) == 0) continue;
        while ((in_b >> j & 1) == 0) ++j;
        if (a[i] != b[j]) ++out_of_order;
        ++j;
    }
    const auto m = static_cast<double>(common);
    const std::size_t transposed = out_of_order / 2;
    return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
            (m - static_cast<double>(transposed)) / m) /
           3;
}

}  // namespace

double jaro_winkler(std::u16string_view a, std::u16string_view b) {
    ASSERT(a.size() <= kLettersMax && b.size() <= kLettersMax);
    const double plain = jaro(a, b);
    if (plain <= kBonusFrom) return plain;
    std::size_t same = 0;
    while (same < std::min({a.size(), b.size(), kBonusLetters}) && a[same] == b[same]) ++same;
    return plain + static_cast<double>(same) * kBonusALetter * (1 - plain);
}

std::size_t edits(std::u16string_view a, std::u16string_view b, std::size_t most) {
    ASSERT(a.size() <= kLettersMax && b.size() <= kLettersMax);
    if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) return most + 1;
    std::array<std::array<std::uint8_t, kLettersMax + 1>, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<std::uint8_t>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        const auto& two_up = rows[(i + 1) % 3];
        const auto& up = rows[(i - 1) % 3];
        auto& row = rows[i % 3];
        row[0] = static_cast<std::uint8_t>(i);
        std::uint8_t least = row[0];
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int replaced = up[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            int best = std::min({replaced, up[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = std::min(best, two_up[j - 2] + 1);
            row[j] = static_cast<std::uint8_t>(best);
            least = std::min(least, row[j]);
        }
        // A swap reaches over one row, but costs what it skips: no later row is below this one.
        if (least > most) return most + 1;
    }
    return std::min<std::size_t>(rows[a.size() % 3][b.size()], most + 1);
}

}  // namespace filrouge::matching
