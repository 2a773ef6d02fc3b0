// Notes and tasks as they are told: where they stand, from the fold; their words, from the log.
// Private to engine/.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/person_asked.h"
#include "engine/staff_desk_impl.h"

namespace filrouge::engine {

struct PlacedItem {
    StaffBook::Row row;
    std::string profile;  // of the person it is about now
    std::string store;
};

// What a brand knows of a person, and whether the person allows [staff] purpose there.
struct PersonServed {
    std::string id;
    std::vector<FragmentNo> fragments;  // ascending
    audience::Use use;
    bool may = false;
    bool restricted = false;  // then nothing is told of the person, nor taken
};
// Takes the fold's lock. Errors: profile_not_found, api.brand_missing.
Result<PersonServed> person_served(const Library& library, std::string_view profile,
                                   std::string_view brand);

// Those that were not removed, newest first. The fold's lock must be held.
std::vector<PlacedItem> items_of(const Fold& fold, const std::vector<FragmentNo>& fragments,
                                 StaffKind kind);
// Nothing of a person whose data is restricted.
std::optional<PlacedItem> item_placed(const Fold& fold, StaffKind kind, const StaffItemId& id);
// The id of the brand whose part of the person it is of. The fold's lock must be held.
std::string brand_of(const Fold& fold, const PlacedItem& item);

// Nothing where its key was forgotten. Reads the log: not under the lock.
std::optional<StaffItem> words_of(const Library& library, const PlacedItem& item);

void write_note(JsonWriter& w, const PlacedItem& note, const StaffItem& words,
                const StaffNames& names);
void write_task(JsonWriter& w, const PlacedItem& task, const StaffItem& words,
                const StaffNames& names);
void write_items(JsonWriter& w, const Library& library, const std::vector<PlacedItem>& items,
                 StaffKind kind, const StaffNames& names);

// "staff": what the shop wrote about the person, for the person: without who wrote it.
void write_staff_export(JsonWriter& w, const Library& library,
                        const std::vector<FragmentNo>& fragments);

// A text of 1 to `letters_max` letters. Errors: api.*, staff.too_long.
Result<std::string> letters_of(const boost::json::object& body, const char* key,
                               std::size_t letters_max);
bool flag_of(const boost::json::object& body, std::string_view key, bool otherwise);

}  // namespace filrouge::engine
