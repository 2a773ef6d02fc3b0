#include "identity/components.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"

namespace filrouge::identity {
namespace {

constexpr Limits kDefaults = [] {
    Limits limits;
    for (const IdentifierTypeRow& row : kIdentifierTypes) {
        const auto type = static_cast<std::size_t>(row.type);
        limits.per_person_max[type] = row.shared_thing ? std::uint16_t{0} : row.per_person_max;
        limits.priority[type] = row.priority;
    }
    return limits;
}();

// mix64 is a bijection, so two pairs never share a key, and a < b keeps it from being 0.
std::uint64_t pair_key(std::uint32_t a, std::uint32_t b) {
    return mix64(static_cast<std::uint64_t>(a) << 32 | b);
}

std::uint32_t next_edge(const EdgeRow& edge, std::uint32_t fragment) {
    return edge.a == fragment ? edge.next_of_a : edge.next_of_b;
}

bool closed(const EdgeRow& edge) {
    return edge.state == static_cast<std::uint8_t>(EdgeState::Closed);
}
// Withdrawn or closed: ties nothing, and nothing hangs together by it.
bool idle(const EdgeRow& edge) {
    return closed(edge) || edge.state == static_cast<std::uint8_t>(EdgeState::Withdrawn);
}
bool same_identifier(const EdgeRow& edge) {
    return edge.rule == static_cast<std::uint8_t>(EdgeRule::SameIdentifier);
}
bool accepted(const EdgeRow& edge) {
    return edge.state == static_cast<std::uint8_t>(EdgeState::Accepted);
}
bool refused(const EdgeRow& edge) {
    return edge.state == static_cast<std::uint8_t>(EdgeState::RefusedByLimit);
}

}  // namespace

Limits Limits::defaults() { return kDefaults; }

const Limits& Components::limits() const {
    return tables_.limits.size() == 0 ? kDefaults : tables_.limits.at(0);
}

void Components::set_limits(const Limits& wanted) {
    if (limits() == wanted) return;
    const bool crosses = wanted.across_brands != 0;
    const bool crossed = limits().across_brands != 0;
    if (tables_.limits.size() == 0) tables_.limits.resize(1);
    tables_.limits.edit(0) = wanted;
    if (crosses != crossed) cross_brands(crosses);
    for (std::uint32_t f = 0; f < tables_.fragments.size(); ++f) {
        const FragmentRow& row = tables_.fragments.at(f);
        if (row.met != 0 && row.group == f && row.group_edges != 0) derive(f);
    }
}

void Components::meet(FragmentNo fragment, IdentifierType type) {
    ASSERT(!fragment.is_none() && static_cast<std::size_t>(type) < kTypes);
    const std::uint32_t f = fragment.value;
    const IdentifierType known = tables_.type_of(fragment);
    if (tables_.met(fragment) && (known == type || type == IdentifierType::None)) return;
    ASSERT(known == IdentifierType::None);
    if (f >= tables_.fragments.size()) tables_.fragments.resize(f + 1);
    FragmentRow& row = tables_.fragments.edit(f);
    row.person = row.group = f;
    row.type = static_cast<std::uint8_t>(type);
    row.met = kMet;
    if (kind_of(type) == Kind::OfOnePerson) ++tables_.edit_totals().persons;
}

// What tie will read: the waits for memory then run side by side, not one after the other.
void Components::prefetch(FragmentNo one, FragmentNo other) const {
    if (other.value < tables_.fragments.size())
        __builtin_prefetch(&tables_.fragments.at(other.value));
    if (one == other) return;
    const auto [a, b] = std::minmax(one.value, other.value);
    tables_.pairs.prefetch(pair_key(a, b));
}

bool Components::may_tie(FragmentNo fragment) const {
    const IdentifierType type = tables_.type_of(fragment);
    return kind_of(type) == Kind::OfOnePerson &&
           limits().per_person_max[static_cast<std::size_t>(type)] != 0;
}

void Components::tie(FragmentNo one, FragmentNo other, const Evidence& evidence) {
    if (one == other) return;
    const std::uint32_t a = std::min(one.value, other.value);
    const std::uint32_t b = std::max(one.value, other.value);
    const std::uint32_t edge = find_edge(a, b);
    if (edge != HashIndex::kAbsent) {
        see_again(edge, evidence);
    } else if (has_room(a, b)) {
        place(add_edge(a, b, evidence));
    }
}

FragmentNo Components::stands_for(FragmentNo number, FragmentNo fragment) {
    if (number.value < tables_.same.size()) {
        if (const std::uint32_t known = tables_.same.at(number.value); known != 0)
            return FragmentNo{known - 1};
    }
    if (tables_.met(number)) return number;
    if (number.value >= tables_.same.size()) tables_.same.resize(number.value + 1);
    tables_.same.edit(number.value) = fragment.value + 1;
    return fragment;
}

void Components::tie_same(FragmentNo head, FragmentNo twin, const Evidence& evidence) {
    const std::uint32_t a = std::min(head.value, twin.value);
    const std::uint32_t b = std::max(head.value, twin.value);
    if (find_edge(a, b) != HashIndex::kAbsent) return;
    const bool across = limits().across_brands != 0;
    if (across && !has_room(a, b)) return;
    const std::uint32_t edge = add_edge(a, b, evidence);
    tables_.edges.edit(edge).seen = twin.value;
    if (!across) return let_go(edge, EdgeState::Closed);
    const FragmentRow& row = tables_.fragments.at(twin.value);
    const bool alone = row.group_edges == 0 && row.group == twin.value;
    open_same(edge);
    // Nothing was decided about a fragment without evidence, and it adds nothing to any count.
    const std::uint32_t x = tables_.fragments.at(a).person;
    const std::uint32_t y = tables_.fragments.at(b).person;
    if (alone)
        unite_persons(std::min(x, y), std::max(x, y));
    else
        derive(tables_.fragments.at(a).group);
}

// The ends hang together and count once from now on; who is one person by it is for the caller.
void Components::open_same(std::uint32_t edge) {
    const EdgeRow& row = tables_.edges.at(edge);
    tables_.fragments.edit(row.seen).met = kMetAndSame;
    unite_groups(tables_.fragments.at(row.a).group, tables_.fragments.at(row.b).group);
    ++tables_.fragments.edit(tables_.fragments.at(row.a).group).group_edges;
}

// An edge that was active is not any more. Its group is derived by the caller.
void Components::let_go(std::uint32_t edge, EdgeState state) {
    const EdgeRow& row = tables_.edges.at(edge);
    --tables_.fragments.edit(row.a).degree;
    --tables_.fragments.edit(row.b).degree;
    if (same_identifier(row)) tables_.fragments.edit(row.seen).met = kMet;
    set_state(edge, state);
}

// The setting changed: every tie between brands opens or closes. Groups are derived by the caller.
void Components::cross_brands(bool across) {
    for (std::uint32_t edge = 0; edge < tables_.edges.size(); ++edge) {
        const EdgeRow& row = tables_.edges.at(edge);
        if (!same_identifier(row) || closed(row) != across) continue;
        if (!across) {
            if (!idle(row)) let_go(edge, EdgeState::Closed);
        } else if (has_room(row.a, row.b)) {
            ++tables_.fragments.edit(row.a).degree;
            ++tables_.fragments.edit(row.b).degree;
            set_state(edge, EdgeState::Accepted);
            open_same(edge);
        }
    }
}

bool Components::withdraw(FragmentNo one, FragmentNo other) {
    const std::uint32_t a = std::min(one.value, other.value);
    const std::uint32_t b = std::max(one.value, other.value);
    if (a == b) return false;
    const std::uint32_t edge = find_edge(a, b);
    if (edge == HashIndex::kAbsent || idle(tables_.edges.at(edge))) return false;
    let_go(edge, EdgeState::Withdrawn);
    derive(tables_.fragments.at(a).group);
    return true;
}

void Components::report(std::vector<FragmentNo>& changed) {
    // Stable: the first entry of a fragment is what it was before the operation.
    std::stable_sort(was_.begin(), was_.end(),
                     [](const Was& x, const Was& y) { return x.fragment < y.fragment; });
    for (std::size_t i = 0; i < was_.size(); ++i) {
        if (i > 0 && was_[i - 1].fragment == was_[i].fragment) continue;
        if (tables_.fragments.at(was_[i].fragment).person == was_[i].person) continue;
        changed.push_back(FragmentNo{was_[i].fragment});
    }
    was_.clear();
}

Strength Components::strength_of(const EdgeRow& edge) const {
    if (same_identifier(edge)) return {0, 0, edge.at_us, edge.sequence, edge.a, edge.b};
    const std::uint8_t of_a = limits().priority[tables_.fragments.at(edge.a).type];
    const std::uint8_t of_b = limits().priority[tables_.fragments.at(edge.b).type];
    return {std::max(of_a, of_b), std::min(of_a, of_b), edge.at_us, edge.sequence, edge.a, edge.b};
}

std::uint32_t Components::find_edge(std::uint32_t a, std::uint32_t b) const {
    const std::uint32_t edge = tables_.pairs.find(pair_key(a, b));
    if (edge != HashIndex::kAbsent) {
        ASSERT(tables_.edges.at(edge).a == a && tables_.edges.at(edge).b == b);
    }
    return edge;
}

void Components::see_again(std::uint32_t edge, const Evidence& evidence) {
    const EdgeRow& row = tables_.edges.at(edge);
    if (idle(row) || same_identifier(row)) return;
    if (row.seen < kSeenMax) ++tables_.edges.edit(edge).seen;
    if (evidence >= Evidence{row.at_us, row.sequence, row.rule, row.source}) return;
    EdgeRow& late = tables_.edges.edit(edge);
    late.at_us = evidence.at_us;
    late.sequence = evidence.sequence;
    late.rule = evidence.rule;
    late.source = evidence.source;
    // An accepted edge that comes earlier changes nothing: what it ties is one person as it is.
    if (refused(late) && !gives_way(edge)) derive(tables_.fragments.at(late.a).group);
}

bool Components::has_room(std::uint32_t a, std::uint32_t b) {
    const FragmentRow& of_a = tables_.fragments.at(a);
    const FragmentRow& of_b = tables_.fragments.at(b);
    if (std::max(of_a.degree, of_b.degree) >= kEdgesPerFragmentMax) {
        ++tables_.edit_totals().refused_hot;
        return false;
    }
    std::uint32_t edges = tables_.fragments.at(of_a.group).group_edges;
    if (of_a.group != of_b.group) edges += tables_.fragments.at(of_b.group).group_edges;
    if (edges >= kEvidencePerComponentMax) {
        ++tables_.edit_totals().refused_giant;
        return false;
    }
    return true;
}

std::uint32_t Components::add_edge(std::uint32_t a, std::uint32_t b, const Evidence& evidence) {
    FragmentRow& of_a = tables_.fragments.edit(a);
    FragmentRow& of_b = tables_.fragments.edit(b);
    EdgeRow row{};
    row.at_us = evidence.at_us;
    row.sequence = evidence.sequence;
    row.a = a;
    row.b = b;
    row.next_of_a = of_a.first_edge;
    row.next_of_b = of_b.first_edge;
    row.seen = 1;
    row.source = evidence.source;
    row.rule = evidence.rule;
    row.state = static_cast<std::uint8_t>(EdgeState::Accepted);
    const std::uint32_t edge = tables_.edges.append(row);
    of_a.first_edge = of_b.first_edge = edge + 1;
    ++of_a.degree;
    ++of_b.degree;
    tables_.pairs.insert(pair_key(a, b), edge);
    ++tables_.edit_totals().edges;
    return edge;
}

// Decides a new edge, and every other one it has a bearing on. Why most need no more than a look at
// two persons: Kruskal decides an edge by what the stronger ones tied, which is always a part of
// what all of them tie in the end.
// - Both ends in one person, or two that fit: whatever is tied earlier through the new edge is a
//   part of that person and fits. What was refused met fewer fragments than now, and stays refused.
// - Weaker than all that ties the two persons: it finds them whole, is refused, and a refused edge
//   moves nothing.
// - Else it may take the place of another one, that one make room for a third: derive.
void Components::place(std::uint32_t edge) {
    const std::uint32_t a = tables_.edges.at(edge).a;
    const std::uint32_t b = tables_.edges.at(edge).b;
    unite_groups(tables_.fragments.at(a).group, tables_.fragments.at(b).group);
    const std::uint32_t group = tables_.fragments.at(a).group;
    ++tables_.fragments.edit(group).group_edges;
    const std::uint32_t x = tables_.fragments.at(a).person;
    const std::uint32_t y = tables_.fragments.at(b).person;
    if (x == y) return;
    if (fit_together(x, y)) return unite_persons(std::min(x, y), std::max(x, y));
    if (gives_way(edge)) return set_state(edge, EdgeState::RefusedByLimit);
    derive(group);
}

void Components::unite_groups(std::uint32_t group, std::uint32_t other) {
    if (group == other) return;
    if (tables_.fragments.at(group).group_edges < tables_.fragments.at(other).group_edges) {
        std::swap(group, other);  // the smaller one is relabelled
    }
    std::uint32_t last = other;
    for (std::uint32_t link = other + 1; link != 0;) {
        last = link - 1;
        FragmentRow& row = tables_.fragments.edit(last);
        row.group = group;
        link = row.next_in_group;
    }
    FragmentRow& head = tables_.fragments.edit(group);
    FragmentRow& old_head = tables_.fragments.edit(other);
    tables_.fragments.edit(last).next_in_group = head.next_in_group;
    head.next_in_group = other + 1;
    head.group_edges += old_head.group_edges;
    old_head.group_edges = 0;
}

void Components::unite_persons(std::uint32_t person, std::uint32_t other) {
    ASSERT(person < other);
    std::uint32_t last = other;
    for (std::uint32_t link = other + 1; link != 0;) {
        last = link - 1;
        FragmentRow& row = tables_.fragments.edit(last);
        was_.push_back({last, row.person});
        row.person = person;
        link = row.next_in_person;
    }
    FragmentRow& head = tables_.fragments.edit(person);
    tables_.fragments.edit(last).next_in_person = head.next_in_person;
    head.next_in_person = other + 1;
    TotalsRow& totals = tables_.edit_totals();
    ++totals.merges;
    --totals.persons;
}

bool Components::fit_together(std::uint32_t person, std::uint32_t other) const {
    std::array<std::uint16_t, kTypes> counts{};
    for (const std::uint32_t head : {person, other}) {
        for (std::uint32_t link = head + 1; link != 0;) {
            const FragmentRow& row = tables_.fragments.at(link - 1);
            link = row.next_in_person;
            if (row.met == kMetAndSame) continue;
            if (++counts[row.type] > limits().per_person_max[row.type]) return false;
        }
    }
    return true;
}

// Is everything that ties the two persons at its ends stronger?
bool Components::gives_way(std::uint32_t edge) const {
    const EdgeRow& weak = tables_.edges.at(edge);
    const Strength strength = strength_of(weak);
    for (const std::uint32_t end : {weak.a, weak.b}) {
        for (std::uint32_t member = tables_.fragments.at(end).person + 1; member != 0;) {
            const FragmentRow& row = tables_.fragments.at(member - 1);
            for (std::uint32_t link = row.first_edge; link != 0;) {
                const EdgeRow& other = tables_.edges.at(link - 1);
                if (accepted(other) && strength_of(other) > strength) return false;
                link = next_edge(other, member - 1);
            }
            member = row.next_in_person;
        }
    }
    return true;
}

void Components::set_state(std::uint32_t edge, EdgeState state) {
    const EdgeRow& row = tables_.edges.at(edge);
    if (row.state == static_cast<std::uint8_t>(state)) return;
    TotalsRow& totals = tables_.edit_totals();
    if (refused(row)) --totals.refused_by_limit;
    if (state == EdgeState::RefusedByLimit) ++totals.refused_by_limit;
    if (idle(row)) ++totals.edges;
    EdgeRow& edit = tables_.edges.edit(edge);
    edit.state = static_cast<std::uint8_t>(state);
    if (idle(edit)) --totals.edges;
}

// Decides every edge of a group again, from the strongest to the weakest.
void Components::derive(std::uint32_t group) {
    collect_members(group);
    collect_candidates();
    std::sort(candidates_.begin(), candidates_.end(),
              [](const Candidate& x, const Candidate& y) { return x.strength < y.strength; });
    number_types();
    decide();
    write_back();
}

void Components::collect_members(std::uint32_t group) {
    members_.clear();
    for (std::uint32_t link = group + 1; link != 0;) {
        members_.push_back(link - 1);
        link = tables_.fragments.at(link - 1).next_in_group;
    }
    std::sort(members_.begin(), members_.end());
}

void Components::collect_candidates() {
    candidates_.clear();
    for (std::uint32_t i = 0; i < members_.size(); ++i) {
        for (std::uint32_t link = tables_.fragments.at(members_[i]).first_edge; link != 0;) {
            const EdgeRow& edge = tables_.edges.at(link - 1);
            if (edge.a == members_[i] && !idle(edge)) {
                Strength strength = strength_of(edge);
                strength.a = i;  // from here on members have numbers that ascend as theirs do
                strength.b = local(edge.b);
                candidates_.push_back({strength, link - 1});
            }
            link = next_edge(edge, members_[i]);
        }
    }
}

void Components::number_types() {
    std::array<std::uint8_t, kTypes> number{};  // of a type + 1
    maxima_.clear();
    for (const std::uint32_t fragment : members_) {
        const std::uint8_t type = tables_.fragments.at(fragment).type;
        if (number[type] != 0) continue;
        maxima_.push_back(limits().per_person_max[type]);
        number[type] = static_cast<std::uint8_t>(maxima_.size());
    }
    counts_.assign(members_.size() * maxima_.size(), 0);
    for (std::size_t i = 0; i < members_.size(); ++i) {
        const FragmentRow& row = tables_.fragments.at(members_[i]);
        counts_[i * maxima_.size() + number[row.type] - 1] = row.met == kMetAndSame ? 0 : 1;
    }
}

void Components::decide() {
    persons_.reset(members_.size());
    groups_.reset(members_.size());
    group_edges_.assign(members_.size(), 0);
    for (const Candidate& candidate : candidates_) {
        const std::uint32_t a = candidate.strength.a;
        const std::uint32_t b = candidate.strength.b;
        groups_.join(a, b);
        ++group_edges_[a];
        const std::uint32_t x = persons_.find(a);
        const std::uint32_t y = persons_.find(b);
        const bool one = x == y || fits(x, y) || same_identifier(tables_.edges.at(candidate.edge));
        if (one && x != y) join(x, y);
        set_state(candidate.edge, one ? EdgeState::Accepted : EdgeState::RefusedByLimit);
    }
    for (auto i = static_cast<std::uint32_t>(members_.size()); i-- > 0;) {
        const std::uint32_t head = groups_.find(i);  // never above i
        if (head != i) group_edges_[head] += std::exchange(group_edges_[i], 0);
    }
}

void Components::join(std::uint32_t x, std::uint32_t y) {
    const std::uint32_t root = persons_.join(x, y);
    const std::uint32_t leaf = root == x ? y : x;
    const std::size_t types = maxima_.size();
    for (std::size_t t = 0; t < types; ++t) {
        std::uint16_t& sum = counts_[root * types + t];
        sum = static_cast<std::uint16_t>(sum + counts_[leaf * types + t]);
    }
}

bool Components::fits(std::uint32_t x, std::uint32_t y) const {
    const std::size_t types = maxima_.size();
    for (std::size_t t = 0; t < types; ++t) {
        if (counts_[x * types + t] + counts_[y * types + t] > maxima_[t]) return false;
    }
    return true;
}

std::uint32_t Components::local(std::uint32_t fragment) const {
    const auto at = std::lower_bound(members_.begin(), members_.end(), fragment);
    ASSERT(at != members_.end() && *at == fragment);
    return static_cast<std::uint32_t>(at - members_.begin());
}

// Writes the rows anew where they differ: a page that nothing changed is not in the next snapshot.
void Components::write_back() {
    const std::size_t n = members_.size();
    TotalsRow& totals = tables_.edit_totals();
    next_in_person_.assign(n, 0);  // by root: the member written last
    next_in_group_.assign(n, 0);
    for (auto i = static_cast<std::uint32_t>(n); i-- > 0;) {  // downwards, so lists ascend
        const std::uint32_t person = persons_.find(i);
        const std::uint32_t group = groups_.find(i);
        const FragmentRow& old = tables_.fragments.at(members_[i]);
        FragmentRow row = old;
        row.person = members_[person];
        row.group = members_[group];
        row.next_in_person = next_in_person_[person];
        row.next_in_group = next_in_group_[group];
        row.group_edges = group_edges_[i];
        next_in_person_[person] = next_in_group_[group] = members_[i] + 1;
        const bool was_head = old.person == members_[i];
        if (was_head && person != i) {
            ++totals.merges;
            --totals.persons;
        } else if (!was_head && person == i) {
            ++totals.splits;
            ++totals.persons;
        }
        write_row(members_[i], row);
    }
}

void Components::write_row(std::uint32_t fragment, const FragmentRow& row) {
    const FragmentRow& old = tables_.fragments.at(fragment);
    if (old == row) return;
    if (old.person != row.person) was_.push_back({fragment, old.person});
    tables_.fragments.edit(fragment) = row;
}

void Components::Forest::reset(std::size_t n) {
    parent.resize(n);
    for (std::size_t i = 0; i < n; ++i) parent[i] = static_cast<std::uint32_t>(i);
}

std::uint32_t Components::Forest::find(std::uint32_t x) {
    while (parent[x] != x) x = parent[x] = parent[parent[x]];
    return x;
}

std::uint32_t Components::Forest::join(std::uint32_t x, std::uint32_t y) {
    x = find(x);
    y = find(y);
    parent[std::max(x, y)] = std::min(x, y);
    return std::min(x, y);
}

}  // namespace filrouge::identity
