#include "engine/retention.h"

#include <algorithm>
#include <shared_mutex>

#include "engine/term_book.h"

namespace filrouge::engine {
namespace {

constexpr std::uint32_t kPersonsAHold = 128;
constexpr EventTime kNever{INT64_MAX};
constexpr std::string_view kPurchase = "Order Completed";

}  // namespace

// ---------------------------------------------------------------- events

DueEvents::DueEvents(const Fold& fold, const EventTerms& terms, EventTime now, Duration ahead) {
    const auto add = [&](std::uint32_t term) -> Class& {
        Class& one = classes_.emplace_back();
        one.plan.days = term;
        one.first_kept = first_day_kept(now, term);
        one.first_kept_soon = first_day_kept(now + ahead, term);
        return one;
    };
    for (const auto& [name, term] : terms.names()) {
        Class& one = add(term);
        one.plan.name = name;
        one.name = fold.dictionary.find(name);
    }
    for (const auto& [purpose, term] : terms.purposes()) {
        Class& one = add(term);
        one.plan.purpose = fold.purposes.list[purpose].name;
        one.purpose = purpose;
    }
    const TermBook& book = *fold.terms;
    for (std::uint32_t i = 0; i < book.periods.size(); ++i) {
        const TermBook::PeriodRow& row = book.periods.at(i);
        Class* one =
            row.purposes == 0 ? by_name(StringNo{row.name}) : by_purposes(PurposeSet{row.purposes});
        if (one != nullptr && row.day < one->first_kept) one->closed += row.events;
    }
}

DueEvents::Class* DueEvents::by_name(StringNo name) {
    const auto at = std::find_if(classes_.begin(), classes_.end(), [name](const Class& one) {
        return !one.name.is_none() && one.name == name;
    });
    return at == classes_.end() ? nullptr : &*at;
}

// The purpose that needs it longest; nothing where one needs it for ever.
DueEvents::Class* DueEvents::by_purposes(PurposeSet allowed) {
    Class* out = nullptr;
    PurposeSet left = allowed;
    for (Class& one : classes_) {
        if (one.purpose == kPurposesMax || !allowed.has(one.purpose)) continue;
        left = left.without(PurposeSet{}.with(one.purpose));
        if (out == nullptr || one.plan.days > out->plan.days) out = &one;
    }
    return left.empty() ? out : nullptr;
}

// The shorter of the two terms.
DueEvents::Class* DueEvents::class_of(const history::EventRow& row) {
    Class* const named = by_name(row.name);
    Class* const needed = by_purposes(row.allowed);
    if (named == nullptr || needed == nullptr) return named == nullptr ? needed : named;
    return needed->plan.days < named->plan.days ? needed : named;
}

void DueEvents::look_at(const history::EventRow& row) {
    Class* one = class_of(row);
    if (one == nullptr) return;
    const std::int64_t day = day_of(row.at);
    if (day < one->first_kept)
        ++one->plan.due;
    else if (day < one->first_kept_soon)
        ++one->plan.soon;
}

std::vector<ClassPlan> DueEvents::classes() && {
    std::vector<ClassPlan> out;
    for (Class& one : classes_) {
        one.plan.not_closed = one.plan.due - std::min(one.plan.due, one.closed);
        out.push_back(std::move(one.plan));
    }
    return out;
}

// ---------------------------------------------------------------- persons

Contacts::Contacts(const Fold& fold, const std::vector<std::string>& not_contacts)
    : fold_(fold), purchase_(fold.dictionary.find(kPurchase)) {
    for (const std::string& name : not_contacts)
        not_contacts_.push_back(fold.dictionary.find(name));
    std::sort(not_contacts_.begin(), not_contacts_.end());
}

bool Contacts::is_contact(const history::EventRow& row) const {
    const ContactBy by = contact_by(row.kind, row.flags);
    if (by != ContactBy::Name) return by == ContactBy::Itself;
    return !std::binary_search(not_contacts_.begin(), not_contacts_.end(), row.name);
}

Contacts::Standing Contacts::of(PersonReader& reader, PersonNo person, DueEvents* due) const {
    Standing out{EventTime{INT64_MIN}};
    EventTime first = kNever;
    std::vector<std::uint64_t> silent;  // records that are no contact, so neither is their consent
    for (const BrandNo brand : fold_.brands_of(person)) {
        for (const history::EventRow& row : reader.history_of(person, brand)) {
            if (due != nullptr) due->look_at(row);
            first = std::min(first, row.at);
            out.is_customer |= row.name == purchase_ && (row.flags & kEventBot) == 0;
            if (is_contact(row))
                out.last = std::max(out.last, row.at);
            else
                silent.push_back(row.sequence);
        }
    }
    std::sort(silent.begin(), silent.end());
    std::vector<FragmentNo> fragments;
    fold_.graph.fragments_of(person, fragments);
    std::vector<consent::StatementView> statements, mine;
    for (const FragmentNo f : fragments) {
        const TermBook::Lapsed lapsed = fold_.terms->lapsed_of(f);
        mine.clear();
        fold_.statements_of(f, mine);
        std::copy_if(mine.begin(), mine.end(), std::back_inserter(statements),
                     [&lapsed](const auto& said) { return !lapsed.told.has(said.purpose); });
        out.last = std::max(out.last, EventTime{lapsed.contact});
        first = std::min(first, EventTime{lapsed.first});
    }
    for (const consent::StatementView& said : statements) {
        if (!std::binary_search(silent.begin(), silent.end(), said.sequence))
            out.last = std::max(out.last, said.at);
    }
    if (out.last.us == INT64_MIN) out.last = first;
    return out;
}

std::uint32_t days_kept(const Settings& settings, bool is_customer) {
    const std::string_view who = is_customer ? kCustomer : kProspect;
    for (const PersonTerm& term : settings.person_terms) {
        if (term.who == who) return term.days;
    }
    return settings.retention_days;
}

bool is_due(const Settings& settings, const Contacts::Standing& standing, EventTime when) {
    const std::uint32_t kept = days_kept(settings, standing.is_customer);
    return kept != 0 && standing.last <= when - days(std::int64_t{kept});
}

bool is_restricted(const Fold& fold, PersonNo person) {
    std::vector<FragmentNo> fragments;
    fold.graph.fragments_of(person, fragments);
    return std::any_of(fragments.begin(), fragments.end(), [&](FragmentNo f) {
        return fold.restraints.holds(consent::Restraint::Restricted, f);
    });
}

bool RetentionPlan::events_due() const {
    return std::any_of(events.begin(), events.end(),
                       [](const ClassPlan& each) { return each.due != 0; });
}

RetentionPlan retention_plan(const Library& l, EventTime now, Duration ahead) {
    RetentionPlan plan;
    const bool persons = days_kept(l.settings, true) != 0 || days_kept(l.settings, false) != 0;
    if (!persons && l.settings.event_terms.empty()) return plan;
    std::optional<DueEvents> events;
    PersonReader reader(l.fold);
    std::vector<Outstayed> soon;
    std::uint32_t end = 1;
    for (std::uint32_t from = 0; from < end; from += kPersonsAHold) {
        const std::shared_lock reading(l.lock);
        end = l.fold.end();
        if (!events) events.emplace(l.fold, EventTerms(l.settings, l.fold.purposes), now, ahead);
        const Contacts contacts(l.fold, l.settings.not_contacts);
        for (std::uint32_t p = from; p < std::min(end, from + kPersonsAHold); ++p) {
            if (!l.fold.is_person(p)) continue;
            const Contacts::Standing standing = contacts.of(reader, PersonNo{p}, &*events);
            if (!is_due(l.settings, standing, now + ahead)) continue;
            if (is_restricted(l.fold, PersonNo{p})) {
                ++plan.restricted;
                continue;
            }
            const bool due = is_due(l.settings, standing, now);
            ++(due ? plan.due : plan.soon);
            std::vector<Outstayed>& list = due ? plan.persons : soon;
            if (list.size() < kRetentionPersonsMax)
                list.push_back({PersonNo{p}, standing.last, standing.is_customer});
        }
    }
    plan.events = std::move(*events).classes();
    for (const Outstayed& each : soon) {
        if (plan.persons.size() < kRetentionPersonsMax) plan.persons.push_back(each);
    }
    return plan;
}

}  // namespace filrouge::engine
