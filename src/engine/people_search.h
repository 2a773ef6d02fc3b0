// People by name: for staff and a call centre that have no card, number or address to go by.
#pragma once

#include <string>
#include <string_view>

#include "engine/masking.h"
#include "engine/queries.h"
#include "query/run.h"

namespace filrouge::engine {

constexpr std::size_t kFoundPeopleMax = 20;   // there is no next page: a longer name finds fewer
constexpr std::size_t kSearchLettersMin = 3;  // of all words together
constexpr std::size_t kSearchBytesMax = 200;
constexpr std::size_t kSearchWordsMax = 8;

// Those of whom every word of `name` begins a word of what this purpose may know them to be called,
// whatever the case and the accents; first those of whom each word is whole, then by name. Whoever
// does not allow the purpose or is restricted is not there. Looks at everybody, a slice under each
// hold of the lock. Errors: api.purpose_missing, api.unknown_purpose, api.brand_missing,
// people.name_too_short, people.name_too_long, masking.forbidden, query.*.
Result<std::string> people_named_json(const Library& library, std::string_view name,
                                      std::string_view purpose, std::string_view brand,
                                      const Mask& mask, query::Run& run);

}  // namespace filrouge::engine
