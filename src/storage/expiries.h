// Which events have outlived their term: up to which day, by name and by the purposes they were
// kept for (all of them: what one still needs is kept), and the periods whose keys went with them.
// Lives in the folder of the keys like the list of erasures, and for its reason: what it names does
// not come back with older data. Spec: docs/formats/keys.md.
//
// Thread-safe. With nothing expired a look-up is one load.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "model/identifier.h"
#include "model/purpose.h"
#include "seam/disk.h"

namespace filrouge {

using ExpiryId = Id<struct ExpiryTag>;

constexpr std::size_t kExpiryNamesMax = 1'024;    // that ever had a term
constexpr std::size_t kPeriodsOfOneMax = 16'384;  // keys that one expiry forgets

// Days are of UTC.
struct Expiry {
    ExpiryId id;
    EventTime at;
    std::map<std::string, std::int64_t, std::less<>> names;  // the first day that is kept
    std::map<std::uint8_t, std::int64_t> purposes;           // by bit, likewise
    std::vector<FragmentNo> periods;                         // whose keys this expiry forgets
    bool carried_out = false;  // they are forgotten, and no snapshot of before is left
    bool covers(std::string_view name, PurposeSet allowed, EventTime when) const;
    bool operator==(const Expiry&) const = default;
};

// As it stands in the file and in the log's record; false when malformed.
void encode_expiry(const Expiry& expiry, Bytes& out);
bool decode_expiry(BytesView bytes, Expiry& expiry);

class Expiries {
  public:
    // The file `folder`/expiries.frk; none is no expiry. Errors: "keys.damaged",
    // "keys.newer_format", the disk's.
    static Result<std::unique_ptr<Expiries>> open(Disk& disk, const std::string& folder);
    // Durable on return; an error changed nothing. What earlier ones covered stays covered: each
    // names its own periods and the later day of each class. Error: "retention.too_many_names".
    Result<void> add(Expiry expiry);
    Result<void> carried_out();  // the newest is
    // The newest with all that is covered; null where there was none. Valid as long as this is.
    const Expiry* newest() const { return newest_.load(std::memory_order_acquire); }
    bool covers(std::string_view name, PurposeSet allowed, EventTime when) const {
        const Expiry* expiry = newest();
        return expiry != nullptr && expiry->covers(name, allowed, when);
    }

  private:
    Expiries(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

    Result<void> replace(Expiry expiry);  // the caller holds mutex_

    Disk& disk_;
    const std::string path_;
    std::atomic<const Expiry*> newest_{nullptr};
    std::mutex mutex_;
    std::vector<std::unique_ptr<const Expiry>> held_;  // guarded by mutex_; readers may hold any
};

}  // namespace filrouge
