// The log as a folder of segment files. See storage/log.h for the promises and
// docs/formats/log.md for the bytes.
#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>

#include "base/mutant.h"
#include "storage/log.h"
#include "storage/log_end.h"
#include "storage/log_format.h"
#include "storage/log_helper.h"
#include "storage/log_segment.h"

namespace filrouge {
namespace {

using log_format::damaged;
using log_format::FrameScanner;
using log_format::kSegmentHeaderBytes;

constexpr const char* kPreparedName = "next.frl.new";

class SegmentLog : public Log {
  public:
    SegmentLog(Disk& disk, std::string folder, const SegmentLogOptions& options,
               std::uint64_t log_id)
        : disk_(disk),
          folder_(std::move(folder)),
          options_(options),
          log_id_(log_id),
          seed_(log_format::seed_of(log_id)) {
        if (options_.prepare_ahead) {
            helper_ = std::make_unique<LogHelper>(disk_, prepared_path(), options_.segment_bytes);
        }
    }

    Result<void> start_empty() { return roll(0); }
    void start_with(std::vector<Segment> segments, std::shared_ptr<File> active) {
        for (const Segment& s : segments) bytes_ += s.file_bytes;
        last_sequence_ = segments.back().last_sequence;
        segments_ = std::move(segments);
        active_ = std::move(active);
    }

    Result<std::uint64_t> append(IngestTime received,
                                 const std::vector<NewRecord>& records) override;
    std::uint64_t last_sequence() const override {
        return last_sequence_.load(std::memory_order_acquire);
    }
    Result<void> read(std::uint64_t from,
                      const std::function<bool(const RecordView&)>& each) override;
    std::uint64_t bytes() const override { return bytes_.load(std::memory_order_relaxed); }

  private:
    struct ReadPlan {
        std::string path;
        std::shared_ptr<File> file;  // the active one's; empty for a closed segment
        IndexEntry start;
        std::uint64_t end = 0;
        std::uint64_t last_sequence = 0;
    };

    std::string prepared_path() const { return folder_ + "/" + kPreparedName; }
    Result<void> roll(std::uint64_t group_bytes);
    Result<PreparedSegment> next_segment(std::uint64_t bytes);
    Result<void> enter_segment(PreparedSegment prepared, const log_format::SegmentHeader& header);
    void committed(std::uint64_t offset, std::uint64_t length, std::uint64_t last,
                   std::uint32_t crc);
    ReadPlan plan(std::uint64_t from) const;
    Result<bool> read_segment(const ReadPlan& plan, std::uint64_t from, std::uint64_t until,
                              const std::function<bool(const RecordView&)>& each) const;

    Disk& disk_;
    const std::string folder_;
    const SegmentLogOptions options_;
    const std::uint64_t log_id_;
    const std::uint32_t seed_;
    Bytes buffer_;         // of the appending thread; only grows
    bool failed_ = false;  // of the appending thread
    std::atomic<std::uint64_t> last_sequence_{0};
    std::atomic<std::uint64_t> bytes_{0};

    mutable std::mutex mutex_;  // guards all below; the appending thread alone changes them
    std::vector<Segment> segments_;
    std::shared_ptr<File> active_;
    // A ring of where the active segment's newest groups stand: whoever follows the log closely
    // starts exactly there instead of at the last index entry.
    std::array<IndexEntry, 256> recent_{};
    std::uint64_t recent_count_ = 0;

    std::unique_ptr<LogHelper> helper_;  // last: stops first
};

Result<std::uint64_t> SegmentLog::append(IngestTime received,
                                         const std::vector<NewRecord>& records) {
    if (failed_) {
        return Error{"log.stopped", "An earlier write to the log failed; nothing more is accepted.",
                     "Look for disk errors, then start filrouge again."};
    }
    if (records.empty()) return last_sequence();
    const std::uint64_t length = TRY(log_format::frame_bytes(records));
    if (segments_.back().end + length > segments_.back().file_bytes) TRY(roll(length));

    const Segment& segment = segments_.back();  // only this thread changes it
    const std::uint64_t offset = segment.end;
    if (buffer_.size() < length) buffer_.resize(length);
    const std::uint64_t last = segment.last_sequence + records.size();
    const log_format::GroupPlace place{seed_, segment.last_crc, segment.last_sequence + 1,
                                       received};
    const std::uint32_t crc = log_format::encode_group(place, records, buffer_.data());

    failed_ = !MUTANT(failed_sync_forgotten);  // until both calls have answered ok
    TRY(active_->write_at(offset, BytesView(buffer_.data(), length)));
    if (!MUTANT(no_sync)) TRY(active_->sync_data());
    failed_ = false;
    committed(offset, length, last, crc);
    return last;
}

void SegmentLog::committed(std::uint64_t offset, std::uint64_t length, std::uint64_t last,
                           std::uint32_t crc) {
    {
        const std::lock_guard lock(mutex_);
        Segment& segment = segments_.back();
        const std::uint64_t first = segment.last_sequence + 1;
        segment.add(offset, length, last, crc);
        recent_[recent_count_++ % recent_.size()] = {first, offset};
        last_sequence_.store(last, std::memory_order_release);
    }
    // Early, because on a slow disk the preparation may take as long as filling three quarters.
    if (helper_ && offset + length > segments_.back().file_bytes / 4) helper_->want_segment();
}

// Everything up to the new segment's first synced byte may be tried again when the disk is full;
// any other failure is final, as it is for a group.
Result<void> SegmentLog::roll(std::uint64_t group_bytes) {
    const std::uint64_t wanted =
        std::max(options_.segment_bytes, kSegmentHeaderBytes + group_bytes);
    auto prepared = next_segment(wanted);
    if (!prepared.ok()) {
        if (prepared.error().code == "disk.full") {
            static_cast<void>(disk_.remove(prepared_path()));  // gives back what it did get
            return Error{"log.disk_full",
                         "There is no space for the next " + std::to_string(wanted) +
                             " bytes of the log: " + prepared.error().message,
                         "Free space; the log goes on by itself as soon as there is some."};
        }
        failed_ = true;
        return std::move(prepared).error();
    }
    log_format::SegmentHeader header{log_id_, 1, seed_, 0};
    if (!segments_.empty()) {
        header.first_sequence = segments_.back().last_sequence + 1;
        header.chain = segments_.back().last_crc;
    }
    header.file_bytes = prepared.value().bytes;
    failed_ = true;  // until all of it has answered ok
    TRY(enter_segment(std::move(prepared).value(), header));
    failed_ = false;
    return {};
}

Result<PreparedSegment> SegmentLog::next_segment(std::uint64_t bytes) {
    if (helper_) {
        if (const auto ready = helper_->take()) {
            TRY(ready->file->preallocate(bytes));  // a group larger than a segment
            ready->bytes = std::max(ready->bytes, bytes);
            return std::move(*ready);
        }
    }
    return prepare_segment(disk_, prepared_path(), bytes, bytes);
}

Result<void> SegmentLog::enter_segment(PreparedSegment prepared,
                                       const log_format::SegmentHeader& header) {
    Segment fresh;
    fresh.path = folder_ + "/" + segment_name(header.first_sequence);
    fresh.header = header;
    fresh.last_sequence = header.first_sequence - 1;
    fresh.last_crc = header.chain;
    fresh.file_bytes = prepared.bytes;
    TRY(prepared.file->write_at(0, log_format::encode_header(header)));
    TRY(prepared.file->sync_data());
    TRY(disk_.rename(prepared_path(), fresh.path));
    if (!MUTANT(no_folder_sync)) TRY(disk_.sync_folder(folder_));
    bytes_ += fresh.file_bytes;
    if (!segments_.empty()) {  // closed now: the next segment is durable
        if (helper_) {
            helper_->want_index(segments_.back());
        } else {
            store_index(disk_, segments_.back());
        }
    }
    const std::lock_guard lock(mutex_);
    segments_.push_back(std::move(fresh));
    active_ = std::move(prepared.file);
    recent_count_ = 0;
    return {};
}

SegmentLog::ReadPlan SegmentLog::plan(std::uint64_t from) const {
    const std::lock_guard lock(mutex_);
    const auto after = std::upper_bound(
        segments_.begin(), segments_.end(), from,
        [](std::uint64_t wanted, const Segment& s) { return wanted < s.header.first_sequence; });
    ASSERT(after != segments_.begin());
    const Segment& segment = *(after - 1);
    ReadPlan out{segment.path, nullptr, segment.place_of(from), segment.end, segment.last_sequence};
    if (after == segments_.end()) {
        out.file = active_;
        for (std::uint64_t i = 1; i <= std::min<std::uint64_t>(recent_count_, recent_.size());
             ++i) {
            const IndexEntry& recent = recent_[(recent_count_ - i) % recent_.size()];
            if (recent.sequence > from) continue;
            out.start = recent;
            break;
        }
    }
    return out;
}

Result<void> SegmentLog::read(std::uint64_t from,
                              const std::function<bool(const RecordView&)>& each) {
    const std::uint64_t until = last_sequence();
    from = std::max<std::uint64_t>(from, 1);
    while (from <= until) {
        const ReadPlan segment = plan(from);
        if (!TRY(read_segment(segment, from, until, each))) return {};
        from = segment.last_sequence + 1;
    }
    return {};
}

// False when `each` has had enough.
Result<bool> SegmentLog::read_segment(const ReadPlan& plan, std::uint64_t from, std::uint64_t until,
                                      const std::function<bool(const RecordView&)>& each) const {
    std::shared_ptr<File> file = plan.file;
    if (!file) file = TRY(disk_.open(plan.path, Disk::Open::Existing));
    FrameScanner scanner(*file, plan.start.offset, plan.end, seed_);
    std::uint64_t expected = plan.start.sequence;
    std::uint32_t chain = 0;  // of a frame in the middle nothing says what its chain must be
    bool chain_known = false;
    while (expected <= std::min(until, plan.last_sequence)) {
        if (TRY(scanner.next()) != FrameScanner::Found::Frame) {
            return damaged(plan.path, scanner.offset(), "a group is broken");
        }
        const log_format::Frame& frame = scanner.frame();
        if (frame.first_sequence != expected || (chain_known && frame.chain != chain)) {
            return damaged(plan.path, frame.offset, "this group does not follow the one before it");
        }
        if (frame.last_sequence() >= from) {
            if (!TRY(log_format::each_record(frame, plan.path, from, false, each))) return false;
        }
        expected = frame.last_sequence() + 1;
        chain = frame.crc;
        chain_known = true;
    }
    return true;
}

// Opening, in the order of docs/formats/log.md: look first, change afterwards.

struct Found {
    std::vector<Segment> segments;  // headers read, not scanned
    bool leftover = false;          // a prepared segment that was never entered
};

Result<Found> find_segments(Disk& disk, const std::string& folder) {
    Found found;
    for (const std::string& name : TRY(disk.list(folder))) {
        if (name == kPreparedName) found.leftover = true;
        const auto first = parse_segment_name(name);
        if (first) found.segments.push_back(TRY(read_segment_header(disk, folder, *first)));
    }
    std::sort(found.segments.begin(), found.segments.end(), [](const Segment& a, const Segment& b) {
        return a.header.first_sequence < b.header.first_sequence;
    });
    return found;
}

// That segment `i` begins where the one before it, already scanned, ended.
Result<void> check_succession(const std::vector<Segment>& segments, std::size_t i) {
    const Segment& s = segments[i];
    const std::uint64_t expected = i == 0 ? 1 : segments[i - 1].last_sequence + 1;
    if (s.header.first_sequence != expected) {
        return damaged(s.path, 24,
                       "the log before it ends with sequence " + std::to_string(expected - 1));
    }
    const std::uint32_t chain =
        i == 0 ? log_format::seed_of(s.header.log_id) : segments[i - 1].last_crc;
    if (s.header.chain != chain || s.header.log_id != segments[0].header.log_id) {
        return damaged(s.path, 32, "this segment does not belong behind the one before it");
    }
    return {};
}

Result<void> take_closed(Disk& disk, Segment& segment) {
    if (load_index(disk, segment)) return {};
    const auto file = TRY(disk.open(segment.path, Disk::Open::Existing));
    const ScanEnd end = TRY(scan_segment(*file, segment));
    if (end.bytes_end > segment.end) return damaged(segment.path, segment.end, "a group is broken");
    return {};
}

Result<void> cut_tail(File& file, std::uint64_t from, std::uint64_t bytes) {
    const Bytes zeros(std::min<std::uint64_t>(bytes, log_format::kReadBlockBytes), '\0');
    for (std::uint64_t done = 0; done < bytes;) {
        const std::uint64_t n = std::min<std::uint64_t>(zeros.size(), bytes - done);
        TRY(file.write_at(from + done, BytesView(zeros.data(), n)));
        done += n;
    }
    return {};
}

// The last group may be one that no good sync has covered: its process was killed first, or its
// sync failed, and then the system may take the bytes for written and a second sync do nothing.
// Every group before it was synced before it was begun.
Result<void> make_last_durable(Disk& disk, const std::string& folder, File& file,
                               const Segment& last) {
    if (last.end > last.last_begin) {
        Bytes group;
        TRY(file.read_at(last.last_begin, last.end - last.last_begin, group));
        TRY(file.write_at(last.last_begin, group));
    }
    TRY(file.sync_data());
    return disk.sync_folder(folder);  // the name of the segment itself
}

}  // namespace

Result<std::unique_ptr<Log>> open_segment_log(Disk& disk, const std::string& folder,
                                              const SegmentLogOptions& options,
                                              LogOpening* opening) {
    TRY(disk.make_folder(folder));
    Found found = TRY(find_segments(disk, folder));
    std::vector<Segment>& segments = found.segments;
    LogOpening report;
    if (segments.empty()) {
        auto log = std::make_unique<SegmentLog>(disk, folder, options, options.new_log_id);
        TRY(log->start_empty());
        if (opening != nullptr) *opening = LogOpening{1, 0, 0};
        return std::unique_ptr<Log>(std::move(log));
    }
    for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
        TRY(check_succession(segments, i));
        TRY(take_closed(disk, segments[i]));
    }
    TRY(check_succession(segments, segments.size() - 1));
    Segment& last = segments.back();
    std::shared_ptr<File> active = TRY(disk.open(last.path, Disk::Open::Existing));
    const ScanEnd end = TRY(scan_segment(*active, last));
    report.torn_bytes = TRY(torn_tail_bytes(*active, last, end));
    report.segments = segments.size();
    report.records = last.last_sequence;

    // From here on the log is known to be good and may be changed.
    if (report.torn_bytes > 0) TRY(cut_tail(*active, last.end, report.torn_bytes));
    TRY(make_last_durable(disk, folder, *active, last));
    if (found.leftover) TRY(disk.remove(folder + "/" + kPreparedName));
    for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
        if (!segments[i].index_stored) store_index(disk, segments[i]);
    }
    auto log = std::make_unique<SegmentLog>(disk, folder, options, last.header.log_id);
    log->start_with(std::move(segments), std::move(active));
    if (opening != nullptr) *opening = report;
    return std::unique_ptr<Log>(std::move(log));
}

Result<LogEnd> look_at_log_end(Disk& disk, const std::string& folder) {
    std::optional<std::uint64_t> newest;
    for (const std::string& name : TRY(disk.list(folder)))
        newest = std::max(newest, parse_segment_name(name));
    if (!newest) return LogEnd{};
    Segment last = TRY(read_segment_header(disk, folder, *newest));
    const auto file = TRY(disk.open(last.path, Disk::Open::Existing));
    const ScanEnd end = TRY(scan_segment(*file, last));
    return LogEnd{last.last_sequence, TRY(torn_tail_bytes(*file, last, end))};
}

Result<LogOpening> verify_log(Disk& disk, const std::string& folder) {
    Found found = TRY(find_segments(disk, folder));
    LogOpening report;
    report.segments = found.segments.size();
    for (std::size_t i = 0; i < found.segments.size(); ++i) {
        Segment& segment = found.segments[i];
        TRY(check_succession(found.segments, i));
        const auto file = TRY(disk.open(segment.path, Disk::Open::Existing));
        const ScanEnd end = TRY(scan_segment(*file, segment, {.records = true}));
        if (i + 1 == found.segments.size()) {
            report.torn_bytes = TRY(torn_tail_bytes(*file, segment, end));
        } else if (end.bytes_end > segment.end) {
            return damaged(segment.path, segment.end, "a group is broken");
        }
        report.records = segment.last_sequence;
    }
    return report;
}

}  // namespace filrouge
