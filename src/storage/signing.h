// Signatures that anybody can check: Ed25519 (RFC 8032). The key pair is made from a 32-byte secret
// of the key store, so that it is the shop's for as long as its keys are.
#pragma once

#include <array>

#include "base/bytes.h"
#include "storage/seal.h"

namespace filrouge {

struct PublicKey {
    std::array<unsigned char, 32> bytes{};
    bool operator==(const PublicKey&) const = default;
};

PublicKey public_key_of(const DataKey& secret);
Bytes sign(const DataKey& secret, BytesView message);  // 64 bytes
[[nodiscard]] bool is_signed(const PublicKey& key, BytesView message, BytesView signature);

}  // namespace filrouge
