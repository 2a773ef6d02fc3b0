// Traits of each fragment: the latest value by event time, with its source and record. A person's
// trait is the latest among the person's fragments. Values are numbers or numbered strings; the
// full value as it was told stands in the log, at the record the row names.
//
// Part of the fold's state.
#pragma once

#include <cstdint>
#include <vector>

#include "history/scan.h"
#include "storage/table.h"

namespace filrouge::profile {

constexpr std::uint32_t kTraitsPerFragmentMax = 256;

class Traits {
  public:
    Traits(TableSpace& space, std::uint16_t first_id);  // takes 2 ids
    // True when the row was taken: also when it tells the same value later, for that may make it
    // the person's. A value older than the known one changes nothing.
    bool set(FragmentNo fragment, const history::TraitRow& row);
    void read(FragmentNo fragment, std::vector<history::TraitRow>& out) const;
    // Keeps the latest row of each key, in order of key.
    static void join(std::vector<history::TraitRow>& rows);

  private:
    struct Stored {
        std::int64_t at;
        std::uint64_t sequence;
        std::int64_t number;
        std::uint32_t key;
        std::uint32_t text;
        std::uint32_t allowed;
        std::uint32_t next;  // row + 1
        std::uint16_t source;
        std::uint8_t kind;
        std::uint8_t spare[5];
    };
    Table<std::uint32_t> heads_;  // by fragment: row + 1
    Table<Stored> rows_;
};

}  // namespace filrouge::profile
