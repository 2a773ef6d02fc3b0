// The console's files: in the form that the client takes, under a policy without inline script.
#include "http/door_for_test.h"
#include "http/embedded.h"

namespace filrouge::http {
namespace {

// A build without the console (no node on the machine) has nothing to look at.
bool console_is_built() { return embedded_file("index.html.gz").has_value(); }

TEST(Console, ABuildWithoutItSaysHowToGetIt) {
    if (console_is_built()) GTEST_SKIP() << "this build has it";
    Door door;
    const HttpResponse answer = door.ask("GET", "/");
    EXPECT_EQ(answer.status, 404);
    EXPECT_NE(answer.body.find("./dev console"), std::string::npos);
}

TEST(Console, ThePageIsNeverKeptAndItsPolicyAllowsNothingInline) {
    if (!console_is_built()) GTEST_SKIP() << "this build has no console";
    Door door;
    const HttpResponse answer = door.ask("GET", "/");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
    const std::string policy = header(answer, "Content-Security-Policy");
    EXPECT_EQ(policy.find("default-src 'self';"), 0u);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(answer.body.find("<style"), std::string::npos);
}

TEST(Console, EachClientGetsTheFormItTakes) {
    if (!console_is_built()) GTEST_SKIP() << "this build has no console";
    Door door;
    const HttpResponse plain = door.ask("GET", "/");
    const HttpResponse gzip = door.ask("GET", "/", "", {{"accept-encoding", "gzip, deflate"}});
    const HttpResponse brotli = door.ask("GET", "/", "", {{"accept-encoding", "gzip, br"}});
    EXPECT_EQ(header(plain, "Content-Encoding"), "");
    EXPECT_EQ(plain.body.find("<!doctype html>"), 0u);
    EXPECT_EQ(header(gzip, "Content-Encoding"), "gzip");
    EXPECT_EQ(gzip.body, *embedded_file("index.html.gz"));
    EXPECT_EQ(header(brotli, "Content-Encoding"), "br");
    EXPECT_EQ(brotli.body, *embedded_file("index.html.br"));
    for (const HttpResponse* answer : {&plain, &gzip, &brotli})
        EXPECT_EQ(header(*answer, "Vary"), "Accept-Encoding");
}

TEST(Console, WhatThePageNamesIsServedAndKeptForEver) {
    if (!console_is_built()) GTEST_SKIP() << "this build has no console";
    Door door;
    const std::string page = door.ask("GET", "/").body;
    std::size_t named = 0;
    for (std::size_t at = page.find("/assets/"); at != std::string::npos;
         at = page.find("/assets/", at + 1), ++named) {
        const std::string path = page.substr(at, page.find('"', at) - at);
        const HttpResponse answer = door.ask("GET", path);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(header(answer, "Cache-Control"), "public, max-age=31536000, immutable") << path;
        EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff") << path;
    }
    EXPECT_GE(named, 2u);
}

TEST(Console, NothingElseIsServedAsAFileOfIt) {
    Door door;
    for (const char* path : {"/assets/api.json", "/assets/..%2Fapi.json", "/assets/%2e%2e%2fx",
                             "/assets/index.html", "/assets/a/b.js"}) {
        EXPECT_EQ(door.ask("GET", path).status, 404) << path;
    }
}

TEST(Banner, AnyPageMayLoadAVersionOfItAndKeepItForEver) {
    constexpr const char* kPath = "/banner/1.0.3/banner.js";
    if (!embedded_file("banner/1.0.3/banner.js.gz")) GTEST_SKIP() << "this build has no banner";
    Door door;
    const HttpResponse answer = door.ask("GET", kPath);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(header(answer, "Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(header(answer, "Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(header(answer, "Cross-Origin-Resource-Policy"), "cross-origin");
    EXPECT_LT(answer.body.size(), 15u * 1024);
}

TEST(Banner, OtherVersionsAndThePagesOfTheDemonstrationAreNotServed) {
    Door door;
    for (const char* path : {"/banner/0.0.1/banner.js", "/banner/%2e%2e/banner.js",
                             "/banner/1.0.3/other.js", "/shop/index.html"}) {
        EXPECT_EQ(door.ask("GET", path).status, 404) << path;
    }
}

TEST(Session, ItSaysWhichRoleIsSignedIn) {
    Door door;
    const HttpResponse by_token = door.as("marketer", "GET", "/api/v1/session");
    EXPECT_EQ(by_token.body, R"({"role":"marketer","signed_in_by":"token","brands_of_shop":[]})");
    const HttpResponse by_cookie =
        door.ask("GET", "/api/v1/session", "", {{"cookie", "filrouge_session=session-admin"}});
    EXPECT_EQ(by_cookie.body, R"({"role":"admin","signed_in_by":"session","brands_of_shop":[]})");
    EXPECT_EQ(door.ask("GET", "/api/v1/session").status, 401);
}

}  // namespace
}  // namespace filrouge::http
