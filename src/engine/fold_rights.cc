// The fold's part for what persons have changed about what may be done with their data:
// restrictions, objections to profiling, corrections.
#include <algorithm>
#include <array>

#include "engine/correction_record.h"
#include "engine/fold.h"
#include "engine/packed_values.h"
#include "engine/restraint_record.h"

namespace filrouge::engine {

void Fold::apply_restrained(const RecordView& record, Consequences& out) {
    RestraintTold told;
    if (!decode_restraint_clear(record.clear, told)) return;
    std::vector<PersonNo> affected;
    for (const FragmentNo fragment : told.fragments) {
        if (is_erased(fragment) || !is_met(fragment)) continue;
        const bool changed = told.lifted
                                 ? restraints.lift(told.what, fragment)
                                 : restraints.put(told.what, {fragment, told.at, record.sequence});
        if (changed) affected.push_back(graph.person_of(fragment));
    }
    std::sort(affected.begin(), affected.end());
    affected.erase(std::unique(affected.begin(), affected.end()), affected.end());
    for (const PersonNo person : affected) {
        stale_columns.mark(person);
        live.touched(person, {.all = true}, *this, out.changes);
    }
}

namespace {

constexpr PurposeSet kEveryPurpose{~0u};

// Older logs have the correction of an answer to an offer as one of a trait that nobody told: for
// every purpose. It is for that of the answer.
bool puts_right_an_answer(const Fold& fold, const profile::CorrectionRow& row) {
    if (row.allowed != kEveryPurpose) return false;
    std::vector<FragmentNo> fragments;
    fold.fragments_of(fold.graph.person_of(row.fragment), fold.brand_of(row.fragment), fragments);
    std::vector<history::TraitRow> told;
    for (const FragmentNo f : fragments) fold.traits.read(f, told);
    return std::any_of(told.begin(), told.end(), [&](const history::TraitRow& each) {
        return each.model == ModelKind::Person && each.value.key == row.value.key;
    });
}

}  // namespace

void Fold::apply_corrected(const RecordView& record, BytesView plain, Consequences& out) {
    Correction told;
    if (is_erased(record.fragment) || !decode_correction_clear(record.clear, told) ||
        !decode_correction_sealed(plain, told))
        return;  // without its key: the fragment was forgotten
    if (!is_met(record.fragment) || is_shared_thing(graph.type_of(record.fragment))) return;
    profile::CorrectionRow row;
    row.value = cell_of(PackedView(told.value), dictionary);
    row.value.key = dictionary.intern(told.trait, history::Room::Name);
    row.act = told.act;
    row.at = told.at;
    row.sequence = record.sequence;
    row.allowed = told.allowed;
    row.fragment = record.fragment;
    if (puts_right_an_answer(*this, row)) row.allowed = {};
    if (!corrections.set(row)) return;
    const std::array<StringNo, 1> changed = {row.value.key};
    const PersonNo person = graph.person_of(record.fragment);
    out.corrected = person;
    live.touched(person,
                 {.traits = changed,
                  .zone = told.trait == kTimeZoneTrait,
                  .brand = brand_of(record.fragment)},
                 *this, out.changes);
}

}  // namespace filrouge::engine
