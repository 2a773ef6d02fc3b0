// Which routes a credential of some brands is let in to, and that it asks for nothing but these.
// Against a real server with two brands: test/sdk/brands.test.mjs.
#include "http/brand_limits.h"

#include <boost/json.hpp>

#include "http/door_for_test.h"
#include "http/embedded.h"

namespace filrouge::http {
namespace {

constexpr int kOpen = 50;  // rows of the table: a pattern that is no route is missing here

struct OfHats : Door {
    OfHats() { runtime.brands = {"hats"}; }
};

bool is_closed(const HttpResponse& answer) {
    return answer.status == 403 && answer.body.find("brand.forbidden") != std::string::npos;
}

TEST(BrandLimits, WhatNobodySaidKeepsToABrandIsClosed) {
    int open = 0;
    for (const Route& route : all_routes()) {
        if (!route.access.allows(engine::Role::Admin) || route.access.is_everyone()) continue;
        std::string path(route.pattern);
        for (std::size_t at = 0; (at = path.find('{')) != path.npos;)
            path.replace(at, path.find('}') - at + 1, "7");
        OfHats door;
        open += is_closed(door.as("admin", route.method, path, "{}")) ? 0 : 1;
        door.runtime.brands.clear();
        EXPECT_FALSE(is_closed(door.as("admin", route.method, path, "{}"))) << path;
    }
    EXPECT_EQ(open, kOpen);
}

// The console asks for nothing that would be refused: it goes by the document.
TEST(BrandLimits, TheDocumentSaysWhatIsOpen) {
    const auto text = embedded_file("api.json");
    ASSERT_TRUE(text.has_value());
    const auto document = boost::json::parse({text->data(), text->size()});
    for (const Route& route : all_routes()) {
        if (!route.access.allows(engine::Role::Admin) || route.access.is_everyone()) continue;
        std::string method(route.method);
        for (char& c : method) c = static_cast<char>(std::tolower(c));
        const auto& operation = document.at("paths").at(route.pattern).at(method).as_object();
        EXPECT_EQ(operation.contains("x-brands"), is_open_to_brands(route)) << route.pattern;
    }
}

TEST(BrandLimits, TheOneBrandIsMeantWhereNoneIsNamed) {
    OfHats door;
    const auto asks = [&](const char* method, const char* target, const char* body,
                          const char* wanted) {
        const int status = door.as("admin", method, target, body).status;
        EXPECT_LT(status, 300) << target << " " << body;
        EXPECT_EQ(door.runtime.last(), wanted) << target << " " << body;
    };
    asks("GET", "/api/v1/audiences", "", "audiences of hats");
    asks("GET", "/api/v1/audiences?brand=hats", "", "audiences of hats");
    asks("GET", "/api/v1/audiences?brand=", "", "audiences of hats");
    asks("GET", "/api/v1/profiles/p1?purpose=x", "", "profile p1 for x of hats");
    asks("POST", "/api/v1/rules/count", R"({"rule":"r","purpose":"p"})", "count r for p of hats");
    asks("POST", "/api/v1/rules/count", R"({"rule":"r","purpose":"p","brand":"hats"})",
         "count r for p of hats");
    asks("POST", "/api/v1/consents", "{}", R"(set_consent {"brand":"hats"})");
    asks("POST", "/api/v1/consents", R"( {"n":1e400})",
         R"(set_consent  {"brand":"hats","n":1e400})");
}

TEST(BrandLimits, AnotherBrandAndNoneOfSeveralAreRefused) {
    OfHats door;
    const auto status = [&](const char* method, const char* target, const char* body = "") {
        door.runtime.asked.clear();
        const int answered = door.as("admin", method, target, body).status;
        EXPECT_TRUE(door.runtime.asked.empty()) << target << " " << body;
        return answered;
    };
    EXPECT_EQ(status("GET", "/api/v1/audiences?brand=coats"), 403);
    EXPECT_EQ(status("GET", "/api/v1/audiences?brand=coats&brand=hats"), 403);
    EXPECT_EQ(status("POST", "/api/v1/rules/count", R"({"rule":"r","brand":"coats"})"), 403);
    EXPECT_EQ(status("POST", "/api/v1/rules/count", R"({"rule":"r","brand":7})"), 403);
    EXPECT_EQ(status("POST", "/api/v1/rules/count", R"({"rule":"r","brand":""})"), 403);
    EXPECT_EQ(status("POST", "/api/v1/rules/count", "[1]"), 400);
    door.runtime.brands = {"hats", "gloves"};
    EXPECT_EQ(status("GET", "/api/v1/audiences"), 422) << "one is to be named";
    EXPECT_EQ(status("GET", "/api/v1/audiences?brand=coats"), 403);
}

TEST(BrandLimits, APurposeIsToldWithoutWhatUsesIt) {
    EXPECT_EQ(without_users(
                  R"({"purposes":[{"name":"a","used_by":{"audiences":["x"],"sources":["y"]}}]})"),
              R"({"purposes":[{"name":"a","used_by":{"audiences":[],"sources":[]}}]})");
    EXPECT_EQ(without_users(R"({"ok":true})"), R"({"ok":true})");
}

// An audience's brand is the engine's to say; this one has none, so it is nobody's.
TEST(BrandLimits, AnAudienceOfAnotherBrandIsNotThere) {
    OfHats door;
    const HttpResponse answer = door.as("admin", "GET", "/api/v1/audiences/vip/members");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(door.runtime.last(), "audience vip");
}

// Who may make a task or a note of a brand may finish and remove it; another brand's is not there.
TEST(BrandLimits, TasksAndNotesAreFinishedAndRemovedByTheirBrandAlone) {
    OfHats door;
    door.runtime.brand_of_item = {{"ours", "hats"}, {"theirs", "coats"}};
    for (const auto& [method, path] : {std::pair{"POST", "/api/v1/tasks/"},
                                       {"DELETE", "/api/v1/tasks/"},
                                       {"DELETE", "/api/v1/profiles/p1/notes/"}}) {
        const auto asks = [&, method = method, path = path](const char* id) {
            door.runtime.asked.clear();
            return door.as("admin", method, std::string(path) + id, R"({"done":true})");
        };
        EXPECT_EQ(asks("ours").status, 200) << path;
        EXPECT_NE(door.runtime.last().find(" ours"), std::string::npos) << path;
        const HttpResponse theirs = asks("theirs");
        EXPECT_EQ(theirs.status, 404) << path;
        EXPECT_EQ(theirs.body, asks("nobodys").body) << path;
        EXPECT_TRUE(door.runtime.asked.empty()) << path;
    }
}

}  // namespace
}  // namespace filrouge::http
