// The brands that a credential is limited to, as requests and documents tell them: ids, each once.
// An empty list is no limit and stands nowhere.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"

namespace filrouge::engine {

// The member "brands" of a request, each of those there are. Errors: api.invalid_field,
// api.unknown_brand.
Result<std::vector<std::string>> brands_asked(const boost::json::object& body,
                                              const std::vector<std::string>& known);
// The same member of a document: as it was written.
std::vector<std::string> brands_in(const boost::json::object& document);
void write_brands(JsonWriter& w, const std::vector<std::string>& brands);

}  // namespace filrouge::engine
