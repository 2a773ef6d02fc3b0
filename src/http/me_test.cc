// The customer's own door: who comes in, for how long, and that nobody reaches anybody else.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "http/door_for_test.h"
#include "http/person_page.h"
#include "http/route.h"

namespace filrouge::http {
namespace {

const std::string kCamille(32, 'a');
const std::string kOther(32, 'b');
constexpr const char* kPerson =
    R"({"purposes":[{"name":"measurement","basis":"consent","wording":{"version":3,)"
    R"("texts":{"en":"May we count?","fr":"Pouvons-nous compter ?"}}},)"
    R"({"name":"service","basis":"contract"}],"requests":[{"kind":"access","state":"open",)"
    R"("received":"2026-03-01T08:30:00.000Z","due":"2026-04-01T08:30:00.000Z"}],)"
    R"("offers":[{"id":"sizes","open":true,"title":{"en":"Your size","fr":"Votre taille"},)"
    R"("benefit":{"en":"Free hemming","fr":"Ourlet offert"},"to":"2026-12-31T00:00:00.000Z",)"
    R"("on_taking_back":"taken_back","wording":{"version":3,"texts":{"en":"May we count?",)"
    R"("fr":"Pouvons-nous compter ?"}},"asks":[{"name":"size","type":"choice","required":true,)"
    R"("label":{"en":"Size<","fr":"Taille<"},"choices":[{"value":"M","label":{"en":"Medium",)"
    R"("fr":"Moyen"}}],"state":"told","at":"2026-03-01T08:30:00.000Z","answer":{"size":["M"]}},)"
    R"({"name":"plan","type":"plan","required":false,"label":{"en":"Looking for","fr":"Cherche"},)"
    R"("state":"open"}],"benefits":[{"id":"0123456789abcdef0123456789abcdef",)"
    R"("at":"2026-03-01T08:30:00.000Z","code":"HEM-7","state":"kept"}]}],)"
    R"("profiles":[{"purpose":"measurement","identifiers":[{"type":"email","value":"a@b.test"},)"
    R"({"type":"user_id","value":"u<1>"}],"consents":{"measurement":{"state":"granted"},)"
    R"("service":{"state":"refused"}},"traits":{"city":{"value":"Lyon","source":"web",)"
    R"("at":"2026-03-01T08:30:00.000Z","corrected":true}},"evidence":[]}],"audiences":[],)"
    R"("statements":[],"restraints":{"restricted":false},"corrections":{},"events":[],)"
    R"("reads":{"entries":[{"at":"2026","role":"staff","actor":"t1","route":"GET /x"}]}})";

struct MeDoor : Door {
    MeDoor() { runtime.person = kPerson; }
    std::string link_of(const std::string& profile) {
        const HttpResponse made =
            as("privacy", "POST", "/api/v1/me/links", R"({"profile":")" + profile + "\"}");
        EXPECT_EQ(made.status, 201) << made.body;
        const std::size_t at = made.body.find("link=");
        return made.body.substr(at + 5, 32);
    }
    HttpResponse post(std::string_view path, const std::string& form, const std::string& cookie,
                      const std::string& origin = "https://track.shop.test") {
        return ask("POST", path, form, {{"cookie", cookie}, {"origin", origin}});
    }
    HttpResponse get(std::string_view path, const std::string& cookie) {
        return ask("GET", path, "", {{"cookie", cookie}});
    }
    std::string session_of(const std::string& profile) {
        const HttpResponse in = post("/me/sign-in", "link=" + link_of(profile), "");
        EXPECT_EQ(in.status, 303) << in.body;
        const std::string set(header(in, "Set-Cookie"));
        return set.substr(0, set.find(';'));
    }
    bool was_asked(std::string_view what) const {
        return std::any_of(runtime.asked.begin(), runtime.asked.end(),
                           [&](const auto& each) { return each.find(what) != std::string::npos; });
    }
};

TEST(PersonPage, FrenchBreaksNoLineBeforeATwoPartSign) {
    EXPECT_EQ(typeset_french("Qui ? 12 % : « tout » !"),
              "Qui\u00a0? 12\u00a0%\u00a0: \u00ab\u00a0tout\u00a0\u00bb\u00a0!");
    EXPECT_EQ(typeset_french("<a href=\"/x?y=1\">10:30; a</a> "),
              "<a href=\"/x?y=1\">10:30; a</a> ");
}

// Each of them takes minutes; whoever withdraws meanwhile waits for none.
TEST(Me, ANoIsHeardWhileMatchingModelsAndQuestionsRun) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    std::promise<void> go_on;
    const auto gone_on = go_on.get_future().share();
    std::atomic<int> held{0};
    door.runtime.hold = [&](std::string_view what) {
        if (!what.starts_with("match {") && !what.starts_with("ask ") &&
            !what.starts_with("value "))
            return;
        ++held;
        gone_on.wait();
    };
    std::vector<std::shared_ptr<Answer>> long_ones;
    for (const char* path : {"/api/v1/matching/runs", "/api/v1/matching/runs",
                             "/api/v1/models/value", "/api/v1/questions"}) {
        long_ones.push_back(door.begin(
            Door::request("POST", path, "{}", {{"authorization", "Bearer token-admin"}})));
    }
    for (int i = 0; i < 1'000 && held < 4; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(held, 4) << "four at a time";
    EXPECT_EQ(door.post("/me/choices", "purpose=measurement&choice=no", mine).status, 303);
    EXPECT_EQ(door.as("staff", "POST", "/api/v1/permits", "{}").status, 200);
    EXPECT_NE(door.as("privacy", "POST", "/api/v1/profiles/" + kCamille + "/erase").status, 503);
    go_on.set_value();
    for (const auto& each : long_ones) EXPECT_EQ(each->wait().status, 200);
}

// Each of them reads the whole log: two customers who take their data along would be enough.
TEST(Me, ANoIsHeardWhileExportsAndTheAuditAreRead) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille), other = door.session_of(kOther);
    const std::string third = door.session_of(std::string(32, 'c'));
    std::promise<void> go_on;
    const auto gone_on = go_on.get_future().share();
    std::atomic<int> held{0};
    door.runtime.hold = [&](std::string_view what) {
        const bool is_long = what.starts_with("export ") || what.starts_with("audit ") ||
                             what.starts_with("retention ") || what.starts_with("sweep");
        if (!is_long) return;
        ++held;
        gone_on.wait();
    };
    const Headers officer = {{"authorization", "Bearer token-privacy"}};
    std::vector<std::shared_ptr<Answer>> long_ones;
    const auto begin = [&](std::string_view method, const std::string& path,
                           const Headers& headers) {
        long_ones.push_back(door.begin(Door::request(method, path, "", headers)));
    };
    begin("GET", "/me/export.json", {{"cookie", mine}});
    begin("GET", "/me/export.html", {{"cookie", other}});
    begin("GET", "/me/looked", {{"cookie", third}});
    begin("GET", "/api/v1/audit", officer);
    begin("GET", "/api/v1/rights/retention", officer);
    begin("POST", "/api/v1/rights/retention/sweep?confirm=true", officer);
    begin("GET", "/api/v1/profiles/" + kCamille + "/export", officer);
    for (int i = 0; i < 1'000 && held < 5; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(held, 5) << "of threads that are theirs";
    EXPECT_EQ(door.post("/me/choices", "purpose=measurement&choice=no", mine).status, 303);
    EXPECT_EQ(door.as("staff", "POST", "/api/v1/permits", "{}").status, 200);
    EXPECT_EQ(door.ask("POST", "/confirm/token").status, 200);
    EXPECT_EQ(door.get("/me/receipt.json", mine).status, 200);
    go_on.set_value();
    for (const auto& each : long_ones) EXPECT_EQ(each->wait().status, 200);
}

TEST(Me, WhoAsksForTheirDataAgainBeforeItIsThereIsToldToWait) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille), other = door.session_of(kOther);
    std::promise<void> go_on;
    const auto gone_on = go_on.get_future().share();
    std::atomic<bool> is_reading{false};
    door.runtime.hold = [&](std::string_view what) {
        if (what != "export " + kCamille || is_reading.exchange(true)) return;
        gone_on.wait();
    };
    const auto first = door.begin(Door::request("GET", "/me/export.json", "", {{"cookie", mine}}));
    for (int i = 0; i < 1'000 && !is_reading; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const std::string again = door.session_of(kCamille);
    for (const char* path :
         {"/me/export.json?lang=en", "/me/export.html?lang=en", "/me/looked?lang=en"}) {
        for (const std::string& session : {mine, again}) {
            const HttpResponse told = door.get(path, session);
            EXPECT_EQ(told.status, 429) << path;
            EXPECT_NE(told.body.find("still being read"), std::string::npos) << told.body;
        }
    }
    EXPECT_NE(door.get("/me/export.json?lang=fr", mine).body.find("encore en cours"),
              std::string::npos);
    EXPECT_EQ(door.get("/me/export.json", other).status, 200) << "another person waits for nobody";
    EXPECT_EQ(door.get("/me/export.json", "").status, 401);
    go_on.set_value();
    EXPECT_EQ(first->wait().status, 200);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(door.get("/me/export.json", mine).status, 200);
}

TEST(Me, ALinkIsGoodOnceAndOnlyByTheButtonOfOurOwnPage) {
    MeDoor door;
    const std::string link = door.link_of(kCamille);
    for (int look = 0; look < 3; ++look) {
        const HttpResponse page = door.get("/me/sign-in?link=" + link, "");
        EXPECT_EQ(page.status, 200) << "who scans a mail uses nothing up";
        EXPECT_NE(page.body.find("<button class=\"main\">"), std::string::npos);
        EXPECT_EQ(header(page, "Set-Cookie"), "");
    }
    EXPECT_EQ(door.post("/me/sign-in", "link=" + link, "", "https://evil.test").status, 403);
    const HttpResponse in = door.post("/me/sign-in", "link=" + link, "");
    EXPECT_EQ(in.status, 303);
    const std::string cookie(header(in, "Set-Cookie"));
    EXPECT_TRUE(cookie.starts_with("__Host-filrouge-me="));
    for (const char* part : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"})
        EXPECT_NE(cookie.find(part), std::string::npos) << cookie;
    EXPECT_EQ(cookie.find(link), std::string::npos);
    EXPECT_EQ(door.post("/me/sign-in", "link=" + link, "").status, 401) << "used";
    EXPECT_EQ(door.post("/me/sign-in", "link=" + std::string(32, '0'), "").status, 401);

    const std::string late = door.link_of(kCamille);
    door.clock.advance(minutes(16));
    EXPECT_EQ(door.post("/me/sign-in", "link=" + late, "").status, 401);
}

TEST(Me, ASessionEndsWhenItRestsWhenItIsOldAndWhenItIsSignedOut) {
    MeDoor door;
    const std::string rests = door.session_of(kCamille);
    EXPECT_EQ(door.get("/me", rests).status, 200);
    door.clock.advance(minutes(31));
    EXPECT_EQ(door.get("/me", rests).status, 401);
    const std::string old = door.session_of(kCamille);
    for (int i = 0; i < 24; ++i) {
        EXPECT_EQ(door.get("/me", old).status, 200) << i;
        door.clock.advance(minutes(29));
    }
    door.clock.advance(minutes(29));
    EXPECT_EQ(door.get("/me", old).status, 401) << "after twelve hours";
    const std::string out = door.session_of(kCamille);
    EXPECT_EQ(door.post("/me/sign-out", "", out).status, 303);
    EXPECT_EQ(door.get("/me", out).status, 401);
}

TEST(Me, ASessionIsOfThoseItWasMadeForAndOfMoreButNeverOfFewer) {
    MeDoor door;
    const ProfileId lent = ProfileId::parse(kOther).value();
    door.runtime.names = {lent};
    const std::string of_both = door.session_of(kCamille);
    const std::string link = door.link_of(kCamille);
    EXPECT_EQ(door.get("/me", of_both).status, 200);
    door.runtime.names = {lent, ProfileId{7, 7}};
    EXPECT_EQ(door.get("/me", of_both).status, 200) << "more was found to be theirs";
    door.runtime.names.clear();
    EXPECT_EQ(door.get("/me", of_both).status, 401);
    door.runtime.asked.clear();
    EXPECT_EQ(door.post("/me/erase", "sure=yes", of_both).status, 401);
    const HttpResponse in = door.post("/me/sign-in", "link=" + link, "");
    const std::string set(header(in, "Set-Cookie"));
    EXPECT_EQ(door.get("/me", set.substr(0, set.find(';'))).status, 401);
    EXPECT_TRUE(door.runtime.asked.empty()) << door.runtime.last();
    door.runtime.names = {lent};
    EXPECT_EQ(door.get("/me", of_both).status, 401) << "it is over";
}

TEST(Me, NobodyReachesAnybodyElse) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    static_cast<void>(door.session_of(kOther));
    door.runtime.asked.clear();
    const std::string other = "profile=" + kOther + "&id=" + kOther;
    for (const Route& route : all_routes()) {
        if (route.pattern != "/me" && !route.pattern.starts_with("/me/")) continue;
        std::string path(route.pattern);
        if (const auto at = path.find("{file}"); at != path.npos)
            path.replace(at, 6, "export.json");
        if (path == "/me/sign-out" || path.ends_with(".css")) continue;
        EXPECT_GE(door.ask(route.method, path).status, 400) << path << " without a session";
        const std::string asked = std::string(path).append("?").append(other);
        const std::string form = other + "&purpose=measurement&choice=no&sure=no";
        if (route.method == "POST") {
            static_cast<void>(door.post(asked, form, mine));
            EXPECT_GE(door.post(path, form, mine, "https://evil.test").status, 400) << path;
        } else {
            static_cast<void>(door.get(asked, mine));
        }
    }
    EXPECT_TRUE(door.was_asked(kCamille));
    EXPECT_FALSE(door.was_asked(kOther));
    EXPECT_EQ(door.get("/me/" + kOther, mine).status, 404);
}

TEST(Me, ThePageShowsSwitchesDownloadsAndWhoLookedInBothLanguages) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    const std::string english = door.get("/me?lang=en", mine).body;
    const std::string french = door.get("/me?lang=fr", mine).body;
    EXPECT_NE(english.find("lang=\"en\""), std::string::npos);
    EXPECT_NE(french.find("lang=\"fr\""), std::string::npos);
    for (const std::string& page : {english, french}) {
        EXPECT_EQ(page.find("<script"), std::string::npos);
        EXPECT_EQ(page.find("u<1>"), std::string::npos) << "what people wrote is escaped";
        for (const char* part :
             {"u&lt;1&gt;", "value=\"measurement\"", "/me/export.json", "/me/looked", "/me/erase",
              "/me/sign-out", "role=\"switch\"", "aria-checked=\"true\"", "/me/receipt.json"})
            EXPECT_NE(page.find(part), std::string::npos) << part;
    }
    const HttpResponse page = door.get("/me", mine);
    EXPECT_EQ(header(page, "Content-Security-Policy").find("unsafe"), std::string_view::npos);
    EXPECT_EQ(door.get("/me/export.json", mine).body, kPerson);
    EXPECT_EQ(door.runtime.audited.back().actor, "me") << "it is told in the audit, too";
}

// Once, and nothing beside it that a cache between could prefer.
TEST(Me, NothingPersonalIsKeptByACache) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    for (const char* path : {"/me", "/me?lang=fr", "/me/export.json"}) {
        const HttpResponse told = door.get(path, mine);
        ASSERT_LT(told.status, 500) << path;
        std::vector<std::string> caching;
        for (const auto& [name, value] : told.headers) {
            if (name == "Cache-Control") caching.push_back(value);
        }
        EXPECT_EQ(caching, std::vector<std::string>{"no-store"}) << path;
    }
    EXPECT_EQ(door.get("/me", "").status, 401);
    EXPECT_EQ(header(door.get("/me", ""), "Cache-Control"), "no-store") << "nor that there is none";
}

TEST(Me, APurposeIsShownInItsWordsAndARequestWithItsDay) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    const std::string english = door.get("/me?lang=en", mine).body;
    const std::string french = door.get("/me?lang=fr", mine).body;
    EXPECT_NE(english.find("May we count?"), std::string::npos);
    EXPECT_NE(french.find("Pouvons-nous compter ?"), std::string::npos);
    EXPECT_NE(english.find("version 3"), std::string::npos);
    EXPECT_NE(english.find(">1 April 2026<"), std::string::npos);
    EXPECT_NE(french.find(">1er avril 2026<"), std::string::npos);
    const HttpResponse page = door.get("/me", mine);
    EXPECT_EQ(header(page, "Cache-Control"), "no-store");
    EXPECT_EQ(header(page, "Referrer-Policy"), "same-origin") << "else forms say they are nobody's";
    EXPECT_EQ(door.post("/me/requests", "kind=restrict", mine).status, 303);
    EXPECT_TRUE(
        door.was_asked(R"(request {"kind":"restrict","profile":")" + kCamille + R"("} by me)"));
}

TEST(Me, AnOfferIsAnsweredLineByLineAndTakenBack) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    const std::string page = door.get("/me?lang=en", mine).body;
    for (const char* part :
         {"Your size", "Free hemming", "HEM-7", "Size&lt;", "Medium", "answer.plan.until",
          "the benefit ends", "name=\"line\" value=\"size\"", "name=\"wording\" value=\"3\""})
        EXPECT_NE(page.find(part), std::string::npos) << part;
    EXPECT_EQ(page.find("Size<"), std::string::npos);
    const HttpResponse told = door.post(
        "/me/offers?lang=fr",
        "offer=sizes&wording=3&answer.plan=a+coat%26hat&answer.plan.until=2026-12-31&other=x",
        mine);
    EXPECT_EQ(told.status, 303);
    EXPECT_EQ(header(told, "Location"), "/me?lang=fr&said=done");
    EXPECT_TRUE(door.was_asked("tells " + kCamille +
                               " sizes in fr 3 plan=a coat&hat plan.until=2026-12-31"));
    EXPECT_EQ(door.post("/me/offers/take-back", "offer=sizes&line=size", mine).status, 303);
    EXPECT_TRUE(door.was_asked("takes back " + kCamille + " sizes size"));
    door.runtime.error = Error{"wording_conflict", "Other words.", ""};
    EXPECT_EQ(header(door.post("/me/offers", "offer=sizes", mine), "Location"),
              "/me?lang=en&said=words");
    door.runtime.error.reset();
    EXPECT_NE(door.get("/me?said=words", mine).body.find("role=\"alert\""), std::string::npos);
    EXPECT_EQ(door.get("/me?said=<b>", mine).body.find("<b>\""), std::string::npos);
}

TEST(Me, AnOfferWhoseWordsAreNotShownCannotBeAccepted) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    const auto with_words = [&](const std::string& words) {
        std::string person = kPerson;
        const std::size_t from = person.find(R"("wording")", person.find(R"("offers")"));
        person.replace(from, person.find(R"("asks")") - from, words);
        door.runtime.person = person;
        return door.get("/me?lang=en", mine).body;
    };
    for (const char* none : {"", R"("wording":{"version":3,"texts":{}},)"}) {
        const std::string page = with_words(none);
        EXPECT_NE(page.find("Your size"), std::string::npos);
        EXPECT_NE(page.find("Take back"), std::string::npos) << "which depends on no words";
        EXPECT_EQ(page.find("action=\"/me/offers?"), std::string::npos) << none;
        EXPECT_EQ(page.find("<q"), std::string::npos) << none;
    }
    const std::string german = with_words(R"("wording":{"version":3,"texts":{"de":"Ja?"}},)");
    EXPECT_NE(german.find("<q lang=\"de\">Ja?</q>"), std::string::npos);
    EXPECT_NE(german.find("name=\"language\" value=\"de\""), std::string::npos);
}

TEST(Me, APauseAnObjectionAndACorrectionAreThePersonsOwn) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    const std::string page = door.get("/me?lang=en", mine).body;
    for (const char* part : {"Pause everything", "Do not profile me", "value=\"city\"",
                             "name=\"act\" value=\"correct\"", "put right by you"})
        EXPECT_NE(page.find(part), std::string::npos) << part;
    const auto sends = [&](const char* path, const std::string& form, const std::string& asked) {
        EXPECT_EQ(door.post(path, form, mine).status, 303) << form;
        EXPECT_TRUE(door.was_asked(asked)) << form << " -> " << door.runtime.last();
    };
    const std::string me = kCamille + " ";
    sends("/me/restraints", "what=pause&choice=yes",
          "restrict " + me + R"({"action":"restrict","reason":"/me"} by me)");
    sends("/me/restraints", "what=pause&choice=no",
          "restrict " + me + R"({"action":"lift","reason":"/me"} by me)");
    sends("/me/restraints", "what=no-profiling&choice=yes",
          "object " + me + R"({"profiling":true,"withdrawn":false,)");
    sends("/me/corrections", "trait=city&act=correct&value=Lille",
          "correct " + me + R"({"trait":"city","reason":"/me","value":"Lille"} by me)");
    sends("/me/corrections", "trait=age&act=correct&was=number&value=41",
          R"({"trait":"age","reason":"/me","value":41} by me)");
    sends("/me/corrections?lang=fr", "trait=age&act=correct&was=number&value=42,5",
          R"({"trait":"age","reason":"/me","value":42.5} by me)");
    sends("/me/corrections", "trait=vip&act=correct&was=yes_no&value=no",
          R"({"trait":"vip","reason":"/me","value":false} by me)");
    sends("/me/corrections", "trait=city&act=remove&value=x",
          R"({"trait":"city","reason":"/me","remove":true} by me)");
    sends("/me/corrections", "trait=city&act=release",
          R"({"trait":"city","reason":"/me","release":true} by me)");
    const std::string asked = door.runtime.last();
    for (const char* form :
         {"trait=city&act=correct&value=", "trait=age&act=correct&was=number&value=ten",
          "trait=age&act=correct&was=number&value=1,234",
          "trait=vip&act=correct&was=yes_no&value=x", "trait=age&act=correct&was=number&value="}) {
        EXPECT_EQ(header(door.post("/me/corrections", form, mine), "Location"),
                  "/me?lang=en&said=answer")
            << form;
        EXPECT_EQ(door.runtime.last(), asked) << form << " is no value";
    }
}

TEST(Me, WhileNoReadCanBeWrittenDownNothingIsShownAndEverythingCanBeEnded) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    door.runtime.audit_has_room = false;
    door.runtime.asked.clear();
    for (const char* path : {"/me", "/me?lang=fr&said=done", "/me/export.json", "/me/export.html",
                             "/me/looked", "/me/receipt.json"}) {
        const HttpResponse answer = door.get(path, mine);
        EXPECT_EQ(answer.status, 503) << path;
        EXPECT_TRUE(header(answer, "Content-Type").starts_with("text/html")) << path;
        EXPECT_NE(header(answer, "Retry-After"), "") << path;
        EXPECT_EQ(answer.body.find("a@b.test"), std::string::npos) << path;
    }
    EXPECT_NE(door.get("/me?lang=en", mine).body.find("cannot be shown just now"),
              std::string::npos);
    EXPECT_NE(door.get("/me?lang=fr&said=done", mine).body.find("C’est fait"), std::string::npos)
        << "what a form led to is told all the same";
    for (const auto& [path, form] : {std::pair{"/me/choices", "purpose=measurement&choice=yes"},
                                     {"/me/restraints", "what=pause&choice=no"},
                                     {"/me/offers", "offer=sizes&wording=3&answer.plan=coat"},
                                     {"/me/requests", "kind=access"},
                                     {"/me/corrections", "trait=city&act=correct&value=Lille"}})
        EXPECT_EQ(door.post(path, form, mine).status, 503) << path;
    EXPECT_TRUE(door.runtime.asked.empty()) << door.runtime.last();
    for (const auto& [path, form] : {std::pair{"/me/choices", "purpose=measurement&choice=no"},
                                     {"/me/restraints", "what=pause&choice=yes"},
                                     {"/me/offers/take-back", "offer=sizes&line=size"}})
        EXPECT_EQ(door.post(path, form, mine).status, 303) << path;
    EXPECT_EQ(door.post("/me/erase", "sure=yes", mine).status, 200);
    EXPECT_TRUE(door.was_asked("erase " + kCamille + " confirmed"));
}

TEST(Me, WhereWeMetIsOfTheViewThatKnowsMostOfIt) {
    MeDoor door;
    door.runtime.person =
        R"({"profiles":[{"channels":{"web":{"events":95,"orders":0,"first":"2026-03-01",)"
        R"("last":"2026-03-01"}}},{"channels":{"web":{"events":12,"orders":0,)"
        R"("first":"2026-03-01","last":"2026-03-01"}}}]})";
    const std::string page = door.get("/me?lang=en", door.session_of(kCamille)).body;
    EXPECT_NE(page.find("95 contacts"), std::string::npos);
    EXPECT_EQ(page.find("12 contacts"), std::string::npos);
}

TEST(Me, WhoLookedIsToldByRoleAndNeverByName) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    door.runtime.reads =
        R"({"entries":[{"at":"2026-03-01T08:30:00.000Z","role":"privacy","actor":"t1-clara",)"
        R"("route":"GET /api/v1/profiles/{id}/thread"},{"at":"2026-03-02T08:30:00.000Z",)"
        R"("role":"none","actor":"me","route":"GET /me"}]})";
    const std::string page = door.get("/me/looked?lang=en", mine).body;
    EXPECT_NE(page.find("Data protection"), std::string::npos);
    EXPECT_NE(page.find("read your history"), std::string::npos);
    EXPECT_NE(page.find("You"), std::string::npos);
    EXPECT_EQ(page.find("clara"), std::string::npos);
    EXPECT_TRUE(door.was_asked("audit  of " + kCamille));
}

TEST(Me, UsualTraitsAndWhatModelsExpectAreToldInWords) {
    MeDoor door;
    door.runtime.person =
        R"({"profiles":[{"purpose":"measurement","traits":{)"
        R"("firstName":{"value":"Ada","source":"web","at":"2026-03-01"},)"
        R"("address.city":{"value":"Brest","source":"web","at":"2026-03-01"},)"
        R"("tailorNotes":{"value":"x","source":"web","at":"2026-03-01"},)"
        R"("p_alive":{"value":0.5,"source":"","at":"2026-03-01","model":"value.measurement"},)"
        R"("lookalike_a1":{"value":0.7,"source":"","at":"2026-03-01","model":"lookalike.a1"}}}]})";
    const std::string mine = door.session_of(kCamille);
    const std::string french = door.get("/me?lang=fr", mine).body;
    for (const char* words :
         {"<dt>Prénom</dt>", "<dt>Ville</dt>", "<dt>tailor notes</dt>",
          "Probabilité que vous restiez client", "Ressemblance avec un groupe de clients"})
        EXPECT_NE(french.find(words), std::string::npos) << words;
    const std::string english = door.get("/me?lang=en", mine).body;
    EXPECT_NE(english.find("Probability that you are still a customer"), std::string::npos);
    EXPECT_NE(english.find("<dt>first name</dt>"), std::string::npos);
}

TEST(Me, OneDeedOfARoleIsToldOnceADayWhoeverElseLookedBetween) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    const auto entry = [](const char* role, const char* route) {
        return R"({"at":"2026-03-01T08:30:00.000Z","role":")" + std::string(role) +
               R"(","actor":"a","route":")" + route + R"("})";
    };
    const std::string opened = entry("marketer", "GET /api/v1/profiles/{id}");
    door.runtime.reads = R"({"entries":[)" + opened + "," +
                         entry("staff", "GET /api/v1/profiles/{id}/thread") + "," + opened +
                         R"(],"found":10003,"more":true})";
    const std::string page = door.get("/me/looked?lang=en", mine).body;
    const std::size_t first = page.find("opened your data");
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(page.find("opened your data", first + 1), std::string::npos);
    EXPECT_NE(page.find("read your history"), std::string::npos);
    EXPECT_NE(page.find("longer ago"), std::string::npos);
}

TEST(Me, AChoiceIsOneCommandAndErasureSaysWhatIsKeptAndWantsItsBoxTicked) {
    MeDoor door;
    const std::string mine = door.session_of(kCamille);
    door.runtime.asked.clear();
    EXPECT_EQ(door.post("/me/choices", "purpose=measurement&choice=no", mine).status, 303);
    const auto choices = [&] {
        return std::count_if(door.runtime.asked.begin(), door.runtime.asked.end(),
                             [](const std::string& each) { return each.starts_with("choose "); });
    };
    EXPECT_TRUE(door.was_asked("choose " + kCamille +
                               R"( {"purpose":"measurement","granted":false,"evidence":)"
                               R"({"page":"/me"}})"));
    EXPECT_EQ(choices(), 1) << "one command for the person";
    EXPECT_EQ(
        door.post("/me/choices?lang=fr", "purpose=measurement&choice=yes&wording=3", mine).status,
        303);
    EXPECT_TRUE(door.was_asked(R"("granted":true,"wording":3,"language":"fr",)"))
        << "the proof names what was shown";
    EXPECT_NE(door.get("/me?lang=en", mine).body.find("Take my answer back"), std::string::npos);
    EXPECT_NE(door.get("/me?lang=fr", mine).body.find("Retirer ma réponse"), std::string::npos);
    EXPECT_EQ(door.post("/me/choices", "purpose=measurement&choice=nothing", mine).status, 303);
    EXPECT_TRUE(door.was_asked(R"({"purpose":"measurement","taken_back":true,)"));
    EXPECT_EQ(door.post("/me/choices", "purpose=measurement&choice=maybe", mine).status, 422);
    for (const char* kept :
         {"scrambled print", "what happened, without a name", "Copies of our keys"})
        EXPECT_NE(door.get("/me?lang=en", mine).body.find(kept), std::string::npos) << kept;
    for (const char* kept : {"empreinte brouillée", "sans nom", "copies de nos clés"})
        EXPECT_NE(door.get("/me?lang=fr", mine).body.find(kept), std::string::npos) << kept;
    EXPECT_EQ(door.post("/me/erase", "", mine).status, 303);
    EXPECT_FALSE(door.was_asked("erase"));
    EXPECT_EQ(door.post("/me/erase", "sure=yes", mine).status, 200);
    EXPECT_TRUE(door.was_asked("erase " + kCamille + " confirmed"));
    EXPECT_EQ(door.get("/me", mine).status, 401) << "signed out";
}

}  // namespace
}  // namespace filrouge::http
