// What operators see and decide of identity, through a whole runtime.
#include "engine/identity_desk.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

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

TEST(IdentityDesk, ABlockedIdentifierTiesNobodyAndSaysSo) {
    fake::FakeDisk disk;
    Lent lent(disk);
    EXPECT_NE(lent.decide("block", lent.tablet).find("sequence"), std::string::npos);
    EXPECT_EQ(lent.id(IdentifierType::Email, "noe@shop.test"), lent.noe);
    const json::value edge = lent.graph(lent.noe).at("edges").at(0);
    EXPECT_EQ(text(edge, "state"), "refused_shared");
    EXPECT_EQ(text(edge, "why"), "The device_id is blocked: it stands for nobody.");
    EXPECT_EQ(lent.decide("block", lent.tablet), "decision_conflict");
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
