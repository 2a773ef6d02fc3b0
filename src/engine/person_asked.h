// Whom a request names, and words that all answers about persons have in common. The fold's lock
// must be held, but for identifier_value and find_person.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/queries.h"

namespace filrouge::engine {

Error no_profile();
// The identifier a profile id was made of; the person it is of now: the oldest name of a merged
// person and its aliases answer alike.
std::optional<FragmentNo> identifier_named(const Fold& fold, std::string_view id);
std::optional<PersonNo> person_of(const Fold& fold, std::string_view id);
// Error: api.purpose_missing, api.unknown_purpose.
Result<std::uint8_t> purpose_of(const Fold& fold, std::string_view purpose);
// Whose part of the person is read. Error: no such profile for the brand that is asked for, or
// several brands know the person and none is named.
Result<BrandNo> brand_of_reading(const Fold& fold, PersonNo person, std::string_view id);
// Whether the person of these identifiers is restricted or not to be profiled, and since when:
// members of an object.
void write_restraints(JsonWriter& w, const Fold& fold, const std::vector<FragmentNo>& fragments);
std::string profile_id(const Fold& fold, PersonNo person);
std::string source_id(const Fold& fold, SourceNo source);
std::string_view name_of(identity::EdgeRule rule);
std::string_view name_of(identity::EdgeState state);
void write_cell(JsonWriter& w, const Fold& fold, const history::Cell& cell);

// Whom exactly this identifier is of, as an event would name it. Takes the lock. Errors:
// identifier.unknown_type, profile_not_found, api.brand_missing.
struct FoundPerson {
    std::string id;
    std::string brand;  // its id; empty: the only one
};
Result<FoundPerson> find_person(const Library& library, std::string_view type,
                                std::string_view value, std::string_view brand);

// As it was told in the record that tells it (Fold::FragmentRow); nothing when that was forgotten.
// Reads the log: not under the lock.
std::optional<std::string> identifier_value(const Library& library, std::uint64_t sequence,
                                            std::uint32_t place);

}  // namespace filrouge::engine
