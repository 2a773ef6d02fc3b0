// Traits of each fragment: the latest value by event time that a purpose may see, with its source
// and record. A value told for some purposes takes the place of older ones that no other purpose
// sees; the rest stay beside it. A person's trait is the latest among the person's fragments that
// the reader may see. Values are numbers or numbered strings, one or the elements of an array; the
// full value as it was told stands in the log, at the record the row names. What a model computed
// stands beside what was told, once for each purpose it was computed for: no purpose loses its
// figure to another.
//
// Part of the fold's state.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "history/scan.h"
#include "storage/table.h"

namespace filrouge::profile {

constexpr std::uint32_t kTraitsPerFragmentMax = 256;  // values, an element of an array being one

class Traits {
  public:
    Traits(TableSpace& space, std::uint16_t first_id);  // takes 2 ids
    struct Taken {
        bool any = false;  // also when it tells the same later: it may be the person's now
        std::uint32_t left_out = 0;  // values past the bound
    };
    // `told` is one trait: its value, or the elements of its array in order (never nothing: see
    // TraitRow). What is older than a known one that all its purposes see changes nothing.
    Taken set(FragmentNo fragment, std::span<const history::TraitRow> told);
    // As if the trait had never been told by this `model` for these purposes; what others told of
    // it, or for other purposes, stays.
    void forget(FragmentNo fragment, StringNo key, ModelKind model, PurposeSet allowed);
    void read(FragmentNo fragment, std::vector<history::TraitRow>& out) const;
    // A trait with a new name would be left out.
    bool is_full(FragmentNo fragment) const;
    // Keeps what was told of each key last, in order of key, then of place.
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
        std::uint8_t in_array;
        std::uint8_t place;  // UINT8_MAX: forgotten, or with no key, free for another
        std::uint8_t model;  // ModelKind
        std::uint8_t spare[2];
    };
    static Stored stored(const history::TraitRow& row);
    static constexpr Stored kFree{0,         0, 0, StringNo::kNone, StringNo::kNone, 0, 0, 0, 0, 0,
                                  UINT8_MAX, 0, {}};
    static bool is_free(const Stored& row) { return row.key == StringNo::kNone; }
    static bool same_trait(const Stored& old, const history::TraitRow& told);
    static bool gives_way(const Stored& old, const history::TraitRow& told);
    bool is_hidden(FragmentNo fragment, const history::TraitRow& told) const;
    Table<std::uint32_t> heads_;  // by fragment: row + 1
    Table<Stored> rows_;
};

}  // namespace filrouge::profile
