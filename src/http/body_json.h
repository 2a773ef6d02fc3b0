// Small JSON bodies of the API.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace filrouge::http {

// "http.invalid_json" when it is not one JSON object, 32 levels deep at most; "http.duplicate_key"
// when a key stands twice in one object, however it is written.
Result<boost::json::object> read_object(std::string_view body);
// A text, or an object or array as its JSON: rules come in both forms.
std::optional<std::string> text_or_json(const boost::json::object& object, std::string_view name);
std::optional<std::string> text_of(const boost::json::object& object, std::string_view name);
Error missing_field(std::string_view name);

}  // namespace filrouge::http
