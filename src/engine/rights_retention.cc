// Retention: what is kept no longer, shown beforehand, and erased when an operator or the settings'
// hour says so.
#include <algorithm>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/person_asked.h"
#include "engine/retention.h"
#include "engine/rights_desk_impl.h"
#include "engine/sweep_record.h"
#include "engine/term_book.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;

constexpr std::int64_t kDaysAheadDefault = 30;
constexpr std::int64_t kDaysAheadMax = 366;

void write_classes(JsonWriter& w, const std::vector<ClassPlan>& classes) {
    w.key("events").open_array();
    for (const ClassPlan& each : classes) {
        w.open_object();
        if (!each.name.empty()) w.field("name", each.name);
        if (!each.purpose.empty()) w.field("purpose", each.purpose);
        w.field("days", each.days)
            .field("due", each.due)
            .field("soon", each.soon)
            .field("not_closed", each.not_closed)
            .close();
    }
    w.close();
}

// By the settings: who is kept how long, and when the server looks by itself.
void write_terms(JsonWriter& w, const Library& l) {
    w.key("persons").open_array();
    for (const PersonTerm& term : l.settings.person_terms)
        w.open_object().field("who", term.who).field("days", term.days).close();
    w.close().field("sweep_at", l.settings.sweep_at);
    const auto swept = l.fold.terms->swept();
    if (swept && swept->at != INT64_MIN) w.field("last_sweep", iso_time(EventTime{swept->at}));
}

std::string plan_json(const Library& l, const RetentionPlan& plan, std::int64_t days_ahead) {
    std::string out;
    JsonWriter w(out);
    w.open_object()
        .field("days", l.settings.retention_days)
        .field("ahead", days_ahead)
        .field("due", plan.due)
        .field("soon", plan.soon)
        .field("restricted", plan.restricted)
        .key("profiles")
        .open_array();
    const Reading reading(l.lock);
    for (std::size_t i = 0; i < std::min(plan.persons.size(), kPageMax); ++i) {
        const Outstayed& each = plan.persons[i];
        if (!l.fold.is_person(each.person.value)) continue;
        const Duration kept = days(std::int64_t{days_kept(l.settings, each.is_customer)});
        w.open_object()
            .field("profile", profile_id(l.fold, each.person))
            .field("last_contact", iso_time(each.last))
            .field("kept_until", iso_time(each.last + kept))
            .field("who", each.is_customer ? kCustomer : kProspect)
            .close();
    }
    w.close();
    write_terms(w, l);
    write_classes(w, plan.events);
    w.close();
    return out;
}

Prepared swept_record(const SweptFacts& facts) {
    Prepared out;
    out.record.type = RecordType::RetentionSwept;
    encode_swept(facts, out.record.clear);
    return out;
}

}  // namespace

Result<std::string> RightsDeskImpl::retention(std::string_view days_ahead) {
    const auto asked =
        days_ahead.empty() ? std::optional(kDaysAheadDefault) : parse_int(days_ahead);
    if (!asked || *asked < 0 || *asked > kDaysAheadMax)
        return Error{"api.invalid_field",
                     "'days' is a whole number from 0 to " + std::to_string(kDaysAheadMax) + ".",
                     ""};
    const Reading still(seams_.tables);
    const EventTime now = as_event_time(seams_.now());
    return plan_json(library_, retention_plan(library_, now, days(*asked)), *asked);
}

// The identifiers of those who are still due, as many persons as one erasure takes: somebody may
// have come back, or been restricted, since they were listed.
std::vector<FragmentNo> RightsDeskImpl::next_outstayed(const RetentionPlan& plan, std::size_t& next,
                                                       EventTime now, std::uint64_t& persons) {
    const Reading still(seams_.tables);
    const Reading reading(library_.lock);
    Fold& fold = library_.fold;
    PersonReader reader(fold);
    const Contacts contacts(fold, library_.settings.not_contacts);
    std::vector<FragmentNo> out, mine;
    for (; next < plan.persons.size(); ++next) {
        const PersonNo person = plan.persons[next].person;
        if (!fold.is_person(person.value) || is_restricted(fold, person) ||
            !is_due(library_.settings, contacts.of(reader, person), now))
            continue;
        mine.clear();
        fold.graph.fragments_of(person, mine);
        if (!out.empty() && out.size() + mine.size() > kErasedIdentifiersOfOneMax) break;
        out.insert(out.end(), mine.begin(), mine.end());
        ++persons;
    }
    return out;
}

Result<std::vector<std::string>> RightsDeskImpl::erase_outstayed(const RetentionPlan& plan,
                                                                 EventTime now,
                                                                 std::uint64_t& persons) {
    std::vector<std::string> erasures;
    for (std::size_t next = 0; next < plan.persons.size();) {
        const std::vector<FragmentNo> gone = next_outstayed(plan, next, now, persons);
        if (!gone.empty()) erasures.push_back(TRY(seams_.erase(gone)));
    }
    return erasures;
}

// What is due is looked for before commands wait for it: a choice of somebody's must not. Each
// person is judged again when it is their turn.
Result<std::string> RightsDeskImpl::sweep_retention() {
    const EventTime now = as_event_time(seams_.now());
    RetentionPlan plan;
    {
        const Reading still(seams_.tables);
        plan = retention_plan(library_, now, days(kDaysAheadDefault));
    }
    plan.persons.resize(std::min<std::size_t>(plan.persons.size(), plan.due));
    const std::lock_guard guard(seams_.commands);
    SweptFacts swept;
    swept.at = now;
    const std::vector<std::string> erasures = TRY(erase_outstayed(plan, now, swept.persons));
    const ExpiredEvents expired = TRY(seams_.expire(now, plan.events_due()));
    swept.left = plan.due - plan.persons.size();
    swept.soon = plan.soon;
    swept.periods = expired.periods;
    for (const ClassPlan& each : plan.events) swept.events += expired.any ? each.due : 0;
    std::vector<Prepared> told;
    told.push_back(swept_record(swept));
    TRY(seams_.write(std::move(told)));
    std::string out;
    JsonWriter w(out);
    w.open_object()
        .field("erased", swept.persons)
        .field("left", swept.left)
        .field("restricted", plan.restricted)
        .field("soon", swept.soon)
        .key("erasures")
        .open_array();
    for (const std::string& id : erasures) w.value(id);
    w.close().field("periods", swept.periods);
    write_classes(w, plan.events);
    w.close();
    return out;
}

}  // namespace filrouge::engine
