#include "engine/runtime.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>

#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

TEST(Runtime, WhatWasAnsweredIsThereAfterEveryKindOfPowerCut) {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        fake::FakeDisk disk;
        Shop shop(disk, seed);
        std::mt19937_64 rng(seed);
        std::vector<std::vector<std::string>> acked;
        for (std::uint64_t i = 0; i < 10 + seed; ++i) {
            std::vector<std::string> ids;
            for (std::uint64_t k = 0; k <= rng() % 4; ++k)
                ids.push_back(std::to_string(i) + "-" + std::to_string(k));
            ASSERT_TRUE(shop.send(ids));
            acked.push_back(ids);
        }
        for (const fake::Crash how : fake::kCrashes) {
            const auto after = disk.clone();
            after->crash(how, seed);
            Shop again(*after, seed + 1'000);
            std::uint64_t all = 0;
            for (const auto& ids : acked) all += ids.size();
            EXPECT_EQ(stored(*again.runtime), all) << "seed " << seed;
            // The SDK that did not hear our answer sends again: nothing is doubled.
            for (const auto& ids : acked) {
                const auto reply = again.send(ids);
                ASSERT_TRUE(reply);
                EXPECT_EQ(reply->deduplicated, ids.size()) << "seed " << seed;
            }
            EXPECT_EQ(stored(*again.runtime), all);
        }
    }
}

TEST(Runtime, EachRequestIsToldItsOwnLastRecordNotItsGroups) {
    fake::FakeDisk disk;
    Shop shop(disk);
    // Everybody's first consent has its proof; what follows is one record an event.
    ASSERT_TRUE(shop.send({"0-a", "1-z", "2-z", "3-z", "4-z"}));
    shop.runtime->wait_until_folded();
    // The disk is slow: the first request is written, and the four after it become one group.
    std::atomic<bool> held = true;
    disk.watch([&] {
        while (held) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    const std::vector<std::vector<std::string>> sent = {
        {"1-a"}, {"2-a", "2-b"}, {"3-a"}, {"0-a"}, {"4-a", "0-a"}};
    std::vector<std::uint64_t> told(sent.size());
    std::atomic<std::size_t> answered = 0;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        shop.runtime->ingest(shop.request_of(sent[i]), [&, i](const Result<IngestReply>& reply) {
            told[i] = reply.value().sequence;
            ++answered;
        });
    }
    held = false;
    while (answered < sent.size()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    disk.watch(nullptr);
    const std::uint64_t first = told[0];
    EXPECT_EQ(told[1], first + 2);
    EXPECT_EQ(told[2], first + 3);
    EXPECT_EQ(told[3], first + 3) << "a repeat waits for what stands before it";
    EXPECT_EQ(told[4], first + 4);
    shop.runtime->wait_until_folded();
    EXPECT_EQ(shop.runtime->folded(), first + 4);
    EXPECT_EQ(shop.send({"0-a"})->sequence, first + 4) << "alone in its group";
}

TEST(Runtime, ASnapshotWhileTheFoldIsBehindIsFollowedByOneWithNothingNewInTheLog) {
    fake::FakeDisk disk;
    Shop shop(disk);
    std::atomic<bool> held = true;
    shop.runtime->follow_events(
        [&](const StoredEvent&) {
            while (held) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return false;
        },
        [] { return true; });
    const auto snapshots = [&](std::string_view of) {
        std::set<std::string> found;
        for (const std::string& path : disk.paths()) {
            if (path.find(of) != path.npos && path.ends_with(".frs")) found.insert(path);
        }
        return found;
    };
    const auto take_one = [&](std::string_view last_written) {
        const auto before = snapshots(last_written);
        // More than once: the thread that takes them may first look at the clock after a step.
        for (int i = 0; i < 1'500 && snapshots(last_written) == before; ++i) {
            shop.clock.advance(hours(2));
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        EXPECT_NE(snapshots(last_written), before);
    };
    ASSERT_TRUE(shop.send({"0-a"}));  // folded; its follower holds the fold's thread
    for (int i = 0; i < 2'000 && shop.runtime->folded() == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_TRUE(shop.send({"0-b"}));  // logged alone
    take_one("/state/dedupe");
    held = false;
    shop.runtime->wait_until_folded();
    take_one("/state/fold");
    EXPECT_EQ(stored(*shop.runtime), 2u);
    const auto after = disk.clone();
    after->crash(fake::Crash::LoseUnsynced, 1);
    EXPECT_EQ(stored(*Shop(*after, 1'000).runtime), 2u);
}

// With the times of the machine the withdrawal would be the older statement.
TEST(Runtime, AWithdrawalHoldsAfterTheClockWasSetBack) {
    fake::FakeDisk disk;
    const auto choose = [](Shop& shop, const char* choice) {
        shop.command(&Runtime::set_consent,
                     R"({"type":"user_id","value":"u0","purposes":{"measurement":)" +
                         std::string(choice) + "}}");
    };
    const auto allowed = [](Shop& shop) {
        IngestRequest request = shop.request_of({"0-" + std::to_string(shop.clock.now().us)});
        std::get<collect::Incoming>(request.items.front()).consents.clear();
        return shop.ingest(std::move(request))->stored == 1;
    };
    {
        Shop shop(disk);
        choose(shop, "true");
        EXPECT_TRUE(allowed(shop));
        shop.clock.set({shop.clock.now().us - hours(1).us});
        choose(shop, "false");
        EXPECT_FALSE(allowed(shop));
        choose(shop, "true");
    }
    Shop again(disk, 2);
    again.clock.set({again.clock.now().us - hours(2).us});
    choose(again, "false");
    EXPECT_FALSE(allowed(again)) << "set back while the server was off";
}

TEST(Runtime, BotsAreCountedApartAndByWhatGaveThemAway) {
    fake::FakeDisk disk;
    Shop shop(disk);
    ASSERT_TRUE(shop.send({"0-a"}));
    shop.bot = BotVerdict::Rate;
    ASSERT_TRUE(shop.send({"0-b", "0-c"}));
    shop.bot = BotVerdict::Declared;
    ASSERT_TRUE(shop.send({"0-d"}));
    EXPECT_EQ(stored(*shop.runtime), 1u);
    const std::string stats = shop.runtime->stats(0).value();
    EXPECT_NE(stats.find(R"("bots":3)"), stats.npos) << stats;
    EXPECT_NE(stats.find(R"("bots_by_reason":{"declared":1,"rate":2})"), stats.npos) << stats;
    const std::string counted =
        shop.runtime->count_rule("count(Product Viewed) >= 2", "measurement", "").value();
    EXPECT_NE(counted.find(R"("count":0)"), counted.npos) << counted;
    const std::string with_bots =
        shop.runtime->count_rule("count(Product Viewed, including bots) >= 2", "measurement", "")
            .value();
    EXPECT_NE(with_bots.find(R"("count":1)"), with_bots.npos) << with_bots;
}

TEST(Runtime, DeletingTheStateAndStartingAgainGivesTheSameState) {
    fake::FakeDisk disk;
    std::string hash;
    {
        Shop shop(disk);
        for (int i = 0; i < 40; ++i)
            ASSERT_TRUE(shop.send({std::to_string(i) + "-a", std::to_string(i) + "-b"}));
        shop.runtime->wait_until_folded();
        hash = shop.runtime->state_hash();
        shop.runtime->stop();  // leaves snapshots
    }
    {
        Shop shop(disk, 2);
        EXPECT_EQ(shop.runtime->state_hash(), hash) << "from the snapshot";
    }
    for (const std::string& path : disk.paths()) {
        if (path.find("/state/") == std::string::npos) continue;
        ASSERT_TRUE(disk.remove(path).ok());
    }
    Shop shop(disk, 3);
    EXPECT_EQ(shop.runtime->state_hash(), hash) << "from the log alone";
    EXPECT_EQ(shop.send({"3-a"})->deduplicated, 1u) << "repeats are known again, too";
    EXPECT_EQ(shop.send({"new"})->stored, 1u);
}

TEST(Runtime, ALargePersonComesToAnAudienceByItself) {
    fake::FakeDisk disk;
    Shop shop(disk);
    shop.runtime->create_audience(
        R"j({"name":"Machines","purpose":"measurement","rule":"count(*) >= 4200"})j",
        [](const Result<std::string>& r) { EXPECT_TRUE(r.ok()); });
    for (int batch = 0; batch < 42; ++batch) {
        std::vector<std::string> ids;
        ids.reserve(100);
        for (int i = 0; i < 100; ++i) ids.push_back("1-" + std::to_string(batch * 100 + i));
        ASSERT_TRUE(shop.send(ids));
    }
    auto says = [&](const std::string& json, std::string_view what) {
        return json.find(what) != std::string::npos;
    };
    for (int i = 0; i < 500; ++i) {
        if (says(shop.runtime->audience("machines", 0).value(), "\"count\":1")) break;
        shop.clock.advance(seconds(1));
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(says(shop.runtime->audience("machines", 0).value(), "\"count\":1"));
    EXPECT_TRUE(says(shop.runtime->stats(0).value(),
                     "\"large_persons\":{\"count\":1,\"from_events\":4096,"
                     "\"largest_events\":4200,\"waiting\":0}"));
    EXPECT_TRUE(says(shop.runtime->metrics(), "filrouge_largest_person_events 4200\n"));

    // The page of the person reads in slices, the thread in pages: neither loses or doubles one.
    const std::string found = shop.runtime->find_profile("user_id", "u1", "", 0).value();
    const std::string id = found.substr(found.find(":\"") + 2, 32);
    EXPECT_TRUE(says(shop.runtime->profile(id, "measurement", "", 0).value(), "\"events\":4200,"));
    std::uint64_t before = 0;
    std::size_t events = 0, pages = 0;
    do {
        const std::string page =
            shop.runtime->thread(id, "measurement", "", before, 1'000, 0).value();
        for (std::size_t at = 0; (at = page.find("\"name\":", at)) != page.npos; ++at) ++events;
        const std::size_t next = page.find("\"next_before\":");
        before = next == page.npos ? 0 : std::stoull(page.substr(next + 14));
        ++pages;
    } while (before != 0 && pages < 100);
    EXPECT_EQ(events, 4'200u);
    EXPECT_EQ(pages, 21u);
    EXPECT_EQ(shop.runtime->thread(id, "measurement", "", 1, 10, 0).error().code,
              "api.invalid_cursor")
        << "that record is the settings";
}

TEST(Runtime, ACountOfADraftTellsHowManyAmountsHadNoRate) {
    fake::FakeDisk disk;
    Shop shop(disk);
    for (const char* currency : {"EUR", "USD", "USD"}) {
        IngestRequest request = order_of(shop, "wk", "+33611223344");
        auto& event = std::get<collect::Incoming>(request.items[0]).event;
        event.has_value = true;
        event.value = {100 * kFixedScale, *Currency::parse(currency)};
        ASSERT_TRUE(shop.ingest(std::move(request)));
    }
    shop.runtime->wait_until_folded();
    const auto count = [&](std::string_view rule) {
        return shop.runtime->count_rule(rule, "measurement", "").value();
    };
    const std::string_view rule = "sum(Order Completed.revenue) > 150 EUR";
    EXPECT_EQ(count(rule), R"({"count":0,"persons":1,"allowed":1,"amounts_without_rate":2})");
    EXPECT_EQ(count("any(Order Completed)"),
              R"({"count":1,"persons":1,"allowed":1,"amounts_without_rate":0})");
    shop.command(&Runtime::set_rate,
                 R"({"from":"USD","to":"EUR","rate":"0.9","valid_from":"1999-01-01"})");
    EXPECT_EQ(count(rule), R"({"count":1,"persons":1,"allowed":1,"amounts_without_rate":0})");
}

TEST(Runtime, WhatStaysClosedForWantOfItsKeyIsCounted) {
    fake::FakeDisk disk;
    { const Shop shop(disk); }
    const auto before = disk.clone();
    {
        Shop shop(disk);
        ASSERT_TRUE(shop.send({"1-a", "1-b", "2-a"}));
        EXPECT_NE(shop.runtime->stats(0).value().find("\"without_key\":0"), std::string::npos);
    }
    for (const std::string& path : disk.paths()) {  // as a restore of old keys leaves it
        const bool of_keys = path.find("/keys/") != path.npos;
        if (of_keys || path.find("/state/") != path.npos) {
            EXPECT_TRUE(disk.remove(path).ok());
        }
        if (of_keys && before->exists(path)) disk.set_raw(path, before->raw(path));
    }
    Shop again(disk, 2);
    EXPECT_NE(again.runtime->stats(0).value().find("\"without_key\":3"), std::string::npos);
    EXPECT_NE(again.runtime->metrics().find("filrouge_events_without_key 3\n"), std::string::npos);
}

TEST(Runtime, AnAudienceIsCountedExplainedAndSurvivesARestart) {
    fake::FakeDisk disk;
    std::string profile;
    {
        Shop shop(disk);
        ASSERT_TRUE(shop.send({"1-a", "1-b", "2-a"}));
        std::string made;
        shop.runtime->create_audience(
            R"j({"name":"Lookers","purpose":"measurement","rule":"count(Product Viewed) >= 2"})j",
            [&](Result<std::string> r) { made = r.ok() ? r.value() : r.error().message; });
        EXPECT_NE(made.find("\"id\":\"lookers\""), std::string::npos) << made;
        for (int i = 0;
             i < 200 && shop.runtime->audience("lookers", 0).value().find("\"complete\":true") ==
                            std::string::npos;
             ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        EXPECT_NE(shop.runtime->audience("lookers", 0).value().find("\"count\":1"),
                  std::string::npos);
        EXPECT_NE(shop.runtime->count_rule("count(Product Viewed) >= 1", "measurement", "")
                      .value()
                      .find("\"count\":2"),
                  std::string::npos);
        const std::string found = shop.runtime->find_profile("user_id", "u1", "", 0).value();
        profile = found.substr(found.find(":\"") + 2, 32);
        const std::string why = shop.runtime->why("lookers", profile, 0).value();
        EXPECT_NE(why.find("\"member\":true"), std::string::npos) << why;
        EXPECT_NE(why.find("\"value\":\"2\""), std::string::npos) << why;
        const std::string thread =
            shop.runtime->thread(profile, "measurement", "", 0, 10, 0).value();
        EXPECT_NE(thread.find("\"may_use\":true,\"events\":[{"), std::string::npos) << thread;
        const std::string shown = shop.runtime->profile(profile, "measurement", "", 0).value();
        EXPECT_NE(shown.find("\"value\":\"u1\""), std::string::npos) << shown;
    }
    disk.crash(fake::Crash::LoseUnsynced, 3);
    Shop again(disk, 9);
    EXPECT_NE(again.runtime->audience("lookers", 0).value().find("\"count\":1"), std::string::npos);
    EXPECT_NE(again.runtime->why("lookers", profile, 0).value().find("\"member\":true"),
              std::string::npos);
}

// Promise O1: nothing that came in is missing from the figures, whenever one looks.
TEST(Runtime, WhatCameInIsTheSumOfWhatBecameOfItAtAnyTime) {
    fake::FakeDisk disk;
    Shop shop(disk);
    const auto figure = [](const std::string& metrics, const std::string& name) {
        std::uint64_t sum = 0;
        for (std::size_t at = 0;
             (at = metrics.find("\nfilrouge_events_" + name, at)) != metrics.npos;) {
            at = metrics.find(' ', at + 1);
            sum += std::stoull(metrics.substr(at));
        }
        return sum;
    };
    std::atomic<bool> over = false;
    std::uint64_t looks = 0;
    std::atomic<std::uint64_t> seen_in_flight = 0;
    std::thread watcher([&] {
        for (; !over || looks == 0; ++looks) {
            const std::string m = shop.runtime->metrics();
            const std::uint64_t in_flight = figure(m, "in_flight");
            ASSERT_EQ(figure(m, "received"), figure(m, "stored") + figure(m, "deduplicated") +
                                                 figure(m, "not_kept") + figure(m, "quarantined") +
                                                 in_flight);
            seen_in_flight = std::max(seen_in_flight.load(), in_flight);
        }
    });
    std::mt19937_64 rng(5);
    std::atomic<int> open = 0;
    for (int i = 0; i < 400 || (seen_in_flight == 0 && i < 100'000); ++i) {
        IngestRequest request = shop.request_of(
            {std::to_string(rng() % 300) + "-a", std::to_string(rng() % 300) + "-b"},
            rng() % 9 == 0 ? "other" : "same");
        if (rng() % 4 == 0) {  // somebody whom nobody asked
            auto& stranger = std::get<collect::Incoming>(request.items[0]);
            stranger.consents.clear();
            stranger.event.identifiers[0].value = "stranger" + std::to_string(i);
        }
        if (rng() % 5 == 0)
            request.items.emplace_back(collect::Unfit{"collect.too_deep", "Too deep.", "{}", ""});
        ++open;
        shop.runtime->ingest(std::move(request), [&](const Result<IngestReply>&) { --open; });
    }
    while (open > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    over = true;
    watcher.join();
    const std::string m = shop.runtime->metrics();
    EXPECT_EQ(figure(m, "in_flight"), 0u);
    for (const char* name : {"stored", "deduplicated", "not_kept", "quarantined"})
        EXPECT_GT(figure(m, name), 0u) << name;
    EXPECT_GT(seen_in_flight, 0u);
    EXPECT_GT(looks, 5u);
}

}  // namespace
}  // namespace filrouge::engine
