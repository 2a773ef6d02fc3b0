#include "storage/snapshot.h"

#include <gtest/gtest.h>

#include "fake/fake_disk.h"
#include "fake/fake_random.h"

namespace filrouge {
namespace {

using fake::Crash;
using fake::FakeDisk;
using fake::FakeRandom;

constexpr const char* kFolder = "data/state";
constexpr std::uint64_t kReserve = 64 * 1024 * 1024;

// A small fold: two tables and an index, changed by numbers.
struct World {
    TableSpace space;
    Table<std::uint64_t> people{space, 1, kReserve};
    Table<std::uint32_t> visits{space, 2, kReserve};
    HashIndex index{space, 10};

    void live(std::uint64_t sequence) {
        FakeRandom random(sequence);
        for (int i = 0; i < 40; ++i) people.append(random.number());
        for (int i = 0; i < 2000; ++i) visits.append(static_cast<std::uint32_t>(random.number()));
        for (int i = 0; i < 30; ++i) {
            people.edit(static_cast<std::uint32_t>(random.number() % people.size())) = sequence;
            index.insert(random.number() | 1, static_cast<std::uint32_t>(sequence));
        }
        if (sequence % 5 == 0) visits.resize(visits.size() / 2);
    }
};

DataKey key_of(unsigned char byte) {
    DataKey key;
    key.bytes.fill(byte);
    return key;
}

class SnapshotTest : public testing::Test {
  protected:
    SnapshotStore store_on(Disk& on, std::uint32_t version = 3, unsigned char key = 1) {
        return SnapshotStore(on, random, kFolder, key_of(key), version);
    }
    // Writes captures at 10, 20, ... and remembers the state at each.
    void write_captures(Disk& on, std::uint64_t count, std::uint64_t whole_every) {
        SnapshotStore store = store_on(on);
        World world;
        for (std::uint64_t n = 1; n <= count; ++n) {
            world.live(n);
            const bool whole = (n - 1) % whole_every == 0;
            hashes[n * 10] = world.space.hash();
            if (!store.write(world.space.capture(n * 10, whole)).ok()) return;
            durable = n * 10;
        }
    }
    // The sequence that was loaded; the state must be the one of that sequence.
    std::uint64_t load(Disk& from, std::vector<Error>* skipped = nullptr) {
        SnapshotStore store = store_on(from);
        World world;
        world.live(77);  // what was there before must not shine through
        const auto sequence = store.load(world.space, skipped);
        EXPECT_TRUE(sequence.ok());
        EXPECT_EQ(store.status().sequence, sequence.value());
        World empty;
        const Hash128 expected =
            sequence.value() == 0 ? empty.space.hash() : hashes[sequence.value()];
        EXPECT_EQ(world.space.hash(), expected) << sequence.value();
        return sequence.value();
    }
    FakeDisk disk;
    FakeRandom random{1};
    std::map<std::uint64_t, Hash128> hashes;
    std::uint64_t durable = 0;
};

TEST_F(SnapshotTest, AWholeCaptureAndItsIncrementsGiveTheStateBack) {
    EXPECT_EQ(load(disk), 0u);
    for (std::uint64_t count = 1; count <= 6; ++count) {
        FakeDisk fresh;
        write_captures(fresh, count, 100);
        EXPECT_EQ(load(fresh), count * 10);
    }
}

TEST_F(SnapshotTest, AfterANewWholeCaptureTheOlderFilesAreGone) {
    write_captures(disk, 4, 3);
    EXPECT_EQ(disk.paths(), (std::vector<std::string>{"data/state/000000000040-whole.frs"}));
    EXPECT_EQ(load(disk), 40u);
}

TEST_F(SnapshotTest, ItWantsAWholeCaptureWhenTheIncrementsOutweighTheLast) {
    SnapshotStore store = store_on(disk);
    EXPECT_TRUE(store.wants_whole());
    World world;
    world.live(1);
    ASSERT_TRUE(store.write(world.space.capture(10, true)).ok());
    EXPECT_FALSE(store.wants_whole());
    std::uint64_t n = 2;
    for (; !store.wants_whole(); ++n) {
        ASSERT_LT(n, 100u);
        world.live(n);
        ASSERT_TRUE(store.write(world.space.capture(n * 10, false)).ok());
    }
    EXPECT_GT(store.status().increment_bytes, store.status().whole_bytes);
    SnapshotStore later = store_on(disk);
    World other;
    ASSERT_EQ(later.load(other.space, nullptr).value(), (n - 1) * 10);
    EXPECT_TRUE(later.wants_whole());
}

TEST_F(SnapshotTest, APowerCutAtAnyWriteLeavesAGoodSnapshotAtLeastAsNewAsTheLastAnswered) {
    std::uint64_t cut = 0;
    disk.watch([&] {
        ++cut;
        if (testing::Test::HasFailure()) return;
        for (const Crash how : fake::kCrashes) {
            const auto after = disk.clone();
            after->crash(how, cut * 3 + static_cast<std::uint64_t>(how));
            EXPECT_GE(load(*after), durable) << "cut at " << cut;
        }
    });
    write_captures(disk, 9, 4);
    disk.watch(nullptr);
    EXPECT_EQ(durable, 90u);
    EXPECT_GT(cut, 40u);
}

TEST_F(SnapshotTest, AFailedWriteAsksForAWholeCaptureNext) {
    write_captures(disk, 2, 100);
    SnapshotStore store = store_on(disk);
    World world;
    ASSERT_EQ(store.load(world.space, nullptr).value(), 20u);
    world.live(3);
    disk.fail_sync(1);
    EXPECT_EQ(store.write(world.space.capture(30, false)).error().code, "disk.io");
    EXPECT_TRUE(store.wants_whole());
    hashes[30] = world.space.hash();
    ASSERT_TRUE(store.write(world.space.capture(30, true)).ok());
    EXPECT_EQ(load(disk), 30u);
}

TEST_F(SnapshotTest, ACaptureThatIsBrokenOffIsNoSnapshot) {
    write_captures(disk, 1, 100);
    SnapshotStore store = store_on(disk);
    World world;
    ASSERT_EQ(store.load(world.space, nullptr).value(), 10u);
    world.live(2);
    const CaptureHead head = world.space.begin_capture(20, false);
    ASSERT_GT(head.page_count, 1u);
    const auto pages = [&] {
        auto some = world.space.take_captured(1);
        world.space.end_capture();
        return some;
    };
    EXPECT_EQ(store.write(head, pages).error().code, "snapshot.broken_off");
    EXPECT_TRUE(store.wants_whole());
    EXPECT_EQ(disk.paths().size(), 1u);
    EXPECT_EQ(load(disk), 10u);
}

TEST_F(SnapshotTest, AFlippedBitIsNoticedNamedAndAnOlderStateIsGiven) {
    write_captures(disk, 3, 100);
    const auto paths = disk.paths();
    ASSERT_EQ(paths.size(), 3u);
    FakeRandom dice(4);
    for (int i = 0; i < 240; ++i) {
        const auto rotten = disk.clone();
        const std::size_t which = dice.number() % 3;
        Bytes bytes = rotten->raw(paths[which]);
        // Half of them in the header, where a field is most likely to be believed.
        const std::size_t at = dice.number() % (i % 2 == 0 ? 100 : bytes.size());
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << dice.number() % 8));
        rotten->set_raw(paths[which], bytes);
        std::vector<Error> skipped;
        EXPECT_EQ(load(*rotten, &skipped), which * 10) << at;
        ASSERT_EQ(skipped.size(), 1u) << at;
        EXPECT_TRUE(skipped[0].message.starts_with(paths[which])) << skipped[0].message;
        EXPECT_EQ(skipped[0].code, kSnapshotBroken) << at;
    }
}

TEST_F(SnapshotTest, AFileThatEndsEarlyIsNoticed) {
    write_captures(disk, 2, 100);
    const std::string path = disk.paths()[1];
    const Bytes whole = disk.raw(path);
    for (std::size_t size = 0; size < whole.size(); size += 97) {
        disk.set_raw(path, whole.substr(0, size));
        EXPECT_EQ(load(disk), 10u);
    }
    disk.set_raw(path, whole + "x");
    EXPECT_EQ(load(disk), 10u);
}

TEST_F(SnapshotTest, AMissingIncrementEndsTheChain) {
    write_captures(disk, 4, 100);
    ASSERT_TRUE(disk.remove(disk.paths()[2]).ok());
    EXPECT_EQ(load(disk), 20u);
}

TEST_F(SnapshotTest, AnotherFoldVersionOrKeyIsIgnoredAndSaidSo) {
    write_captures(disk, 2, 100);
    for (const auto& [version, key, code] :
         {std::tuple{4, 1, kOtherFoldVersion}, std::tuple{3, 2, kSnapshotBroken}}) {
        SnapshotStore store =
            store_on(disk, static_cast<std::uint32_t>(version), static_cast<unsigned char>(key));
        World world;
        std::vector<Error> skipped;
        EXPECT_EQ(store.load(world.space, &skipped).value(), 0u);
        ASSERT_FALSE(skipped.empty());
        for (const Error& each : skipped) EXPECT_EQ(each.code, code);
        EXPECT_EQ(world.space.bytes(), 0u);
    }
}

TEST_F(SnapshotTest, NothingOfTheStateIsReadableInTheFile) {
    TableSpace space;
    Table<std::array<char, 16>> names{space, 1, kReserve};
    for (int i = 0; i < 100; ++i) {
        names.append(
            {'c', 'a', 'm', 'i', 'l', 'l', 'e', '@', 'l', 'y', 'o', 'n', '.', 'f', 'r', 0});
    }
    SnapshotStore store = store_on(disk);
    ASSERT_TRUE(store.write(space.capture(1, true)).ok());
    EXPECT_EQ(disk.raw(disk.paths()[0]).find("camille"), Bytes::npos);
}

}  // namespace
}  // namespace filrouge
