// What the operator is told of what no request fails by: a line and a figure in /metrics.
#include <gtest/gtest.h>

#include <thread>

#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

using Lines = std::vector<std::string>;

std::string metric(Runtime& runtime, const std::string& name) {
    const std::string all = runtime.metrics();
    const std::string line = "\nfilrouge_" + name + " ";
    const std::size_t at = all.find(line);
    if (at == std::string::npos) return "absent";
    const std::size_t from = at + line.size();
    return all.substr(from, all.find('\n', from) - from);
}

TEST(Notices, AClockThatWasAheadIsToldUntilTheMachineHasCaughtUp) {
    fake::FakeDisk disk;
    Shop shop(disk);
    ASSERT_TRUE(shop.send({"0-a"}));
    shop.clock.set({shop.clock.now().us + seconds(70'050).us});
    ASSERT_TRUE(shop.send({"0-b"})) << "received in the evening";
    shop.clock.set({shop.clock.now().us - seconds(70'050).us});
    shop.clock.advance(seconds(2));
    ASSERT_TRUE(shop.notices.wait_for(1));
    const std::string told = shop.notices.lines()[0];
    EXPECT_TRUE(told.starts_with("clock ahead ahead_seconds=700")) << told;
    EXPECT_TRUE(metric(*shop.runtime, "clock_ahead_seconds").starts_with("700"));
    EXPECT_TRUE(shop.send({"0-c"})) << "events are taken all the same";
    shop.clock.advance(days(3));
    ASSERT_TRUE(shop.notices.wait_for(2));
    EXPECT_EQ(shop.notices.lines().back(), "clock caught up ahead_seconds=0");
    EXPECT_EQ(metric(*shop.runtime, "clock_ahead_seconds"), "0");
}

TEST(Notices, AClockThatLeapsFarAheadIsHeldBackAndTold) {
    fake::FakeDisk disk;
    Shop shop(disk);
    shop.clock.advance(hours(1));
    ASSERT_TRUE(shop.send({"0-a"}));
    const std::int64_t right = shop.clock.now().us;
    shop.clock.set({right + days(4'000).us});
    shop.clock.advance(seconds(2));
    ASSERT_TRUE(shop.send({"0-b"})) << "received today";
    EXPECT_LT(shop.runtime->now().us, right + minutes(1).us);
    ASSERT_TRUE(shop.notices.wait_for(1));
    EXPECT_EQ(shop.notices.lines()[0], "clock held back ahead_seconds=345600000 for_seconds=86400");
    EXPECT_EQ(metric(*shop.runtime, "clock_held_back_seconds"), "345600000");
    // A repeat is one, however many days the leap was: none of them has passed.
    EXPECT_EQ(shop.send({"0-a"})->deduplicated, 1u);
    shop.clock.set({right + seconds(2).us});
    shop.clock.advance(seconds(2));
    ASSERT_TRUE(shop.notices.wait_for(2));
    EXPECT_EQ(shop.notices.lines()[1], "clock no longer held back");
    EXPECT_EQ(metric(*shop.runtime, "clock_ahead_seconds"), "0") << "as if it had never been";
    EXPECT_EQ(metric(*shop.runtime, "clock_held_back_seconds"), "0");
    EXPECT_EQ(shop.send({"0-a", "0-b"})->deduplicated, 2u);
}

TEST(Notices, AStartWithAClockBehindTheLogTellsIt) {
    fake::FakeDisk disk;
    {
        Shop shop(disk, 1, days(30));
        ASSERT_TRUE(shop.send({"0-a"}));
    }
    Shop shop(disk);
    ASSERT_FALSE(shop.notices.lines().empty());
    EXPECT_EQ(shop.notices.lines()[0], "clock ahead ahead_seconds=2592000");
}

TEST(Notices, AClockPutRightByASecondIsNotTold) {
    fake::FakeDisk disk;
    Shop shop(disk);
    ASSERT_TRUE(shop.send({"0-a"}));
    shop.clock.set({shop.clock.now().us - seconds(3).us});
    shop.clock.advance(seconds(1));
    for (int i = 0; i < 200 && metric(*shop.runtime, "clock_ahead_seconds") != "2"; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(metric(*shop.runtime, "clock_ahead_seconds"), "2");
    EXPECT_EQ(shop.notices.lines(), Lines{});
}

TEST(Notices, AnUnfinishedGroupThatAStartCutsOffIsTold) {
    fake::FakeDisk disk;
    {
        Shop shop(disk);
        ASSERT_TRUE(shop.send({"0-a"}));
        shop.runtime->wait_until_folded();
        ASSERT_TRUE(shop.send({"0-b"}));  // no proof behind it: its seal is the group's end
    }
    const std::string path = "shop/log/000000000001.frl";
    Bytes segment = disk.raw(path);
    const std::size_t end = segment.find_last_not_of('\0') + 1;
    segment.replace(end + 16, 5, "stray");  // past the last group, nothing like another
    disk.set_raw(path, segment);
    Shop shop(disk);
    EXPECT_EQ(shop.notices.lines(), Lines{"log tail cut bytes=21"});
}

TEST(Notices, ADamagedSnapshotIsNamedCountedAndNotNeeded) {
    fake::FakeDisk disk;
    std::string before;
    {
        Shop shop(disk);
        ASSERT_TRUE(shop.send({"0-a", "1-b"}));
        shop.runtime->stop();  // leaves a snapshot
        before = shop.runtime->state_hash();
    }
    std::string damaged;
    for (const std::string& path : disk.paths()) {
        if (path.starts_with("shop/state/fold/")) damaged = path;
    }
    ASSERT_NE(damaged, "");
    Bytes bytes = disk.raw(damaged);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    disk.set_raw(damaged, bytes);
    Shop shop(disk);
    ASSERT_EQ(shop.notices.lines().size(), 1u);
    EXPECT_TRUE(shop.notices.lines()[0].starts_with(
        "snapshot skipped code=snapshot.broken why=" + damaged + ": "))
        << shop.notices.lines()[0];
    EXPECT_EQ(metric(*shop.runtime, "snapshots_damaged"), "1");
    EXPECT_EQ(shop.runtime->state_hash(), before);
}

// The newest key journal of a shop, and where its last group ends.
std::pair<std::string, std::size_t> key_journal_end(fake::FakeDisk& disk) {
    std::string newest;
    for (const std::string& path : disk.paths()) {
        if (path.starts_with("shop/keys/journal-")) newest = path;
    }
    return {newest, disk.raw(newest).find_last_not_of('\0') + 1};
}

TEST(Notices, KeysThatWereCutOffReadOtherwiseWhenEventsNeedThem) {
    fake::FakeDisk disk;
    {
        Shop shop(disk);
        ASSERT_TRUE(shop.send({"0-a"}));
        ASSERT_TRUE(shop.send({"1-a", "1-b"}));  // one new key, the last group
    }
    const auto [path, end] = key_journal_end(disk);
    const Bytes good = disk.raw(path);

    Bytes damaged = good;
    damaged[end - 1] = static_cast<char>(damaged[end - 1] ^ 1);
    disk.set_raw(path, damaged);
    {
        Shop shop(disk);
        EXPECT_EQ(shop.notices.find("key journal"),
                  "key journal tail cut file=" + path + " bytes=80 closed_events=2");
    }

    Bytes unfinished = good;
    unfinished.replace(end, 4, "FRKG");  // as a power cut leaves a group that was just begun
    disk.set_raw(path, unfinished);
    Shop shop(disk);
    EXPECT_EQ(shop.notices.find("key journal"),
              "key journal tail cut file=" + path + " bytes=4 closed_events=0");
}

TEST(Notices, AGoodStartTellsNothing) {
    fake::FakeDisk disk;
    { ASSERT_TRUE(Shop(disk).send({"0-a"})); }
    Shop shop(disk);
    EXPECT_EQ(shop.notices.lines(), Lines{});
    EXPECT_EQ(metric(*shop.runtime, "snapshots_damaged"), "0");
}

}  // namespace
}  // namespace filrouge::engine
