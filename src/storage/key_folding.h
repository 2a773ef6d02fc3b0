// Moves keys from full journals into the bucket files, on a thread of its own or in the caller.
// Nothing depends on its progress: until a journal is removed its keys are read from it, so an
// error (a full disk) only leaves the journals where they are; the next full journal or the next
// start tries again. Forgets keys too, which is the same work: a bucket written anew.
// A folder that could not be synced is another matter: the next sync may answer ok without what the
// first has lost, so nothing more is folded, removed or forgotten until the next start.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
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
        key_files::ProcessKeys& process;  // forgetting changes the keys of buckets
        KeyTable& table;
        DataKey master;  // that process.frk is under; rewrap() changes it
    };
    KeyFolding(Disk& disk, Random& random, Keys keys, std::vector<StoredBucket> buckets,
               std::uint32_t oldest_journal, bool in_background);
    ~KeyFolding();  // stops between two buckets
    KeyFolding(const KeyFolding&) = delete;
    KeyFolding& operator=(const KeyFolding&) = delete;

    // The journals up to and with `journal` are full; their keys may move.
    void fold_up_to(std::uint32_t journal);
    // The same at once, in the caller. Error: "keys.stopped", after a failed sync of the folder.
    Result<void> fold_now(std::uint32_t journal);

    // Forgetting, in two steps; in between and until the second has returned nobody may write a
    // journal, and no fold begins while the Forgetting lives. The keys must stand in bucket files
    // alone (fold_now).
    struct Forgetting {
        std::unique_lock<std::mutex> work;  // a fold would write the same files beside the buckets
        std::vector<FragmentNo> fragments;
        key_files::ProcessKeys process;                   // with new keys for their buckets
        std::map<std::uint32_t, key_files::Bucket> left;  // by number
    };
    // Writes what is left of the buckets beside them; an error changed nothing.
    Result<Forgetting> prepare(const std::vector<FragmentNo>& fragments);
    // From the replacement of process.frk on there is no way back: after an error nobody knows
    // which keys are on disk, and nothing more is folded. "disk.full" comes from before it alone.
    // From any thread, also while forget() renews one.
    DataKey process_key(std::string_view name) const;
    Result<void> forget(const Forgetting& prepared);

    // process.frk under another master key; every key in it stays what it is. "disk.full" changed
    // nothing; after another error nobody knows which of the two opens it, and nothing more is
    // folded. Waits for a fold or a forgetting under way. From any thread.
    Result<void> rewrap(const DataKey& master);
    bool is_under(const DataKey& master) const;  // from any thread

    key_files::BucketSet bucket_files() const;  // whose directory entries are durable

  private:
    void run();
    Error stop_after(const Error& error);
    Result<void> switch_to(const Forgetting& prepared);
    Result<void> fold(std::uint32_t journal);
    Result<bool> fold_bucket(std::uint32_t number);  // true when its file was replaced
    key_files::Bucket bucket_of_table(std::uint32_t number) const;
    Result<void> write_beside(std::uint32_t number, const key_files::Bucket& bucket,
                              const key_files::ProcessKeys& process);
    bool stopping() const;
    Result<void> sync_folder();
    Result<void> check_synced() const;

    Disk& disk_;
    Random& random_;
    Keys keys_;
    // Guards keys_.process.named and keys_.master, which process_key() and is_under() read at any
    // time; both are written under work_mutex_ alone.
    mutable std::mutex named_mutex_;
    std::mutex work_mutex_;  // held by who folds or forgets; guards the two below
    std::vector<StoredBucket> buckets_;
    std::uint32_t oldest_journal_;

    mutable std::mutex mutex_;  // guards the five below
    std::condition_variable changed_;
    bool stop_ = false;
    bool sync_failed_ = false;  // of the folder
    std::uint32_t wanted_ = 0;
    key_files::BucketSet bucket_files_;
    std::thread thread_;  // last: it runs on all of the above
};

}  // namespace filrouge
