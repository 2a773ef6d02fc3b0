// What each identifier told of offers, line by line, and the benefits given for it. The answers
// themselves are traits; here stands that they were told, and whether they still are. Rows of the
// fold's tables, edited by the fold alone; the offers are read again from their documents.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "engine/offer.h"
#include "model/event.h"
#include "model/packed.h"
#include "storage/table.h"

namespace filrouge::engine {

class OfferBook {
  public:
    // On disk: never renumber. Replaced: the same trait was told again for another offer.
    enum class State : std::uint32_t { Told = 1, TakenBack = 2, Replaced = 3 };
    struct Line {
        std::uint64_t sequence;  // of the record that told it last
        std::int64_t at;         // of its last change
        std::uint32_t offer;     // document
        std::uint32_t ask;       // place in the offer
        std::uint32_t name;      // StringNo
        std::uint32_t purpose;   // bit number
        std::uint32_t state;     // State
        std::uint32_t next;      // row + 1
        State is() const { return static_cast<State>(state); }
    };
    struct Benefit {
        std::uint64_t id_high, id_low;  // of the record that gave it
        std::int64_t at;                // when it was given
        std::int64_t taken_back_at;     // 0: it stands
        std::uint32_t offer;            // document
        std::uint32_t next;             // row + 1
        EventId id() const { return {id_high, id_low}; }
    };
    static constexpr std::uint16_t kTableIds = 4;
    OfferBook(TableSpace& space, std::uint16_t first_id);

    // --- beside the tables: offers by the number of their document
    std::map<std::uint32_t, Offer> offers;

    void tell(FragmentNo fragment, Line line);  // its state and `next` are set here
    // False when it was not told, or no more: then nothing changes.
    bool take_back(FragmentNo fragment, std::uint32_t offer, std::uint32_t ask, EventTime at);
    void give(FragmentNo fragment, Benefit benefit);
    void take_benefits(FragmentNo fragment, std::uint32_t offer, EventTime at);

    std::vector<Line> lines_of(FragmentNo fragment) const;
    std::vector<Benefit> benefits_of(FragmentNo fragment) const;
    // Over everybody: identifiers that tell at least one line of the offer, benefits that stand.
    struct Figures {
        std::uint64_t told = 0, benefits = 0;
    };
    std::map<std::uint32_t, Figures> figures() const;  // by document

  private:
    Table<std::uint32_t> line_heads_;  // by fragment: row + 1
    Table<Line> lines_;
    Table<std::uint32_t> benefit_heads_;
    Table<Benefit> benefits_;
};

}  // namespace filrouge::engine
