#include "engine/retention.h"

#include <algorithm>
#include <shared_mutex>

namespace filrouge::engine {
namespace {

constexpr std::uint32_t kPersonsAHold = 128;
constexpr EventTime kNever{INT64_MAX};

bool is_restricted(const Fold& fold, PersonNo person) {
    std::vector<FragmentNo> fragments;
    fold.graph.fragments_of(person, fragments);
    return std::any_of(fragments.begin(), fragments.end(), [&](FragmentNo f) {
        return fold.restraints.holds(consent::Restraint::Restricted, f);
    });
}

}  // namespace

Contacts::Contacts(const Fold& fold, const std::vector<std::string>& not_contacts) : fold_(fold) {
    for (const std::string& name : not_contacts)
        not_contacts_.push_back(fold.dictionary.find(name));
    std::sort(not_contacts_.begin(), not_contacts_.end());
}

bool Contacts::is_contact(const history::EventRow& row) const {
    if ((row.flags & kEventBot) != 0) return false;
    // What a file says of a customer is no sign of life; what it says that they did is one.
    const bool acts = row.kind == EventKind::Track || row.kind == EventKind::Page ||
                      row.kind == EventKind::Screen;
    if (!acts) return (row.flags & kEventImported) == 0;
    return !std::binary_search(not_contacts_.begin(), not_contacts_.end(), row.name);
}

EventTime Contacts::last_of(PersonReader& reader, PersonNo person) const {
    EventTime last{INT64_MIN}, first = kNever;
    std::vector<std::uint64_t> silent;  // records that are no contact, so neither is their consent
    for (const BrandNo brand : fold_.brands_of(person)) {
        for (const history::EventRow& row : reader.history_of(person, brand)) {
            first = std::min(first, row.at);
            if (is_contact(row))
                last = std::max(last, row.at);
            else
                silent.push_back(row.sequence);
        }
    }
    std::sort(silent.begin(), silent.end());
    std::vector<FragmentNo> fragments;
    fold_.graph.fragments_of(person, fragments);
    std::vector<consent::StatementView> statements;
    for (const FragmentNo f : fragments) fold_.ledger.statements_of(f, statements);
    for (const consent::StatementView& said : statements) {
        if (!std::binary_search(silent.begin(), silent.end(), said.sequence))
            last = std::max(last, said.at);
    }
    return last.us != INT64_MIN ? last : first;
}

RetentionPlan retention_plan(const Library& l, EventTime now, Duration ahead) {
    RetentionPlan plan;
    if (l.settings.retention_days == 0) return plan;
    const EventTime due = now - days(std::int64_t{l.settings.retention_days});
    PersonReader reader(l.fold);
    std::vector<Outstayed> soon;
    std::uint32_t end = 1;
    for (std::uint32_t from = 0; from < end; from += kPersonsAHold) {
        const std::shared_lock reading(l.lock);
        end = l.fold.end();
        const Contacts contacts(l.fold, l.settings.not_contacts);
        for (std::uint32_t p = from; p < std::min(end, from + kPersonsAHold); ++p) {
            if (!l.fold.is_person(p)) continue;
            const EventTime last = contacts.last_of(reader, PersonNo{p});
            if (last > due + ahead) continue;
            if (is_restricted(l.fold, PersonNo{p})) {
                ++plan.restricted;
                continue;
            }
            const bool is_due = last <= due;
            ++(is_due ? plan.due : plan.soon);
            std::vector<Outstayed>& list = is_due ? plan.persons : soon;
            if (list.size() < kRetentionPersonsMax) list.push_back({PersonNo{p}, last});
        }
    }
    for (const Outstayed& each : soon) {
        if (plan.persons.size() < kRetentionPersonsMax) plan.persons.push_back(each);
    }
    return plan;
}

}  // namespace filrouge::engine
