#include "storage/sha256.h"

#include <openssl/sha.h>

#include "base/text.h"

namespace filrouge {

std::string sha256_hex(BytesView bytes) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
    return hex_encode({reinterpret_cast<const char*>(digest), sizeof digest});
}

}  // namespace filrouge
