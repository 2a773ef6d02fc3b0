// The score of who resembles an audience: what rules make of it, and who has none.
#include <boost/json.hpp>
#include <thread>

#include "base/json_writer.h"
#include "engine/rights_desk.h"
#include "engine/times.h"
#include "engine/town_for_test.h"

namespace filrouge::engine {
namespace {

constexpr int kEach = 60;
constexpr const char* kHasScore = "trait(lookalike_buyers) exists";

std::string user(char kind, int i) { return kind + std::to_string(i); }

// Buyers look at shoes and buy; the alike look at shoes; readers look at books.
struct Street {
    Street() : town(seed()) {
        for (int i = 0; i < kEach; ++i) visit(i, hours(20));
        std::vector<Deed> orders;
        orders.reserve(kEach);
        for (int i = 0; i < kEach; ++i)
            orders.push_back({user('b', i), "Order Completed", hours(3), 40});
        town.happened(orders);
        audience("Buyers", "any(Order Completed)");
    }
    void visit(int i, Duration ago) {
        std::vector<Deed> deeds;
        for (const char kind : {'b', 'a', 'r'}) {
            const std::string product = kind == 'r' ? "book" : "shoes";
            for (int n = 0; n <= i % 3; ++n)
                deeds.push_back({user(kind, i), "Product Viewed", ago, 0, product});
        }
        town.happened(deeds);
    }
    std::string make(const std::string& name, const std::string& rule) {
        std::string body;
        JsonWriter(body)
            .open_object()
            .field("name", name)
            .field("purpose", "measurement")
            .field("rule", rule)
            .close();
        return town.shop.command(&Runtime::create_audience, body);
    }
    // The code of why an audience is not made; empty where it is.
    std::string refusal(const std::string& name, const std::string& rule) {
        const std::string made = make(name, rule);
        return made.starts_with("{") ? "" : made;
    }
    std::string removed(void (Runtime::*remove)(std::string, bool, Reply), const std::string& id,
                        bool confirmed) {
        std::string told;
        (town.shop.runtime.get()->*remove)(id, confirmed, [&](Result<std::string> done) {
            told = done.ok() ? done.value() : done.error().code;
        });
        return told;
    }
    void audience(const std::string& name, const std::string& rule) {
        const std::string made = make(name, rule);
        ASSERT_TRUE(made.starts_with("{")) << made;
        const std::string id(json::parse(made).at("id").as_string());
        for (int i = 0; i < 500 && !is_complete(id); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        ASSERT_TRUE(is_complete(id));
    }
    bool is_complete(const std::string& id) {
        return json::parse(town.shop.runtime->audience(id, 0).value()).at("complete").as_bool();
    }
    Result<std::string> run(const std::string& more) {
        return town.shop.runtime->run_model(
            ModelKind::Lookalike, R"({"purpose":"measurement","refit_days":0)" + more + "}",
            Mask());
    }
    json::object learn(const std::string& more = "") {
        const auto done = run(R"(,"audience":"buyers","features":["product"])" + more);
        EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().message);
        return done.ok() ? json::parse(done.value()).as_object() : json::object();
    }
    std::string error(const std::string& more) {
        const auto done = run(more);
        return done.ok() ? "" : done.error().code;
    }
    std::string profile(const std::string& who) {
        const auto found = town.shop.runtime->find_profile("user_id", who, "", 0);
        EXPECT_TRUE(found.ok());
        return std::string(json::parse(found.value()).at("id").as_string());
    }
    void agrees(const std::string& who, bool yes) {
        collect::Incoming in;
        in.event.name = "Choice Made";
        in.event.at = as_event_time(town.shop.clock.now());
        in.event.message_id = "choice" + std::to_string(choices_++);
        in.event.identifiers = {{IdentifierType::UserId, who, {}}};
        in.consents = {{"measurement", yes}};
        IngestRequest request;
        request.source = town.shop.runtime->source_by_write_key("wk")->number;
        request.items.push_back(std::move(in));
        ASSERT_TRUE(town.shop.ingest(std::move(request)).has_value());
        town.shop.runtime->wait_until_folded();
    }
    Town town;

  private:
    int choices_ = 0;
};

TEST(LookalikeModel, ItsScoreMakesAnAudienceOfThoseWhoResemble) {
    Street street;
    EXPECT_EQ(street.town.count(kHasScore), 0);
    const json::object model = street.learn();
    EXPECT_EQ(model.at("id"), "lookalike.measurement.buyers");
    const json::object& fit = model.at("fit").as_object();
    EXPECT_EQ(fit.at("trait"), "lookalike_buyers");
    EXPECT_EQ(fit.at("profiles_written").to_number<int>(), 3 * kEach);
    EXPECT_GT(fit.at("auc").to_number<double>(), 0.7);
    // Those who look at shoes: half of them bought.
    const json::object& cut = fit.at("cuts").at(4).as_object();
    EXPECT_EQ(cut.at("score").to_number<double>(), 0.5);
    EXPECT_NEAR(cut.at("precision").to_number<double>(), 0.5, 0.1);
    EXPECT_NEAR(cut.at("share").to_number<double>(), 2.0 / 3, 0.1);

    EXPECT_EQ(street.town.count(kHasScore), 3 * kEach);
    EXPECT_EQ(street.town.count("trait(lookalike_buyers) >= 0.5 and not in audience \"Buyers\""),
              kEach);
    EXPECT_EQ(
        street.town.count("trait(lookalike_buyers) < 0.5 and any(* where product = \"book\")"),
        kEach);
    // The same again moves nobody; other features mean another score, told to everybody.
    EXPECT_EQ(street.learn().at("fit").at("profiles_written").to_number<int>(), 0);
    EXPECT_EQ(street.learn(R"(,"size":10)").at("fit").at("profiles_written").to_number<int>(),
              3 * kEach);
}

TEST(LookalikeModel, WhoObjectsIsRestrictedOrSaysNoHasNoScore) {
    Street street;
    std::mt19937_64 random(seed());
    const auto someone = [&](char kind) { return user(kind, static_cast<int>(random() % kEach)); };
    const std::string no = someone('a');
    const std::string restricted = street.profile(someone('r'));
    const std::string objects = street.profile(someone('b'));
    RightsDesk& rights = street.town.shop.runtime->rights();
    ASSERT_TRUE(rights.restrict(restricted, R"({"action":"restrict","reason":"x"})", "t1").ok());
    ASSERT_TRUE(
        rights.object(objects, R"({"profiling":true,"evidence":{"letter":"3"}})", "t1").ok());
    street.agrees(no, false);
    street.learn();
    // Allowed again, they have none until the next run: nothing was written behind the no.
    ASSERT_TRUE(rights.restrict(restricted, R"({"action":"lift","reason":"x"})", "t1").ok());
    ASSERT_TRUE(rights
                    .object(objects,
                            R"({"profiling":true,"withdrawn":true,"evidence":{"letter":"4"}})",
                            "t1")
                    .ok());
    street.agrees(no, true);
    street.town.shop.runtime->wait_until_folded();
    EXPECT_EQ(street.town.count("any(*)"), 3 * kEach);
    EXPECT_EQ(street.town.count(kHasScore), 3 * kEach - 3) << "FILROUGE_SEED=" << seed();
    street.learn();
    EXPECT_EQ(street.town.count(kHasScore), 3 * kEach);
    // Another purpose does not see it.
    const auto other = street.town.shop.runtime->count_rule(kHasScore, "service", "");
    EXPECT_EQ(json::parse(other.value()).at("count").as_int64(), 0);
}

TEST(LookalikeModel, AScoreIsTakenBackFromWhoDidNothingInItsTime) {
    Street street;
    street.learn(R"(,"last":"30 days")");
    EXPECT_EQ(street.town.count(kHasScore), 3 * kEach);
    street.town.shop.clock.advance(days(40));
    for (int i = 0; i < 55; ++i) street.visit(i, hours(1));
    street.learn(R"(,"last":"30 days")");
    EXPECT_EQ(street.town.count(kHasScore), 3 * 55);
}

TEST(LookalikeModel, WhatMakesNoSenseIsRefused) {
    Street street;
    EXPECT_EQ(street.error(""), "question.invalid");
    EXPECT_EQ(street.error(R"(,"audience":"nobody")"), "audience_not_found");
    EXPECT_EQ(street.error(R"(,"audience":"buyers","weeks":3)"), "question.unknown_argument");
    street.audience("Few", "any(Order Completed) and any(* where product = \"book\")");
    EXPECT_EQ(street.error(R"(,"audience":"few")"), "measure.lookalike_too_few");
}

TEST(LookalikeModel, AnAudienceDoesNotRestOnWhoResemblesItself) {
    Street street;
    EXPECT_EQ(street.refusal("Circle", "any(*) or trait(lookalike_circle) > 0.5"),
              "audience.circle");
    // Asked for before there is such an audience, by way of another one.
    street.audience("Alike", "trait(lookalike_loyal) > 0.5");
    street.audience("Alike in summer", "in audience \"Alike\" and any(*)");
    EXPECT_EQ(street.refusal("Loyal", "in audience \"Alike in summer\""), "audience.circle");
    EXPECT_EQ(street.refusal("Loyal", "in audience \"Buyers\""), "");
}

TEST(LookalikeModel, RemovedItLeavesNobodyAScore) {
    Street street;
    street.learn();
    street.agrees(user('a', 1), false);
    EXPECT_EQ(street.town.count(kHasScore), 3 * kEach - 1);
    const std::string id = "lookalike.measurement.buyers";
    const auto models = [&] { return street.town.shop.runtime->models("").value(); };
    EXPECT_TRUE(street.removed(&Runtime::delete_model, id, false).starts_with("{"));
    EXPECT_EQ(street.town.count(kHasScore), 3 * kEach - 1) << "only told what follows";
    EXPECT_TRUE(street.removed(&Runtime::delete_model, id, true).starts_with("{"));
    EXPECT_EQ(street.town.count(kHasScore), 0);
    EXPECT_EQ(models(), R"({"models":[]})");
    // Nor has anybody one who allows the purpose again.
    street.agrees(user('a', 1), true);
    EXPECT_EQ(street.town.count(kHasScore), 0);
    EXPECT_EQ(street.removed(&Runtime::delete_model, id, true), "model_not_found");
    street.learn();
    EXPECT_EQ(street.town.count(kHasScore), 3 * kEach) << "learned anew it is whole";
}

TEST(LookalikeModel, WhatARuleAsksForStays) {
    Street street;
    street.learn();
    street.audience("Alike", "trait(lookalike_buyers) >= 0.5");
    const std::string id = "lookalike.measurement.buyers";
    for (const bool confirmed : {false, true}) {
        EXPECT_EQ(street.removed(&Runtime::delete_model, id, confirmed), "model_in_use");
        EXPECT_EQ(street.removed(&Runtime::delete_audience, "buyers", confirmed),
                  "audience_in_use");
    }
    EXPECT_EQ(street.town.count(kHasScore), 3 * kEach);
    EXPECT_TRUE(street.removed(&Runtime::delete_audience, "alike", true).starts_with("{"));
    // An audience takes the model of who resembles it along.
    EXPECT_TRUE(street.removed(&Runtime::delete_audience, "buyers", true).starts_with("{"));
    EXPECT_EQ(street.town.count(kHasScore), 0);
    EXPECT_EQ(street.town.shop.runtime->models("").value(), R"({"models":[]})");
}

}  // namespace
}  // namespace filrouge::engine
