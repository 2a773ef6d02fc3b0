// What one purpose may see is no other purpose's to learn, also not by naming an audience.
#include <gtest/gtest.h>

#include "engine/masking.h"
#include "engine/shop_for_test.h"
#include "engine/world_for_test.h"

namespace filrouge::engine {
namespace {

TEST(AudiencePurpose, ARuleNamesAudiencesOfItsOwnPurposeAlone) {
    fake::FakeDisk disk;
    Shop shop(disk);
    ASSERT_TRUE(shop.send({"a1", "b1"}));
    shop.runtime->wait_until_folded();
    const auto create = [&](const std::string& purpose, const std::string& name,
                            const std::string& rule) {
        const std::string told =
            shop.command(&Runtime::create_audience, R"({"name":")" + name + R"(","purpose":")" +
                                                        purpose + R"(","rule":")" + rule + "\"}");
        return told.starts_with("{") ? "" : told;
    };
    EXPECT_EQ(create("service", "Served", "any(Product Viewed)"), "");
    EXPECT_EQ(create("measurement", "Seen", R"(in audience \"Served\")"), "audience.other_purpose");
    EXPECT_EQ(create("service", "Served too", R"(in audience \"Served\")"), "");
    const auto code = [](const auto& told) { return told.ok() ? "" : told.error().code; };
    Runtime& runtime = *shop.runtime;
    EXPECT_EQ(code(runtime.count_rule(R"(in audience "Served")", "measurement", "")),
              "audience.other_purpose");
    EXPECT_EQ(code(runtime.count_rule(R"(not in audience "Served")", "measurement", "")),
              "audience.other_purpose");
    EXPECT_EQ(code(runtime.count_rule(R"(in audience "Served")", "service", "")), "");
    EXPECT_EQ(create("measurement", "Seen", "any(Product Viewed)"), "");
    EXPECT_EQ(code(runtime.overlap({"served", "seen"})), "audience.other_purpose");
    EXPECT_EQ(code(runtime.overlap({"served", "served-too"})), "");
    const auto ask = [&](const std::string& purpose, const std::string& rest) {
        return code(runtime.ask(R"({"purpose":")" + purpose + "\"," + rest + "}", AnswerForm::Json,
                                "", Mask()));
    };
    const std::string who = R"("who":"in audience \"Served\"","rfm":{})";
    EXPECT_EQ(ask("measurement", who), "audience.other_purpose");
    EXPECT_EQ(ask("service", who), "");
    EXPECT_EQ(ask("measurement", R"("niche":{"rule":"in audience \"Served\""})"),
              "audience.other_purpose");
}

// Its rule is of a log that was written before such rules were refused.
TEST(AudiencePurpose, AStoredRuleThatNamesAnotherPurposesAudienceTakesNobodyIn) {
    World world(1);
    world.audience("everybody", "count(*) >= 1", 0, "measurement");
    world.audience("fans", "in audience \"everybody\"", 1, "measurement");
    world.audience("others", "in audience \"everybody\"", 2, "marketing.email");
    world.audience("not others", "not in audience \"everybody\"", 3, "marketing.email");
    collect::Incoming view =
        contact("Product Viewed", as_event_time(world.now), {user("camille")}, false);
    view.consents = {{"measurement", true}, {"marketing.email", true}};
    world.send(view);
    world.settle();
    EXPECT_EQ(world.fold->live.count(audience::AudienceNo{1}), 1u);
    EXPECT_EQ(world.fold->live.count(audience::AudienceNo{2}), 0u);
    EXPECT_EQ(world.fold->live.count(audience::AudienceNo{3}), 0u);
    world.fold->after_load();
    world.settle();
    EXPECT_EQ(world.fold->live.count(audience::AudienceNo{2}), 0u);
}

}  // namespace
}  // namespace filrouge::engine
