#include "identity/graph.h"

#include <algorithm>
#include <tuple>

#include "identity/bindings.h"
#include "identity/components.h"
#include "identity/tables.h"

namespace filrouge::identity {
namespace {

EdgeView view_of(const EdgeRow& row) {
    return {FragmentNo{row.a},
            FragmentNo{row.b},
            EventTime{row.at_us},
            row.sequence,
            row.source,
            static_cast<EdgeRule>(row.rule),
            static_cast<EdgeState>(row.state),
            row.same_identifier() ? 1 : row.seen};
}

// Those of the outcome that are not persons now.
void append_new_persons(const Tables& tables, Derivation& derivation, Graph::Persons& out) {
    const std::vector<std::uint32_t>& members = derivation.members();
    std::vector<bool> is_new(members.size());  // by the place of its first
    bool any = false;
    for (std::uint32_t i = 0; i < members.size(); ++i) {
        const std::uint32_t first = derivation.person(i);
        const std::uint32_t now = tables.fragments.at(members[i]).person;
        if (now == members[first]) continue;
        is_new[first] = any = true;
        // The person that it is of now loses it, and is another one too.
        const auto left = std::lower_bound(members.begin(), members.end(), now) - members.begin();
        is_new[derivation.person(static_cast<std::uint32_t>(left))] = true;
    }
    if (!any) return;
    Graph::Persons persons(members.size());
    for (std::uint32_t i = 0; i < members.size(); ++i)
        persons[derivation.person(i)].push_back(FragmentNo{members[i]});
    for (std::size_t i = 0; i < persons.size(); ++i) {
        if (is_new[i]) out.push_back(std::move(persons[i]));
    }
}

}  // namespace

struct Graph::Impl {
    Impl(TableSpace& space, std::uint16_t first_id)
        : tables(space, first_id), components(tables), bindings(tables) {}
    Tables tables;
    Components components;
    Bindings bindings;
};

Graph::Graph(TableSpace& space, std::uint16_t first_id)
    : impl_(std::make_unique<Impl>(space, first_id)) {}
Graph::~Graph() = default;

void Graph::set_limits(const Limits& limits, std::vector<FragmentNo>& changed) {
    impl_->components.set_limits(limits);
    impl_->components.report(changed);
}

void Graph::meet(FragmentNo fragment, IdentifierType type) {
    impl_->components.meet(fragment, type);
}

void Graph::count_erased(FragmentNo fragment, std::uint32_t people) {
    ASSERT(knows(fragment) && !has_evidence(fragment));
    impl_->tables.fragments.edit(fragment.value).people_erased =
        static_cast<std::uint8_t>(std::min(people, kPeopleErasedMax));
}

bool Graph::knows(FragmentNo fragment) const { return impl_->tables.met(fragment); }

IdentifierType Graph::type_of(FragmentNo fragment) const { return impl_->tables.type_of(fragment); }

void Graph::observe(std::span<const Seen> seen, EventTime at, std::uint64_t sequence,
                    SourceNo source, EdgeRule rule, std::vector<FragmentNo>& changed) {
    Components& components = impl_->components;
    const Evidence evidence{at.us, sequence, static_cast<std::uint8_t>(rule), source};
    for (const Seen& s : seen) components.prefetch(seen[0].fragment, s.fragment);
    FragmentNo centre;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        components.meet(seen[i].fragment, seen[i].type);
        if (!components.may_tie(seen[i].fragment)) continue;
        if (centre.is_none()) {
            centre = seen[i].fragment;
            continue;
        }
        const bool repeated =
            std::any_of(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const Seen& s) { return s.fragment == seen[i].fragment; });
        if (!repeated) components.tie(centre, seen[i].fragment, evidence);
    }
    components.report(changed);
}

void Graph::same(FragmentNo fragment, FragmentNo number, EventTime at, std::uint64_t sequence,
                 SourceNo source, std::vector<FragmentNo>& changed) {
    Components& components = impl_->components;
    const FragmentNo other = components.stands_for(number, fragment);
    // A household ties nobody, and is one household in several brands all the same.
    const bool is_household = impl_->tables.type_of(fragment) == IdentifierType::Household;
    if (other == fragment || (!is_household && !components.may_tie(fragment))) return;
    components.tie_same(
        other, fragment,
        {at.us, sequence, static_cast<std::uint8_t>(EdgeRule::SameIdentifier), source});
    components.report(changed);
}

bool Graph::withdraw(FragmentNo a, FragmentNo b, std::vector<FragmentNo>& changed) {
    if (!impl_->components.withdraw(a, b)) return false;
    impl_->components.report(changed);
    return true;
}

bool Graph::restore(FragmentNo a, FragmentNo b, std::vector<FragmentNo>& changed) {
    if (!impl_->components.restore(a, b)) return false;
    impl_->components.report(changed);
    return true;
}

bool Graph::block(FragmentNo fragment, bool blocked, std::vector<FragmentNo>& changed) {
    if (!impl_->components.block(fragment, blocked)) return false;
    impl_->components.report(changed);
    return true;
}

bool Graph::bind(FragmentNo thing, FragmentNo person_fragment, EventTime at,
                 std::uint64_t sequence) {
    return impl_->bindings.bind(thing, person_fragment, at, sequence);
}

bool Graph::release(FragmentNo thing, EventTime at, std::uint64_t sequence) {
    return impl_->bindings.release(thing, at, sequence);
}

bool Graph::has_statement(FragmentNo thing, EventTime at, std::uint64_t sequence) const {
    return impl_->bindings.has_statement(thing, at, sequence);
}

void Graph::prefetch(FragmentNo fragment) const {
    impl_->tables.fragments.prefetch(fragment.value);
}

PersonNo Graph::person_of(FragmentNo fragment) const {
    if (!knows(fragment)) return PersonNo{fragment.value};
    return PersonNo{impl_->tables.fragments.at(fragment.value).person};
}

void Graph::fragments_of(PersonNo person, std::vector<FragmentNo>& out) const {
    const Table<FragmentRow>& rows = impl_->tables.fragments;
    if (!knows(FragmentNo{person.value}) || rows.at(person.value).person != person.value) return;
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    for (std::uint32_t link = person.value + 1; link != 0;) {
        out.push_back(FragmentNo{link - 1});
        link = rows.at(link - 1).next_in_person;
    }
    std::sort(out.begin() + first, out.end());
}

void Graph::edges_of(PersonNo person, std::vector<EdgeView>& out) const {
    const Tables& tables = impl_->tables;
    std::vector<FragmentNo> fragments;
    fragments_of(person, fragments);
    std::vector<std::pair<Strength, std::uint32_t>> found;
    for (const FragmentNo f : fragments) {
        for (std::uint32_t link = tables.fragments.at(f.value).first_edge; link != 0;) {
            const EdgeRow& row = tables.edges.at(link - 1);
            const bool shown = row.state != static_cast<std::uint8_t>(EdgeState::Closed);
            // An edge inside the person is met from both sides: it counts from the lower one.
            if (shown && (row.a == f.value || tables.fragments.at(row.a).person != person.value)) {
                found.emplace_back(impl_->components.strength_of(row), link - 1);
            }
            link = row.a == f.value ? row.next_of_a : row.next_of_b;
        }
    }
    std::sort(found.begin(), found.end());
    for (const auto& [strength, edge] : found) out.push_back(view_of(tables.edges.at(edge)));
}

std::optional<EdgeView> Graph::edge_between(FragmentNo a, FragmentNo b) const {
    const std::uint32_t edge = impl_->components.find_edge(a, b);
    if (edge == HashIndex::kAbsent) return std::nullopt;
    return view_of(impl_->tables.edges.at(edge));
}

bool Graph::has_evidence(FragmentNo fragment) const {
    return knows(fragment) && impl_->tables.fragments.at(fragment.value).first_edge != 0;
}

bool Graph::is_shared(FragmentNo fragment) const {
    return knows(fragment) && impl_->tables.fragments.at(fragment.value).shared();
}

bool Graph::is_blocked(FragmentNo fragment) const {
    return knows(fragment) && impl_->tables.fragments.at(fragment.value).blocked();
}

std::uint32_t Graph::people_of(FragmentNo fragment) const {
    if (!knows(fragment)) return 0;
    std::uint32_t erased = 0;
    std::vector<std::uint32_t> partners =
        impl_->components.stronger_partners(fragment.value, &erased);
    for (std::uint32_t& partner : partners) partner = person_of(FragmentNo{partner}).value;
    std::sort(partners.begin(), partners.end());
    const auto end = std::unique(partners.begin(), partners.end());
    return static_cast<std::uint32_t>(end - partners.begin()) + erased;
}

Graph::Persons Graph::if_edge(FragmentNo a, FragmentNo b, bool withdrawn) const {
    const Tables& tables = impl_->tables;
    const std::uint32_t edge = impl_->components.find_edge(a, b);
    ASSERT(edge != HashIndex::kAbsent);
    std::vector<std::uint32_t> groups = {tables.fragments.at(a.value).group};
    const std::uint32_t other = tables.fragments.at(b.value).group;
    if (other != groups.front()) groups.push_back(other);
    Derivation derivation(tables);
    derivation.run(groups, limits(), {.edge = edge, .counts = !withdrawn});
    Persons out;
    append_new_persons(tables, derivation, out);
    return out;
}

Graph::Persons Graph::if_blocked(FragmentNo fragment, bool blocked) const {
    const Tables& tables = impl_->tables;
    const std::uint32_t group = tables.fragments.at(fragment.value).group;
    Derivation derivation(tables);
    derivation.run({&group, 1}, limits(), {.fragment = fragment.value, .blocked = blocked});
    Persons out;
    append_new_persons(tables, derivation, out);
    return out;
}

Graph::Persons Graph::if_limits(const Limits& limits, std::uint32_t from, std::uint32_t to) const {
    const Tables& tables = impl_->tables;
    Derivation derivation(tables);
    Persons out;
    for (std::uint32_t f = from; f < std::min(to, tables.fragments.size()); ++f) {
        const FragmentRow& row = tables.fragments.at(f);
        if (row.group != f || row.group_edges == 0) continue;
        derivation.run(f, limits);
        append_new_persons(tables, derivation, out);
    }
    return out;
}

void Graph::bindings_of(PersonNo person, std::vector<BindingView>& out) const {
    std::vector<FragmentNo> fragments;
    fragments_of(person, fragments);
    bindings_of(fragments, out);
}

void Graph::bindings_of(std::span<const FragmentNo> fragments,
                        std::vector<BindingView>& out) const {
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    for (const FragmentNo fragment : fragments) impl_->bindings.of_fragment(fragment, out);
    std::sort(out.begin() + first, out.end(), [](const BindingView& x, const BindingView& y) {
        return std::tie(x.from, x.sequence, x.thing) < std::tie(y.from, y.sequence, y.thing);
    });
}

PersonNo Graph::bound_to(FragmentNo thing, EventTime at) const {
    const FragmentNo holder = impl_->bindings.holder(thing, at);
    return holder.is_none() ? PersonNo{} : person_of(holder);
}

std::uint32_t Graph::fragments() const { return impl_->tables.fragments.size(); }

std::uint64_t Graph::persons() const {
    const Table<TotalsRow>& totals = impl_->tables.totals;
    return totals.size() == 0 ? 0 : totals.at(0).persons;
}

const Limits& Graph::limits() const { return impl_->components.limits(); }

Counters Graph::counters() const {
    if (impl_->tables.totals.size() == 0) return {};
    const TotalsRow& row = impl_->tables.totals.at(0);
    return {row.edges,         row.refused_by_limit, row.refused_shared,   row.shared,
            row.refused_giant, row.refused_hot,      row.refused_bindings, row.merges,
            row.splits};
}

}  // namespace filrouge::identity
