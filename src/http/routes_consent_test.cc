#include <gtest/gtest.h>

#include "http/door_for_test.h"

namespace filrouge::http {
namespace {

TEST(ConsentRoutes, ReachTheEngine) {
    struct Case {
        const char* method;
        const char* target;
        const char* body;
        int status;
        const char* asked;
    };
    const Case kCases[] = {
        {"GET", "/api/v1/purposes/email/wordings", "", 200, "wordings email"},
        {"GET", "/api/v1/purposes/email/wordings/2", "", 200, "wording email 2"},
        {"POST", "/api/v1/purposes/email/wordings", "{}", 201, "add_wording email {}"},
        {"GET", "/api/v1/consents/shown?profile=p&purpose=email&at=t&language=fr", "", 200,
         "shown email to p at t in fr"},
        {"GET", "/api/v1/consents/verify", "", 200, "verify"},
        {"GET", "/api/v1/profiles/p/receipts?brand=b", "", 200, "receipt p of b"},
        {"POST", "/api/v1/permits", "{}", 200, "permit {}"},
        {"POST", "/api/v1/consents/take-back", "{}", 200, "take back {}"},
        {"POST", "/api/v1/inbound/sms", "{}", 200, "sms {}"},
        {"POST", "/api/v1/suppressions", "{}", 200, "suppress {}"},
        {"GET", "/api/v1/suppressions", "", 200, "suppressions"},
    };
    for (const Case& c : kCases) {
        Door door;
        EXPECT_EQ(door.as("admin", c.method, c.target, c.body).status, c.status) << c.target;
        EXPECT_EQ(door.runtime.last(), c.asked) << c.target;
        if (std::string_view(c.method) != "POST") continue;
        Door other;
        EXPECT_EQ(other.as("admin", c.method, c.target, "not json").status, 400) << c.target;
        EXPECT_TRUE(other.runtime.asked.empty()) << c.target;
    }
}

TEST(ConsentRoutes, WhatIsAskedIsPublicToWhoeverHasTheWriteKey) {
    Door door;
    const HttpResponse answer = door.ask("GET", "/v1/projects/wk/consent?language=de%2Cen", "",
                                         {{"origin", "https://shop.test"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(door.runtime.last(), "asked in de,en");
    EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "https://shop.test");
    EXPECT_EQ(header(answer, "Cache-Control"), "public, max-age=60");
    EXPECT_EQ(header(answer, "Vary"), "Origin");
    EXPECT_EQ(header(door.ask("GET", "/v1/projects/wk/consent"), "Vary"), "Origin")
        << "a cache that met a program first must not answer a page with it";
    Door other;
    EXPECT_EQ(other.ask("GET", "/v1/projects/unknown/consent").status, 404);
    EXPECT_TRUE(other.runtime.asked.empty());
}

TEST(ConsentRoutes, TheKeyOfReceiptsIsEverybodysToRead) {
    Door door;
    const HttpResponse answer = door.ask("GET", "/v1/receipts/key");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"kty":"OKP"})");
    EXPECT_EQ(header(answer, "Content-Type"), "application/json; charset=utf-8");
}

TEST(ConsentRoutes, FollowingAMailsLinkEndsNothingAndItsButtonDoes) {
    Door door;
    const HttpResponse page = door.ask("GET", "/v1/unsubscribe/abc");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(door.runtime.last(), "unsubscribes from abc");
    EXPECT_NE(page.body.find("name=\"List-Unsubscribe\" value=\"One-Click\""), std::string::npos);
    EXPECT_EQ(header(page, "Cache-Control"), "no-store");
    EXPECT_EQ(door.ask("HEAD", "/v1/unsubscribe/abc").status, 200);
    EXPECT_EQ(door.runtime.last(), "unsubscribes from abc");
    // What presses says so: a form, as mail programs send it, or its parts.
    EXPECT_EQ(door.ask("POST", "/v1/unsubscribe/abc", "x=1").status, 422);
    EXPECT_EQ(door.runtime.last(), "unsubscribes from abc");
    EXPECT_EQ(door.ask("POST", "/v1/unsubscribe/abc", "List-Unsubscribe=One-Click").status, 200);
    EXPECT_EQ(door.runtime.last(), "unsubscribe abc");
    const HttpResponse parts =
        door.ask("POST", "/v1/unsubscribe/def",
                 "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n"
                 "One-Click\r\n--b--\r\n",
                 {{"accept-language", "fr-FR"}});
    EXPECT_EQ(parts.status, 200);
    EXPECT_EQ(door.runtime.last(), "unsubscribe def");
    EXPECT_NE(parts.body.find("lang=\"fr\""), std::string::npos);
    for (const auto& [code, status] :
         {std::pair("unsubscribe_not_found", 404), std::pair("unsubscribe.expired", 410),
          std::pair("engine.disk_full", 507)}) {
        for (const char* method : {"GET", "POST"}) {
            Door gone;
            gone.runtime.error = Error{code, "No.", ""};
            const HttpResponse told =
                gone.ask(method, "/v1/unsubscribe/abc", "List-Unsubscribe=One-Click");
            EXPECT_EQ(told.status, status) << code;
            EXPECT_EQ(told.body.find("<button>") != std::string::npos, status >= 500) << code;
        }
    }
}

TEST(ConsentRoutes, FollowingAConfirmationLinkConfirmsNothing) {
    Door door;
    const HttpResponse page = door.ask("GET", "/confirm/abc");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(door.runtime.last(), "check abc");
    EXPECT_NE(page.body.find("<form method=\"post\">"), std::string::npos);
    EXPECT_NE(header(page, "Content-Security-Policy").find("form-action 'self'"),
              std::string::npos);
    EXPECT_EQ(door.ask("HEAD", "/confirm/abc").status, 200);
    EXPECT_EQ(door.runtime.last(), "check abc");
    EXPECT_EQ(door.ask("POST", "/confirm/abc").status, 200);
    EXPECT_EQ(door.runtime.last(), "confirm abc");
}

TEST(ConsentRoutes, ALinkThatIsNotGoodSaysSo) {
    const auto status = [](const char* method, const char* code) {
        Door door;
        door.runtime.error = Error{code, "No.", ""};
        return door.ask(method, "/confirm/abc", "").status;
    };
    for (const char* method : {"GET", "POST"}) {
        EXPECT_EQ(status(method, "confirmation_not_found"), 404);
        EXPECT_EQ(status(method, "confirmation.expired"), 410);
        EXPECT_EQ(status(method, "engine.disk_full"), 507);
    }
}

TEST(ConsentRoutes, WhileTheServerCannotConfirmTheButtonStays) {
    for (const char* method : {"GET", "POST"}) {
        for (const char* code : {"engine.disk_full", "engine.overloaded", "engine.stopping"}) {
            Door door;
            door.runtime.error = Error{code, "Not now.", ""};
            const HttpResponse page =
                door.ask(method, "/confirm/abc", "", {{"accept-language", "fr"}});
            EXPECT_GE(page.status, 500) << code;
            EXPECT_NE(header(page, "Retry-After"), "") << code;
            EXPECT_NE(page.body.find("<form method=\"post\"><button>"), std::string::npos) << code;
            EXPECT_NE(page.body.find("dans un instant"), std::string::npos) << page.body;
            EXPECT_EQ(page.body.find("plus valable"), std::string::npos) << code;
        }
    }
    Door gone;
    gone.runtime.error = Error{"confirmation.expired", "No.", ""};
    EXPECT_EQ(gone.ask("POST", "/confirm/abc").body.find("<button>"), std::string::npos);
}

TEST(ConsentRoutes, ThePageSpeaksTheVisitorsLanguage) {
    Door door;
    const auto page = [&door](const char* language) {
        return door.ask("GET", "/confirm/abc", "", {{"accept-language", language}}).body;
    };
    EXPECT_NE(page("fr-FR,fr;q=0.9").find("Confirmer"), std::string::npos);
    EXPECT_NE(page("de").find("Confirm your"), std::string::npos);
}

}  // namespace
}  // namespace filrouge::http
