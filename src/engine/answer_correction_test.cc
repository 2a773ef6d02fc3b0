// An answer to an offer that is put right: it stays the answer's, seen by the answer's purpose and
// gone with it.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/offer_shop_for_test.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

// What a purpose sees of the colour: the offer's ("measurement") and another.
struct CorrectingShop : OpenShop {
    std::string seen_for(const std::string& purpose) {
        shop.runtime->wait_until_folded();
        const auto told = shop.runtime->profile(shop.id_of(kCanary), purpose, "", 0);
        if (!told.ok()) return told.error().code;
        const json::object all = json::parse(told.value()).as_object();
        const json::value* traits = all.if_contains("traits");
        const json::value* colour =
            traits != nullptr ? traits->as_object().if_contains("colour") : nullptr;
        return colour != nullptr ? std::string(colour->at("value").as_string()) : "nothing";
    }
    std::string seen() { return seen_for("measurement") + ", " + seen_for("service"); }
    std::size_t corrects(const std::string& what) {
        shop.clock.advance(minutes(1));
        const auto told = shop.runtime->rights().correct(
            shop.id_of(kCanary), R"({"trait":"colour","reason":"by phone",)" + what + "}", "t1");
        EXPECT_TRUE(told.ok()) << told.error().message;
        return in_force();
    }
    std::size_t in_force() {
        shop.runtime->wait_until_folded();
        const auto told = shop.runtime->rights().corrections(shop.id_of(kCanary));
        return json::parse(told.value()).at("corrections").as_array().size();
    }
    void source_tells(const std::string& colour) {
        shop.clock.advance(minutes(1));
        collect::Incoming event = shop.event_of(kCanary);
        event.event.basis = LegalBasis::Contract;
        event.event.name = "Order Completed";
        event.event.traits = ErasingShop::object_of("colour", colour);
        shop.sends(std::move(event));
        shop.runtime->wait_until_folded();
    }
};

TEST(AnswerCorrection, IsSeenByThePurposeOfTheAnswerAndGoneWithIt) {
    CorrectingShop open;
    OfferShop& shop = open.shop;
    ASSERT_TRUE(shop.answers({{"colour", "blue"}}).ok());
    ASSERT_EQ(open.seen(), "blue, nothing");
    EXPECT_EQ(open.corrects(R"("value":"green")"), 1u);
    EXPECT_EQ(open.seen(), "green, nothing") << "it was told for one purpose";
    ASSERT_TRUE(shop.takes_back("colour").ok());
    EXPECT_EQ(open.seen(), "nothing, nothing");
    EXPECT_EQ(open.in_force(), 0u) << "nor does the list show what was taken back";
    EXPECT_EQ(shop.runtime->rights().export_profile(shop.id_of(kCanary)).value().find("green"),
              std::string::npos);

    ASSERT_TRUE(shop.answers({{"colour", "red"}}).ok());
    EXPECT_EQ(open.seen(), "red, nothing") << "a new answer counts";
    EXPECT_EQ(open.corrects(R"("remove":true)"), 1u);
    EXPECT_EQ(open.seen(), "nothing, nothing") << "an answer can be removed as well";
    ASSERT_TRUE(shop.answers({{"colour", "mauve"}}).ok());
    EXPECT_EQ(open.seen(), "mauve, nothing");
    EXPECT_EQ(open.in_force(), 0u);
    EXPECT_EQ(open.corrects(R"("value":"pink")"), 1u);
    open.source_tells("grey");
    EXPECT_EQ(open.seen_for("service"), "grey") << "what a source told was not put right";
}

TEST(AnswerCorrection, OfWhatASourceToldTooStaysWithTheSources) {
    CorrectingShop open;
    OfferShop& shop = open.shop;
    open.source_tells("grey");
    const std::string before = open.seen();
    ASSERT_NE(before.find("grey"), std::string::npos) << before;
    ASSERT_TRUE(shop.answers({{"colour", "blue"}}).ok());
    EXPECT_EQ(open.corrects(R"("value":"green")"), 1u);
    EXPECT_EQ(open.seen_for("measurement"), "green");
    const std::string for_service = open.seen_for("service");
    ASSERT_TRUE(shop.takes_back("colour").ok());
    EXPECT_EQ(open.seen_for("service"), for_service);
    EXPECT_EQ(open.in_force(), 1u) << "the source would tell the wrong value again";
}

TEST(AnswerCorrection, ComesBackWithAnExport) {
    CorrectingShop open;
    ASSERT_TRUE(open.shop.answers({{"colour", "blue"}}).ok());
    open.corrects(R"("value":"green")");
    const std::string text =
        open.shop.runtime->rights().export_profile(open.shop.id_of(kCanary)).value();
    CorrectingShop other;
    const auto taken = other.shop.runtime->rights().import_profile(text);
    ASSERT_TRUE(taken.ok()) << taken.error().message;
    EXPECT_EQ(other.seen(), "green, nothing");
}

}  // namespace
}  // namespace filrouge::engine
