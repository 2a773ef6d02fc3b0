// The rotation of the master key on a disk that fails and loses power: whatever happens, one of the
// two keys opens the folder, a start finds it by itself, and no other key has changed.
#include "storage/master_key.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <map>
#include <string>
#include <thread>

#include "base/text.h"
#include "fake/fake_disk.h"
#include "fake/fake_random.h"
#include "storage/backup.h"

namespace filrouge {
namespace {

using fake::Crash;
using fake::FakeDisk;
using fake::FakeRandom;

constexpr const char* kFolder = "data/keys";
constexpr const char* kPath = "data/secrets/master-key";
constexpr const char* kNext = "data/secrets/master-key.next";
constexpr const char* kRotating = "data/secrets/master-key.rotating";
constexpr KeyStoreOptions kSmall = {8 * 1024, false};
constexpr std::uint32_t kFragments = 60;

DataKey master_of(unsigned char byte) {
    DataKey key;
    key.bytes.fill(byte);
    return key;
}
std::string hex_of(const DataKey& key) {
    const BytesView raw(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
    return hex_encode(raw) + "\n";
}

struct Rotation : testing::Test {
    Rotation() {
        unsetenv("FILROUGE_MASTER_KEY");
        EXPECT_TRUE(disk.make_folder("data/secrets").ok());
        disk.set_raw(kPath, hex_of(master_of(1)));
        store = open(disk).store;
        for (std::uint32_t f = 0; f < kFragments; ++f) held[f] = store->create({f});
        EXPECT_TRUE(store->persist().ok());
        receipts = store->process_key(kKeyReceipts);
    }
    void TearDown() override { unsetenv("FILROUGE_MASTER_KEY"); }
    static OpenedKeys open(FakeDisk& on) {
        static FakeRandom chance(99);  // the store goes on with it
        auto opened = open_keys(on, chance, kFolder, kPath, kSmall);
        EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
        return std::move(opened).value();
    }
    // On a copy, for an opening changes the folder.
    static std::string outcome(const FakeDisk& on, const DataKey& master) {
        const auto copy = on.clone();
        FakeRandom chance(98);
        const auto opened = open_key_store(*copy, chance, kFolder, master, kSmall);
        return opened.ok() ? "opens" : opened.error().code;
    }
    void expect_same_keys(const KeyStore& found) const {
        for (const auto& [fragment, key] : held) ASSERT_EQ(found.find({fragment}), key) << fragment;
        EXPECT_EQ(found.process_key(kKeyReceipts), receipts);
    }
    Result<MasterKeyIn> rotate(unsigned char to) {
        disk.set_raw(kNext, hex_of(master_of(to)));
        return rotate_master_key(disk, *store, kPath);
    }

    FakeDisk disk;
    FakeRandom random{1};
    std::unique_ptr<WrappedKeyStore> store;
    std::map<std::uint32_t, DataKey> held;
    DataKey receipts;
};
using MasterKeyRotation = Rotation;

TEST_F(MasterKeyRotation, TheFormerKeyOpensNothingAndEveryKeyKeepsItsValue) {
    const Bytes before = disk.raw("data/keys/process.frk");
    const auto rotated = rotate(2);
    ASSERT_TRUE(rotated.ok()) << rotated.error().message;
    EXPECT_EQ(rotated.value(), MasterKeyIn::File);
    EXPECT_FALSE(disk.exists(kNext));
    EXPECT_FALSE(disk.exists(kRotating));
    EXPECT_EQ(disk.raw(kPath), hex_of(master_of(2)));
    EXPECT_TRUE(store->is_under(master_of(2)));
    expect_same_keys(*store);
    disk.crash(Crash::LoseUnsynced, 1);  // and nothing waits for a sync
    EXPECT_EQ(outcome(disk, master_of(1)), "keys.wrong_master_key");
    EXPECT_EQ(outcome(disk, master_of(2)), "opens");
    for (const std::string& path : disk.paths()) {
        const Bytes bytes = disk.raw(path);
        EXPECT_EQ(bytes.find(before.substr(40 + 32, 60)), Bytes::npos)
            << path << " holds a key as it was wrapped before";
        EXPECT_EQ(bytes.find(trim(hex_of(master_of(1)))), Bytes::npos) << path;
    }
    const OpenedKeys again = open(disk);
    EXPECT_EQ(again.next, NextKey::None);
    expect_same_keys(*again.store);
}

TEST_F(MasterKeyRotation, APowerCutAtAnyWriteLeavesAFolderThatExactlyOneOfTheTwoOpens) {
    disk.set_raw(kNext, hex_of(master_of(2)));
    std::uint64_t cut = 0;
    std::map<std::string, int> opened_by;
    disk.watch([&] {
        ++cut;
        for (const Crash how : fake::kCrashes) {
            for (std::uint64_t seed = 0; seed < 4; ++seed) {
                const auto after = disk.clone();
                after->crash(how, cut * 31 + seed);
                const std::string by_former = outcome(*after, master_of(1));
                const std::string by_next = outcome(*after, master_of(2));
                const std::string when = "cut at " + std::to_string(cut);
                ASSERT_NE(by_former == "opens", by_next == "opens") << when;
                ASSERT_EQ(by_former == "opens" ? by_next : by_former, "keys.wrong_master_key")
                    << when;
                ++opened_by[by_former == "opens" ? "former" : "next"];
                const OpenedKeys found = open(*after);
                expect_same_keys(*found.store);
                // What the start has built on outlives the next cut as well.
                after->crash(Crash::LoseUnsynced, cut);
                expect_same_keys(*open(*after).store);
                ASSERT_FALSE(after->exists(kRotating)) << when;
                ASSERT_FALSE(HasFailure()) << when;
            }
        }
    });
    ASSERT_TRUE(rotate_master_key(disk, *store, kPath).ok());
    disk.watch(nullptr);
    EXPECT_GE(cut, 10u);
    EXPECT_GT(opened_by["former"], 10);
    EXPECT_GT(opened_by["next"], 10);
}

// The bytes that a failed sync leaves are unknown: the store stops, and a start finds out.
TEST_F(MasterKeyRotation, AFailedWriteOrSyncChangesNothingOrStopsAndAStartFindsTheKey) {
    int unchanged = 0, stopped = 0;
    for (std::uint64_t n = 1; n <= 8; ++n) {
        const auto after = disk.clone();
        OpenedKeys opened = open(*after);
        after->set_raw(kNext, hex_of(master_of(2)));
        after->fail_sync(n);
        const auto rotated = rotate_master_key(*after, *opened.store, kPath);
        if (rotated.ok()) break;
        opened.store->create({7'000});
        opened.store->persist().ok() ? ++unchanged : ++stopped;
        opened.store.reset();
        after->crash(Crash::KeepRandom, n);
        expect_same_keys(*open(*after).store);
        ASSERT_FALSE(HasFailure()) << "sync " << n;
    }
    EXPECT_GE(unchanged, 2) << "of our file of the next key";
    EXPECT_GE(stopped, 2) << "of process.frk";
}

TEST_F(MasterKeyRotation, AFullDiskChangesNothingAndItMayBeTriedAgain) {
    disk.set_raw(kNext, hex_of(master_of(2)));
    disk.set_capacity(disk.used() + 2 * fake::kSectorBytes);
    EXPECT_EQ(rotate_master_key(disk, *store, kPath).error().code, "disk.full");
    EXPECT_TRUE(store->is_under(master_of(1)));
    EXPECT_EQ(outcome(disk, master_of(1)), "opens");
    disk.set_capacity(1 << 30);
    ASSERT_TRUE(rotate_master_key(disk, *store, kPath).ok());
    EXPECT_EQ(outcome(disk, master_of(2)), "opens");
}

TEST_F(MasterKeyRotation, KeysAreMadeAndForgottenWhileItIsRotated) {
    auto making = std::async(std::launch::async, [&] {
        for (std::uint32_t f = 1'000; f < 1'400; ++f) {
            held[f] = store->create({f});
            if (!store->persist().ok()) return false;
        }
        return true;
    });
    auto forgetting = std::async(std::launch::async, [&] {
        for (std::uint32_t f = 500'000; f < 500'012; ++f) {
            store->create({f});
            if (!store->persist().ok() || !store->forget({{f}}).ok()) return false;
        }
        return true;
    });
    for (unsigned char to = 2; to < 12; ++to) ASSERT_TRUE(rotate(to).ok());
    EXPECT_TRUE(making.get());
    EXPECT_TRUE(forgetting.get());
    store.reset();
    disk.crash(Crash::LoseUnsynced, 1);
    EXPECT_EQ(outcome(disk, master_of(10)), "keys.wrong_master_key");
    const OpenedKeys again = open(disk);
    expect_same_keys(*again.store);
    EXPECT_FALSE(again.store->find({500'000}));
}

TEST_F(MasterKeyRotation, WhatIsForgottenAfterwardsIsForgottenUnderTheNewKey) {
    ASSERT_TRUE(rotate(2).ok());
    ASSERT_TRUE(store->forget({{3}}).ok());
    held.erase(3);
    EXPECT_EQ(outcome(disk, master_of(1)), "keys.wrong_master_key");
    const OpenedKeys again = open(disk);
    expect_same_keys(*again.store);
    EXPECT_FALSE(again.store->find({3}));
}

TEST_F(MasterKeyRotation, ACopyOfTheKeysOfBeforeNeedsTheFormerKeyAndOneOfAfterTheNext) {
    ASSERT_TRUE(back_up_keys(disk, "data", "copy", {1}).ok());
    ASSERT_TRUE(rotate(2).ok());
    ASSERT_TRUE(back_up_keys(disk, "data", "later", {2}).ok());
    const auto opens = [&](const std::string& folder, unsigned char byte) {
        FakeRandom chance(5);
        const auto opened = open_key_store(disk, chance, folder + "/keys", master_of(byte), kSmall);
        return opened.ok() ? "opens" : opened.error().code + " " + opened.error().hint;
    };
    EXPECT_EQ(opens("copy", 1), "opens");
    EXPECT_TRUE(opens("copy", 2).starts_with("keys.wrong_master_key"));
    EXPECT_NE(opens("copy", 2).find("when the backup that it comes from was made"),
              std::string::npos);
    EXPECT_EQ(opens("later", 2), "opens");
}

TEST_F(MasterKeyRotation, IsRefusedWithoutAKeyOfItsOwnThatNobodyElseMayRead) {
    const auto code = [&] { return rotate_master_key(disk, *store, kPath).error().code; };
    EXPECT_EQ(code(), "master_key.no_next");
    disk.set_raw(kNext, "secret");
    EXPECT_EQ(code(), "master_key.not_a_key");
    disk.set_raw(kNext, Bytes(5'000, '0'));
    EXPECT_EQ(code(), "master_key.not_a_key");
    disk.set_raw(kNext, hex_of(master_of(1)));
    EXPECT_EQ(code(), "master_key.same");
    disk.set_raw(kNext, hex_of(master_of(2)));
    disk.set_open_to_others(kNext);
    const Error error = rotate_master_key(disk, *store, kPath).error();
    EXPECT_EQ(error.code, "master_key.open_to_others");
    EXPECT_EQ(error.message.find("data/"), std::string::npos)
        << "the way to it is nobody's business";
    EXPECT_EQ(outcome(disk, master_of(1)), "opens");
    EXPECT_TRUE(store->persist().ok());
}

// The operator's file is the operator's: what is written there meanwhile is the next rotation's.
TEST_F(MasterKeyRotation, AnotherKeyPutThereAtAnyMomentLosesNone) {
    std::uint64_t changes = 0, waits = 0;
    for (std::uint64_t at = 1; at < 30; ++at) {
        const auto after = disk.clone();
        OpenedKeys opened = open(*after);
        after->set_raw(kNext, hex_of(master_of(2)));
        changes = 0;
        after->watch([&] {
            if (++changes == at) after->set_raw(kNext, hex_of(master_of(3)));
        });
        ASSERT_TRUE(rotate_master_key(*after, *opened.store, kPath).ok());
        after->watch(nullptr);
        opened.store.reset();
        after->crash(Crash::KeepRandom, at);
        EXPECT_EQ(outcome(*after, master_of(2)), "opens");
        expect_same_keys(*open(*after).store);
        if (at > changes) break;
        // Of one that was put there between its removal and the sync the disk keeps what it likes.
        if (!after->exists(kNext)) continue;
        EXPECT_EQ(after->raw(kNext), hex_of(master_of(3)));
        ++waits;
    }
    EXPECT_GE(waits, 8u);
}

TEST_F(MasterKeyRotation, APreparedKeyThatOpensNothingWaits) {
    disk.set_raw(kNext, hex_of(master_of(2)));
    EXPECT_EQ(open(disk).next, NextKey::Waits);
    EXPECT_TRUE(disk.exists(kNext));
    EXPECT_EQ(disk.raw(kPath), hex_of(master_of(1)));
}

TEST_F(MasterKeyRotation, NeitherOfTwoWrongKeysIsTakenOver) {
    disk.set_raw(kPath, hex_of(master_of(8)));
    disk.set_raw(kNext, hex_of(master_of(1)));
    disk.set_raw(kRotating, hex_of(master_of(9)));
    FakeRandom chance(5);
    EXPECT_EQ(open_keys(disk, chance, kFolder, kPath, kSmall).error().code,
              "keys.wrong_master_key");
    EXPECT_EQ(disk.raw(kPath), hex_of(master_of(8)));
    EXPECT_TRUE(disk.exists(kRotating));
}

// The environment of a running process is nobody's to change, so that the file outlives the
// rotation: until the operator has put its key there, each start needs it.
TEST_F(MasterKeyRotation, OfAKeyInTheEnvironmentTheFileStaysUntilTheEnvironmentHasIt) {
    ASSERT_TRUE(disk.remove(kPath).ok());
    setenv("FILROUGE_MASTER_KEY", std::string(trim(hex_of(master_of(1)))).c_str(), 1);
    const auto rotated = rotate(2);
    ASSERT_TRUE(rotated.ok()) << rotated.error().message;
    EXPECT_EQ(rotated.value(), MasterKeyIn::Environment);
    EXPECT_EQ(rotate(2).error().code, "master_key.same");
    EXPECT_EQ(rotate(3).error().code, "master_key.unfinished");
    ASSERT_TRUE(disk.remove(kNext).ok() && disk.sync_folder("data/secrets").ok());
    for (int start = 0; start < 2; ++start) {
        disk.crash(Crash::LoseUnsynced, 1);
        const OpenedKeys opened = open(disk);
        EXPECT_EQ(opened.next, NextKey::InUse);
        expect_same_keys(*opened.store);
        EXPECT_TRUE(disk.exists(kRotating));
    }
    setenv("FILROUGE_MASTER_KEY", std::string(trim(hex_of(master_of(2)))).c_str(), 1);
    EXPECT_EQ(open(disk).next, NextKey::Removed);
    EXPECT_FALSE(disk.exists(kRotating));
    EXPECT_FALSE(disk.exists(kPath)) << "none is put on the disk";
    EXPECT_EQ(open(disk).next, NextKey::None);
}

}  // namespace
}  // namespace filrouge
