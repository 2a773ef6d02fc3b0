// How many events an evaluation of a person reads. Counted as they come, because counting them when
// asked would cost what the count is there to avoid. Part of the fold's state.
#pragma once

#include <cstdint>
#include <span>

#include "model/identifier.h"
#include "storage/table.h"

namespace filrouge::engine {

class PersonSizes {
  public:
    // A person of more than `large_from` events is a large one.
    PersonSizes(TableSpace& space, std::uint16_t first_id, std::uint32_t large_from);
    // Events the fragment brings to the person it belongs to.
    void add(FragmentNo fragment, PersonNo person, std::uint32_t events);
    void regroup(PersonNo person, std::span<const FragmentNo> fragments);
    void prefetch(FragmentNo fragment) const { rows_.prefetch(fragment.value); }
    void vanish(PersonNo person);  // became another one's alias
    std::uint32_t of(PersonNo person) const;
    bool is_large(PersonNo person) const { return of(person) > large_from_; }
    std::uint32_t large() const { return totals().large; }  // how many there are
    // Events of the largest person there has been; what came apart since is not looked for again.
    std::uint32_t largest() const { return totals().largest; }
    std::uint32_t large_from() const { return large_from_; }

  private:
    struct Row {
        std::uint32_t brought;  // by this fragment
        std::uint32_t whole;    // of the person of this number
    };
    struct Totals {
        std::uint32_t large;
        std::uint32_t largest;
    };
    Totals totals() const { return totals_.size() == 0 ? Totals{} : totals_.at(0); }
    void set(PersonNo person, std::uint32_t whole);
    std::uint32_t large_from_;
    Table<Row> rows_;
    Table<Totals> totals_;
};

}  // namespace filrouge::engine
