// Two hashes: SipHash-2-4 with a secret key for anything an outsider can choose (identifiers,
// message ids, strings from events), and a mixer for numbers of our own.
// SipHash: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace filrouge {

struct HashKey {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;
};

struct Hash128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    constexpr auto operator<=>(const Hash128&) const = default;
};

std::uint64_t siphash(HashKey key, BytesView bytes);
Hash128 siphash128(HashKey key, BytesView bytes);

constexpr std::uint64_t mix64(std::uint64_t x) {  // splitmix64's finaliser
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

}  // namespace filrouge
