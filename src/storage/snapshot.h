// Snapshots of the fold's tables on disk: one whole capture and the increments after it, each page
// sealed under the process's snapshot key (so no name or trait lies readable in `state/`) and
// checked when read. A snapshot is never the truth: whatever is wrong with it, the log rebuilds it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "seam/disk.h"
#include "seam/random.h"
#include "storage/seal.h"
#include "storage/table.h"

namespace filrouge {

struct SnapshotStatus {
    std::uint64_t sequence = 0;         // of the newest good snapshot; 0: the next must be whole
    std::uint64_t whole_bytes = 0;      // of the last whole one
    std::uint64_t increment_bytes = 0;  // since
};

// Codes of what is skipped.
constexpr std::string_view kSnapshotBroken = "snapshot.broken";
constexpr std::string_view kOtherFoldVersion = "snapshot.other_version";  // after an upgrade

class SnapshotStore {
  public:
    // `version` is the fold's: a snapshot of another version is skipped.
    SnapshotStore(Disk& disk, Random& random, std::string folder, const DataKey& key,
                  std::uint32_t version);
    // Fills `space` from the newest good chain and answers its sequence; 0 (and an empty space)
    // when there is none. Files that are damaged or of another fold version are skipped: `skipped`,
    // which may be null, gets an Error for each whose message names it. An Error of load() itself
    // means that the folder cannot be read.
    Result<std::uint64_t> load(TableSpace& space, std::vector<Error>* skipped);
    // True when the increments since the last whole capture outweigh it: capture whole next time.
    bool wants_whole() const;
    // Durable on return: new file, sync, rename, sync of the folder; then older chains are removed.
    // An increment builds on what load() or the last write() left behind. After an Error the next
    // capture must be whole (wants_whole() says so): its pages are no longer marked as changed.
    // snapshot.broken_off: fewer pages came than `head` promised.
    Result<void> write(const CaptureHead& head, const CapturedPages& pages);
    Result<void> write(Capture capture);
    SnapshotStatus status() const { return status_; }
    // Removes every snapshot there is, durably: they hold what is to be forgotten.
    Result<void> remove_all();
    // Seals with another key from now on; what the former one sealed does not open any more.
    void start_over(const DataKey& key);

  private:
    Result<void> write_file(const CaptureHead& head, const CapturedPages& pages);

    Disk& disk_;
    Random& random_;
    std::string folder_;
    DataKey key_;
    std::uint32_t version_;
    SnapshotStatus status_;
};

}  // namespace filrouge
