// Evaluations that wait for the next tick: of each person the rules to ask, once however often they
// were put off, so that a person with very many events costs one reading of them a tick and not one
// an event. Part of the fold's state.
#pragma once

#include <array>
#include <cstdint>

#include "audience/person.h"
#include "storage/table.h"

namespace filrouge::audience {

constexpr std::uint32_t kAudiencesMax = 256;

class PutOff {
  public:
    using Slots = std::array<std::uint64_t, kAudiencesMax / 64>;  // a bit a rule
    struct Row {
        std::uint32_t person;
        std::uint32_t spare;
        Slots slots;
        bool has(std::uint32_t slot) const { return (slots[slot / 64] >> (slot % 64) & 1) != 0; }
        std::uint32_t count() const;
    };
    PutOff(TableSpace& space, std::uint16_t first_id);  // takes 2 ids
    void add(PersonNo person, std::uint32_t slot);
    void forget(PersonNo person);  // keeps an empty row
    std::uint32_t size() const { return rows_.size(); }
    const Row& at(std::uint32_t i) const { return rows_.at(i); }  // longest waiting first
    void drop(std::uint32_t n);                                   // the first n

  private:
    Table<Row> rows_;
    Table<std::uint32_t> places_;  // by person: row + 1, 0 for none
};

}  // namespace filrouge::audience
