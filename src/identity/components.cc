#include "identity/components.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"

namespace filrouge::identity {
namespace {

constexpr Limits kDefaults = [] {
    Limits limits;
    limits.people_max = kPeopleMaxDefault;
    for (const IdentifierTypeRow& row : kIdentifierTypes) {
        const auto type = static_cast<std::size_t>(row.type);
        limits.per_person_max[type] = row.shared_thing ? std::uint16_t{0} : row.per_person_max;
        limits.priority[type] = row.priority;
    }
    // Those who live together are not one person. Who is known by the household alone is a person
    // of its own all the same, so it is no shared thing.
    limits.per_person_max[static_cast<std::size_t>(IdentifierType::Household)] = 0;
    return limits;
}();

// mix64 is a bijection, so two pairs never share a key, and a < b keeps it from being 0.
std::uint64_t pair_key(std::uint32_t a, std::uint32_t b) {
    return mix64(static_cast<std::uint64_t>(a) << 32 | b);
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
        if (row.flags != 0 && row.group == f && row.group_edges != 0) derive(f);
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
    row.flags |= kMet;
    if (kind_of(type) == Kind::OfOnePerson) ++tables_.edit_totals().persons;
}

// What tie will read: the waits for memory then run side by side, not one after the other.
void Components::prefetch(FragmentNo one, FragmentNo other) const {
    if (other.value < tables_.fragments.size()) fetch_ahead(&tables_.fragments.at(other.value));
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
    const bool alone = row.group_edges == 0 && row.group == twin.value && row.people_erased == 0 &&
                       !tables_.fragments.at(head.value).shared();
    hang_together(edge);
    // Nothing was decided about a fragment without evidence, and it adds nothing to any count.
    const std::uint32_t x = tables_.fragments.at(a).person;
    const std::uint32_t y = tables_.fragments.at(b).person;
    if (alone)
        unite_persons(std::min(x, y), std::max(x, y));
    else
        derive(tables_.fragments.at(a).group);
}

// The ends of a new or opened edge are of one group from now on, and those of one identifier count
// once; who is one person by it is for the caller.
void Components::hang_together(std::uint32_t edge) {
    const EdgeRow& row = tables_.edges.at(edge);
    if (row.same_identifier()) tables_.fragments.edit(row.seen).flags |= kSame;
    unite_groups(tables_.fragments.at(row.a).group, tables_.fragments.at(row.b).group);
    ++tables_.fragments.edit(tables_.fragments.at(row.a).group).group_edges;
}

// An edge that was idle counts again. Its group is derived by the caller.
void Components::open(std::uint32_t edge) {
    const EdgeRow& row = tables_.edges.at(edge);
    ++tables_.fragments.edit(row.a).degree;
    ++tables_.fragments.edit(row.b).degree;
    set_state(edge, EdgeState::Accepted);
    hang_together(edge);
}

// An edge that was active is not any more. Its group is derived by the caller.
void Components::let_go(std::uint32_t edge, EdgeState state) {
    const EdgeRow& row = tables_.edges.at(edge);
    --tables_.fragments.edit(row.a).degree;
    --tables_.fragments.edit(row.b).degree;
    if (row.same_identifier())
        tables_.fragments.edit(row.seen).flags &= static_cast<std::uint8_t>(~kSame);
    set_state(edge, state);
}

// The setting changed: every tie between brands opens or closes. Groups are derived by the caller.
void Components::cross_brands(bool across) {
    for (std::uint32_t edge = 0; edge < tables_.edges.size(); ++edge) {
        const EdgeRow& row = tables_.edges.at(edge);
        if (!row.same_identifier() || row.is(EdgeState::Closed) != across) continue;
        if (!across) {
            if (!row.idle()) let_go(edge, EdgeState::Closed);
        } else if (has_room(row.a, row.b)) {
            open(edge);
        }
    }
}

bool Components::withdraw(FragmentNo one, FragmentNo other) {
    const std::uint32_t edge = find_edge(one, other);
    if (edge == HashIndex::kAbsent || tables_.edges.at(edge).idle()) return false;
    let_go(edge, EdgeState::Withdrawn);
    derive(tables_.fragments.at(one.value).group);
    return true;
}

// It had its room when it was made, so no bound keeps it out now.
bool Components::restore(FragmentNo one, FragmentNo other) {
    const std::uint32_t edge = find_edge(one, other);
    if (edge == HashIndex::kAbsent) return false;
    const EdgeRow& row = tables_.edges.at(edge);
    if (!row.is(EdgeState::Withdrawn)) return false;
    if (row.same_identifier() && limits().across_brands == 0) {
        set_state(edge, EdgeState::Closed);
        return true;
    }
    open(edge);
    derive(tables_.fragments.at(one.value).group);
    return true;
}

bool Components::block(FragmentNo fragment, bool blocked) {
    if (!tables_.met(fragment) || tables_.fragments.at(fragment.value).blocked() == blocked)
        return false;
    FragmentRow& row = tables_.fragments.edit(fragment.value);
    row.flags = static_cast<std::uint8_t>(blocked ? row.flags | kBlocked : row.flags & ~kBlocked);
    derive(row.group);
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
    return identity::strength_of(tables_, limits(), edge);
}

std::uint32_t Components::find_edge(FragmentNo one, FragmentNo other) const {
    const auto [a, b] = std::minmax(one.value, other.value);
    return a == b ? HashIndex::kAbsent : find_edge(a, b);
}

std::uint32_t Components::find_edge(std::uint32_t a, std::uint32_t b) const {
    const std::uint32_t edge = tables_.pairs.find(pair_key(a, b));
    if (edge != HashIndex::kAbsent) {
        ASSERT(tables_.edges.at(edge).a == a && tables_.edges.at(edge).b == b);
    }
    return edge;
}

// Of a withdrawn edge as of any other, so that a restored one is as if it had never been withdrawn.
void Components::see_again(std::uint32_t edge, const Evidence& evidence) {
    const EdgeRow& row = tables_.edges.at(edge);
    if (row.same_identifier()) return;
    if (row.seen < kSeenMax) ++tables_.edges.edit(edge).seen;
    if (evidence >= Evidence{row.at_us, row.sequence, row.rule, row.source}) return;
    EdgeRow& late = tables_.edges.edit(edge);
    late.at_us = evidence.at_us;
    late.sequence = evidence.sequence;
    late.rule = evidence.rule;
    late.source = evidence.source;
    // An accepted edge that comes earlier changes nothing: what it ties is one person as it is.
    if (late.is(EdgeState::RefusedByLimit) && !gives_way(edge))
        derive(tables_.fragments.at(late.a).group);
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
// An identifier on too many people stays so while those stay apart, and no other becomes one unless
// this very edge is one too many for its weaker end.
void Components::place(std::uint32_t edge) {
    const std::uint32_t a = tables_.edges.at(edge).a;
    const std::uint32_t b = tables_.edges.at(edge).b;
    hang_together(edge);
    const std::uint32_t group = tables_.fragments.at(a).group;
    if (may_free_shared(edge, group) || may_become_shared(edge)) return derive(group);
    const FragmentRow& of_a = tables_.fragments.at(a);
    const FragmentRow& of_b = tables_.fragments.at(b);
    if (of_a.stands_alone() || of_b.stands_alone())
        return set_state(edge, EdgeState::RefusedShared);
    const std::uint32_t x = of_a.person;
    const std::uint32_t y = of_b.person;
    if (x == y) return;
    if (fit_together(x, y)) return unite_persons(std::min(x, y), std::max(x, y));
    if (gives_way(edge)) return set_state(edge, EdgeState::RefusedByLimit);
    derive(group);
}

// Could the edge make one person of two that a shared identifier of its group was seen with? They
// are counted as evidence stronger than that identifier ties them.
bool Components::may_free_shared(std::uint32_t edge, std::uint32_t group) const {
    const std::uint8_t weakest = tables_.fragments.at(group).weakest_shared;
    return weakest != 0 && strength_of(tables_.edges.at(edge)).weaker < weakest;
}

// Could the weaker end be on too many people by it? Surely not while it has met no more stronger
// identifiers than people are allowed.
bool Components::may_become_shared(std::uint32_t edge) const {
    const EdgeRow& row = tables_.edges.at(edge);
    if (priority_of(row.a) == priority_of(row.b)) return false;
    const std::uint32_t weaker = priority_of(row.a) > priority_of(row.b) ? row.a : row.b;
    const FragmentRow& end = tables_.fragments.at(weaker);
    if (end.shared()) return false;  // and one more does not change it
    const bool in_one_brand = limits().across_brands == 0;
    if (in_one_brand && end.degree + end.people_erased <= limits().people_max) return false;
    std::uint32_t erased = 0;
    const std::size_t partners = stronger_partners(weaker, &erased).size();
    return partners + erased > limits().people_max;
}

std::uint8_t Components::priority_of(std::uint32_t fragment) const {
    return limits().priority[tables_.fragments.at(fragment).type];
}

std::vector<std::uint32_t> Components::stronger_partners(std::uint32_t fragment,
                                                         std::uint32_t* erased) const {
    std::vector<std::uint32_t> same{fragment};  // its fragments in several brands
    std::vector<std::uint32_t> partners;
    for (std::size_t i = 0; i < same.size(); ++i) {
        const std::uint32_t mine = same[i];
        *erased += tables_.fragments.at(mine).people_erased;
        for (std::uint32_t link = tables_.fragments.at(mine).first_edge; link != 0;) {
            const EdgeRow& edge = tables_.edges.at(link - 1);
            link = edge.next_of(mine);
            if (edge.idle()) continue;
            const std::uint32_t other = edge.a == mine ? edge.b : edge.a;
            if (edge.same_identifier()) {
                if (std::find(same.begin(), same.end(), other) == same.end()) same.push_back(other);
            } else if (priority_of(other) < priority_of(mine)) {
                partners.push_back(other);
            }
        }
    }
    return partners;
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
    head.group_edges = static_cast<std::uint16_t>(head.group_edges + old_head.group_edges);
    old_head.group_edges = 0;
    head.weakest_shared = std::max(head.weakest_shared, old_head.weakest_shared);
    old_head.weakest_shared = 0;
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
            if (row.counts_with_other()) continue;
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
                if (other.is(EdgeState::Accepted) && strength_of(other) > strength) return false;
                link = other.next_of(member - 1);
            }
            member = row.next_in_person;
        }
    }
    return true;
}

void Components::set_state(std::uint32_t edge, EdgeState state) {
    const EdgeRow& row = tables_.edges.at(edge);
    if (row.is(state)) return;
    TotalsRow& totals = tables_.edit_totals();
    const bool was_idle = row.idle();
    if (row.is(EdgeState::RefusedByLimit)) --totals.refused_by_limit;
    if (row.is(EdgeState::RefusedShared)) --totals.refused_shared;
    EdgeRow& edit = tables_.edges.edit(edge);
    edit.state = static_cast<std::uint8_t>(state);
    if (state == EdgeState::RefusedByLimit) ++totals.refused_by_limit;
    if (state == EdgeState::RefusedShared) ++totals.refused_shared;
    if (was_idle && !edit.idle()) ++totals.edges;
    if (!was_idle && edit.idle()) --totals.edges;
}

// Decides every edge of a group again.
void Components::derive(std::uint32_t group) {
    derivation_.run(group, limits());
    for (const Derivation::Decided& decided : derivation_.edges())
        set_state(decided.edge, decided.state);
    write_back();
}

// Writes the rows anew where they differ: a page that nothing changed is not in the next snapshot.
void Components::write_back() {
    const std::vector<std::uint32_t>& members = derivation_.members();
    const std::size_t n = members.size();
    TotalsRow& totals = tables_.edit_totals();
    next_in_person_.assign(n, 0);  // by the first: the member written last
    next_in_group_.assign(n, 0);
    weakest_shared_.assign(n, 0);
    for (auto i = static_cast<std::uint32_t>(n); i-- > 0;) {  // downwards, so lists ascend
        const std::uint32_t person = derivation_.person(i);
        const std::uint32_t group = derivation_.group(i);
        const FragmentRow& old = tables_.fragments.at(members[i]);
        FragmentRow row = old;
        row.person = members[person];
        row.group = members[group];
        row.next_in_person = next_in_person_[person];
        row.next_in_group = next_in_group_[group];
        row.group_edges = static_cast<std::uint16_t>(derivation_.edges_of_group(i));
        next_in_person_[person] = next_in_group_[group] = members[i] + 1;
        row.flags &= static_cast<std::uint8_t>(~kShared);
        if (derivation_.shared(i)) {
            row.flags |= kShared;
            weakest_shared_[group] = std::max(weakest_shared_[group], priority_of(members[i]));
        }
        row.weakest_shared = group == i ? weakest_shared_[i] : std::uint8_t{0};
        count_changes(totals, members[i], old, row);
        write_row(members[i], row);
    }
}

void Components::count_changes(TotalsRow& totals, std::uint32_t fragment, const FragmentRow& old,
                               const FragmentRow& row) {
    const bool was_head = old.person == fragment;
    const bool is_head = row.person == fragment;
    if (was_head && !is_head) {
        ++totals.merges;
        --totals.persons;
    } else if (!was_head && is_head) {
        ++totals.splits;
        ++totals.persons;
    }
    if (row.shared() && !old.shared()) ++totals.shared;
    if (old.shared() && !row.shared()) --totals.shared;
}

void Components::write_row(std::uint32_t fragment, const FragmentRow& row) {
    const FragmentRow& old = tables_.fragments.at(fragment);
    if (old == row) return;
    if (old.person != row.person) was_.push_back({fragment, old.person});
    tables_.fragments.edit(fragment) = row;
}

}  // namespace filrouge::identity
