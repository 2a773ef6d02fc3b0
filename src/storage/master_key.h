// The master key and its rotation. The folder of keys has one file under it, process.frk, so that a
// rotation is the one atomic replacement of that file: every key keeps its value, and nothing that
// is sealed is touched. The new key stands in a file of our own beside the former one until both
// moves are durable, so that a start after a crash at any write finds the one that opens it.
//   secrets/master-key            the one in use (or the environment has it)
//   secrets/master-key.next       the next one, put there by the operator
//   secrets/master-key.rotating   the same while it takes the former's place, and ours alone
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "seam/disk.h"
#include "seam/random.h"
#include "storage/keys.h"

namespace filrouge {

constexpr const char* kMasterKeyFile = "/secrets/master-key";  // in the data folder

// A store on disk. Its process keys and bucket keys are wrapped under a master key.
class WrappedKeyStore : public KeyStore {
  public:
    virtual bool is_under(const DataKey& master) const = 0;
    // From any thread, also while keys are made and forgotten. On return the former master key
    // opens nothing of the folder. "disk.full" has changed nothing; after any other error the store
    // is stopped like persist()'s, and one of the two keys opens the folder.
    virtual Result<void> rewrap(const DataKey& master) = 0;
};
Result<std::unique_ptr<WrappedKeyStore>> open_wrapped_key_store(Disk& disk, Random& random,
                                                                const std::string& folder,
                                                                const DataKey& master,
                                                                const KeyStoreOptions& options = {},
                                                                KeyStoreOpening* opening = nullptr);

// What a start found in the files of the next master key and did with them.
enum class NextKey : std::uint8_t {
    None,       // there is none
    Waits,      // it opens nothing yet: a rotation was prepared, or was cut off before it counted
    TakenOver,  // it opens the folder, and is the master key's file now
    InUse,      // it opens the folder, but the environment still has the former one
    Removed,    // the environment has it by now, so that it need not stand on the disk
};
std::string_view name_of(NextKey next);

struct OpenedKeys {
    std::unique_ptr<WrappedKeyStore> store;
    NextKey next = NextKey::None;
};
// Loads the master key (load_master_key) or, where that one does not open the folder of keys, the
// one that was to take its place; then ends what a rotation that was cut off had left to do.
Result<OpenedKeys> open_keys(Disk& disk, Random& random, const std::string& folder,
                             const std::string& master_path, const KeyStoreOptions& options = {},
                             KeyStoreOpening* opening = nullptr);

enum class MasterKeyIn : std::uint8_t { File, Environment };

// Puts the store under the operator's next key, and that into the place of the former; where the
// environment has the master key our own file stays, until a start finds the key there, too. One
// at a time. Refused, with nothing changed: "master_key.no_next", "..not_a_key", "..same",
// "..open_to_others", "..unfinished" (see above). Any other error is one of the disk.
Result<MasterKeyIn> rotate_master_key(Disk& disk, WrappedKeyStore& store,
                                      const std::string& master_path);

}  // namespace filrouge
