// A town for the tests of questions: a shop whose people browse, buy, sign in (and so become one
// with an earlier visitor) and change their minds about being measured. Header only.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/seed_for_test.h"
#include "engine/masking.h"
#include "engine/shop_for_test.h"

namespace filrouge::engine {

namespace json = boost::json;

inline std::uint64_t seed() { return test_seed(7); }

// What a test wants to have happened: somebody did something, so long before now.
struct Deed {
    std::string user, name;
    Duration ago;
    std::int64_t euros = 0;
    std::string product = {}, place = {};
    Channel channel = Channel::Web;
    IdentifierType by = IdentifierType::UserId;
};

class Town {
  public:
    explicit Town(std::uint64_t with_seed) : random_(with_seed), shop(disk_, with_seed) {}

    void live(int events) {
        IngestRequest request;
        request.source = shop.runtime->source_by_write_key("wk")->number;
        for (int i = 0; i < events; ++i) request.items.push_back(something());
        ASSERT_TRUE(shop.ingest(std::move(request)).has_value());
        shop.clock.advance(minutes(7));
        shop.runtime->wait_until_folded();
    }
    void happened(const std::vector<Deed>& deeds) {
        for (std::size_t from = 0; from < deeds.size(); from += 1'000) {
            IngestRequest request;
            request.source = shop.runtime->source_by_write_key("wk")->number;
            const std::size_t end = std::min(deeds.size(), from + 1'000);
            for (std::size_t i = from; i < end; ++i) request.items.push_back(item_of(deeds[i]));
            ASSERT_TRUE(shop.ingest(std::move(request)).has_value());
        }
        shop.runtime->wait_until_folded();
    }
    json::object ask(const std::string& body) {
        const auto answer = shop.runtime->ask(body, AnswerForm::Json, "", Mask());
        EXPECT_TRUE(answer.ok()) << body << ": " << (answer.ok() ? "" : answer.error().message);
        return answer.ok() ? json::parse(answer.value()).as_object() : json::object();
    }
    std::string error_of(const std::string& body) {
        const auto answer = shop.runtime->ask(body, AnswerForm::Json, "", Mask());
        return answer.ok() ? "" : answer.error().code;
    }
    std::int64_t count(const std::string& rule) {
        const auto answer = shop.runtime->count_rule(rule, "measurement", "");
        EXPECT_TRUE(answer.ok()) << rule << ": " << (answer.ok() ? "" : answer.error().message);
        return answer.ok() ? json::parse(answer.value()).at("count").as_int64() : -1;
    }

  private:
    collect::Item item_of(const Deed& deed) {
        collect::Incoming in;
        in.event.name = deed.name;
        in.event.at = as_event_time(shop.clock.now()) - deed.ago;
        in.event.message_id = "m" + std::to_string(next_++);
        in.event.channel = deed.channel;
        in.event.identifiers.push_back({deed.by, deed.user, {}});
        in.event.has_value = deed.euros != 0;
        in.event.value = {deed.euros * 10'000, *Currency::parse("EUR")};
        in.event.product = deed.product;
        in.event.place = deed.place;
        in.consents = {{"measurement", true}};
        return in;
    }
    collect::Item something() {
        collect::Incoming in;
        const auto pick = [this](std::uint64_t n) { return random_() % n; };
        constexpr const char* kNames[] = {"Product Viewed", "Product Viewed", "Product Added",
                                          "Order Completed", "Page Viewed"};
        in.event.name = kNames[pick(5)];
        in.event.at = as_event_time(shop.clock.now()) -
                      seconds(static_cast<std::int64_t>(pick(20) == 0 ? pick(400'000) : pick(600)));
        in.event.message_id = "m" + std::to_string(next_++);
        in.event.channel = pick(3) == 0 ? Channel::Store : Channel::Web;
        const std::string user = "u" + std::to_string(pick(40));
        const std::string visitor = "a" + std::to_string(pick(60));
        const std::uint64_t known_by = pick(10);
        if (known_by < 5) in.event.identifiers.push_back({IdentifierType::UserId, user, {}});
        if (known_by > 3)
            in.event.identifiers.push_back({IdentifierType::AnonymousId, visitor, {}});
        if (in.event.name == "Order Completed") {
            in.event.has_value = true;
            in.event.value = {static_cast<std::int64_t>(1 + pick(90)) * 10'000,
                              *Currency::parse("EUR")};
        }
        in.event.product = "p" + std::to_string(pick(6));
        in.consents = {{"measurement", pick(25) != 0}};
        in.bot = pick(30) == 0 ? BotVerdict::UserAgent : BotVerdict::Human;
        return in;
    }
    std::mt19937_64 random_;
    fake::FakeDisk disk_;
    std::uint64_t next_ = 1;

  public:
    Shop shop;
};

}  // namespace filrouge::engine
