#include <algorithm>

#include "engine/fold.h"
#include "engine/zone.h"

namespace filrouge::engine {

namespace {
constexpr std::size_t kZonesKept = 1'000;  // there are some 600
}

struct PersonReader::Impl {
    history::Rows rows;
    std::vector<history::EventRow> allowed;
    std::vector<history::TraitRow> traits;
    std::vector<FragmentNo> fragments;
    std::vector<identity::BindingView> bindings;
    PersonNo person;
    std::string_view time_zone;
    std::map<std::string, std::unique_ptr<audience::Zone>, std::less<>> zones;  // null: no such one

    const audience::Zone* zone(std::string_view name) {
        auto at = zones.find(name);
        if (at == zones.end()) {
            if (zones.size() >= kZonesKept) zones.clear();  // names come from outside
            at = zones.emplace(name, find_zone(std::string(name))).first;
        }
        return at->second.get();
    }
    // The zone of the person's trait, where there is such a trait and such a zone.
    void take_own_zone(audience::PersonView& view, const history::Dictionary& dictionary) {
        const StringNo key = dictionary.find(kTimeZoneTrait);
        for (const history::TraitRow& trait : view.traits) {
            if (trait.value.key != key || trait.value.kind != history::CellKind::Text) continue;
            const std::string_view name = dictionary.text(trait.value.text);
            const audience::Zone* own = zone(name);
            if (own == nullptr) return;
            view.zone = own;
            time_zone = name;
            return;
        }
    }
    // f(fragment, from, to) for each stretch of history that is the person's.
    template <class F>
    void each_stretch(const Fold& fold, PersonNo whose, BrandNo brand, F&& f);
    std::function<bool(audience::AudienceNo)> member_of;
};

PersonReader::PersonReader(const Fold& fold) : fold_(fold), impl_(std::make_unique<Impl>()) {
    impl_->member_of = [this](audience::AudienceNo slot) {
        return fold_.live.member(slot, impl_->person);
    };
}
PersonReader::~PersonReader() = default;

std::string_view PersonReader::time_zone() const { return impl_->time_zone; }

// What things lent to the person did meanwhile, of this brand, and what its fragments did.
template <class F>
void PersonReader::Impl::each_stretch(const Fold& fold, PersonNo whose, BrandNo brand, F&& f) {
    fragments.clear();
    fold.fragments_of(whose, brand, fragments);
    for (const FragmentNo fragment : fragments)
        f(fragment, EventTime{INT64_MIN}, EventTime{INT64_MAX});
    bindings.clear();
    fold.graph.bindings_of(whose, bindings);
    for (const identity::BindingView& b : bindings) {
        if (fold.brand_of(b.thing) == brand) f(b.thing, b.from, b.to);
    }
}

std::span<const history::EventRow> PersonReader::newest(PersonNo person, audience::Use use,
                                                        history::Newest::Cursor before,
                                                        std::size_t limit) {
    Impl& m = *impl_;
    history::Newest page(before, use.purpose, limit);
    m.each_stretch(fold_, person, use.brand, [&](FragmentNo f, EventTime from, EventTime to) {
        fold_.history.offer(f, from, to, page);
    });
    m.rows.clear();
    history::Store::take(page, m.rows);
    history::Store::finish(m.rows);
    return m.rows.events;
}

std::span<const history::EventRow> PersonReader::history_of(PersonNo person, BrandNo brand) {
    Impl& m = *impl_;
    m.rows.clear();
    m.each_stretch(fold_, person, brand, [&](FragmentNo f, EventTime from, EventTime to) {
        fold_.history.read_between(f, from, to, m.rows);
    });
    history::Store::finish(m.rows);
    return m.rows.events;
}

audience::PersonView PersonReader::look(PersonNo person, audience::Use use) {
    Impl& m = *impl_;
    history_of(person, use.brand);
    audience::PersonView view = look_without_events(person, use);
    view.events = m.rows.events;
    const auto lawful = [&use](const auto& row) { return row.allowed.has(use.purpose); };
    if (!std::all_of(m.rows.events.begin(), m.rows.events.end(), lawful)) {
        m.allowed.clear();
        std::copy_if(m.rows.events.begin(), m.rows.events.end(), std::back_inserter(m.allowed),
                     lawful);
        view.events = m.allowed;
    }
    return view;
}

audience::PersonView PersonReader::look_without_events(PersonNo person, audience::Use use) {
    Impl& m = *impl_;
    m.person = person;
    m.fragments.clear();
    fold_.fragments_of(person, use.brand, m.fragments);
    m.traits.clear();
    for (const FragmentNo fragment : m.fragments) fold_.traits.read(fragment, m.traits);
    std::erase_if(m.traits, [&use](const auto& row) { return !row.allowed.has(use.purpose); });
    profile::Traits::join(m.traits);
    audience::PersonView view;
    view.now = fold_.now();
    view.traits = m.traits;
    const consent::Standing standing = fold_.standing_of(person, use.brand);
    view.granted = standing.granted;
    view.refused = standing.refused;
    view.split_hash = mix64(person.value + 0x9e3779b97f4a7c15u);
    const BrandInfo& brand = fold_.brands[use.brand];
    view.zone = brand.zone.get();
    m.time_zone = brand.time_zone;
    if (!view.traits.empty()) m.take_own_zone(view, fold_.dictionary);
    view.rates = &fold_.rates;
    view.member_of = &m.member_of;
    return view;
}

}  // namespace filrouge::engine
