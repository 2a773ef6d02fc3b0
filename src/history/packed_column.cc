#include "history/packed_column.h"

#include <algorithm>

namespace filrouge::history {
namespace {

// Days, hours, seconds and milliseconds in microseconds; whole units and hundredths of amounts.
constexpr std::array<std::int64_t, 6> kUnits = {3'600'000'000, 1'000'000, 10'000, 1'000, 100, 1};

// The largest unit that every difference to the base is a multiple of.
std::int64_t common_unit(std::span<const std::int64_t> values, std::int64_t base) {
    std::size_t unit = 0;
    for (const std::int64_t v : values) {
        const std::uint64_t distance =
            static_cast<std::uint64_t>(v) - static_cast<std::uint64_t>(base);
        while (distance % static_cast<std::uint64_t>(kUnits[unit]) != 0) ++unit;
        if (kUnits[unit] == 1) break;
    }
    return kUnits[unit];
}

std::uint8_t bytes_for(std::uint64_t largest) {
    std::uint8_t width = 0;
    for (; largest != 0; largest >>= 8) ++width;
    return width == 7 ? 8 : width;
}

template <std::size_t kWidth>
std::uint64_t load(const char* at) {
    constexpr std::uint64_t kMask = kWidth == 8 ? ~0ull : (1ull << (8 * kWidth)) - 1;
    std::uint64_t stored = 0;
    if constexpr (kWidth == 1 || kWidth == 2 || kWidth == 4 || kWidth == 8) {
        std::memcpy(&stored, at, kWidth);
    } else {
        std::memcpy(&stored, at, sizeof stored);
        stored &= kMask;
    }
    return stored;
}

template <std::size_t kWidth>
void widen(const char* at, std::uint64_t base, std::uint64_t unit, std::span<std::int64_t> out) {
    for (std::int64_t& v : out) {
        v = static_cast<std::int64_t>(base + unit * load<kWidth>(at));
        at += kWidth;
    }
}

template <std::size_t kWidth>
void pick(const char* at, std::uint64_t base, std::uint64_t unit,
          std::span<const std::uint32_t> places, std::span<std::int64_t> out) {
    constexpr std::size_t kAhead = 16;  // the places jump too far for the processor to guess
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (i + kAhead < places.size())
            __builtin_prefetch(at + static_cast<std::size_t>(places[i + kAhead]) * kWidth);
        out[i] = static_cast<std::int64_t>(
            base + unit * load<kWidth>(at + static_cast<std::size_t>(places[i]) * kWidth));
    }
}

}  // namespace

PackedColumn pack_column(std::span<const std::int64_t> values, Bytes& out) {
    PackedColumn column;
    column.size = static_cast<std::uint32_t>(values.size());
    if (values.empty()) return column;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    column.base = *low;
    const std::uint64_t range =
        static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low);
    if (range == 0) return column;
    column.unit = common_unit(values, column.base);
    column.width = bytes_for(range / static_cast<std::uint64_t>(column.unit));
    const std::size_t begin = out.size();
    out.resize(begin + values.size() * column.width + kColumnPadding);
    char* at = out.data() + begin;
    for (const std::int64_t v : values) {
        const std::uint64_t stored =
            (static_cast<std::uint64_t>(v) - static_cast<std::uint64_t>(column.base)) /
            static_cast<std::uint64_t>(column.unit);
        std::memcpy(at, &stored, column.width);
        at += column.width;
    }
    return column;
}

void PackedColumn::read(std::uint32_t from, std::span<std::int64_t> out) const {
    ASSERT(from + out.size() <= size);
    const char* at = data + static_cast<std::size_t>(from) * width;
    const auto first = static_cast<std::uint64_t>(base);
    const auto step = static_cast<std::uint64_t>(unit);
    switch (width) {
        case 0: std::fill(out.begin(), out.end(), base); return;
        case 1: widen<1>(at, first, step, out); return;
        case 2: widen<2>(at, first, step, out); return;
        case 3: widen<3>(at, first, step, out); return;
        case 4: widen<4>(at, first, step, out); return;
        case 5: widen<5>(at, first, step, out); return;
        case 6: widen<6>(at, first, step, out); return;
        default: widen<8>(at, first, step, out); return;
    }
}

void PackedColumn::gather(std::uint32_t from, std::span<const std::uint32_t> places,
                          std::span<std::int64_t> out) const {
    ASSERT(out.size() == places.size());
    ASSERT(places.empty() || from + places.back() < size);  // they ascend
    const char* at = data + static_cast<std::size_t>(from) * width;
    const auto first = static_cast<std::uint64_t>(base);
    const auto step = static_cast<std::uint64_t>(unit);
    switch (width) {
        case 0: std::fill(out.begin(), out.end(), base); return;
        case 1: pick<1>(at, first, step, places, out); return;
        case 2: pick<2>(at, first, step, places, out); return;
        case 3: pick<3>(at, first, step, places, out); return;
        case 4: pick<4>(at, first, step, places, out); return;
        case 5: pick<5>(at, first, step, places, out); return;
        case 6: pick<6>(at, first, step, places, out); return;
        default: pick<8>(at, first, step, places, out); return;
    }
}

}  // namespace filrouge::history
