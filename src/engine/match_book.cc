#include "engine/match_book.h"

#include "base/hash.h"

namespace filrouge::engine {

namespace {

std::uint64_t key_of(FragmentNo a, FragmentNo b) {
    // The mixer maps no pair but (0, 0) to 0, and a < b.
    return mix64(std::uint64_t{a.value} << 32 | b.value);
}

}  // namespace

std::optional<std::uint32_t> MatchBook::find(FragmentNo a, FragmentNo b) const {
    const std::uint32_t number = index_.find(key_of(a, b));
    if (number == HashIndex::kAbsent) return std::nullopt;
    return number;
}

bool MatchBook::put(const MatchedPair& pair, const MatchRunId& run, BrandNo brand,
                    std::uint8_t purpose, std::uint64_t sequence) {
    const auto verdict = static_cast<std::uint8_t>(pair.verdict);
    const auto known = find(pair.a, pair.b);
    if (!known) {
        index_.insert(key_of(pair.a, pair.b),
                      rows_.append({run.high, run.low, sequence, pair.a.value, pair.b.value,
                                    pair.probability, brand, purpose, verdict, 0}));
        return true;
    }
    if (!is_told(pair.verdict) || is_told(rows_.at(*known).told())) return false;
    Row& row = rows_.edit(*known);
    row.verdict = verdict;
    row.sequence = sequence;
    return true;
}

}  // namespace filrouge::engine
