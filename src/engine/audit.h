// Who read or changed what of whom, and when: entries in the log, several to a record, each record
// bound to the one before it by a keyed hash, so that none can be changed or taken out unseen.
// Reads wait for nothing: their entries are durable within kAuditGather and a sync. What must not
// happen without its entry (an export, an erasure, a token) waits for it. Spec of the record:
// docs/formats/records.md. Nothing here names a person: profiles by their id, callers by a token's.
//
// Thread-safe. Owned by the Runtime.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/admission.h"
#include "engine/audit_places.h"
#include "engine/audit_reader.h"
#include "engine/rights_desk.h"
#include "storage/log.h"
#include "storage/seal.h"

namespace filrouge::engine {

constexpr auto kAuditGather = std::chrono::milliseconds(200);
constexpr std::size_t kAuditEntriesMax = 1'000;  // of one record
// Noted and not yet written. Then none is let in, and of what goes on all the same (a withdrawal, a
// wrong password) the entry is dropped and counted.
constexpr std::size_t kAuditWaitingMax = 100'000;
constexpr std::size_t kAuditTextMax = 128;  // bytes of a caller's or a route's name

using AuditHash = std::array<unsigned char, 32>;  // HMAC-SHA-256 under the process key "audit"

struct AuditRecord {
    std::uint64_t first = 0;  // number of its first entry, from 1
    AuditHash before{};       // of the record before it; zeros in the first
    std::vector<AuditEntry> entries;
    AuditHash hash{};  // of all of the above
};
void encode_audit(AuditRecord& record, const DataKey& key, Bytes& out);  // sets `hash`
bool decode_audit(BytesView clear, AuditRecord& record);
// How many entries there are with this record, and its hash: all the fold keeps of it.
bool read_audit_head(BytesView clear, std::uint64_t& entries, AuditHash& hash);
bool is_genuine(BytesView clear, const DataKey& key);  // its hash is that of its content

class Audit {
  public:
    using Write = std::function<Result<void>(std::vector<Prepared>)>;  // durable on return
    Audit(const DataKey& key, Write write) : key_(key), write_(std::move(write)) {}
    ~Audit() { stop(); }
    // Goes on after the newest record of the log.
    void start(std::uint64_t entries, const AuditHash& newest);
    void stop();              // writes what waits; `write` must still work
    bool has_room();          // ask before the reading
    std::uint64_t dropped();  // noted where there was no room
    void note(AuditEntry entry);
    Result<void> note_durably(AuditEntry entry);

  private:
    void run();
    Result<void> write_waiting(std::unique_lock<std::mutex>& lock);

    const DataKey key_;
    const Write write_;
    std::mutex mutex_;  // guards all below
    std::mutex writing_;
    std::condition_variable wake_;
    std::vector<AuditEntry> waiting_;
    std::uint64_t dropped_ = 0;
    std::uint64_t next_ = 1;
    AuditHash newest_{};
    bool stopping_ = false;
    bool started_ = false;
    std::thread thread_;
};

struct AuditQuestion {
    std::string actor;  // an account's or a token's id; empty: all
    // By whatever id the one person was read: an entry holds that which was asked. Empty: all.
    std::vector<ProfileId> names;
    IngestTime from{0}, to{INT64_MAX};
    std::uint64_t before = UINT64_MAX;  // entries of a lower number
    std::size_t limit = kAuditAnswerMax;
    bool daily = false;  // AuditSearch has it
};
// JSON, the newest first: {"entries": [...], "found", "profiles": how many entries and persons in
// all, "more": there are older ones, "before": their cursor}.
Result<std::string> audit_json(AuditReader& reader, const AuditQuestion& question,
                               const AuditStretches& where);
// Reads every record of the log and checks the chain, which must end with entry number `entries`:
// JSON {"entries", "records", "hash"}. Error "audit.broken" names the first record that is not what
// was written, or is missing.
Result<std::string> verify_audit(Log& log, const DataKey& key, std::uint64_t entries);

}  // namespace filrouge::engine
