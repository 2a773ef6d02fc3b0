// What is known of the log's end before it is opened.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "seam/disk.h"

namespace filrouge {

// Where a data folder has its snapshots.
inline constexpr std::array kSnapshotFolders = {"/state/fold", "/state/directory", "/state/dedupe"};

struct LogEnd {
    std::uint64_t last_sequence = 0;  // of the last whole group; 0: the log is empty
    std::uint64_t torn_bytes = 0;     // after it, which open_segment_log() would cut off
};

// Reads the last segment and changes nothing. Damage is the Error that the opening would give.
Result<LogEnd> look_at_log_end(Disk& disk, const std::string& folder);
// The last record that a snapshot in the data folder was taken at, by the names of the files alone,
// be they readable or not; 0: there is none. It was durable when the snapshot was, so who reads a
// log that a server goes on writing asks this first.
Result<std::uint64_t> newest_snapshot(Disk& disk, const std::string& data);
// "log.end_missing": a snapshot never runs ahead of what is durable, so the log, which ends at
// record `last`, has lost its end when one was taken at record `known`, behind that.
Result<void> check_log_end(const std::string& data, std::uint64_t last, std::uint64_t known);

}  // namespace filrouge
