// AES-256-GCM by two libraries that give the same bytes: libsodium's AES-NI code, the quicker one
// for an event, and OpenSSL's, the quicker one for a page and the one for every machine. Used by
// seal.cc, the key store and the snapshots; nothing else encrypts.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "storage/seal.h"

namespace filrouge::aead {

constexpr std::size_t kTagBytes = 16;

enum class Engine : std::uint8_t { Auto, Sodium, OpenSsl };
bool sodium_available();

// Writes plain.size() + kTagBytes bytes to `out`, which must not overlap the input. What is
// authenticated besides is `associated` and then the byte `suffix`.
void encrypt(const DataKey& key, const Nonce& nonce, BytesView associated, std::uint8_t suffix,
             BytesView plain, char* out, Engine engine = Engine::Auto);
// Writes sealed.size() - kTagBytes bytes to `out`; false when the tag is wrong, and then `out`
// holds nothing of use.
[[nodiscard]] bool decrypt(const DataKey& key, const Nonce& nonce, BytesView associated,
                           std::uint8_t suffix, BytesView sealed, char* out,
                           Engine engine = Engine::Auto);

}  // namespace filrouge::aead
