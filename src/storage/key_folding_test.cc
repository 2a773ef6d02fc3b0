// Folding beside forgetting.
#include "storage/key_folding.h"

#include <gtest/gtest.h>

#include <future>

#include "fake/fake_disk.h"
#include "fake/fake_random.h"

namespace filrouge {
namespace {

constexpr const char* kFolder = "data/keys";

// A fold between the two steps would rename what the first wrote beside a bucket, under keys that
// the second replaces: the bucket would open for nobody.
TEST(KeyFolding, AFoldWaitsUntilForgettingIsDone) {
    fake::FakeDisk disk;
    fake::FakeRandom random(1);
    const DataKey master{};
    KeyFolder folder = open_key_folder(disk, random, kFolder, master, {8 * 1024, {}}).value();
    KeyTable& table = *folder.table;
    for (std::uint32_t f = 0; f < 40; ++f) table.create({f % 8 + f / 8 * 4'096}, random);
    KeyFolding folding(disk, random, {folder.path, *folder.process, table, master},
                       std::move(folder.buckets), folder.oldest_journal, false);
    ASSERT_TRUE(folding.fold_now(0).ok());
    std::future<bool> fold;
    {
        const auto prepared = folding.prepare({{3}});
        ASSERT_TRUE(prepared.ok());
        const DataKey later = table.create({3 + 5 * 4'096}, random);  // the same bucket has more
        fold = std::async(std::launch::async, [&] { return folding.fold_now(0).ok(); });
        EXPECT_EQ(fold.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
        ASSERT_TRUE(folding.forget(prepared.value()).ok());
        EXPECT_EQ(table.find({3 + 5 * 4'096}), later);
    }
    EXPECT_TRUE(fold.get());
    const auto again = open_key_folder(disk, random, kFolder, master, {8 * 1024, {}});
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_FALSE(again.value().table->find({3}));
    EXPECT_EQ(again.value().table->find({3 + 4'096}), table.find({3 + 4'096}));
    EXPECT_EQ(again.value().table->find({3 + 5 * 4'096}), table.find({3 + 5 * 4'096}));
}

// A disk that once fails to sync a folder, and then takes for written what it has lost: with it the
// renames of that moment never come to pass, and those after them do.
struct ForgetfulDisk : fake::FakeDisk {
    struct Renamed {
        std::string from, to;
        Bytes bytes;
        std::optional<Bytes> before;
    };
    std::vector<Renamed> pending, lost;
    bool fails = false;  // the next sync of a folder
    Result<void> rename(const std::string& from, const std::string& to) override {
        const auto before = exists(to) ? std::optional(raw(to)) : std::nullopt;
        pending.push_back({from, to, raw(from), before});
        return FakeDisk::rename(from, to);
    }
    Result<void> sync_folder(const std::string& path) override {
        if (std::exchange(fails, false)) {
            lost = std::exchange(pending, {});
            return Error{"disk.io", "An injected fault at " + path + ".", ""};
        }
        pending.clear();
        return FakeDisk::sync_folder(path);
    }
    void lose_power() {
        crash(fake::Crash::LoseUnsynced, 1);
        for (const Renamed& each : lost) {
            set_raw(each.from, each.bytes);
            if (each.before) {
                set_raw(each.to, *each.before);
            } else if (exists(each.to)) {
                EXPECT_TRUE(remove(each.to).ok() && FakeDisk::sync_folder(kFolder).ok());
            }
        }
    }
};

// Fills the first journal and begins a second, as a store does.
struct FoldingWorld {
    explicit FoldingWorld(ForgetfulDisk& on) : disk(on) {
        folder = open_key_folder(disk, random, kFolder, master, {8 * 1024, {}}).value();
        std::vector<key_files::KeyOfFragment> keys;
        keys.reserve(40);
        for (std::uint32_t f = 0; f < 40; ++f)
            keys.push_back({{f}, folder.table->create({f}, random)});
        const Bytes group = key_files::encode_group(keys, 0, *folder.process, random);
        EXPECT_TRUE(folder.journal.file->write_at(folder.journal.end, group).ok());
        EXPECT_TRUE(folder.journal.file->sync_data().ok());
        EXPECT_TRUE(start_journal(disk, kFolder, *folder.process,
                                  {2, folder.table->highest(), 8 * 1024, key_files::BucketSet{}})
                        .ok());
        folding = std::make_unique<KeyFolding>(
            disk, random, KeyFolding::Keys{folder.path, *folder.process, *folder.table, master},
            std::move(folder.buckets), folder.oldest_journal, false);
    }
    void expect_all_after_power_loss() {
        disk.lose_power();
        const auto again = open_key_folder(disk, random, kFolder, master, {8 * 1024, {}});
        ASSERT_TRUE(again.ok()) << again.error().message;
        for (std::uint32_t f = 0; f < 40; ++f)
            EXPECT_EQ(again.value().table->find({f}), folder.table->find({f})) << f;
    }
    ForgetfulDisk& disk;
    fake::FakeRandom random{1};
    const DataKey master{};
    KeyFolder folder;
    std::unique_ptr<KeyFolding> folding;
};

TEST(KeyFolding, AfterAFailedSyncOfTheFolderNoJournalIsRemoved) {
    ForgetfulDisk disk;
    FoldingWorld world(disk);
    disk.fails = true;
    EXPECT_EQ(world.folding->fold_now(1).error().code, "disk.io");
    for (int i = 0; i < 2; ++i) EXPECT_EQ(world.folding->fold_now(1).error().code, "keys.stopped");
    EXPECT_TRUE(disk.exists(std::string(kFolder) + "/" + key_files::journal_name(1)));
    world.expect_all_after_power_loss();
}

// The files beside the buckets would be missing when their keys have been replaced.
TEST(KeyFolding, AfterAFailedSyncOfTheFolderNothingIsForgotten) {
    ForgetfulDisk disk;
    FoldingWorld world(disk);
    ASSERT_TRUE(world.folding->fold_now(1).ok());
    disk.fails = true;
    EXPECT_EQ(world.folding->prepare({{3}}).error().code, "disk.io");
    EXPECT_EQ(world.folding->prepare({{3}}).error().code, "keys.stopped");
    world.expect_all_after_power_loss();
}

TEST(KeyFolding, AFullDiskOnlyPutsFoldingOff) {
    ForgetfulDisk disk;
    FoldingWorld world(disk);
    disk.set_capacity(disk.used());
    EXPECT_EQ(world.folding->fold_now(1).error().code, "disk.full");
    disk.set_capacity(1 << 30);
    EXPECT_TRUE(world.folding->fold_now(1).ok());
    EXPECT_FALSE(disk.exists(std::string(kFolder) + "/" + key_files::journal_name(1)));
    world.expect_all_after_power_loss();
}

}  // namespace
}  // namespace filrouge
