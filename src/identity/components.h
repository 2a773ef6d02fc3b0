// Persons as connected components: adds and withdraws edges, and keeps the two lists of
// every fragment (identity/tables.h) true. Owned by a Graph.
//
// An operation is any number of meet, tie and withdraw calls ended by one report: what a person was
// before is remembered from its first change on, so a fragment that comes back to its person within
// one operation is not reported.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "identity/derivation.h"

namespace filrouge::identity {

struct Evidence {  // one observation of a pair; the smallest is the strongest
    std::int64_t at_us = 0;
    std::uint64_t sequence = 0;
    std::uint8_t rule = 0;
    std::uint16_t source = 0;
    auto operator<=>(const Evidence&) const = default;
};

class Components {
  public:
    explicit Components(Tables& tables) : tables_(tables), derivation_(tables) {}

    void set_limits(const Limits& limits);
    const Limits& limits() const;
    void meet(FragmentNo fragment, IdentifierType type);
    void prefetch(FragmentNo one, FragmentNo other) const;
    bool may_tie(FragmentNo fragment) const;
    void tie(FragmentNo a, FragmentNo b, const Evidence& evidence);
    // The fragment that the others of an identifier are tied to; `fragment` is from now on where
    // there was none.
    FragmentNo stands_for(FragmentNo number, FragmentNo fragment);
    // `twin` is the same identifier as `head`, in another brand.
    void tie_same(FragmentNo head, FragmentNo twin, const Evidence& evidence);
    bool withdraw(FragmentNo a, FragmentNo b);
    bool restore(FragmentNo a, FragmentNo b);
    bool block(FragmentNo fragment, bool blocked);
    // Appends the fragments whose person changed since the last report, ascending.
    void report(std::vector<FragmentNo>& changed);

    Strength strength_of(const EdgeRow& edge) const;
    std::uint32_t find_edge(FragmentNo a, FragmentNo b) const;  // HashIndex::kAbsent when none
    // The stronger identifiers that the fragment was seen with, in all brands that count it once;
    // and how many people there were whose identifiers are erased.
    std::vector<std::uint32_t> stronger_partners(std::uint32_t fragment,
                                                 std::uint32_t* erased) const;

  private:
    struct Was {
        std::uint32_t fragment = 0, person = 0;
    };
    std::uint32_t find_edge(std::uint32_t a, std::uint32_t b) const;
    void see_again(std::uint32_t edge, const Evidence& evidence);
    bool has_room(std::uint32_t a, std::uint32_t b);
    std::uint32_t add_edge(std::uint32_t a, std::uint32_t b, const Evidence& evidence);
    void place(std::uint32_t edge);
    void hang_together(std::uint32_t edge);
    void open(std::uint32_t edge);
    void cross_brands(bool across);
    void let_go(std::uint32_t edge, EdgeState state);
    void unite_groups(std::uint32_t group, std::uint32_t other);
    void unite_persons(std::uint32_t person, std::uint32_t other);
    bool fit_together(std::uint32_t person, std::uint32_t other) const;
    bool gives_way(std::uint32_t edge) const;
    bool may_free_shared(std::uint32_t edge, std::uint32_t group) const;
    bool may_become_shared(std::uint32_t edge) const;
    std::uint8_t priority_of(std::uint32_t fragment) const;
    void set_state(std::uint32_t edge, EdgeState state);
    void derive(std::uint32_t group);
    void write_back();
    static void count_changes(TotalsRow& totals, std::uint32_t fragment, const FragmentRow& old,
                              const FragmentRow& row);
    void write_row(std::uint32_t fragment, const FragmentRow& row);

    Tables& tables_;
    // Only within a call: kept for their memory.
    std::vector<Was> was_;
    Derivation derivation_;
    std::vector<std::uint32_t> next_in_person_, next_in_group_;
    std::vector<std::uint8_t> weakest_shared_;  // by member: of the group it heads
};

}  // namespace filrouge::identity
