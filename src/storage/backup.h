// Copies of a shop for the day its disk is gone: of the data (the log and the settings) and, always
// apart, of the keys. Made beside a running server, each one on top of the last. What the engine
// derives is not in them: it is folded from the log again. Spec: docs/formats/backup.md.
//
// A backup that stops anywhere leaves the former one as it was. Errors: "backup.damaged" and
// "log.damaged" for bytes that are not what was written, other "backup...." for what is refused.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "seam/disk.h"
#include "storage/log.h"

namespace filrouge {

enum class BackupKind : std::uint8_t { Data, Keys };

struct BackupReport {
    BackupKind kind = BackupKind::Data;
    IngestTime taken;
    std::uint64_t last_sequence = 0;  // of the log; 0 for keys
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::uint64_t copied = 0;  // files that the former backup did not hold
};

// Everything acknowledged before the call is in it. Refused with "backup.other_shop",
// "backup.other_history" or "backup.ahead" when `folder` holds what `data` cannot have grown from.
Result<BackupReport> back_up_data(Disk& disk, const std::string& data, const std::string& folder,
                                  IngestTime now);
// Wrapped as they are; the master key is not among them.
Result<BackupReport> back_up_keys(Disk& disk, const std::string& data, const std::string& folder,
                                  IngestTime now);

// Reads every byte of it.
Result<BackupReport> verify_backup(Disk& disk, const std::string& folder);

struct RestoreReport {
    LogOpening log;  // of the restored one, every byte read again
    IngestTime taken;
    bool keys = false;
    bool keys_older = false;  // than the data: who came in between stays unreadable
};
// Into a data folder that has no log yet. `keys` is a backup of keys, or empty when the keys are
// put there by other means. All of both is verified before the first byte is written.
Result<RestoreReport> restore_backup(Disk& disk, const std::string& folder, const std::string& keys,
                                     const std::string& data);

struct RepairReport {
    std::vector<std::string> replaced;  // paths of segments
    LogOpening log;                     // of the repaired one, every byte read again
};
// Takes the segments of the log that are damaged or missing from the backup, those behind the last
// one that is left as well; what was damaged stays beside them as "*.damaged". Nothing is replaced
// by less than was there: a damaged newest segment, one that the backup holds only the beginning
// of, or an end that a snapshot is behind, is refused ("repair.not_in_backup"), and so is a folder
// that a server has open ("disk.locked"). An error other than of the disk has changed nothing.
Result<RepairReport> repair_from_backup(Disk& disk, const std::string& data,
                                        const std::string& folder);

}  // namespace filrouge
