// Which person had a lent thing when: the statements "bound" and "released" of each thing in the
// order of event time, whenever they arrived. Owned by a Graph.
#pragma once

#include <cstdint>
#include <vector>

#include "identity/tables.h"

namespace filrouge::identity {

class Bindings {
  public:
    explicit Bindings(Tables& tables) : tables_(tables) {}

    bool bind(FragmentNo thing, FragmentNo person_fragment, EventTime at, std::uint64_t sequence);
    bool release(FragmentNo thing, EventTime at, std::uint64_t sequence);
    // The fragment the thing is bound to at that time; none when it is not.
    FragmentNo holder(FragmentNo thing, EventTime at) const;
    bool has_statement(FragmentNo thing, EventTime at, std::uint64_t sequence) const;
    void of_fragment(FragmentNo person_fragment, std::vector<BindingView>& out) const;

  private:
    bool state(FragmentNo thing, FragmentNo person_fragment, EventTime at, std::uint64_t sequence);
    void insert(StatementRow row);
    // Between which of a thing's statements (links) a moment lies: none after it, none before it.
    struct Place {
        std::uint32_t older, newer;
    };
    Place place_of(std::uint32_t latest, std::int64_t at_us, std::uint64_t sequence) const;
    void link_further(StatementRow& row) const;

    Tables& tables_;
};

}  // namespace filrouge::identity
