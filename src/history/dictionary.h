// Every string that history or a trait may be asked about has a dense number: event names, property
// names, short text values, products, places. Equality is then a comparison of numbers, and a value
// is stored once. Part of the fold's state; the numbers are given in log order, so replay gives the
// same ones. Texts of up to kDictionaryTextMax bytes can be read back; a longer one is known by its
// keyed hash alone: `=` works on it, `contains` does not.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash.h"
#include "base/id.h"
#include "storage/table.h"

namespace filrouge {

using StringNo = Num<struct StringTag>;

namespace history {

constexpr std::size_t kDictionaryTextMax = 128;
constexpr std::uint32_t kDictionaryEntriesMax = 50'000'000;  // past it a new text gets no number

class Dictionary {
  public:
    Dictionary(TableSpace& space, std::uint16_t first_id, HashKey key,
               std::uint32_t entries_max = kDictionaryEntriesMax);  // takes 70 ids
    StringNo find(std::string_view text) const;                     // none when never seen
    StringNo intern(std::string_view text) { return intern(look_ahead(text)); }
    // In two steps, for several texts at a time: the first starts to fetch a text's place, so that
    // they come together and not one after the other. The text must live until the second.
    struct Ahead {
        std::uint64_t hash;
        std::string_view text;
    };
    Ahead look_ahead(std::string_view text) const;
    StringNo intern(const Ahead& ahead);           // none past the limit (counted)
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
    HashIndex index_;
    Table<Entry> entries_;
    Arena texts_;
};

}  // namespace history
}  // namespace filrouge
