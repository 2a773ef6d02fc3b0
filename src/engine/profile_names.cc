#include "engine/profile_names.h"

#include <openssl/evp.h>

#include <cstring>

#include "base/assert.h"

namespace filrouge::engine {
namespace {

struct Context {
    EVP_CIPHER_CTX* ctx = EVP_CIPHER_CTX_new();
    ~Context() { EVP_CIPHER_CTX_free(ctx); }
};

void one_block(const DataKey& key, bool encrypt, const unsigned char (&in)[16],
               unsigned char (&out)[16]) {
    thread_local Context context;
    int n = 0;
    const int ok = EVP_CipherInit_ex(context.ctx, EVP_aes_256_ecb(), nullptr, key.bytes.data(),
                                     nullptr, encrypt ? 1 : 0) == 1 &&
                   EVP_CIPHER_CTX_set_padding(context.ctx, 0) == 1 &&
                   EVP_CipherUpdate(context.ctx, out, &n, in, sizeof in) == 1;
    ASSERT(ok && n == sizeof out);
}

}  // namespace

ProfileId ProfileNames::name_of(FragmentNo fragment) const {
    unsigned char plain[16] = {};
    for (std::size_t i = 0; i < 4; ++i)
        plain[i] = static_cast<unsigned char>(fragment.value >> (8 * i));
    unsigned char sealed[16];
    one_block(key_, true, plain, sealed);
    ProfileId id;
    for (std::size_t i = 0; i < 8; ++i) {
        id.high = id.high << 8 | sealed[i];
        id.low = id.low << 8 | sealed[8 + i];
    }
    return id;
}

std::optional<FragmentNo> ProfileNames::fragment_of(const ProfileId& id) const {
    unsigned char sealed[16];
    for (std::size_t i = 0; i < 8; ++i) {
        sealed[i] = static_cast<unsigned char>(id.high >> (56 - 8 * i));
        sealed[8 + i] = static_cast<unsigned char>(id.low >> (56 - 8 * i));
    }
    unsigned char plain[16];
    one_block(key_, false, sealed, plain);
    FragmentNo fragment{0};
    for (std::size_t i = 0; i < 4; ++i)
        fragment.value |= static_cast<std::uint32_t>(plain[i]) << (8 * i);
    for (std::size_t i = 4; i < 16; ++i) {
        if (plain[i] != 0) return std::nullopt;
    }
    return fragment;
}

}  // namespace filrouge::engine
