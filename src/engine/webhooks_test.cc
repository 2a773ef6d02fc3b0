#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.h"
#include "base/trace.h"
#include "engine/rights_desk.h"
#include "engine/runtime.h"
#include "engine/settings.h"
#include "engine/settings_record.h"
#include "fake/fake_clock.h"
#include "fake/fake_disk.h"
#include "fake/fake_random.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

// The other side's server: takes what it is sent, or answers that it cannot.
struct Receiver final : HttpClient {
    Result<HttpReply> call(const HttpCall& call) override {
        std::unique_lock lock(mutex);
        if (!held.empty() && call.url.find(held) != std::string::npos) {
            ++holding;
            let_go.wait(lock, [this] { return held.empty(); });
            --holding;
        }
        (status < 300 ? taken : refused).push_back(call);
        return HttpReply{status, ""};
    }
    // Whoever calls that host waits for its answer until hold("").
    void hold(const std::string& host) {
        const std::lock_guard lock(mutex);
        held = host;
        let_go.notify_all();
    }
    int held_calls() {
        const std::lock_guard lock(mutex);
        return holding;
    }
    std::vector<HttpCall> now(bool of_taken = true) {
        const std::lock_guard lock(mutex);
        return of_taken ? taken : refused;
    }
    void answer(int with) {
        const std::lock_guard lock(mutex);
        status = with;
    }
    std::mutex mutex;
    std::vector<HttpCall> taken, refused;  // guarded by mutex
    int status = 204;                      // guarded by mutex
    std::string held;                      // guarded by mutex
    int holding = 0;                       // guarded by mutex
    std::condition_variable let_go;
};

std::string header(const HttpCall& call, std::string_view name) {
    for (const auto& [key, value] : call.headers) {
        if (key == name) return value;
    }
    return {};
}

// Standard Webhooks: "v1," and the base64 of HMAC-SHA-256 over id.timestamp.body.
std::string signature_of(const HttpCall& call, const std::string& secret) {
    const std::string key = *base64_decode(secret.substr(std::string("whsec_").size()));
    const std::string text =
        header(call, "webhook-id") + "." + header(call, "webhook-timestamp") + "." + call.body;
    unsigned char digest[32];
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &length);
    return "v1," + base64_encode({reinterpret_cast<const char*>(digest), length});
}

struct World {
    explicit World(fake::FakeDisk& disk, Duration later = {},
                   std::vector<EventTermSetting> terms = {})
        : random(3 + static_cast<std::uint64_t>(later.us)) {
        clock.advance(later);
        Settings settings;
        settings.purposes = {{"measurement", LegalBasis::Consent, false, {}}};
        settings.sources.resize(1);
        settings.sources[0].id = "web";
        settings.sources[0].write_key = "wk";
        settings.retention_days = 0;
        settings.event_terms = std::move(terms);
        auto opened = open_runtime({clock, random, disk, http}, settings, "shop");
        EXPECT_TRUE(opened.ok());
        runtime = std::move(opened).value();
        while (runtime->state() == RuntimeState::Starting)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        EXPECT_EQ(runtime->state(), RuntimeState::Ready) << runtime->state_text();
    }
    std::string ask(void (Runtime::*command)(std::string, Reply), std::string body) {
        std::string out;
        (runtime.get()->*command)(std::move(body), [&](const Result<std::string>& r) {
            out = r.ok() ? r.value() : r.error().message;
        });
        return out;
    }
    void erase(const std::string& profile) {
        std::atomic<bool> answered = false;
        runtime->erase_profile(profile, true, [&](const Result<std::string>& r) {
            EXPECT_TRUE(r.ok());
            answered = true;
        });
        while (!answered) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    void says(const std::string& who, bool yes) {
        std::atomic<bool> answered = false;
        runtime->set_consent(R"({"type":"user_id","value":")" + who +
                                 R"(","purposes":{"measurement":)" + (yes ? "true" : "false") +
                                 "}}",
                             [&](const Result<std::string>& r) {
                                 EXPECT_TRUE(r.ok());
                                 answered = true;
                             });
        while (!answered) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::string listen() {  // the webhook's secret
        ask(&Runtime::create_audience,
            R"j({"name":"Seen","purpose":"measurement","rule":"count(Product Viewed) >= 1"})j");
        const std::string made = ask(&Runtime::create_webhook,
                                     R"({"url":"https://crm.shop.test/hook","audience":"seen"})");
        return std::string(json::parse(made).at("secret").as_string());
    }
    void visit(const std::string& who) {
        tell("Product Viewed", who, {{IdentifierType::UserId, who, {}}});
    }
    void tell(const std::string& name, const std::string& id, std::vector<Identifier> who) {
        IngestRequest request;
        request.source = runtime->source_by_write_key("wk")->number;
        collect::Incoming incoming;
        incoming.event.name = name;
        incoming.event.at = as_event_time(clock.now());
        incoming.event.message_id = id;
        incoming.event.identifiers = std::move(who);
        incoming.consents = {{"measurement", true}};
        request.items.push_back(std::move(incoming));
        std::atomic<bool> answered = false;
        runtime->ingest(std::move(request), [&](const Result<IngestReply>& r) {
            EXPECT_TRUE(r.ok());
            answered = true;
        });
        while (!answered) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    // Time goes on meanwhile, so that what was refused is tried again.
    std::vector<HttpCall> wait_for(std::size_t calls, bool of_taken = true) {
        for (int i = 0; i < 2'000 && http.now(of_taken).size() < calls; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            clock.advance(seconds(1));
        }
        return http.now(of_taken);
    }
    fake::FakeRandom random;
    fake::FakeClock clock;
    Receiver http;
    std::unique_ptr<Runtime> runtime;  // last: it stops first
};

TEST(Webhooks, ChangesAreToldInTheirOrderAndSigned) {
    fake::FakeDisk disk;
    World world(disk);
    const std::string secret = world.listen();
    for (const char* who : {"anna", "bert", "cleo"}) world.visit(who);
    const auto calls = world.wait_for(3);
    ASSERT_EQ(calls.size(), 3u);
    std::int64_t before = 0;
    for (const HttpCall& call : calls) {
        EXPECT_EQ(call.url, "https://crm.shop.test/hook");
        EXPECT_EQ(header(call, "webhook-signature"), signature_of(call, secret));
        EXPECT_TRUE(parse_traceparent(header(call, "traceparent")));
        EXPECT_EQ(header(call, "idempotency-key"), header(call, "webhook-id"));
        const json::value told = json::parse(call.body);
        EXPECT_EQ(told.at("type").as_string(), "audience.entered");
        EXPECT_EQ(told.at("data").at("audience").as_string(), "seen");
        EXPECT_EQ(told.at("data").at("profile").as_string().size(), 32u);
        EXPECT_GT(told.at("data").at("sequence").as_int64(), before);
        before = told.at("data").at("sequence").as_int64();
    }
    EXPECT_NE(calls[0].body.find("audience.entered"), std::string::npos);
    EXPECT_NE(header(calls[0], "webhook-id"), header(calls[1], "webhook-id"));
}

// Who holds the log, or a backup of it, could sign messages to the shop's partners.
TEST(Webhooks, TheSecretStandsInNoFileAndIsTheSameAfterAStart) {
    fake::FakeDisk disk;
    std::string secret;
    {
        World world(disk);
        secret = world.listen();
        ASSERT_EQ(secret.size(), 6u + 32u);
        const std::string made =
            world.ask(&Runtime::create_webhook, R"({"url":"https://crm.shop.test/other"})");
        EXPECT_EQ(made.find(secret), std::string::npos) << "each webhook has its own";
    }
    const std::string bytes = *base64_decode(secret.substr(6));
    for (const std::string& path : disk.paths()) {
        const std::string file = disk.raw(path);
        EXPECT_EQ(file.find(secret.substr(6)), std::string::npos) << path;
        EXPECT_EQ(file.find(bytes), std::string::npos) << path;
    }
    disk.crash(fake::Crash::KeepAll, 1);
    World world(disk, hours(1));
    world.visit("anna");
    const auto calls = world.wait_for(1);
    ASSERT_FALSE(calls.empty());
    EXPECT_EQ(header(calls[0], "webhook-signature"), signature_of(calls[0], secret));
}

TEST(Webhooks, OneThatWasMadeWithASecretOfItsOwnKeepsIt) {
    const auto hook = parse_webhook(
        R"({"url":"https://crm.test","secret":"whsec_AAAA","audience":"","created_us":1})");
    ASSERT_TRUE(hook.has_value());
    EXPECT_EQ(hook->secret, "whsec_AAAA");
    EXPECT_EQ(parse_webhook(webhook_json(*hook))->secret, "whsec_AAAA");
}

TEST(Webhooks, WhatIsRefusedIsToldAgainUnderTheSameIdUntilItIsTaken) {
    fake::FakeDisk disk;
    World world(disk);
    world.listen();
    world.http.answer(500);
    world.visit("anna");
    const auto refused = world.wait_for(3, /*of_taken=*/false);
    ASSERT_GE(refused.size(), 3u);
    EXPECT_EQ(header(refused[0], "webhook-id"), header(refused[2], "webhook-id"));
    world.http.answer(200);
    ASSERT_EQ(world.wait_for(1).size(), 1u);
    EXPECT_EQ(header(world.http.now()[0], "webhook-id"), header(refused[0], "webhook-id"));
}

// A day that nobody lived through is no day of refusals.
TEST(Webhooks, AClockThatJumpsADayAheadGivesNothingUp) {
    fake::FakeDisk disk;
    World world(disk);
    world.listen();
    world.http.answer(500);
    for (const char* who : {"anna", "bert", "cleo"}) world.visit(who);
    ASSERT_GE(world.wait_for(1, /*of_taken=*/false).size(), 1u);
    world.clock.set({world.clock.now().us + days(2).us});
    const std::size_t before = world.http.now(/*of_taken=*/false).size();
    ASSERT_GT(world.wait_for(before + 2, /*of_taken=*/false).size(), before + 1);
    world.http.answer(204);
    std::set<std::string> ids;
    for (const HttpCall& call : world.wait_for(3)) ids.insert(header(call, "webhook-id"));
    EXPECT_EQ(ids.size(), 3u);
    EXPECT_NE(world.runtime->metrics().find("\nfilrouge_webhooks_given_up_total 0\n"),
              std::string::npos);
}

TEST(Webhooks, WhatWasRefusedForADayIsGivenUpAndTheNextIsNoCallMoreAtOnce) {
    fake::FakeDisk disk;
    World world(disk);
    world.listen();
    world.http.answer(500);
    for (const char* who : {"anna", "bert"}) world.visit(who);
    const auto refused = [&] { return world.http.now(/*of_taken=*/false); };
    const auto given_up = [&](const std::string& changes) {
        return world.runtime->metrics().find("\nfilrouge_webhooks_given_up_total " + changes +
                                             "\n") != std::string::npos;
    };
    const auto wait = [](const auto& what) {
        for (int i = 0; i < 2'000 && !what(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return what();
    };
    const auto refused_after = [&](Duration time) {
        const std::size_t before = refused().size();
        world.clock.advance(time);
        return wait([&] { return refused().size() > before; });
    };
    ASSERT_TRUE(wait([&] { return !refused().empty(); }));
    for (int hour = 0; hour < 23; ++hour) ASSERT_TRUE(refused_after(hours(1))) << hour;
    EXPECT_TRUE(given_up("0"));
    ASSERT_TRUE(refused_after(hours(2)));
    EXPECT_TRUE(wait([&] { return !given_up("0"); }));
    const std::size_t calls = refused().size();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_TRUE(given_up("1"));
    EXPECT_EQ(refused().size(), calls) << "whoever is down is not called for each that waits";
    world.clock.advance(minutes(11));
    world.http.answer(204);
    EXPECT_EQ(world.wait_for(1).size(), 1u);
}

TEST(Webhooks, APowerCutNeitherForgetsWhatWaitsNorTellsAgainWhatWasTaken) {
    fake::FakeDisk disk;
    std::string waiting;
    {
        World world(disk);
        world.listen();
        world.visit("anna");
        ASSERT_EQ(world.wait_for(1).size(), 1u);
        world.http.answer(503);
        world.visit("bert");
        const auto refused = world.wait_for(1, /*of_taken=*/false);
        ASSERT_GE(refused.size(), 1u);
        waiting = header(refused[0], "webhook-id");
    }
    disk.crash(fake::Crash::LoseUnsynced, 1);
    World again(disk, seconds(60));
    const auto calls = again.wait_for(1);
    ASSERT_EQ(calls.size(), 1u) << "and the one that was taken is not among them";
    EXPECT_EQ(header(calls[0], "webhook-id"), waiting);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_EQ(again.http.now().size(), 1u);
}

// GDPR 19: that somebody was put right, not what; and of who is restricted nothing but the leave.
TEST(Webhooks, RecipientsAreToldOfACorrectionAndOfARestrictedPersonNothingButTheLeave) {
    fake::FakeDisk disk;
    World world(disk);
    world.listen();
    world.ask(&Runtime::create_webhook, R"({"url":"https://all.shop.test/hook"})");
    world.visit("anna");
    ASSERT_EQ(world.wait_for(2).size(), 2u);
    const std::string id(
        json::parse(world.http.now()[0].body).at("data").at("profile").as_string());
    RightsDesk& rights = world.runtime->rights();
    world.http.answer(500);
    ASSERT_TRUE(
        rights.correct(id, R"({"trait":"city","value":"Lyon","reason":"by phone"})", "t").ok());
    ASSERT_GE(world.wait_for(2, /*of_taken=*/false).size(), 2u) << "tried again";
    world.http.answer(200);
    ASSERT_EQ(world.wait_for(3).size(), 3u) << "who listens to one audience is not told";
    const HttpCall told = world.http.now()[2];
    EXPECT_EQ(told.url, "https://all.shop.test/hook");
    EXPECT_EQ(json::parse(told.body).at("type").as_string(), "profile.corrected");
    EXPECT_EQ(json::parse(told.body).at("data").at("profile").as_string(), id);
    EXPECT_EQ(told.body.find("Lyon"), std::string::npos);

    ASSERT_TRUE(rights.restrict(id, R"({"action":"restrict","reason":"r"})", "t").ok());
    ASSERT_EQ(world.wait_for(5).size(), 5u);
    EXPECT_EQ(json::parse(world.http.now()[4].body).at("type").as_string(), "audience.left");
    world.visit("bert");
    const auto calls = world.wait_for(7);
    ASSERT_EQ(calls.size(), 7u);
    EXPECT_EQ(calls[5].body.find(id), std::string::npos);
    EXPECT_EQ(calls[6].body.find(id), std::string::npos);
}

// What waits is asked again at the instant of the call.
TEST(Webhooks, NoEntryIsToldAfterAWithdrawalOrAnErasureWasAcknowledged) {
    for (const bool erases : {false, true}) {
        SCOPED_TRACE(erases ? "erased" : "withdrawn");
        fake::FakeDisk disk;
        World world(disk);
        world.listen();
        world.http.answer(503);
        world.visit("anna");
        ASSERT_GE(world.wait_for(2, /*of_taken=*/false).size(), 2u);
        world.visit("bert");  // his entry waits behind hers and is never tried
        const auto id_of = [&](const char* who) {
            world.runtime->wait_until_folded();
            const auto found = world.runtime->find_profile("user_id", who, "", 0);
            return std::string(json::parse(found.value()).at("id").as_string());
        };
        const std::string anna = id_of("anna"), bert = id_of("bert");
        for (const auto& [who, id] : {std::pair("anna", anna), std::pair("bert", bert)}) {
            if (erases)
                world.erase(id);
            else
                world.says(who, false);
        }
        world.runtime->wait_until_folded();
        world.http.answer(204);
        world.visit("cleo");
        const auto type_of = [](const HttpCall& call) {
            return std::string(json::parse(call.body).at("type").as_string());
        };
        std::size_t known = 1;
        while (known < 4 &&
               (world.http.now().empty() || type_of(world.http.now().back()) != "audience.entered"))
            world.wait_for(known++);
        const auto calls = world.http.now();
        ASSERT_FALSE(calls.empty());
        EXPECT_NE(calls.back().body.find(id_of("cleo")), std::string::npos);
        for (const HttpCall& call : calls) EXPECT_EQ(call.body.find(bert), std::string::npos);
        if (erases) continue;  // the log is folded again meanwhile
        ASSERT_EQ(calls.size(), 2u);
        EXPECT_EQ(type_of(calls[0]), "audience.left") << "her entry may have been heard";
        EXPECT_NE(calls[0].body.find(anna), std::string::npos);
        const auto has = [&](const std::string& line) {
            return world.runtime->metrics().find("\nfilrouge_webhooks_" + line + "\n") !=
                   std::string::npos;
        };
        for (int i = 0; i < 1'000 && !has("waiting 0"); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        EXPECT_TRUE(has("waiting 0"));
        EXPECT_TRUE(has("withheld_total 3")) << "her entry, his entry and his leave";
        EXPECT_TRUE(has("given_up_total 0"));
    }
}

TEST(Webhooks, WhoAgreesAgainBeforeTheReceiverAnswersIsToldAsTheyAre) {
    fake::FakeDisk disk;
    World world(disk);
    world.listen();
    world.http.answer(503);
    world.visit("anna");
    ASSERT_GE(world.wait_for(1, /*of_taken=*/false).size(), 1u);
    for (const bool yes : {false, true}) {
        world.clock.advance(seconds(1));
        world.says("anna", yes);
    }
    world.runtime->wait_until_folded();
    world.http.answer(204);
    const auto calls = world.wait_for(3);
    ASSERT_GE(calls.size(), 1u);
    EXPECT_EQ(json::parse(calls.back().body).at("type").as_string(), "audience.entered");
}

// Until the log is folded again a lent thing still knows its erased holder.
TEST(Webhooks, NothingIsToldOfSomebodyErasedWhoseThingGoesOn) {
    fake::FakeDisk disk;
    World world(disk);
    world.ask(&Runtime::create_audience,
              R"j({"name":"Seen","purpose":"measurement","rule":"any(Zone Entered)"})j");
    world.ask(&Runtime::create_webhook,
              R"({"url":"https://crm.shop.test/hook","audience":"seen"})");
    const Identifier thing{IdentifierType::Trolley, "T-7", {}};
    world.tell("Thing Bound", "1", {{IdentifierType::UserId, "bert", {}}, thing});
    world.tell("Zone Entered", "2", {thing});
    ASSERT_EQ(world.wait_for(1).size(), 1u);
    const std::string id(
        json::parse(world.http.now()[0].body).at("data").at("profile").as_string());
    world.http.answer(500);  // the log is not folded again before the leave was told
    world.runtime->erase_profile(id, true,
                                 [](const Result<std::string>& r) { EXPECT_TRUE(r.ok()); });
    world.clock.advance(seconds(1));
    world.tell("Zone Entered", "3", {thing});
    world.runtime->wait_until_folded();
    EXPECT_EQ(world.runtime->members("seen", "", 50, 0).value().find(id), std::string::npos);
    world.http.answer(204);
    ASSERT_EQ(world.wait_for(2).size(), 2u);
    EXPECT_NE(world.http.now()[1].body.find("audience.left"), std::string::npos);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_EQ(world.http.now().size(), 2u) << world.http.now().back().body;
}

TEST(Webhooks, WhoLeavesBecauseWhatTheyDidHasExpiredIsToldAndOnlyOnce) {
    fake::FakeDisk disk;
    const std::vector<EventTermSetting> terms = {{{"Product Viewed"}, "", 100}};
    {
        World world(disk, {}, terms);
        world.listen();
        world.visit("anna");
        ASSERT_EQ(world.wait_for(1).size(), 1u);
        world.clock.advance(days(101));
        world.visit("bert");
        ASSERT_EQ(world.wait_for(2).size(), 2u);
        ASSERT_TRUE(world.runtime->rights().sweep_retention().ok());
        const auto calls = world.wait_for(3);
        ASSERT_EQ(calls.size(), 3u);
        const json::object left = json::parse(calls[2].body).as_object();
        EXPECT_EQ(left.at("type").as_string(), "audience.left");
        EXPECT_EQ(left.at("data").at("profile"),
                  json::parse(calls[0].body).at("data").at("profile"));
        EXPECT_GT(left.at("data").at("sequence").as_int64(),
                  json::parse(calls[1].body).at("data").at("sequence").as_int64());
        world.visit("cleo");
        ASSERT_EQ(world.wait_for(4).size(), 4u) << "and it goes on as before";
    }
    World again(disk, days(102), terms);
    again.visit("dora");
    ASSERT_EQ(again.wait_for(1).size(), 1u);
    EXPECT_NE(again.http.now()[0].body.find("audience.entered"), std::string::npos)
        << "the leave was taken before the start";
}

TEST(Webhooks, WhoIsSlowToAnswerHoldsUpNobodyElseAndIsCalledOnceAtATime) {
    fake::FakeDisk disk;
    World world(disk);
    world.listen();
    world.ask(&Runtime::create_webhook, R"({"url":"https://slow.test/","audience":"seen"})");
    world.http.hold("slow.test");
    for (const char* who : {"anna", "bert", "cleo"}) world.visit(who);
    const auto calls = world.wait_for(3);
    ASSERT_EQ(calls.size(), 3u) << "all of the quick one's, while the slow one answers none";
    for (const HttpCall& call : calls) EXPECT_EQ(call.url, "https://crm.shop.test/hook");
    EXPECT_EQ(world.http.held_calls(), 1);
    world.http.hold("");
    ASSERT_EQ(world.wait_for(6).size(), 6u);
    std::int64_t before = 0;
    for (const HttpCall& call : world.http.now()) {
        if (call.url != "https://slow.test/") continue;
        const std::int64_t at = json::parse(call.body).at("data").at("sequence").as_int64();
        EXPECT_GT(at, before);
        before = at;
    }
}

TEST(Webhooks, WhereMoreAreSlowThanAreCalledAtOnceEachHasItsTurn) {
    fake::FakeDisk disk;
    World world(disk);
    world.listen();
    constexpr std::size_t kSlow = 9;
    for (std::size_t i = 0; i < kSlow; ++i)
        world.ask(&Runtime::create_webhook,
                  R"({"url":"https://slow)" + std::to_string(i) + R"(.test/","audience":"seen"})");
    world.http.hold("slow");
    for (const char* who : {"anna", "bert"}) world.visit(who);
    for (int i = 0; i < 2'000 && world.http.held_calls() < 4; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(world.http.held_calls(), 4) << "no more threads than these";
    world.http.hold("");
    ASSERT_EQ(world.wait_for(2 * kSlow + 2).size(), 2 * kSlow + 2);
    std::vector<std::string> slow;
    for (const HttpCall& call : world.http.now()) {
        if (call.url.find("slow") != std::string::npos) slow.push_back(call.url);
    }
    // But for the three that others overtake on the way.
    EXPECT_GE(std::set<std::string>(slow.begin(), slow.begin() + kSlow).size(), kSlow - 3);
}

TEST(Webhooks, WhatWaitsIsAFigureAndGoesWithItsWebhook) {
    fake::FakeDisk disk;
    World world(disk);
    world.listen();
    world.http.answer(500);
    for (const char* who : {"anna", "bert"}) world.visit(who);
    world.runtime->wait_until_folded();
    const auto has = [&](const std::string& line) {
        return world.runtime->metrics().find("\nfilrouge_" + line + "\n") != std::string::npos;
    };
    EXPECT_TRUE(has("webhooks_waiting 2"));
    EXPECT_TRUE(has("webhooks_dropped_total 0"));
    EXPECT_TRUE(has("webhooks_given_up_total 0"));
    const json::value hooks = json::parse(world.runtime->webhooks().value());
    const std::string id(hooks.at("webhooks").at(0).at("id").as_string());
    world.ask(&Runtime::delete_webhook, id);
    EXPECT_TRUE(has("webhooks_waiting 0"));
    world.ask(&Runtime::create_webhook, R"({"url":"https://new.shop.test/","audience":"seen"})");
    world.http.answer(204);
    world.visit("cleo");
    const auto calls = world.wait_for(1);
    ASSERT_EQ(calls.size(), 1u);
    EXPECT_EQ(calls[0].url, "https://new.shop.test/");
}

}  // namespace
}  // namespace filrouge::engine
