// Which events of the last days were seen, by a keyed hash of source and message id. Owned by the
// log's thread, the one place where the order of arrival is settled: an event in the same group is
// seen too. Times are the records' own, so a rebuilt window equals the live one.
//
// 16 bytes a slot, of which a third to three quarters are taken. Two different ids meeting in 64
// bits show as a conflict, and a conflict is quarantined, not lost.
//
// A part that is full is replaced by another table into which each admit() moves a few of its
// entries, those that have not expired. So no admit() takes long, however many ids there are; and
// the parts fill up one after the other.
//
// Ids of imports do not expire. They are moved to disk (engine/settled_ids.h) once there are many.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
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
    std::uint64_t size() const;  // those that expired among them, until their part was full
    // For the tables that will soon take the place of full ones.
    std::vector<MemoryAhead> ahead(IngestTime now) const;

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
    static constexpr std::uint32_t kForgotten = 0;
    struct Totals {
        std::uint64_t imported;
        std::uint64_t moved;
        std::uint64_t forgotten;  // slots whose id is not known any more
    };
    Totals totals() const { return totals_.size() == 0 ? Totals{} : totals_.at(0); }
    Totals& edit_totals() {
        if (totals_.size() == 0) totals_.resize(1);
        return totals_.edit(0);
    }
    // Of a part: which of its two tables takes new entries, and what is left in the other.
    struct Half {
        std::uint32_t current;       // 0 or 1
        std::uint32_t former_slots;  // of the table that is emptied, when that began
        std::uint32_t former_left;   // its first slots, which were not moved yet; 0: it is empty
        std::uint32_t former_taken;  // of them
    };
    struct Found {
        Table<Slot>* table;
        std::uint32_t at;
    };
    Table<Slot>& current(std::uint32_t part) const {
        return *tables_[part][halves_.at(part).current];
    }
    Table<Slot>& former(std::uint32_t part) const {
        return *tables_[part][1 - halves_.at(part).current];
    }
    std::optional<Found> find(std::uint32_t part, std::uint64_t key) const;
    static std::optional<std::uint32_t> find_former(const Table<Slot>& slots, const Half& half,
                                                    std::uint64_t key);
    void insert(std::uint32_t part, const Slot& slot);
    bool expired(const Slot& slot, std::uint32_t now) const;
    void make_room(std::uint32_t part, std::uint32_t now);
    void forget(Slot& slot);
    static std::uint32_t second_of(IngestTime received);
    std::uint32_t size_for_living(std::uint32_t part, std::uint32_t now) const;
    void move_some(std::uint32_t part, std::uint32_t slots, std::uint32_t now);
    void open();
    Duration window_;
    std::vector<std::array<std::unique_ptr<Table<Slot>>, 2>> tables_;  // by part
    Table<std::uint32_t> counts_;  // by part, of slots of the current table that are taken
    Table<Half> halves_;           // by part
    Table<Totals> totals_;
};

}  // namespace filrouge::engine
