// What earlier items of a request said of consent: later items are judged by it before anybody else
// is.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "consent/ledger.h"
#include "model/identifier.h"

namespace filrouge::engine {

// The latest statement about a purpose holds, whichever of a person's identifiers it was made
// under; an objection stays through later refusals and ends with the next grant. Things that
// several persons share (is_shared_thing) speak for nobody and are left out. What it costs grows
// with identifiers times purposes, whatever a sender puts into one request.
class StatedInBatch {
  public:
    bool empty() const { return rows_.empty(); }
    // `said` by an item that names `who`, after all that was told before.
    void add(const std::vector<Identifier>& who, const consent::Standing& said);
    // What is said in the table and then here of whoever these are.
    consent::Standing after(const consent::Standing& before, std::span<const Identifier> who) const;

  private:
    // When a purpose was last granted, refused, objected to: 1 is the first item, 0 never.
    struct Times {
        std::uint32_t granted = 0, refused = 0, objected = 0;
    };
    struct Row {  // of a fragment and a purpose
        Times times;
        std::uint8_t purpose = 0;
        std::uint32_t next = kNoRow;  // of the same fragment
    };
    static constexpr std::uint32_t kNoRow = ~std::uint32_t{0};
    Times& times_of(FragmentNo fragment, std::uint8_t purpose);

    boost::unordered_flat_map<std::uint32_t, std::uint32_t> heads_;  // by fragment: its first row
    std::vector<Row> rows_;
    std::uint32_t items_ = 0;
};

}  // namespace filrouge::engine
