#include "engine/rights_import.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr std::string_view kBy = "import";

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
    void restrict(const std::string& reason) {
        const json::object asked{{"action", "restrict"},
                                 {"reason", reason.empty() ? "as in the export" : reason}};
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

}  // namespace

RightsTaken take_rights(RightsDesk& desk, const std::string& id, const json::object& root) {
    const json::object* put_right = object_at(root, "corrections");
    const json::object* restrained = object_at(root, "restraints");
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
    if (is_so("restricted")) taking.restrict(text_at(*restrained, "restricted_reason"));
    return taking.taken;
}

}  // namespace filrouge::engine
