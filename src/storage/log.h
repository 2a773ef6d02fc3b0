// The one durable, ordered log: every fact is a record in it, and nothing is acknowledged before
// append() has returned. Spec of the bytes: docs/formats/log.md.
//
// A *group* is what one append() writes: one frame under one checksum, so that after a crash it is
// there whole or not at all. Sequence numbers start at 1 and have no gaps.
// append() is called by one thread; read() and last_sequence() by any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "model/identifier.h"
#include "model/record.h"
#include "seam/disk.h"

namespace filrouge {

constexpr std::uint32_t kRecordBytesMax = 256 * 1024;  // clear and sealed part together
constexpr std::uint32_t kGroupBytesMax = 8 * 1024 * 1024;
constexpr std::uint32_t kRecordOverheadBytes = 64;         // at most, of a record in its group
constexpr std::uint64_t kSegmentBytes = 64 * 1024 * 1024;  // default

struct NewRecord {
    RecordType type = RecordType::Event;
    std::uint8_t version = 1;  // of the type's own encoding
    FragmentNo fragment;       // whose key seals it; none when `sealed` is empty
    Bytes clear;
    Bytes sealed;  // storage/seal.h; may be empty
};

struct RecordView {
    std::uint64_t sequence = 0;
    IngestTime received;
    RecordType type = RecordType::Event;
    std::uint8_t version = 1;
    FragmentNo fragment;
    BytesView clear;  // valid during the call
    BytesView sealed;
};

class Log {
  public:
    virtual ~Log() = default;
    // Gives the records the sequences last_sequence()+1 ..., all received at `received`, and makes
    // them durable. An Error means that nothing may be acknowledged any more: the caller stops the
    // process (a failed sync is final). "log.group_too_large", "log.record_too_large" and
    // "log.disk_full" (no space for a new segment; may be tried again) alone leave the log
    // untouched. Answers the sequence of the last record; no records, no change.
    virtual Result<std::uint64_t> append(IngestTime received,
                                         const std::vector<NewRecord>& records) = 0;
    virtual std::uint64_t last_sequence() const = 0;  // durable; 0 when empty
    // Calls `each` for sequences from .. in order until the end or until it answers false. What is
    // read has been checked against its checksum; damage is an Error that names file and offset.
    virtual Result<void> read(std::uint64_t from,
                              const std::function<bool(const RecordView&)>& each) = 0;
    virtual std::uint64_t bytes() const = 0;  // on disk
};

struct SegmentLogOptions {
    std::uint64_t segment_bytes = kSegmentBytes;
    // Names a log that is started here (ignored when there is one): a random number, so that the
    // segments of two logs are never taken for one.
    std::uint64_t new_log_id = 0;
    // On a helper thread, the next segment and the index of the last. Off: both are done inside
    // append(), so that the order of all writes is the same in each run of a test.
    bool prepare_ahead = true;
};

// What open() found and did, to be shown to the operator.
struct LogOpening {
    std::uint64_t segments = 0;
    std::uint64_t records = 0;
    std::uint64_t torn_bytes = 0;  // an unfinished group at the very end, cut off
};

// Opens (or starts) the log in `folder`. Damage before the tail is refused with "log.damaged": the
// message names the file and offset, the hint the command `filrouge log verify`.
Result<std::unique_ptr<Log>> open_segment_log(Disk& disk, const std::string& folder,
                                              const SegmentLogOptions& options = {},
                                              LogOpening* opening = nullptr);
std::unique_ptr<Log> make_memory_log();

// Reads every byte of every segment without changing one; the first damage is the Error.
Result<LogOpening> verify_log(Disk& disk, const std::string& folder);

}  // namespace filrouge
