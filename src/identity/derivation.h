// What the evidence of some groups makes of their fragments: which edges are accepted, and who is
// one person. Kruskal over all edges that count, from the strongest to the weakest
// (identity/graph.h has the rules); a pure function of the rows and the limits. Writes nothing:
// Components puts the outcome into the rows, a preview only looks at it.
//
// Holds its outcome until the next run; kept for its memory.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "identity/tables.h"

namespace filrouge::identity {

// The place of an edge in the one total order: strongest first.
struct Strength {
    std::uint8_t weaker = 0, stronger = 0;  // priorities; a higher number is a weaker type
    std::int64_t at_us = 0;
    std::uint64_t sequence = 0;
    std::uint32_t a = 0, b = 0;
    auto operator<=>(const Strength&) const = default;
};
Strength strength_of(const Tables& tables, const Limits& limits, const EdgeRow& edge);

class Derivation {
  public:
    explicit Derivation(const Tables& tables) : tables_(tables) {}

    struct Decided {
        Strength strength;  // a and b: by the ends' places among members()
        std::uint32_t edge = 0;
        EdgeState state = EdgeState::Accepted;
    };
    // One edge taken to count or not to, one identifier taken to be blocked or not, whatever its
    // row says.
    struct Instead {
        std::uint32_t edge = HashIndex::kAbsent;
        bool counts = false;
        std::uint32_t fragment = FragmentNo::kNone;
        bool blocked = false;
    };

    // `groups` by their heads.
    void run(std::span<const std::uint32_t> groups, const Limits& limits, Instead instead);
    void run(std::uint32_t group, const Limits& limits) { run({&group, 1}, limits, {}); }

    const std::vector<std::uint32_t>& members() const { return members_; }  // ascending
    const std::vector<Decided>& edges() const { return edges_; }            // strongest first
    // By place among members(): the place of the first of its person, or of its group.
    std::uint32_t person(std::uint32_t i) { return persons_.find(i); }
    std::uint32_t group(std::uint32_t i) { return groups_.find(i); }
    std::uint32_t edges_of_group(std::uint32_t head) const { return group_edges_[head]; }
    // On more people than the limit: it stands alone.
    bool shared(std::uint32_t i) { return shared_[persons_.find(i)] != 0; }

  private:
    // Disjoint sets over 0..n-1; a set is named by its lowest member.
    struct Forest {
        std::vector<std::uint32_t> parent;
        void reset(std::size_t n);
        std::uint32_t find(std::uint32_t x);
        std::uint32_t join(std::uint32_t x, std::uint32_t y);
    };
    void collect_members(std::span<const std::uint32_t> groups);
    void collect_edges(const Limits& limits);
    void number_types(const Limits& limits);
    void decide(const Limits& limits);
    void count_erased();
    void find_shared(std::span<const Decided> edges, const Limits& limits);
    EdgeState verdict_on(const Decided& candidate);
    bool stands_alone(std::uint32_t i);
    bool fits(std::uint32_t x, std::uint32_t y) const;
    void join(std::uint32_t x, std::uint32_t y);
    std::uint32_t place_of(std::uint32_t fragment) const;

    const Tables& tables_;
    std::vector<std::uint32_t> members_;
    std::vector<Decided> edges_;
    Instead instead_;
    Forest persons_, groups_;
    std::vector<std::uint32_t> group_edges_;  // by member: of the group it heads
    std::vector<std::uint8_t> shared_;        // by first member of a person
    std::vector<std::uint32_t> erased_;       // people; by first member of a person
    std::uint32_t erased_in_all_ = 0;
    std::vector<std::uint16_t> maxima_;  // by local number of type
    std::vector<std::uint16_t> counts_;  // by member, then local number of type
    std::vector<std::pair<std::uint32_t, std::uint32_t>> met_;  // identifier and person, of a batch
};

}  // namespace filrouge::identity
