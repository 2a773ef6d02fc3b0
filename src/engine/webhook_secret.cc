#include "engine/webhook_secret.h"

#include "base/text.h"
#include "storage/sha256.h"

namespace filrouge::engine {

std::string webhook_secret(const DataKey& key, std::string_view id) {
    constexpr std::size_t kSecretBytes = 24;
    const BytesView secret(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
    const Digest digest = hmac_sha256(secret, std::string("webhook ").append(id));
    return "whsec_" + base64_encode(digest.view().substr(0, kSecretBytes));
}

}  // namespace filrouge::engine
