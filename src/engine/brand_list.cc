#include "engine/brand_list.h"

#include <algorithm>
#include <boost/json/value.hpp>

namespace filrouge::engine {

namespace {

namespace json = boost::json;

}  // namespace

Result<std::vector<std::string>> brands_asked(const json::object& body,
                                              const std::vector<std::string>& known) {
    std::vector<std::string> brands;
    const json::value* told = body.if_contains("brands");
    if (told == nullptr || told->is_null()) return brands;
    if (!told->is_array() || told->get_array().empty() || told->get_array().size() > known.size())
        return Error{"api.invalid_field", "The field 'brands' lists brands, each once.",
                     "Leave it out for all of them."};
    for (const json::value& each : told->get_array()) {
        const std::string id = each.is_string() ? std::string(each.get_string()) : std::string();
        if (id.empty() || std::find(known.begin(), known.end(), id) == known.end())
            return Error{"api.unknown_brand", "There is no such brand.",
                         "[[brand]] in filrouge.toml declares them; GET /api/v1/stats lists them."};
        brands.push_back(id);
    }
    return brands;
}

std::vector<std::string> brands_in(const json::object& document) {
    std::vector<std::string> brands;
    const json::value* told = document.if_contains("brands");
    if (told == nullptr || !told->is_array()) return brands;
    for (const json::value& each : told->get_array()) {
        if (each.is_string()) brands.emplace_back(each.get_string());
    }
    return brands;
}

void write_brands(JsonWriter& w, const std::vector<std::string>& brands) {
    if (brands.empty()) return;
    w.key("brands").open_array();
    for (const std::string& brand : brands) w.value(brand);
    w.close();
}

}  // namespace filrouge::engine
