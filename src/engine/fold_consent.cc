// The fold's part for consents: what events state, the proof of it, and the words that were shown.
#include <algorithm>

#include "engine/fold.h"
#include "engine/settings_record.h"

namespace filrouge::engine {

consent::Standing Fold::stated_by(FragmentNo fragment) const {
    consent::Standing said = ledger.standing_of(fragment);
    const PurposeSet objected =
        objections.standing_of(fragment).refused | own_words.standing_of(fragment).refused;
    if (!objected.empty()) said = said.join({{}, objected, objected});
    said.restricted = restraints.holds(consent::Restraint::Restricted, fragment);
    said.unprofiled = restraints.holds(consent::Restraint::Unprofiled, fragment);
    return said;
}

// A statement holds for every identifier of its event. An objection of a browser is ended by a
// choice alone, one of the person's own words by own words alone, so both keep a ledger of their
// own: by the time they were told, like all statements, whatever was told otherwise in between.
bool Fold::apply_consent(const Event& event, std::uint64_t sequence) {
    if (event.consents.empty()) return false;
    std::vector<ConsentStatement>& lasting = lasting_;
    lasting.clear();
    std::copy_if(event.consents.begin(), event.consents.end(), std::back_inserter(lasting),
                 [](const ConsentStatement& c) {
                     return c.weight == ConsentWeight::Objection ||
                            (c.weight >= ConsentWeight::Choice && c.granted);
                 });
    std::vector<ConsentStatement>& own = own_statements_;
    own.clear();
    std::copy_if(event.consents.begin(), event.consents.end(), std::back_inserter(own),
                 [](const ConsentStatement& c) { return c.weight == ConsentWeight::OwnWords; });
    bool changed = false;
    for (const Identifier& id : event.identifiers) {
        if (is_shared_thing(id.type)) continue;
        changed |= ledger.state(id.fragment, event.consents, event.at, sequence);
        if (!lasting.empty()) changed |= objections.state(id.fragment, lasting, event.at, sequence);
        if (!own.empty()) changed |= own_words.state(id.fragment, own, event.at, sequence);
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
