// The data key of each fragment. Keys live in their own folder, apart from all data, wrapped under
// a wrapping key per bucket, which is wrapped under the master key; forgetting a fragment's key is
// what makes all that was sealed with it unreadable. Spec: docs/formats/keys.md.
//
// create() hands out a fresh key at once; persist() must have returned before anything sealed with
// it is acknowledged. Thread-safe: find() and create() from any thread, persist() from the log's,
// forget() from one other.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/identifier.h"
#include "seam/disk.h"
#include "seam/random.h"
#include "storage/seal.h"

namespace filrouge {

constexpr std::uint32_t kKeyBuckets = 4'096;

class KeyStore {
  public:
    virtual ~KeyStore() = default;
    virtual std::optional<DataKey> find(FragmentNo fragment) const = 0;
    // Before create() or find() of many: the processor fetches one while another is at work.
    virtual void prefetch(FragmentNo fragment) const = 0;
    // The existing key when there is one.
    virtual DataKey create(FragmentNo fragment) = 0;
    // Makes every key created so far durable. A failed sync is final, like the log's: an Error
    // means that no record sealed with a new key may be acknowledged, now or later. Only
    // "keys.disk_full" may be tried again.
    virtual Result<void> persist() = 0;
    virtual bool has_unpersisted() const = 0;  // one load: ask before each group
    // On return their keys are nowhere: not here, not on disk, and what old blocks of the disk may
    // still hold of them does not open any more. Only for fragments that get no new key. An error
    // means that all are still here, or (a failed sync) that the store is stopped like persist()'s.
    // In the same write the process keys `renewed` get new values, so that what they sealed is
    // closed at that very moment: snapshots and kept answers, which hold what the fragments told.
    virtual Result<void> forget(const std::vector<FragmentNo>& fragments,
                                const std::vector<std::string_view>& renewed = {}) = 0;
    // The highest fragment number that ever had a key here; none when there is no key at all.
    virtual FragmentNo highest() const = 0;
    // Keys that are the process's own, made at first start: hashing of identifiers, profile ids,
    // snapshots. The same for the life of the folder, unless forget() renews one. `name` is one of
    // the constants below. From any thread.
    virtual DataKey process_key(std::string_view name) const = 0;
    virtual std::uint64_t size() const = 0;
};

constexpr std::string_view kKeyIdentifierHash = "identifier-hash";
constexpr std::string_view kKeyProfileId = "profile-id";
constexpr std::string_view kKeySnapshot = "snapshot";
constexpr std::string_view kKeyDedupe = "dedupe";
constexpr std::string_view kKeySuppression = "suppression";
constexpr std::string_view kKeyReceipts = "receipts";  // the secret that signs them
constexpr std::string_view kKeyAudit = "audit";
constexpr std::string_view kKeyCallAnswers = "call-answers";  // renewed by each erasure

// The master key: 64 hex digits in the environment variable FILROUGE_MASTER_KEY, or in
// `path`, which is made (0600) when absent and refused when others may read it
// ("keys.file_open_to_others").
Result<DataKey> load_master_key(Disk& disk, Random& random, const std::string& path);

struct KeyStoreOptions {
    std::uint64_t journal_bytes =
        16 * 1024 * 1024;  // when it is full it is folded into the buckets
    // On a thread of its own. Off: inside persist() and open, so that the order of all writes is
    // the same in each run of a test.
    bool fold_in_background = true;
};

// What open_key_store() found and did. A group that was being written when the process ended holds
// keys that nothing durable needs; when something does, it was whole once and is damaged.
struct KeyStoreOpening {
    std::string journal;           // path of the newest
    std::uint64_t torn_bytes = 0;  // an unfinished group at its very end, cut off
};

// Errors: "keys.wrong_master_key", "keys.damaged" (names the file), "keys.newer_format". The
// caller holds the lock of the data folder. `random` must be usable from any thread.
Result<std::unique_ptr<KeyStore>> open_key_store(Disk& disk, Random& random,
                                                 const std::string& folder, const DataKey& master,
                                                 const KeyStoreOptions& options = {},
                                                 KeyStoreOpening* opening = nullptr);
std::unique_ptr<KeyStore> make_memory_key_store(Random& random);

}  // namespace filrouge
