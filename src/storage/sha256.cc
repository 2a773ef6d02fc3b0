#include "storage/sha256.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/assert.h"
#include "base/text.h"

namespace filrouge {
namespace {

const unsigned char* data_of(BytesView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

std::string Digest::hex() const { return hex_encode(view()); }

Digest sha256(BytesView bytes) {
    Digest out;
    SHA256(data_of(bytes), bytes.size(), out.bytes.data());
    return out;
}

Digest hmac_sha256(BytesView key, BytesView bytes) {
    Digest out;
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data_of(bytes), bytes.size(),
         out.bytes.data(), &size);
    ASSERT(size == out.bytes.size());
    return out;
}

std::string sha256_hex(BytesView bytes) { return sha256(bytes).hex(); }

}  // namespace filrouge
