// SHA-256 (FIPS 180-4), plain and keyed (HMAC, RFC 2104).
#pragma once

#include <array>
#include <string>

#include "base/bytes.h"

namespace filrouge {

struct Digest {
    std::array<unsigned char, 32> bytes{};
    auto operator<=>(const Digest&) const = default;
    bool is_zero() const { return *this == Digest{}; }
    BytesView view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
    std::string hex() const;
};

Digest sha256(BytesView bytes);
Digest hmac_sha256(BytesView key, BytesView bytes);
std::string sha256_hex(BytesView bytes);  // lower case

}  // namespace filrouge
