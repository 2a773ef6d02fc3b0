// What the fold knows of the terms of events: which periods are still open, what is left of events
// whose term has passed, and what looking after retention has done so far.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/time.h"
#include "engine/sweep_record.h"
#include "model/identifier.h"
#include "storage/expiries.h"
#include "storage/table.h"

namespace filrouge::engine {

class TermBook {
  public:
    TermBook(TableSpace& space, std::uint16_t first_id);  // takes four ids
    void after_load();

    // A day of events of one class, sealed under a key of its own.
    struct PeriodRow {
        std::uint64_t events;
        std::int64_t day;  // since 1970-01-01, UTC
        std::uint32_t fragment;
        std::uint32_t name;      // StringNo; none where the class is
        std::uint32_t purposes;  // a set of them; 0 where it is a name
        std::uint32_t spare;
    };
    // A person whose events have passed away is kept by them all the same: by a contact they were,
    // or, where there was none, from the first of them. INT64_MIN and INT64_MAX: none.
    struct Lapsed {
        std::int64_t contact, first;
    };
    struct ExpiryRow {
        std::uint64_t id_high, id_low;
        std::uint64_t sequence;
        std::int64_t at;
    };
    struct SweptRow {     // one
        std::int64_t at;  // of the last; INT64_MIN: none yet, only time was begun to be kept
        std::int64_t since;
        std::uint64_t persons;  // erased by all
        std::uint64_t last_persons, last_events, left, soon;
    };

    void note_sealed(const PeriodRow& row);  // one event more of this period
    void note_lapsed(FragmentNo fragment, EventTime at, bool is_contact);
    void note_expiry(const Expiry& expiry, std::uint64_t sequence);
    void note_swept(const SweptFacts& facts);

    Lapsed lapsed_of(FragmentNo fragment) const;
    std::optional<SweptRow> swept() const;
    bool knows(const ExpiryId& id) const;  // among those the log tells

    Table<PeriodRow> periods;
    Table<ExpiryRow> expiries;

  private:
    struct LapsedRow {  // by fragment
        std::int64_t contact, first;
        std::uint64_t is_told;  // 1 contact, 2 first
    };
    Table<LapsedRow> lapsed_;
    Table<SweptRow> swept_;
    std::unordered_map<std::uint32_t, std::uint32_t> period_rows_;  // by fragment; after_load()
};

}  // namespace filrouge::engine
