#include "engine/settled_ids.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "fake/fake_disk.h"

namespace filrouge::engine {
namespace {

constexpr const char* kFolder = "state/settled";

std::vector<SettledId> some_ids(std::mt19937_64& rng, std::size_t count,
                                std::map<std::uint64_t, std::uint32_t>& known) {
    std::vector<SettledId> ids;
    while (ids.size() < count) {
        const SettledId id{rng() | 1, static_cast<std::uint32_t>(rng())};
        if (known.emplace(id.key, id.check).second) ids.push_back(id);
    }
    return ids;
}

void expect_all(const SettledIds& ids, const std::map<std::uint64_t, std::uint32_t>& known) {
    for (const auto& [key, check] : known) {
        const auto found = ids.find(key);
        ASSERT_TRUE(found.ok());
        ASSERT_EQ(found.value(), std::optional(check));
    }
}

TEST(SettledIds, WhatWasAddedIsFoundAndNothingElse) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        fake::FakeDisk disk;
        std::mt19937_64 rng(seed);
        std::map<std::uint64_t, std::uint32_t> known;
        SettledIds ids(disk, kFolder);
        EXPECT_FALSE(ids.open(0).value());
        for (int round = 0; round < 12; ++round) {
            ASSERT_TRUE(ids.add(some_ids(rng, 1 + rng() % 1'500, known), 10).ok());
            if (rng() % 3 == 0) {
                ASSERT_TRUE(ids.merge().ok());
            }
        }
        ASSERT_TRUE(ids.merge().ok());
        expect_all(ids, known);
        EXPECT_EQ(ids.size(), known.size());
        for (int i = 0; i < 10'000; ++i) {
            const std::uint64_t other = rng();
            if (known.contains(other)) continue;
            ASSERT_EQ(ids.find(other).value(), std::nullopt);
        }
        EXPECT_LT(ids.memory_bytes(), known.size() * 2 + 1'000) << "about 1.3 bytes an id";
        SettledIds again(disk, kFolder);
        EXPECT_TRUE(again.open(10).value());
        expect_all(again, known);
        EXPECT_EQ(again.size(), known.size());
    }
}

// Power is cut at each write, while ids are added and files joined.
TEST(SettledIds, WhatWasAddedOutlivesEveryCut) {
    for (std::uint64_t cut = 1; cut < 400; ++cut) {
        fake::FakeDisk disk;
        std::mt19937_64 rng(cut);
        std::map<std::uint64_t, std::uint32_t> tried, known;
        SettledIds ids(disk, kFolder);
        ASSERT_TRUE(ids.open(0).ok());
        disk.stop_at(cut);
        bool failed = false;
        for (int round = 0; round < 14 && !failed; ++round) {  // some joins leave the oldest out
            failed = !ids.add(some_ids(rng, 400, tried), 10).ok();
            if (!failed) known = tried;
            failed = failed || !ids.merge().ok();
        }
        disk.crash(fake::kCrashes[cut % std::size(fake::kCrashes)], cut);
        SettledIds again(disk, kFolder);
        ASSERT_TRUE(again.open(10).ok());
        expect_all(again, known);
        if (!failed) return;
    }
    FAIL() << "there are more writes than cuts";
}

// Written once for each time that as much came after it, not once for each file that comes.
TEST(SettledIds, WhatIsLargeIsSeldomWrittenAgain) {
    fake::FakeDisk disk;
    std::mt19937_64 rng(1);
    std::map<std::uint64_t, std::uint32_t> known;
    SettledIds ids(disk, kFolder);
    ASSERT_TRUE(ids.open(0).ok());
    std::set<std::string> seen;
    std::uint64_t written = 0;
    for (int round = 0; round < 64; ++round) {
        ASSERT_TRUE(ids.add(some_ids(rng, 341, known), 10).ok());
        ASSERT_TRUE(ids.merge().ok());
        const auto names = disk.list(kFolder).value();
        EXPECT_LE(names.size(), 4u);
        for (const std::string& name : names) {
            if (!seen.insert(name).second) continue;
            const std::string path = std::string(kFolder) + "/" + name;
            written += disk.open(path, Disk::Open::Existing).value()->size().value() / 4'096;
        }
    }
    EXPECT_LT(written, 64u * 5) << "blocks; all anew at each join are 64 * 8";
    expect_all(ids, known);
    SettledIds again(disk, kFolder);
    EXPECT_TRUE(again.open(10).value());
    expect_all(again, known);
}

// What fails is tried again, each time under another name.
TEST(SettledIds, AFullDiskGetsBackWhatItGave) {
    fake::FakeDisk disk;
    std::mt19937_64 rng(1);
    std::map<std::uint64_t, std::uint32_t> known;
    SettledIds ids(disk, kFolder);
    ASSERT_TRUE(ids.open(0).ok());
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(ids.add(some_ids(rng, 20'000, known), 10).ok());
    const std::uint64_t used = disk.used();
    for (const std::uint64_t room : {0u, 60'000u, 200'000u}) {
        disk.set_capacity(used + room);
        std::map<std::uint64_t, std::uint32_t> others;
        EXPECT_EQ(ids.add(some_ids(rng, 20'000, others), 10).error().code, "disk.full");
        EXPECT_EQ(disk.used(), used);
        EXPECT_EQ(ids.merge().error().code, "disk.full");
        EXPECT_EQ(disk.used(), used);
    }
    disk.set_capacity(1 << 30);
    disk.fail_sync(2);  // of the folder: the file has its name by then
    EXPECT_FALSE(ids.add({{7, 7}}, 10).ok());
    EXPECT_EQ(disk.used(), used);
    expect_all(ids, known);
    ASSERT_TRUE(ids.merge().ok());
    expect_all(ids, known);
}

TEST(SettledIds, WhatAKilledProcessLeftUnfinishedIsRemovedAtTheNextStart) {
    fake::FakeDisk disk;
    {
        SettledIds ids(disk, kFolder);
        ASSERT_TRUE(ids.open(0).ok());
        ASSERT_TRUE(ids.add({{7, 7}}, 10).ok());
    }
    const std::string left = std::string(kFolder) + "/000000000002.ids.new";
    disk.set_raw(left, Bytes(5'000, 'x'));
    SettledIds again(disk, kFolder);
    EXPECT_TRUE(again.open(10).value());
    EXPECT_FALSE(disk.exists(left));
    EXPECT_EQ(again.size(), 1u);
}

// One sync of all of it would hold up the log's, on the same device, for as long as it takes.
TEST(SettledIds, ALargeFileIsSyncedOnTheWay) {
    fake::FakeDisk disk;
    std::vector<SettledId> many;
    many.reserve(1'000'000);
    for (std::uint64_t i = 1; i <= 1'000'000; ++i) many.push_back({i, 1});
    SettledIds ids(disk, kFolder);
    ASSERT_TRUE(ids.open(0).ok());
    const std::uint64_t before = disk.counts().syncs;
    ASSERT_TRUE(ids.add(std::move(many), 10).ok());
    EXPECT_GE(disk.counts().syncs - before, disk.used() / (5 << 20) + 2) << "each 4 MiB or so";
}

TEST(SettledIds, AMissingFileShows) {
    for (std::size_t missing = 0; missing < 3; ++missing) {
        fake::FakeDisk disk;
        std::mt19937_64 rng(missing);
        std::map<std::uint64_t, std::uint32_t> known;
        SettledIds ids(disk, kFolder);
        ASSERT_TRUE(ids.open(0).ok());
        for (int i = 0; i < 3; ++i) ASSERT_TRUE(ids.add(some_ids(rng, 100, known), 10).ok());
        const std::string name = disk.list(kFolder).value().at(missing);
        ASSERT_TRUE(disk.remove(std::string(kFolder) + "/" + name).ok());
        SettledIds again(disk, kFolder);
        EXPECT_EQ(again.open(10).value(), missing == 2);
        EXPECT_LT(again.size(), 300u) << "the window knows that there were more";
    }
}

TEST(SettledIds, ADamagedFileAndOneThatRunsAheadOfTheLogAreNotBelieved) {
    for (std::uint64_t byte = 0; byte < 9'000; byte += 97) {
        fake::FakeDisk disk;
        std::mt19937_64 rng(byte);
        std::map<std::uint64_t, std::uint32_t> known;
        SettledIds ids(disk, kFolder);
        ASSERT_TRUE(ids.open(0).ok());
        ASSERT_TRUE(ids.add(some_ids(rng, 700, known), 10).ok());
        const std::string path = std::string(kFolder) + "/" + disk.list(kFolder).value().at(0);
        {
            auto file = disk.open(path, Disk::Open::Existing).value();
            Bytes one;
            if (byte >= file->size().value()) return;
            ASSERT_TRUE(file->read_at(byte, 1, one).ok());
            one[0] = static_cast<char>(one[0] ^ 4);
            ASSERT_TRUE(file->write_at(byte, one).ok());
        }
        SettledIds again(disk, kFolder);
        EXPECT_FALSE(again.open(10).value()) << byte;
        EXPECT_EQ(again.size(), 0u);
        EXPECT_TRUE(disk.list(kFolder).value().empty());
    }
    fake::FakeDisk disk;
    SettledIds ids(disk, kFolder);
    ASSERT_TRUE(ids.open(0).ok());
    ASSERT_TRUE(ids.add({{7, 7}}, 10).ok());
    SettledIds again(disk, kFolder);
    EXPECT_FALSE(again.open(9).value());
}

}  // namespace
}  // namespace filrouge::engine
