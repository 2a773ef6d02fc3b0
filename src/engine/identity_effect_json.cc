#include <algorithm>

#include "engine/identity_effect.h"
#include "engine/person_asked.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kIdentifiersShownMax = 200;  // of one person

void write_identifiers(JsonWriter& w, const Fold& fold, std::span<const FragmentNo> fragments) {
    w.key("identifiers").open_array();
    for (const FragmentNo f : fragments.first(std::min(fragments.size(), kIdentifiersShownMax))) {
        w.open_object()
            .field("id", fold.names.name_of(f).text())
            .field("type", row_of(fold.graph.type_of(f))->name)
            .field("person", profile_id(fold, fold.graph.person_of(f)))
            .close();
    }
    w.close();
    if (fragments.size() > kIdentifiersShownMax)
        w.field("more_identifiers",
                static_cast<std::uint64_t>(fragments.size() - kIdentifiersShownMax));
}

void write_consents(JsonWriter& w, const Fold& fold, std::span<const FragmentNo> fragments) {
    consent::Standing standing;
    for (const FragmentNo f : fragments) standing = standing.join(fold.stated_by(f));
    w.key("consents").open_object();
    for (std::size_t i = 0; i < fold.purposes.list.size(); ++i) {
        const auto purpose = static_cast<std::uint8_t>(i);
        w.field(fold.purposes.list[i].name, standing.granted.has(purpose)   ? "granted"
                                            : standing.refused.has(purpose) ? "refused"
                                                                            : "not asked");
    }
    w.close();
}

// By name: what they say is for whoever reads the profile for a purpose.
void write_traits(JsonWriter& w, const Fold& fold, std::span<const FragmentNo> fragments) {
    std::vector<history::TraitRow> rows;
    for (const FragmentNo f : fragments) fold.traits.read(f, rows);
    profile::Traits::join(rows);
    w.key("traits").open_array();
    StringNo last;
    for (const history::TraitRow& row : rows) {
        if (row.value.key != last) w.value(fold.dictionary.text(row.value.key));
        last = row.value.key;
    }
    w.close();
}

// Which traits would be as the person or staff put them right.
void write_corrections(JsonWriter& w, const Fold& fold, std::span<const FragmentNo> fragments) {
    std::vector<profile::CorrectionRow> rows;
    for (const FragmentNo f : fragments) fold.corrections.read(f, rows);
    profile::Corrections::join(rows);
    w.key("corrections").open_array();
    for (const profile::CorrectionRow& row : rows) w.value(fold.dictionary.text(row.value.key));
    w.close();
}

void write_audiences(JsonWriter& w, const Fold& fold, std::string_view name,
                     const std::vector<audience::AudienceNo>& slots) {
    w.key(name).open_array();
    for (const auto& [id, info] : fold.audiences) {
        if (std::find(slots.begin(), slots.end(), info.slot) != slots.end()) w.value(id);
    }
    w.close();
}

}  // namespace

// Points and messages on their way will be told here, beside the audiences, once there are any.
void write_effect(JsonWriter& w, const Fold& fold, const PersonEffect& effect, BrandNo brand) {
    std::vector<FragmentNo> ours;
    std::copy_if(effect.fragments.begin(), effect.fragments.end(), std::back_inserter(ours),
                 [&](FragmentNo f) { return fold.brand_of(f) == brand; });
    w.open_object()
        .field("id", profile_id(fold, effect.person))
        .field("state", effect.fragments.empty() ? "gone"
                        : effect.is_known        ? "changed"
                                                 : "new");
    if (!ours.empty()) {
        write_identifiers(w, fold, ours);
        w.field("events", effect.events);
        write_consents(w, fold, ours);
        write_traits(w, fold, ours);
        write_corrections(w, fold, ours);
        write_restraints(w, fold, ours);
    }
    if (effect.asked) {
        write_audiences(w, fold, "stays_in", effect.stays);
        write_audiences(w, fold, "enters", effect.enters);
        write_audiences(w, fold, "leaves", effect.leaves);
    } else {
        w.field("note", "A person of that many events is asked by audiences at the next tick.");
    }
    w.close();
}

}  // namespace filrouge::engine
