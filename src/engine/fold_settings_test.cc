// What a change of the settings does to audiences: who leaves by it is told.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/seed_for_test.h"
#include "engine/settings_record.h"
#include "engine/world_for_test.h"
#include "engine/zone.h"

namespace filrouge::engine {
namespace {

constexpr audience::AudienceNo kFirst{0};

std::string settings_of(std::string_view basis_of_service, std::string_view zone, bool one_more) {
    return R"({"time_zone":")" + std::string(zone) +
           R"(","currency":"EUR","purposes":[)"
           R"({"name":"measurement","basis":"consent","gpc_denies":false,"categories":["Analytics"]},)"
           R"({"name":"service","basis":")" +
           std::string(basis_of_service) + R"(","gpc_denies":false,"categories":[]})" +
           (one_more ? R"(,{"name":"letter","basis":"consent","gpc_denies":false,"categories":[]})"
                     : "") +
           R"(],"identity":[{"type":"anonymous_id","per_person_max":3}]})";
}

// The default file's own example blocks the shop's address: no e-mail tied anybody any more.
TEST(FoldSettings, WhoOnlyBlocksValuesOfATypeKeepsItsLimit) {
    Settings settings;
    settings.identity = {{"email", 0, {"@shop.example"}}, {"phone", 2, {}}};
    const auto told = parse_fold_settings(settings_json(settings));
    ASSERT_TRUE(told.has_value());
    const auto most = [](const identity::Limits& limits, IdentifierType type) {
        return limits.per_person_max[static_cast<std::size_t>(type)];
    };
    EXPECT_EQ(most(told->limits, IdentifierType::Email),
              most(identity::Limits::defaults(), IdentifierType::Email));
    EXPECT_EQ(most(told->limits, IdentifierType::Phone), 2);
}

void set(World& world, const std::string& settings) {
    world.document(RecordType::Settings, std::string(kSettingsDocument), settings);
}
collect::Incoming seen(const World& world, const std::string& who) {
    return contact("Product Viewed", as_event_time(world.now), {user(who)});
}
collect::Incoming withdrawn(const World& world, const std::string& who) {
    collect::Incoming no = contact("Consent Updated", as_event_time(world.now), {user(who)}, false);
    no.consent_change = true;
    no.consents = {{"measurement", false}};
    return no;
}

TEST(FoldSettings, AWithdrawalBeforeTheRulesAreAskedAgainIsTold) {
    World world(1);
    set(world, settings_of("legitimate_interest", "Europe/Paris", false));
    world.audience("seen", "any(Product Viewed)", 0);
    world.settle();
    world.send(seen(world, "camille"));
    world.send(seen(world, "denis"));
    ASSERT_EQ(world.changes.size(), 2u);
    set(world, settings_of("legitimate_interest", "Europe/Paris", true));
    world.send(withdrawn(world, "camille"));
    world.settle();
    ASSERT_EQ(world.changes.size(), 3u);
    EXPECT_FALSE(world.changes.back().entered);
    EXPECT_EQ(world.fold->live.count(kFirst), 1u);
    world.expect_live_is_full("after the withdrawal");
}

TEST(FoldSettings, WhoNoLongerAllowsThePurposeLeavesAtOnceAndIsTold) {
    World world(1);
    set(world, settings_of("legitimate_interest", "Europe/Paris", false));
    world.audience("served", "any(Product Viewed)", 0, "service");
    world.settle();
    for (const char* who : {"camille", "denis", "eva"}) world.send(seen(world, who));
    ASSERT_EQ(world.fold->live.count(kFirst), 3u);
    world.changes.clear();
    set(world, settings_of("consent", "Europe/Paris", false));
    EXPECT_EQ(world.fold->live.count(kFirst), 0u);
    EXPECT_EQ(world.changes.size(), 3u);
    world.settle();
    EXPECT_EQ(world.changes.size(), 3u);
    world.expect_live_is_full("after the change");
}

// A country moves its clocks, and the machine's tables follow: yesterday and today part elsewhere,
// as they would in another zone.
TEST(FoldSettings, OtherTablesOfZonesAskEverybodyAnew) {
    World world(1);
    Settings settings = default_settings();
    set(world, settings_json(settings, "2025a"));
    world.audience("seen", "any(Product Viewed)", 0);
    world.settle();
    world.send(seen(world, "camille"));
    ASSERT_TRUE(world.fold->live.complete(kFirst));
    set(world, settings_json(settings, "2025a"));
    EXPECT_TRUE(world.fold->live.complete(kFirst)) << "nothing changed";
    set(world, settings_json(settings, "2025b"));
    EXPECT_FALSE(world.fold->live.complete(kFirst));
    world.settle();
    world.expect_live_is_full("after the tables");
    EXPECT_EQ(world.fold->live.count(kFirst), 1u);
}

TEST(FoldSettings, TheMachineTellsWhichTablesOfZonesItHas) {
    EXPECT_FALSE(zone_tables_version().empty());
    EXPECT_EQ(zone_tables_version(), zone_tables_version());
    EXPECT_EQ(settings_json(default_settings()).find("zone_tables"), std::string::npos);
}

// Of whoever was told to have entered it is told that they left, whatever the settings do.
class ToldLaw : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(ToldLaw, WhatWasToldAddsUpToWhoIsIn) {
    std::mt19937_64 rng(GetParam());
    World world(GetParam());
    set(world, settings_of("legitimate_interest", "Europe/Paris", false));
    world.audience("seen", "any(Product Viewed, today)", 0);
    world.audience("served", "count(Product Viewed, last 2 days) >= 1", 1, "service");
    world.settle();  // complete while empty: nobody is found without being told
    for (int step = 0; step < 80; ++step) {
        world.now = world.now + seconds(static_cast<std::int64_t>(rng() % 20'000));
        const std::string who = "u" + std::to_string(rng() % 6);
        switch (rng() % 6) {
            case 0: world.send(withdrawn(world, who)); break;
            case 1: {
                static const char* const kZones[] = {"Europe/Paris", "Asia/Tokyo"};
                const char* const basis = rng() % 4 == 0 ? "consent" : "legitimate_interest";
                const char* const zone = kZones[rng() % 2];
                set(world, settings_of(basis, zone, rng() % 2 == 0));
                break;
            }
            case 2: world.tick(); break;
            default: world.send(seen(world, who)); break;
        }
    }
    world.settle();
    world.expect_live_is_full("at the end");
    std::map<std::uint32_t, std::set<std::uint32_t>> in;
    for (const audience::Change& change : world.changes) {
        std::set<std::uint32_t>& members = in[change.audience.value];
        ASSERT_TRUE(change.entered ? members.insert(change.person.value).second
                                   : members.erase(change.person.value) == 1)
            << "told twice, or to leave without having entered";
    }
    for (const std::uint32_t slot : {0u, 1u}) {
        EXPECT_EQ(in[slot].size(), world.fold->live.count(audience::AudienceNo{slot}));
        for (const std::uint32_t person : in[slot])
            EXPECT_TRUE(world.fold->live.member(audience::AudienceNo{slot}, PersonNo{person}));
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ToldLaw, ::testing::ValuesIn(test_seeds(40)));

}  // namespace
}  // namespace filrouge::engine
