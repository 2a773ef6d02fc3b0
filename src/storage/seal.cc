#include "storage/seal.h"

#include <zstd.h>

#include <memory>

#include "base/assert.h"
#include "storage/aead.h"
#include "storage/log.h"

namespace filrouge {
namespace {

constexpr std::size_t kFormBytes = 1;
constexpr std::size_t kNonceBytes = 12;
constexpr int kZstdLevel = 1;
// Past it a plaintext is not compressed, and a frame that claims more is not opened.
constexpr std::uint64_t kPlainBytesMax = std::uint64_t{kRecordBytesMax} * 16;

enum class Form : std::uint8_t { Plain = 0, Zstd = 1 };  // on disk: never renumber

struct FreeZstd {
    void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
    void operator()(ZSTD_DCtx* d) const { ZSTD_freeDCtx(d); }
};

// Contexts and buffers of the calling thread, kept because making them costs more than their use.
struct Scratch {
    std::unique_ptr<ZSTD_CCtx, FreeZstd> compress{ZSTD_createCCtx()};
    std::unique_ptr<ZSTD_DCtx, FreeZstd> decompress{ZSTD_createDCtx()};
    Bytes buffer;
};
Scratch& scratch() {
    static thread_local Scratch held;
    ASSERT(held.compress != nullptr && held.decompress != nullptr);
    return held;
}

// The compressed bytes, valid until the thread's next call; empty when they would not be fewer.
BytesView compressed(BytesView plain) {
    if (plain.size() < kCompressFrom || plain.size() > kPlainBytesMax) return {};
    Scratch& s = scratch();
    s.buffer.resize(ZSTD_compressBound(plain.size()));
    const std::size_t size = ZSTD_compressCCtx(s.compress.get(), s.buffer.data(), s.buffer.size(),
                                               plain.data(), plain.size(), kZstdLevel);
    if (ZSTD_isError(size) != 0 || size >= plain.size()) return {};
    return {s.buffer.data(), size};
}

Error broken() {
    return {"seal.broken", "A sealed part does not open: another key or changed bytes.",
            "Run `filrouge log verify`; after a restore check that keys/ belongs to this log."};
}

Result<void> decompress(BytesView frame, Bytes& plain_out) {
    const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
        size > kPlainBytesMax) {
        return broken();
    }
    plain_out.resize(size);
    const std::size_t done = ZSTD_decompressDCtx(scratch().decompress.get(), plain_out.data(), size,
                                                 frame.data(), frame.size());
    if (ZSTD_isError(done) != 0 || done != size) return broken();
    return {};
}

}  // namespace

void init_crypto() { static_cast<void>(aead::sodium_available()); }

void seal(const DataKey& key, const Nonce& nonce, BytesView associated, BytesView plain,
          Bytes& out) {
    const BytesView smaller = compressed(plain);
    const Form form = smaller.empty() ? Form::Plain : Form::Zstd;
    const BytesView body = smaller.empty() ? plain : smaller;
    out.resize(kSealOverhead + body.size());
    out[0] = static_cast<char>(form);
    std::memcpy(out.data() + kFormBytes, nonce.bytes.data(), kNonceBytes);
    aead::encrypt(key, nonce, associated, static_cast<std::uint8_t>(form), body,
                  out.data() + kFormBytes + kNonceBytes);
}

Result<void> unseal(const DataKey& key, BytesView associated, BytesView sealed, Bytes& plain_out) {
    if (sealed.size() < kSealOverhead) return broken();
    const auto form = static_cast<Form>(static_cast<std::uint8_t>(sealed[0]));
    if (form != Form::Plain && form != Form::Zstd) return broken();
    Nonce nonce;
    std::memcpy(nonce.bytes.data(), sealed.data() + kFormBytes, kNonceBytes);
    const BytesView body = sealed.substr(kFormBytes + kNonceBytes);
    Bytes& opened = form == Form::Plain ? plain_out : scratch().buffer;
    opened.resize(body.size() - aead::kTagBytes);
    if (!aead::decrypt(key, nonce, associated, static_cast<std::uint8_t>(form), body,
                       opened.data())) {
        return broken();
    }
    if (form == Form::Plain) return {};
    return decompress(opened, plain_out);
}

}  // namespace filrouge
