// The log's bytes: encoding a group, and walking the frames of a segment file. Knows no folder and
// no state. Spec: docs/formats/log.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "seam/disk.h"
#include "storage/log.h"

namespace filrouge::log_format {

constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kSegmentHeaderBytes = 64;
constexpr std::size_t kFrameHeaderBytes = 4 + 4 + 4 + 4 + 8 + 8 + 4;
constexpr std::size_t kRecordHeaderBytes = 4 + 4 + 8 + 8 + 1 + 1 + 4 + 4;
constexpr std::size_t kReadBlockBytes = 1024 * 1024;

struct SegmentHeader {
    std::uint64_t log_id = 0;
    std::uint64_t first_sequence = 0;
    std::uint32_t chain = 0;
    std::uint64_t file_bytes = 0;
};

std::uint32_t seed_of(std::uint64_t log_id);  // every frame CRC of the log starts from it
Bytes encode_header(const SegmentHeader& header);
Result<SegmentHeader> decode_header(BytesView bytes, const std::string& path);
Error damaged(const std::string& path, std::uint64_t offset, const std::string& what);

// The length of the whole frame with its header; "log.record_too_large" or "log.group_too_large".
Result<std::uint64_t> frame_bytes(const std::vector<NewRecord>& records);

struct GroupPlace {
    std::uint32_t seed = 0;
    std::uint32_t chain = 0;
    std::uint64_t first_sequence = 0;
    IngestTime received;
};
// Writes the frame into `out`, which has frame_bytes(records) bytes; answers the frame's CRC.
std::uint32_t encode_group(const GroupPlace& place, const std::vector<NewRecord>& records,
                           char* out);

struct Frame {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;  // with the header
    std::uint32_t crc = 0;
    std::uint32_t chain = 0;
    std::uint32_t count = 0;
    std::uint64_t first_sequence = 0;
    IngestTime received;
    BytesView payload;  // valid until the scanner moves
    std::uint64_t end() const { return offset + length; }
    std::uint64_t last_sequence() const { return first_sequence + count - 1; }
};

// Walks the frames of one file from `offset` and never past `limit`, through one big buffer.
class FrameScanner {
  public:
    enum class Found {
        Frame,    // right CRC
        Nothing,  // a header of zeros, or no room for one
        Broken,   // anything else
    };
    FrameScanner(const File& file, std::uint64_t offset, std::uint64_t limit, std::uint32_t seed)
        : file_(file), offset_(offset), limit_(limit), seed_(seed) {}

    Result<Found> next();  // moves past the frame only when it found one
    const Frame& frame() const { return frame_; }
    std::uint64_t offset() const { return offset_; }

    // About the place where next() found no frame:
    // where a right frame begins after it, if anywhere;
    Result<std::optional<std::uint64_t>> find_frame_after();
    // the offset after the last byte from here that is not zero; offset() when there is none;
    Result<std::uint64_t> end_of_bytes();
    // and the end of the frame whose header stands here, undamaged as far as one can see.
    Result<std::optional<std::uint64_t>> promised_end(std::uint64_t expected_sequence);

  private:
    Result<bool> load(std::uint64_t offset, std::uint64_t size);  // false: beyond the limit
    const char* at(std::uint64_t offset) const { return buffer_.data() + (offset - buffer_from_); }
    Result<std::optional<Frame>> frame_at(std::uint64_t offset);

    const File& file_;
    std::uint64_t offset_;
    std::uint64_t limit_;
    std::uint32_t seed_;
    Bytes buffer_;
    std::uint64_t buffer_from_ = 0;
    Frame frame_;
};

// Calls `each` for the records of a frame with sequences from `from` on; answers false when `each`
// did. The frame's CRC vouches for the bytes; with `check_crc` the records' own are checked too.
Result<bool> each_record(const Frame& frame, const std::string& path, std::uint64_t from,
                         bool check_crc, const std::function<bool(const RecordView&)>& each);

}  // namespace filrouge::log_format
