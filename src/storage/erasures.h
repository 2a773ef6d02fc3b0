// Who was erased: which fragments, when, and under which identifiers nothing of before may come
// back. Lives in the folder of the keys, so apart from all data and its backups: whoever restores
// older data beside today's keys finds here what has to be erased again. Identifiers stand as
// keyed hashes, whose key is a process key. Spec: docs/formats/keys.md.
//
// Thread-safe. With nobody erased a look-up is one load.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "model/identifier.h"
#include "seam/disk.h"

namespace filrouge {

// Of all erasures: what a look-up keeps in memory, and each new one writes again.
constexpr std::size_t kErasedIdentifiersMax = 4'000'000;
constexpr std::size_t kErasedIdentifiersOfOneMax = 8'192;
constexpr std::size_t kSharedWithErasedMax = 8'192;  // of one erasure

using ErasureId = Id<struct ErasureTag>;

// Of brand, type and value, under the process key of identifiers; 96 bits of it.
struct IdentifierHash {
    std::uint64_t high = 0;
    std::uint32_t low = 0;
    constexpr auto operator<=>(const IdentifierHash&) const = default;
};

struct ErasedIdentifier {
    FragmentNo fragment;
    IdentifierHash hash;
    constexpr auto operator<=>(const ErasedIdentifier&) const = default;
};

// An identifier on too many people that stays, and how many of those it was seen with go: they
// still count, or the erasure of one would make the others one person (docs/identity.md).
struct SharedWithErased {
    FragmentNo fragment;
    std::uint32_t people = 0;
    constexpr auto operator<=>(const SharedWithErased&) const = default;
};

struct Erasure {
    ErasureId id;
    EventTime at;
    std::vector<ErasedIdentifier> identifiers;
    std::vector<SharedWithErased> shared;
    std::vector<FragmentNo> fragments() const;
    bool operator==(const Erasure&) const = default;
};

// One erasure as it stands in its file and in the log's record; false when malformed.
void encode_erasure(const Erasure& erasure, Bytes& out);
bool decode_erasure(BytesView bytes, Erasure& erasure);

class Erasures {
  public:
    // The file `folder`/erasures.frk; none is an empty list. Errors: "keys.damaged",
    // "keys.newer_format", the disk's.
    static Result<std::unique_ptr<Erasures>> open(Disk& disk, const std::string& folder);
    // Durable on return; an error changed nothing that is read here. Error: "erasure.too_many".
    Result<void> add(const Erasure& erasure);

    bool has(FragmentNo fragment) const;
    bool has(const ErasureId& id) const;
    // How many of the people that a shared identifier was seen with were erased.
    std::uint32_t people_erased(FragmentNo shared) const;
    // When it was last erased.
    std::optional<EventTime> erased_at(const IdentifierHash& identifier) const;
    bool empty() const { return count_.load(std::memory_order_acquire) == 0; }
    std::size_t size() const { return count_.load(std::memory_order_acquire); }
    std::vector<Erasure> all() const;  // oldest first

  private:
    struct Hasher {
        std::size_t operator()(const IdentifierHash& h) const noexcept { return h.high ^ h.low; }
    };
    Erasures(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
    void take(const Erasure& erasure);

    Disk& disk_;
    const std::string path_;
    std::atomic<std::size_t> count_{0};
    mutable std::shared_mutex mutex_;  // guards the five below
    std::vector<Erasure> all_;
    std::unordered_set<FragmentNo> fragments_;
    std::unordered_map<FragmentNo, std::uint32_t> shared_;  // people
    std::unordered_map<IdentifierHash, EventTime, Hasher> times_;
    std::size_t identifiers_ = 0;
};

}  // namespace filrouge
