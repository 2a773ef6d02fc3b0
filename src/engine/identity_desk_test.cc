// What operators see and decide of identity, through a whole runtime.
#include "engine/identity_desk.h"
#include "engine/audiences_for_test.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>
#include <thread>

#include "engine/rights_desk.h"
#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

struct Desk {
    explicit Desk(fake::FakeDisk& disk, std::uint64_t seed = 1) : shop(disk, seed) {}

    void seen(const std::vector<Identifier>& identifiers, bool allows = true) {
        IngestRequest request;
        request.source = 1;
        collect::Incoming incoming;
        incoming.event.name = "Product Viewed";
        incoming.event.at = as_event_time(shop.clock.now());
        incoming.event.message_id = "m" + std::to_string(++sent);
        incoming.event.identifiers = identifiers;
        incoming.consents = {{"measurement", allows}};
        request.items.push_back(std::move(incoming));
        ASSERT_TRUE(shop.ingest(std::move(request)).has_value());
        shop.runtime->wait_until_folded();
    }
    std::string id(IdentifierType type, const std::string& value) {
        const auto found = shop.runtime->find_profile(row_of(type)->name, value, "", 0);
        EXPECT_TRUE(found.ok()) << value;
        return found.ok() ? std::string(json::parse(found.value()).at("id").as_string()) : "";
    }
    json::value graph(const std::string& profile, bool sees_values = true) {
        const auto told = shop.runtime->identity().graph(profile, "", "", sees_values, 0);
        EXPECT_TRUE(told.ok());
        return json::parse(told.value());
    }
    // The answer, or the error's code.
    std::string decide(const std::string& action, const std::string& a, const std::string& b = "") {
        json::object body = {{"action", action}, {"a", a}, {"reason", "a borrowed phone"}};
        if (!b.empty()) body["b"] = b;
        std::string told;
        shop.runtime->identity().decide(
            json::serialize(body), "privacy",
            [&](const Result<std::string>& r) { told = r.ok() ? r.value() : r.error().code; });
        return told;
    }
    Shop shop;
    int sent = 0;
};

Identifier user(const std::string& value) { return {IdentifierType::UserId, value, {}}; }
Identifier email(const std::string& value) { return {IdentifierType::Email, value, {}}; }
Identifier device(const std::string& value) { return {IdentifierType::DeviceId, value, {}}; }

std::string text(const json::value& object, const char* name) {
    return std::string(object.at(name).as_string());
}

// The answer, or the error's code.
std::string set_rules(IdentityDesk& identity, const std::string& body) {
    std::string told;
    identity.set_rules(body, "admin", [&](const Result<std::string>& r) {
        told = r.ok() ? r.value() : r.error().code;
    });
    return told;
}

// camille and the tablet she lent to noe, whose e-mail it now holds for hers.
struct Lent : Desk {
    explicit Lent(fake::FakeDisk& disk) : Desk(disk) {
        seen({user("camille"), device("tablet")});
        seen({email("noe@shop.test")});
        seen({email("noe@shop.test"), device("tablet")});
        camille = id(IdentifierType::UserId, "camille");
        const json::value drawn = graph(camille);
        for (const json::value& node : drawn.at("nodes").as_array())
            (text(node, "type") == "device_id" ? tablet
             : text(node, "type") == "email"   ? noe
                                               : ignored) = text(node, "id");
    }
    std::string camille, noe, tablet, ignored;
};

TEST(IdentityDesk, AGraphShowsWhatTiesAPersonAndToWhomOnly) {
    fake::FakeDisk disk;
    Lent lent(disk);
    const json::value drawn = lent.graph(lent.camille);
    EXPECT_EQ(drawn.at("nodes").as_array().size(), 3u);
    ASSERT_EQ(drawn.at("edges").as_array().size(), 2u);
    EXPECT_EQ(text(drawn.at("edges").at(0), "state"), "accepted");
    EXPECT_NE(json::serialize(drawn).find("noe@shop.test"), std::string::npos);
    EXPECT_EQ(json::serialize(lent.graph(lent.camille, false)).find("noe@"), std::string::npos);
    const auto allowed =
        lent.shop.runtime->identity().graph(lent.camille, "measurement", "", false, 0);
    EXPECT_NE(allowed.value().find("noe@shop.test"), std::string::npos);
    EXPECT_EQ(lent.shop.runtime->identity().graph("nobody", "", "", true, 0).error().code,
              "profile_not_found");
}

// One card of the house on the kitchen table: three people use it.
TEST(IdentityDesk, AHouseholdMakesNoOnePersonOfAFamilyNorTheirConsentOne) {
    fake::FakeDisk disk;
    Desk desk(disk);
    const Identifier household{IdentifierType::Household, "H-77", {}};
    desk.seen({email("mum@shop.test"), household, device("mums")});
    desk.seen({email("dad@shop.test"), household, device("dads")});
    desk.seen({household, device("the kid's")});
    std::set<std::string> people;
    for (const char* who : {"mum@shop.test", "dad@shop.test"})
        people.insert(desk.id(IdentifierType::Email, who));
    for (const char* what : {"mums", "dads", "the kid's"})
        people.insert(desk.id(IdentifierType::DeviceId, what));
    EXPECT_EQ(people.size(), 3u);

    desk.seen({email("dad@shop.test"), household}, /*allows=*/false);
    IngestRequest request;
    request.source = 1;
    collect::Incoming silent;
    silent.event.name = "Product Viewed";
    silent.event.at = as_event_time(desk.shop.clock.now());
    silent.event.message_id = "silent";
    silent.event.identifiers = {email("mum@shop.test"), household};
    request.items.push_back(silent);
    EXPECT_EQ(desk.shop.ingest(std::move(request))->stored, 1u) << "dad's no is not mum's";
    desk.shop.runtime->wait_until_folded();

    const std::string told = desk.shop.runtime
                                 ->profile(desk.id(IdentifierType::Email, "mum@shop.test"),
                                           "measurement", "", 0, Role::Admin)
                                 .value();
    EXPECT_EQ(json::parse(told).at("traits").at("household").at("value").as_string(), "H-77");
}

TEST(IdentityDesk, AHouseholdAloneIsWhomAFileKnowsNobodyNearerOf) {
    fake::FakeDisk disk;
    Desk desk(disk);
    const Identifier household{IdentifierType::Household, "H-77", {}};
    desk.seen({household});
    desk.seen({household});
    EXPECT_EQ(desk.id(IdentifierType::Household, "H-77").size(), 32u);
}

TEST(IdentityDesk, StaffSeeNoGraphOfWhoIsRestrictedOrAllowsNothing) {
    fake::FakeDisk disk;
    Lent lent(disk);
    const auto nodes = [&](const std::string& purpose, bool handles_identity) {
        const auto told =
            lent.shop.runtime->identity().graph(lent.camille, purpose, "", handles_identity, 0);
        EXPECT_TRUE(told.ok());
        const json::value drawn = json::parse(told.value());
        EXPECT_EQ(drawn.at("nodes").as_array().empty(), drawn.at("edges").as_array().empty());
        return drawn.at("nodes").as_array().size();
    };
    EXPECT_EQ(nodes("", false), 3u);
    RightsDesk& rights = lent.shop.runtime->rights();
    const auto restricts = [&](const char* action) {
        const auto told = rights.restrict(
            lent.camille, std::string(R"({"reason":"r","action":")") + action + "\"}", "t");
        ASSERT_TRUE(told.ok()) << told.error().message;
    };
    restricts("restrict");
    for (const char* purpose : {"", "measurement"}) {
        EXPECT_EQ(nodes(purpose, false), 0u) << purpose;
        EXPECT_EQ(nodes(purpose, true), 3u) << purpose;
    }
    restricts("lift");
    EXPECT_EQ(nodes("measurement", false), 3u);
    lent.shop.command(&Runtime::set_consent,
                      R"({"type":"user_id","value":"camille","purposes":{"measurement":false}})");
    lent.shop.runtime->wait_until_folded();
    EXPECT_EQ(nodes("measurement", false), 0u);
    EXPECT_EQ(nodes("", true), 3u);
}

TEST(IdentityDesk, WithdrawnEvidencePartsTwoPeopleUntilItIsPutBack) {
    fake::FakeDisk disk;
    {
        Lent lent(disk);
        EXPECT_EQ(lent.id(IdentifierType::Email, "noe@shop.test"), lent.camille);
        EXPECT_NE(lent.decide("withdraw", lent.noe, lent.tablet).find("sequence"),
                  std::string::npos);
        EXPECT_EQ(lent.id(IdentifierType::Email, "noe@shop.test"), lent.noe);
        EXPECT_EQ(lent.decide("withdraw", lent.noe, lent.tablet), "decision_conflict");
        lent.seen({email("noe@shop.test"), device("tablet")});  // and stays so
        EXPECT_EQ(lent.id(IdentifierType::Email, "noe@shop.test"), lent.noe);
        const json::value drawn = lent.graph(lent.noe);
        EXPECT_EQ(text(drawn.at("edges").at(0), "state"), "withdrawn");
        EXPECT_EQ(drawn.at("edges").at(0).at("seen").as_int64(), 2);
        EXPECT_EQ(text(drawn.at("edges").at(0).at("decision"), "reason"), "a borrowed phone");
    }
    Desk again(disk, 2);  // replayed from the log
    const std::string noe = again.id(IdentifierType::Email, "noe@shop.test");
    const std::string camille = again.id(IdentifierType::UserId, "camille");
    EXPECT_NE(noe, camille);
    const json::value edge = again.graph(noe).at("edges").at(0);
    EXPECT_NE(again.decide("restore", text(edge, "a"), text(edge, "b")).find("sequence"),
              std::string::npos);
    EXPECT_EQ(again.id(IdentifierType::Email, "noe@shop.test"), camille);
    const auto listed = json::parse(again.shop.runtime->identity().decisions(0, 1).value());
    EXPECT_EQ(text(listed.at("decisions").at(0), "action"), "restore");
    EXPECT_EQ(text(listed.at("decisions").at(0), "by"), "privacy");
    const auto before = listed.at("next_before").to_number<std::uint64_t>();
    const auto older = json::parse(again.shop.runtime->identity().decisions(before, 5).value());
    EXPECT_EQ(text(older.at("decisions").at(0), "action"), "withdraw");
}

TEST(IdentityDesk, ThePreviewSaysWhoWillBeWhoAndChangesNothing) {
    fake::FakeDisk disk;
    Lent lent(disk);
    lent.shop.command(&Runtime::create_audience,
                      R"x({"id":"lookers","name":"Lookers","purpose":"measurement",
                           "rule":"count(Product Viewed) >= 3"})x");
    lent.shop.runtime->wait_until_folded();
    for (int i = 0; i < 500; ++i) {
        const auto now = lent.shop.runtime->audience("lookers", 0);
        if (now.value().find(R"("complete":true)") != std::string::npos) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    const std::string before = lent.shop.runtime->state_hash();
    const json::object body = {{"action", "withdraw"}, {"a", lent.noe}, {"b", lent.tablet}};
    const auto told = lent.shop.runtime->identity().preview(json::serialize(body));
    ASSERT_TRUE(told.ok());
    const json::array persons = json::parse(told.value()).at("persons").as_array();
    ASSERT_EQ(persons.size(), 2u);
    EXPECT_EQ(text(persons[0], "id"), lent.camille);
    EXPECT_EQ(text(persons[0], "state"), "changed");
    EXPECT_EQ(persons[0].at("identifiers").as_array().size(), 2u);
    EXPECT_EQ(json::serialize(persons[0].at("leaves")), R"(["lookers"])");
    EXPECT_EQ(text(persons[1], "id"), lent.noe);
    EXPECT_EQ(text(persons[1], "state"), "new");
    EXPECT_EQ(persons[1].at("events").as_int64(), 2);
    EXPECT_EQ(lent.shop.runtime->state_hash(), before);
    const json::object none = {{"action", "restore"}, {"a", lent.noe}, {"b", lent.tablet}};
    EXPECT_EQ(lent.shop.runtime->identity().preview(json::serialize(none)).error().code,
              "decision_conflict");
}

TEST(IdentityDesk, SuspiciousMergesComeFirstWhereMoreSpeaksAgainstThem) {
    fake::FakeDisk disk;
    Desk desk(disk);
    // A tablet between two customers with e-mails of their own, told twice; an e-mail typed once.
    desk.seen({user("camille"), email("camille@shop.test")});
    desk.seen({user("camille"), device("tablet")});
    desk.seen({email("noe@shop.test"), device("tablet")});
    desk.seen({email("noe@shop.test"), device("phone")});
    desk.seen({user("ada"), email("ada@shop.test")});
    desk.seen({user("eve"), email("ada@shop.test")});  // gives way: one user_id a person
    const auto told = desk.shop.runtime->identity().suspicious("", 0, 10);
    ASSERT_TRUE(told.ok());
    const json::array listed = json::parse(told.value()).at("suspicious").as_array();
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_EQ(text(listed[0], "kind"), "merge");
    EXPECT_EQ(text(listed[0].at("b"), "type"), "email");
    EXPECT_EQ(listed[0].at("signs").as_array().size(), 2u) << json::serialize(listed[0]);
    EXPECT_EQ(text(listed[1], "kind"), "refused");
    EXPECT_EQ(json::serialize(listed[1].at("signs")),
              R"(["Together the two would have 2 of user_id; one person may have 1."])");
    const auto page = json::parse(desk.shop.runtime->identity().suspicious("", 0, 1).value());
    EXPECT_EQ(page.at("next_skip").as_int64(), 1);
    const auto rest = json::parse(desk.shop.runtime->identity().suspicious("", 1, 1).value());
    EXPECT_EQ(json::serialize(rest.at("suspicious").at(0)), json::serialize(listed[1]));
    EXPECT_EQ(told.value().find("@shop.test"), std::string::npos);
}

TEST(IdentityDesk, ADeviceOnTooManyPeopleIsListedWithTheirNumber) {
    fake::FakeDisk disk;
    Desk desk(disk);
    for (int i = 0; i < 21; ++i) desk.seen({user("u" + std::to_string(i)), device("kiosk")});
    const auto told = json::parse(desk.shop.runtime->identity().suspicious("", 0, 10).value());
    ASSERT_FALSE(told.at("suspicious").as_array().empty());
    EXPECT_EQ(json::serialize(told.at("suspicious").at(0).at("signs")),
              R"(["The device_id was seen with 21 people; with more than 20 it ties nobody."])");
    const std::string stats = desk.shop.runtime->stats(0).value();
    EXPECT_NE(stats.find(R"("shared_identifiers":1)"), std::string::npos);
    EXPECT_NE(stats.find(R"("refused_shared":21)"), std::string::npos);
    EXPECT_NE(stats.find(R"("persons":22)"), std::string::npos);
}

TEST(IdentityDesk, OtherLimitsAreShownBeforeTheyHold) {
    fake::FakeDisk disk;
    {
        Desk desk(disk);
        for (int i = 0; i < 4; ++i)
            desk.seen({user("family"), email("e" + std::to_string(i) + "@shop.test")});
        desk.shop.command(&Runtime::create_audience,
                          R"x({"id":"lookers","name":"Lookers","purpose":"measurement",
                               "rule":"count(Product Viewed) >= 1"})x");
        desk.seen({user("family")});
        IdentityDesk& identity = desk.shop.runtime->identity();
        wait_for_audiences(*desk.shop.runtime);
        const std::string before = desk.shop.runtime->state_hash();
        const auto shown = json::parse(
            identity.preview_rules(R"({"types":[{"type":"email","per_person_max":2}]})").value());
        EXPECT_EQ(desk.shop.runtime->state_hash(), before);
        EXPECT_EQ(shown.at("persons").as_int64(), 1);
        EXPECT_EQ(shown.at("parted").as_int64(), 2);
        EXPECT_EQ(shown.at("changed").as_int64(), 1);
        EXPECT_EQ(shown.at("merged").as_int64(), 0);
        EXPECT_EQ(shown.at("examples").as_array().size(), 3u);
        const std::string told = set_rules(
            identity,
            R"({"types":[{"type":"email","per_person_max":2}],"people_max":30,"reason":"r"})");
        EXPECT_NE(told.find(R"("people_max":30)"), std::string::npos) << told;
        EXPECT_NE(told.find(R"("per_person_max":2,"priority":3,"from":"rules")"), std::string::npos)
            << told;
        EXPECT_NE(desk.shop.runtime->stats(0).value().find(R"("persons":3)"), std::string::npos);
    }
    Desk again(disk, 2);  // the settings' file is read anew, and the rules still hold
    IdentityDesk& identity = again.shop.runtime->identity();
    EXPECT_NE(again.shop.runtime->stats(0).value().find(R"("persons":3)"), std::string::npos);
    const auto back = json::parse(identity.preview_rules("{}").value());
    EXPECT_EQ(back.at("merged").as_int64(), 2);
    EXPECT_NE(set_rules(identity, R"({"reason":"a mistake"})").find("sequence"), std::string::npos);
    EXPECT_NE(again.shop.runtime->stats(0).value().find(R"("persons":1)"), std::string::npos);
}

TEST(IdentityDesk, RulesThatCannotHoldAreRefused) {
    fake::FakeDisk disk;
    Desk desk(disk);
    IdentityDesk& identity = desk.shop.runtime->identity();
    EXPECT_EQ(set_rules(identity, R"({"people_max":20})"), "api.missing_field");
    for (const char* body : {R"({"people_max":0})", R"({"people_max":513})", R"({"types":{}})",
                             R"({"types":[7]})", R"({"types":[{"type":"email","priority":0}]})",
                             R"({"types":[{"type":"email","per_person_max":1001}]})",
                             R"({"types":[{"type":"email","per_person_max":2.5}]})",
                             R"({"types":[{"type":"email"},{"type":"email"}]})"}) {
        EXPECT_EQ(identity.preview_rules(body).error().code, "api.invalid_field") << body;
    }
    EXPECT_EQ(identity.preview_rules(R"({"types":[{"type":"kiosk"}]})").error().code,
              "identity.unknown_type");
    EXPECT_EQ(identity.preview_rules("[]").error().code, "api.invalid_json");
}

TEST(IdentityDesk, ABlockedIdentifierTiesNobodyAndSaysSo) {
    fake::FakeDisk disk;
    Lent lent(disk);
    EXPECT_NE(lent.decide("block", lent.tablet).find("sequence"), std::string::npos);
    EXPECT_EQ(lent.id(IdentifierType::Email, "noe@shop.test"), lent.noe);
    const json::value edge = lent.graph(lent.noe).at("edges").at(0);
    EXPECT_EQ(text(edge, "state"), "refused_shared");
    EXPECT_EQ(text(edge, "why"), "The device_id is blocked: it stands for nobody.");
    EXPECT_EQ(lent.decide("block", lent.tablet), "decision_conflict");
    // What names somebody else too is theirs alone; what names nobody else stays its own.
    lent.seen({user("ada"), device("tablet")});
    lent.seen({device("tablet")});
    const json::value ada = lent.graph(lent.id(IdentifierType::UserId, "ada"));
    EXPECT_TRUE(ada.at("edges").as_array().empty());
    const json::value alone = lent.graph(lent.tablet);
    EXPECT_EQ(text(alone, "id"), lent.tablet);
    for (const json::value& node : alone.at("nodes").as_array()) {
        if (text(node, "id") == lent.tablet) {
            EXPECT_EQ(node.at("events").as_int64(), 1) << "of the last one";
        }
    }
    EXPECT_NE(lent.decide("unblock", lent.tablet).find("sequence"), std::string::npos);
    EXPECT_EQ(lent.id(IdentifierType::Email, "noe@shop.test"), lent.camille);
}

TEST(IdentityDesk, WhatCannotBeDecidedIsRefusedWithItsReason) {
    fake::FakeDisk disk;
    Lent lent(disk);
    EXPECT_EQ(lent.decide("forget", lent.noe), "identity.unknown_action");
    EXPECT_EQ(lent.decide("withdraw", lent.noe), "api.missing_field");
    EXPECT_EQ(lent.decide("withdraw", lent.noe, "nobody"), "profile_not_found");
    EXPECT_EQ(lent.decide("withdraw", lent.noe, lent.camille), "evidence_not_found");
    EXPECT_EQ(lent.decide("withdraw", lent.noe, lent.noe), "evidence_not_found");
    EXPECT_EQ(lent.decide("restore", lent.noe, lent.tablet), "decision_conflict");
    EXPECT_EQ(lent.decide("unblock", lent.noe), "decision_conflict");
}

}  // namespace
}  // namespace filrouge::engine
