// The rows of the identity graph, as they lie in the fold's arenas. Nothing else of it outlives a
// call, so a snapshot and the state hash cover all of it. Links are "number + 1" and 0 ends a list:
// arenas grow zero-filled, and a row of zeros is a fragment nobody has met.
#pragma once

#include <array>
#include <cstdint>

#include "identity/graph.h"
#include "storage/table.h"

namespace filrouge::identity {

// Flags of a fragment.
constexpr std::uint8_t kMet = 1;
constexpr std::uint8_t kSame = 2;     // tied to another brand's of its identifier, counted with it
constexpr std::uint8_t kShared = 4;   // on more people than Limits::people_max: stands alone
constexpr std::uint8_t kBlocked = 8;  // somebody said that it is nobody's: stands alone

// A fragment hangs in two lists: its person (accepted edges; named by its lowest fragment, which is
// the list's head) and its group (all edges that are not withdrawn: everything one decision about
// limits can reach; named by any fragment of it, which is the list's head).
struct FragmentRow {
    std::uint32_t person;
    std::uint32_t next_in_person;
    std::uint32_t group;
    std::uint32_t next_in_group;
    std::uint32_t first_edge;
    std::uint32_t
        first_statement;        // a thing: its latest; a person's fragment: the last that arrived
    std::uint16_t group_edges;  // in the group's head, elsewhere 0
    std::uint16_t degree;       // edges that are not withdrawn
    std::uint8_t type;
    std::uint8_t flags;
    std::uint8_t
        weakest_shared;          // in the group's head: the highest priority number of a shared one
    std::uint8_t people_erased;  // of those it was seen with, where it was on too many
    bool operator==(const FragmentRow&) const = default;
    bool counts_with_other() const { return (flags & kSame) != 0; }
    bool shared() const { return (flags & kShared) != 0; }
    bool blocked() const { return (flags & kBlocked) != 0; }
    bool stands_alone() const { return (flags & (kShared | kBlocked)) != 0; }
};
static_assert(sizeof(FragmentRow) == 32);
// A restored edge asks for no room: there can be somewhat more than the bound.
static_assert(2 * kEvidencePerComponentMax <= UINT16_MAX && kEdgesPerFragmentMax <= UINT16_MAX);

struct EdgeRow {
    std::int64_t at_us;      // of the strongest evidence
    std::uint64_t sequence;  // of the strongest evidence
    std::uint32_t a, b;      // a < b
    std::uint32_t next_of_a, next_of_b;
    std::uint32_t seen;  // of SameIdentifier: the end that counts with the other
    std::uint16_t source;
    std::uint8_t rule;
    std::uint8_t state;
    bool is(EdgeState which) const { return state == static_cast<std::uint8_t>(which); }
    // Ties nothing, and nothing hangs together by it.
    bool idle() const { return is(EdgeState::Withdrawn) || is(EdgeState::Closed); }
    bool same_identifier() const {
        return rule == static_cast<std::uint8_t>(EdgeRule::SameIdentifier);
    }
    std::uint32_t next_of(std::uint32_t fragment) const {
        return a == fragment ? next_of_a : next_of_b;
    }
};
static_assert(sizeof(EdgeRow) == 40);

// "This thing is with that person from now on", or, without a person, "it is back". The statements
// of a thing form a list in the order of event time; an interval is a statement and the next one.
struct StatementRow {
    std::int64_t at_us;
    std::uint64_t sequence;
    std::uint32_t thing;
    std::uint32_t person;  // FragmentNo::kNone: released
    std::uint32_t older, newer;
    std::uint32_t next_of_person;
    std::uint32_t count;  // statements of the thing; in its latest, elsewhere of the past
    // A statement further back in that list, so that a day long ago is found in a few steps.
    std::uint32_t further;
    std::uint32_t depth;  // how many were older when it came
};
static_assert(sizeof(StatementRow) == 48);

struct TotalsRow {
    std::uint64_t edges, refused_by_limit, refused_giant, refused_hot, refused_bindings;
    std::uint64_t merges, splits, persons;
    std::uint64_t refused_shared, shared;
};

struct Tables {
    Tables(TableSpace& space, std::uint16_t first_id)
        : fragments(space, first_id),
          edges(space, static_cast<std::uint16_t>(first_id + 1)),
          statements(space, static_cast<std::uint16_t>(first_id + 2)),
          limits(space, static_cast<std::uint16_t>(first_id + 3)),
          totals(space, static_cast<std::uint16_t>(first_id + 4)),
          pairs(space, static_cast<std::uint16_t>(first_id + 5)),
          same(space, static_cast<std::uint16_t>(first_id + Graph::kTableIds - 1)) {}
    Table<FragmentRow> fragments;
    Table<EdgeRow> edges;
    Table<StatementRow> statements;
    Table<Limits> limits;     // one row once they were set; before, the defaults hold
    Table<TotalsRow> totals;  // one row once there is something to count
    HashIndex pairs;          // pair_key -> edge
    // By an identifier's number in the first brand: the fragment + 1 its others are tied to, where
    // that is not the fragment of this number itself. Empty in a single shop.
    Table<std::uint32_t> same;

    static_assert(5 + HashIndex::kParts + 1 < Graph::kTableIds);

    bool met(FragmentNo f) const {
        return f.value < fragments.size() && fragments.at(f.value).flags != 0;
    }
    IdentifierType type_of(FragmentNo f) const {
        return met(f) ? static_cast<IdentifierType>(fragments.at(f.value).type)
                      : IdentifierType::None;
    }
    TotalsRow& edit_totals() {
        if (totals.size() == 0) totals.resize(1);
        return totals.edit(0);
    }
};

// By type number, for every event asks; row_of walks a list.
enum class Kind : std::uint8_t { Unknown, OfOnePerson, SharedThing };
constexpr std::size_t kTypes = std::size(Limits{}.per_person_max);
constexpr std::array<Kind, kTypes> kKinds = [] {
    std::array<Kind, kTypes> kinds{};
    for (const IdentifierTypeRow& row : kIdentifierTypes) {
        kinds[static_cast<std::size_t>(row.type)] =
            row.shared_thing ? Kind::SharedThing : Kind::OfOnePerson;
    }
    return kinds;
}();
constexpr Kind kind_of(IdentifierType type) { return kKinds[static_cast<std::size_t>(type)]; }

}  // namespace filrouge::identity
