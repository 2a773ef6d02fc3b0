#include "storage/log_format.h"

#include <algorithm>
#include <cstring>

#include "base/crc32c.h"
#include "base/mutant.h"
#include "model/record_versions.h"
#include "storage/raw_bytes.h"

namespace filrouge::log_format {
namespace {

constexpr BytesView kSegmentMagic("FRLOG1\0\0", 8);
constexpr BytesView kFrameMagic("FRG1", 4);
constexpr std::size_t kFrameCrcFrom = 8;  // the CRC covers the frame from this byte on
constexpr std::size_t kRecordCrcFrom = 4;

char* encode_record(const NewRecord& record, std::uint64_t sequence, IngestTime received,
                    char* out) {
    const std::size_t length = kRecordHeaderBytes + record.clear.size() + record.sealed.size();
    store_le(out + 4, static_cast<std::uint32_t>(length));
    store_le(out + 8, sequence);
    store_le(out + 16, received.us);
    store_le(out + 24, static_cast<std::uint8_t>(record.type));
    store_le(out + 25, record.version);
    store_le(out + 26, record.fragment.value);
    store_le(out + 30, static_cast<std::uint32_t>(record.clear.size()));
    std::memcpy(out + kRecordHeaderBytes, record.clear.data(), record.clear.size());
    std::memcpy(out + kRecordHeaderBytes + record.clear.size(), record.sealed.data(),
                record.sealed.size());
    store_le(out, crc32c(BytesView(out + kRecordCrcFrom, length - kRecordCrcFrom)));
    return out + length;
}

}  // namespace

std::uint32_t seed_of(std::uint64_t log_id) {
    char bytes[8];
    store_le(bytes, log_id);
    return crc32c(BytesView(bytes, sizeof bytes));
}

Bytes encode_header(const SegmentHeader& header) {
    Bytes out(kSegmentHeaderBytes, '\0');
    std::memcpy(out.data(), kSegmentMagic.data(), kSegmentMagic.size());
    store_le(out.data() + 8, kFormat);
    store_le(out.data() + 12, static_cast<std::uint32_t>(kSegmentHeaderBytes));
    store_le(out.data() + 16, header.log_id);
    store_le(out.data() + 24, header.first_sequence);
    store_le(out.data() + 32, header.chain);
    store_le(out.data() + 40, header.file_bytes);
    store_le(out.data() + 60, crc32c(BytesView(out.data(), 60)));
    return out;
}

Result<SegmentHeader> decode_header(BytesView bytes, const std::string& path) {
    if (bytes.size() < kSegmentHeaderBytes || bytes.substr(0, 8) != kSegmentMagic ||
        load_le<std::uint32_t>(bytes.data() + 60) != crc32c(bytes.substr(0, 60))) {
        return damaged(path, 0, "the segment's header is broken");
    }
    const auto format = load_le<std::uint32_t>(bytes.data() + 8);
    if (format > kFormat) {
        return Error{"log.newer_format",
                     path + " has log format " + std::to_string(format) +
                         "; this program knows formats up to " + std::to_string(kFormat) + ".",
                     "Start the newer filrouge that wrote it. Nothing has been changed."};
    }
    if (format != kFormat || load_le<std::uint32_t>(bytes.data() + 12) != kSegmentHeaderBytes) {
        return damaged(path, 8, "the segment's header has an unknown format");
    }
    return SegmentHeader{
        load_le<std::uint64_t>(bytes.data() + 16), load_le<std::uint64_t>(bytes.data() + 24),
        load_le<std::uint32_t>(bytes.data() + 32), load_le<std::uint64_t>(bytes.data() + 40)};
}

Error damaged(const std::string& path, std::uint64_t offset, const std::string& what) {
    return {"log.damaged", path + ", offset " + std::to_string(offset) + ": " + what + ".",
            "Run `filrouge log verify` to see how much is damaged, then `filrouge repair "
            "--from-backup FOLDER`. Nothing has been changed."};
}

Result<std::uint64_t> frame_bytes(const std::vector<NewRecord>& records) {
    std::uint64_t sum = kFrameHeaderBytes;
    for (const NewRecord& record : records) {
        const std::uint64_t size = std::uint64_t{record.clear.size()} + record.sealed.size();
        if (size > kRecordBytesMax) {
            return Error{"log.record_too_large",
                         "A record has " + std::to_string(size) + " bytes; the limit is " +
                             std::to_string(kRecordBytesMax) + ".",
                         "Send less in one event."};
        }
        sum += kRecordHeaderBytes + size;
    }
    if (sum > kGroupBytesMax) {
        return Error{"log.group_too_large",
                     "A group has " + std::to_string(sum) + " bytes; the limit is " +
                         std::to_string(kGroupBytesMax) + ".",
                     "Append it in several groups."};
    }
    return sum;
}

std::uint32_t encode_group(const GroupPlace& place, const std::vector<NewRecord>& records,
                           char* out) {
    char* at = out + kFrameHeaderBytes;
    std::uint64_t sequence = place.first_sequence;
    for (const NewRecord& r : records) at = encode_record(r, sequence++, place.received, at);
    const auto length = static_cast<std::size_t>(at - out);
    std::memcpy(out, kFrameMagic.data(), kFrameMagic.size());
    store_le(out + 8, static_cast<std::uint32_t>(length - kFrameHeaderBytes));
    store_le(out + 12, static_cast<std::uint32_t>(records.size()));
    store_le(out + 16, place.first_sequence);
    store_le(out + 24, place.received.us);
    store_le(out + 32, place.chain);
    const std::uint32_t crc =
        crc32c(BytesView(out + kFrameCrcFrom, length - kFrameCrcFrom), place.seed);
    store_le(out + 4, crc);
    return crc;
}

Result<bool> FrameScanner::load(std::uint64_t offset, std::uint64_t size) {
    if (offset + size > limit_) return false;
    if (offset >= buffer_from_ && offset + size <= buffer_from_ + buffer_.size()) return true;
    const std::uint64_t wanted =
        std::min(limit_ - offset, std::max<std::uint64_t>(size, kReadBlockBytes));
    TRY(file_.read_at(offset, static_cast<std::size_t>(wanted), buffer_));
    buffer_from_ = offset;
    return buffer_.size() >= size;
}

Result<std::optional<Frame>> FrameScanner::frame_at(std::uint64_t offset) {
    if (!TRY(load(offset, kFrameHeaderBytes))) return std::optional<Frame>();
    const char* head = at(offset);
    Frame frame;
    frame.offset = offset;
    frame.length = kFrameHeaderBytes + std::uint64_t{load_le<std::uint32_t>(head + 8)};
    frame.crc = load_le<std::uint32_t>(head + 4);
    frame.count = load_le<std::uint32_t>(head + 12);
    frame.first_sequence = load_le<std::uint64_t>(head + 16);
    frame.received = {load_le<std::int64_t>(head + 24)};
    frame.chain = load_le<std::uint32_t>(head + 32);
    // The length is believed only within its limit, so a broken one costs no memory.
    if (BytesView(head, 4) != kFrameMagic || frame.length > kGroupBytesMax || frame.count == 0 ||
        !TRY(load(offset, frame.length))) {
        return std::optional<Frame>();
    }
    const BytesView whole(at(offset), frame.length);
    if (crc32c(whole.substr(kFrameCrcFrom), seed_) != frame.crc && !MUTANT(checksum_unchecked))
        return std::optional<Frame>();
    frame.payload = whole.substr(kFrameHeaderBytes);
    return std::optional<Frame>(frame);
}

Result<FrameScanner::Found> FrameScanner::next() {
    if (!TRY(load(offset_, kFrameHeaderBytes))) return Found::Nothing;
    if (all_zero(BytesView(at(offset_), kFrameHeaderBytes))) return Found::Nothing;
    const auto found = TRY(frame_at(offset_));
    if (!found) return Found::Broken;
    frame_ = *found;
    offset_ = frame_.end();
    return Found::Frame;
}

Result<std::optional<std::uint64_t>> FrameScanner::find_frame_after() {
    std::uint64_t from = offset_ + 1;
    while (TRY(load(from, kFrameHeaderBytes))) {
        const BytesView loaded(at(from), buffer_from_ + buffer_.size() - from);
        const std::size_t hit = loaded.find(kFrameMagic);
        if (hit == BytesView::npos) {
            from += loaded.size() - (kFrameMagic.size() - 1);  // a magic may straddle two blocks
            continue;
        }
        if (TRY(frame_at(from + hit))) return std::optional<std::uint64_t>(from + hit);
        from += hit + 1;
    }
    return std::optional<std::uint64_t>();
}

Result<std::uint64_t> FrameScanner::end_of_bytes() {
    std::uint64_t end = offset_;
    Bytes block;
    for (std::uint64_t from = offset_; from < limit_; from += kReadBlockBytes) {
        const std::uint64_t size = std::min<std::uint64_t>(kReadBlockBytes, limit_ - from);
        TRY(file_.read_at(from, static_cast<std::size_t>(size), block));
        if (!all_zero(block)) end = from + block.find_last_not_of('\0') + 1;
    }
    return end;
}

Result<std::optional<std::uint64_t>> FrameScanner::promised_end(std::uint64_t expected_sequence) {
    if (!TRY(load(offset_, kFrameHeaderBytes))) return std::optional<std::uint64_t>();
    const char* head = at(offset_);
    const std::uint64_t length =
        kFrameHeaderBytes + std::uint64_t{load_le<std::uint32_t>(head + 8)};
    if (BytesView(head, 4) != kFrameMagic || length > kGroupBytesMax ||
        load_le<std::uint64_t>(head + 16) != expected_sequence) {
        return std::optional<std::uint64_t>();
    }
    return std::optional<std::uint64_t>(offset_ + length);
}

Result<bool> each_record(const Frame& frame, const std::string& path, std::uint64_t from,
                         bool check_crc, const std::function<bool(const RecordView&)>& each) {
    const char* at = frame.payload.data();
    const char* end = at + frame.payload.size();
    // A restriction or an erasure that were passed over would be gone without a word.
    auto unknown = [&](std::uint64_t sequence, RecordType type, unsigned version) {
        return Error{"log.newer_format",
                     path + " has in record " + std::to_string(sequence) + " type " +
                         std::to_string(static_cast<unsigned>(type)) + ", version " +
                         std::to_string(version) + ", which this program does not know.",
                     "Start the newer filrouge that wrote it. Nothing has been added to the log."};
    };
    auto broken = [&] {
        const auto inside = static_cast<std::uint64_t>(at - frame.payload.data());
        return damaged(path, frame.offset + kFrameHeaderBytes + inside, "a record is broken");
    };
    for (std::uint32_t i = 0; i < frame.count; ++i) {
        const auto left = static_cast<std::size_t>(end - at);
        if (left < kRecordHeaderBytes) return broken();
        const std::size_t length = load_le<std::uint32_t>(at + 4);
        const std::size_t clear = load_le<std::uint32_t>(at + 30);
        const auto sequence = load_le<std::uint64_t>(at + 8);
        if (length < kRecordHeaderBytes || length > left || clear > length - kRecordHeaderBytes ||
            sequence != frame.first_sequence + i) {
            return broken();
        }
        const BytesView checked(at + kRecordCrcFrom, length - kRecordCrcFrom);
        if (check_crc && crc32c(checked) != load_le<std::uint32_t>(at)) return broken();
        if (sequence >= from) {
            RecordView view;
            view.sequence = sequence;
            view.received = {load_le<std::int64_t>(at + 16)};
            view.type = static_cast<RecordType>(load_le<std::uint8_t>(at + 24));
            view.version = load_le<std::uint8_t>(at + 25);
            view.fragment = {load_le<std::uint32_t>(at + 26)};
            view.clear = BytesView(at + kRecordHeaderBytes, clear);
            view.sealed =
                BytesView(at + kRecordHeaderBytes + clear, length - kRecordHeaderBytes - clear);
            if (view.version > newest_version(view.type))
                return unknown(sequence, view.type, view.version);
            if (!each(view)) return false;
        }
        at += length;
    }
    if (at != end) return broken();
    return true;
}

}  // namespace filrouge::log_format
