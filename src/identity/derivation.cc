#include "identity/derivation.h"

#include <algorithm>
#include <array>
#include <utility>

namespace filrouge::identity {

Strength strength_of(const Tables& tables, const Limits& limits, const EdgeRow& edge) {
    if (edge.same_identifier()) return {0, 0, edge.at_us, edge.sequence, edge.a, edge.b};
    const std::uint8_t of_a = limits.priority[tables.fragments.at(edge.a).type];
    const std::uint8_t of_b = limits.priority[tables.fragments.at(edge.b).type];
    return {std::max(of_a, of_b), std::min(of_a, of_b), edge.at_us, edge.sequence, edge.a, edge.b};
}

void Derivation::run(std::span<const std::uint32_t> groups, const Limits& limits, Instead instead) {
    instead_ = instead;
    collect_members(groups);
    collect_edges(limits);
    std::sort(edges_.begin(), edges_.end(),
              [](const Decided& x, const Decided& y) { return x.strength < y.strength; });
    number_types(limits);
    decide(limits);
}

void Derivation::collect_members(std::span<const std::uint32_t> groups) {
    members_.clear();
    for (const std::uint32_t group : groups) {
        for (std::uint32_t link = group + 1; link != 0;) {
            members_.push_back(link - 1);
            link = tables_.fragments.at(link - 1).next_in_group;
        }
    }
    std::sort(members_.begin(), members_.end());
}

void Derivation::collect_edges(const Limits& limits) {
    edges_.clear();
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
        for (std::uint32_t link = tables_.fragments.at(members_[i]).first_edge; link != 0;) {
            const EdgeRow& edge = tables_.edges.at(link - 1);
            const bool counts = link - 1 == instead_.edge ? instead_.counts : !edge.idle();
            if (edge.a == members_[i] && counts) {
                Strength strength = strength_of(tables_, limits, edge);
                strength.a = i;  // members have places that ascend as their numbers do
                strength.b = place_of(edge.b);
                edges_.push_back({strength, link - 1, EdgeState::Accepted});
            }
            link = edge.next_of(members_[i]);
        }
    }
}

void Derivation::number_types(const Limits& limits) {
    std::array<std::uint8_t, kTypes> number{};  // of a type + 1
    maxima_.clear();
    for (const std::uint32_t fragment : members_) {
        const std::uint8_t type = tables_.fragments.at(fragment).type;
        if (number[type] != 0) continue;
        maxima_.push_back(limits.per_person_max[type]);
        number[type] = static_cast<std::uint8_t>(maxima_.size());
    }
    counts_.assign(members_.size() * maxima_.size(), 0);
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const FragmentRow& row = tables_.fragments.at(members_[i]);
        counts_[i * maxima_.size() + number[row.type] - 1] = row.counts_with_other() ? 0 : 1;
    }
}

// In steps of the weaker end's priority: whoever an identifier of that priority was seen with is
// then tied together as far as stronger evidence goes, which is where they are counted.
void Derivation::decide(const Limits& limits) {
    persons_.reset(members_.size());
    groups_.reset(members_.size());
    group_edges_.assign(members_.size(), 0);
    shared_.assign(members_.size(), 0);
    count_erased();
    for (std::size_t from = 0; from < edges_.size();) {
        std::size_t to = from;
        while (to < edges_.size() && edges_[to].strength.weaker == edges_[from].strength.weaker)
            ++to;
        find_shared({edges_.data() + from, to - from}, limits);
        for (; from < to; ++from) edges_[from].state = verdict_on(edges_[from]);
    }
    for (auto i = static_cast<std::uint32_t>(members_.size()); i-- > 0;) {
        const std::uint32_t head = groups_.find(i);  // never above i
        if (head != i) group_edges_[head] += std::exchange(group_edges_[i], 0);
    }
}

void Derivation::count_erased() {
    erased_.assign(members_.size(), 0);
    erased_in_all_ = 0;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        erased_[i] = tables_.fragments.at(members_[i]).people_erased;
        erased_in_all_ += erased_[i];
    }
}

// The edges are all those of one weaker priority. An identifier of that priority has no edge before
// them but the ties of one identifier's fragments in several brands, so it is still alone, or with
// those; found on too many people it stays so.
void Derivation::find_shared(std::span<const Decided> edges, const Limits& limits) {
    if (edges.size() + erased_in_all_ <= limits.people_max) return;
    met_.clear();
    for (const Decided& edge : edges) {
        const Strength& s = edge.strength;
        if (s.weaker == s.stronger) continue;  // peers, or one identifier in two brands
        const std::uint8_t type_of_a = tables_.fragments.at(members_[s.a]).type;
        const bool a_is_weaker = limits.priority[type_of_a] == s.weaker;
        met_.emplace_back(persons_.find(a_is_weaker ? s.a : s.b),
                          persons_.find(a_is_weaker ? s.b : s.a));
    }
    std::sort(met_.begin(), met_.end());
    met_.erase(std::unique(met_.begin(), met_.end()), met_.end());
    for (auto from = met_.begin(); from != met_.end();) {
        const auto to = std::find_if(from, met_.end(), [identifier = from->first](const auto& met) {
            return met.first != identifier;
        });
        const auto people = static_cast<std::size_t>(to - from) + erased_[from->first];
        if (people > limits.people_max) shared_[from->first] = 1;
        from = to;
    }
}

EdgeState Derivation::verdict_on(const Decided& candidate) {
    const std::uint32_t a = candidate.strength.a;
    const std::uint32_t b = candidate.strength.b;
    groups_.join(a, b);
    ++group_edges_[a];
    const std::uint32_t x = persons_.find(a);
    const std::uint32_t y = persons_.find(b);
    const bool same = tables_.edges.at(candidate.edge).same_identifier();
    if (!same && (stands_alone(a) || stands_alone(b))) return EdgeState::RefusedShared;
    if (x == y) return EdgeState::Accepted;
    if (!same && !fits(x, y)) return EdgeState::RefusedByLimit;
    join(x, y);
    return EdgeState::Accepted;
}

bool Derivation::stands_alone(std::uint32_t i) {
    const std::uint32_t fragment = members_[i];
    return shared(i) || (fragment == instead_.fragment ? instead_.blocked
                                                       : tables_.fragments.at(fragment).blocked());
}

void Derivation::join(std::uint32_t x, std::uint32_t y) {
    const std::uint32_t root = persons_.join(x, y);
    const std::uint32_t leaf = root == x ? y : x;
    erased_[root] += erased_[leaf];
    const std::size_t types = maxima_.size();
    for (std::size_t t = 0; t < types; ++t) {
        std::uint16_t& sum = counts_[root * types + t];
        sum = static_cast<std::uint16_t>(sum + counts_[leaf * types + t]);
    }
}

bool Derivation::fits(std::uint32_t x, std::uint32_t y) const {
    const std::size_t types = maxima_.size();
    for (std::size_t t = 0; t < types; ++t) {
        if (counts_[x * types + t] + counts_[y * types + t] > maxima_[t]) return false;
    }
    return true;
}

std::uint32_t Derivation::place_of(std::uint32_t fragment) const {
    const auto at = std::lower_bound(members_.begin(), members_.end(), fragment);
    ASSERT(at != members_.end() && *at == fragment);
    return static_cast<std::uint32_t>(at - members_.begin());
}

void Derivation::Forest::reset(std::size_t n) {
    parent.resize(n);
    for (std::size_t i = 0; i < n; ++i) parent[i] = static_cast<std::uint32_t>(i);
}

std::uint32_t Derivation::Forest::find(std::uint32_t x) {
    while (parent[x] != x) x = parent[x] = parent[parent[x]];
    return x;
}

std::uint32_t Derivation::Forest::join(std::uint32_t x, std::uint32_t y) {
    x = find(x);
    y = find(y);
    parent[std::max(x, y)] = std::min(x, y);
    return std::min(x, y);
}

}  // namespace filrouge::identity
