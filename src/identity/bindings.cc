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
    const auto key = [](const StatementRow& s) { return std::tie(s.at_us, s.sequence); };
    const std::uint32_t latest = thing.first_statement;
    row.older = latest;  // nearly always it is the latest itself
    while (row.older != 0 && key(tables_.statements.at(row.older - 1)) > key(row)) {
        row.newer = row.older;
        row.older = tables_.statements.at(row.older - 1).older;
    }
    if (row.newer == 0) row.count = latest == 0 ? 1 : tables_.statements.at(latest - 1).count + 1;
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

bool Bindings::has_statement(FragmentNo thing, EventTime at, std::uint64_t sequence) const {
    if (kind_of(tables_.type_of(thing)) != Kind::SharedThing) return false;
    std::uint32_t link = tables_.fragments.at(thing.value).first_statement;
    while (link != 0) {
        const StatementRow& row = tables_.statements.at(link - 1);
        if (row.at_us < at.us) return false;
        if (row.at_us == at.us && row.sequence == sequence) return true;
        link = row.older;
    }
    return false;
}

FragmentNo Bindings::holder(FragmentNo thing, EventTime at) const {
    if (kind_of(tables_.type_of(thing)) != Kind::SharedThing) return {};
    std::uint32_t link = tables_.fragments.at(thing.value).first_statement;
    while (link != 0 && tables_.statements.at(link - 1).at_us > at.us) {
        link = tables_.statements.at(link - 1).older;
    }
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
