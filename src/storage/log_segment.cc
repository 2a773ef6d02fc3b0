#include "storage/log_segment.h"

#include <algorithm>
#include <charconv>

#include "base/crc32c.h"
#include "storage/raw_bytes.h"

namespace filrouge {
namespace {

using log_format::damaged;
using log_format::FrameScanner;

constexpr BytesView kIndexMagic("FRIDX1\0\0", 8);
constexpr std::size_t kIndexHeaderBytes = 56;
constexpr std::size_t kIndexEntryBytes = 16;
constexpr std::size_t kNameDigits = 12;
constexpr std::uint64_t kIndexFileBytesMax = 64 * 1024 * 1024;

std::string index_path(const Segment& segment) {
    return segment.path.substr(0, segment.path.size() - 1) + "i";
}

}  // namespace

void Segment::add(std::uint64_t offset, std::uint64_t length, std::uint64_t last,
                  std::uint32_t crc) {
    if (index.empty() || offset >= index.back().offset + kIndexEveryBytes) {
        index.push_back({last_sequence + 1, offset});
    }
    last_begin = offset;
    end = offset + length;
    last_sequence = last;
    last_crc = crc;
}

IndexEntry Segment::place_of(std::uint64_t sequence) const {
    const auto after = std::upper_bound(
        index.begin(), index.end(), sequence,
        [](std::uint64_t wanted, const IndexEntry& entry) { return wanted < entry.sequence; });
    if (after == index.begin()) return {header.first_sequence, log_format::kSegmentHeaderBytes};
    return *(after - 1);
}

std::string segment_name(std::uint64_t first_sequence) {
    std::string digits = std::to_string(first_sequence);
    if (digits.size() < kNameDigits) digits.insert(0, kNameDigits - digits.size(), '0');
    return digits + ".frl";
}

std::optional<std::uint64_t> parse_segment_name(const std::string& name) {
    if (name.size() < kNameDigits + 4 || !name.ends_with(".frl")) return std::nullopt;
    std::uint64_t number = 0;
    const char* end = name.data() + name.size() - 4;
    const auto [stopped, code] = std::from_chars(name.data(), end, number);
    if (code != std::errc() || stopped != end || segment_name(number) != name) return std::nullopt;
    return number;
}

Result<Segment> read_segment_header(Disk& disk, const std::string& folder,
                                    std::uint64_t first_sequence) {
    Segment segment;
    segment.path = folder + "/" + segment_name(first_sequence);
    const auto file = TRY(disk.open(segment.path, Disk::Open::Existing));
    Bytes bytes;
    TRY(file->read_at(0, log_format::kSegmentHeaderBytes, bytes));
    segment.header = TRY(log_format::decode_header(bytes, segment.path));
    if (segment.header.first_sequence != first_sequence) {
        return damaged(segment.path, 24,
                       "the header names another first sequence than the file name");
    }
    segment.file_bytes = TRY(file->size());
    if (segment.file_bytes < segment.header.file_bytes) {
        return damaged(segment.path, segment.file_bytes,
                       "the file ends here; it was made with " +
                           std::to_string(segment.header.file_bytes) + " bytes");
    }
    segment.last_sequence = first_sequence - 1;
    segment.last_crc = segment.header.chain;
    return segment;
}

Result<ScanEnd> scan_segment(const File& file, Segment& segment, ScanWish wish) {
    FrameScanner scanner(file, segment.end, segment.file_bytes,
                         log_format::seed_of(segment.header.log_id));
    auto found = TRY(scanner.next());
    for (; found == FrameScanner::Found::Frame; found = TRY(scanner.next())) {
        const log_format::Frame& frame = scanner.frame();
        if (frame.first_sequence != segment.last_sequence + 1 || frame.chain != segment.last_crc) {
            return damaged(segment.path, frame.offset,
                           "this group does not follow the one before it");
        }
        if (wish.records) {
            TRY(log_format::each_record(frame, segment.path, 0, true,
                                        [](const RecordView&) { return true; }));
        }
        segment.add(frame.offset, frame.length, frame.last_sequence(), frame.crc);
    }
    return ScanEnd{found, TRY(scanner.end_of_bytes())};
}

Result<std::uint64_t> torn_tail_bytes(const File& file, const Segment& segment,
                                      const ScanEnd& end) {
    if (end.bytes_end <= segment.end) return std::uint64_t{0};
    FrameScanner scanner(file, segment.end, segment.file_bytes,
                         log_format::seed_of(segment.header.log_id));
    const auto promised = TRY(scanner.promised_end(segment.last_sequence + 1));
    if (promised && end.bytes_end > *promised) {
        return damaged(segment.path, segment.end, "a group is broken and is not the last one");
    }
    if (const auto later = TRY(scanner.find_frame_after())) {
        return damaged(segment.path, segment.end,
                       "a group is broken; a good one follows at offset " + std::to_string(*later));
    }
    return end.bytes_end - segment.end;
}

bool load_index(Disk& disk, Segment& segment) {
    if (!disk.exists(index_path(segment))) return false;
    auto bytes = read_whole(disk, index_path(segment), kIndexFileBytesMax);
    if (!bytes.ok() || bytes.value().size() < kIndexHeaderBytes + 4) return false;
    const BytesView view = bytes.value();
    const char* at = view.data();
    const std::size_t body = view.size() - 4;
    const std::size_t count = load_le<std::uint32_t>(at + 12);
    if (view.substr(0, 8) != kIndexMagic || load_le<std::uint32_t>(at + 8) != log_format::kFormat ||
        body != kIndexHeaderBytes + count * kIndexEntryBytes ||
        load_le<std::uint32_t>(at + body) != crc32c(view.substr(0, body)) ||
        load_le<std::uint64_t>(at + 16) != segment.header.log_id ||
        load_le<std::uint64_t>(at + 24) != segment.header.first_sequence ||
        load_le<std::uint64_t>(at + 40) > segment.file_bytes) {
        return false;
    }
    segment.last_sequence = load_le<std::uint64_t>(at + 32);
    segment.end = load_le<std::uint64_t>(at + 40);
    segment.last_crc = load_le<std::uint32_t>(at + 48);
    segment.index_stored = true;
    segment.index.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const char* entry = at + kIndexHeaderBytes + i * kIndexEntryBytes;
        segment.index.push_back({load_le<std::uint64_t>(entry), load_le<std::uint64_t>(entry + 8)});
    }
    return true;
}

void store_index(Disk& disk, const Segment& segment) {
    Bytes out;
    ByteWriter writer(out);
    writer.raw(kIndexMagic);
    writer.u32(log_format::kFormat);
    writer.u32(static_cast<std::uint32_t>(segment.index.size()));
    writer.u64(segment.header.log_id);
    writer.u64(segment.header.first_sequence);
    writer.u64(segment.last_sequence);
    writer.u64(segment.end);
    writer.u32(segment.last_crc);
    writer.u32(0);
    for (const IndexEntry& entry : segment.index) {
        writer.u64(entry.sequence);
        writer.u64(entry.offset);
    }
    writer.u32(crc32c(out));
    // Failure is harmless: without a good index the next opening scans the segment.
    auto file = disk.open(index_path(segment), Disk::Open::Create);
    if (!file.ok() || !file.value()->truncate(0).ok()) return;
    if (!file.value()->write_at(0, out).ok()) return;
}

}  // namespace filrouge
