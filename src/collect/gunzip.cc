#include "collect/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/mutant.h"

namespace filrouge::collect {
namespace {

constexpr std::size_t kChunkBytes = 16 * 1024;

class Inflater {
  public:
    Inflater() : ready_(inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK) {}
    ~Inflater() {
        if (ready_) inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    bool ready() const { return ready_; }
    z_stream& stream() { return stream_; }

  private:
    z_stream stream_{};
    const bool ready_;
};

Error too_large(std::size_t bytes_max, std::size_t ratio_max) {
    return Error{"collect.gzip_too_large",
                 "The body unpacks to more than the limit of " + std::to_string(bytes_max) +
                     " bytes or " + std::to_string(ratio_max) + " times its size.",
                 "Send smaller batches."};
}

Error broken() {
    return Error{"collect.gzip_broken", "The body is not whole gzip data.",
                 "Check Content-Encoding, and that no proxy cuts the body."};
}

}  // namespace

Result<Bytes> gunzip(BytesView body, std::size_t bytes_max, std::size_t ratio_max) {
    Inflater inflater;
    if (!inflater.ready()) return broken();
    z_stream& stream = inflater.stream();
    // zlib's interface is older than const.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    const std::size_t limit = std::min(bytes_max, body.size() * ratio_max);
    Bytes out;
    out.reserve(std::min(limit, body.size() * 4) + kBodyPadding);
    std::array<char, kChunkBytes> chunk;
    for (;;) {
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        const int status = inflate(&stream, Z_NO_FLUSH);
        const std::size_t made = chunk.size() - stream.avail_out;
        if (out.size() + made > limit && !MUTANT(gzip_without_end))
            return too_large(bytes_max, ratio_max);
        out.append(chunk.data(), made);
        if (status == Z_STREAM_END) {
            if (stream.avail_in == 0) break;
            if (inflateReset(&stream) != Z_OK) return broken();
        } else if (status != Z_OK || (made == 0 && stream.avail_in == 0)) {
            return broken();
        }
    }
    const std::size_t size = out.size();
    out.append(kBodyPadding, '\0');
    out.resize(size);
    return out;
}

}  // namespace filrouge::collect
