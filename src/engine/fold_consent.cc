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

void Fold::statements_of(FragmentNo fragment, std::vector<consent::StatementView>& out) const {
    ledger.statements_of(fragment, out);
    const auto from = static_cast<std::ptrdiff_t>(out.size());
    own_words.statements_of(fragment, out);
    out.erase(std::remove_if(out.begin() + from, out.end(),
                             [](const consent::StatementView& s) { return s.granted; }),
              out.end());
}

// A statement holds for every identifier of its event. An objection of a browser is ended by a
// choice alone, one of the person's own words by own words alone, so both keep a ledger of their
// own: by the time they were told, like all statements, whatever was told otherwise in between. A
// no in own words stands in its own ledger only: there it wins while it is not taken back, and the
// other knows what stood before.
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
    std::vector<ConsentStatement> others;
    std::span<const ConsentStatement> weaker = said;
    if (!own.empty()) {
        std::copy_if(said.begin(), said.end(), std::back_inserter(others),
                     [](const ConsentStatement& c) {
                         return c.granted || c.weight != ConsentWeight::OwnWords;
                     });
        weaker = others;
    }
    bool changed = false;
    for (const FragmentNo fragment : who) {
        changed |= ledger.state(fragment, weaker, at, sequence);
        if (!lasting.empty()) changed |= objections.state(fragment, lasting, at, sequence);
        if (!own.empty()) changed |= own_words.state(fragment, own, at, sequence);
        if (terms->has_told(fragment))
            terms->note_told(fragment, held_by(*this, fragment, sequence), false);
    }
    return changed;
}

void Fold::apply_consent_told(const RecordView& record, Consequences& out) {
    const auto entry = consent::decode_entry(record.clear);
    proofs.add(entry, record.clear, record.sequence);
    if (!entry) return;
    take_back(*entry, record.sequence, out);
    if (is_erased(entry->fragments.front())) hold_for_others(*entry, record.sequence, out);
}

// No event tells it, so the entry itself is what holds: of each identifier that it names.
void Fold::take_back(const consent::Entry& entry, std::uint64_t sequence, Consequences& out) {
    bool changed = false;
    for (const consent::Statement& s : entry.statements) {
        if (s.state != consent::State::TakenBack) continue;
        const ConsentWeight weight = weight_of(entry, s);
        const PurposeSet purpose = PurposeSet{}.with(s.purpose);
        for (const FragmentNo f : entry.fragments) {
            if (is_erased(f)) continue;
            if (weight >= ConsentWeight::Choice) {
                changed |= ledger.take_back(f, purpose, entry.at, sequence);
                changed |= objections.take_back(f, purpose, entry.at, sequence);
            }
            if (weight == ConsentWeight::Objection || weight == ConsentWeight::OwnWords)
                changed |= own_words.take_back(f, purpose, entry.at, sequence);
        }
    }
    if (changed) tell_standing(entry, entry.fragments, out);
}

void Fold::tell_standing(const consent::Entry& entry, std::span<const FragmentNo> who,
                         Consequences& out) {
    for (const FragmentNo fragment : who) {
        if (is_erased(fragment) || !is_met(fragment)) continue;
        const PersonNo person = graph.person_of(fragment);
        live.touched(person, {.consent = true, .brand = entry.brand}, *this, out.changes);
        stale_columns.mark(person);
        out.consent_of.push_back(person);
    }
}

// What was told under several identifiers holds for each of them. When the one whose key closes the
// event is erased nobody can read the event any more, and what it said of the others stands here.
void Fold::hold_for_others(const consent::Entry& entry, std::uint64_t sequence, Consequences& out) {
    std::vector<ConsentStatement> said;
    for (const consent::Statement& s : entry.statements) {
        if (s.state == consent::State::Granted || s.state == consent::State::Refused)
            said.push_back({s.purpose, s.state == consent::State::Granted, weight_of(entry, s)});
    }
    std::vector<FragmentNo> others;
    std::copy_if(entry.fragments.begin(), entry.fragments.end(), std::back_inserter(others),
                 [this](FragmentNo f) { return !is_erased(f); });
    if (said.empty() || !state_consents(said, others, entry.at, sequence)) return;
    tell_standing(entry, others, out);
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
