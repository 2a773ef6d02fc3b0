// Calls with an Idempotency-Key at the door: one deed each, and who may hear its answer again.
#include "http/repeated_calls.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "http/door_for_test.h"
#include "http/embedded.h"

namespace filrouge::http {
namespace {

const char* const kTask = R"({"profile":"p1","what":"call"})";

struct Repeating : Door {
    HttpResponse post(const std::string& target, const std::string& body, const std::string& key,
                      const std::string& role = "admin") {
        return ask("POST", target, body,
                   {{"authorization", "Bearer token-" + role}, {"idempotency-key", key}});
    }
    std::size_t deeds() const { return runtime.asked.size(); }
};

std::string code_of(const HttpResponse& response) {
    const auto told = boost::json::parse(response.body);
    const auto* code = told.as_object().if_contains("code");
    return code == nullptr ? "" : std::string(code->as_string());
}

TEST(RepeatedCalls, ARepeatIsToldTheFirstAnswerAndNothingIsDone) {
    Repeating door;
    const HttpResponse first = door.post("/api/v1/tasks", kTask, "k");
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(header(first, "Idempotency-Replayed"), "");
    for (int i = 0; i < 3; ++i) {
        const HttpResponse again = door.post("/api/v1/tasks", kTask, "k");
        EXPECT_EQ(again.status, first.status);
        EXPECT_EQ(again.body, first.body);
        EXPECT_EQ(header(again, "Content-Type"), header(first, "Content-Type"));
        EXPECT_EQ(header(again, "Cache-Control"), "no-store");
        EXPECT_EQ(header(again, "Idempotency-Replayed"), "true");
    }
    EXPECT_EQ(door.deeds(), 1u);
    EXPECT_EQ(door.as("admin", "POST", "/api/v1/tasks", kTask).status, 201);
    EXPECT_EQ(door.deeds(), 2u) << "without a key each is a deed";
}

TEST(RepeatedCalls, AnotherRequestUnderTheKeyIsRefused) {
    Repeating door;
    EXPECT_EQ(door.post("/api/v1/tasks", kTask, "k").status, 201);
    for (const auto& [target, body] : {std::pair{"/api/v1/tasks", R"({"profile":"p2"})"},
                                       {"/api/v1/tasks/7", kTask},
                                       {"/api/v1/boards", kTask}}) {
        const HttpResponse told = door.post(target, body, "k");
        EXPECT_EQ(told.status, 422) << target;
        EXPECT_EQ(code_of(told), "idempotency.key_reused") << target;
    }
    EXPECT_EQ(door.deeds(), 1u);
    EXPECT_EQ(door.post("/api/v1/tasks", kTask, "k", "staff").status, 201)
        << "a key is its caller's";
    EXPECT_EQ(door.deeds(), 2u);
}

// The answer was made for eyes that saw more.
TEST(RepeatedCalls, WhoMaySeeLessSinceIsNotToldTheFirstAnswer) {
    Repeating door;
    EXPECT_EQ(door.post("/api/v1/tasks", R"({"profile":"p1","brand":"hats"})", "k").status, 201);
    door.runtime.brands = {"hats"};
    const HttpResponse told = door.post("/api/v1/tasks", R"({"profile":"p1","brand":"hats"})", "k");
    EXPECT_EQ(told.status, 422);
    EXPECT_EQ(door.deeds(), 1u);
}

TEST(RepeatedCalls, WhoMayNotCallIsRefusedBeforeAnyKeyIsLookedAt) {
    Repeating door;
    EXPECT_EQ(door.post("/api/v1/webhooks", "{}", "k").status, 201);
    EXPECT_EQ(door.post("/api/v1/webhooks", "{}", "k", "marketer").status, 403);
    EXPECT_EQ(door.post("/api/v1/webhooks", "{}", "k", "nobody").status, 401);
    EXPECT_EQ(door.runtime.calls_.by_key.size(), 1u);
}

TEST(RepeatedCalls, AKeyIsOneHeaderOfPrintableLetters) {
    Repeating door;
    for (const std::string& bad : {std::string(), std::string("a\tb"), std::string("caf\xc3\xa9"),
                                   std::string(kRepeatKeyBytesMax + 1, 'k')}) {
        const HttpResponse told = door.post("/api/v1/tasks", kTask, bad);
        EXPECT_EQ(told.status, 400);
        EXPECT_EQ(code_of(told), "idempotency.invalid_key");
    }
    EXPECT_EQ(door.ask("POST", "/api/v1/tasks", kTask,
                       {{"authorization", "Bearer token-admin"},
                        {"idempotency-key", "a"},
                        {"idempotency-key", "b"}})
                  .status,
              400);
    EXPECT_EQ(door.deeds(), 0u);
    EXPECT_EQ(door.post("/api/v1/tasks", kTask, std::string(kRepeatKeyBytesMax, 'k')).status, 201);
    EXPECT_EQ(door.post("/api/v1/tasks", kTask, R"("8e03978e-40d5-43dd-bc93")").status, 201);
}

TEST(RepeatedCalls, ARefusalLeavesTheKeyFree) {
    Repeating door;
    for (const auto& [code, status] : {std::pair{"task.too_many", 422},
                                       {"task_not_found", 404},
                                       {"engine.disk_full", 507},
                                       {"x.overloaded", 503}}) {
        door.runtime.error = Error{code, "No.", ""};
        EXPECT_EQ(door.post("/api/v1/tasks", kTask, code).status, status);
        door.runtime.error.reset();
        EXPECT_EQ(door.post("/api/v1/tasks", R"({"profile":"p2","what":"x"})", code).status, 201)
            << code << ": with the mistake put right";
    }
}

TEST(RepeatedCalls, WhatBrokeIsNotDoneAgain) {
    Repeating door;
    for (const char* code : {"disk.io", "engine.failed"}) {
        door.runtime.error = Error{code, "Broken.", ""};
        EXPECT_GE(door.post("/api/v1/tasks", kTask, code).status, 500);
        door.runtime.error.reset();
        const std::size_t before = door.deeds();
        const HttpResponse told = door.post("/api/v1/tasks", kTask, code);
        EXPECT_EQ(told.status, 409);
        EXPECT_EQ(code_of(told), "idempotency.outcome_unknown");
        EXPECT_EQ(door.deeds(), before);
    }
}

// A repeat shows again what the first one showed.
TEST(RepeatedCalls, TheAuditKnowsARepeatAndOfWhomItWas) {
    Repeating door;
    door.runtime.found = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    const char* const yes = R"({"type":"phone","value":"+33639980001","purposes":{}})";
    EXPECT_EQ(door.post("/api/v1/consents", yes, "k").status, 200);
    EXPECT_EQ(door.post("/api/v1/consents", yes, "k").status, 200);
    ASSERT_EQ(door.runtime.audited.size(), 2u);
    EXPECT_EQ(door.runtime.audited[1].profile, door.runtime.audited[0].profile);
    EXPECT_EQ(door.runtime.audited[1].profile.text(), door.runtime.found);
    EXPECT_EQ(door.runtime.audited[1].status, 200);
}

// The law, with repeats that come at once: one deed a key, one answer, and 409 while it is done.
TEST(RepeatedCalls, OfManyAtOnceOneDoesTheDeed) {
    Repeating door;
    std::mutex mutex;
    std::map<std::string, int> deeds;
    door.runtime.hold = [&](std::string_view what) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const std::lock_guard lock(mutex);
        ++deeds[std::string(what)];
    };
    std::atomic<int> under_way = 0, refused = 0;
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            std::mt19937 rng(t);
            for (int i = 0; i < 40; ++i) {
                const std::string n = std::to_string(rng() % 8);
                const bool other = rng() % 5 == 0;
                const std::string body =
                    R"({"profile":"p","what":")" + n + (other ? "?" : "") + R"("})";
                const HttpResponse told = door.post("/api/v1/tasks", body, n);
                if (told.status == 409) ++under_way;
                if (told.status == 422) ++refused;
                EXPECT_TRUE(told.status == 201 || told.status == 409 || told.status == 422)
                    << told.body;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(deeds.size(), 8u) << "of two bodies for one key the first was done";
    for (const auto& [what, times] : deeds) EXPECT_EQ(times, 1) << what;
    EXPECT_GT(refused, 0);
}

// A new route that makes something is kept; one that only asks has to be said to.
TEST(RepeatedCalls, TheDocumentSaysWhereAKeyCounts) {
    const auto text = embedded_file("api.json");
    ASSERT_TRUE(text.has_value());
    const auto document = boost::json::parse({text->data(), text->size()});
    std::set<std::string_view> asks;
    int kept = 0;
    for (const Route& route : all_routes()) {
        std::string method(route.method);
        for (char& c : method) c = static_cast<char>(std::tolower(c));
        const auto& operation = document.at("paths").at(route.pattern).at(method).as_object();
        bool told = false;
        if (const auto* parameters = operation.if_contains("parameters")) {
            for (const auto& each : parameters->as_array()) {
                const auto* reference = each.as_object().if_contains("$ref");
                told |= reference != nullptr &&
                        reference->as_string() == "#/components/parameters/IdempotencyKey";
            }
        }
        EXPECT_EQ(told, keeps_answers(route)) << route.method << " " << route.pattern;
        EXPECT_TRUE(!told || operation.at("responses").as_object().contains("409"));
        kept += told ? 1 : 0;
        const bool of_roles = !route.access.is_everyone() && !route.access.is_write_key();
        if (route.method == "POST" && of_roles && !told) asks.insert(route.pattern);
    }
    EXPECT_GE(kept, 30);
    EXPECT_EQ(asks.size(), 12u) << "who adds one says why in repeated_calls.cc";
}

}  // namespace
}  // namespace filrouge::http
