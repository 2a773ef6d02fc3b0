// Value for answers, from the offer to the erasure: the whole runtime on a disk that forgets
// nothing.
#include "engine/offer_desk.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/consents.h"
#include "engine/erasing_for_test.h"
#include "engine/identity_desk.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr const char* kCanary = "xq7zcanaryv9k";
constexpr const char* kSecret = "mauvefonceq7";  // what the person answers

std::string offer_text(const std::string& id, const std::string& on_taking_back = "taken_back") {
    return R"({"id":")" + id +
           R"(","purpose":"measurement","title":{"en":"Tastes","fr":"Goûts"},)"
           R"("benefit":{"en":"A coffee","fr":"Un café"},"code":"CAFE","from":"2020-01-01T00:00:00Z",)"
           R"("to":"2090-01-01T00:00:00Z","on_taking_back":")" +
           on_taking_back +
           R"(","asks":[{"name":"colour","type":"text","required":true,)"
           R"("label":{"en":"Colour","fr":"Couleur"}},{"name":"plan","type":"plan",)"
           R"("label":{"en":"Looking for","fr":"Vous cherchez"}}]})";
}

struct OfferShop : ErasingShop {
    explicit OfferShop(fake::FakeDisk& on, std::uint64_t seed = 1, Duration later = {})
        : ErasingShop(on, seed, later) {}
    void tell_words(const std::string& english = "We may look at what you tell us.") {
        runtime->consents().add_wording(
            "measurement", R"({"texts":{"en":")" + english + R"(","fr":"Nous pouvons le lire."}})",
            [](const Result<std::string>& r) { ASSERT_TRUE(r.ok()) << r.error().message; });
    }
    void makes(const std::string& text) {
        const auto made = runtime->offers().make(text);
        ASSERT_TRUE(made.ok()) << made.error().message;
    }
    std::string code(const Result<std::string>& told) {
        return told.ok() ? "done" : told.error().code;
    }
    Result<std::string> answers(const AnswerFields& fields, const std::string& offer = "tastes",
                                std::uint32_t wording = 1) {
        clock.advance(minutes(1));
        return runtime->offers().tell(id_of(kCanary), {offer, wording, "fr", fields});
    }
    Result<std::string> takes_back(const std::string& line, const std::string& offer = "tastes") {
        clock.advance(minutes(1));
        return runtime->offers().take_back(id_of(kCanary), offer, line);
    }
    std::string profile_of(const std::string& id) {
        const auto told = runtime->profile(id, "measurement", "", 0);
        return told.ok() ? told.value() : R"({"traits":{}})";
    }
    json::object trait(const std::string& name) {
        const json::value profile = json::parse(profile_of(id_of(kCanary)));
        const json::value* found = profile.at("traits").as_object().if_contains(name);
        return found == nullptr ? json::object() : found->as_object();
    }
    json::value offer_of_person(const std::string& id = "tastes") {
        const json::value all =
            json::parse(runtime->offers().of_person(id_of(kCanary), true).value());
        for (const json::value& offer : all.at("offers").as_array()) {
            if (offer.at("id") == json::string_view(id)) return offer;
        }
        return {};
    }
    std::string benefit_state(const std::string& id = "tastes") {
        const json::value offer = offer_of_person(id);
        if (offer.at("benefits").as_array().empty()) return "none";
        return std::string(offer.at("benefits").at(0).at("state").as_string());
    }
    bool is_member(const std::string& audience) {
        return runtime->members(audience, "", 50, 0).value().find(id_of(kCanary)) !=
               std::string::npos;
    }
};

struct OpenShop {
    explicit OpenShop(const std::string& on_taking_back = "taken_back") : shop(disk) {
        shop.tell_words();
        shop.makes(offer_text("tastes", on_taking_back));
        shop.command(&Runtime::create_audience,
                     R"x({"id":"mauve","name":"Mauve","purpose":"measurement",)x"
                     R"x("rule":"trait(colour) = \")x" +
                         std::string(kSecret) + R"x(\""})x");
        shop.tells_all_of(kCanary);
    }
    fake::FakeDisk disk;
    OfferShop shop;
};

TEST(OfferDesk, AnAnswerIsATraitWithItsConsentProvedAndTheBenefitRecorded) {
    OpenShop open;
    OfferShop& shop = open.shop;
    EXPECT_EQ(shop.benefit_state(), "none");
    const auto told =
        shop.answers({{"colour", kSecret}, {"plan", "coat"}, {"plan.until", "2026-12-31"}});
    ASSERT_TRUE(told.ok()) << told.error().message;
    EXPECT_EQ(shop.trait("colour").at("value"), json::string_view(kSecret));
    EXPECT_EQ(shop.trait("colour").at("source"), "person");
    EXPECT_EQ(shop.trait("plan.until").at("value"), "2026-12-31");
    EXPECT_TRUE(shop.is_member("mauve"));
    const json::value offer = shop.offer_of_person();
    EXPECT_EQ(offer.at("asks").at(0).at("answer").at("colour").at(0), json::string_view(kSecret));
    EXPECT_EQ(offer.at("benefits").at(0).at("code"), "CAFE");
    EXPECT_EQ(offer.at("benefits").at(0).at("id").as_string().size(), 32u);
    EXPECT_EQ(shop.benefit_state(), "kept");

    const json::value receipt =
        json::parse(shop.runtime->consents().receipt(shop.id_of(kCanary), "").value());
    std::size_t proved = 0;
    for (const json::value& said : receipt.at("receipt").at("statements").as_array()) {
        const json::value* wording = said.as_object().if_contains("wording");
        if (wording == nullptr) continue;
        EXPECT_EQ(wording->at("text"), "Nous pouvons le lire.");
        EXPECT_EQ(said.at("evidence").at("offer"), "tastes");
        ++proved;
    }
    EXPECT_EQ(proved, 3u) << "for each identifier, because one refusal refuses";
    const std::string list = shop.runtime->offers().offers("").value();
    EXPECT_NE(list.find(R"("open":true,"told":1,"benefits":1)"), std::string::npos) << list;
}

TEST(OfferDesk, WhatIsTakenBackIsInNoProfileAudienceOrExport) {
    OpenShop open;
    OfferShop& shop = open.shop;
    ASSERT_TRUE(shop.answers({{"colour", kSecret}, {"plan", "coat"}}).ok());
    const auto exported = [&] {
        return shop.runtime->rights().export_profile(shop.id_of(kCanary)).value();
    };
    ASSERT_NE(exported().find(kSecret), std::string::npos);
    ASSERT_TRUE(shop.takes_back("colour").ok());
    EXPECT_TRUE(shop.trait("colour").empty());
    EXPECT_FALSE(shop.trait("plan.what").empty()) << "line by line";
    EXPECT_FALSE(shop.is_member("mauve"));
    // The rule of an audience holds the word, but the person is in it no more.
    EXPECT_EQ(exported().find(kSecret), std::string::npos);
    EXPECT_EQ(shop.offer_of_person().at("asks").at(0).at("state"), "taken_back");
    EXPECT_EQ(shop.benefit_state(), "taken_back");
    EXPECT_EQ(shop.code(shop.takes_back("colour")), "offer.not_told");
    ASSERT_TRUE(shop.answers({{"colour", kSecret}}).ok()) << "and told again";
    EXPECT_EQ(shop.benefit_state(), "kept");
    EXPECT_TRUE(shop.is_member("mauve"));
}

TEST(OfferDesk, ABenefitThatWasPromisedForGoodIsKeptAndGivenOnce) {
    OpenShop open("kept");
    OfferShop& shop = open.shop;
    EXPECT_TRUE(shop.answers({{"plan", "coat"}}).ok());
    EXPECT_EQ(shop.benefit_state(), "none") << "the required line is not told";
    EXPECT_TRUE(shop.answers({{"colour", "blue"}}).ok());
    const json::value given = shop.offer_of_person().at("benefits");
    EXPECT_TRUE(shop.takes_back("colour").ok());
    EXPECT_EQ(shop.benefit_state(), "kept");
    EXPECT_TRUE(shop.answers({{"colour", "red"}}).ok());
    EXPECT_EQ(shop.offer_of_person().at("benefits"), given);
    EXPECT_EQ(shop.trait("colour").at("value"), "red");
}

TEST(OfferDesk, AWithdrawnConsentHidesTheAnswersToo) {
    OpenShop open;
    OfferShop& shop = open.shop;
    ASSERT_TRUE(shop.answers({{"colour", kSecret}}).ok());
    shop.command(&Runtime::set_consent, std::string(R"({"type":"user_id","value":"user-)") +
                                            kCanary + R"(","purposes":{"measurement":false}})");
    shop.runtime->wait_until_folded();
    EXPECT_FALSE(shop.is_member("mauve"));
    EXPECT_EQ(shop.profile_of(shop.id_of(kCanary)).find(kSecret), std::string::npos);
}

TEST(OfferDesk, AStartReadsTheSameAndAnErasureLeavesNothing) {
    fake::FakeDisk disk;
    std::string hash;
    {
        OfferShop shop(disk);
        shop.tell_words();
        shop.makes(offer_text("tastes"));
        shop.tells_all_of(kCanary);
        ASSERT_TRUE(shop.answers({{"colour", kSecret}}).ok());
        ASSERT_TRUE(shop.takes_back("colour").ok());
        ASSERT_TRUE(shop.answers({{"colour", kSecret}}).ok());
        shop.runtime->wait_until_folded();
    }
    ASSERT_GT(found_in(readable(disk), kSecret), 0) << "the search finds what is there";
    OfferShop shop(disk, 2, days(1));
    EXPECT_EQ(shop.trait("colour").at("value"), json::string_view(kSecret));
    EXPECT_EQ(shop.benefit_state(), "kept");
    const std::string id = shop.id_of(kCanary);
    ASSERT_TRUE(shop.erase(id).ok());
    EXPECT_EQ(shop.code(shop.runtime->offers().of_person(id, true)), "profile_not_found");
    EXPECT_EQ(shop.code(shop.runtime->offers().tell(id, {"tastes", 1, "fr", {{"colour", "x"}}})),
              "profile_not_found");
    shop.wait_until_complete();
    EXPECT_EQ(found_in(readable(disk), kSecret), 0);
    const std::string list = shop.runtime->offers().offers("").value();
    EXPECT_NE(list.find(R"("told":0,"benefits":0)"), std::string::npos) << list;
}

TEST(OfferDesk, RefusesByWhatIsWrongAndKeepsNothing) {
    OpenShop open;
    OfferShop& shop = open.shop;
    OfferDesk& offers = shop.runtime->offers();
    EXPECT_EQ(shop.code(offers.make(offer_text("tastes"))), "offer_exists");
    EXPECT_EQ(shop.code(offers.make(offer_text("Ta stes"))), "offer.invalid_id");
    std::string text = offer_text("other");
    text.replace(text.find("measurement"), 11, "service");
    EXPECT_EQ(shop.code(offers.make(text)), "offer.no_wording");
    text.replace(text.find("service"), 7, "unheard");
    EXPECT_EQ(shop.code(offers.make(text)), "offer.unknown_purpose");

    EXPECT_EQ(shop.code(shop.answers({{"colour", "blue"}}, "none")), "offer_not_found");
    EXPECT_EQ(shop.code(shop.answers({})), "offer.nothing_told");
    EXPECT_EQ(shop.code(shop.answers({{"colour", std::string(kAnswerBytesMax + 1, 'x')}})),
              "offer.invalid_answer");
    EXPECT_EQ(shop.code(shop.answers({{"colour", "blue"}, {"plan.until", "2026-12-31"}})),
              "offer.invalid_answer");
    EXPECT_TRUE(shop.trait("colour").empty()) << "all of a form or nothing";
    shop.tell_words("Other words.");
    EXPECT_EQ(shop.code(shop.answers({{"colour", "blue"}})), "wording_conflict");
    EXPECT_EQ(shop.code(shop.answers({{"colour", "blue"}}, "tastes", 2)), "done");
    ASSERT_TRUE(offers.end("tastes").ok());
    EXPECT_EQ(shop.code(shop.answers({{"colour", "red"}}, "tastes", 2)), "offer.ended");
    EXPECT_EQ(shop.offer_of_person().at("open"), false) << "who answered still sees it";
    EXPECT_EQ(shop.code(shop.takes_back("colour")), "done") << "and takes it back";
    EXPECT_EQ(shop.code(offers.end("none")), "offer_not_found");
}

TEST(OfferDesk, TheLatestAnswerToATraitCountsWhicheverOfferAsked) {
    OpenShop open("kept");
    OfferShop& shop = open.shop;
    shop.makes(offer_text("tastes-2027", "kept"));
    ASSERT_TRUE(shop.answers({{"colour", "blue"}}).ok());
    ASSERT_TRUE(shop.answers({{"colour", "red"}}, "tastes-2027").ok());
    EXPECT_EQ(shop.offer_of_person().at("asks").at(0).at("state"), "replaced");
    EXPECT_EQ(shop.trait("colour").at("value"), "red");
    ASSERT_TRUE(shop.takes_back("colour", "tastes-2027").ok());
    EXPECT_TRUE(shop.trait("colour").empty());
}

TEST(OfferDesk, AnAnswerIsTheBestIdentifiersAndStaysWithItWhenOthersLeave) {
    OpenShop open;
    OfferShop& shop = open.shop;
    ASSERT_TRUE(shop.answers({{"colour", kSecret}}).ok());
    const std::string user = shop.id_of(kCanary);
    const json::value graph =
        json::parse(shop.runtime->identity().graph(user, "measurement", "", true, 0).value());
    for (const json::value& edge : graph.at("edges").as_array()) {
        const std::string body = json::serialize(json::object{{"action", "withdraw"},
                                                              {"a", edge.at("a")},
                                                              {"b", edge.at("b")},
                                                              {"by", "t"},
                                                              {"reason", "t"}});
        shop.runtime->identity().decide(body, "privacy", [](const Result<std::string>& r) {
            EXPECT_TRUE(r.ok()) << r.error().message;
        });
    }
    EXPECT_EQ(shop.trait("colour").at("value"), json::string_view(kSecret));
    const auto device =
        shop.runtime->find_profile("anonymous_id", std::string("device-") + kCanary, "", 0);
    const std::string other = device.value().substr(7, 32);
    ASSERT_NE(other, shop.id_of(kCanary));
    EXPECT_EQ(shop.profile_of(other).find(kSecret), std::string::npos);
}

}  // namespace
}  // namespace filrouge::engine
