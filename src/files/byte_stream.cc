#include "files/byte_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace filrouge::files {
namespace {

constexpr std::size_t kPackedChunkBytes = 256 * 1024;

Error io_error(const std::string& path, const std::string& what) {
    return {"files.unreadable", path + ": " + what, "Check the path and its rights."};
}
Error damaged(const std::string& path, const std::string& what) {
    return {"files.damaged", path + ": " + what,
            "Copy the file again; it is cut or not what its first bytes say."};
}

// The file as it lies on the disk; what was read to learn its kind is handed out first.
class RawFile {
  public:
    RawFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
    RawFile(const RawFile&) = delete;
    RawFile& operator=(const RawFile&) = delete;
    ~RawFile() { ::close(fd_); }

    Result<std::size_t> read(char* out, std::size_t size) {
        if (!head_.empty()) {
            const std::size_t n = std::min(size, head_.size());
            std::memcpy(out, head_.data(), n);
            head_.erase(0, n);
            bytes_ += n;
            return n;
        }
        for (;;) {
            const ssize_t n = ::read(fd_, out, size);
            if (n >= 0) {
                bytes_ += static_cast<std::uint64_t>(n);
                return static_cast<std::size_t>(n);
            }
            if (errno != EINTR) return io_error(path_, std::strerror(errno));
        }
    }
    Result<void> peek(std::size_t size) {
        std::string head(size, '\0');
        std::size_t got = 0;
        while (got < size) {
            const std::size_t n = TRY(read(head.data() + got, size - got));
            if (n == 0) break;
            got += n;
        }
        head.resize(got);
        head_ = std::move(head);
        bytes_ = 0;
        return {};
    }
    const std::string& head() const { return head_; }
    const std::string& path() const { return path_; }
    std::uint64_t bytes() const { return bytes_; }

  private:
    std::string path_, head_;
    int fd_;
    std::uint64_t bytes_ = 0;
};

class PlainStream final : public ByteStream {
  public:
    explicit PlainStream(std::unique_ptr<RawFile> file) : file_(std::move(file)) {}
    Result<std::size_t> read(char* out, std::size_t size) override {
        return file_->read(out, size);
    }
    std::uint64_t file_bytes_read() const override { return file_->bytes(); }

  private:
    std::unique_ptr<RawFile> file_;
};

class GzipStream final : public ByteStream {
  public:
    explicit GzipStream(std::unique_ptr<RawFile> file)
        : file_(std::move(file)), packed_(kPackedChunkBytes) {
        ASSERT(inflateInit2(&z_, 16 + MAX_WBITS) == Z_OK);
    }
    ~GzipStream() override { inflateEnd(&z_); }
    Result<std::size_t> read(char* out, std::size_t size) override {
        z_.next_out = reinterpret_cast<Bytef*>(out);
        z_.avail_out = static_cast<uInt>(std::min<std::size_t>(size, 1u << 30));
        const uInt room = z_.avail_out;
        while (z_.avail_out == room) {
            if (z_.avail_in == 0 && !TRY(refill())) {
                if (!between_members_)
                    return damaged(file_->path(), "the gzip data end in the middle");
                return std::size_t{0};
            }
            if (between_members_) {
                inflateReset(&z_);
                between_members_ = false;
            }
            const int code = inflate(&z_, Z_NO_FLUSH);
            if (code == Z_STREAM_END)
                between_members_ = true;
            else if (code != Z_OK && code != Z_BUF_ERROR)
                return damaged(file_->path(), "not valid gzip data");
        }
        return static_cast<std::size_t>(room - z_.avail_out);
    }
    std::uint64_t file_bytes_read() const override { return file_->bytes() - z_.avail_in; }

  private:
    Result<bool> refill() {
        const std::size_t n = TRY(file_->read(packed_.data(), packed_.size()));
        z_.next_in = reinterpret_cast<Bytef*>(packed_.data());
        z_.avail_in = static_cast<uInt>(n);
        return n != 0;
    }
    std::unique_ptr<RawFile> file_;
    std::vector<char> packed_;
    z_stream z_{};
    bool between_members_ = false;
};

class ZstdStream final : public ByteStream {
  public:
    explicit ZstdStream(std::unique_ptr<RawFile> file)
        : file_(std::move(file)), packed_(kPackedChunkBytes), context_(ZSTD_createDCtx()) {
        ASSERT(context_ != nullptr);
    }
    ~ZstdStream() override { ZSTD_freeDCtx(context_); }
    Result<std::size_t> read(char* out, std::size_t size) override {
        ZSTD_outBuffer unpacked{out, size, 0};
        while (unpacked.pos == 0) {
            if (in_.pos == in_.size && !flushing_ && !TRY(refill())) {
                if (!frame_done_) return damaged(file_->path(), "the zstd data end in the middle");
                return std::size_t{0};
            }
            const std::size_t code = ZSTD_decompressStream(context_, &unpacked, &in_);
            if (ZSTD_isError(code) != 0) return damaged(file_->path(), "not valid zstd data");
            frame_done_ = code == 0;
            // A full buffer may hide more output that needs no more input.
            flushing_ = !frame_done_ && unpacked.pos == unpacked.size;
        }
        return unpacked.pos;
    }
    std::uint64_t file_bytes_read() const override { return file_->bytes() - (in_.size - in_.pos); }

  private:
    Result<bool> refill() {
        const std::size_t n = TRY(file_->read(packed_.data(), packed_.size()));
        in_ = {packed_.data(), n, 0};
        return n != 0;
    }
    std::unique_ptr<RawFile> file_;
    std::vector<char> packed_;
    ZSTD_DCtx* context_;
    ZSTD_inBuffer in_{nullptr, 0, 0};
    bool frame_done_ = true;
    bool flushing_ = false;
};

class MemoryStream final : public ByteStream {
  public:
    MemoryStream(std::string bytes, std::size_t step) : bytes_(std::move(bytes)), step_(step) {}
    Result<std::size_t> read(char* out, std::size_t size) override {
        const std::size_t n = std::min({size, step_, bytes_.size() - at_});
        std::memcpy(out, bytes_.data() + at_, n);
        at_ += n;
        return n;
    }
    std::uint64_t file_bytes_read() const override { return at_; }

  private:
    std::string bytes_;
    std::size_t step_, at_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> ByteStream::open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return io_error(path, std::strerror(errno));
    auto file = std::make_unique<RawFile>(path, fd);
    struct stat about {};
    if (::fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) return io_error(path, "is a folder");
    TRY(file->peek(4));
    const std::string& head = file->head();
    std::unique_ptr<ByteStream> stream;
    if (head.starts_with("\x1f\x8b"))
        stream = std::make_unique<GzipStream>(std::move(file));
    else if (head == "\x28\xb5\x2f\xfd")
        stream = std::make_unique<ZstdStream>(std::move(file));
    else
        stream = std::make_unique<PlainStream>(std::move(file));
    return stream;
}

std::unique_ptr<ByteStream> stream_of(std::string bytes, std::size_t step) {
    return std::make_unique<MemoryStream>(std::move(bytes), step);
}

Result<std::uint64_t> file_size(const std::string& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return io_error(path, std::strerror(errno));
    return static_cast<std::uint64_t>(about.st_size);
}

}  // namespace filrouge::files
