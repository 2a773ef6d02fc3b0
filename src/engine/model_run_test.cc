// Models whose figures become traits: in the fold, and through the runtime.
#include "engine/model_run.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>
#include <random>

#include "base/json_writer.h"
#include "base/seed_for_test.h"
#include "engine/shop_for_test.h"
#include "engine/world_for_test.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

std::uint64_t seed() { return test_seed(7); }

// --- in the fold

TEST(Predictions, FollowMergesAndUnMergesAsTraitsDoAndReplayEqualsLive) {
    World world(seed());
    world.audience("leaving", "trait(p_alive) < 0.3", 0);
    world.audience("staying", "trait(p_alive) >= 0.3", 1);
    world.settle();
    std::mt19937_64 random(seed());
    for (int step = 0; step < 400; ++step) {
        world.now.us += minutes(10).us;
        const std::string who = std::to_string(random() % 12);
        const EventTime at = as_event_time(world.now);
        switch (random() % 4) {
            case 0: world.send(contact("Page Viewed", at, {visitor(who)})); break;
            case 1: world.send(contact("Page Viewed", at, {user(who)})); break;
            case 2:  // past three visitors a user's oldest is let go
                world.send(
                    contact("Page Viewed", at, {user(std::to_string(random() % 4)), visitor(who)}));
                break;
            default: {
                const std::uint32_t known = world.fold->graph.fragments();
                if (known == 0) break;
                const FragmentNo fragment{static_cast<std::uint32_t>(random() % known)};
                if (world.fold->graph.knows(fragment))
                    world.predict(fragment, static_cast<std::int64_t>(random() % 10'001));
            }
        }
        world.settle();
        world.expect_live_is_full("step " + std::to_string(step));
        if (testing::Test::HasFatalFailure()) return;
    }
    EXPECT_GT(world.fold->graph.counters().splits + world.fold->graph.counters().merges, 0u);
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
}

// Also where a rule asks for them, which no command lets happen.
TEST(Predictions, GoWithTheirModelAndNothingElseDoes) {
    World world(seed());
    world.audience("leaving", "trait(p_alive) < 0.3", 0);
    world.audience("known", "trait(p_alive) exists or trait(shoe) exists", 1);
    world.settle();
    std::mt19937_64 random(seed());
    for (int round = 0; round < 12; ++round) {
        const std::string purpose = round % 3 == 0 ? "service" : "measurement";
        const std::string id = "value." + purpose;
        world.document(RecordType::ModelChange, id,
                       R"({"kind":"value","request":{"purpose":")" + purpose + "\"}}");
        for (int i = 0; i < 30; ++i) {
            world.now.us += minutes(1).us;
            const std::string who = std::to_string(random() % 12);
            world.send(contact("Page Viewed", as_event_time(world.now), {user(who)}));
            world.predict(world.fragment(0, user(who)),
                          static_cast<std::int64_t>(random() % 10'001));
        }
        world.settle();
        const std::uint64_t before = world.fold->live.count(audience::AudienceNo{1});
        EXPECT_GT(before, 0u);
        world.remove(RecordType::ModelChange, id);
        world.expect_live_is_full("round " + std::to_string(round));
        const bool of_them = purpose == "measurement";
        EXPECT_EQ(world.fold->live.count(audience::AudienceNo{1}), of_them ? 0u : before);
        world.remove(RecordType::ModelChange, id);  // of none there is
    }
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
}

TEST(Predictions, AreNoEventsAndStayBesideWhatWasTold) {
    World world(seed());
    world.send(contact("Page Viewed", as_event_time(world.now), {user("camille")}));
    const FragmentNo camille = world.fragment(0, user("camille"));
    PersonReader reader(*world.fold);
    const auto counts = [&] {
        return std::tuple(world.fold->counted(1, "stored"), world.fold->counts.size(),
                          world.fold->event_names.size(), world.fold->source_events.size(),
                          reader.history_of(PersonNo{camille.value}, 0).size());
    };
    const auto before = counts();
    world.predict(camille, 4'000, 0);
    world.predict(camille, 9'000, 1);
    EXPECT_EQ(counts(), before);
    // Each purpose has its own figure, and the other's run does not take it away.
    const auto alive = [&](std::uint8_t purpose) {
        const auto traits =
            reader.look_without_events(PersonNo{camille.value}, {0, purpose}).traits;
        return traits.size() == 1 && traits[0].model == ModelKind::Value ? traits[0].value.number
                                                                         : -1;
    };
    EXPECT_EQ(alive(0), 4'000);
    EXPECT_EQ(alive(1), 9'000);
    EXPECT_EQ(alive(2), -1);
    world.now.us += 1;
    world.predict(camille, 5'000, 0);
    EXPECT_EQ(alive(0), 5'000);
    EXPECT_EQ(alive(1), 9'000);
}

TEST(Predictions, ARecordCutShortIsNone) {
    PredictedFacts facts;
    facts.values = {{"p_alive", 5'000}, {"predicted_value", std::nullopt}};
    Bytes clear, plain;
    encode_predicted_clear(facts, clear);
    encode_predicted_sealed(facts, plain);
    PredictedFacts read;
    ASSERT_TRUE(decode_predicted_clear(clear, read) && decode_predicted_sealed(plain, read));
    EXPECT_EQ(read.values, facts.values);
    for (std::size_t n = 0; n < clear.size(); ++n)
        EXPECT_FALSE(decode_predicted_clear(BytesView(clear).substr(0, n), read)) << n;
    for (std::size_t n = 0; n < plain.size(); ++n)
        EXPECT_FALSE(decode_predicted_sealed(BytesView(plain).substr(0, n), read)) << n;
}

// --- through the runtime

Settings two_purposes() {
    Settings s = shop_settings();
    s.purposes.push_back({"marketing", LegalBasis::Consent, false, {"Advertising"}});
    return s;
}

class Market {
  public:
    explicit Market(fake::FakeDisk& disk) : shop(disk, seed(), {}, two_purposes()) {}

    // Purchases of a few weeks; every fifth buyer is measured but wants no marketing.
    void trade(int buyers, int weeks) {
        IngestRequest request;
        request.source = shop.runtime->source_by_write_key("wk")->number;
        const EventTime now = as_event_time(shop.clock.now());
        for (int buyer = 0; buyer < buyers; ++buyer) {
            const std::uint64_t often = 1 + random_() % 4;
            for (std::uint64_t k = 0; k <= often; ++k) {
                collect::Incoming in;
                in.event.name = "Order Completed";
                in.event.at = now - days(static_cast<std::int64_t>(
                                        random_() % static_cast<std::uint64_t>(7 * weeks)));
                in.event.message_id = "m" + std::to_string(next_++);
                in.event.identifiers = {{IdentifierType::UserId, name_of(buyer), {}}};
                in.event.has_value = true;
                in.event.value = {static_cast<std::int64_t>(10 + random_() % 90) * 10'000,
                                  *Currency::parse("EUR")};
                in.consents = {{"measurement", true}, {"marketing", buyer % 5 != 0}};
                request.items.push_back(std::move(in));
            }
        }
        ASSERT_TRUE(shop.ingest(std::move(request)).has_value());
        shop.runtime->wait_until_folded();
    }
    // So long ago.
    void buys(const std::string& user, const std::vector<Duration>& times) {
        IngestRequest request;
        request.source = shop.runtime->source_by_write_key("wk")->number;
        for (const Duration ago : times) {
            collect::Incoming in;
            in.event.name = "Order Completed";
            in.event.at = as_event_time(shop.clock.now()) - ago;
            in.event.message_id = "m" + std::to_string(next_++);
            in.event.identifiers = {{IdentifierType::UserId, user, {}}};
            in.consents = {{"measurement", true}, {"marketing", true}};
            request.items.push_back(std::move(in));
        }
        ASSERT_TRUE(shop.ingest(std::move(request)).has_value());
        shop.runtime->wait_until_folded();
    }
    static std::string name_of(int buyer) { return "u" + std::to_string(buyer); }

    json::object run(const std::string& body) {
        const auto done = shop.runtime->run_model(ModelKind::Value, body, Mask());
        EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().message);
        return done.ok() ? json::parse(done.value()).as_object() : json::object();
    }
    void audience(const std::string& name, const std::string& purpose, const std::string& rule) {
        std::string body;
        JsonWriter(body)
            .open_object()
            .field("name", name)
            .field("purpose", purpose)
            .field("rule", rule)
            .close();
        const std::string made = shop.command(&Runtime::create_audience, body);
        ASSERT_TRUE(made.starts_with("{")) << made;
    }
    // Until its backfill is through.
    std::int64_t members(const std::string& name) {
        for (int i = 0; i < 500; ++i) {
            const json::value audience = json::parse(shop.runtime->audience(name, 0).value());
            if (audience.at("complete").as_bool()) return audience.at("count").as_int64();
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return -1;
    }
    json::object profile(const std::string& user, const std::string& purpose) {
        const auto found = shop.runtime->find_profile("user_id", user, "", 0);
        EXPECT_TRUE(found.ok());
        const std::string id(json::parse(found.value()).at("id").as_string());
        return json::parse(shop.runtime->profile(id, purpose, "", 0).value()).as_object();
    }
    std::uint64_t written(const json::object& model) {
        return model.at("fit").at("profiles_written").to_number<std::uint64_t>();
    }

  private:
    std::mt19937_64 random_{seed()};
    std::uint64_t next_ = 1;

  public:
    Shop shop;
};

constexpr const char* kMarketing = R"({"purpose":"marketing","weeks":12,"refit_days":0})";

TEST(Model, ItsFiguresAreTraitsOfWhoAllowsThePurposeAndRulesFollowARerun) {
    fake::FakeDisk disk;
    Market market(disk);
    market.trade(60, 20);
    market.audience("known", "marketing", "trait(p_alive) exists");
    market.audience("leaving", "marketing", "trait(p_alive) < 0.4");
    market.audience("other purpose", "measurement", "trait(p_alive) exists");
    EXPECT_EQ(market.members("known"), 0);

    const json::object first = market.run(kMarketing);
    EXPECT_EQ(market.written(first), 48u) << "every fifth of 60 said no";
    EXPECT_EQ(market.members("known"), 48);
    EXPECT_EQ(market.members("other-purpose"), 0);
    const std::int64_t leaving = market.members("leaving");
    EXPECT_LT(leaving, 48);

    const json::object profile = market.profile("u1", "marketing");
    const json::value& alive = profile.at("traits").at("p_alive");
    EXPECT_EQ(alive.at("model"), "value");
    EXPECT_GT(alive.at("value").to_number<double>(), 0);
    EXPECT_LE(alive.at("value").to_number<double>(), 1);
    EXPECT_TRUE(profile.at("traits").as_object().contains("predicted_value"));
    EXPECT_TRUE(market.profile("u1", "measurement").at("traits").as_object().empty());

    // At once, nobody's figures have moved; half a year later everybody is less likely to return.
    EXPECT_EQ(market.written(market.run(kMarketing)), 0u);
    market.shop.clock.advance(days(180));
    market.trade(1, 1);
    EXPECT_GT(market.written(market.run(kMarketing)), 0u);
    EXPECT_GT(market.members("leaving"), leaving);
    // Another horizon is another figure, however near.
    EXPECT_EQ(market.written(market.run(R"({"purpose":"marketing","weeks":12.5})")), 48u);
}

// Whole days: else every buyer would be a history of their own, and no million could be fitted.
TEST(Model, BuyersOfTheSameDaysAreExpectedToDoTheSame) {
    fake::FakeDisk disk;
    Market market(disk);
    market.trade(60, 20);
    for (const auto& [user, hour] : {std::pair("early", 20), std::pair("late", 11)})
        market.buys(user, {hours(24 * 70 + hour), hours(24 * 30 + hour), hours(24 * 9 + hour)});
    market.run(kMarketing);
    const auto alive = [&](const std::string& user) {
        return market.profile(user, "marketing").at("traits").at("p_alive").at("value");
    };
    EXPECT_EQ(alive("early"), alive("late"));
    EXPECT_GT(alive("early").to_number<double>(), 0);
}

TEST(Model, IsThereAfterARestartAndReplayEqualsLive) {
    fake::FakeDisk disk;
    std::string hash, models;
    {
        Market market(disk);
        market.trade(40, 20);
        market.run(kMarketing);
        market.shop.runtime->wait_until_folded();
        hash = market.shop.runtime->state_hash();
        models = market.shop.runtime->models("").value();
    }
    for (const std::string& file : disk.list("shop/state/fold").value())
        ASSERT_TRUE(disk.remove("shop/state/fold/" + file).ok());
    Market again(disk);
    again.shop.runtime->wait_until_folded();
    EXPECT_EQ(again.shop.runtime->state_hash(), hash);
    EXPECT_EQ(again.shop.runtime->models("").value(), models);
    EXPECT_EQ(json::parse(models).at("models").at(0).at("id"), "value.marketing");
}

TEST(Model, WithTooFewBuyersSaysSoAndWritesNothing) {
    fake::FakeDisk disk;
    Market market(disk);
    market.trade(6, 20);
    const std::uint64_t before = market.shop.runtime->folded();
    const auto failed = market.shop.runtime->run_model(ModelKind::Value, kMarketing, Mask());
    ASSERT_FALSE(failed.ok());
    EXPECT_TRUE(failed.error().code.starts_with("measure.")) << failed.error().code;
    for (const char* wrong :
         {"[]", R"({"purpose":"spying"})", R"({"purpose":"marketing","weeks":0})",
          R"({"purpose":"marketing","from":"2026-01-01"})",
          R"({"purpose":"marketing","refit_days":-1})"})
        EXPECT_FALSE(market.shop.runtime->run_model(ModelKind::Value, wrong, Mask()).ok()) << wrong;
    EXPECT_EQ(market.shop.runtime->folded(), before);
    EXPECT_EQ(market.shop.runtime->models("").value(), R"({"models":[]})");
}

TEST(Model, IsFittedAgainWhenItIsDueAndTheShopRests) {
    fake::FakeDisk disk;
    Market market(disk);
    market.trade(40, 20);
    const json::object first = market.run(R"({"purpose":"marketing","refit_days":7})");
    const auto fitted_at = [&] {
        return json::parse(market.shop.runtime->models("").value())
            .at("models")
            .at(0)
            .at("fitted_at")
            .as_string();
    };
    EXPECT_EQ(fitted_at(), first.at("fitted_at").as_string());
    market.shop.clock.advance(days(7));
    for (int i = 0; i < 1'500 && fitted_at() == first.at("fitted_at").as_string(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_NE(fitted_at(), first.at("fitted_at").as_string());
}

}  // namespace
}  // namespace filrouge::engine
