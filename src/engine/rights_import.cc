#include "engine/rights_import.h"

#include <boost/json.hpp>
#include <string>

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr std::string_view kBy = "import";
constexpr std::size_t kDepthMax = 80;  // of a document: what an event may hold, and what is around

json::array list_at(const json::object& object, std::string_view key) {
    const json::value* at = object.if_contains(json::string_view(key.data(), key.size()));
    return at != nullptr && at->is_array() ? at->get_array() : json::array();
}
std::string text_at(const json::object& object, std::string_view key) {
    const json::value* at = object.if_contains(json::string_view(key.data(), key.size()));
    return at != nullptr && at->is_string() ? std::string(at->get_string()) : std::string();
}

// Who the events' identifiers are here: of the first that anybody is known by.
std::string person_here(const Library& l, const json::object& document) {
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

class Taking {
  public:
    Taking(RightsDesk& desk, std::string id, std::string_view from)
        : desk_(desk), id_(std::move(id)), evidence_{{"export", from}} {}

    RightsTaken taken;

    void correct(const json::object& told) {
        json::object asked{{"trait", text_at(told, "trait")}, {"reason", text_at(told, "reason")}};
        if (const std::string brand = text_at(told, "brand"); !brand.empty())
            asked["brand"] = brand;
        if (const json::value* value = told.if_contains("value"))
            asked["value"] = *value;
        else
            asked["remove"] = true;
        count(desk_.correct(id_, json::serialize(asked), kBy), taken.corrections);
    }
    void object(json::object asked) {
        asked["evidence"] = evidence_;
        count(desk_.object(id_, json::serialize(asked), kBy), taken.restraints);
    }
    void restrict() {
        const json::object asked{{"action", "restrict"}, {"reason", "as in the export"}};
        count(desk_.restrict(id_, json::serialize(asked), kBy), taken.restraints);
    }

  private:
    void count(const Result<std::string>& told, std::uint64_t& taken_of_kind) {
        ++(told.ok() ? taken_of_kind : taken.not_taken);
    }

    RightsDesk& desk_;
    const std::string id_;
    const json::object evidence_;
};

const json::object* object_at(const json::object& document, std::string_view key) {
    const json::value* at = document.if_contains(json::string_view(key.data(), key.size()));
    return at != nullptr && at->is_object() ? &at->get_object() : nullptr;
}

}  // namespace

RightsTaken take_rights(RightsDesk& desk, const Library& library, std::string_view document) {
    json::parse_options options;
    options.max_depth = kDepthMax;
    json::error_code error;
    const json::value parsed = json::parse(json::string_view(document.data(), document.size()),
                                           error, json::storage_ptr(), options);
    if (error || !parsed.is_object()) return {};
    const json::object& root = parsed.get_object();
    const json::object* put_right = object_at(root, "corrections");
    const json::object* restrained = object_at(root, "restraints");
    if (put_right == nullptr && restrained == nullptr) return {};
    const std::string id = person_here(library, root);
    if (id.empty()) return {};
    Taking taking(desk, id, text_at(root, "profile"));
    if (put_right != nullptr) {
        for (const json::value& each : list_at(*put_right, "corrections")) {
            if (each.is_object()) taking.correct(each.get_object());
        }
    }
    if (restrained == nullptr) return taking.taken;
    for (const json::value& purpose : list_at(*restrained, "objected"))
        taking.object({{"purposes", json::array{purpose}}});
    const auto is_so = [&](const char* key) {
        const json::value* at = restrained->if_contains(key);
        return at != nullptr && at->is_bool() && at->get_bool();
    };
    if (is_so("objects_to_profiling")) taking.object({{"profiling", true}});
    if (is_so("restricted")) taking.restrict();
    return taking.taken;
}

}  // namespace filrouge::engine
