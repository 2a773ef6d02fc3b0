#include "identity/bindings.h"

#include <tuple>

namespace filrouge::identity {

bool Bindings::bind(FragmentNo thing, FragmentNo person_fragment, EventTime at,
                    std::uint64_t sequence) {
    if (kind_of(tables_.type_of(person_fragment)) != Kind::OfOnePerson) return false;
    return state(thing, person_fragment, at, sequence);
}

bool Bindings::release(FragmentNo thing, EventTime at, std::uint64_t sequence) {
    return state(thing, FragmentNo{}, at, sequence);
}

bool Bindings::state(FragmentNo thing, FragmentNo person_fragment, EventTime at,
                     std::uint64_t sequence) {
    if (kind_of(tables_.type_of(thing)) != Kind::SharedThing) return false;
    StatementRow row{};
    row.at_us = at.us;
    row.sequence = sequence;
    row.thing = thing.value;
    row.person = person_fragment.value;
    const std::uint32_t latest = tables_.fragments.at(thing.value).first_statement;
    const std::uint32_t count = latest == 0 ? 0 : tables_.statements.at(latest - 1).count;
    const bool full = count >= kBindingsPerThingMax;
    if (full) {
        // Whoever has it now, it is no longer the one before: leaving that binding open would put a
        // stranger's steps into a person's thread. So what ends one still has room, up to as much.
        if (!person_fragment.is_none()) ++tables_.edit_totals().refused_bindings;
        if (holder(thing, at).is_none() || count >= 2 * kBindingsPerThingMax) return false;
        row.person = FragmentNo::kNone;
    }
    insert(row);
    return !full || person_fragment.is_none();
}

void Bindings::insert(StatementRow row) {
    FragmentRow& thing = tables_.fragments.edit(row.thing);
    const std::uint32_t latest = thing.first_statement;
    const Place place = place_of(latest, row.at_us, row.sequence);
    row.older = place.older;
    row.newer = place.newer;
    if (row.newer == 0) row.count = latest == 0 ? 1 : tables_.statements.at(latest - 1).count + 1;
    link_further(row);
    if (row.person != FragmentNo::kNone) {
        FragmentRow& person = tables_.fragments.edit(row.person);
        row.next_of_person = person.first_statement;
        person.first_statement = tables_.statements.size() + 1;
    }
    const std::uint32_t link = tables_.statements.append(row) + 1;
    if (row.older != 0) tables_.statements.edit(row.older - 1).newer = link;
    if (row.newer != 0) {
        tables_.statements.edit(row.newer - 1).older = link;
        ++tables_.statements.edit(latest - 1).count;
    } else {
        thing.first_statement = link;
    }
}

// As in a list with random access (Myers, "An applicative random-access stack", 1983): two steps of
// one length become a step of both, so that any statement is a few steps away, as the logarithm of
// how many there are. One that comes late keeps to what is older; the steps over it stay true, for
// nothing ever leaves the list.
void Bindings::link_further(StatementRow& row) const {
    const auto depth = [this](std::uint32_t link) {
        return link == 0 ? 0 : tables_.statements.at(link - 1).depth;
    };
    const auto further = [this](std::uint32_t link) {
        return link == 0 ? 0 : tables_.statements.at(link - 1).further;
    };
    const std::uint32_t one = further(row.older);
    const std::uint32_t two = further(one);
    row.depth = depth(row.older) + 1;
    row.further = depth(row.older) - depth(one) == depth(one) - depth(two) ? two : row.older;
}

Bindings::Place Bindings::place_of(std::uint32_t latest, std::int64_t at_us,
                                   std::uint64_t sequence) const {
    const auto is_after = [&](std::uint32_t link) {
        const StatementRow& row = tables_.statements.at(link - 1);
        return std::tie(row.at_us, row.sequence) > std::tie(at_us, sequence);
    };
    Place place{latest, 0};  // nearly always it is the latest itself
    while (place.older != 0 && is_after(place.older)) {
        place.newer = place.older;
        const StatementRow& row = tables_.statements.at(place.older - 1);
        place.older = row.further != 0 && is_after(row.further) ? row.further : row.older;
    }
    return place;
}

bool Bindings::has_statement(FragmentNo thing, EventTime at, std::uint64_t sequence) const {
    if (kind_of(tables_.type_of(thing)) != Kind::SharedThing) return false;
    const std::uint32_t latest = tables_.fragments.at(thing.value).first_statement;
    const std::uint32_t link = place_of(latest, at.us, sequence).older;
    if (link == 0) return false;
    const StatementRow& row = tables_.statements.at(link - 1);
    return row.at_us == at.us && row.sequence == sequence;
}

FragmentNo Bindings::holder(FragmentNo thing, EventTime at) const {
    if (kind_of(tables_.type_of(thing)) != Kind::SharedThing) return {};
    const std::uint32_t latest = tables_.fragments.at(thing.value).first_statement;
    const std::uint32_t link = place_of(latest, at.us, UINT64_MAX).older;
    return link == 0 ? FragmentNo{} : FragmentNo{tables_.statements.at(link - 1).person};
}

void Bindings::of_fragment(FragmentNo person_fragment, std::vector<BindingView>& out) const {
    if (kind_of(tables_.type_of(person_fragment)) != Kind::OfOnePerson) return;
    std::uint32_t link = tables_.fragments.at(person_fragment.value).first_statement;
    while (link != 0) {
        const StatementRow& row = tables_.statements.at(link - 1);
        const std::int64_t to =
            row.newer == 0 ? INT64_MAX : tables_.statements.at(row.newer - 1).at_us;
        if (to > row.at_us) {
            out.push_back(
                {FragmentNo{row.thing}, person_fragment, {row.at_us}, {to}, row.sequence});
        }
        link = row.next_of_person;
    }
}

}  // namespace filrouge::identity
