// Value for answers, from the offer to the erasure: the whole runtime on a disk that forgets
// nothing.
#include "engine/offer_desk.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/consents.h"
#include "engine/identity_desk.h"
#include "engine/offer_shop_for_test.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

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
    EXPECT_EQ(proved, 1u) << "of the identifier that speaks: no other one refuses";
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

TEST(OfferDesk, OfWhomIsRestrictedStaffAreToldNoLineAndThePersonAll) {
    OpenShop open;
    OfferShop& shop = open.shop;
    ASSERT_TRUE(shop.answers({{"colour", kSecret}}).ok());
    const std::string id = shop.id_of(kCanary);
    ASSERT_TRUE(
        shop.runtime->rights().restrict(id, R"({"action":"restrict","reason":"r"})", "t").ok());
    EXPECT_EQ(shop.runtime->offers().of_person(id, false).value(), R"({"offers":[]})");
    EXPECT_EQ(shop.offer_of_person().at("asks").at(0).at("state"), "told");
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

// Both fold the log again from its first record.
TEST(OfferDesk, AnswersOutliveTheErasureOfSomebodyElseAndAStartFromTheLogAlone) {
    fake::FakeDisk disk;
    {
        OfferShop shop(disk);
        shop.tell_words();
        shop.makes(offer_text("tastes"));
        shop.tells_all_of(kCanary);
        shop.tells_all_of("somebodyelse");
        ASSERT_TRUE(shop.answers({{"colour", kSecret}}).ok());
        ASSERT_TRUE(shop.erase(shop.id_of("somebodyelse")).ok());
        shop.wait_until_complete();
        EXPECT_EQ(shop.trait("colour").at("value"), json::string_view(kSecret));
        EXPECT_EQ(shop.benefit_state(), "kept");
        shop.runtime->stop();
    }
    for (const std::string& path : disk.paths()) {
        if (path.find("/state/") != path.npos) static_cast<void>(disk.remove(path));
    }
    OfferShop again(disk, 2, days(1));
    EXPECT_EQ(again.trait("colour").at("value"), json::string_view(kSecret));
    EXPECT_EQ(again.benefit_state(), "kept");
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

TEST(OfferDesk, AnAnswerForWhichThereIsNoRoomEarnsNothing) {
    OpenShop open;
    OfferShop& shop = open.shop;
    ASSERT_TRUE(shop.answers({{"plan", "coat"}}).ok());
    collect::Incoming many = shop.event_of(kCanary);
    many.event.traits.clear();
    PackedWriter w(many.event.traits);
    const std::size_t mark = w.begin_object(profile::kTraitsPerFragmentMax);
    for (std::uint32_t i = 0; i < profile::kTraitsPerFragmentMax; ++i) {
        w.key("t" + std::to_string(i));
        w.string("x");
    }
    w.end(mark);
    shop.clock.advance(minutes(1));
    shop.sends(std::move(many));
    shop.runtime->wait_until_folded();
    const std::string before = shop.runtime->state_hash();
    EXPECT_EQ(shop.code(shop.answers({{"colour", kSecret}})), "offer.no_room");
    EXPECT_EQ(shop.runtime->state_hash(), before) << "no consent either";
    EXPECT_EQ(shop.benefit_state(), "none");
    EXPECT_EQ(shop.code(shop.answers({{"plan", "boots"}})), "done") << "what is told has its place";
    EXPECT_EQ(shop.trait("plan.what").at("value"), "boots");
    EXPECT_NE(shop.runtime->metrics().find("\nfilrouge_traits_left_out_total"), std::string::npos);
    EXPECT_NE(shop.profile_of(shop.id_of(kCanary)).find("\"traits_full\":true"), std::string::npos);
}

// "Nothing was kept" is true of the consent, too: lifted later, the restraint would leave a yes in
// the person's own words that nobody answered for.
TEST(OfferDesk, WhatIsRefusedForARestraintLeavesNoConsentBehind) {
    for (const std::string wish : {R"({"profiling":true,"evidence":{"letter":"of March"}})",
                                   R"({"action":"restrict","reason":"a claim"})"}) {
        OpenShop open;
        OfferShop& shop = open.shop;
        shop.command(&Runtime::set_consent, std::string(R"({"type":"user_id","value":"user-)") +
                                                kCanary + R"(","purposes":{"measurement":false}})");
        RightsDesk& rights = shop.runtime->rights();
        const std::string id = shop.id_of(kCanary);
        const bool restricts = wish.find("action") != std::string::npos;
        ASSERT_TRUE(
            (restricts ? rights.restrict(id, wish, "t") : rights.object(id, wish, "t")).ok());
        shop.runtime->wait_until_folded();
        const std::string before = shop.runtime->state_hash();
        EXPECT_EQ(shop.code(shop.answers({{"colour", kSecret}})), "offer.not_allowed");
        EXPECT_EQ(shop.runtime->state_hash(), before) << wish;
        EXPECT_FALSE(shop.runtime->profile(id, "measurement", "", 0).value().find("\"colour\"") !=
                     std::string::npos);
    }
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

TEST(OfferDesk, AnAnswerThatGoesTakesWhatEveryOfferGaveForIt) {
    OpenShop open;
    OfferShop& shop = open.shop;
    shop.makes(offer_text("tastes-2027", "taken_back"));
    shop.makes(offer_text("for-good", "kept"));
    ASSERT_TRUE(shop.answers({{"colour", "blue"}}).ok());
    ASSERT_TRUE(shop.answers({{"colour", "green"}}, "for-good").ok());
    ASSERT_TRUE(shop.answers({{"colour", "red"}}, "tastes-2027").ok());
    EXPECT_EQ(shop.benefit_state(), "kept");
    ASSERT_TRUE(shop.takes_back("colour", "tastes-2027").ok());
    EXPECT_EQ(shop.benefit_state("tastes-2027"), "taken_back");
    EXPECT_EQ(shop.benefit_state(), "taken_back") << "the answer it was given for is gone";
    EXPECT_EQ(shop.benefit_state("for-good"), "kept") << "it was promised";
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
