#include "storage/signing.h"

#include <sodium.h>

#include "base/assert.h"

namespace filrouge {
namespace {

struct KeyPair {
    explicit KeyPair(const DataKey& seed) {
        static_assert(sizeof seed.bytes == crypto_sign_SEEDBYTES);
        static_assert(sizeof shown.bytes == crypto_sign_PUBLICKEYBYTES);
        crypto_sign_seed_keypair(shown.bytes.data(), secret.data(), seed.bytes.data());
    }
    ~KeyPair() { sodium_memzero(secret.data(), secret.size()); }
    KeyPair(const KeyPair&) = delete;
    KeyPair& operator=(const KeyPair&) = delete;

    PublicKey shown;
    std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
};

const unsigned char* data_of(BytesView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

PublicKey public_key_of(const DataKey& secret) { return KeyPair(secret).shown; }

Bytes sign(const DataKey& secret, BytesView message) {
    const KeyPair pair(secret);
    Bytes out(crypto_sign_BYTES, '\0');
    const int failed = crypto_sign_detached(reinterpret_cast<unsigned char*>(out.data()), nullptr,
                                            data_of(message), message.size(), pair.secret.data());
    ASSERT(failed == 0);
    return out;
}

bool is_signed(const PublicKey& key, BytesView message, BytesView signature) {
    return signature.size() == crypto_sign_BYTES &&
           crypto_sign_verify_detached(data_of(signature), data_of(message), message.size(),
                                       key.bytes.data()) == 0;
}

}  // namespace filrouge
