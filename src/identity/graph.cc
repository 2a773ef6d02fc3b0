#include "identity/graph.h"

#include <algorithm>
#include <tuple>

#include "identity/bindings.h"
#include "identity/components.h"
#include "identity/tables.h"

namespace filrouge::identity {

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
    if (other == fragment || !components.may_tie(fragment)) return;
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

bool Graph::bind(FragmentNo thing, FragmentNo person_fragment, EventTime at,
                 std::uint64_t sequence) {
    return impl_->bindings.bind(thing, person_fragment, at, sequence);
}

bool Graph::release(FragmentNo thing, EventTime at, std::uint64_t sequence) {
    return impl_->bindings.release(thing, at, sequence);
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
    for (const auto& [strength, edge] : found) {
        const EdgeRow& row = tables.edges.at(edge);
        const auto rule = static_cast<EdgeRule>(row.rule);
        out.push_back({FragmentNo{row.a}, FragmentNo{row.b}, EventTime{row.at_us}, row.sequence,
                       row.source, rule, static_cast<EdgeState>(row.state),
                       rule == EdgeRule::SameIdentifier ? 1 : row.seen});
    }
}

void Graph::bindings_of(PersonNo person, std::vector<BindingView>& out) const {
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    std::vector<FragmentNo> fragments;
    fragments_of(person, fragments);
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
    return {row.edges,       row.refused_by_limit, row.refused_giant,
            row.refused_hot, row.refused_bindings, row.merges,
            row.splits};
}

}  // namespace filrouge::identity
