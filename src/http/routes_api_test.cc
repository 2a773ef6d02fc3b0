#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <future>
#include <set>

#include "collect/incoming_codec.h"
#include "http/door_for_test.h"
#include "http/embedded.h"
#include "http/route.h"

namespace filrouge::http {
namespace {

using engine::Role;

static_assert(!std::is_default_constructible_v<Access>,
              "a route that does not say who may call it must not compile");
static_assert(!std::is_constructible_v<Route, std::string_view, std::string_view>,
              "a route that does not say who may call it must not compile");

std::string path_of(const Route& route) {
    std::string path;
    bool name = false;
    for (const char c : route.pattern) {
        if (c == '{') name = true;
        if (!name) path.push_back(c);
        if (c == '}') {
            name = false;
            path.append(route.pattern.find("{seq}") != std::string_view::npos ? "7" : "vip");
        }
    }
    return path;
}

TEST(Api, EveryRouteAsksEveryCredentialForItsRole) {
    constexpr Role kRoles[] = {Role::None,     Role::Staff,   Role::CallCentre, Role::Analyst,
                               Role::Marketer, Role::Privacy, Role::Admin};
    int checked = 0;
    for (const Route& route : all_routes()) {
        if (route.access.is_everyone() || route.access.is_write_key()) continue;
        const std::string name = std::string(route.method) + " " + std::string(route.pattern);
        Door door;
        EXPECT_EQ(door.ask(route.method, path_of(route), "{}").status, 401) << name;
        EXPECT_EQ(door.as("nobody", route.method, path_of(route), "{}").status, 401) << name;
        // The public key of a source writes events and does nothing else, wherever it is put.
        for (const std::string& put : {basic("wk"), std::string("Bearer wk")}) {
            EXPECT_EQ(door.ask(route.method, path_of(route), "{}", {{"authorization", put}}).status,
                      403)
                << name;
        }
        EXPECT_EQ(door.ask(route.method, path_of(route) + "?writeKey=wk", "{}").status, 401)
            << name;
        EXPECT_TRUE(door.runtime.asked.empty()) << name;
        for (const Role role : kRoles) {
            const HttpResponse answer =
                door.as(engine::name_of(role), route.method, path_of(route), "{}");
            const bool let_in =
                answer.status != 401 && answer.body.find("http.role_may_not") == std::string::npos;
            EXPECT_EQ(let_in, route.access.allows(role)) << name << " " << engine::name_of(role);
            ++checked;
        }
    }
    EXPECT_GT(checked, 180);
}

// What refuse() says of a head with a body behind it: 0, and the body is read.
int refused(Door& door, const HttpRequest& head, std::uint64_t bytes) {
    const auto refusal = door.routes->refuse(head, {.content_length = bytes});
    return refusal == nullptr ? 0 : refusal->status;
}

// The write key stands in every page's source, and bodies have one room together.
TEST(Api, NoBodyIsReadOfWhoMayNotCallItsRoute) {
    int checked = 0;
    for (const Route& route : all_routes()) {
        if (route.access.is_everyone() || route.access.is_write_key()) continue;
        const std::string name = std::string(route.method) + " " + std::string(route.pattern);
        Door door;
        const auto head = [&](const Headers& headers) {
            return Door::request(route.method, path_of(route), "", headers);
        };
        EXPECT_EQ(refused(door, head({}), 1), 401) << name;
        EXPECT_EQ(refused(door, head({{"transfer-encoding", "chunked"}}), 0), 401) << name;
        EXPECT_EQ(refused(door, head({{"cookie", "filrouge_session=session-nobody"}}), 1), 401)
            << name;
        for (const std::string& put : {basic("wk"), std::string("Bearer wk")})
            EXPECT_EQ(refused(door, head({{"authorization", put}}), 1), 403) << name;
        for (const Role role : {Role::Staff, Role::Analyst, Role::Privacy, Role::Admin}) {
            const std::string token = "Bearer token-" + std::string(engine::name_of(role));
            EXPECT_EQ(refused(door, head({{"authorization", token}}), 1),
                      route.access.allows(role) ? 0 : 403)
                << name << " " << engine::name_of(role);
            ++checked;
        }
        Door starting(engine::RuntimeState::Starting);
        EXPECT_EQ(refused(starting, head({}), 1), 0) << name << ": nobody is known yet";
    }
    EXPECT_GT(checked, 300);
}

// As it is when there was no body to wait for.
TEST(Api, ARefusalByTheHeadIsAnsweredAndKeptInTheAuditAsAnyOther) {
    Door door;
    const auto head = Door::request("POST", "/api/v1/suppressions", "",
                                    {{"authorization", "Bearer token-staff"}});
    const auto refusal = door.routes->refuse(head, {.content_length = 1});
    ASSERT_NE(refusal, nullptr);
    EXPECT_NE(refusal->body.find("http.role_may_not"), std::string::npos);
    EXPECT_EQ(header(*refusal, "Cache-Control"), "no-store");
    EXPECT_EQ(header(*refusal, "X-Request-Id").size(), 16u);
    ASSERT_EQ(door.runtime.audited.size(), 1u);
    EXPECT_EQ(door.runtime.audited[0].status, 403);
    EXPECT_EQ(door.runtime.audited[0].actor, "id-staff");

    const Headers session = {{"cookie", "filrouge_session=session-privacy"}};
    EXPECT_EQ(refused(door, Door::request("POST", "/api/v1/suppressions", "", session), 1), 403)
        << "a form of another site";
    door.runtime.brands = {"hats"};
    const Headers of_hats = {{"authorization", "Bearer token-privacy"}};
    EXPECT_EQ(refused(door, Door::request("POST", "/api/v1/profiles/import", "", of_hats), 1), 403);
    EXPECT_EQ(refused(door, Door::request("POST", "/api/v1/permits", "", of_hats), 1), 0)
        << "its body may name the brand";
}

TEST(Api, HeadOpensNoStream) {
    Door door;
    for (const Route& route : all_routes()) {
        if (!is_stream(route)) continue;
        const HttpResponse told = door.as("admin", "HEAD", path_of(route));
        EXPECT_EQ(told.status, 405) << route.pattern;
        EXPECT_EQ(header(told, "Allow"), "GET, OPTIONS") << route.pattern;
    }
    EXPECT_TRUE(door.runtime.asked.empty());
    EXPECT_EQ(door.as("admin", "HEAD", "/api/v1/stats").status, 200);
}

TEST(Api, ATokenOpensNoTrackingRoute) {
    for (const Route& route : all_routes()) {
        if (!route.access.is_write_key() || route.lane != Lane::Ingest) continue;
        if (route.pattern == "/v1/m" || route.pattern.starts_with("/pixel/")) continue;
        Door door;
        EXPECT_EQ(door.as("admin", route.method, path_of(route),
                          R"({"userId":"u","event":"e","batch":[{"type":"page","userId":"u"}]})")
                      .status,
                  401)
            << route.pattern;
        EXPECT_TRUE(door.runtime.ingested.empty());
    }
}

TEST(Api, PeopleAreNotForAnalystsNorTheirNumbersForStaff) {
    for (const Route& route : all_routes()) {
        const std::string_view pattern = route.pattern;
        const bool of_people = pattern.find("/profiles") != pattern.npos ||
                               pattern.ends_with("/members") || pattern.ends_with("/why") ||
                               pattern.find("/quarantine") != pattern.npos;
        if (of_people) {
            EXPECT_FALSE(route.access.allows(Role::Analyst)) << pattern;
        }
        if (pattern.starts_with("/api/v1/tokens") || pattern.find("/sources") != pattern.npos) {
            EXPECT_FALSE(route.access.allows(Role::Marketer)) << pattern;
        }
    }
}

TEST(Api, WhatAPersonWantsDoneReachesTheEngineWithWhoToldIt) {
    for (const auto& [path, asked] : {std::pair{"/restriction", "restrict"},
                                      {"/objection", "object"},
                                      {"/corrections", "correct"}}) {
        Door door;
        EXPECT_EQ(
            door.as("privacy", "POST", std::string("/api/v1/profiles/p1") + path, "{}").status,
            200);
        EXPECT_TRUE(door.runtime.last().starts_with(std::string(asked) + " p1 {} by "))
            << door.runtime.last();
    }
    Door door;
    EXPECT_EQ(door.as("admin", "POST", "/api/v1/rights/retention/sweep").status, 200);
    EXPECT_EQ(door.runtime.last(), "retention 0") << "nothing is erased without confirm=true";
    EXPECT_EQ(door.as("admin", "POST", "/api/v1/rights/retention/sweep?confirm=true").status, 200);
    EXPECT_EQ(door.runtime.last(), "sweep");
}

TEST(Api, QuestionsReachTheEngineWithTheirArguments) {
    const std::pair<const char*, const char*> kQuestions[] = {
        {"/api/v1/stats?after=12", "stats after=12"},
        {"/api/v1/sources", "sources"},
        {"/api/v1/purposes", "purposes"},
        {"/api/v1/audiences", "audiences"},
        {"/api/v1/audiences?brand=coats", "audiences of coats"},
        {"/api/v1/sources?brand=coats", "sources of coats"},
        {"/api/v1/profiles/find?type=email&value=a%40b.test&brand=coats",
         "find email a@b.test of coats"},
        {"/api/v1/audiences/vip%20club?after=3", "audience vip club after=3"},
        {"/api/v1/audiences/vip/members?cursor=c1&limit=20",
         "members vip from c1 before=0 limit=20"},
        {"/api/v1/audiences/vip/members?limit=100000", "members vip from  before=0 limit=1000"},
        {"/api/v1/audiences/vip/why?profile=p1", "why vip p1"},
        {"/api/v1/audiences/overlap?ids=a,b,c", "overlap a b c"},
        {"/api/v1/quarantine?reason=collect.too_deep&before=9",
         "quarantine collect.too_deep before=9 limit=50"},
        {"/api/v1/quarantine/7", "quarantined 7"},
        {"/api/v1/tokens", "tokens"},
        {"/api/v1/webhooks", "webhooks"},
        {"/api/v1/events", "event_names"},
        {"/api/v1/rates", "rates"},
        {"/api/v1/actors", "actors"},
        {"/api/v1/boards", "boards by id-admin"},
        {"/api/v1/boards/b1", "board b1 by id-admin"},
        {"/api/v1/metrics", "metrics by id-admin"},
        {"/api/v1/metrics/orders", "metric orders by id-admin"},
        {"/api/v1/profiles/p1/notes", "notes of p1"},
        {"/api/v1/tasks?store=Lyon&limit=7", "tasks open in Lyon for  before=0 limit=7"},
        {"/api/v1/staff/greet?card=123", "greet  loyalty_card 123"},
        {"/api/v1/staff/greet?profile=p1&brand=hats", "greet p1 loyalty_card  of hats"},
        {"/api/v1/models", "models"},
        {"/api/v1/models?brand=hats", "models of hats"},
        {"/api/v1/profiles/find?type=email&value=camille%40shop.test",
         "find email camille@shop.test"},
        {"/api/v1/profiles/p1?purpose=personalisation", "profile p1 for personalisation"},
        {"/api/v1/profiles/p1?purpose=x&brand=hats", "profile p1 for x of hats"},
        {"/api/v1/rights/restricted", "restricted"},
        {"/api/v1/profiles/p1/corrections", "corrections of p1"},
        {"/api/v1/rights/retention?days=90", "retention 90"},
        {"/api/v1/profiles/p1/thread?purpose=x&before=4&limit=2",
         "thread p1 for x before=4 limit=2"},
    };
    for (const auto& [target, asked] : kQuestions) {
        Door door;
        const HttpResponse response = door.as("admin", "GET", target);
        EXPECT_EQ(response.status, 200) << target;
        EXPECT_EQ(response.body, R"({"ok":true})");
        EXPECT_EQ(header(response, "Cache-Control"), "no-store");
        EXPECT_EQ(door.runtime.last(), asked) << target;
    }
    Door door;
    EXPECT_EQ(door.as("staff", "POST", "/api/v1/profiles/find",
                      R"({"type":"email","value":"camille@shop.test"})")
                  .status,
              200);
    EXPECT_EQ(door.runtime.last(), "find email camille@shop.test");
    EXPECT_EQ(door.as("analyst", "POST", "/api/v1/rules/check", R"({"rule":"did x"})").status, 200);
    EXPECT_EQ(door.runtime.last(), "check did x");
    EXPECT_EQ(door.as("analyst", "POST", "/api/v1/rules/count",
                      R"({"rule":{"all":[]},"purpose":"profiling"})")
                  .status,
              200);
    EXPECT_EQ(door.runtime.last(), R"(count {"all":[]} for profiling)");
    EXPECT_EQ(door.as("analyst", "GET", "/api/v1/stats?after=5000").status, 200)
        << "waits, so on the pool";
}

TEST(Api, CommandsReachTheEngine) {
    struct Case {
        const char* method;
        const char* target;
        const char* body;
        int status;
        const char* asked;
    };
    const Case kCases[] = {
        {"POST", "/api/v1/sources", R"({"id":"till"})", 201, R"(create_source {"id":"till"})"},
        {"DELETE", "/api/v1/sources/till", "", 200, "delete_source till"},
        {"DELETE", "/api/v1/sources/till?confirm=true", "", 200, "delete_source till confirmed"},
        {"POST", "/api/v1/audiences", "{}", 201, "create_audience {}"},
        {"DELETE", "/api/v1/audiences/vip?confirm=true", "", 200, "delete_audience vip confirmed"},
        {"DELETE", "/api/v1/models/value.m", "", 200, "delete_model value.m"},
        {"DELETE", "/api/v1/models/value.m?confirm=true", "", 200,
         "delete_model value.m confirmed"},
        {"POST", "/api/v1/consents", "{}", 200, "set_consent {}"},
        {"POST", "/api/v1/tokens", "{}", 201, "create_token {}"},
        {"DELETE", "/api/v1/tokens/t1", "", 200, "revoke_token t1"},
        {"POST", "/api/v1/keys/rotation", "", 200, "rotate master key"},
        {"POST", "/api/v1/webhooks", "{}", 201, "create_webhook {}"},
        {"DELETE", "/api/v1/webhooks/w1", "", 200, "delete_webhook w1"},
        {"POST", "/api/v1/rates", "{}", 200, "set_rate {}"},
        {"POST", "/api/v1/models/value", "{}", 200, "value model {}"},
        {"POST", "/api/v1/models/lookalike", "{}", 200, "lookalike model {}"},
        {"POST", "/api/v1/quarantine/7/replay", "", 200, "replay 7 "},
        {"POST", "/api/v1/quarantine/7/replay", R"({"event":{"a":1}})", 200, R"(replay 7 {"a":1})"},
        {"DELETE", "/api/v1/quarantine/7", "", 200, "discard 7"},
    };
    for (const Case& c : kCases) {
        Door door;
        EXPECT_EQ(door.as("admin", c.method, c.target, c.body).status, c.status) << c.target;
        EXPECT_EQ(door.runtime.last(), c.asked) << c.target;
    }
    Door door;
    EXPECT_EQ(door.as("admin", "POST", "/api/v1/sources", "not json").status, 400);
    EXPECT_EQ(door.as("admin", "POST", "/api/v1/sources", "[1]").status, 400);
    EXPECT_EQ(door.as("admin", "DELETE", "/api/v1/quarantine/x").status, 404);
    EXPECT_EQ(door.as("admin", "POST", "/api/v1/rules/count", "{}").status, 422);
    EXPECT_TRUE(door.runtime.asked.empty());
}

TEST(Api, AnErrorTellsWhatAndTheWayOut) {
    const auto status = [](const char* code) {
        Door door;
        door.runtime.error = Error{code, "It was not done.", "Do it otherwise."};
        return door.as("admin", "GET", "/api/v1/audiences/vip");
    };
    const HttpResponse missing = status("audience.not_found");
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(header(missing, "Content-Type"), "application/problem+json");
    EXPECT_EQ(missing.body, R"({"title":"Not found","status":404,"code":"audience.not_found",)"
                            R"("message":"It was not done.","hint":"Do it otherwise."})");
    EXPECT_EQ(status("audience.already_exists").status, 409);
    EXPECT_EQ(status("audience.too_many").status, 422);
    EXPECT_EQ(status("engine.wait_timeout").status, 503);
}

TEST(Api, AFailureIsFoundByTheIdsThatItsCallerHas) {
    std::vector<FailedRequest> told;
    RoutesOptions options;
    options.tell_failure = [&](const FailedRequest& failed) { told.push_back(failed); };
    Door door(engine::RuntimeState::Ready, options);
    door.runtime.ingest_error = Error{"engine.failed", "/srv/data/log: I/O error", ""};
    const HttpResponse failed =
        door.ask("POST", "/v1/track", R"({"userId":"camille@shop.test","event":"e"})",
                 {{"authorization", basic("wk")},
                  {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}});
    EXPECT_EQ(failed.status, 503);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].pattern, "/v1/track");
    EXPECT_EQ(told[0].status, 503);
    EXPECT_EQ(told[0].code, "engine.failed");
    EXPECT_EQ(told[0].trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(told[0].request_id, header(failed, "X-Request-Id"));
    EXPECT_EQ(failed.body.find("/srv"), std::string::npos) << "a path is the operator's business";
    const HttpResponse good = door.ask("GET", "/healthz");
    EXPECT_EQ(header(good, "X-Request-Id").size(), 16u);
    EXPECT_NE(header(good, "X-Request-Id"), header(failed, "X-Request-Id"));
    EXPECT_EQ(told.size(), 1u);
}

TEST(Api, ASessionCookieWorksOnlyFromOurOwnPage) {
    Door door;
    const Headers session = {{"cookie", "a=b; filrouge_session=session-admin"}};
    EXPECT_EQ(door.ask("GET", "/api/v1/stats", "", session).status, 200);
    EXPECT_EQ(door.ask("POST", "/api/v1/tokens", "{}", session).status, 403);
    Headers other = session;
    other.emplace_back("origin", "https://evil.test");
    EXPECT_EQ(door.ask("POST", "/api/v1/tokens", "{}", other).status, 403);
    Headers own = session;
    own.emplace_back("origin", "https://track.shop.test");
    EXPECT_EQ(door.ask("POST", "/api/v1/tokens", "{}", own).status, 201);
}

TEST(Api, TheOneTimeLinkSignsInOnce) {
    Door door;
    const Headers own = {{"origin", "https://track.shop.test"}};
    const HttpResponse response = door.ask("POST", "/admin", "secret=one-time", own);
    EXPECT_EQ(response.status, 200);
    const std::string cookie = header(response, "Set-Cookie");
    EXPECT_EQ(cookie.find("filrouge_session=session-admin;"), 0u);
    EXPECT_NE(cookie.find("HttpOnly"), std::string::npos);
    EXPECT_NE(cookie.find("SameSite=Lax"), std::string::npos);
    EXPECT_NE(response.body.find("token-admin"), std::string::npos);
    EXPECT_NE(header(response, "Content-Security-Policy").find("default-src 'self'"),
              std::string::npos);
    EXPECT_EQ(header(response, "Referrer-Policy"), "same-origin");
    EXPECT_EQ(header(response, "Cache-Control"), "no-store");
    const std::string person(32, 'a');
    const std::string french = door.ask("POST", "/admin", "secret=one-time&person=" + person,
                                        {own[0], {"accept-language", "fr-FR,fr;q=0.9"}})
                                   .body;
    EXPECT_NE(french.find("/#/people/" + person + "\">Ouvrir Filrouge"), french.npos) << french;
    EXPECT_EQ(door.ask("POST", "/admin", "", own).status, 403);
    const HttpResponse used =
        door.ask("POST", "/admin", "secret=other", {own[0], {"accept-language", "fr-FR,fr;q=0.9"}});
    EXPECT_EQ(used.status, 403);
    EXPECT_NE(used.body.find("Ce lien ne sert plus"), std::string::npos) << used.body;
}

// Previews of messages and scanners of mail follow links.
TEST(Api, OpeningTheOneTimeLinkUsesNothingUp) {
    Door door;
    for (const char* method : {"GET", "HEAD"}) {
        const HttpResponse page = door.ask(method, "/admin?secret=one-time%22%3E&person=p%3C");
        EXPECT_EQ(page.status, 200);
        EXPECT_EQ(header(page, "Set-Cookie"), "");
        EXPECT_EQ(page.body.find("token-admin"), std::string::npos);
        EXPECT_EQ(header(page, "Cache-Control"), "no-store");
        EXPECT_NE(header(page, "Content-Security-Policy").find("form-action 'self'"),
                  std::string::npos);
        for (const char* part : {"method=\"post\" action=\"/admin\"", "<button>Sign in</button>",
                                 "value=\"one-time&quot;&gt;\"", "value=\"p&lt;\""})
            EXPECT_NE(page.body.find(part), std::string::npos) << part << "\n" << page.body;
    }
    for (const char* origin : {"", "https://evil.test", "null"}) {
        const HttpResponse told =
            door.ask("POST", "/admin", "secret=one-time", {{"origin", origin}});
        EXPECT_EQ(told.status, 403) << origin;
        EXPECT_EQ(header(told, "Set-Cookie"), "") << origin;
    }
}

TEST(Api, ThePageIsProtected) {
    Door door;
    const HttpResponse page = door.ask("GET", "/");
    EXPECT_NE(page.status, 500);
    if (page.status != 200) GTEST_SKIP() << "this build has no page";
    EXPECT_NE(header(page, "Content-Security-Policy").find("frame-ancestors 'none'"),
              std::string::npos);
    EXPECT_EQ(header(page, "X-Content-Type-Options"), "nosniff");
}

TEST(Api, LongQuestionsHaveABoundedQueue) {
    Door door(engine::RuntimeState::Ready, {.whole_threads = 0, .whole_queue_max = 2});
    const auto count = [&door] {
        return door.begin(Door::request("POST", "/api/v1/rules/count", R"({"rule":"x"})",
                                        {{"authorization", "Bearer token-admin"}}));
    };
    const auto first = count();
    const auto second = count();
    EXPECT_EQ(count()->wait().status, 503);
    EXPECT_FALSE(first->answered() || second->answered());
}

// An engine whose questions take until they are cancelled.
struct EndlessAnswers : fake::FakeRuntime {
    Json ask(std::string_view, engine::AnswerForm, const std::string&,
             const engine::Mask&) override {
        asked.set_value();
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return ended; });
        return Error{"query.cancelled", "The question was cancelled.", ""};
    }
    void end_questions() override {
        const std::lock_guard lock(mutex);
        ended = true;
        changed.notify_all();
    }
    std::promise<void> asked;
    std::mutex mutex;
    std::condition_variable changed;
    bool ended = false;  // guarded by mutex
};

TEST(Api, AQuestionUnderWayIsCancelledWhenTheDoorsStop) {
    EndlessAnswers runtime;
    fake::FakeRandom random(7);
    const engine::Settings settings;
    Routes routes(runtime, random, settings, {});
    const auto answer = std::make_shared<Answer>();
    routes.handle(Door::request("POST", "/api/v1/questions", R"({"rfm":{}})",
                                {{"authorization", "Bearer token-analyst"}}),
                  answer);
    runtime.asked.get_future().wait();
    auto stopped = std::async(std::launch::async, [&routes] { routes.stop(); });
    EXPECT_EQ(stopped.wait_for(std::chrono::seconds(5)), std::future_status::ready);
    runtime.end_questions();  // else this test would not end
    EXPECT_NE(answer->wait().body.find("query.cancelled"), std::string::npos);
}

TEST(Api, AQuestionIsAnsweredAsItIsWanted) {
    Door door;
    const auto ask = [&door](std::string_view accept) {
        return door.begin(Door::request(
            "POST", "/api/v1/questions?id=mine", R"({"rfm":{}})",
            {{"authorization", "Bearer token-analyst"}, {"accept", std::string(accept)}}));
    };
    EXPECT_EQ(ask("application/json")->wait().status, 200);
    EXPECT_EQ(door.runtime.last(), R"(ask {"rfm":{}} as mine masked)");
    const HttpResponse csv = ask("text/csv")->wait();
    EXPECT_EQ(header(csv, "Content-Type"), "text/csv; charset=utf-8");
    EXPECT_EQ(csv.body, "channel,persons\r\nweb,2\r\n");
    const auto stream = ask("text/event-stream");
    EXPECT_EQ(header(stream->wait(), "Content-Type"), "text/event-stream");
    for (int i = 0; i < 1'000 && stream->text().find("event: answer") == std::string::npos; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_NE(stream->text().find("event: answer\ndata: "), std::string::npos);
}

TEST(Api, TheTailTellsWhatIsStored) {
    Door door;
    const auto answer = door.begin(
        Door::request("GET", "/api/v1/tail", "", {{"authorization", "Bearer token-staff"}}));
    EXPECT_EQ(header(answer->wait(), "Content-Type"), "text/event-stream");
    ASSERT_TRUE(door.runtime.events_follower);
    engine::StoredEvent event;
    event.sequence = 9;
    event.source = "web-shop";
    event.name = "Coat \"Viewed\"\n";
    EXPECT_TRUE(door.runtime.events_follower(event));
    EXPECT_NE(answer->streamed.find("id: 9\nevent: stored\ndata: {\"sequence\":9,"),
              std::string::npos);
    EXPECT_NE(answer->streamed.find(R"("name":"Coat \"Viewed\"\n")"), std::string::npos);
    EXPECT_TRUE(door.runtime.still_followed());
    answer->client_left = true;
    EXPECT_FALSE(door.runtime.still_followed()) << "also where nothing happens";
    EXPECT_FALSE(door.runtime.events_follower(event));
}

TEST(Api, AnAudienceTellsWhoEntersAndLeaves) {
    Door door;
    const auto answer = door.begin(Door::request("GET", "/api/v1/audiences/vip/stream", "",
                                                 {{"authorization", "Bearer token-staff"}}));
    EXPECT_EQ(door.runtime.last(), "follow vip");
    engine::MembershipChange change;
    change.audience = "vip";
    change.profile = "p1";
    change.entered = true;
    EXPECT_TRUE(door.runtime.members_follower(change));
    change.entered = false;
    EXPECT_TRUE(door.runtime.members_follower(change));
    EXPECT_LT(answer->streamed.find("event: enter"), answer->streamed.find("event: leave"));
    Door none;
    none.runtime.error = Error{"audience.not_found", "", ""};
    EXPECT_EQ(none.as("admin", "GET", "/api/v1/audiences/vip/stream").status, 404);
}

TEST(Api, StreamsAreBounded) {
    Door door;
    std::vector<std::shared_ptr<Answer>> open;
    std::vector<std::function<bool(const engine::StoredEvent&)>> followers;
    const auto follow = [&] {
        return door.begin(
            Door::request("GET", "/api/v1/tail", "", {{"authorization", "Bearer token-staff"}}));
    };
    for (int i = 0; i < 64; ++i) {
        open.push_back(follow());
        EXPECT_EQ(open.back()->wait().status, 200);
        followers.push_back(door.runtime.events_follower);
    }
    EXPECT_EQ(follow()->wait().status, 503);
    followers.clear();
    door.runtime.events_follower = nullptr;
    EXPECT_EQ(follow()->wait().status, 200);
}

TEST(Api, ImportsComeInTheirOwnForm) {
    const auto send = [](const char* source, const std::string& body, const char* type) {
        Door door;
        const HttpResponse response =
            door.ask("POST", std::string("/api/v1/import?source=") + source, body,
                     {{"authorization", "Bearer token-admin"}, {"content-type", type}});
        if (response.status == 200) {
            EXPECT_EQ(door.runtime.ingested.size(), 1u);
            EXPECT_TRUE(door.runtime.ingested[0].import);
            EXPECT_TRUE(door.runtime.ingested[0].confirmed) << "an operator tells it";
            EXPECT_EQ(response.body, R"({"sequence":100,"received":1,"stored":1,"deduplicated":0,)"
                                     R"("not_kept":0,"quarantined":0})");
        }
        return response.status;
    };
    std::vector<collect::Item> items(1);
    const std::string body = collect::encode_items(items);
    EXPECT_EQ(send("web-shop", body, "application/x-filrouge-events"), 200);
    EXPECT_EQ(send("nowhere", body, "application/x-filrouge-events"), 404);
    EXPECT_EQ(send("web-shop", body, "application/json"), 415);
    EXPECT_EQ(send("web-shop", body + "x", "application/x-filrouge-events"), 400);
}

std::set<std::string> roles_of(const Access& access) {
    std::set<std::string> roles;
    if (access.is_everyone()) return {"everyone"};
    for (std::size_t i = 0; i < engine::kRoleNames.size(); ++i) {
        if (access.allows(static_cast<Role>(i))) roles.emplace(engine::kRoleNames[i]);
    }
    return roles;
}

TEST(Api, TheDocumentAndTheTableSayTheSame) {
    namespace json = boost::json;
    const auto text = embedded_file("api.json");
    ASSERT_TRUE(text.has_value());
    const json::value document = json::parse({text->data(), text->size()});
    std::set<std::string> in_document;
    for (const auto& [path, methods] : document.at("paths").as_object()) {
        for (const auto& [method, operation] : methods.as_object()) {
            std::set<std::string> roles;
            for (const json::value& role : operation.at("x-roles").as_array()) {
                roles.emplace(role.as_string());
            }
            std::string name(method);
            for (char& c : name) c = static_cast<char>(std::toupper(c));
            name += " " + std::string(path);
            in_document.insert(name);
            const auto at =
                std::find_if(all_routes().begin(), all_routes().end(), [&](const Route& route) {
                    return name == std::string(route.method) + " " + std::string(route.pattern);
                });
            ASSERT_NE(at, all_routes().end()) << name << " is not served";
            EXPECT_EQ(roles, roles_of(at->access)) << name;
        }
    }
    for (const Route& route : all_routes()) {
        const std::string name = std::string(route.method) + " " + std::string(route.pattern);
        EXPECT_TRUE(in_document.contains(name)) << name << " is not in schema/api.json";
    }
    Door door;
    EXPECT_EQ(door.ask("GET", "/api/v1/openapi.json").body, *text);
}

}  // namespace
}  // namespace filrouge::http
