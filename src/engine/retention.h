// How long persons are kept, and events of them. A person: until so many days after their last
// contact of their own (GDPR 5(1)e; CNIL, for prospects: three years). What the shop does, a
// message delivered or opened, a row of a customer file, is no contact of theirs. Whoever is kept
// no longer is erased like anybody who asks for it, so it reaches as deep and holds in restored
// backups. Events of some names or purposes have terms of their own (CNIL: what measures an
// audience, 25 months), whoever the person is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/event_terms.h"
#include "engine/queries.h"

namespace filrouge::engine {

// That one list tells, and one sweep erases; the next takes the rest.
constexpr std::size_t kRetentionPersonsMax = 10'000;
// Whom [[retention.persons]] may name: who has bought within the kept history, and who has not.
constexpr std::string_view kCustomer = "customer", kProspect = "prospect";

// What an expiry of events came to.
struct ExpiredEvents {
    std::uint64_t periods = 0;  // whose keys were forgotten
    bool any = false;
};

// Events of one class, found among those persons are known to have done.
struct ClassPlan {
    std::string name;     // of the events; or
    std::string purpose;  // that needs them longest
    std::uint32_t days = 0;
    std::uint64_t due = 0, soon = 0;
    // Of the due, those recorded before the class had a term: they are dropped, and their bytes
    // stay readable to their person's key until that is erased.
    std::uint64_t not_closed = 0;
};

// Judges events for the fold whose lock is held; good until its tables are replaced.
class DueEvents {
  public:
    DueEvents(const Fold& fold, const EventTerms& terms, EventTime now, Duration ahead);
    void look_at(const history::EventRow& row);
    std::vector<ClassPlan> classes() &&;

  private:
    struct Class {
        ClassPlan plan;
        StringNo name;
        std::uint8_t purpose = kPurposesMax;
        std::int64_t first_kept = 0, first_kept_soon = 0;
        std::uint64_t closed = 0;  // due, and sealed by period
    };
    Class* by_name(StringNo name);
    Class* by_purposes(PurposeSet allowed);
    Class* class_of(const history::EventRow& row);

    std::vector<Class> classes_;
};

// Likewise.
class Contacts {
  public:
    Contacts(const Fold& fold, const std::vector<std::string>& not_contacts);
    struct Standing {
        EventTime last;            // contact, in any brand
        bool is_customer = false;  // has bought, as far as history is kept
    };
    // Of who never had a contact, the first event; of who has none either, a time that never comes.
    // `due` looks at each event that is read, where it is given.
    Standing of(PersonReader& reader, PersonNo person, DueEvents* due = nullptr) const;
    EventTime last_of(PersonReader& reader, PersonNo person) const {
        return of(reader, person).last;
    }

  private:
    bool is_contact(const history::EventRow& row) const;

    const Fold& fold_;
    const StringNo purchase_;
    std::vector<StringNo> not_contacts_;  // ascending
};

// After their last contact; 0: for ever.
std::uint32_t days_kept(const Settings& settings, bool is_customer);
bool is_restricted(const Fold& fold, PersonNo person);
bool is_due(const Settings& settings, const Contacts::Standing& standing, EventTime when);

struct Outstayed {
    PersonNo person;
    EventTime last;  // contact
    bool is_customer = false;
};
struct RetentionPlan {
    std::uint64_t due = 0;         // persons who are kept no longer
    std::uint64_t soon = 0;        // and those of the days ahead that were asked for
    std::uint64_t restricted = 0;  // would be due: kept, for restricted data is not erased unasked
    std::vector<Outstayed> persons;  // due ones, then soon ones, at most kRetentionPersonsMax
    std::vector<ClassPlan> events;   // by class
    bool events_due() const;
};
// Reads everybody's history, a slice under each hold of the lock; the caller keeps the tables where
// they are. Nothing when the settings keep all for ever.
RetentionPlan retention_plan(const Library& library, EventTime now, Duration ahead);

}  // namespace filrouge::engine
