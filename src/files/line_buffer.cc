#include "files/line_buffer.h"

#include <cstring>

#include "files/record.h"

namespace filrouge::files {
namespace {

constexpr std::size_t kChunkBytes = 512 * 1024;
constexpr std::size_t kSlackBytes = 64;  // SIMDJSON_PADDING, and more

}  // namespace

LineBuffer::LineBuffer(std::unique_ptr<ByteStream> bytes)
    : bytes_(std::move(bytes)), data_(kRecordBytesMax + kChunkBytes + kSlackBytes) {}

Result<bool> LineBuffer::more() {
    if (ended_ || end_ - begin_ > kRecordBytesMax) return false;
    if (begin_ != 0) {
        std::memmove(data_.data(), data_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    const std::size_t room = data_.size() - kSlackBytes - end_;
    const std::size_t n = TRY(bytes_->read(data_.data() + end_, room));
    end_ += n;
    ended_ = n == 0;
    return n != 0;
}

Result<std::size_t> LineBuffer::line_length() {
    std::size_t searched = 0;
    for (;;) {
        const std::string_view all = window();
        const std::size_t at = all.find('\n', searched);
        if (at != std::string_view::npos) return at > kRecordBytesMax ? kTooLong : at + 1;
        if (all.size() > kRecordBytesMax) return kTooLong;
        searched = all.size();
        if (!TRY(more())) return all.size();
    }
}

Result<void> LineBuffer::skip_line() {
    for (;;) {
        const std::string_view all = window();
        const std::size_t at = all.find('\n');
        if (at != std::string_view::npos) {
            consume(at + 1);
            return {};
        }
        consume(all.size());
        if (!TRY(more())) return {};
    }
}

}  // namespace filrouge::files
