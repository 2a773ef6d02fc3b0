// A column of integers as a frame of reference: value = base + unit * stored, with `stored` in 0 to
// 8 bytes, little-endian. Times of whole seconds take 4 bytes, a channel 1, what never changes 0.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/assert.h"
#include "base/bytes.h"

namespace filrouge::history {

// So that a stored value can be read with one load of 8 bytes, a block ends with this many more.
constexpr std::size_t kColumnPadding = 8;

struct PackedColumn {
    std::int64_t base = 0;
    std::int64_t unit = 1;
    std::uint32_t size = 0;
    std::uint8_t width = 0;  // bytes of a stored value
    const char* data = nullptr;

    bool constant() const { return width == 0; }
    std::uint64_t stored(std::uint32_t i) const {
        ASSERT(i < size);
        return width == 0 ? 0 : load(i) & mask();
    }
    std::int64_t at(std::uint32_t i) const { return value_of(stored(i)); }
    std::int64_t value_of(std::uint64_t stored) const {
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) +
                                         static_cast<std::uint64_t>(unit) * stored);
    }
    // Of a value that is read soon, where reads jump too far for the processor to guess.
    void prefetch(std::uint32_t i) const {
        __builtin_prefetch(data + static_cast<std::size_t>(i) * width);
    }
    // Values [from, from + out.size()).
    void read(std::uint32_t from, std::span<std::int64_t> out) const;
    // out[i] is the value at from + places[i]; places ascend.
    void gather(std::uint32_t from, std::span<const std::uint32_t> places,
                std::span<std::int64_t> out) const;
    // The same as read(), narrowed: the caller knows that T holds them.
    template <class T>
    void read_as(std::uint32_t from, std::span<T> out) const;

  private:
    std::uint64_t mask() const { return width == 8 ? ~0ull : (1ull << (8 * width)) - 1; }
    std::uint64_t load(std::uint32_t i) const {
        std::uint64_t v;
        std::memcpy(&v, data + static_cast<std::size_t>(i) * width, sizeof v);
        return v;
    }
};

// Appends the values' block, padded, to `out` and says how to read it; `data` is not set.
PackedColumn pack_column(std::span<const std::int64_t> values, Bytes& out);

template <class T>
void PackedColumn::read_as(std::uint32_t from, std::span<T> out) const {
    ASSERT(from + out.size() <= size);
    if (out.empty()) return;  // memcpy wants a place even for nothing
    const char* at = data + static_cast<std::size_t>(from) * width;
    if (width == sizeof(T) && base == 0 && unit == 1) {
        std::memcpy(out.data(), at, out.size() * sizeof(T));
        return;
    }
    if (width == 0) {
        for (T& v : out) v = static_cast<T>(base);
        return;
    }
    if (width == 1) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(at);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<T>(value_of(bytes[i]));
        return;
    }
    const std::uint64_t keep = mask();
    for (T& v : out) {
        std::uint64_t raw;
        std::memcpy(&raw, at, sizeof raw);
        v = static_cast<T>(value_of(raw & keep));
        at += width;
    }
}

}  // namespace filrouge::history
