// The fold's part for the terms of events. Which have passed stands beside the keys
// (storage/expiries.h), so that the log folds from its first record as if they had told their
// identifiers and consents alone, be it that their bytes could still be read or not.
#include "engine/event_record.h"
#include "engine/event_terms.h"
#include "engine/fold.h"
#include "engine/records.h"
#include "engine/term_book.h"

namespace filrouge::engine {
namespace {

// Of one recorded before its class had a term nobody noted at the door what its name means.
bool was_contact(const Event& event, const std::optional<TermSeal>& term) {
    return term ? term->is_contact : contact_by(event.kind, event.flags) != ContactBy::Nothing;
}

}  // namespace

// A choice is a contact for each of its identifiers, and without a row nothing tells later whether
// it came with a mail that was opened or with a visit.
void note_without_row(const Event& event, const std::optional<TermSeal>& term, bool lapsed,
                      const Fold& fold, std::uint64_t sequence) {
    if ((event.flags & kEventConsentOnly) == 0 || event.consents.empty()) return;
    const ContactBy by = contact_by(event.kind, event.flags);
    const bool is_contact = lapsed                  ? was_contact(event, term)
                            : by == ContactBy::Name ? fold.terms->is_contact(history_name(event))
                                                    : by == ContactBy::Itself;
    for (const Identifier& id : event.identifiers) {
        if (is_shared_thing(id.type)) continue;
        fold.terms->note_lapsed(id.fragment, event.at, is_contact);
        fold.terms->note_told(id.fragment, held_by(fold, id.fragment, sequence), true);
    }
}

bool Fold::has_expired(const Event& event) const {
    return expiries_ != nullptr && expiries_->covers(history_name(event), event.allowed, event.at);
}

bool Fold::lapses(Event& event, const std::optional<TermSeal>& term, EventContent content) {
    if ((event.flags & kEventConsentOnly) != 0) return false;
    if (content != EventContent::Lapsed && !has_expired(event)) {
        if (!term) return false;
        TermBook::PeriodRow row{
            0, filrouge::day_of(event.at), term->period.value, StringNo::kNone, 0, 0};
        if (term->by_purpose)
            row.purposes = event.allowed.bits;
        else
            row.name = name_number(history_name(event)).value;
        terms->note_sealed(row);
        return false;
    }
    terms->note_lapsed(event.fragment, event.at, was_contact(event, term));
    count(event.source, kExpiredEvents, 1);
    drop_content(event);
    return true;
}

void Fold::apply_expired(const RecordView& record) {
    Expiry expiry;
    if (decode_expiry(record.clear, expiry)) terms->note_expiry(expiry, record.sequence);
}

void Fold::apply_swept(const RecordView& record) {
    SweptFacts facts;
    if (decode_swept(record.clear, facts)) terms->note_swept(facts);
}

}  // namespace filrouge::engine
