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
    std::vector<profile::CorrectionRow> corrections;
    std::vector<FragmentNo> all;        // of the person, in all brands
    std::vector<FragmentNo> fragments;  // of them, the brand's
    BrandNo brand = 0;
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
    // Whose part of whom is read; fragments of a person there is, or of one there could be.
    void take(const Fold& fold, PersonNo whose, BrandNo of);
    void take(const Fold& fold, std::span<const FragmentNo> whose, BrandNo of);
    // f(fragment, from, to) for each stretch of history that is the person's.
    template <class F>
    void each_stretch(const Fold& fold, F&& f);
    void read_rows(const Fold& fold);
    audience::PersonView view_without_events(const Fold& fold, PersonNo named, audience::Use use);
    std::span<const history::EventRow> rows_for(audience::Use use);
    std::function<bool(audience::AudienceNo)> member_of;
};

PersonReader::PersonReader(const Fold& fold) : fold_(fold), impl_(std::make_unique<Impl>()) {
    impl_->member_of = [this](audience::AudienceNo slot) {
        return fold_.live.member(slot, impl_->person);
    };
}
PersonReader::~PersonReader() = default;

std::string_view PersonReader::time_zone() const { return impl_->time_zone; }

void PersonReader::Impl::take(const Fold& fold, PersonNo whose, BrandNo of) {
    all.clear();
    fold.graph.fragments_of(whose, all);
    take(fold, all, of);
}

void PersonReader::Impl::take(const Fold& fold, std::span<const FragmentNo> whose, BrandNo of) {
    if (whose.data() != all.data()) all.assign(whose.begin(), whose.end());
    brand = of;
    fragments.clear();
    std::copy_if(all.begin(), all.end(), std::back_inserter(fragments),
                 [&](FragmentNo f) { return fold.brand_of(f) == of; });
}

// What things lent to the person did meanwhile, of this brand, and what its fragments did.
template <class F>
void PersonReader::Impl::each_stretch(const Fold& fold, F&& f) {
    for (const FragmentNo fragment : fragments)
        f(fragment, EventTime{INT64_MIN}, EventTime{INT64_MAX});
    bindings.clear();
    fold.graph.bindings_of(all, bindings);
    for (const identity::BindingView& b : bindings) {
        if (fold.brand_of(b.thing) == brand) f(b.thing, b.from, b.to);
    }
}

void PersonReader::Impl::read_rows(const Fold& fold) {
    rows.clear();
    each_stretch(fold, [&](FragmentNo f, EventTime from, EventTime to) {
        fold.history.read_between(f, from, to, rows);
    });
    history::Store::finish(rows);
}

std::span<const history::EventRow> PersonReader::Impl::rows_for(audience::Use use) {
    const auto lawful = [&use](const auto& row) { return row.allowed.has(use.purpose); };
    if (std::all_of(rows.events.begin(), rows.events.end(), lawful)) return rows.events;
    allowed.clear();
    std::copy_if(rows.events.begin(), rows.events.end(), std::back_inserter(allowed), lawful);
    return allowed;
}

audience::PersonView PersonReader::Impl::view_without_events(const Fold& fold, PersonNo named,
                                                             audience::Use use) {
    person = named;
    traits.clear();
    consent::Standing standing;
    for (const FragmentNo fragment : fragments) {
        fold.traits.read(fragment, traits);
        standing = standing.join(fold.stated_by(fragment));
    }
    if (!fold.corrections.empty()) {
        corrections.clear();
        for (const FragmentNo fragment : fragments) fold.corrections.read(fragment, corrections);
        profile::Corrections::join(corrections);
        profile::Corrections::put_right(corrections, traits);
    }
    std::erase_if(traits, [&use](const auto& row) { return !row.allowed.has(use.purpose); });
    profile::Traits::join(traits);
    audience::PersonView view;
    view.now = fold.now();
    view.traits = traits;
    view.granted = standing.granted;
    view.refused = standing.refused;
    view.split_hash = mix64(named.value + 0x9e3779b97f4a7c15u);
    const BrandInfo& info = fold.brands[use.brand];
    view.zone = info.zone.get();
    time_zone = info.time_zone;
    if (!view.traits.empty()) take_own_zone(view, fold.dictionary);
    view.rates = &fold.rates;
    view.member_of = &member_of;
    return view;
}

std::span<const history::EventRow> PersonReader::newest(PersonNo person, audience::Use use,
                                                        history::Newest::Cursor before,
                                                        std::size_t limit) {
    Impl& m = *impl_;
    history::Newest page(before, use.purpose, limit);
    m.take(fold_, person, use.brand);
    m.each_stretch(fold_, [&](FragmentNo f, EventTime from, EventTime to) {
        fold_.history.offer(f, from, to, page);
    });
    m.rows.clear();
    history::Store::take(page, m.rows);
    history::Store::finish(m.rows);
    return m.rows.events;
}

std::span<const history::EventRow> PersonReader::history_of(PersonNo person, BrandNo brand) {
    impl_->take(fold_, person, brand);
    impl_->read_rows(fold_);
    return impl_->rows.events;
}

audience::PersonView PersonReader::look(PersonNo person, audience::Use use) {
    impl_->take(fold_, person, use.brand);
    impl_->read_rows(fold_);
    audience::PersonView view = impl_->view_without_events(fold_, person, use);
    view.events = impl_->rows_for(use);
    return view;
}

audience::PersonView PersonReader::look_as(
    PersonNo named, std::span<const FragmentNo> fragments, audience::Use use,
    const std::function<bool(audience::AudienceNo)>& member_of) {
    impl_->take(fold_, fragments, use.brand);
    impl_->read_rows(fold_);
    audience::PersonView view = impl_->view_without_events(fold_, named, use);
    view.events = impl_->rows_for(use);
    view.member_of = &member_of;
    return view;
}

audience::PersonView PersonReader::look_without_events(PersonNo person, audience::Use use) {
    impl_->take(fold_, person, use.brand);
    return impl_->view_without_events(fold_, person, use);
}

}  // namespace filrouge::engine
