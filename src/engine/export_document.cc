#include "engine/export_document.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kDepthMax = 80;  // of a document: what an event may hold, and what is around

const json::value* member(const json::object& object, std::string_view key) {
    return object.if_contains(json::string_view(key.data(), key.size()));
}

}  // namespace

json::object export_document(std::string_view text) {
    json::parse_options options;
    options.max_depth = kDepthMax;
    json::error_code error;
    json::value parsed =
        json::parse(json::string_view(text.data(), text.size()), error, {}, options);
    if (error || !parsed.is_object()) return {};
    return std::move(parsed.get_object());
}

json::array list_at(const json::object& object, std::string_view key) {
    const json::value* at = member(object, key);
    return at != nullptr && at->is_array() ? at->get_array() : json::array();
}

std::string text_at(const json::object& object, std::string_view key) {
    const json::value* at = member(object, key);
    return at != nullptr && at->is_string() ? std::string(at->get_string()) : std::string();
}

const json::object* object_at(const json::object& object, std::string_view key) {
    const json::value* at = member(object, key);
    return at != nullptr && at->is_object() ? &at->get_object() : nullptr;
}

std::string person_of_document(const Library& l, const json::object& document) {
    for (const json::value& event : list_at(document, "events")) {
        if (!event.is_object()) continue;
        for (const json::value& each : list_at(event.get_object(), "identifiers")) {
            if (!each.is_object()) continue;
            const auto found = find_profile_json(l, text_at(each.get_object(), "type"),
                                                 text_at(each.get_object(), "value"), "");
            if (!found.ok()) continue;
            return text_at(json::parse(found.value()).as_object(), "id");
        }
    }
    return {};
}

}  // namespace filrouge::engine
