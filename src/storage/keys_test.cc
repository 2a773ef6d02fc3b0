// The keys on a disk that fails, loses power and rots, and the master key.
#include "storage/keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/crc32c.h"
#include "fake/fake_disk.h"
#include "fake/fake_random.h"

namespace filrouge {
namespace {

using fake::Crash;
using fake::FakeDisk;
using fake::FakeRandom;

constexpr const char* kFolder = "data/keys";
constexpr KeyStoreOptions kSmall = {8 * 1024, false};  // a journal holds about 110 keys

DataKey master_of(unsigned char byte) {
    DataKey key;
    key.bytes.fill(byte);
    return key;
}

using Held = std::map<std::uint32_t, DataKey>;

// Eight buckets only, so that a fold has few steps and each can be cut.
std::uint32_t number_of(std::size_t i) {
    return static_cast<std::uint32_t>(i / 8 * kKeyBuckets + i % 8);
}

// Creates and persists, 1 to 40 keys a time; remembers what persist() answered ok for and every key
// ever handed out.
struct Trace {
    Held persisted;
    Held created;
    std::uint64_t errors = 0;
};
void run(FakeDisk& disk, Random& random, std::uint64_t turns, Trace& trace) {
    auto opened = open_key_store(disk, random, kFolder, master_of(1), kSmall);
    if (!opened.ok()) return;
    KeyStore& store = *opened.value();
    for (std::uint64_t turn = 0; turn < turns; ++turn) {
        for (std::uint64_t i = 0; i <= turn * 7 % 40; ++i) {
            const std::uint32_t fragment = number_of(trace.created.size());
            trace.created[fragment] = store.create({fragment});
        }
        if (store.persist().ok()) {
            EXPECT_EQ(trace.errors, 0u) << "persisted after an error";
            trace.persisted = trace.created;
        } else if (++trace.errors == 3) {
            return;
        }
    }
}
// Every persisted key is there, and no key is another than the one that was handed out.
void expect_whole(FakeDisk& disk, const Trace& trace, const std::string& when) {
    FakeRandom random(99);
    auto opened = open_key_store(disk, random, kFolder, master_of(1), kSmall);
    ASSERT_TRUE(opened.ok()) << when << ": " << opened.error().message;
    KeyStore& store = *opened.value();
    for (const auto& [fragment, key] : trace.persisted) {
        const auto held = store.find({fragment});
        ASSERT_TRUE(held.has_value()) << when << ": key " << fragment << " is lost";
        ASSERT_EQ(*held, key) << when;
    }
    for (const auto& [fragment, key] : trace.created) {
        const auto held = store.find({fragment});
        ASSERT_TRUE(!held || *held == key) << when;
    }
    ASSERT_LE(store.size(), trace.created.size() + 1);  // 999,999 may be from an earlier look
    store.create({999'999});
    ASSERT_TRUE(store.persist().ok()) << when;
}

TEST(Keys, APersistIsOneWriteAndOneSync) {
    FakeDisk disk;
    FakeRandom random(1);
    const auto store =
        open_key_store(disk, random, kFolder, master_of(1), {1 << 20, false}).value();
    const auto before = disk.counts();
    for (std::uint32_t f = 0; f < 1000; ++f) store->create({f});
    ASSERT_TRUE(store->persist().ok());
    EXPECT_EQ(disk.counts().changes - before.changes, 2u);
    ASSERT_TRUE(store->persist().ok());
    EXPECT_EQ(disk.counts().changes - before.changes, 2u);
}

// Cuts in the first start, in groups, and in every step of several folds.
TEST(Keys, APowerCutAtAnyWriteLosesNoPersistedKey) {
    FakeDisk disk;
    FakeRandom random(1);
    Trace trace;
    std::uint64_t cut = 0;
    disk.watch([&] {
        ++cut;
        if (testing::Test::HasFailure()) return;
        for (const Crash how : fake::kCrashes) {
            const auto after = disk.clone();
            after->crash(how, cut * 5 + static_cast<std::uint64_t>(how));
            expect_whole(*after, trace, "cut at " + std::to_string(cut));
        }
        // Reordering has the most ways to go wrong: once more.
        const auto after = disk.clone();
        after->crash(Crash::KeepRandom, cut * 31);
        expect_whole(*after, trace, "cut at " + std::to_string(cut) + ", second seed");
    });
    run(disk, random, 14, trace);
    disk.watch(nullptr);
    EXPECT_EQ(trace.errors, 0u);
    EXPECT_TRUE(disk.exists(std::string(kFolder) + "/0000.frk")) << "no fold took place";
}

// As in segment_log_test.cc: what a killed process left unsynced, and what a failed sync left.
TEST(Keys, WhatAStartFindsAndBuildsOnOutlivesAPowerCut) {
    for (std::uint64_t n = 1; n <= 80; ++n) {
        for (const bool killed : {true, false}) {
            FakeDisk disk;
            FakeRandom random(1);
            Trace trace;
            killed ? disk.stop_at(n) : disk.fail_sync(n);
            run(disk, random, 10, trace);
            disk.crash(Crash::KeepAll, n);
            {
                auto opened = open_key_store(disk, random, kFolder, master_of(1), kSmall);
                ASSERT_TRUE(opened.ok()) << opened.error().message;
                for (const auto& [fragment, key] : trace.created) {
                    if (const auto held = opened.value()->find({fragment}))
                        trace.persisted[fragment] = *held;  // what it gives out is relied upon
                }
                for (std::uint32_t f = 500'000; f < 500'003; ++f)
                    trace.created[f] = trace.persisted[f] = opened.value()->create({f});
                ASSERT_TRUE(opened.value()->persist().ok());
            }
            disk.crash(Crash::LoseUnsynced, n);
            expect_whole(disk, trace, (killed ? "killed at " : "sync ") + std::to_string(n));
            if (testing::Test::HasFailure()) return;
        }
    }
}

TEST(Keys, AMasterKeyThatAStartHasReadOutlivesAPowerCut) {
    for (std::uint64_t n = 1; n <= 8; ++n) {
        FakeDisk disk;
        FakeRandom random(n);
        ASSERT_TRUE(disk.make_folder("data/secrets").ok());
        disk.stop_at(n);
        static_cast<void>(load_master_key(disk, random, "data/secrets/master-key"));
        disk.crash(Crash::KeepAll, n);
        const auto used = load_master_key(disk, random, "data/secrets/master-key");
        ASSERT_TRUE(used.ok());
        disk.crash(Crash::LoseUnsynced, n);
        EXPECT_EQ(load_master_key(disk, random, "data/secrets/master-key").value(), used.value())
            << "killed at " << n;
    }
}

// Persists keys, forgets some, persists more; several times.
struct ForgettingTrace {
    Trace keys;                       // forgotten ones are not in keys.persisted
    std::vector<FragmentNo> leaving;  // being forgotten: there or not
    std::vector<FragmentNo> forgotten;
};
void run_forgetting(FakeDisk& disk, Random& random, ForgettingTrace& trace) {
    const auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
    for (std::size_t turn = 0; turn < 3; ++turn) {
        Held fresh;
        for (std::size_t i = 0; i < 30; ++i) {
            const std::uint32_t fragment = number_of(turn * 30 + i);
            fresh[fragment] = trace.keys.created[fragment] = store->create({fragment});
            if (i % 11 != 10 && i != 29) continue;
            ASSERT_TRUE(store->persist().ok());
            trace.keys.persisted.merge(std::exchange(fresh, {}));
        }
        for (const std::size_t i : {turn * 30 + 1, turn * 30 + 9, turn * 30 + 12}) {
            trace.leaving.push_back({number_of(i)});
            trace.keys.persisted.erase(number_of(i));
        }
        ASSERT_TRUE(store->forget(trace.leaving).ok());
        trace.forgotten.insert(trace.forgotten.end(), trace.leaving.begin(), trace.leaving.end());
        trace.leaving.clear();
    }
}
void expect_forgotten(FakeDisk& disk, const ForgettingTrace& trace, const std::string& when) {
    expect_whole(disk, trace.keys, when);
    if (testing::Test::HasFailure()) return;
    FakeRandom random(98);
    const auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
    for (const FragmentNo f : trace.forgotten) {
        ASSERT_FALSE(store->find(f).has_value()) << when << ": key " << f.value << " came back";
    }
    if (trace.forgotten.empty()) return;
    ASSERT_GE(store->highest().value, trace.forgotten.back().value);
}

TEST(Keys, APowerCutWhileForgettingLosesNoOtherKeyAndBringsNoneBack) {
    FakeDisk disk;
    FakeRandom random(1);
    ForgettingTrace trace;
    std::uint64_t cut = 0;
    disk.watch([&] {
        ++cut;
        if (testing::Test::HasFailure()) return;
        for (const Crash how : fake::kCrashes) {
            const auto after = disk.clone();
            after->crash(how, cut * 5 + static_cast<std::uint64_t>(how));
            expect_forgotten(*after, trace, "cut at " + std::to_string(cut));
        }
        const auto after = disk.clone();
        after->crash(Crash::KeepRandom, cut * 31);
        expect_forgotten(*after, trace, "cut at " + std::to_string(cut) + ", second seed");
    });
    run_forgetting(disk, random, trace);
    disk.watch(nullptr);
    EXPECT_EQ(trace.forgotten.size(), 9u);
    expect_forgotten(disk, trace, "at the end");
}

TEST(Keys, OldBlocksOfADiskDoNotGiveAForgottenKeyBack) {
    FakeDisk disk;
    FakeRandom random(1);
    const FragmentNo gone{8};
    std::map<std::string, Bytes> before;
    {
        const auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
        for (std::uint32_t f = 0; f < 200; ++f) store->create({f});
        ASSERT_TRUE(store->persist().ok());
        for (const auto& path : disk.paths()) before[path] = disk.raw(path);
        ASSERT_TRUE(store->forget({gone}).ok());
    }
    // Every file but the one that holds the wrapping keys is put back as it was.
    for (const auto& [path, bytes] : before) {
        if (!path.ends_with("process.frk")) disk.set_raw(path, bytes);
    }
    const auto opened = open_key_store(disk, random, kFolder, master_of(1), kSmall);
    EXPECT_TRUE(!opened.ok() || !opened.value()->find(gone).has_value());
}

TEST(Keys, AFailureWhileForgettingForgetsAllOrStops) {
    for (std::uint64_t n = 1; n <= 30; ++n) {
        FakeDisk disk;
        FakeRandom random(n);
        auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
        Trace trace;
        for (std::uint32_t i = 0; i < 40; ++i)
            trace.created[number_of(i)] = store->create({number_of(i)});
        ASSERT_TRUE(store->persist().ok());
        trace.persisted = trace.created;
        disk.fail_sync(n);
        const bool forgot = store->forget({{3}}).ok();
        if (!forgot && store->find({3}) && store->persist().ok()) {
            disk.fail_sync(0);
            store->create({number_of(40)});
            EXPECT_TRUE(store->persist().ok()) << n << ": nothing had changed";
        }
        trace.persisted.erase(3);
        store.reset();
        disk.crash(Crash::LoseUnsynced, n);
        expect_whole(disk, trace, "sync " + std::to_string(n));
        const auto again = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
        EXPECT_TRUE(!forgot || !again->find({3})) << n;
    }
}

// "Full" from a sync, as a quota or a file server may answer: after the switch of process.frk it is
// no longer "nothing happened".
TEST(Keys, ASyncThatAnswersFullWhileForgettingLosesNoKeyOfAfter) {
    std::uint64_t stopped = 0;
    for (std::uint64_t n = 1; n <= 30; ++n) {
        FakeDisk disk;
        FakeRandom random(n);
        auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
        Trace trace;
        for (std::uint32_t i = 0; i < 40; ++i)
            trace.created[number_of(i)] = store->create({number_of(i)});
        ASSERT_TRUE(store->persist().ok());
        trace.persisted = trace.created;
        disk.fail_sync(n, "disk.full");
        const bool forgot = store->forget({{3}}).ok();
        disk.fail_sync(0);
        const std::uint32_t later = number_of(43);  // of the same bucket
        trace.created[later] = store->create({later});
        EXPECT_TRUE(store->has_unpersisted()) << n;
        const bool persisted = store->persist().ok();
        if (persisted) trace.persisted[later] = trace.created[later];
        stopped += persisted ? 0 : 1;
        trace.persisted.erase(3);
        store.reset();
        for (const Crash how : fake::kCrashes) {
            const auto after = disk.clone();
            after->crash(how, n);
            expect_whole(*after, trace, "sync " + std::to_string(n));
            const auto again =
                open_key_store(*after, random, kFolder, master_of(1), kSmall).value();
            EXPECT_TRUE(!forgot || !again->find({3})) << n;
        }
    }
    EXPECT_GT(stopped, 0u);
    EXPECT_LT(stopped, 5u) << "what comes before the switch may be tried again";
}

TEST(Keys, AFullDiskForgetsLater) {
    FakeDisk disk;
    FakeRandom random(1);
    auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
    Trace trace;
    for (std::uint32_t f = 0; f < 40; ++f) trace.created[f] = store->create({f});
    ASSERT_TRUE(store->persist().ok());
    trace.persisted = trace.created;
    disk.set_capacity(0);
    EXPECT_FALSE(store->forget({{3}}).ok());
    EXPECT_EQ(store->find({3}), trace.created[3]);
    EXPECT_FALSE(store->has_unpersisted());
    disk.set_capacity(1 << 30);
    ASSERT_TRUE(store->forget({{3}}).ok());
    trace.persisted.erase(3);
    store.reset();
    expect_whole(disk, trace, "after space came back");
}

TEST(Keys, AKeyThatWasReadAfterAKillOutlivesAPowerCut) {
    FakeDisk disk;
    FakeRandom random(1);
    DataKey handed_out;
    {
        const auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
        disk.stop_at(2);  // the write reaches the page cache, the sync does not take place
        handed_out = store->create({5});
        EXPECT_FALSE(store->persist().ok());
    }
    disk.stop_at(0);
    {
        const auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
        EXPECT_EQ(store->find({5}), handed_out);
        EXPECT_FALSE(store->has_unpersisted());
    }
    disk.crash(Crash::LoseUnsynced, 1);
    const auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
    EXPECT_EQ(store->find({5}), handed_out);
}

TEST(Keys, AnUnfinishedGroupAtTheEndIsCutToZeros) {
    FakeDisk disk;
    FakeRandom random(1);
    Trace trace;
    run(disk, random, 2, trace);
    const std::string path = std::string(kFolder) + "/journal-000001.frk";
    const Bytes good = disk.raw(path);
    Bytes torn = good;
    torn.replace(good.find_last_not_of('\0') + 1, 700, Bytes(700, 'x'));
    disk.set_raw(path, torn);
    ASSERT_TRUE(open_key_store(disk, random, kFolder, master_of(1), kSmall).ok());
    EXPECT_EQ(disk.raw(path), good);
    expect_whole(disk, trace, "after the cut");
}

TEST(Keys, AJournalThatIsFullMovesIntoTheBucketsAndGoes) {
    FakeDisk disk;
    FakeRandom random(1);
    Trace trace;
    run(disk, random, 30, trace);
    std::uint64_t journals = 0;
    for (const auto& path : disk.paths()) journals += path.find("journal-") != std::string::npos;
    EXPECT_EQ(journals, 1u);
    expect_whole(disk, trace, "after folding");
    const auto paths = disk.paths();
    for (int i = 0; i < 20; ++i) expect_whole(disk, trace, "again");
    EXPECT_EQ(disk.paths(), paths) << "starting again leaves no growth";
}

// Folding writes all buckets: were it done as often, each of many keys would be written many times.
TEST(Keys, OfManyKeysAJournalTakesSeveralTimesWhatThereIs) {
    FakeDisk disk;
    FakeRandom random(1);
    const KeyStoreOptions options = {4 << 20, false};  // about 65,000 keys
    constexpr std::uint32_t kFirst = 70'000, kAll = 200'000;
    {
        const auto store = open_key_store(disk, random, kFolder, master_of(1), options).value();
        for (std::uint32_t fragment = 0; fragment < kAll; ++fragment) {
            store->create({fragment});
            if (fragment == kFirst || fragment + 1 == kAll) {
                ASSERT_TRUE(store->persist().ok());
            }
        }
    }
    const auto names = disk.list(kFolder).value();
    EXPECT_EQ(std::count(names.begin(), names.end(), "journal-000002.frk"), 1);
    EXPECT_EQ(std::count(names.begin(), names.end(), "journal-000003.frk"), 0);
    EXPECT_EQ(open_key_store(disk, random, kFolder, master_of(1), options).value()->size(), kAll);
}

TEST(Keys, AFailedSyncIsFinal) {
    for (std::uint64_t n = 1; n <= 12; ++n) {
        FakeDisk disk;
        FakeRandom random(1);
        Trace trace;
        run(disk, random, 2, trace);
        auto store = open_key_store(disk, random, kFolder, master_of(1), {1 << 20, false}).value();
        disk.fail_sync(n);
        bool failed = false;
        for (std::uint32_t f = 0; f < 30; ++f) {
            const std::uint32_t fragment = 200'000 + f;
            trace.created[fragment] = store->create({fragment});
            const auto done = store->persist();
            EXPECT_TRUE(!failed || done.error().code == "keys.stopped");
            failed = failed || !done.ok();
            if (done.ok()) trace.persisted[fragment] = trace.created[fragment];
            EXPECT_EQ(store->has_unpersisted(), failed);
        }
        ASSERT_TRUE(failed);
        store.reset();
        disk.crash(Crash::LoseUnsynced, n);
        expect_whole(disk, trace, "sync " + std::to_string(n));
    }
}

TEST(Keys, AFullDiskRefusesNewKeysUntilThereIsSpace) {
    FakeDisk disk;
    FakeRandom random(1);
    auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
    disk.set_capacity(0);
    Held created;
    std::uint32_t next = 0;
    Result<void> done;
    while (done.ok()) {
        for (int i = 0; i < 20; ++i, ++next) created[next] = store->create({next});
        done = store->persist();
    }
    EXPECT_EQ(done.error().code, "keys.disk_full");
    EXPECT_EQ(store->persist().error().code, "keys.disk_full");
    EXPECT_TRUE(store->has_unpersisted());
    disk.set_capacity(1 << 30);
    ASSERT_TRUE(store->persist().ok());
    EXPECT_FALSE(store->has_unpersisted());
    store.reset();
    expect_whole(disk, {created, created, 0}, "after space came back");
}

TEST(Keys, MoreKeysThanAGroupHoldsArePersistedInSeveral) {
    FakeDisk disk;
    FakeRandom random(1);
    constexpr std::uint32_t kMany = 40'000;
    {
        const auto store =
            open_key_store(disk, random, kFolder, master_of(1), {16 << 20, false}).value();
        for (std::uint32_t f = 0; f < kMany; ++f) store->create({f});
        ASSERT_TRUE(store->persist().ok());
        EXPECT_FALSE(store->has_unpersisted());
    }
    disk.crash(Crash::LoseUnsynced, 1);
    const auto store = open_key_store(disk, random, kFolder, master_of(1), kSmall).value();
    EXPECT_EQ(store->size(), kMany);
    EXPECT_EQ(store->highest(), FragmentNo{kMany - 1});
}

TEST(Keys, AnotherMasterKeyIsRefusedAndNothingIsTouched) {
    FakeDisk disk;
    FakeRandom random(1);
    Trace trace;
    run(disk, random, 2, trace);
    const auto before = disk.counts().changes;
    const auto opened = open_key_store(disk, random, kFolder, master_of(2), kSmall);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, "keys.wrong_master_key");
    EXPECT_EQ(disk.counts().changes, before);
}

TEST(Keys, ANewerFormatIsRefused) {
    FakeDisk disk;
    FakeRandom random(1);
    Trace trace;
    run(disk, random, 2, trace);
    const std::string path = std::string(kFolder) + "/process.frk";
    Bytes bytes = disk.raw(path);
    bytes[8] = 9;
    bytes.resize(bytes.size() - 4);
    ByteWriter(bytes).u32(crc32c(bytes));
    disk.set_raw(path, bytes);
    EXPECT_EQ(open_key_store(disk, random, kFolder, master_of(1), kSmall).error().code,
              "keys.newer_format");
}

TEST(Keys, DamageIsNamedAndNoWrongKeyIsEverGiven) {
    FakeDisk whole;
    FakeRandom random(1);
    Trace trace;
    run(whole, random, 14, trace);
    const auto paths = whole.paths();
    FakeRandom dice(3);
    for (int i = 0; i < 150; ++i) {
        const auto disk = whole.clone();
        // Buckets are many and alike; process.frk and the journal stand last.
        const std::size_t which =
            i % 2 == 0 ? dice.number() % paths.size() : paths.size() - 1 - dice.number() % 2;
        const std::string& path = paths[which];
        Bytes bytes = disk->raw(path);
        const std::size_t used = bytes.find_last_not_of('\0') + 1;
        const std::size_t at = dice.number() % used;
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << dice.number() % 8));
        disk->set_raw(path, bytes);
        const auto opened = open_key_store(*disk, random, kFolder, master_of(1), kSmall);
        if (!opened.ok()) {
            EXPECT_EQ(opened.error().code, "keys.damaged") << path << " at " << at;
            EXPECT_NE(opened.error().message.find(path), std::string::npos);
            continue;
        }
        // Only the very last group of the journal can be taken for one that was never finished.
        EXPECT_NE(path.find("journal-"), std::string::npos) << path << " at " << at;
        for (const auto& [fragment, key] : trace.created) {
            const auto held = opened.value()->find({fragment});
            EXPECT_TRUE(!held || *held == key);
        }
    }
}

TEST(Keys, AMissingFileIsNoticed) {
    FakeDisk whole;
    FakeRandom random(1);
    Trace trace;
    run(whole, random, 30, trace);
    const std::string first_bucket = std::string(kFolder) + "/0000.frk";
    for (const std::string& path : {first_bucket, std::string(kFolder) + "/process.frk"}) {
        const auto disk = whole.clone();
        ASSERT_TRUE(disk->remove(path).ok());
        const auto opened = open_key_store(*disk, random, kFolder, master_of(1), kSmall);
        ASSERT_FALSE(opened.ok());
        EXPECT_EQ(opened.error().code, "keys.damaged");
        EXPECT_NE(opened.error().message.find(path), std::string::npos);
    }
}

TEST(Keys, NoKeyStandsOnTheDiskInTheClear) {
    FakeDisk disk;
    FakeRandom random(1);
    Trace trace;
    run(disk, random, 14, trace);
    Bytes all;
    for (const auto& path : disk.paths()) all += disk.raw(path);
    for (const auto& [fragment, key] : trace.created) {
        const BytesView raw(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
        ASSERT_EQ(all.find(raw), Bytes::npos);
    }
}

class MasterKey : public testing::Test {
  protected:
    void SetUp() override {
        unsetenv("FILROUGE_MASTER_KEY");
        ASSERT_TRUE(disk.make_folder("etc").ok());
    }
    void TearDown() override { unsetenv("FILROUGE_MASTER_KEY"); }
    FakeDisk disk;
    FakeRandom random{1};
    const std::string path = "etc/master.key";
};

TEST_F(MasterKey, IsMadeAtFirstStartAndTheSameAfterAPowerCut) {
    const DataKey made = load_master_key(disk, random, path).value();
    disk.crash(Crash::LoseUnsynced, 1);
    EXPECT_EQ(load_master_key(disk, random, path).value(), made);
    EXPECT_EQ(disk.raw(path).size(), 65u);
}

TEST_F(MasterKey, IsRefusedWhenOthersMayReadIt) {
    ASSERT_TRUE(load_master_key(disk, random, path).ok());
    disk.set_open_to_others(path);
    EXPECT_EQ(load_master_key(disk, random, path).error().code, "keys.file_open_to_others");
}

TEST_F(MasterKey, TheEnvironmentWinsAndNoFileIsMade) {
    const std::string hex = "00ff" + std::string(60, 'A');
    setenv("FILROUGE_MASTER_KEY", hex.c_str(), 1);
    const DataKey key = load_master_key(disk, random, path).value();
    EXPECT_EQ(key.bytes[0], 0);
    EXPECT_EQ(key.bytes[1], 0xff);
    EXPECT_EQ(key.bytes[31], 0xaa);
    EXPECT_FALSE(disk.exists(path));
}

TEST_F(MasterKey, WhatIsNoKeyIsRefusedAndNotShown) {
    for (const std::string text : {"secret", "0123", "zz"}) {
        disk.set_raw(path, text);
        const auto key = load_master_key(disk, random, path);
        EXPECT_EQ(key.error().code, "keys.bad_master_key");
        EXPECT_EQ(key.error().message.find(text), std::string::npos);
    }
}

}  // namespace
}  // namespace filrouge
