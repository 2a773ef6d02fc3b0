// Traits that a person or staff put right (GDPR 16): in force until they are released, whatever
// sources have told before or tell later. A correction hangs on one identifier, that by
// which whoever asked for it knows the person, so that it stays there at an un-merge; of several of
// a person the latest record holds.
//
// Part of the fold's state.
#pragma once

#include <cstdint>
#include <vector>

#include "history/scan.h"
#include "storage/table.h"

namespace filrouge::profile {

// On disk: never renumber. Remove: the person has no such trait; Release: sources count again.
enum class CorrectionAct : std::uint8_t { Correct = 1, Remove = 2, Release = 3 };
constexpr std::uint32_t kCorrectionsPerFragmentMax = 256;

struct CorrectionRow {
    history::Cell value;  // value.key names the trait; the rest counts for Correct alone
    CorrectionAct act = CorrectionAct::Correct;
    EventTime at;
    std::uint64_t sequence = 0;
    FragmentNo fragment;
    // Purposes that saw the trait when it was put right, told by a source; none: it puts right
    // answers to offers, and nothing else.
    PurposeSet allowed;
};

class Corrections {
  public:
    Corrections(TableSpace& space, std::uint16_t first_id);  // takes 2 ids
    // False when the identifier has no room for another trait; then nothing changed.
    bool set(const CorrectionRow& told);
    bool empty() const { return rows_.size() == 0; }
    void read(FragmentNo fragment, std::vector<CorrectionRow>& out) const;
    // Of all that a person's identifiers have: the latest of each trait, without released ones.
    static void join(std::vector<CorrectionRow>& rows);
    // Puts the corrections (joined) in the place of what was told, before a purpose is asked: what
    // saw the told value sees the right one. `rows` are of one person, not joined yet; what a model
    // computed stays. An answer to an offer is told for one purpose and can be taken back: a
    // correction is seen by that purpose for as long as the answer it puts right is there, and a
    // later answer stands beside it.
    static bool puts_right(const CorrectionRow& correction, const history::TraitRow& row);
    static void put_right(const std::vector<CorrectionRow>& corrections,
                          std::vector<history::TraitRow>& rows);

  private:
    struct Stored {
        std::int64_t at;
        std::uint64_t sequence;
        std::int64_t number;
        std::uint32_t key;
        std::uint32_t text;
        std::uint32_t allowed;
        std::uint32_t next;  // row + 1
        std::uint8_t kind;
        std::uint8_t act;
        std::uint8_t spare[6];
    };
    Table<std::uint32_t> heads_;  // by fragment: row + 1
    Table<Stored> rows_;
};

}  // namespace filrouge::profile
