// The records of who is signed in and what was used last: SessionChange and CredentialsUsed. Spec:
// docs/formats/records.md. A session is known by the SHA-256 of its secret alone, so that neither
// log nor snapshot signs anybody in.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "storage/sha256.h"

namespace filrouge::engine {

constexpr std::size_t kUsesMax = 10'000;  // of one record, of each kind

struct SessionChange {
    bool ended = false;
    Digest secret;
    IngestTime at;
    // Of one that begins: the document (an account, a token) and the sequence of its latest record.
    std::uint32_t document = 0;
    std::uint64_t version = 0;
};
void encode_session(const SessionChange& change, Bytes& out);
bool decode_session(BytesView clear, SessionChange& change);

struct CredentialsUsed {
    std::vector<std::pair<Digest, IngestTime>> sessions;         // when each was used last
    std::vector<std::pair<std::uint32_t, std::int32_t>> tokens;  // document; day since 1970, UTC
};
void encode_uses(const CredentialsUsed& used, Bytes& out);
bool decode_uses(BytesView clear, CredentialsUsed& used);

}  // namespace filrouge::engine
