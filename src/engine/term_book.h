// What the fold knows of the terms of events: which periods are still open, what is left of events
// whose term has passed, and what looking after retention has done so far.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "consent/ledger.h"
#include "engine/sweep_record.h"
#include "model/identifier.h"
#include "storage/expiries.h"
#include "storage/table.h"

namespace filrouge::engine {

class Fold;
struct TermSeal;  // engine/event_record.h

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
    // A person is kept by events that have no row all the same, be it that they have passed away or
    // were kept for their statements alone: by a contact they were, or, where there was none, from
    // the first of them. INT64_MIN and INT64_MAX: none. `told`: the purposes whose statement is of
    // such an event, which is a contact by what stands here and by nothing else.
    struct Lapsed {
        std::int64_t contact, first;
        PurposeSet told{};
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
    // Whose statements of these purposes hold now: those of an event without a row, or of another.
    void note_told(FragmentNo fragment, PurposeSet held, bool without_row);
    bool has_told(FragmentNo fragment) const {
        return fragment.value < lapsed_.size() &&
               lapsed_.at(fragment.value).is_told >> kToldShift != 0;
    }
    void note_expiry(const Expiry& expiry, std::uint64_t sequence);
    void note_swept(const SweptFacts& facts);

    Lapsed lapsed_of(FragmentNo fragment) const;
    std::optional<SweptRow> swept() const;
    bool knows(const ExpiryId& id) const;  // among those the log tells
    // By the settings told last, whether an event of this name is a contact where its name decides.
    bool is_contact(std::string_view name) const;
    void set_not_contacts(std::vector<std::string> names) { not_contacts_ = std::move(names); }

    Table<PeriodRow> periods;
    Table<ExpiryRow> expiries;

  private:
    struct LapsedRow {  // by fragment
        std::int64_t contact, first;
        std::uint64_t is_told;  // 1 contact, 2 first; from kToldShift on the purposes told
    };
    static constexpr int kToldShift = 32;
    Table<LapsedRow> lapsed_;
    Table<SweptRow> swept_;
    std::unordered_map<std::uint32_t, std::uint32_t> period_rows_;  // by fragment; after_load()
    std::vector<std::string> not_contacts_;                         // ascending; of the settings
};

// That the event which was just applied leaves no row, where it does not: after its consents.
void note_without_row(const Event& event, const std::optional<TermSeal>& term, bool lapsed,
                      const Fold& fold, std::uint64_t sequence);

// The purposes of which what this record said holds for the fragment.
PurposeSet held_by(const Fold& fold, FragmentNo fragment, std::uint64_t sequence);

}  // namespace filrouge::engine
