// People as records to match: a row is a person, its values the traits that the purpose may see.
#pragma once

#include <boost/json/object.hpp>
#include <vector>

#include "engine/match_request.h"
#include "matching/records.h"
#include "query/run.h"

namespace filrouge::engine {

constexpr std::uint64_t kMatchMemoryMax = 1ull << 30;  // of records

struct MatchPeople {
    matching::Records records;
    std::vector<PersonNo> persons;      // by row, ascending
    std::vector<bool> on_both_sides;    // by row: known by the source and by others
    std::uint64_t without_consent = 0;  // left out: do not allow the purpose
    std::uint64_t without_traits = 0;   // left out: none of the fields is known of them
    std::uint64_t sequence = 0;         // of the fold when the last of them was read
};
// A slice under each hold of the lock. Errors: matching.too_many_rows, matching.too_large, query.*.
Result<MatchPeople> match_people(const Library& library, const MatchRequest& request,
                                 query::Run& run);

// The values of one person by field, empty where unknown; and whether one is of that source. The
// fold's lock must be held.
class MatchValues {
  public:
    MatchValues(const Fold& fold, const std::vector<matching::Field>& fields, audience::Use use);
    // False when none is known.
    bool read(PersonNo person, std::optional<SourceNo> source);
    const std::vector<std::string>& texts() const { return texts_; }
    bool of_source() const { return of_source_; }
    bool of_others() const { return of_others_; }

  private:
    void look_at_sources(PersonNo person, SourceNo source);
    const Fold& fold_;
    audience::Use use_;
    PersonReader reader_;
    std::vector<StringNo> keys_;
    std::vector<std::string> texts_;
    std::vector<FragmentNo> fragments_;
    std::vector<history::TraitRow> rows_;
    bool of_source_ = false, of_others_ = false;
};

}  // namespace filrouge::engine
