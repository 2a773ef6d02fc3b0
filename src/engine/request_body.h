// The JSON object that a command brings, and its members.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace filrouge::engine {

constexpr std::size_t kNameBytesMax = 100;

// Error: api.invalid_json.
Result<boost::json::object> object_of(std::string_view text);
// Empty when absent and not required. Error: api.missing_field, api.invalid_field.
Result<std::string> text_of(const boost::json::object& object, const char* key, bool required,
                            std::size_t bytes_max = kNameBytesMax);
// False when absent. Error: api.invalid_field.
Result<bool> flag_of(const boost::json::object& object, const char* key);
// "<what>_not_found".
Error not_found(const char* what, std::string_view id);

}  // namespace filrouge::engine
