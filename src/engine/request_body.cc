#include "engine/request_body.h"

#include <boost/json.hpp>

namespace filrouge::engine {

namespace json = boost::json;

Result<json::object> object_of(std::string_view text) {
    json::error_code error;
    json::value value = json::parse(json::string_view(text.data(), text.size()), error);
    if (error || !value.is_object()) {
        return Error{"api.invalid_json", "The body must be a JSON object.",
                     "See /api/v1/openapi.json for an example."};
    }
    return value.as_object();
}

Result<std::string> text_of(const json::object& object, const char* key, bool required,
                            std::size_t bytes_max) {
    const json::value* v = object.if_contains(key);
    if (v == nullptr || v->is_null()) {
        if (!required) return std::string();
        return Error{"api.missing_field", std::string("The field '") + key + "' is missing.",
                     "See /api/v1/openapi.json."};
    }
    if (!v->is_string() || v->as_string().size() > bytes_max) {
        return Error{"api.invalid_field",
                     std::string("The field '") + key + "' must be text of at most " +
                         std::to_string(bytes_max) + " bytes.",
                     ""};
    }
    return std::string(v->as_string());
}

Result<bool> flag_of(const json::object& body, const char* key) {
    const json::value* flag = body.if_contains(key);
    if (flag == nullptr) return false;
    if (flag->is_bool()) return flag->as_bool();
    std::string message = "The field '";
    message.append(key).append("' must be true or false.");
    return Error{"api.invalid_field", std::move(message), ""};
}

Error not_found(const char* what, std::string_view id) {
    return Error{std::string(what) + "_not_found",
                 "There is no " + std::string(what) + " '" + std::string(id.substr(0, 64)) + "'.",
                 ""};
}

}  // namespace filrouge::engine
