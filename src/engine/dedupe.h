// Which events of the last days were seen, by a keyed hash of source and message id. Owned by the
// log's thread, the one place where the order of arrival is settled: an event in the same group is
// seen too. Times are the records' own, so a rebuilt window equals the live one.
//
// 16 bytes an entry at three quarters full at most: about 20 bytes an id. Two different ids meeting
// in 64 bits show as a conflict, and a conflict is quarantined, not lost.
//
// Ids of imports do not expire. They are moved to disk (engine/settled_ids.h) once there are many.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/time.h"
#include "engine/settled_ids.h"
#include "storage/table.h"

namespace filrouge::engine {

enum class DedupeVerdict : std::uint8_t { New, Repeat, Conflict };

class DedupeWindow {
  public:
    DedupeWindow(TableSpace& space, Duration window);
    void prefetch(std::uint64_t key) const;
    // Answers what the id is, and remembers it when it is new.
    DedupeVerdict admit(std::uint64_t key, std::uint32_t check, bool for_ever, IngestTime received);
    // Of what admit() called new and the log did not take: it is new again.
    void forget(std::uint64_t key);
    std::uint64_t size() const;

    std::uint64_t imported() const { return totals().imported; }  // of them for ever
    // Part by part, so that none takes long. The keys of a part are below those of the next.
    static constexpr std::uint32_t kParts = 16;
    std::vector<SettledId> imported_ids(std::uint32_t part) const;
    // Those of one part that were moved.
    void forget_imported(std::uint32_t part, std::span<const SettledId> moved);
    // How many were moved in all: fewer than that on disk is a disk that lost some.
    std::uint64_t moved() const { return totals().moved; }
    void set_moved(std::uint64_t ids) { edit_totals().moved = ids; }

  private:
    struct Slot {
        std::uint64_t key;  // 0: empty
        std::uint32_t check;
        std::uint32_t second;  // received, seconds since 1970; kForEver for imports
    };
    static constexpr std::uint32_t kForEver = 0xffff'ffff;
    struct Totals {
        std::uint64_t imported;
        std::uint64_t moved;
    };
    Totals totals() const { return totals_.size() == 0 ? Totals{} : totals_.at(0); }
    Totals& edit_totals() {
        if (totals_.size() == 0) totals_.resize(1);
        return totals_.edit(0);
    }
    std::uint32_t place(const Table<Slot>& slots, std::uint64_t key) const;
    bool expired(const Slot& slot, std::uint32_t now) const;
    void make_room(std::uint32_t part, std::uint32_t now);
    void refill(std::uint32_t part, const std::vector<Slot>& live);
    Duration window_;
    std::vector<std::unique_ptr<Table<Slot>>> parts_;
    Table<std::uint32_t> counts_;
    Table<Totals> totals_;
};

}  // namespace filrouge::engine
