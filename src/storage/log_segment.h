// One segment file of the log: what is known about it, how it is scanned, and its index file. Not
// thread-safe; SegmentLog owns the segments under its mutex. Spec: docs/formats/log.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "seam/disk.h"
#include "storage/log_format.h"

namespace filrouge {

constexpr std::uint64_t kIndexEveryBytes = 64 * 1024;

struct IndexEntry {
    std::uint64_t sequence = 0;  // of the frame's first record
    std::uint64_t offset = 0;
};

struct Segment {
    std::string path;
    log_format::SegmentHeader header;
    std::uint64_t last_sequence = 0;  // header.first_sequence - 1 while it is empty
    std::uint64_t end = log_format::kSegmentHeaderBytes;         // past the last good frame
    std::uint64_t last_begin = log_format::kSegmentHeaderBytes;  // of that frame; `end` if none
    std::uint64_t file_bytes = 0;
    std::uint32_t last_crc = 0;  // of the last frame; the header's chain while it is empty
    std::vector<IndexEntry> index;
    bool index_stored = false;

    void add(std::uint64_t offset, std::uint64_t length, std::uint64_t last, std::uint32_t crc);
    // Where to start reading to meet `sequence`: a frame that begins at or before it.
    IndexEntry place_of(std::uint64_t sequence) const;
};

std::string segment_name(std::uint64_t first_sequence);
// The first sequence, when `name` is a segment's.
std::optional<std::uint64_t> parse_segment_name(const std::string& name);

// Reads and checks the header; the segment is empty as long as it is not scanned.
Result<Segment> read_segment_header(Disk& disk, const std::string& folder,
                                    std::uint64_t first_sequence);

struct ScanEnd {
    log_format::FrameScanner::Found why = log_format::FrameScanner::Found::Nothing;
    std::uint64_t bytes_end = 0;  // past the last byte that is not zero
};
struct ScanWish {
    bool records = false;  // check every record's own CRC, too
};
// Fills `segment` from its frames, up to the first place that holds none. A right frame in the
// wrong place is "log.damaged".
Result<ScanEnd> scan_segment(const File& file, Segment& segment, ScanWish wish = {});
// For the last segment: how many bytes of an unfinished group stand behind the last frame. Damage,
// as opposed to a torn tail, is an Error. Changes nothing.
Result<std::uint64_t> torn_tail_bytes(const File& file, const Segment& segment, const ScanEnd& end);

// The index file: derived, so a missing or broken one answers false and is never an Error.
bool load_index(Disk& disk, Segment& segment);
void store_index(Disk& disk, const Segment& segment);

}  // namespace filrouge
