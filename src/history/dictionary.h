// Every string that history or a trait may be asked about has a dense number: event names, property
// names, short text values, products, places. Equality is then a comparison of numbers, and a value
// is stored once. Part of the fold's state; the numbers are given in log order, so replay gives the
// same ones. Texts of up to kDictionaryTextMax bytes can be read back; a longer one is known by its
// keyed hash alone: `=` works on it, `contains` does not.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "base/id.h"
#include "storage/table.h"

namespace filrouge {

using StringNo = Num<struct StringTag>;

namespace history {

constexpr std::size_t kDictionaryTextMax = 128;
constexpr std::uint32_t kDictionaryEntriesMax = 50'000'000;  // past it a new text gets no number
// Of them, what values never take: strangers write those, and a shop whose dictionary they have
// filled must still be able to name an event, and to ask for it in a new rule.
constexpr std::uint32_t kDictionaryReserve = 1'000'000;

// Whose a text is says how much of the reserve it may take: none, half, or all of it.
enum class Room : std::uint8_t {
    Value,  // of a property, a trait or a line; a product, a place
    Name,   // of an event, a property, a trait
    Rule,   // what an operator or the program itself names
};

class Dictionary {
  public:
    Dictionary(TableSpace& space, std::uint16_t first_id, HashKey key,
               std::uint32_t entries_max = kDictionaryEntriesMax,
               std::uint32_t reserve = kDictionaryReserve);  // takes 70 ids
    StringNo find(std::string_view text) const;              // none when never seen
    StringNo intern(std::string_view text, Room room = Room::Value) {
        return intern(look_ahead(text), room);
    }
    // In two steps, for several texts at a time: the first starts to fetch a text's place, so that
    // they come together and not one after the other. The text must live until the second.
    struct Ahead {
        std::uint64_t hash;
        std::string_view text;
    };
    Ahead look_ahead(std::string_view text) const;
    StringNo intern(const Ahead& ahead, Room room = Room::Value);  // none past the limit
    // How many texts got no number since this was asked last.
    std::uint64_t take_left_out() { return std::exchange(left_out_, 0); }
    std::uint32_t room(Room room) const;           // for how many more texts
    std::string_view text(StringNo number) const;  // empty for none and for long texts
    std::uint32_t size() const { return entries_.size(); }

  private:
    struct Entry {
        std::uint64_t offset;
        std::uint32_t length;
        std::uint32_t spare;
    };
    HashKey key_;
    std::uint32_t entries_max_;
    std::uint32_t reserve_;
    std::uint64_t left_out_ = 0;  // not part of the state: who folds counts it
    HashIndex index_;
    Table<Entry> entries_;
    Arena texts_;
};

}  // namespace history
}  // namespace filrouge
