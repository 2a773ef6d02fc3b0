#include <gtest/gtest.h>
#include <zlib.h>

#include "engine/source_rules.h"
#include "http/door_for_test.h"
#include "http/route.h"
#include "model/packed.h"

namespace filrouge::http {
namespace {

constexpr std::string_view kEvent =
    R"({"type":"track","event":"Coat Viewed","userId":"camille","messageId":"m1"})";
constexpr std::string_view kBatch =
    R"({"batch":[{"type":"track","event":"A","userId":"camille"},{"type":"page","anonymousId":"a"}]})";

Headers key_in_header() { return {{"authorization", basic("wk")}}; }

std::string gzipped(std::string_view text) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(text.size() + 200, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

TEST(Tracking, EveryNameOfACallIsServed) {
    for (const std::string_view path :
         {"/v1/track", "/v1/t", "/v1/identify", "/v1/i", "/v1/page", "/v1/p", "/v1/screen", "/v1/s",
          "/v1/group", "/v1/g", "/v1/alias", "/v1/a", "/v1/track/", "/v1/t/"}) {
        Door door;
        const HttpResponse response = door.ask("POST", path, std::string(kEvent), key_in_header());
        EXPECT_EQ(response.status, 200) << path;
        EXPECT_EQ(response.body, R"({"success":true})") << path;
        EXPECT_EQ(header(response, "Filrouge-Sequence"), "100");
        EXPECT_EQ(header(response, "Content-Type"), "application/json");
        ASSERT_EQ(door.runtime.ingested.size(), 1u) << path;
        EXPECT_EQ(door.runtime.ingested[0].items.size(), 1u);
        EXPECT_EQ(door.runtime.ingested[0].source, 1);
    }
    for (const std::string_view path : {"/v1/batch", "/v1/b", "/beacon/v1/batch", "/v1/import"}) {
        Door door;
        EXPECT_EQ(door.ask("POST", path, std::string(kBatch), key_in_header()).status, 200) << path;
        ASSERT_EQ(door.runtime.ingested.size(), 1u) << path;
        EXPECT_EQ(door.runtime.ingested[0].items.size(), 2u);
        EXPECT_EQ(door.runtime.ingested[0].import, path == "/v1/import");
        EXPECT_FALSE(door.runtime.ingested[0].confirmed) << "a write key confirms nothing";
    }
}

TEST(Tracking, TheWriteKeyIsFoundInEveryPlace) {
    const auto status = [](std::string_view target, std::string body, Headers headers) {
        Door door;
        return door.ask("POST", target, std::move(body), std::move(headers)).status;
    };
    const std::string with_key =
        R"({"writeKey":"wk","event":"A","userId":"camille","messageId":"m1"})";
    const std::string plain(kEvent);
    EXPECT_EQ(status("/v1/t", plain, {{"authorization", basic("wk")}}), 200);
    EXPECT_EQ(status("/v1/t", plain, {{"authorization", "Basic " + base64_encode("wk")}}), 200)
        << "without a colon";
    EXPECT_EQ(status("/v1/t", plain, {{"authorization", "basic " + base64_encode("wk:")}}), 200);
    EXPECT_EQ(status("/v1/t", with_key, {{"authorization", "Bearer something"}}), 200);
    EXPECT_EQ(status("/v1/t", with_key, {}), 200);
    EXPECT_EQ(status("/v1/t?writeKey=wk", plain, {}), 200);
    EXPECT_EQ(
        status("/v1/batch", R"({"writeKey":"wk","batch":[{"type":"page","userId":"u"}]})", {}),
        200);
    EXPECT_EQ(status("/v1/t?writeKey=unknown", with_key, {}), 200)
        << "the body goes before the query";
    EXPECT_EQ(status("/v1/t?writeKey=wk", with_key, {{"authorization", basic("unknown")}}), 401)
        << "and the header before both";
}

TEST(Tracking, AKeyThatIsMissingUnknownOrOffIsToldAsSdksKnowIt) {
    Door door;
    HttpResponse response = door.ask("POST", "/v1/t", std::string(kEvent));
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.body, "failed to read writekey from header\n");
    response = door.ask("POST", "/v1/t", std::string(kEvent), {{"authorization", basic("nope")}});
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.body, "invalid write key\n");
    response = door.ask("POST", "/v1/t", std::string(kEvent), {{"authorization", basic("wk-off")}});
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.body, "source is disabled\n");
    EXPECT_TRUE(door.runtime.ingested.empty());
}

TEST(Tracking, APhoneNumberIsReadAsInTheCountryOfItsBrand) {
    engine::Settings settings;
    settings.brands = {{"coats", "", "Europe/Paris", "EUR", "33"},
                       {"hats", "", "America/New_York", "USD", "1"}};
    const engine::SourceRules rules(settings);
    engine::SourceInfo source;
    source.brand = "hats";
    EXPECT_EQ(rules.of(source, false)->calling_code, "1");
    source.brand = "coats";
    EXPECT_EQ(rules.of(source, false)->calling_code, "33");
    source.brand = "gone from the file";
    EXPECT_EQ(rules.of(source, false)->calling_code, "33");
}

TEST(Tracking, AnEventIsOfTheMomentItCameAndNotOfItsTurn) {
    Door door;
    HttpRequest request = Door::request("POST", "/v1/t", std::string(kEvent), key_in_header());
    request.waited = seconds(2);
    EXPECT_EQ(door.begin(std::move(request))->wait().status, 200);
    const auto& incoming = std::get<collect::Incoming>(door.runtime.ingested.at(0).items.at(0));
    EXPECT_EQ(incoming.event.at.us, door.runtime.now().us - seconds(2).us);
}

TEST(Tracking, AStrictSourceTakesInOnlyWhatWasDeclared) {
    const auto sent = [](std::string_view key) {
        Door door;
        EXPECT_EQ(door.ask("POST", "/v1/track",
                           R"({"event":"Product Viewed","userId":"u","properties":)"
                           R"({"price":9,"coat_length":90,"mood":"blue"}})",
                           {{"authorization", basic(key)}})
                      .status,
                  200);
        return std::get<collect::Incoming>(door.runtime.ingested.at(0).items.at(0));
    };
    const collect::Incoming strict = sent("wk-strict");
    EXPECT_EQ(PackedView(strict.event.properties).json(), R"({"price":9,"coat_length":90})");
    EXPECT_EQ(strict.undeclared, 1u);
    EXPECT_EQ(sent("wk").undeclared, 0u);
}

TEST(Tracking, OnlyABrokenBodyOrNobodyIs400) {
    const auto text = [](std::string_view path, std::string body) {
        Door door;
        const HttpResponse r = door.ask("POST", path, std::move(body), key_in_header());
        return std::to_string(r.status) + " " + r.body;
    };
    EXPECT_EQ(text("/v1/t", R"({"event":)"), "400 invalid json\n");
    EXPECT_EQ(text("/v1/batch", R"({"batch":[]})"), "400 empty batch payload\n");
    EXPECT_EQ(text("/v1/batch", "{}"), "400 empty batch payload\n");
    EXPECT_EQ(text("/v1/t", R"({"event":"A"})"),
              "400 request neither has anonymousId nor userId\n");
    // One bad event never costs its batch, and a sender that would try for ever is let go.
    EXPECT_EQ(text("/v1/batch", R"({"batch":[{"type":"track","event":"A"},{"type":"what"}]})"),
              "200 {\"success\":true}");
    EXPECT_EQ(text("/v1/t", R"({"userId":"u"})"), "200 {\"success\":true}");
    EXPECT_EQ(text("/v1/merge", R"({"type":"merge","mergeProperties":[]})"),
              "200 {\"success\":true}");
    EXPECT_EQ(text("/v1/audiencelist", R"({"type":"audiencelist","userId":"u"})"),
              "200 {\"success\":true}");
    EXPECT_EQ(text("/v1/m", R"({"series":[]})"), "200 {\"success\":true}");
}

TEST(Tracking, GzipIsUndoneWithinBounds) {
    const auto sent = [](const std::string& body) {
        Door door;
        return door.ask("POST", "/v1/batch", body,
                        {{"authorization", basic("wk")},
                         {"content-encoding", "gzip"},
                         {"content-type", "application/x-www-form-urlencoded"}});
    };
    EXPECT_EQ(sent(gzipped(kBatch)).status, 200);
    EXPECT_EQ(sent(gzipped(kBatch).substr(0, 40)).status, 400);
    EXPECT_EQ(sent(gzipped(std::string(5u << 20, ' '))).status, 413);
    Door door;
    EXPECT_EQ(door.ask("POST", "/v1/batch", "x",
                       {{"authorization", basic("wk")}, {"content-encoding", "br"}})
                  .status,
              415);
}

TEST(Tracking, TheLargestHonestBatchPasses) {
    std::string batch = R"({"batch":[)";
    while (batch.size() < 524'288 - 300) {
        batch += R"({"type":"track","event":"A","userId":"u","properties":{"t":")" +
                 std::string(150, 'x') + R"("}},)";
    }
    batch.back() = ']';
    batch += "}";
    batch.resize(524'288, ' ');
    Door door;
    EXPECT_EQ(door.ask("POST", "/v1/batch", batch, key_in_header()).status, 200);
    EXPECT_EQ(door.ask("POST", "/beacon/v1/batch", batch, key_in_header()).status, 413);
    EXPECT_EQ(door.ask("POST", "/v1/batch", std::string(1'048'577, ' '), key_in_header()).status,
              413);
}

TEST(Tracking, WebhooksAreKeptWholeWhateverTheySay) {
    for (const auto& [method, target, body] :
         {std::tuple{"POST", "/v1/webhook?writeKey=wk", R"({"order":7})"},
          std::tuple{"POST", "/v1/webhook?writeKey=wk", "order=7&name=Jo%C3%ABlle"},
          std::tuple{"POST", "/v1/webhook?writeKey=wk", ""},
          std::tuple{"GET", "/v1/webhook?writeKey=wk&order=7", ""}}) {
        Door door;
        EXPECT_EQ(door.ask(method, target, body).status, 200) << body;
        ASSERT_EQ(door.runtime.ingested.size(), 1u);
        const auto* item = std::get_if<collect::Incoming>(&door.runtime.ingested[0].items[0]);
        ASSERT_NE(item, nullptr) << body;
        EXPECT_EQ(item->event.name, "webhook_source_event");
    }
}

TEST(Track, AFullDiskIsAnsweredSoThatTheSenderKeepsItsEventsForAWhile) {
    Door door;
    door.runtime.ingest_error = Error{"engine.disk_full", "", ""};
    const HttpResponse response = door.ask("POST", "/v1/track", R"({"userId":"u","event":"E"})",
                                           {{"authorization", basic("wk")}});
    EXPECT_EQ(response.status, 507);
    EXPECT_EQ(header(response, "Retry-After"), "10");
}

TEST(Tracking, APixelIsAnImageWhateverHappens) {
    const auto image = [](const HttpResponse& response) {
        return response.status == 200 && header(response, "Content-Type") == "image/gif" &&
               response.body.size() == 43 && response.body.starts_with("GIF89a");
    };
    Door door;
    EXPECT_TRUE(image(door.ask("GET", "/pixel/v1/track?writeKey=wk&event=Seen&anonymousId=a")));
    EXPECT_TRUE(image(door.ask("GET", "/pixel/v1/page?writeKey=wk&userId=u&name=Home")));
    ASSERT_EQ(door.runtime.ingested.size(), 2u);
    EXPECT_TRUE(image(door.ask("GET", "/pixel/v1/track")));
    EXPECT_TRUE(image(door.ask("GET", "/pixel/v1/track?writeKey=unknown&event=E&anonymousId=a")));
    EXPECT_TRUE(image(door.ask("GET", "/pixel/v1/track?writeKey=wk&event=%zz")));
    EXPECT_TRUE(image(door.ask("GET", "/pixel/v1/track/?writeKey=wk&event=E")));
    door.runtime.busy = 3;
    EXPECT_TRUE(image(door.ask("GET", "/pixel/v1/track?writeKey=wk&event=E&anonymousId=a")));
    door.runtime.busy.reset();
    door.runtime.ingest_error = Error{"log.full", "", ""};
    EXPECT_TRUE(image(door.ask("GET", "/pixel/v1/track?writeKey=wk&event=E&anonymousId=a")));
}

TEST(Tracking, TheAnswerWaitsUntilTheEventIsStored) {
    Door door;
    door.runtime.keep_ingest_open = true;
    const auto answer =
        door.begin(Door::request("POST", "/v1/t", std::string(kEvent), key_in_header()));
    EXPECT_FALSE(answer->answered());
    ASSERT_EQ(door.runtime.open_ingests.size(), 1u);
    door.runtime.open_ingests[0](engine::IngestReply{.sequence = 9, .received = 1, .stored = 1});
    EXPECT_EQ(answer->wait().status, 200);
}

TEST(Tracking, WhatCouldNotBeStoredIsForTheSenderToKeep) {
    Door door;
    door.runtime.ingest_error = Error{"log.full", "", ""};
    const HttpResponse response = door.ask("POST", "/v1/t", std::string(kEvent), key_in_header());
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(header(response, "Retry-After"), "1");
}

TEST(Tracking, OverloadIsToldBeforeTheBodyIsRead) {
    Door door;
    door.runtime.busy = 3;
    const auto refusal =
        door.routes->refuse(Door::request("POST", "/v1/batch", "", {{"origin", "https://a.test"}}),
                            {.content_length = 9});
    ASSERT_NE(refusal, nullptr);
    EXPECT_EQ(refusal->status, 429);
    EXPECT_EQ(header(*refusal, "Retry-After"), "3");
    EXPECT_EQ(header(*refusal, "Access-Control-Allow-Origin"), "https://a.test");
    EXPECT_EQ(door.routes->refuse(Door::request("GET", "/healthz"), {}), nullptr);
    EXPECT_EQ(door.routes->refuse(Door::request("POST", "/api/v1/consents"), {}), nullptr)
        << "a withdrawal is taken under any load";
}

TEST(Tracking, EventsThatWouldWaitTooLongForTheirTurnAreRefusedAndNothingElseIs) {
    Door door;
    const auto status = [&](std::string_view method, std::string_view path, std::int64_t wait_ms,
                            bool stands = false) {
        const auto refusal = door.routes->refuse(
            Door::request(method, path, "", {{"authorization", "Bearer token-staff"}}),
            {.content_length = 9, .turn_wait_ms = wait_ms, .queue_stands = stands});
        return refusal == nullptr ? 0 : refusal->status;
    };
    EXPECT_EQ(status("POST", "/v1/batch", 190), 0);
    EXPECT_EQ(status("POST", "/v1/batch", 210), 429);
    EXPECT_EQ(status("POST", "/v1/batch", 90, true), 0);
    EXPECT_EQ(status("POST", "/v1/batch", 110, true), 429) << "the queue stands";
    EXPECT_EQ(status("POST", "/api/v1/consents", 60'000), 0);
    EXPECT_EQ(status("GET", "/healthz", 60'000), 0);
}

TEST(Tracking, ProbesQuestionsAndConsentsGoBeforeEvents) {
    Door door;
    for (const Route& route : all_routes()) {
        EXPECT_EQ(door.routes->goes_first(Door::request(route.method, route.pattern)),
                  route.lane != Lane::Ingest)
            << route.pattern;
    }
    EXPECT_TRUE(door.routes->goes_first(Door::request("GET", "/nowhere")));
}

TEST(Tracking, RequestsAreHeldWhileTheEngineStarts) {
    Door door(engine::RuntimeState::Starting, {.held_max = 2});
    const auto first =
        door.begin(Door::request("POST", "/v1/t", std::string(kEvent), key_in_header()));
    const auto second = door.begin(
        Door::request("POST", "/v1/t", std::string(kEvent), {{"authorization", basic("nope")}}));
    const HttpResponse third = door.ask("POST", "/v1/t", std::string(kEvent), key_in_header());
    EXPECT_EQ(third.status, 503) << "there is a bound";
    EXPECT_EQ(header(third, "Retry-After"), "1");
    EXPECT_FALSE(first->answered());
    EXPECT_FALSE(second->answered()) << "a key is not unknown before the sources are known";
    EXPECT_EQ(door.ask("GET", "/healthz").status, 200);
    EXPECT_EQ(door.ask("GET", "/readyz").status, 503);
    door.runtime.finish_starting();
    EXPECT_EQ(first->wait().status, 200);
    EXPECT_EQ(second->wait().status, 401);
    EXPECT_EQ(door.ask("GET", "/readyz").status, 200);
    door.runtime.disk_is_short = true;
    EXPECT_EQ(door.ask("GET", "/readyz").status, 200);
    EXPECT_NE(door.ask("GET", "/readyz").body.find("short of disk space"), std::string::npos);
}

TEST(Tracking, AStartThatTakesTooLongIs503) {
    Door door(engine::RuntimeState::Starting, {.hold_time = std::chrono::milliseconds(50)});
    const HttpResponse response = door.ask("POST", "/v1/t", std::string(kEvent), key_in_header());
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(header(response, "Retry-After"), "1");
    EXPECT_EQ(door.ask("GET", "/pixel/v1/track?writeKey=wk").status, 200);
}

TEST(Tracking, StoppingAnswersWhatIsHeld) {
    Door door(engine::RuntimeState::Starting);
    const auto held =
        door.begin(Door::request("POST", "/v1/t", std::string(kEvent), key_in_header()));
    door.routes->stop();
    EXPECT_EQ(held->wait().status, 503);
}

TEST(Tracking, ABodyIsReadAsFarAsItsRouteTakesItAndALargeOneOnlyOfWhoIsKnown) {
    constexpr std::size_t kMiB = 1024 * 1024;
    EXPECT_EQ(greatest_body_bytes_max(), 16 * kMiB);
    Door door;
    const auto most = [&](const char* method, const char* path) {
        return door.routes->body_bytes_max(Door::request(method, path));
    };
    EXPECT_EQ(most("POST", "/v1/batch"), kMiB);
    EXPECT_EQ(most("POST", "/api/v1/profiles/import"), 16 * kMiB);
    for (const char* path : {"/v1/batch", "/nothing", "*"})
        EXPECT_EQ(most("OPTIONS", path), kUnreadBodyBytesMax) << path;

    const auto refused = [&](const char* method, const char* path, std::size_t bytes,
                             const Headers& headers = {}) {
        const auto refusal = door.routes->refuse(Door::request(method, path, "", headers),
                                                 {.content_length = bytes});
        return refusal == nullptr ? 0 : refusal->status;
    };
    const Headers known = {{"authorization", "Bearer token-privacy"}};
    EXPECT_EQ(refused("POST", "/v1/batch", kMiB), 0);
    EXPECT_EQ(refused("POST", "/v1/batch", kMiB + 1), 413);
    EXPECT_EQ(refused("OPTIONS", "/v1/batch", kMiB), 413);
    EXPECT_EQ(refused("POST", "/api/v1/profiles/import", 16 * kMiB, known), 0);
    EXPECT_EQ(refused("POST", "/api/v1/profiles/import", 16 * kMiB + 1, known), 413);
    EXPECT_EQ(refused("POST", "/api/v1/profiles/import", 1), 401);
}

TEST(Tracking, AnyPageMaySendButNotWithCookies) {
    Door door;
    Headers headers = key_in_header();
    headers.emplace_back("origin", "https://www.shop.test");
    const HttpResponse sent = door.ask("POST", "/v1/t", std::string(kEvent), headers);
    EXPECT_EQ(header(sent, "Access-Control-Allow-Origin"), "https://www.shop.test");
    EXPECT_EQ(header(sent, "Access-Control-Allow-Credentials"), "");
    EXPECT_EQ(header(sent, "Vary"), "Origin");
    const HttpResponse refused = door.ask("POST", "/v1/t", "{", headers);
    EXPECT_EQ(header(refused, "Access-Control-Allow-Origin"), "https://www.shop.test");

    const HttpResponse asked = door.ask(
        "OPTIONS", "/v1/t", "",
        {{"origin", "https://www.shop.test"},
         {"access-control-request-method", "POST"},
         {"access-control-request-headers", "authorization,content-type,rsa-retry-attempt"}});
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(header(asked, "Access-Control-Allow-Origin"), "https://www.shop.test");
    EXPECT_EQ(header(asked, "Access-Control-Allow-Headers"),
              "authorization,content-type,rsa-retry-attempt");
    EXPECT_EQ(header(asked, "Access-Control-Allow-Methods"), "GET, POST, OPTIONS");
    EXPECT_EQ(header(asked, "Access-Control-Max-Age"), "900");
    EXPECT_EQ(header(asked, "Access-Control-Allow-Credentials"), "");

    const HttpResponse api =
        door.ask("OPTIONS", "/api/v1/stats", "", {{"origin", "https://www.shop.test"}});
    EXPECT_EQ(header(api, "Access-Control-Allow-Origin"), "");
    EXPECT_EQ(header(api, "Allow"), "GET, OPTIONS");
}

TEST(Tracking, TheSegmentSdkBoots) {
    Door door;
    const HttpResponse response =
        door.ask("GET", "/v1/projects/wk/settings", "", {{"origin", "https://www.shop.test"}});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body,
              R"({"integrations":{"Segment.io":{"apiKey":"wk","apiHost":"track.shop.test/v1",)"
              R"("protocol":"http","addBundledMetadata":true}},"plan":{"track":{"__default":)"
              R"({"enabled":true,"integrations":{}}}},"metrics":{"sampleRate":0},)"
              R"("remotePlugins":[]})");
    EXPECT_EQ(header(response, "Access-Control-Allow-Origin"), "https://www.shop.test");
    const HttpResponse behind_tls =
        door.ask("GET", "/v1/projects/wk/settings", "", {{"x-forwarded-proto", "https"}});
    EXPECT_NE(behind_tls.body.find(R"("protocol":"https")"), std::string::npos);
    EXPECT_EQ(door.ask("GET", "/v1/projects/nope/settings").status, 404);
    EXPECT_EQ(header(response, "Cache-Control"), "no-store")
        << "it tells the host that one proxy was asked for";
}

TEST(Tracking, TheRudderStackSdkBoots) {
    Door door;
    door.clock.set({1'763'805'600'123'000});
    const HttpResponse response = door.ask(
        "GET",
        "/sourceConfig/?p=npm&v=3.34.1&build=modern&writeKey=wk&lockIntegrationsVersion=false");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body,
              R"({"source":{"id":"web-shop","name":"Web shop","writeKey":"wk","config":)"
              R"({"statsCollection":{"errors":{"enabled":false},"metrics":{"enabled":false}}},)"
              R"("enabled":true,"workspaceId":"filrouge","destinations":[]},)"
              R"("updatedAt":"2025-11-22T10:00:00.123Z"})");
    EXPECT_EQ(door.ask("GET", "/sourceConfig", "", key_in_header()).status, 200);
    EXPECT_EQ(door.ask("GET", "/sourceConfig").status, 401);
    EXPECT_EQ(door.ask("GET", "/sourceConfig?writeKey=nope").status, 401);
    EXPECT_EQ(door.ask("GET", "/analytics.js/v1/wk/analytics.min.js").status, 404);
}

TEST(Tracking, ProbesAnswer) {
    Door door;
    EXPECT_EQ(door.ask("GET", "/health").body, R"({"status":"ready"})");
    EXPECT_EQ(door.ask("GET", "/version").status, 200);
    EXPECT_EQ(door.ask("GET", "/robots.txt").body, "User-agent: *\nDisallow: /\n");
    door.ask("POST", "/v1/t", std::string(kEvent), key_in_header());
    const HttpResponse metrics = door.ask("GET", "/metrics");
    EXPECT_NE(metrics.body.find("filrouge_events_total 7\n"), std::string::npos);
    EXPECT_NE(metrics.body.find("filrouge_http_requests_total{lane=\"ingest\",status=\"2xx\"} 1\n"),
              std::string::npos);
    EXPECT_EQ(door.ask("GET", "/v2/track").status, 404);
    const HttpResponse wrong = door.ask("PUT", "/v1/track");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(header(wrong, "Allow"), "POST, OPTIONS");
}

}  // namespace
}  // namespace filrouge::http
