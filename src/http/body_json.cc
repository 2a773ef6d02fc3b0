#include "http/body_json.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace filrouge::http {

namespace json = boost::json;

Result<json::object> read_object(std::string_view body) {
    boost::system::error_code error;
    json::value value = json::parse({body.data(), body.size()}, error);
    if (error || !value.is_object()) {
        return Error{"http.invalid_json", "The body is not one JSON object.",
                     "Send an object such as {\"name\": \"value\"}."};
    }
    return std::move(value.as_object());
}

std::optional<std::string> text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return std::string(value->as_string());
}

std::optional<std::string> text_or_json(const json::object& object, std::string_view name) {
    if (auto text = text_of(object, name)) return text;
    const json::value* value = object.if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_structured()) return std::nullopt;
    return json::serialize(*value);
}

Error missing_field(std::string_view name) {
    return {"http.missing_field", "The body lacks '" + std::string(name) + "'.",
            "See /api/v1/openapi.json for what this address takes."};
}

}  // namespace filrouge::http
