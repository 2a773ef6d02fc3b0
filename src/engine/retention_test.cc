// Who is kept no longer: found by their own contacts alone, shown beforehand, erased for good.
#include "engine/retention.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>

#include "base/seed_for_test.h"
#include "engine/answer_for_test.h"
#include "engine/erasing_for_test.h"
#include "engine/rights_desk.h"
#include "engine/world_for_test.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

// Against a reading of the same events one after the other.
TEST(Retention, TheLastContactIsThePersonsOwnWhateverElseHappened) {
    const std::uint64_t seed = test_seed(5);
    SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto pick = [&random](std::uint32_t n) {
        return static_cast<std::uint32_t>(random() % n);
    };
    World world(seed);
    constexpr std::uint32_t kPersons = 40;
    struct Seen {
        std::int64_t contact = INT64_MIN, first = INT64_MAX;
    };
    std::vector<Seen> seen(kPersons);
    for (int i = 0; i < 600; ++i) {
        const std::uint32_t p = pick(kPersons);
        Event event;
        event.kind = std::array{EventKind::Track, EventKind::Page, EventKind::Identify}[pick(3)];
        event.name = pick(2) == 0 ? "Email Opened" : "Coat Viewed";
        event.at = as_event_time(world.now) - hours(pick(5'000));
        event.source = 1;
        event.allowed = PurposeSet{}.with(0);
        event.flags = std::array<std::uint8_t, 3>{0, kEventBot, kEventImported}[pick(3)];
        if (pick(2) == 0) event.consents = {{0, pick(2) == 0}};
        // Whoever refuses has statements and no rows.
        if (!event.consents.empty() && pick(2) == 0) event.flags |= kEventConsentOnly;
        event.fragment = FragmentNo{p};
        event.identifiers = {{IdentifierType::UserId, std::to_string(p), event.fragment}};
        world.let_in(event);
        const bool is_row = event.kind == EventKind::Identify;
        const bool opened = event.kind == EventKind::Track && event.name == "Email Opened";
        const bool contact =
            !event.is_bot() && !opened && !(is_row && (event.flags & kEventImported) != 0);
        seen[p].first = std::min(seen[p].first, event.at.us);
        if (contact) seen[p].contact = std::max(seen[p].contact, event.at.us);
    }
    const Fold& fold = *world.fold;
    const Contacts contacts(fold, Settings().not_contacts);
    PersonReader reader(fold);
    for (std::uint32_t p = 0; p < kPersons; ++p) {
        if (!fold.is_met(FragmentNo{p})) continue;
        const Seen& told = seen[p];
        EXPECT_EQ(contacts.last_of(reader, PersonNo{p}).us,
                  told.contact != INT64_MIN ? told.contact : told.first)
            << p;
    }
}

struct YearsShop : ErasingShop {
    using ErasingShop::ErasingShop;
    void opens_mail(const std::string& mark) {
        collect::Incoming incoming = event_of(mark);
        incoming.event.name = "Email Opened";
        sends(std::move(incoming));
        runtime->wait_until_folded();
    }
    std::int64_t figure(const Result<std::string>& told, const char* name) {
        return parsed(told).at(name).to_number<std::int64_t>();
    }
};

TEST(Retention, AfterThreeYearsWithoutAContactAPersonIsErasedAndAnOpenedMailExtendsNothing) {
    fake::FakeDisk disk;
    {
        YearsShop shop(disk);
        for (const char* who : {"anna7q", "bert7qkept5longer", "cleo7q"}) shop.sees(who);
        RightsDesk& rights = shop.runtime->rights();
        const std::string cleo = shop.id_of("cleo7q");
        parsed(rights.restrict(cleo, R"({"action":"restrict","reason":"a claim"})", "t"));
        shop.clock.advance(days(1'000));
        shop.opens_mail("bert7qkept5longer");
        shop.sees("anna7q");
        shop.clock.advance(days(70));
        EXPECT_EQ(shop.figure(rights.retention("0"), "due"), 0);
        EXPECT_EQ(shop.figure(rights.retention(""), "soon"), 1) << "a warning before it happens";
        shop.clock.advance(days(30));
        const json::object plan = parsed(rights.retention("0"));
        EXPECT_EQ(plan.at("due").to_number<int>(), 1);
        EXPECT_EQ(plan.at("restricted").to_number<int>(), 1) << "her claim still needs the data";
        EXPECT_EQ(plan.at("profiles").as_array().at(0).at("profile").as_string(),
                  shop.id_of("bert7qkept5longer"));
        EXPECT_GT(found_in(readable(disk), "bert7qkept5longer"), 0);

        const json::object swept = parsed(rights.sweep_retention());
        EXPECT_EQ(swept.at("erased").to_number<int>(), 1);
        EXPECT_EQ(swept.at("erasures").as_array().size(), 1u);
        shop.wait_until_complete();
        EXPECT_FALSE(shop.knows("bert7qkept5longer"));
        EXPECT_TRUE(shop.knows("anna7q"));
        EXPECT_TRUE(shop.knows("cleo7q"));
        EXPECT_EQ(found_in(readable(disk), "bert7qkept5longer"), 0);
        EXPECT_EQ(shop.figure(rights.sweep_retention(), "erased"), 0);
    }
    YearsShop again(disk, 2, days(1'101));
    EXPECT_FALSE(again.knows("bert7qkept5longer"));
    EXPECT_TRUE(again.knows("anna7q"));
}

// Whatever was agreed to: an event of somebody who refused leaves a statement and no row.
TEST(Retention, NoOpenedMailAndNoRowOfAFileExtendsThePersonWhoRefusedMeasurement) {
    fake::FakeDisk disk;
    YearsShop shop(disk);
    const std::vector<std::string> persons = {"anna7q", "bert7q", "cleo7q",
                                              "dora7q", "eva7q",  "finn7q"};
    for (const std::string& who : persons) shop.sees(who);
    shop.clock.advance(days(1'000));
    const auto tells = [&shop](const std::string& who, EventKind kind, const char* name, bool yes) {
        collect::Incoming incoming = shop.event_of(who);
        incoming.event.kind = kind;
        incoming.event.name = name;
        incoming.consents = {{"measurement", yes}};
        shop.sends(std::move(incoming), kind == EventKind::Identify);
        shop.runtime->wait_until_folded();
        shop.clock.advance(hours(1));
    };
    tells("anna7q", EventKind::Track, "Email Opened", true);
    tells("bert7q", EventKind::Track, "Email Opened", false);
    tells("cleo7q", EventKind::Identify, "", true);
    tells("dora7q", EventKind::Identify, "", false);
    tells("eva7q", EventKind::Track, "Coat Viewed", false);  // that was she herself
    tells("eva7q", EventKind::Track, "Email Opened", false);
    tells("finn7q", EventKind::Track, "Email Opened", false);
    shop.command(&Runtime::set_consent, R"({"type":"user_id","value":"user-finn7q",)"
                                        R"("purposes":{"measurement":false}})");
    shop.clock.advance(days(100));
    const json::object swept = parsed(shop.runtime->rights().sweep_retention());
    EXPECT_EQ(swept.at("erased").to_number<int>(), 4);
    for (const std::string& who : persons)
        EXPECT_EQ(shop.knows(who), who == "eva7q" || who == "finn7q") << who;
}

TEST(Retention, WhatTheSettingsCallNoContactIsNoneForWhoRefused) {
    fake::FakeDisk disk;
    Settings settings = ErasingShop::small_files();
    settings.not_contacts = {"Coat Viewed"};
    {
        YearsShop shop(disk, 1, Duration{}, settings);
        for (const char* who : {"anna7q", "bert7q"}) shop.sees(who);
        shop.clock.advance(days(1'000));
        for (const auto& [who, name] :
             {std::pair{"anna7q", "Coat Viewed"}, {"bert7q", "Email Opened"}}) {
            collect::Incoming incoming = shop.event_of(who);
            incoming.event.name = name;
            incoming.consents = {{"measurement", false}};
            shop.sends(std::move(incoming));
        }
        shop.runtime->wait_until_folded();
        shop.runtime->stop();
    }
    YearsShop again(disk, 2, days(1'101), settings);  // from a snapshot, or the log
    EXPECT_EQ(again.figure(again.runtime->rights().sweep_retention(), "erased"), 1);
    EXPECT_FALSE(again.knows("anna7q"));
    EXPECT_TRUE(again.knows("bert7q"));
}

TEST(Retention, WhoIsKeptForEverIsNeverDueAndWrongDaysAreRefused) {
    fake::FakeDisk disk;
    Settings settings = ErasingShop::small_files();
    settings.retention_days = 0;
    YearsShop shop(disk, 1, Duration{}, settings);
    shop.sees("anna7q");
    shop.clock.advance(days(9'000));
    RightsDesk& rights = shop.runtime->rights();
    EXPECT_EQ(shop.figure(rights.retention(""), "due"), 0);
    EXPECT_EQ(shop.figure(rights.sweep_retention(), "erased"), 0);
    EXPECT_TRUE(shop.knows("anna7q"));
    for (const char* wrong : {"-1", "367", "soon"})
        EXPECT_EQ(rights.retention(wrong).error().code, "api.invalid_field") << wrong;
}

TEST(Retention, OneSweepErasesAllWhoAreDue) {
    fake::FakeDisk disk;
    YearsShop shop(disk);
    for (int i = 0; i < 30; ++i) shop.sees("person" + std::to_string(100 + i));
    shop.clock.advance(days(1'200));
    const json::object swept = parsed(shop.runtime->rights().sweep_retention());
    EXPECT_EQ(swept.at("erased").to_number<int>(), 30);
    EXPECT_EQ(swept.at("left").to_number<int>(), 0);
    EXPECT_FALSE(shop.knows("person100"));
    EXPECT_FALSE(shop.knows("person129"));
}

}  // namespace
}  // namespace filrouge::engine
