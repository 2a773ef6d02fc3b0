#include "base/hash.h"

#include <bit>

namespace filrouge {
namespace {

struct Sip {
    std::uint64_t v0, v1, v2, v3;
    void round() {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    void absorb(std::uint64_t m) {
        v3 ^= m;
        round();
        round();
        v0 ^= m;
    }
    void finish(std::uint8_t mark) {
        v2 ^= mark;
        for (int i = 0; i < 4; ++i) round();
    }
    std::uint64_t sum() const { return v0 ^ v1 ^ v2 ^ v3; }
};

Sip absorb_all(HashKey key, BytesView bytes, std::uint64_t variant) {
    Sip s{key.k0 ^ 0x736f6d6570736575u, key.k1 ^ 0x646f72616e646f6du ^ variant,
          key.k0 ^ 0x6c7967656e657261u, key.k1 ^ 0x7465646279746573u};
    const char* p = bytes.data();
    std::size_t n = bytes.size();
    for (; n >= 8; n -= 8, p += 8) {
        std::uint64_t m;
        std::memcpy(&m, p, 8);
        s.absorb(m);
    }
    std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
    for (std::size_t i = 0; i < n; ++i) {
        last |= static_cast<std::uint64_t>(static_cast<unsigned char>(p[i])) << (8 * i);
    }
    s.absorb(last);
    return s;
}

}  // namespace

std::uint64_t siphash(HashKey key, BytesView bytes) {
    Sip s = absorb_all(key, bytes, 0);
    s.finish(0xff);
    return s.sum();
}

Hash128 siphash128(HashKey key, BytesView bytes) {
    Sip s = absorb_all(key, bytes, 0xee);
    s.finish(0xee);
    Hash128 out;
    out.low = s.sum();
    s.v1 ^= 0xdd;
    for (int i = 0; i < 4; ++i) s.round();
    out.high = s.sum();
    return out;
}

}  // namespace filrouge
