// Moves keys from full journals into the bucket files, on a thread of its own or in the caller.
// Nothing depends on its progress: until a journal is removed its keys are read from it, so an
// error (a full disk) only leaves the journals where they are; the next full journal or the next
// start tries again.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "seam/disk.h"
#include "seam/random.h"
#include "storage/key_files.h"
#include "storage/key_folder.h"
#include "storage/key_table.h"

namespace filrouge {

class KeyFolding {
  public:
    struct Keys {  // all owned by the store, and longer-lived
        const std::string& path;
        const key_files::ProcessKeys& process;
        const KeyTable& table;
    };
    KeyFolding(Disk& disk, Random& random, Keys keys, std::vector<StoredBucket> buckets,
               std::uint32_t oldest_journal, bool in_background);
    ~KeyFolding();  // stops between two buckets
    KeyFolding(const KeyFolding&) = delete;
    KeyFolding& operator=(const KeyFolding&) = delete;

    // The journals up to and with `journal` are full; their keys may move.
    void fold_up_to(std::uint32_t journal);
    key_files::BucketSet bucket_files() const;  // whose directory entries are durable

  private:
    void run();
    Result<void> fold(std::uint32_t journal);
    Result<bool> fold_bucket(std::uint32_t number);  // true when its file was replaced
    bool stopping() const;

    Disk& disk_;
    Random& random_;
    const Keys keys_;
    // Of the folding thread (or the caller, when there is none).
    std::vector<StoredBucket> buckets_;
    std::uint32_t oldest_journal_;

    mutable std::mutex mutex_;  // guards the four below
    std::condition_variable changed_;
    bool stop_ = false;
    std::uint32_t wanted_ = 0;
    key_files::BucketSet bucket_files_;
    std::thread thread_;  // last: it runs on all of the above
};

}  // namespace filrouge
