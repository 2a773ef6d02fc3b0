#include "http/audited.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "http/door_for_test.h"
#include "http/export_page.h"

namespace filrouge::http {
namespace {

using engine::Role;

TEST(Audited, IsEveryRouteThatShowsAPersonAndNoneThatOnlyShowsFigures) {
    int audited = 0, first = 0;
    for (const Route& route : all_routes()) {
        const std::string_view pattern = route.pattern;
        const bool of_people =
            pattern.find("/profiles") != pattern.npos || pattern.find("/members") != pattern.npos ||
            pattern.find("/quarantine") != pattern.npos || pattern.find("/tail") != pattern.npos ||
            pattern.find("/tokens") != pattern.npos || pattern.find("/audit") != pattern.npos ||
            pattern.find("/erasures") != pattern.npos;
        // What everybody may do with what is their own.
        const bool own = pattern.starts_with("/api/v1/session");
        EXPECT_TRUE(!of_people || is_audited(route) || (own && route.method == "GET")) << pattern;
        // What a figure means is changed for everybody who looks at it.
        const bool defines = pattern.starts_with("/api/v1/metrics") && route.method != "GET";
        EXPECT_TRUE(!defines || is_audited(route)) << pattern;
        EXPECT_FALSE(is_audited(route) && !own && !defines &&
                     (route.access.is_everyone() || route.access.allows(Role::Analyst)))
            << pattern;
        if (is_noted_first(route)) {
            EXPECT_NE(route.where, Where::Io) << pattern << " waits for the disk";
            ++first;
        }
        audited += is_audited(route) ? 1 : 0;
    }
    EXPECT_GT(audited, 20);
    EXPECT_GE(first, 6) << "erase, export, import, tokens, requests";
    for (const auto& [method, path] : {std::pair{"POST", "/api/v1/profiles/x/erase"},
                                       {"GET", "/api/v1/profiles/x/export"},
                                       {"POST", "/api/v1/tokens"},
                                       {"DELETE", "/api/v1/tokens/x"},
                                       {"POST", "/api/v1/session/tokens"},
                                       {"POST", "/api/v1/keys/rotation"},
                                       {"POST", "/api/v1/accounts"}})
        EXPECT_TRUE(is_noted_first(*find_route(method, path).route)) << path;
}

constexpr std::string_view kCamille = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

TEST(Audited, OfAFiguresEventsItTellsWhoseTheyAreAndNotWhatTheySay) {
    Door door;
    door.runtime.found = kCamille;
    door.runtime.audited.clear();
    const std::string body = R"q({"purpose":"p","metric":{"of":"count(*)"}})q";
    EXPECT_EQ(door.as("marketer", "POST", "/api/v1/questions/events", body).status, 200);
    ASSERT_EQ(door.runtime.audited.size(), 1) << "an id in a property is nobody's";
    EXPECT_EQ(door.runtime.audited[0].profile, ProfileId::parse(kCamille));
    EXPECT_EQ(door.as("analyst", "POST", "/api/v1/questions/events", body).status, 403);
}

TEST(Audited, TellsOfWhomACallIsThatNamesThePersonInItsBody) {
    Door door;
    door.runtime.found = kCamille;
    const std::string of_camille = R"({"profile":")" + std::string(kCamille) + R"("})";
    const std::string phone = R"({"type":"phone","value":"+33639980001","purposes":{}})";
    for (const auto& [path, body] :
         {std::pair{"/api/v1/me/links", of_camille},
          {"/api/v1/permits", of_camille},
          {"/api/v1/rights/requests", of_camille},
          {"/api/v1/consents", phone},
          {"/api/v1/profiles/find", phone},
          {"/api/v1/profiles/search", R"({"name":"camille","purpose":"p"})"}}) {
        door.runtime.audited.clear();
        EXPECT_LT(door.as("privacy", "POST", path, body).status, 300) << path;
        EXPECT_FALSE(door.runtime.audited.empty()) << path;
        for (const engine::AuditEntry& entry : door.runtime.audited)
            EXPECT_EQ(entry.profile.text(), kCamille) << path << " " << entry.status;
    }
}

// Who merges two people, or looks at what ties them, has seen both.
TEST(Audited, AnAnswerAboutSeveralPeopleIsToldOfEachOfThem) {
    for (const auto& [method, path] : {std::pair{"GET", "/api/v1/matching/review"},
                                       {"POST", "/api/v1/profiles/search"},
                                       {"POST", "/api/v1/matching/review/7"},
                                       {"GET", "/api/v1/identity/decisions"},
                                       {"POST", "/api/v1/identity/decisions"},
                                       {"POST", "/api/v1/identity/preview"},
                                       {"POST", "/api/v1/identity/rules/preview"},
                                       {"GET", "/api/v1/identity/suspicious"}}) {
        const Route* route = find_route(method, path).route;
        ASSERT_NE(route, nullptr) << path;
        EXPECT_TRUE(tells_of_several(*route) && is_audited(*route)) << path;
    }
    EXPECT_FALSE(tells_of_several(*find_route("GET", "/api/v1/profiles/x").route));
    const std::string camille(kCamille), other = "11112222333344445555666677778888";
    const std::string run = "aaaabbbbccccddddeeeeffff00001111";
    const std::vector<ProfileId> both = {*ProfileId::parse(camille), *ProfileId::parse(other)};
    const std::string pair = R"({"run":")" + run + R"(","a":")" + camille + R"(","b":")" + other +
                             R"(","again":{"person":")" + camille + R"("}})";
    EXPECT_EQ(people_in(R"({"pairs":[)" + pair + "," + pair + "]}"), both);
    const std::string end =
        R"({"id":")" + camille + R"(","type":"email","person":")" + other + "\"}";
    EXPECT_EQ(people_in(R"({"sequence":7,"a":)" + end + R"(,"reason":")" + run + "\"}"), both);
    EXPECT_TRUE(people_in("").empty());
    EXPECT_TRUE(people_in(R"({"ok":true})").empty());
    std::string many = R"({"persons":[)";
    for (std::uint64_t n = 1; n <= kAuditedPeopleMax + 5; ++n)
        many.append(n == 1 ? "" : ",")
            .append(R"({"id":")")
            .append(ProfileId{n, n}.text())
            .append("\"}");
    EXPECT_EQ(people_in(many.append("]}")).size(), kAuditedPeopleMax);
}

TEST(Audited, OfWhomNobodyIsToldTheCallItselfIs) {
    Door door;
    EXPECT_EQ(door.as("admin", "GET", "/api/v1/identity/suspicious").status, 200);
    ASSERT_EQ(door.runtime.audited.size(), 1u);
    EXPECT_TRUE(door.runtime.audited.back().profile.is_zero());
}

TEST(Audited, OfALinkToSomebodysOwnPageIsToldBeforeThereIsOne) {
    Door door;
    const std::string of_camille = R"({"profile":")" + std::string(kCamille) + R"("})";
    EXPECT_EQ(door.as("privacy", "POST", "/api/v1/me/links", of_camille).status, 201);
    std::vector<int> statuses;
    for (const engine::AuditEntry& entry : door.runtime.audited) statuses.push_back(entry.status);
    EXPECT_EQ(statuses, (std::vector<int>{0, 201}));
}

TEST(Audited, OfAnIdentifierThatLeadsToNobodyNobodyIsTold) {
    Door door;
    const std::string phone = R"({"type":"phone","value":"+33639980001"})";
    EXPECT_EQ(door.as("staff", "POST", "/api/v1/consents", phone).status, 200);
    EXPECT_EQ(door.runtime.audited.back().profile, ProfileId{});
    door.runtime.found = kCamille;
    EXPECT_EQ(door.as("staff", "POST", "/api/v1/consents", R"({"type":"phone"})").status, 200);
    EXPECT_EQ(door.runtime.audited.back().profile, ProfileId{}) << "half an identifier is none";
}

TEST(ExportPage, StandsAloneAndEscapesWhatPeopleWrote) {
    const std::string bad = "<script>alert(1)</script>\\\"'&";
    const std::string json =
        R"({"profiles":[{"purpose":"measurement","identifiers":[{"type":"email","value":")" + bad +
        R"("}],"consents":{"measurement":{"state":"granted","may_use":true}},)"
        R"("traits":{"size":{"value":"L","source":"web","at":"2026"},)"
        R"("p_alive":{"value":0.5,"source":"","at":"2026","model":"value"}},"evidence":[]}],)"
        R"("audiences":[{"audience":"vip","purpose":"measurement","rule":"count(x) > 1"}],)"
        R"("statements":[{"issuer":"Shop","statements":[{"at":"2026","purpose":"measurement",)"
        R"("state":"granted","wording":{"version":3,"text":"May we count your visits?"}}]}],)"
        R"("restraints":{"restricted":true,"restricted_since":"2025","objected":[]},)"
        R"("corrections":{"corrections":[{"trait":"city","value":"Brest","by":"t9"}]},)"
        R"("events":[{"at":"2026","kind":"track","name":")" +
        bad +
        R"(","properties":{"a":1}}],)"
        R"("decisions":[{"at":"2026","action":"withdraw","by":"t7","reason":"two sisters"}],)"
        R"("suppressed":[{"type":"email","value":"c@shop.test","channel":"email"}],)"
        R"("recipients":[{"webhook":"w","host":"crm.test","audiences":["gold"]}],)"
        R"("reads":{"entries":[{"at":"2026","role":"staff","actor":"t1","route":"GET /x"}]}})";
    for (const bool french : {false, true}) {
        const HttpResponse page = export_page(json, french);
        EXPECT_EQ(page.body.find("<script"), std::string::npos);
        EXPECT_EQ(page.body.find("http"), std::string::npos) << "nothing is loaded";
        EXPECT_NE(page.body.find("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"),
                  std::string::npos);
        EXPECT_NE(page.body.find(french ? "lang=\"fr\"" : "lang=\"en\""), std::string::npos);
        for (const std::string_view word :
             {"count(x) &gt; 1", "p_alive", "granted", "t1", "size", "May we count your visits?",
              "Brest", "2025", "two sisters", "c@shop.test", "crm.test", "gold"})
            EXPECT_NE(page.body.find(word), std::string::npos) << word;
    }
}

}  // namespace
}  // namespace filrouge::http
