// Sealing: AES-256-GCM (NIST SP 800-38D) with the fragment's data key, a 96-bit nonce that is
// never used twice under a key, and the record's clear part as associated data, so that neither
// part can be changed or swapped. libsodium's AES-NI code where the machine has it, OpenSSL's
// elsewhere: the bytes are the same. Larger plaintexts are compressed first. Spec:
// docs/formats/log.md, section "sealed part".
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace filrouge {

struct DataKey {
    std::array<unsigned char, 32> bytes{};
    bool operator==(const DataKey&) const = default;
};
struct Nonce {
    std::array<unsigned char, 12> bytes{};
};

constexpr std::size_t kSealOverhead = 1 + 12 + 16;  // form, nonce, tag
constexpr std::size_t kCompressFrom = 1024;         // bytes; below it zstd costs more than it saves

void init_crypto();  // once, before threads start; idempotent

// `out` and `plain_out` are replaced, and must not be what the other arguments look at. Both calls
// run in any thread.
void seal(const DataKey& key, const Nonce& nonce, BytesView associated, BytesView plain,
          Bytes& out);
// Error "seal.broken": another key, or changed bytes.
Result<void> unseal(const DataKey& key, BytesView associated, BytesView sealed, Bytes& plain_out);

}  // namespace filrouge
