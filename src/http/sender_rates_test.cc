#include "http/sender_rates.h"

#include <gtest/gtest.h>

#include "http/door_for_test.h"

namespace filrouge::http {
namespace {

constexpr std::string_view kVisitor = "81.2.69.142";
constexpr std::uint32_t kLimit = 200;

// A batch of page views through the door; answers how many of them were taken for a bot's.
struct Crowd {
    Door door;
    std::string peer{kVisitor};
    Headers headers{{"authorization", basic("wk")}};
    std::string_view path = "/v1/batch";
    std::string member;  // of each event

    std::size_t send(std::size_t events) {
        std::string body = R"({"batch":[)";
        for (std::size_t i = 0; i < events; ++i) {
            body += std::string(i == 0 ? "" : ",") + R"({"type":"page","anonymousId":"a)" +
                    std::to_string(i) + "\"" + member + "}";
        }
        HttpRequest request = Door::request("POST", path, body + "]}", headers);
        request.peer = peer;
        EXPECT_EQ(door.begin(std::move(request))->wait().status, 200);
        std::size_t bots = 0;
        for (const collect::Item& item : door.runtime.ingested.back().items) {
            const auto& incoming = std::get<collect::Incoming>(item);
            EXPECT_TRUE(incoming.bot == BotVerdict::Human || incoming.bot == BotVerdict::Rate);
            bots += incoming.bot == BotVerdict::Rate ? 1 : 0;
        }
        return bots;
    }
    std::size_t send_from(std::string_view address, std::size_t events) {
        peer = address;
        return send(events);
    }
};

TEST(SenderRates, WhatOneAddressSendsPastTheRateIsABots) {
    Crowd crowd;
    EXPECT_EQ(crowd.send(150), 0u);
    EXPECT_EQ(crowd.send(100), 50u) << "a batch counts as its events";
    EXPECT_EQ(crowd.send(1), 1u);
    EXPECT_EQ(crowd.send_from("81.2.69.143", 1), 0u) << "somebody else";
    crowd.door.clock.advance(seconds(10));
    EXPECT_EQ(crowd.send_from(kVisitor, kLimit), 0u);
}

TEST(SenderRates, AHomeHasManyAddressesOfIpv6AndIsOneSender) {
    Crowd crowd;
    EXPECT_EQ(crowd.send_from("2a00:1450:4007:80f::1", kLimit), 0u);
    EXPECT_EQ(crowd.send_from("2a00:1450:4007:80f:dead:beef:0:2", 5), 5u);
    EXPECT_EQ(crowd.send_from("2a00:1450:4007:810::1", 5), 0u);
    EXPECT_EQ(crowd.send_from("::ffff:81.2.69.142", kLimit), 0u);
    EXPECT_EQ(crowd.send_from("81.2.69.142", 5), 5u) << "the same address, written otherwise";
}

TEST(SenderRates, BehindAProxyTheAddressItSawCounts) {
    Crowd crowd;
    crowd.peer = "10.0.0.7";
    EXPECT_EQ(crowd.send(2 * kLimit), 0u) << "a proxy that does not tell stands for everybody";
    crowd.headers.emplace_back("x-forwarded-for", "1.1.1.1, 81.2.69.142, 192.168.0.1");
    EXPECT_EQ(crowd.send(kLimit), 0u);
    crowd.headers.back().second = "9.9.9.9, 81.2.69.142";
    EXPECT_EQ(crowd.send(5), 5u) << "what a sender writes before it changes nothing";
    crowd.headers.back().second = "81.2.69.143";
    EXPECT_EQ(crowd.send(5), 0u);
    crowd.headers.back().second = "somebody";
    EXPECT_EQ(crowd.send(2 * kLimit), 0u);
    EXPECT_EQ(crowd.send_from("81.2.69.142", 5), 5u) << "of the Internet nobody is believed";
}

TEST(SenderRates, WhoSendsForEverybodyIsNotMeasured) {
    Crowd crowd;
    crowd.path = "/v1/import";
    EXPECT_EQ(crowd.send(2 * kLimit), 0u);
    crowd.path = "/v1/batch";
    for (const std::string_view channel : {"server", "store", "kiosk", "call"}) {
        crowd.member = R"(,"context":{"channel":")" + std::string(channel) + R"("})";
        EXPECT_EQ(crowd.send(2 * kLimit), 0u) << channel;
    }
    crowd.member = R"(,"context":{"channel":"app"})";
    EXPECT_EQ(crowd.send(kLimit + 1), 1u);
}

TEST(SenderRates, ASourceOfTillsIsNotMeasured) {
    fake::FakeRandom random{7};
    SenderRates rates(10, random);
    HttpRequest request;
    request.peer = kVisitor;
    engine::SourceInfo tills;
    tills.number = 3;
    tills.channel = Channel::Store;
    engine::IngestRequest events;
    events.items.assign(50, collect::Incoming{});
    rates.judge(request, tills, IngestTime{1'000'000'000'000}, events);
    for (const collect::Item& item : events.items) {
        EXPECT_EQ(std::get<collect::Incoming>(item).bot, BotVerdict::Human);
    }
}

}  // namespace
}  // namespace filrouge::http
