// The fold's part for consents: what events state, the proof of it, and the words that were shown.
#include <algorithm>

#include "engine/fold.h"
#include "engine/settings_record.h"
#include "engine/term_book.h"

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
    thread_local std::vector<FragmentNo> who;
    who.clear();
    for (const Identifier& id : event.identifiers) {
        if (!is_shared_thing(id.type)) who.push_back(id.fragment);
    }
    return state_consents(event.consents, who, event.at, sequence);
}

bool Fold::state_consents(std::span<const ConsentStatement> said, std::span<const FragmentNo> who,
                          EventTime at, std::uint64_t sequence) {
    std::vector<ConsentStatement>& lasting = lasting_;
    lasting.clear();
    std::copy_if(said.begin(), said.end(), std::back_inserter(lasting),
                 [](const ConsentStatement& c) {
                     return c.weight == ConsentWeight::Objection ||
                            (c.weight >= ConsentWeight::Choice && c.granted);
                 });
    std::vector<ConsentStatement>& own = own_statements_;
    own.clear();
    std::copy_if(said.begin(), said.end(), std::back_inserter(own),
                 [](const ConsentStatement& c) { return c.weight == ConsentWeight::OwnWords; });
    bool changed = false;
    for (const FragmentNo fragment : who) {
        changed |= ledger.state(fragment, said, at, sequence);
        if (terms->has_told(fragment))
            terms->note_told(fragment, held_by(ledger, fragment, sequence), false);
        if (!lasting.empty()) changed |= objections.state(fragment, lasting, at, sequence);
        if (!own.empty()) changed |= own_words.state(fragment, own, at, sequence);
    }
    return changed;
}

void Fold::apply_consent_told(const RecordView& record, Consequences& out) {
    const auto entry = consent::decode_entry(record.clear);
    proofs.add(entry, record.clear, record.sequence);
    if (entry && is_erased(entry->fragments.front())) hold_for_others(*entry, record.sequence, out);
}

// What was told under several identifiers holds for each of them. When the one whose key closes the
// event is erased nobody can read the event any more, and what it said of the others stands here.
void Fold::hold_for_others(const consent::Entry& entry, std::uint64_t sequence, Consequences& out) {
    std::vector<ConsentStatement> said;
    for (const consent::Statement& s : entry.statements) {
        if (s.state != consent::State::Pending)
            said.push_back({s.purpose, s.state == consent::State::Granted, weight_of(entry, s)});
    }
    std::vector<FragmentNo> others;
    std::copy_if(entry.fragments.begin(), entry.fragments.end(), std::back_inserter(others),
                 [this](FragmentNo f) { return !is_erased(f); });
    if (said.empty() || !state_consents(said, others, entry.at, sequence)) return;
    for (const FragmentNo fragment : others) {
        if (!is_met(fragment)) continue;
        const PersonNo person = graph.person_of(fragment);
        live.touched(person, {.consent = true, .brand = entry.brand}, *this, out.changes);
        stale_columns.mark(person);
        out.consent_of.push_back(person);
    }
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
