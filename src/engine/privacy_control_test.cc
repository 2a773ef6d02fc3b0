// Global Privacy Control is an objection: it stays until a choice ends it.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/seed_for_test.h"
#include "engine/world_for_test.h"

namespace filrouge::engine {
namespace {

constexpr std::uint8_t kMarketing = 1;  // of World's purposes: gpc_denies

enum class Said : std::uint8_t { AmbientYes, AmbientNo, Control, ChoiceYes, ChoiceNo };

collect::Incoming saying(Said said, EventTime at, const char* who) {
    collect::Incoming in = contact("Product Viewed", at, {user(who)});
    in.global_privacy_control = said == Said::Control;
    in.consent_change = said == Said::ChoiceYes || said == Said::ChoiceNo;
    if (said != Said::Control)
        in.consents.push_back(
            {"marketing.email", said == Said::AmbientYes || said == Said::ChoiceYes});
    return in;
}

consent::Standing standing(const World& world, const char* who) {
    const FragmentNo fragment = world.fragment(0, user(who));
    return world.fold->standing_of(world.fold->graph.person_of(fragment), 0);
}

TEST(PrivacyControl, WhatRidesOnEventsNeverEndsItAndAChoiceDoes) {
    World world(1);
    const auto say = [&world](Said said) {
        world.now = world.now + seconds(1);
        world.send(saying(said, as_event_time(world.now), "u"));
        return standing(world, "u").granted.has(kMarketing);
    };
    EXPECT_TRUE(say(Said::AmbientYes));
    EXPECT_FALSE(say(Said::Control));
    EXPECT_FALSE(say(Said::AmbientYes));
    EXPECT_TRUE(standing(world, "u").objected.has(kMarketing));
    EXPECT_TRUE(say(Said::ChoiceYes));
    EXPECT_TRUE(say(Said::AmbientYes));
    EXPECT_FALSE(say(Said::Control)) << "while it is sent it wins";
    EXPECT_FALSE(say(Said::ChoiceNo));
    EXPECT_TRUE(say(Said::ChoiceYes));
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
}

TEST(PrivacyControl, AnEventUnderAnObjectionIsNotKeptForWhatIsObjectedTo) {
    World world(1);
    world.send(saying(Said::Control, as_event_time(world.now), "u"));
    world.now = world.now + seconds(1);
    world.send(saying(Said::AmbientYes, as_event_time(world.now), "u"));
    PersonReader reader(*world.fold);
    const FragmentNo fragment = world.fragment(0, user("u"));
    for (const auto& row : reader.history_of(world.fold->graph.person_of(fragment), 0)) {
        EXPECT_TRUE(row.allowed.has(0));
        EXPECT_FALSE(row.allowed.has(kMarketing));
    }
}

TEST(PrivacyControl, NobodyIsKeptForTheSignalAlone) {
    World world(1);
    collect::Incoming in = contact("Product Viewed", as_event_time(world.now), {user("u")}, false);
    in.global_privacy_control = true;
    const IngestReply reply = world.send(in);
    EXPECT_EQ(reply.not_kept, 1u);
    EXPECT_EQ(reply.stored, 0u);
}

// The standing is a function of what was said and when, not of the order in which it arrives.
TEST(PrivacyControl, TheOrderOfArrivalMakesNoDifference) {
    std::mt19937_64 rng(test_seed(1));
    for (int round = 0; round < 60; ++round) {
        struct One {
            Said said;
            std::int64_t second;
        };
        std::vector<One> history;
        history.reserve(8);
        for (int i = 0; i < 8; ++i) history.push_back({static_cast<Said>(rng() % 5), i});
        // The oracle: an objection after the last yes that was chosen refuses; else the last word.
        bool objected = false, granted = false;
        for (const One& one : history) {
            if (one.said == Said::Control) objected = true;
            if (one.said == Said::ChoiceYes) objected = false;
            granted = one.said == Said::AmbientYes || one.said == Said::ChoiceYes;
        }
        World world(static_cast<std::uint64_t>(round) + 1);
        const EventTime start = as_event_time(world.now);
        world.now = world.now + hours(1);
        std::shuffle(history.begin(), history.end(), rng);
        for (const One& one : history)
            world.send(saying(one.said, start + seconds(one.second), "u"));
        EXPECT_EQ(standing(world, "u").granted.has(kMarketing), granted && !objected) << round;
    }
}

}  // namespace
}  // namespace filrouge::engine
