// Who is erased is gone: for the doors at once, on disk when the answer comes, in memory soon.
#include <gtest/gtest.h>

#include <thread>

#include "base/seed_for_test.h"
#include "engine/erasing_for_test.h"
#include "engine/records.h"
#include "storage/backup.h"

namespace filrouge::engine {
namespace {

constexpr const char* kCanary = "xq7zcanaryv9k";  // of the one who is erased
constexpr const char* kOther = "wb3rotherj5m";

TEST(Erasure, NobodyKnowsThePersonAndEverybodyElseIsAsBefore) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.command(&Runtime::create_audience,
                 R"x({"id":"viewers","name":"Viewers","purpose":"measurement",)x"
                 R"x("rule":"any(Product Viewed)"})x");
    shop.tells_all_of(kCanary);
    shop.tells_all_of(kOther);
    const std::string id = shop.id_of(kCanary);
    const auto asked = shop.erase(id, false);
    ASSERT_TRUE(asked.ok()) << asked.error().message;
    EXPECT_NE(asked.value().find("\"state\":\"asked\""), std::string::npos);
    EXPECT_TRUE(shop.knows(kCanary)) << "who only asks changes nothing";

    const auto erased = shop.erase(id);
    ASSERT_TRUE(erased.ok()) << erased.error().message;
    EXPECT_NE(erased.value().find("\"identifiers\":3,\"profile\":\"" + id), std::string::npos);
    EXPECT_NE(erased.value().find("\"events\":3,\"quarantined\":1"), std::string::npos)
        << erased.value();
    const auto gone = [&](const std::string& when) {
        EXPECT_EQ(shop.id_of(kCanary), "profile_not_found") << when;
        EXPECT_FALSE(shop.runtime->profile(id, "measurement", "", 0).ok()) << when;
        EXPECT_FALSE(shop.runtime->thread(id, "measurement", "", 0, 50, 0).ok()) << when;
        EXPECT_FALSE(shop.runtime->why("viewers", id, 0).ok()) << when;
        EXPECT_EQ(shop.runtime->members("viewers", "", 50, 0).value().find(id), std::string::npos)
            << when;
        EXPECT_TRUE(shop.knows(kOther)) << when;
        EXPECT_NE(shop.runtime->members("viewers", "", 50, 0).value().find(shop.id_of(kOther)),
                  std::string::npos)
            << when;
    };
    gone("at once");
    shop.wait_until_complete();
    gone("when it is complete");
    EXPECT_FALSE(shop.erase(id).ok()) << "there is nobody to erase";
    EXPECT_NE(shop.runtime->quarantine("", 0, 50).value().find("collect.broken"), std::string::npos)
        << "what is not the person's stays";
}

std::string replay(Shop& shop, std::uint64_t sequence) {
    std::string out;
    shop.runtime->replay_quarantined(sequence, "", [&](const Result<std::string>& r) {
        out = r.ok() ? "replayed" : r.error().code;
    });
    return out;
}

TEST(Erasure, TakesOfQuarantineWhatNamesThePersonAndNothingOfAnotherCustomer) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    collect::Incoming of_person = shop.event_of(kCanary);
    of_person.event.identifiers = {{IdentifierType::UserId, "10042", {}}};
    shop.sends(std::move(of_person));
    const auto quarantined = [&](const std::string& user) {
        return shop
            .sends(collect::Unfit{
                "collect.broken",
                "Not an event.",
                R"({"type":"track","event":"Order Completed","userId":")" + user + R"("})",
                {}})
            .sequence;
    };
    const std::uint64_t own = quarantined("10042"), of_another = quarantined("210042");
    shop.runtime->wait_until_folded();
    const auto text = [&](std::uint64_t sequence) {
        return shop.runtime->quarantined(sequence).value();
    };
    ASSERT_NE(text(own).find("10042"), std::string::npos);
    const std::string id = shop.runtime->find_profile("user_id", "10042", "", 0).value();
    ASSERT_TRUE(shop.erase(id.substr(7, 32)).ok());
    EXPECT_NE(text(of_another).find("210042"), std::string::npos);
    EXPECT_NE(text(of_another).find("\"state\":\"open\""), std::string::npos) << text(of_another);
    EXPECT_NE(text(own).find("\"state\":\"discarded\""), std::string::npos);
    EXPECT_EQ(text(own).find("10042"), std::string::npos) << "nobody reads it any more";
    EXPECT_EQ(replay(shop, own), "quarantine.resolved") << "nor brings it back";
    EXPECT_EQ(replay(shop, of_another), "replayed");
}

TEST(Erasure, NotAByteOfThePersonCanBeReadAnyMore) {
    fake::FakeDisk disk;
    {
        ErasingShop shop(disk);
        shop.tells_all_of(kCanary);
        shop.tells_all_of(kOther);
    }  // a snapshot is taken
    ASSERT_GT(found_in(readable(disk), kCanary), 0) << "the search finds what is there";
    {
        ErasingShop shop(disk, 2, days(1));
        ASSERT_TRUE(shop.erase(shop.id_of(kCanary)).ok());
        shop.clock.advance(days(120));  // quarantine expires
        for (int i = 0; i < 500 && found_in(readable(disk), kCanary) != 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_EQ(found_in(readable(disk), kCanary), 0) << "when the answer came";
        shop.wait_until_complete();
        ASSERT_TRUE(back_up_data(disk, "shop", "safe", {1}).ok());
    }
    const std::string left = readable(disk);
    EXPECT_EQ(found_in(left, kCanary), 0) << "in a snapshot of after, in a backup of after";
    EXPECT_GT(found_in(left, kOther), 0);
}

TEST(Erasure, OfADiskAsItIsWhenTheAnswerComesNothingOpensButQuarantine) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.sees(kCanary, {{IdentifierType::Email, std::string(kCanary) + "@shop.test", {}}});
    ASSERT_GT(found_in(readable(disk), kCanary), 0);
    ASSERT_TRUE(shop.erase(shop.id_of(kCanary)).ok());
    EXPECT_EQ(found_in(readable(disk), kCanary), 0);
}

// Shared devices, merges, events that name another's identifier, before and after.
class ErasureLaw : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(ErasureLaw, TheStateIsThatOfTheLogReadWithoutTheKeys) {
    std::mt19937_64 rng(GetParam());
    fake::FakeDisk disk;
    ErasingShop shop(disk, GetParam());
    shop.command(&Runtime::create_audience,
                 R"x({"id":"often","name":"Often","purpose":"measurement",)x"
                 R"x("rule":"count(Product Viewed) >= 2"})x");
    const auto lives = [&](int events) {
        for (int i = 0; i < events; ++i) {
            std::vector<Identifier> also;
            if (rng() % 2 == 0)
                also.push_back({IdentifierType::AnonymousId, "d" + std::to_string(rng() % 8), {}});
            if (rng() % 4 == 0)
                also.push_back(
                    {IdentifierType::Email, "e" + std::to_string(rng() % 8) + "@shop.test", {}});
            shop.clock.advance(minutes(static_cast<std::int64_t>(rng() % 90)));
            shop.sends(shop.event_of("p" + std::to_string(rng() % 10), std::move(also)));
        }
        shop.runtime->wait_until_folded();
    };
    lives(60);
    for (int round = 0; round < 3; ++round) {
        const std::string mark = "p" + std::to_string(rng() % 10);
        const std::string id = shop.id_of(mark);
        if (id.size() == 32) {
            ASSERT_TRUE(shop.erase(id).ok());
            EXPECT_FALSE(shop.knows(mark));
        }
        lives(static_cast<int>(rng() % 20));
    }
    shop.wait_until_complete();
    shop.runtime->wait_until_folded();
    const std::uint64_t folded = shop.runtime->folded();
    const std::string hash = shop.runtime->state_hash();
    const auto other = disk.clone();
    other->crash(fake::Crash::KeepAll, 1);
    for (const std::string& path : other->paths()) {
        if (path.starts_with("shop/state/")) {
            ASSERT_TRUE(other->remove(path).ok());
        }
    }
    const ErasingShop again(*other, GetParam() + 1'000);
    again.runtime->wait_until_folded();
    ASSERT_EQ(again.runtime->folded(), folded);
    EXPECT_EQ(again.runtime->state_hash(), hash) << "seed " << GetParam();
}
INSTANTIATE_TEST_SUITE_P(Seeds, ErasureLaw, ::testing::ValuesIn(test_seeds(6)));

TEST(Erasure, APowerCutAtAnyWriteLeavesItUndoneOrFinishesIt) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.tells_all_of(kCanary);
    shop.sees(kOther);
    const std::string id = shop.id_of(kCanary);
    std::vector<std::unique_ptr<fake::FakeDisk>> cuts;
    std::mutex mutex;
    disk.watch([&] {
        const std::lock_guard lock(mutex);
        cuts.push_back(disk.clone());
    });
    ASSERT_TRUE(shop.erase(id).ok());
    std::size_t answered = 0;
    {
        const std::lock_guard lock(mutex);
        answered = cuts.size();
    }
    shop.wait_until_complete();
    shop.runtime->stop();
    disk.watch(nullptr);
    std::size_t known = 0, finished = 0;
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        cuts[i]->crash(fake::kCrashes[i % std::size(fake::kCrashes)], i);
        bool knows = false;
        {
            ErasingShop again(*cuts[i], 100 + i);
            knows = again.knows(kCanary);
            EXPECT_TRUE(again.knows(kOther)) << "cut " << i;
            EXPECT_EQ(again.runtime->profile(id, "measurement", "", 0).ok(), knows) << "cut " << i;
            if (i >= answered) {
                EXPECT_FALSE(knows) << "cut " << i << " is after the answer";
            }
            EXPECT_EQ(again.runtime->erasures("").value().find("unreadable"), std::string::npos);
        }
        ++(knows ? known : finished);
        // What is in quarantine opens until it expires.
        if (!knows) {
            EXPECT_EQ(found_in(readable(*cuts[i]), "wrote " + std::string(kCanary)), 0);
        }
    }
    EXPECT_GT(known, 0u);
    EXPECT_GT(finished, 10u) << "of " << cuts.size() << " places";
}

TEST(Erasure, AnOldFileBringsNobodyBackAndANewConsentMakesANewProfile) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.tells_all_of(kCanary);
    collect::Incoming old = shop.event_of(kCanary);
    const std::string id = shop.id_of(kCanary);
    shop.clock.advance(days(1));
    ASSERT_TRUE(shop.erase(id).ok());
    EXPECT_EQ(shop.sends(old, true).not_kept, 1u);
    EXPECT_EQ(shop.sends(shop.event_of(kCanary), false).not_kept, 1u) << "of that very moment";
    shop.clock.advance(days(1));
    collect::Incoming untimed = shop.event_of(kCanary);
    untimed.event.flags |= kEventSyntheticTime;
    EXPECT_EQ(shop.sends(untimed, true).not_kept, 1u) << "a table that tells no times";
    EXPECT_FALSE(shop.knows(kCanary));
    const auto told = [&shop] {  // counts are written down a moment after the answers
        return shop.runtime->stats(0).value().find("\"erased\":3") != std::string::npos;
    };
    for (int i = 0; i < 500 && !told(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_TRUE(told());

    EXPECT_EQ(shop.sends(shop.event_of(kCanary)).stored, 1u);
    shop.runtime->wait_until_folded();
    ASSERT_TRUE(shop.knows(kCanary));
    EXPECT_NE(shop.id_of(kCanary), id);
    const std::string fresh =
        shop.runtime->thread(shop.id_of(kCanary), "measurement", "", 0, 50, 0).value();
    EXPECT_EQ(fresh.find("\"sequence\""), fresh.rfind("\"sequence\"")) << "one event: " << fresh;
    EXPECT_EQ(shop.sends(old, true).not_kept, 1u) << "nor into the new profile";
}

// The shop's back office tells its customers' names each night, on contract: nobody asked to be
// back.
TEST(Erasure, WhatOthersSayOfAPersonBringsNobodyBackAndWhatThePersonDoesDoes) {
    fake::FakeDisk disk;
    Settings settings = ErasingShop::small_files();
    settings.sources[0].basis = "contract";
    settings.sources[0].default_purpose = "service";
    ErasingShop shop(disk, 1, {}, settings);
    shop.tells_all_of(kCanary);
    ASSERT_TRUE(shop.erase(shop.id_of(kCanary)).ok());
    shop.clock.advance(hours(8));
    const auto told = [&shop](EventKind kind, const std::string& name) {
        collect::Incoming incoming = shop.event_of(
            kCanary, {{IdentifierType::Email, std::string(kCanary) + "@shop.test", {}}});
        incoming.event.kind = kind;
        incoming.event.name = name;
        incoming.consents.clear();
        return incoming;
    };
    EXPECT_EQ(shop.sends(told(EventKind::Identify, "")).not_kept, 1u);
    EXPECT_EQ(shop.sends(told(EventKind::Group, "")).not_kept, 1u);
    EXPECT_EQ(shop.sends(told(EventKind::Track, "Email Delivered")).not_kept, 1u);
    collect::Incoming no_more = told(EventKind::Identify, "");
    no_more.consents = {{"measurement", false}};
    EXPECT_EQ(shop.sends(no_more).not_kept, 1u) << "a no that stands beside it";
    shop.runtime->wait_until_folded();
    EXPECT_FALSE(shop.knows(kCanary));

    EXPECT_EQ(shop.sends(told(EventKind::Track, "Order Completed")).stored, 1u);
    shop.runtime->wait_until_folded();
    EXPECT_TRUE(shop.knows(kCanary));
    EXPECT_EQ(shop.sends(told(EventKind::Identify, "")).stored, 1u) << "a customer again";
}

TEST(Erasure, ANewYesBringsThePersonBackAlsoWithoutAnAct) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.tells_all_of(kCanary);
    ASSERT_TRUE(shop.erase(shop.id_of(kCanary)).ok());
    shop.clock.advance(hours(8));
    collect::Incoming signs_up = shop.event_of(kCanary);
    signs_up.event.kind = EventKind::Identify;
    signs_up.event.name = "";
    signs_up.consents = {{"Strictly necessary", true}};
    EXPECT_EQ(shop.sends(signs_up).not_kept, 1u) << "a yes to no purpose of the shop's";
    signs_up.consents = {{"measurement", true}};
    EXPECT_EQ(shop.sends(signs_up).stored, 1u);
    shop.runtime->wait_until_folded();
    EXPECT_TRUE(shop.knows(kCanary));
}

TEST(Erasure, OlderDataBesideTodaysKeysLeavesThePersonUnreadable) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.tells_all_of(kCanary);
    shop.sees(kOther);
    const collect::Incoming old = shop.event_of(kCanary);
    ASSERT_TRUE(back_up_data(disk, "shop", "safe/data", {1}).ok());
    ASSERT_TRUE(shop.erase(shop.id_of(kCanary)).ok());
    ASSERT_TRUE(back_up_keys(disk, "shop", "safe/keys", {2}).ok());
    const auto other = restored(disk);
    ErasingShop again(*other, 9);
    EXPECT_FALSE(again.knows(kCanary));
    EXPECT_TRUE(again.knows(kOther));
    EXPECT_NE(again.runtime->erasures("").value().find("complete"), std::string::npos);
    EXPECT_EQ(again.sends(old, true).not_kept, 1u) << "the erasure was done again";
    EXPECT_EQ(found_in(readable(*other), "wrote " + std::string(kCanary)), 0);
}

TEST(Erasure, OlderKeysBesideTodaysDataAreForgottenAgain) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.tells_all_of(kCanary);
    shop.sees(kOther);
    const collect::Incoming old = shop.event_of(kCanary);
    ASSERT_TRUE(back_up_keys(disk, "shop", "safe/keys", {1}).ok());
    ASSERT_TRUE(shop.erase(shop.id_of(kCanary)).ok());
    ASSERT_TRUE(back_up_data(disk, "shop", "safe/data", {2}).ok());
    const auto other = restored(disk);
    ErasingShop again(*other, 9);
    EXPECT_FALSE(again.knows(kCanary));
    EXPECT_TRUE(again.knows(kOther));
    EXPECT_EQ(again.sends(old, true).not_kept, 1u);
}

// Only the first identifier of an event has a key; the others' numbers are the highest, and after
// the erasure they stand in no graph and in no door.
TEST(Erasure, ANumberOfSomebodyErasedIsNobodyElsesAfterAStart) {
    fake::FakeDisk disk;
    {
        ErasingShop shop(disk);
        shop.sees(kCanary, {{IdentifierType::Email, std::string(kCanary) + "@shop.test", {}}});
        ASSERT_TRUE(shop.erase(shop.id_of(kCanary)).ok());
        shop.wait_until_complete();
    }
    {
        ErasingShop shop(disk, 2, days(1));
        shop.serial = 100;  // other message ids
        shop.sees(kOther);
        EXPECT_TRUE(shop.knows(kOther));
    }
    ErasingShop again(disk, 3, days(2));
    EXPECT_TRUE(again.knows(kOther));
    EXPECT_GT(found_in(readable(disk), "wrote " + std::string(kOther)), 0) << "with its key";
}

// The same, when the erasure is learnt from the log: keys of before it beside data of after it.
TEST(Erasure, ANumberOfSomebodyErasedIsNobodyElsesBesideOlderKeys) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.sees(kCanary, {{IdentifierType::Email, std::string(kCanary) + "@shop.test", {}}});
    ASSERT_TRUE(back_up_keys(disk, "shop", "safe/keys", {1}).ok());
    ASSERT_TRUE(shop.erase(shop.id_of(kCanary)).ok());
    shop.wait_until_complete();
    shop.runtime->stop();  // the directory is written down without the person
    ASSERT_TRUE(back_up_data(disk, "shop", "safe/data", {2}).ok());
    const auto other = restored(disk);
    ErasingShop again(*other, 9, days(1));
    again.serial = 100;  // other message ids
    again.sees(kOther);
    EXPECT_TRUE(again.knows(kOther));
}

// A shop whose files are as full as the disk, but for what `note` bytes of an event do not fit in.
void fill(ErasingShop& shop, std::size_t note) {
    shop.disk.set_capacity(shop.disk.used() + 8 * 1'024);  // no further file of log or keys
    for (int i = 0; i < 10'000; ++i) {
        IngestRequest request;
        request.source = shop.runtime->source_by_write_key("wk")->number;
        collect::Incoming event = shop.event_of(kOther);
        event.event.properties = ErasingShop::object_of("note", std::string(note, 'x'));
        request.items.push_back(std::move(event));
        if (!shop.ingest(std::move(request))) return;
    }
    FAIL() << "the disk does not fill";
}

std::string waiting(Runtime& runtime) {  // seconds of the oldest erasure that is not complete
    const std::string text = runtime.metrics(), name = "\nfilrouge_erasure_waiting_seconds ";
    const std::size_t at = text.find(name) + name.size();
    return text.substr(at, text.find('\n', at) - at);
}

// Decided or not, nobody knows: the process ends, and the next start finds out.
TEST(Erasure, ThatMeetsAFailedSyncStopsTheServerAndIsFinishedByTheNextStart) {
    std::size_t hit = 0;
    for (std::uint64_t n = 1; n < 200; ++n) {
        fake::FakeDisk disk;
        ErasingShop shop(disk, n);
        shop.tells_all_of(kCanary);
        const std::string id = shop.id_of(kCanary);
        disk.fail_sync(n);
        const auto erased = shop.erase(id);
        if (erased.ok()) {
            EXPECT_GT(n, 4u);
            break;
        }
        ++hit;
        EXPECT_EQ(shop.runtime->state(), RuntimeState::Failed) << n;
        EXPECT_NE(shop.notices.find("failed code=disk.io"), "") << n;
        const auto after = disk.clone();
        shop.runtime->stop();
        after->crash(fake::Crash::KeepAll, n);
        ErasingShop again(*after, n + 500, hours(1));
        if (again.runtime->erasures("").value().find("\"id\"") == std::string::npos) continue;
        again.wait_until_complete();
        EXPECT_FALSE(again.knows(kCanary)) << n;
    }
    EXPECT_GT(hit, 4u);
}

TEST(Erasure, WhatAFullDiskStopsHalfWayIsNotCompleteAndGoesOnWhenThereIsSpace) {
    std::size_t half_way = 0;
    for (const std::size_t note : {300, 2'000, 4'000}) {
        fake::FakeDisk disk;
        Settings settings = ErasingShop::small_files();
        settings.free_disk_bytes_min = settings.free_disk_percent_min = 0;
        settings.log_segment_bytes = 64 * 1'024;
        ErasingShop shop(disk, note, {}, settings);
        shop.tells_all_of(kCanary);
        shop.sees(kOther);
        for (int i = 0; i < 120; ++i)
            shop.sends(collect::Unfit{
                "collect.broken",
                "Not an event.",
                "{\"userId\":\"user-" + std::string(kCanary) + "\"" + std::to_string(i),
                {}});
        shop.runtime->wait_until_folded();
        const std::string id = shop.id_of(kCanary);
        fill(shop, note);
        const auto erased = shop.erase(id);
        ASSERT_FALSE(erased.ok()) << erased.value();
        EXPECT_EQ(erased.error().code, "erasure.disk_full");
        EXPECT_NE(shop.runtime->erasures("").value().find("\"begun\""), std::string::npos);
        half_way += shop.runtime->profile(id, "measurement", "", 0).ok() ? 0 : 1;
        EXPECT_EQ(waiting(*shop.runtime), "0");
        shop.clock.advance(seconds(90));
        EXPECT_EQ(waiting(*shop.runtime), "90");
        disk.set_capacity(1 << 30);
        shop.wait_until_complete();
        EXPECT_EQ(waiting(*shop.runtime), "0");
        EXPECT_FALSE(shop.runtime->profile(id, "measurement", "", 0).ok());
        EXPECT_EQ(found_in(readable(disk), "wrote " + std::string(kCanary)), 0);
        const std::string left = shop.runtime->quarantine("", 0, 500).value();
        EXPECT_NE(left.find("\"open\":{}"), std::string::npos) << left.substr(0, 400);
        EXPECT_TRUE(shop.knows(kOther));
    }
    EXPECT_GT(half_way, 0u) << "the record of the erasure was written, and then there was no room";
}

}  // namespace
}  // namespace filrouge::engine
