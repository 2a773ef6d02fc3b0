// The ids of imported events, for ever: a run of an import next year must add nothing. They lie in
// immutable sorted files; memory holds a filter and an index of about 1.3 bytes an id. Derived from
// the log: a file is written whole, synced and renamed before its ids leave the dedupe window, and
// any doubt about a file drops them all, after which the log is read again.
//
// Bytes of a file: docs/formats/settled.md. Two different ids meeting in 64 bits show as a
// conflict, as they do in the window, and a conflict is quarantined, not lost.
//
// One thread at a time adds and merges; any may ask meanwhile.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "seam/disk.h"

namespace filrouge::engine {

struct SettledId {
    std::uint64_t key = 0;  // keyed hash of source and message id
    std::uint32_t check = 0;
    auto operator<=>(const SettledId&) const = default;
};

class SettledIds {
  public:
    SettledIds(Disk& disk, std::string folder);
    ~SettledIds();

    // Finds the files there are. False when there is none, or when one cannot be trusted or knows
    // more than the log does: then none is left, and everything must be added again.
    Result<bool> open(std::uint64_t last_sequence);
    Result<void> clear();

    class Run;
    // What was added until now, for many questions in a row.
    class Known {
      public:
        // Of an id that is asked for soon: each filter is a miss of every cache.
        void prefetch(std::uint64_t key) const;
        // The check of an id; nothing when it was never added. An Error is the disk's.
        Result<std::optional<std::uint32_t>> find(std::uint64_t key) const;

      private:
        friend class SettledIds;
        explicit Known(std::shared_ptr<const std::vector<std::shared_ptr<const Run>>> runs)
            : runs_(std::move(runs)) {}
        std::shared_ptr<const std::vector<std::shared_ptr<const Run>>> runs_;
    };
    Known known() const { return Known(runs()); }
    Result<std::optional<std::uint32_t>> find(std::uint64_t key) const { return known().find(key); }
    // Durable on return. Each key once; `sequence`: the log's last record, all of whose ids are
    // here or in the window.
    Result<void> add(std::vector<SettledId> ids, std::uint64_t sequence);
    // Joins files while there are too many to ask; does nothing otherwise. Safe to give up.
    Result<void> merge();

    std::uint64_t size() const { return size_.load(); }  // ids on disk
    std::uint64_t memory_bytes() const;                  // of filters and indexes

  private:
    using Runs = std::vector<std::shared_ptr<const Run>>;  // oldest first
    std::shared_ptr<const Runs> runs() const;
    void set_runs(Runs runs);
    std::string path_of(std::uint64_t number) const;
    Result<Runs> found_runs(std::uint64_t last_sequence);
    static std::size_t joined_from(const Runs& runs);
    Result<std::shared_ptr<const Run>> join(std::span<const std::shared_ptr<const Run>> runs);

    Disk& disk_;
    const std::string folder_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Runs> runs_ = std::make_shared<const Runs>();  // guarded by mutex_
    std::atomic<std::uint64_t> size_{0};
    std::uint64_t next_number_ = 1;  // of the thread that adds
};

}  // namespace filrouge::engine
