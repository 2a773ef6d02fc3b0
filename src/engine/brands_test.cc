// Brands of one group in one process.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <set>

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
        EXPECT_EQ(group.fold->brands_of(one), std::vector<BrandNo>{b}) << where;
        EXPECT_EQ(group.fold->standing_of(one, b), alone.fold->standing_of(other, 0)) << where;
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

// --- identity crosses brands

// No limit stands in the way, so who is one person follows from the contacts alone.
std::string settings_of_joined(bool across) {
    std::string text = settings_of_group();
    const std::string limits = R"("identity":[{"type":"anonymous_id","per_person_max":3}])";
    text.replace(text.find(limits), limits.size(),
                 R"("identity":[{"type":"anonymous_id","per_person_max":50},)"
                 R"({"type":"user_id","per_person_max":50}])");
    if (across) text.insert(1, R"("identity_across_brands":true,)");
    return text;
}

using Known = std::pair<IdentifierType, std::string>;  // whatever the brand

// Identifiers that are one person because contacts of any brand say so.
class Together {
  public:
    void see(const std::vector<Identifier>& seen) {
        const std::size_t first = set_of({seen.front().type, seen.front().value});
        for (const Identifier& id : seen) {
            const std::size_t other = set_of({id.type, id.value});
            for (auto& [known, set] : sets_) {
                if (set == other) set = first;
            }
        }
    }
    std::size_t set_of(const Known& known) {
        return sets_.try_emplace(known, sets_.size()).first->second;
    }

  private:
    std::map<Known, std::size_t> sets_;
};

// What brand `b` knows of each person, by its own identifiers alone.
std::map<PersonNo, std::set<Known>> persons_of(const World& world, BrandNo b) {
    std::map<PersonNo, std::set<Known>> out;
    for (const Identifier& id : everybody()) {
        const FragmentNo f = world.fragment(b, id);
        if (!world.fold->graph.knows(f)) continue;
        out[world.fold->graph.person_of(f)].emplace(id.type, id.value);
    }
    return out;
}

// Where the other brand tied nothing that this one knows apart, nothing differs for it.
void expect_a_filter(const World& joined, const World& apart, BrandNo b, const std::string& where) {
    const auto alone = persons_of(apart, b);
    for (const auto& [person, known] : persons_of(joined, b)) {
        for (const auto& [other, same] : alone) {
            if (same != known) continue;
            EXPECT_EQ(joined.fold->standing_of(person, b), apart.fold->standing_of(other, b))
                << where;
            for (std::uint32_t r = 0; r < kRuleCount; ++r) {
                const audience::AudienceNo slot{r * 2 + b};
                EXPECT_EQ(joined.fold->live.member(slot, person),
                          apart.fold->live.member(slot, other))
                    << where << ", " << kRules[r];
            }
        }
    }
}

void expect_joined(World& joined, Together& together, const std::string& where) {
    const Fold& fold = *joined.fold;
    std::map<std::size_t, PersonNo> person_of;
    PersonReader reader(fold);
    std::array<std::uint64_t, 2> rows{};
    std::set<PersonNo> persons;
    for (const Identifier& id : everybody()) {
        for (BrandNo b = 0; b < 2; ++b) {
            const FragmentNo f = joined.fragment(b, id);
            if (!fold.graph.knows(f)) continue;
            const PersonNo person = fold.graph.person_of(f);
            const auto [known, fresh] =
                person_of.try_emplace(together.set_of({id.type, id.value}), person);
            EXPECT_EQ(known->second, person) << where << ", one person in both brands";
            persons.insert(person);
            EXPECT_TRUE(fold.is_known_to(person, b)) << where;
        }
    }
    EXPECT_EQ(persons.size(), person_of.size()) << where << ", and two are not one";
    EXPECT_EQ(fold.graph.persons(), persons.size()) << where;
    for (const PersonNo person : persons) {
        for (BrandNo b = 0; b < 2; ++b) {
            for (const history::EventRow& row : reader.look(person, {b, 0}).events) {
                EXPECT_EQ(row.source, b + 1) << where << ", a brand reads what it learnt itself";
                ++rows[b];
            }
            consent::Standing standing;
            std::vector<FragmentNo> all;
            fold.graph.fragments_of(person, all);
            for (const FragmentNo f : all) {
                if (fold.fragments.at(f.value).brand == b)
                    standing = standing.join(fold.ledger.standing_of(f));
            }
            EXPECT_EQ(fold.standing_of(person, b), standing) << where;
        }
    }
    for (BrandNo b = 0; b < 2; ++b) {
        EXPECT_EQ(rows[b], fold.counted(static_cast<SourceNo>(b + 1), "stored") +
                               fold.counted(static_cast<SourceNo>(b + 1), "bot"))
            << where << ", and all of it";
    }
}

class JoinedLaw : public ::testing::TestWithParam<std::uint64_t> {};

// The shop joins its brands and takes them apart again, now and then.
TEST_P(JoinedLaw, IdentityCrossesBrandsAndNothingElseDoes) {
    std::mt19937_64 rng(GetParam());
    bool across = rng() % 2 == 0;
    World joined(1, {}, settings_of_joined(across));
    World apart(2, {}, settings_of_joined(false));
    Together together;
    for (World* world : {&joined, &apart}) {
        for (BrandNo b = 0; b < 2; ++b) {
            const std::string brand(kBrandIds[b]);
            world->source("web-" + brand, brand);
            for (std::uint32_t r = 0; r < kRuleCount; ++r)
                world->audience("a" + std::to_string(r) + "-" + brand, kRules[r], r * 2 + b,
                                "measurement", brand);
        }
    }
    for (int i = 0; i < 120; ++i) {
        const std::string where = "seed " + std::to_string(GetParam()) + ", " + std::to_string(i);
        const Duration step = minutes(static_cast<std::int64_t>(rng() % 300));
        const auto b = static_cast<BrandNo>(rng() % 2);
        collect::Incoming incoming = random_contact(rng, joined.now + step);
        // All is kept, whatever was said before, so both worlds have the same contacts.
        std::erase_if(incoming.consents, [](const auto& c) { return c.name == "measurement"; });
        incoming.consents.push_back({"measurement", true});
        together.see(incoming.event.identifiers);
        for (World* world : {&joined, &apart}) {
            world->now = world->now + step;
            EXPECT_EQ(world->send(incoming, static_cast<SourceNo>(b + 1)).stored, 1u) << where;
        }
        if (rng() % 20 == 0) {
            across = !across;
            joined.document(RecordType::Settings, std::string(kSettingsDocument),
                            settings_of_joined(across));
        }
        if (i % 10 != 9) continue;
        for (World* world : {&joined, &apart}) {
            world->tick();
            world->settle();
            world->expect_live_is_full(where);
        }
        for (BrandNo brand = 0; brand < 2; ++brand) {
            expect_a_filter(joined, apart, brand, where);
            if (!across) {
                EXPECT_EQ(persons_of(joined, brand), persons_of(apart, brand)) << where;
            }
        }
        if (across) expect_joined(joined, together, where);
        if (HasFailure()) return;
    }
    EXPECT_EQ(joined.fold->hash(), joined.rebuilt()->hash());
}

INSTANTIATE_TEST_SUITE_P(Random, JoinedLaw, ::testing::Range<std::uint64_t>(1, 25));

TEST(Brands, WhatOneBrandTiesTheOtherSeesAsOnePersonAndNotWhy) {
    World world(1, {}, settings_of_joined(true));
    world.source("web-coats", "coats");
    world.source("web-hats", "hats");
    const auto now = as_event_time(world.now);
    world.send(contact("Product Viewed", now, {visitor("phone")}), 1);
    world.send(contact("Product Viewed", now, {user("camille")}), 1);
    EXPECT_EQ(world.fold->graph.persons(), 2u);
    world.send(contact("Order Completed", now, {user("camille"), visitor("phone")}), 2);
    EXPECT_EQ(world.fold->graph.persons(), 1u);
    PersonReader reader(*world.fold);
    const PersonNo camille = world.fold->graph.person_of(world.fragment(0, user("camille")));
    EXPECT_EQ(reader.look(camille, {0, 0}).events.size(), 2u);
    EXPECT_EQ(reader.look(camille, {1, 0}).events.size(), 1u);
}

TEST(Brands, AShopThatBecomesAGroupIsRecognisedByItsNewBrandAtOnce) {
    World world(1, {}, settings_of_one(kZones[0]));
    world.source("web", "");
    world.send(contact("Order Completed", as_event_time(world.now), {user("camille")}), 1);
    world.document(RecordType::Settings, std::string(kSettingsDocument), settings_of_joined(true));
    world.source("web-hats", "hats");
    world.send(contact("Product Viewed", as_event_time(world.now), {user("camille")}), 2);
    EXPECT_EQ(world.fold->graph.persons(), 1u);
}

TEST(Brands, AKioskOfOneBrandIsNotTheOthers) {
    World world(1, {}, settings_of_joined(true));
    world.source("store-coats", "coats");
    world.source("store-hats", "hats");
    const Identifier kiosk{IdentifierType::Kiosk, "1", {}};
    for (const SourceNo source : {SourceNo{1}, SourceNo{2}})
        world.send(contact("Product Viewed", as_event_time(world.now), {kiosk}), source);
    EXPECT_NE(world.fold->graph.person_of(world.fragment(0, kiosk)),
              world.fold->graph.person_of(world.fragment(1, kiosk)));
}

}  // namespace
}  // namespace filrouge::engine
