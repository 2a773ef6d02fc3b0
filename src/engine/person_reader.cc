#include <algorithm>

#include "engine/fold.h"

namespace filrouge::engine {

struct PersonReader::Impl {
    history::Rows rows;
    std::vector<history::EventRow> allowed;
    std::vector<history::TraitRow> traits;
    std::vector<FragmentNo> fragments;
    std::vector<identity::BindingView> bindings;
    PersonNo person;
    std::function<bool(audience::AudienceNo)> member_of;
};

PersonReader::PersonReader(const Fold& fold) : fold_(fold), impl_(std::make_unique<Impl>()) {
    impl_->member_of = [this](audience::AudienceNo slot) {
        return fold_.live.member(slot, impl_->person);
    };
}
PersonReader::~PersonReader() = default;

void PersonReader::rows(PersonNo person, history::Rows& out) const {
    std::vector<FragmentNo>& fragments = impl_->fragments;
    fragments.clear();
    fold_.graph.fragments_of(person, fragments);
    for (const FragmentNo fragment : fragments) fold_.history.read(fragment, out);
    impl_->bindings.clear();
    fold_.graph.bindings_of(person, impl_->bindings);
    for (const identity::BindingView& b : impl_->bindings)
        fold_.history.read_between(b.thing, b.from, b.to, out);
    history::Store::finish(out);
}

audience::PersonView PersonReader::look(PersonNo person, std::uint8_t purpose) {
    Impl& m = *impl_;
    m.person = person;
    m.rows.clear();
    rows(person, m.rows);
    audience::PersonView view;
    view.now = fold_.now();
    view.events = m.rows.events;
    const auto lawful = [purpose](const auto& row) { return row.allowed.has(purpose); };
    if (!std::all_of(m.rows.events.begin(), m.rows.events.end(), lawful)) {
        m.allowed.clear();
        std::copy_if(m.rows.events.begin(), m.rows.events.end(), std::back_inserter(m.allowed),
                     lawful);
        view.events = m.allowed;
    }
    m.traits.clear();
    for (const FragmentNo fragment : m.fragments) fold_.traits.read(fragment, m.traits);
    std::erase_if(m.traits, [&](const auto& row) { return !lawful(row); });
    profile::Traits::join(m.traits);
    view.traits = m.traits;
    const consent::Standing standing = fold_.standing_of(person);
    view.granted = standing.granted;
    view.refused = standing.refused;
    view.split_hash = mix64(person.value + 0x9e3779b97f4a7c15u);
    view.zone = fold_.brands[fold_.brand_of(person)].zone.get();
    view.member_of = &m.member_of;
    return view;
}

}  // namespace filrouge::engine
