// The fold's part for consents: what events state, the proof of it, and the words that were shown.
#include <algorithm>

#include "engine/fold.h"
#include "engine/settings_record.h"

namespace filrouge::engine {

consent::Standing Fold::stated_by(FragmentNo fragment) const {
    const consent::Standing said = ledger.standing_of(fragment);
    const PurposeSet objected = objections.standing_of(fragment).refused;
    if (objected.empty()) return said;
    return said.join({{}, objected, objected});
}

// A statement holds for every identifier of its event. An objection is ended by a choice alone, so
// the two keep a ledger of their own: by the time they were told, like all statements, whatever
// was told alongside other events in between.
bool Fold::apply_consent(const Event& event, std::uint64_t sequence) {
    if (event.consents.empty()) return false;
    std::vector<ConsentStatement>& lasting = lasting_;
    lasting.clear();
    std::copy_if(event.consents.begin(), event.consents.end(), std::back_inserter(lasting),
                 [](const ConsentStatement& c) {
                     return c.weight == ConsentWeight::Objection ||
                            (c.weight == ConsentWeight::Choice && c.granted);
                 });
    bool changed = false;
    for (const Identifier& id : event.identifiers) {
        if (is_shared_thing(id.type)) continue;
        changed |= ledger.state(id.fragment, event.consents, event.at, sequence);
        if (!lasting.empty()) changed |= objections.state(id.fragment, lasting, event.at, sequence);
    }
    return changed;
}

void Fold::apply_consent_told(const RecordView& record) {
    proofs.add(consent::decode_entry(record.clear), record.clear, record.sequence);
}

void Fold::apply_suppressed(const RecordView& record) {
    consent::Suppression told;
    if (consent::decode_suppression(record.clear, told)) suppressions.apply(told);
}

void Fold::load_wordings() {
    auto told = std::make_shared<consent::Wordings>();
    for (const DocumentView& document : documents.of(RecordType::Wording)) {
        if (auto wording = parse_wording(document.json))
            told->add(wording->purpose, std::move(wording->wording));
    }
    wordings = std::move(told);
}

}  // namespace filrouge::engine
