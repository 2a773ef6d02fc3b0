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

#include "identity/tables.h"

namespace filrouge::identity {

struct Evidence {  // one observation of a pair; the smallest is the strongest
    std::int64_t at_us = 0;
    std::uint64_t sequence = 0;
    std::uint8_t rule = 0;
    std::uint16_t source = 0;
    auto operator<=>(const Evidence&) const = default;
};

// The place of an edge in the one total order: strongest first.
struct Strength {
    std::uint8_t weaker = 0, stronger = 0;  // priorities; a higher number is a weaker type
    std::int64_t at_us = 0;
    std::uint64_t sequence = 0;
    std::uint32_t a = 0, b = 0;
    auto operator<=>(const Strength&) const = default;
};

class Components {
  public:
    explicit Components(Tables& tables) : tables_(tables) {}

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
    // Appends the fragments whose person changed since the last report, ascending.
    void report(std::vector<FragmentNo>& changed);

    Strength strength_of(const EdgeRow& edge) const;

  private:
    struct Candidate {
        Strength strength;
        std::uint32_t edge = 0;
    };
    struct Was {
        std::uint32_t fragment = 0, person = 0;
    };
    // Disjoint sets over 0..n-1; a set is named by its lowest member.
    struct Forest {
        std::vector<std::uint32_t> parent;
        void reset(std::size_t n);
        std::uint32_t find(std::uint32_t x);
        std::uint32_t join(std::uint32_t x, std::uint32_t y);
    };
    std::uint32_t find_edge(std::uint32_t a, std::uint32_t b) const;
    void see_again(std::uint32_t edge, const Evidence& evidence);
    bool has_room(std::uint32_t a, std::uint32_t b);
    std::uint32_t add_edge(std::uint32_t a, std::uint32_t b, const Evidence& evidence);
    void place(std::uint32_t edge);
    void open_same(std::uint32_t edge);
    void cross_brands(bool across);
    void let_go(std::uint32_t edge, EdgeState state);
    void unite_groups(std::uint32_t group, std::uint32_t other);
    void unite_persons(std::uint32_t person, std::uint32_t other);
    bool fit_together(std::uint32_t person, std::uint32_t other) const;
    bool gives_way(std::uint32_t edge) const;
    void set_state(std::uint32_t edge, EdgeState state);
    void derive(std::uint32_t group);
    void collect_members(std::uint32_t group);
    void collect_candidates();
    void number_types();
    void decide();
    bool fits(std::uint32_t x, std::uint32_t y) const;
    void join(std::uint32_t x, std::uint32_t y);
    std::uint32_t local(std::uint32_t fragment) const;
    void write_back();
    void write_row(std::uint32_t fragment, const FragmentRow& row);

    Tables& tables_;
    // Only within a call: kept for their memory.
    std::vector<Was> was_;
    std::vector<std::uint32_t> members_;  // fragments of the group being derived, ascending
    std::vector<Candidate> candidates_;
    Forest persons_, groups_;
    std::vector<std::uint16_t> maxima_;       // by local number of type
    std::vector<std::uint16_t> counts_;       // by member, then local number of type
    std::vector<std::uint32_t> group_edges_;  // by member: of the group it heads
    std::vector<std::uint32_t> next_in_person_, next_in_group_;
};

}  // namespace filrouge::identity
