// Retention: who is kept no longer, shown beforehand and erased when an operator says so.
#include <algorithm>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/person_asked.h"
#include "engine/retention.h"
#include "engine/rights_desk_impl.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;

constexpr std::int64_t kDaysAheadDefault = 30;
constexpr std::int64_t kDaysAheadMax = 366;

std::string plan_json(const Library& l, const RetentionPlan& plan, std::int64_t days_ahead) {
    const Duration kept = days(std::int64_t{l.settings.retention_days});
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
        w.open_object()
            .field("profile", profile_id(l.fold, each.person))
            .field("last_contact", iso_time(each.last))
            .field("kept_until", iso_time(each.last + kept))
            .close();
    }
    w.close().close();
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
// have come back since they were listed.
std::vector<FragmentNo> RightsDeskImpl::next_outstayed(const RetentionPlan& plan, std::size_t& next,
                                                       EventTime due, std::uint64_t& persons) {
    const Reading still(seams_.tables);
    const Reading reading(library_.lock);
    Fold& fold = library_.fold;
    PersonReader reader(fold);
    const Contacts contacts(fold, library_.settings.not_contacts);
    std::vector<FragmentNo> out, mine;
    for (; next < plan.persons.size(); ++next) {
        const PersonNo person = plan.persons[next].person;
        if (!fold.is_person(person.value) || contacts.last_of(reader, person) > due) continue;
        mine.clear();
        fold.graph.fragments_of(person, mine);
        if (!out.empty() && out.size() + mine.size() > kErasedIdentifiersOfOneMax) break;
        out.insert(out.end(), mine.begin(), mine.end());
        ++persons;
    }
    return out;
}

Result<std::string> RightsDeskImpl::sweep_retention() {
    const std::lock_guard guard(seams_.commands);
    const EventTime now = as_event_time(seams_.now());
    RetentionPlan plan;
    {
        const Reading still(seams_.tables);
        plan = retention_plan(library_, now, Duration{});
    }
    const EventTime due = now - days(std::int64_t{library_.settings.retention_days});
    std::vector<std::string> erasures;
    std::uint64_t persons = 0;
    for (std::size_t next = 0; next < plan.persons.size();) {
        const std::vector<FragmentNo> gone = next_outstayed(plan, next, due, persons);
        if (!gone.empty()) erasures.push_back(TRY(seams_.erase(gone)));
    }
    std::string out;
    JsonWriter w(out);
    w.open_object()
        .field("erased", persons)
        .field("left", plan.due - std::min(plan.due, std::uint64_t{plan.persons.size()}))
        .field("restricted", plan.restricted)
        .key("erasures")
        .open_array();
    for (const std::string& id : erasures) w.value(id);
    w.close().close();
    return out;
}

}  // namespace filrouge::engine
