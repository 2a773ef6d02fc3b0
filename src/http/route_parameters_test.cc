// The query strings of /api/v1: what a route takes is declared with it, and nothing else is passed
// over.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "base/text.h"
#include "http/door_for_test.h"
#include "http/embedded.h"
#include "http/route.h"

namespace filrouge::http {
namespace {

std::set<std::string> query_of(const boost::json::object& operation) {
    std::set<std::string> names;
    const boost::json::value* parameters = operation.if_contains("parameters");
    if (parameters == nullptr) return names;
    for (const boost::json::value& each : parameters->as_array()) {
        if (each.as_object().contains("$ref")) continue;  // a header
        if (each.at("in") == "query") names.emplace(each.at("name").as_string());
    }
    return names;
}

std::set<std::string> parameters_of(const Route& route) {
    std::set<std::string> names;
    for (const std::string_view each : split(route.parameters, ',')) {
        if (!each.empty()) names.emplace(each);
    }
    return names;
}

TEST(RouteParameters, OneThatNobodyReadsIsAnErrorThatNamesIt) {
    Door door;
    const auto told = [&](const char* target) {
        door.runtime.asked.clear();
        const HttpResponse response = door.as("admin", "GET", target);
        EXPECT_EQ(response.status, 422) << target;
        EXPECT_TRUE(door.runtime.asked.empty()) << target;
        return response.body;
    };
    const std::string misspelt = told("/api/v1/audiences?brnad=hats");
    EXPECT_NE(misspelt.find("http.unknown_parameter"), std::string::npos) << misspelt;
    EXPECT_NE(misspelt.find("'brnad'"), std::string::npos) << misspelt;
    EXPECT_NE(misspelt.find("after, brand"), std::string::npos) << misspelt;
    EXPECT_NE(told("/api/v1/webhooks?limit=3").find("It takes none."), std::string::npos);
    told("/api/v1/audiences?brand=hats&x");
    told("/api/v1/audiences?%62rnad=hats");
    EXPECT_EQ(door.as("admin", "GET", "/api/v1/audiences?%62rand=hats&").status, 200)
        << "however it is written";
    EXPECT_EQ(door.ask("GET", "/api/v1/audiences?brnad=hats").status, 401)
        << "a stranger is told nothing of it";
    EXPECT_EQ(door.ask("GET", "/healthz?probe=1").status, 200) << "what others send is theirs";
}

TEST(RouteParameters, TheDocumentAndTheTableSayTheSame) {
    const auto text = embedded_file("api.json");
    ASSERT_TRUE(text.has_value());
    const auto document = boost::json::parse({text->data(), text->size()});
    int with_some = 0;
    for (const Route& route : all_routes()) {
        if (!route.pattern.starts_with("/api/v1/")) continue;
        std::string method(route.method);
        for (char& c : method) c = static_cast<char>(std::tolower(c));
        const auto& operation = document.at("paths").at(route.pattern).at(method).as_object();
        EXPECT_EQ(query_of(operation), parameters_of(route)) << method << " " << route.pattern;
        with_some += route.parameters.empty() ? 0 : 1;
    }
    EXPECT_GT(with_some, 30);
}

}  // namespace
}  // namespace filrouge::http
