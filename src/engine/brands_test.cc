// Brands of one group in one process.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "engine/world_for_test.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

// Two zones, so that what a brand takes from the other shows.
constexpr std::array<std::string_view, 2> kZones = {"Europe/Paris", "America/New_York"};
constexpr std::array<std::string_view, 2> kBrandIds = {"coats", "hats"};

std::string settings_of_one(std::string_view zone) {
    return R"({"time_zone":")" + std::string(zone) + "\"," + std::string(kWorldPurposes) + "}";
}
std::string settings_of_group() {
    std::string brands;
    for (std::size_t b = 0; b < 2; ++b) {
        brands += std::string(b == 0 ? "" : ",") + R"({"id":")" + std::string(kBrandIds[b]) +
                  R"(","name":"","time_zone":")" + std::string(kZones[b]) + "\"}";
    }
    return R"({"time_zone":"Europe/Paris","brands":[)" + brands + "]," +
           std::string(kWorldPurposes) + "}";
}

const char* const kRules[] = {
    "count(Product Viewed, last 3 days) >= 2",
    "any(Order Completed) and not any(Product Viewed, today)",
    "sum(Order Completed.revenue, last 10 days) > 50 EUR",
    "Product Added then not Order Completed within 24 hours",
    "consent(marketing.email) and count(*) >= 3",
    "trait(city) = \"Lyon\"",
    "any(Order Completed, this month)",
    "count(Product Viewed, including bots, yesterday) >= 1",
};
constexpr std::size_t kRuleCount = std::size(kRules);

std::vector<Identifier> everybody() {
    std::vector<Identifier> all;
    all.reserve(11);
    for (int i = 0; i < 4; ++i) all.push_back(user("u" + std::to_string(i)));
    for (int i = 0; i < 7; ++i) all.push_back(visitor("a" + std::to_string(i)));
    return all;
}

collect::Incoming random_contact(std::mt19937_64& rng, IngestTime now) {
    static const char* const kNames[] = {"Product Viewed", "Product Viewed", "Product Added",
                                         "Order Completed"};
    std::vector<Identifier> ids;
    if (rng() % 2 != 0) ids.push_back(user("u" + std::to_string(rng() % 4)));
    if (ids.empty() || rng() % 2 != 0) ids.push_back(visitor("a" + std::to_string(rng() % 7)));
    EventTime at = as_event_time(now);
    if (rng() % 4 == 0) at = at - hours(static_cast<std::int64_t>(rng() % 200));
    collect::Incoming incoming = contact(kNames[rng() % 4], at, std::move(ids), rng() % 3 != 0);
    if (rng() % 4 == 0) incoming.consents.push_back({"marketing.email", rng() % 2 == 0});
    if (rng() % 9 == 0) incoming.consents.push_back({"measurement", false});
    if (rng() % 12 == 0) incoming.bot = BotVerdict::UserAgent;
    if (incoming.event.name == "Order Completed") {
        incoming.event.has_value = true;
        incoming.event.value = {static_cast<std::int64_t>(rng() % 40) * kFixedScale,
                                *Currency::parse("EUR")};
    }
    if (rng() % 5 == 0) {
        PackedWriter w(incoming.event.traits);
        const auto mark = w.begin_object(1);
        w.key("city");
        w.string(rng() % 2 == 0 ? "Lyon" : "Lille");
        w.end(mark);
    }
    return incoming;
}

// What brand `b` of the group knows and what the process that is this brand alone knows.
void expect_alike(World& group, World& alone, BrandNo b, const std::string& where) {
    const std::vector<Identifier> all = everybody();
    for (const Identifier& id : all) {
        const FragmentNo in_group = group.fragment(b, id);
        const FragmentNo in_alone = alone.fragment(0, id);
        ASSERT_EQ(group.fold->graph.knows(in_group), alone.fold->graph.knows(in_alone)) << where;
        if (!alone.fold->graph.knows(in_alone)) continue;
        const PersonNo one = group.fold->graph.person_of(in_group);
        const PersonNo other = alone.fold->graph.person_of(in_alone);
        EXPECT_EQ(group.fold->brand_of(one), b) << where;
        EXPECT_EQ(group.fold->standing_of(one), alone.fold->standing_of(other)) << where;
        for (const Identifier& too : all) {
            const FragmentNo f = alone.fragment(0, too);
            if (!alone.fold->graph.knows(f)) continue;
            EXPECT_EQ(group.fold->graph.person_of(group.fragment(b, too)) == one,
                      alone.fold->graph.person_of(f) == other)
                << where;
        }
        for (std::uint32_t r = 0; r < kRuleCount; ++r) {
            const audience::AudienceNo mine{r * 2 + b}, foreign{r * 2 + 1 - b};
            EXPECT_EQ(group.fold->live.member(mine, one),
                      alone.fold->live.member(audience::AudienceNo{r}, other))
                << where << ", " << kRules[r];
            EXPECT_FALSE(group.fold->live.member(foreign, one)) << where << ", " << kRules[r];
        }
    }
    for (std::uint32_t r = 0; r < kRuleCount; ++r) {
        EXPECT_EQ(group.fold->live.count(audience::AudienceNo{r * 2 + b}),
                  alone.fold->live.count(audience::AudienceNo{r}))
            << where << ", " << kRules[r];
    }
    for (const char* what : {"stored", "bot", "not_kept:no_consent"}) {
        EXPECT_EQ(group.fold->counted(static_cast<SourceNo>(b + 1), what),
                  alone.fold->counted(1, what))
            << where << ", " << what;
    }
}

class BrandLaw : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(BrandLaw, TwoBrandsInOneProcessBehaveAsTwoProcesses) {
    std::mt19937_64 rng(GetParam());
    World group(1, {}, settings_of_group());
    World coats(2, {}, settings_of_one(kZones[0]));
    World hats(3, {}, settings_of_one(kZones[1]));
    const std::array<World*, 2> alone = {&coats, &hats};
    for (BrandNo b = 0; b < 2; ++b) {
        group.source("web-" + std::to_string(b), std::string(kBrandIds[b]));
        alone[b]->source("web", "");
    }
    const auto define = [&] {
        for (std::uint32_t r = 0; r < kRuleCount; ++r) {
            for (BrandNo b = 0; b < 2; ++b) {
                const std::string id = "a" + std::to_string(r);
                group.audience(id + "-" + std::to_string(b), kRules[r], r * 2 + b, "measurement",
                               std::string(kBrandIds[b]));
                alone[b]->audience(id, kRules[r], r);
            }
        }
        for (World* world : {&group, &coats, &hats}) world->settle();
    };
    const int defined_at = static_cast<int>(rng() % 100);
    for (int i = 0; i < 200; ++i) {
        if (i == defined_at) define();
        const Duration step = minutes(static_cast<std::int64_t>(rng() % 300));
        for (World* world : {&group, &coats, &hats}) {
            world->now = world->now + step;
            world->tick();
        }
        const auto b = static_cast<BrandNo>(rng() % 2);
        const collect::Incoming incoming = random_contact(rng, group.now);
        const IngestReply told = group.send(incoming, static_cast<SourceNo>(b + 1));
        const IngestReply wanted = alone[b]->send(incoming);
        EXPECT_EQ(told.stored, wanted.stored);
        EXPECT_EQ(told.not_kept, wanted.not_kept);
        if (i > defined_at && i % 20 != 19) continue;
        const std::string where = "seed " + std::to_string(GetParam()) + ", " + std::to_string(i);
        if (i > defined_at) {
            expect_alike(group, coats, 0, where);
            expect_alike(group, hats, 1, where);
            group.expect_live_is_full(where);
        }
        if (HasFailure()) return;
    }
    EXPECT_EQ(group.fold->hash(), group.rebuilt()->hash());
}

INSTANTIATE_TEST_SUITE_P(Random, BrandLaw, ::testing::Range<std::uint64_t>(1, 25));

TEST(Brands, TheSameIdentifierInTwoBrandsIsTwoPersonsWithConsentsOfTheirOwn) {
    World world(1, {}, settings_of_group());
    world.source("web-coats", "coats");
    world.source("web-hats", "hats");
    const auto now = as_event_time(world.now);
    world.send(contact("Order Completed", now, {user("camille")}), 1);
    EXPECT_EQ(world.send(contact("Product Viewed", now, {user("camille")}, false), 2).not_kept, 1u)
        << "what she allows one brand she does not allow the other";
    collect::Incoming no = contact("Consent Updated", now, {user("camille")}, false);
    no.consent_change = true;
    no.consents = {{"measurement", false}};
    world.send(no, 2);
    EXPECT_EQ(world.send(contact("Product Viewed", now, {user("camille")}, false), 1).stored, 1u)
        << "a refusal in one brand says nothing for the other";
    EXPECT_EQ(world.fold->graph.persons(), 2u);
}

}  // namespace
}  // namespace filrouge::engine
