// The fold's part of an erasure. Once the keys are gone the log is folded anew (engine/refold.cc),
// and then nothing here has anything to do: the person was never met. Until then the person is
// taken out of everybody's sight.
#include <algorithm>

#include "engine/fold.h"

namespace filrouge::engine {

// What others said of an erased identifier (a shared device, a refused link) is as if they had not.
void Fold::drop_erased(Event& event) const {
    if (erasures_ == nullptr || erasures_->empty()) return;
    std::erase_if(event.identifiers,
                  [this](const Identifier& id) { return erasures_->has(id.fragment); });
    for (Identifier& id : event.identifiers) {
        if (!id.in_first_brand.is_none() && erasures_->has(id.in_first_brand))
            id.in_first_brand = {};
    }
}

// A shared identifier stays shared when one of those it was seen with is erased: from its first
// record on, as all of an erasure is.
void Fold::count_erased(FragmentNo fragment) {
    const std::uint32_t people = erasures_->people_erased(fragment);
    if (people != 0 && !graph.has_evidence(fragment)) graph.count_erased(fragment, people);
}

void Fold::apply_erased(const RecordView& record, Consequences& out) {
    Erasure erasure;
    if (!decode_erasure(record.clear, erasure)) return;
    erased.append({erasure.id.high, erasure.id.low, record.sequence, erasure.at.us,
                   static_cast<std::uint32_t>(erasure.identifiers.size()), 0});
    for (const ErasedIdentifier& each : erasure.identifiers) {
        if (!is_met(each.fragment)) continue;
        const PersonNo person = graph.person_of(each.fragment);
        stale_columns.mark(person);
        sizes.vanish(person);
        live.vanished(person, out.changes);
        fragments.edit(each.fragment.value) = {};
    }
}

}  // namespace filrouge::engine
