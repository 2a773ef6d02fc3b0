// Fixed-width numbers at known places of a format: one load or store each, where ByteReader's
// bounds check has been made once for the whole header.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/bytes.h"

namespace filrouge {

static_assert(std::endian::native == std::endian::little,
              "the formats are little-endian; a big-endian machine needs byte swaps here");

template <class T>
T load_le(const char* at) {
    static_assert(std::is_integral_v<T>);
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

template <class T>
void store_le(char* at, T value) {
    static_assert(std::is_integral_v<T>);
    std::memcpy(at, &value, sizeof value);
}

inline bool all_zero(BytesView bytes) {  // comparing with itself, one further: as fast as memcmp
    return bytes.empty() ||
           (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace filrouge
