// How long people are kept: until so many days after their last contact of their own (GDPR 5(1)e;
// CNIL, for prospects: three years). What the shop does, a message delivered or opened, a row of a
// customer file, is no contact of theirs. Whoever is kept no longer is erased like anybody who asks
// for it, so it reaches as deep and holds in restored backups.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/queries.h"

namespace filrouge::engine {

// That one list tells, and one sweep erases; the next takes the rest.
constexpr std::size_t kRetentionPersonsMax = 10'000;

// Judges events for the fold whose lock is held; good until its tables are replaced.
class Contacts {
  public:
    Contacts(const Fold& fold, const std::vector<std::string>& not_contacts);
    // The person's last contact in any brand; of who never had one the first event; of who has
    // none either a time that never comes.
    EventTime last_of(PersonReader& reader, PersonNo person) const;

  private:
    bool is_contact(const history::EventRow& row) const;

    const Fold& fold_;
    std::vector<StringNo> not_contacts_;  // ascending
};

struct Outstayed {
    PersonNo person;
    EventTime last;  // contact
};
struct RetentionPlan {
    std::uint64_t due = 0;         // persons who are kept no longer
    std::uint64_t soon = 0;        // and those of the days ahead that were asked for
    std::uint64_t restricted = 0;  // would be due: kept, for restricted data is not erased unasked
    std::vector<Outstayed> persons;  // due ones, then soon ones, at most kRetentionPersonsMax
};
// Reads everybody's history, a slice under each hold of the lock; the caller keeps the tables where
// they are. Nothing when the settings keep people for ever.
RetentionPlan retention_plan(const Library& library, EventTime now, Duration ahead);

}  // namespace filrouge::engine
