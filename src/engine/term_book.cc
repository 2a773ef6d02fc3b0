#include "engine/term_book.h"

#include <algorithm>

#include "engine/fold.h"
#include "engine/not_contacts.h"

namespace filrouge::engine {
namespace {

constexpr std::uint64_t kContactTold = 1, kFirstTold = 2;

}  // namespace

TermBook::TermBook(TableSpace& space, std::uint16_t first_id)
    : periods(space, first_id),
      expiries(space, static_cast<std::uint16_t>(first_id + 1)),
      lapsed_(space, static_cast<std::uint16_t>(first_id + 2)),
      swept_(space, static_cast<std::uint16_t>(first_id + 3)),
      not_contacts_(not_contacts_told({})) {}

void TermBook::after_load() {
    period_rows_.clear();
    for (std::uint32_t i = 0; i < periods.size(); ++i) period_rows_[periods.at(i).fragment] = i;
}

void TermBook::note_sealed(const PeriodRow& row) {
    const auto [at, fresh] = period_rows_.try_emplace(row.fragment, periods.size());
    if (fresh) periods.append(row);
    ++periods.edit(at->second).events;
}

void TermBook::note_lapsed(FragmentNo fragment, EventTime at, bool is_contact) {
    if (fragment.value >= lapsed_.size()) lapsed_.resize(fragment.value + 1);
    LapsedRow& row = lapsed_.edit(fragment.value);
    row.first = (row.is_told & kFirstTold) != 0 ? std::min(row.first, at.us) : at.us;
    row.is_told |= kFirstTold;
    if (!is_contact) return;
    row.contact = (row.is_told & kContactTold) != 0 ? std::max(row.contact, at.us) : at.us;
    row.is_told |= kContactTold;
}

void TermBook::note_told(FragmentNo fragment, PurposeSet held, bool without_row) {
    if (held.empty() || (!without_row && !has_told(fragment))) return;
    if (fragment.value >= lapsed_.size()) lapsed_.resize(fragment.value + 1);
    const std::uint64_t bits = std::uint64_t{held.bits} << kToldShift;
    const std::uint64_t before = lapsed_.at(fragment.value).is_told;
    const std::uint64_t after = without_row ? before | bits : before & ~bits;
    if (after != before) lapsed_.edit(fragment.value).is_told = after;
}

bool TermBook::is_contact(std::string_view name) const {
    return !std::binary_search(not_contacts_.begin(), not_contacts_.end(), name);
}

PurposeSet held_by(const Fold& fold, FragmentNo fragment, std::uint64_t sequence) {
    thread_local std::vector<consent::StatementView> statements;
    statements.clear();
    fold.statements_of(fragment, statements);
    PurposeSet out;
    for (const consent::StatementView& each : statements) {
        if (each.sequence == sequence) out = out.with(each.purpose);
    }
    return out;
}

TermBook::Lapsed TermBook::lapsed_of(FragmentNo fragment) const {
    Lapsed out{INT64_MIN, INT64_MAX, {}};
    if (fragment.value >= lapsed_.size()) return out;
    const LapsedRow& row = lapsed_.at(fragment.value);
    if ((row.is_told & kContactTold) != 0) out.contact = row.contact;
    if ((row.is_told & kFirstTold) != 0) out.first = row.first;
    out.told.bits = static_cast<std::uint32_t>(row.is_told >> kToldShift);
    return out;
}

void TermBook::note_expiry(const Expiry& expiry, std::uint64_t sequence) {
    expiries.append({expiry.id.high, expiry.id.low, sequence, expiry.at.us});
}

bool TermBook::knows(const ExpiryId& id) const {
    for (std::uint32_t i = expiries.size(); i-- > 0;) {
        if (expiries.at(i).id_high == id.high && expiries.at(i).id_low == id.low) return true;
    }
    return false;
}

void TermBook::note_swept(const SweptFacts& facts) {
    if (swept_.size() == 0) swept_.append({INT64_MIN, facts.at.us, 0, 0, 0, 0, 0});
    if (facts.begins) return;
    SweptRow& row = swept_.edit(0);
    row.at = facts.at.us;
    row.persons += facts.persons;
    row.last_persons = facts.persons;
    row.last_events = facts.events;
    row.left = facts.left;
    row.soon = facts.soon;
}

std::optional<TermBook::SweptRow> TermBook::swept() const {
    if (swept_.size() == 0) return std::nullopt;
    return swept_.at(0);
}

}  // namespace filrouge::engine
