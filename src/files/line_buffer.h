// A window on a stream that always shows whole lines, at most kRecordBytesMax bytes of one record.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "files/byte_stream.h"

namespace filrouge::files {

class LineBuffer {
  public:
    explicit LineBuffer(std::unique_ptr<ByteStream> bytes);

    // What is in the window. At least 64 readable bytes lie behind its end, for readers that look
    // at many bytes at once.
    std::string_view window() const { return {data_.data() + begin_, end_ - begin_}; }
    void consume(std::size_t bytes) { begin_ += bytes; }
    // Makes the window longer: false when the stream has ended or the window holds more than
    // kRecordBytesMax bytes. Views of the window are void afterwards.
    Result<bool> more();
    bool at_end() const { return ended_; }

    // The length of the first line with its LF, or of what is left when the stream ends without
    // one. 0: nothing is left. A line longer than kRecordBytesMax answers kTooLong.
    static constexpr std::size_t kTooLong = ~std::size_t{0};
    Result<std::size_t> line_length();
    // Passes over the rest of a line that is too long.
    Result<void> skip_line();

    std::uint64_t file_bytes_read() const { return bytes_->file_bytes_read(); }

  private:
    std::unique_ptr<ByteStream> bytes_;
    std::vector<char> data_;
    std::size_t begin_ = 0, end_ = 0;
    bool ended_ = false;
};

// The line without its LF or CRLF.
inline std::string_view without_line_end(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace filrouge::files
