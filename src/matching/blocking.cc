#include "matching/blocking.h"

#include <algorithm>
#include <numeric>

#include "base/assert.h"
#include "base/hash.h"
#include "matching/parallel.h"

namespace filrouge::matching {

namespace {

constexpr std::uint32_t kSecondSide = 1u << 31;
static_assert(kRowsMax < kSecondSide && kPassesMax < 64 && kFieldsMax * 2 <= 32);

std::uint32_t bit_of(const Key& key) { return 1u << (key.field * 2u + (key.loose ? 1u : 0u)); }

bool has_loose_key(FieldKind kind) {
    return kind != FieldKind::Postcode && kind != FieldKind::Other;
}

Pass pass_of(std::vector<Key> keys) {
    Pass out{std::move(keys), 0, 0};
    for (const Key& key : out.keys) out.mask |= bit_of(key);
    return out;
}

}  // namespace

Blocking::Blocking(const Records& records, bool between) : records_(records), between_(between) {
    passes_ = candidates();
    for (Pass& pass : passes_) {
        pass.pairs_expected = static_cast<double>(pairs_possible());
        for (const Key& key : pass.keys) pass.pairs_expected *= shared(key);
    }
    std::erase_if(passes_, [](const Pass& pass) { return pass.pairs_expected == 0; });
    std::stable_sort(passes_.begin(), passes_.end(), [](const Pass& a, const Pass& b) {
        return a.pairs_expected < b.pairs_expected;
    });
    if (passes_.size() > kPassesMax) passes_.resize(kPassesMax);
    if (pairs_possible() <= kPairsAlways) passes_.push_back({});
}

std::vector<Pass> Blocking::candidates() const {
    std::vector<Pass> out;
    const auto fields = static_cast<std::uint8_t>(records_.fields().size());
    for (std::uint8_t f = 0; f < fields; ++f) {
        out.push_back(pass_of({{f, false}}));
        if (has_loose_key(records_.fields()[f].kind)) out.push_back(pass_of({{f, true}}));
        for (std::uint8_t g = 0; g < f; ++g) out.push_back(pass_of({{g, true}, {f, true}}));
    }
    return out;
}

std::uint64_t Blocking::pairs_of(std::uint64_t first, std::uint64_t second) const {
    const std::uint64_t all = first + second;
    return between_ ? first * second : all * (all - (all > 0 ? 1 : 0)) / 2;
}

std::uint64_t Blocking::pairs_possible() const {
    return pairs_of(records_.rows(Side::First), records_.rows(Side::Second));
}

std::uint64_t Blocking::pairs_max() const {
    return std::max(kPairsARow * records_.rows(), 2 * kPairsAlways);
}

// The share of all pairs that agree on a key.
double Blocking::shared(const Key& key) const {
    std::vector<std::pair<std::uint32_t, ValueNo>> by_number;
    for (ValueNo v = 1; v < records_.values(key.field); ++v)
        by_number.emplace_back(key.loose ? records_.loose(key.field, v) : v, v);
    std::sort(by_number.begin(), by_number.end());
    double pairs = 0;
    for (std::size_t i = 0; i < by_number.size();) {
        std::uint64_t first = 0, second = 0;
        const std::uint32_t number = by_number[i].first;
        for (; i < by_number.size() && by_number[i].first == number; ++i) {
            first += records_.count(key.field, by_number[i].second, Side::First);
            second += records_.count(key.field, by_number[i].second, Side::Second);
        }
        if (number != 0) pairs += static_cast<double>(pairs_of(first, second));
    }
    return pairs / static_cast<double>(std::max<std::uint64_t>(pairs_possible(), 1));
}

std::uint32_t Blocking::number(std::uint32_t row, const Key& key) const {
    const ValueNo value = records_.value(row, key.field);
    return key.loose ? records_.loose(key.field, value) : value;
}

// 0: the row has none. Two numbers of 32 bits side by side, so nothing collides.
std::uint64_t Blocking::key_of(std::uint32_t row, const Pass& pass) const {
    if (pass.keys.empty()) return 1;
    std::uint64_t key = 0;
    for (const Key& part : pass.keys) {
        const std::uint32_t n = number(row, part);
        if (n == 0) return 0;
        key = key << 32 | n;
    }
    return key;
}

Blocking::Entries Blocking::entries(const Pass& pass, std::uint32_t sample, unsigned part,
                                    unsigned parts) const {
    Entries out;
    out.reserve(records_.rows() / sample / parts + 16);
    for (std::uint32_t row = 0; row < records_.rows(); ++row) {
        const std::uint64_t key = key_of(row, pass);
        if (key == 0) continue;
        const std::uint64_t hash = mix64(key);
        if (hash % parts != part || hash / parts % sample != 0) continue;
        const bool second = between_ && records_.side(row) == Side::Second;
        out.push_back({key, second ? row | kSecondSide : row});
    }
    std::sort(out.begin(), out.end());
    return out;
}

// each(begin, second, end) for the runs of equal keys that hold a pair.
template <class Each>
void Blocking::each_block(const Entries& entries, Each each) const {
    for (std::size_t i = 0; i < entries.size();) {
        const std::size_t begin = i;
        std::size_t second = begin;
        for (; i < entries.size() && entries[i].key == entries[begin].key; ++i) {
            if ((entries[i].row & kSecondSide) == 0) second = i + 1;
        }
        if (pairs_of(second - begin, i - second) > 0) each(begin, second, i);
    }
}

void Blocking::take(const Entries& entries, std::uint64_t block_pairs_max, std::size_t pass,
                    bool remember, Blocks& out) {
    each_block(entries, [&](std::size_t begin, std::size_t second, std::size_t end) {
        const std::uint64_t pairs = pairs_of(second - begin, end - second);
        if (pairs > block_pairs_max) {
            ++out.figures.hot_keys;
            out.figures.hot_rows += end - begin;
            for (std::size_t i = begin; remember && i < end; ++i)
                hot_[entries[i].row & ~kSecondSide] |= std::uint64_t{1} << pass;
            return;
        }
        const auto at = static_cast<std::uint32_t>(out.rows.size());
        out.blocks.push_back({at, at + static_cast<std::uint32_t>(second - begin),
                              at + static_cast<std::uint32_t>(end - begin)});
        for (std::size_t i = begin; i < end; ++i) out.rows.push_back(entries[i].row & ~kSecondSide);
        ++out.figures.blocks;
        out.figures.pairs += pairs;
        out.figures.block_rows_max =
            std::max(out.figures.block_rows_max, static_cast<std::uint32_t>(end - begin));
    });
}

Blocks Blocking::blocks(std::size_t pass, std::uint64_t pairs, std::uint32_t sample,
                        unsigned threads, bool remember) {
    ASSERT(pass < passes_.size() && threads > 0);
    std::vector<Entries> parts(threads);
    in_parallel(threads,
                [&](unsigned t) { parts[t] = entries(passes_[pass], sample, t, threads); });
    std::vector<std::uint64_t> sizes;
    for (const Entries& part : parts) {
        each_block(part, [&](std::size_t begin, std::size_t second, std::size_t end) {
            sizes.push_back(pairs_of(second - begin, end - second));
        });
    }
    // The largest size of which, with all smaller ones, every block fits.
    std::sort(sizes.begin(), sizes.end());
    std::uint64_t sum = 0, fits = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        sum += sizes[i];
        if (sum > pairs) break;
        if (i + 1 == sizes.size() || sizes[i + 1] != sizes[i]) fits = sizes[i];
    }
    if (!passes_[pass].keys.empty())
        fits = std::min<std::uint64_t>(fits, std::uint64_t{kBlockRowsMax} * kBlockRowsMax / 2);
    if (remember) hot_.resize(records_.rows());
    Blocks out;
    for (const Entries& part : parts) take(part, fits, pass, remember, out);
    return out;
}

std::uint64_t Blocking::met_in(std::uint32_t a, std::uint32_t b, std::size_t passes) const {
    std::uint32_t agree = 0;
    const auto fields = static_cast<std::uint8_t>(records_.fields().size());
    for (std::uint8_t f = 0; f < fields; ++f) {
        const ValueNo x = records_.value(a, f), y = records_.value(b, f);
        if (x == 0 || y == 0) continue;
        const std::uint32_t loose_x = records_.loose(f, x);
        if (x == y) agree |= bit_of({f, false});
        if (loose_x != 0 && loose_x == records_.loose(f, y)) agree |= bit_of({f, true});
    }
    std::uint64_t met = 0;
    for (std::size_t p = 0; p < passes; ++p) {
        if ((agree & passes_[p].mask) == passes_[p].mask) met |= std::uint64_t{1} << p;
    }
    return met & ~hot_[a];
}

}  // namespace filrouge::matching
