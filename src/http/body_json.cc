#include "http/body_json.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace filrouge::http {

namespace json = boost::json;

namespace {

// Of the objects in a text that is known to be JSON: one colon outside of a string a member.
std::size_t members_written(std::string_view text) {
    std::size_t members = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') in_string = !in_string;
        if (!in_string) members += text[i] == ':' ? 1 : 0;
        if (in_string && text[i] == '\\') ++i;
    }
    return members;
}

// No deeper than the parser let it be.
std::size_t members_kept(const json::value& value) {  // NOLINT(misc-no-recursion): see above
    std::size_t members = 0;
    if (const json::object* object = value.if_object()) {
        members = object->size();
        for (const auto& member : *object) members += members_kept(member.value());
    } else if (const json::array* array = value.if_array()) {
        for (const json::value& each : *array) members += members_kept(each);
    }
    return members;
}

}  // namespace

Result<json::object> read_object(std::string_view body) {
    boost::system::error_code error;
    json::value value = json::parse({body.data(), body.size()}, error);
    if (error || !value.is_object()) {
        return Error{"http.invalid_json", "The body is not one JSON object.",
                     "Send an object such as {\"name\": \"value\"}."};
    }
    // The parser keeps the last of two; another reader of the same bytes might keep the first.
    if (members_written(body) != members_kept(value)) {
        return Error{"http.duplicate_key", "The body has the same key twice in one object.",
                     "Send every key once."};
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
