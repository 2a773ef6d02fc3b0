// The fold's part for what models expect of persons: traits that nobody told. They are no event:
// no history, no count of a source.
#include "engine/fold.h"
#include "engine/records.h"

namespace filrouge::engine {

void Fold::apply_predicted(const RecordView& record, BytesView plain, Consequences& out) {
    PredictedFacts facts;
    if (is_erased(record.fragment)) return;
    if (!decode_predicted_clear(record.clear, facts) || !decode_predicted_sealed(plain, facts))
        return;  // without its key: the fragment was forgotten
    if (!graph.knows(record.fragment) || is_shared_thing(graph.type_of(record.fragment))) return;
    // A run that was under way when the person was put under a restraint.
    const consent::Standing standing = standing_of(graph.person_of(record.fragment), facts.brand);
    if (standing.restricted || standing.unprofiled) return;
    changed_traits_.clear();
    for (const auto& [name, value] : facts.values) {
        history::TraitRow row;
        row.at = facts.at;
        row.sequence = record.sequence;
        row.allowed = PurposeSet{}.with(facts.purpose);
        row.model = facts.model;
        row.value.key = dictionary.intern(name, history::Room::Rule);
        row.in_array = !value;  // a list of none, as one that is told empty
        if (value) {
            row.value.kind = history::CellKind::Number;
            row.value.number = *value;
        }
        const profile::Traits::Taken taken = traits.set(record.fragment, {&row, 1});
        if (taken.any) changed_traits_.push_back(row.value.key);
        if (taken.left_out != 0) count(0, kTraitsLeftOut, taken.left_out);
    }
    const audience::Touch what{.traits = changed_traits_, .brand = facts.brand};
    live.touched(graph.person_of(record.fragment), what, *this, out.changes);
}

}  // namespace filrouge::engine
