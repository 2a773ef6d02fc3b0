#include "engine/session_record.h"

#include <algorithm>

namespace filrouge::engine {

namespace {

constexpr std::uint8_t kBegan = 1, kEnded = 2;

Digest read_digest(ByteReader& r) {
    Digest digest;
    const BytesView bytes = r.raw(digest.bytes.size());
    if (!r.bad()) std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
    return digest;
}

// A count that the rest cannot hold is none.
std::size_t read_count(ByteReader& r) {
    const std::uint64_t count = r.varint();
    return count <= kUsesMax ? static_cast<std::size_t>(count) : kUsesMax + 1;
}

}  // namespace

void encode_session(const SessionChange& change, Bytes& out) {
    ByteWriter w(out);
    w.u8(change.ended ? kEnded : kBegan);
    w.raw(change.secret.view());
    w.i64(change.at.us);
    if (change.ended) return;
    w.u32(change.document);
    w.u64(change.version);
}

bool decode_session(BytesView clear, SessionChange& change) {
    ByteReader r(clear);
    const std::uint8_t what = r.u8();
    change.ended = what == kEnded;
    change.secret = read_digest(r);
    change.at.us = r.i64();
    if (what == kBegan) {
        change.document = r.u32();
        change.version = r.u64();
    }
    return !r.bad() && (what == kBegan || what == kEnded);
}

void encode_uses(const CredentialsUsed& used, Bytes& out) {
    ByteWriter w(out);
    w.varint(used.sessions.size());
    for (const auto& [secret, at] : used.sessions) {
        w.raw(secret.view());
        w.i64(at.us);
    }
    w.varint(used.tokens.size());
    for (const auto& [document, day] : used.tokens) {
        w.u32(document);
        w.varint_signed(day);
    }
}

bool decode_uses(BytesView clear, CredentialsUsed& used) {
    used = {};
    ByteReader r(clear);
    const std::size_t sessions = read_count(r);
    for (std::size_t i = 0; i < sessions && !r.bad(); ++i) {
        const Digest secret = read_digest(r);
        used.sessions.emplace_back(secret, IngestTime{r.i64()});
    }
    const std::size_t tokens = read_count(r);
    for (std::size_t i = 0; i < tokens && !r.bad(); ++i) {
        const std::uint32_t document = r.u32();
        used.tokens.emplace_back(document, static_cast<std::int32_t>(r.varint_signed()));
    }
    return !r.bad() && sessions <= kUsesMax && tokens <= kUsesMax;
}

}  // namespace filrouge::engine
