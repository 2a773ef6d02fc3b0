// What two people said while they were held to be one, after they are told apart: choices, answers
// to offers, corrections, reasons of restrictions. Through the running engine, as /me and staff do.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>

#include "base/seed_for_test.h"
#include "engine/answer_for_test.h"
#include "engine/consents.h"
#include "engine/identity_desk.h"
#include "engine/offer_shop_for_test.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr const char* kAnn = "ann@shop.test";
constexpr const char* kBob = "bob@shop.test";

Identifier email(const std::string& value) { return {IdentifierType::Email, value, {}}; }
Identifier device(const std::string& value) { return {IdentifierType::DeviceId, value, {}}; }

// Ann and Bob each have a device, and a tablet that both were seen on.
struct Sofa : ErasingShop {
    explicit Sofa(fake::FakeDisk& on) : ErasingShop(on, 1, {}, with_purposes()) {}
    static Settings with_purposes() {
        Settings s = small_files();
        s.purposes.push_back({"marketing.email", LegalBasis::Consent, false, {}});
        s.purposes.back().channel = "email";
        s.purposes.push_back({"news", LegalBasis::LegitimateInterest, false, {}});
        s.purposes.back().channel = "email";
        return s;
    }
    void seen(std::vector<Identifier> who, const std::string& city = "",
              const std::vector<collect::NamedConsent>& also = {}) {
        clock.advance(minutes(1));
        collect::Incoming incoming;
        incoming.event.kind = EventKind::Identify;
        incoming.event.at = as_event_time(clock.now());
        incoming.event.message_id = "s-" + std::to_string(++serial);
        incoming.event.identifiers = std::move(who);
        if (!city.empty()) incoming.event.traits = object_of("city", city);
        incoming.consents = {{"measurement", true}};
        incoming.consents.insert(incoming.consents.end(), also.begin(), also.end());
        sends(std::move(incoming));
        runtime->wait_until_folded();
    }
    void share() {
        seen({email(kAnn), device("tablet")});
        seen({email(kBob), device("tablet")});
        ASSERT_EQ(person(kAnn), person(kBob));
    }
    std::string person(const std::string& address) {
        return std::string(
            parsed(runtime->find_profile("email", address, "", 0)).at("id").as_string());
    }
    // The id that was made of this identifier.
    std::string own_id(const std::string& value) {
        const json::object drawn = parsed(runtime->identity().graph(person(kAnn), "", "", true, 0));
        for (const json::value& node : drawn.at("nodes").as_array()) {
            if (node.at("value") == json::string_view(value))
                return std::string(node.at("id").as_string());
        }
        ADD_FAILURE() << value;
        return {};
    }
    json::object about(const char* action, const std::string& address) {
        return {{"action", action},
                {"a", own_id(address)},
                {"b", own_id("tablet")},
                {"reason", "two people"}};
    }
    json::array preview(const std::string& address) {
        return parsed(runtime->identity().preview(json::serialize(about("withdraw", address))))
            .at("persons")
            .as_array();
    }
    void part(const std::string& address) {
        std::string told;
        runtime->identity().decide(
            json::serialize(about("withdraw", address)), "privacy",
            [&](const Result<std::string>& r) { told = r.ok() ? "" : r.error().code; });
        ASSERT_EQ(told, "");
        runtime->wait_until_folded();
        ASSERT_NE(person(kAnn), person(kBob));
    }
    void chooses(const std::string& id, const std::string& purpose, bool yes) {
        clock.advance(minutes(1));
        parsed(runtime->rights().choose(id, R"({"purpose":")" + purpose + R"(","granted":)" +
                                                (yes ? "true" : "false") +
                                                R"(,"evidence":{"page":"/me"}})"));
        runtime->wait_until_folded();
    }
    bool may_write(const std::string& address, const std::string& purpose) {
        return runtime->consents().permit({person(address), "", purpose, "email", "", ""}).ok();
    }
    json::object exported(const std::string& address) {
        return parsed(runtime->rights().export_profile(person(address)));
    }
};

TEST(PartedRights, AYesOfOneIsNoYesOfTheOther) {
    fake::FakeDisk disk;
    Sofa shop(disk);
    shop.share();
    shop.chooses(shop.own_id(kAnn), "marketing.email", true);
    EXPECT_TRUE(shop.may_write(kAnn, "marketing.email"));
    for (const json::value& each : shop.preview(kBob)) {
        const bool is_ann = each.at("state") == json::string_view("changed");
        EXPECT_EQ(each.at("consents").at("marketing.email").as_string(),
                  is_ann ? "granted" : "not asked");
    }
    shop.part(kBob);
    EXPECT_TRUE(shop.may_write(kAnn, "marketing.email"));
    EXPECT_FALSE(shop.may_write(kBob, "marketing.email"));
    const std::string receipt = shop.runtime->consents().receipt(shop.person(kBob), "").value();
    EXPECT_EQ(receipt.find("marketing.email"), std::string::npos) << receipt;
}

TEST(PartedRights, AYesEndsWhatWasRefusedUnderEveryIdentifier) {
    fake::FakeDisk disk;
    Sofa shop(disk);
    shop.seen({email(kAnn), device("devA")}, "", {{"marketing.email", false}});
    shop.seen({email("ann@work.test"), device("devA")}, "", {{"marketing.email", false}});
    shop.chooses(shop.own_id("devA"), "marketing.email", true);
    EXPECT_TRUE(shop.may_write(kAnn, "marketing.email"));
}

// One refusal refuses, so a yes of one ends a no of the other while they are held to be one. It is
// taken back then and not turned: told apart, nobody has a yes that they never gave.
TEST(PartedRights, AYesOfOneLeavesTheOtherWithNothingSaidInsteadOfTheirNo) {
    fake::FakeDisk disk;
    Sofa shop(disk);
    shop.share();
    shop.seen({email(kBob)}, "", {{"marketing.email", false}, {"news", false}});
    shop.chooses(shop.own_id(kAnn), "marketing.email", true);
    EXPECT_TRUE(shop.may_write(kAnn, "marketing.email"));
    shop.part(kBob);
    EXPECT_TRUE(shop.may_write(kAnn, "marketing.email"));
    EXPECT_FALSE(shop.may_write(kBob, "marketing.email"));
    EXPECT_FALSE(shop.may_write(kBob, "news")) << "what nobody spoke of is as Bob said";
    const json::value receipt = parsed(shop.runtime->consents().receipt(shop.person(kBob), ""));
    std::string last;
    for (const json::value& said : receipt.at("receipt").at("statements").as_array()) {
        if (said.at("purpose") != json::string_view("marketing.email")) continue;
        last = said.at("state").as_string();
        EXPECT_NE(last, "granted");
    }
    EXPECT_EQ(last, "taken_back");
}

// Whatever Ann presses, and wherever the evidence falls: she is as she said last, and Bob is
// written to only where he said so himself.
TEST(PartedRights, ChoicesOfAMergedPersonLeaveNobodyAYesTheyNeverGave) {
    for (const std::uint64_t seed : test_seeds(10)) {
        SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(seed));
        std::mt19937_64 random(seed);
        fake::FakeDisk disk;
        Sofa shop(disk);
        const bool bob_first = random() % 2 == 0, bob_said_yes = random() % 2 == 0;
        const std::vector<collect::NamedConsent> bobs =
            bob_said_yes ? std::vector<collect::NamedConsent>{{"marketing.email", true}}
                         : std::vector<collect::NamedConsent>{};
        if (bob_first) shop.seen({email(kBob), device("devB")}, "", bobs);
        shop.seen({email(kAnn), device("devA")});
        if (!bob_first) shop.seen({email(kBob), device("devB")}, "", bobs);
        shop.share();
        const std::string ann = shop.own_id(kAnn);
        std::map<std::string, bool> last;
        for (std::uint64_t n = 1 + random() % 5; n-- > 0;) {
            const std::string purpose = random() % 3 == 0 ? "news" : "marketing.email";
            last[purpose] = random() % 2 == 0;
            shop.chooses(ann, purpose, last[purpose]);
            ASSERT_EQ(shop.may_write(kAnn, purpose), last[purpose]);
        }
        shop.part(random() % 2 == 0 ? kAnn : kBob);
        for (const auto& [purpose, yes] : last) EXPECT_EQ(shop.may_write(kAnn, purpose), yes);
        if (!bob_said_yes) {
            EXPECT_FALSE(shop.may_write(kBob, "marketing.email"));
        }
    }
}

TEST(PartedRights, AnAnswerAndWhatItGaveStayWithWhoToldIt) {
    fake::FakeDisk disk;
    Sofa shop(disk);
    shop.runtime->consents().add_wording(
        "measurement", R"({"texts":{"en":"We may look at what you tell us.","fr":"Oui."}})",
        [](const Result<std::string>& r) { ASSERT_TRUE(r.ok()) << r.error().message; });
    parsed(shop.runtime->offers().make(offer_text("tastes")));
    shop.seen({{IdentifierType::UserId, "bob", {}}, email(kBob)});
    shop.share();
    const auto told =
        shop.runtime->offers().tell(shop.own_id(kAnn), {"tastes", 1, "fr", {{"colour", "mauve"}}});
    ASSERT_TRUE(told.ok()) << told.error().message;
    shop.part(kBob);
    const auto offer_of = [&](const char* who) {
        const auto all = parsed(shop.runtime->offers().of_person(shop.person(who), true));
        return json::serialize(all);
    };
    EXPECT_NE(offer_of(kAnn).find("mauve"), std::string::npos);
    EXPECT_NE(offer_of(kAnn).find("CAFE"), std::string::npos);
    EXPECT_EQ(offer_of(kBob).find("mauve"), std::string::npos) << "the stronger identifier is his";
}

TEST(PartedRights, WhatWasPutRightForOneIsNotTheOthers) {
    fake::FakeDisk disk;
    Sofa shop(disk);
    shop.seen({email(kAnn), device("devA")}, "Lille");
    shop.seen({email(kBob), device("devB")}, "Nice");
    shop.share();
    const std::string ann = shop.own_id(kAnn);
    parsed(shop.runtime->rights().correct(
        ann, R"({"trait":"city","value":"Paris","reason":"told by Ann"})", "t"));
    const json::array shown = shop.preview(kBob);
    for (const json::value& each : shown) {
        const bool is_ann = each.at("state") == json::string_view("changed");
        EXPECT_EQ(each.at("corrections").as_array().size(), is_ann ? 1u : 0u);
    }
    shop.part(kBob);
    const auto city = [&](const char* who) {
        const auto profile = parsed(shop.runtime->profile(shop.person(who), "measurement", "", 0));
        return std::string(profile.at("traits").at("city").at("value").as_string());
    };
    EXPECT_EQ(city(kAnn), "Paris");
    EXPECT_EQ(city(kBob), "Nice");
    const auto corrections = [&](const char* who) {
        return shop.exported(who).at("corrections").at("corrections").as_array().size();
    };
    EXPECT_EQ(corrections(kAnn), 1u);
    EXPECT_EQ(corrections(kBob), 0u);
}

// Both stay restricted, which the preview shows: of two, the wrong one set free is the harm that
// cannot be undone. Why is told to the one it was said of.
TEST(PartedRights, NobodyReadsTheReasonOfSomebodyElsesRestriction) {
    fake::FakeDisk disk;
    Sofa shop(disk);
    shop.seen({email(kBob), device("devB")});
    shop.share();
    parsed(shop.runtime->rights().restrict(
        shop.own_id(kAnn), R"({"action":"restrict","reason":"Ann contests"})", "t"));
    for (const json::value& each : shop.preview(kBob)) EXPECT_TRUE(each.at("restricted").as_bool());
    shop.part(kBob);
    EXPECT_EQ(shop.exported(kAnn).at("restraints").at("restricted_reason").as_string(),
              "Ann contests");
    const json::object bobs = shop.exported(kBob).at("restraints").as_object();
    EXPECT_TRUE(bobs.at("restricted").as_bool());
    EXPECT_FALSE(bobs.contains("restricted_reason"));
    EXPECT_EQ(json::serialize(shop.exported(kBob)).find("Ann contests"), std::string::npos);
}

}  // namespace
}  // namespace filrouge::engine
