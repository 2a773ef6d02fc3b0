// A person's export (docs/formats/export.md) as JSON, for what reads it again beside its events:
// members that are missing or of another type are empty.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "engine/queries.h"

namespace filrouge::engine {

// Empty for what is no JSON object.
boost::json::object export_document(std::string_view text);

boost::json::array list_at(const boost::json::object& object, std::string_view key);
std::string text_at(const boost::json::object& object, std::string_view key);
// Null when there is none.
const boost::json::object* object_at(const boost::json::object& object, std::string_view key);

// The id here of who the events' identifiers name: of the first that anybody is known by. Empty
// when nobody is.
std::string person_of_document(const Library& library, const boost::json::object& document);

}  // namespace filrouge::engine
