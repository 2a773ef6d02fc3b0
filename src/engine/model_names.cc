#include "engine/model_names.h"

#include <boost/json.hpp>

namespace filrouge::engine {
namespace {

namespace json = boost::json;

std::string text_in(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

}  // namespace

std::string model_id(const ModelName& name) {
    std::string id(name_of(name.kind));
    id.append(".").append(name.purpose);
    for (const std::string& part : {name.brand, name.audience}) {
        if (!part.empty()) id.append(".").append(part);
    }
    return id;
}

std::vector<std::string> traits_of(const ModelName& name) {
    if (name.kind == ModelKind::Lookalike)
        return {std::string(kTraitLookalike).append(name.audience)};
    return {std::string(kTraitAlive), std::string(kTraitPurchases), std::string(kTraitValue)};
}

std::optional<ModelName> read_model_name(std::string_view document) {
    json::error_code bad;
    const json::value parsed = json::parse({document.data(), document.size()}, bad);
    if (bad || !parsed.is_object()) return std::nullopt;
    const json::value* request = parsed.get_object().if_contains("request");
    if (request == nullptr || !request->is_object()) return std::nullopt;
    const json::object& asked = request->get_object();
    const std::string kind = text_in(parsed.get_object(), "kind");
    ModelName name{ModelKind::Value, text_in(asked, "purpose"), text_in(asked, "brand"), {}};
    if (kind == name_of(ModelKind::Lookalike)) {
        name.kind = ModelKind::Lookalike;
        name.audience = text_in(asked, "audience");
    } else if (kind != name_of(ModelKind::Value)) {
        return std::nullopt;
    }
    return name;
}

}  // namespace filrouge::engine
