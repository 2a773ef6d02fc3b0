// Backups of a log and of keys that go on living, and what is restored from them.
#include "storage/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "fake/fake_disk.h"
#include "fake/fake_random.h"
#include "storage/key_files.h"
#include "storage/keys.h"
#include "storage/log.h"
#include "storage/snapshot_file.h"

namespace filrouge {
namespace {

using fake::Crash;
using fake::FakeDisk;

constexpr const char* kData = "shop";
constexpr const char* kBackup = "safe/data";
constexpr const char* kKeyBackup = "safe/keys";
constexpr IngestTime kNow{1'767'225'600'000'000};

SegmentLogOptions small_segments(std::uint64_t id = 7) {
    SegmentLogOptions options;
    options.segment_bytes = 8 * 1024;
    options.new_log_id = id;
    options.prepare_ahead = false;
    return options;
}

struct Shop {
    explicit Shop(FakeDisk& on, std::uint64_t id = 7, const std::string& folder = kData)
        : disk(on),
          log(open_segment_log(on, folder + "/log", small_segments(id)).value()),
          random(id) {}
    void grow(std::uint64_t groups) {
        for (std::uint64_t i = 0; i < groups; ++i) {
            std::vector<NewRecord> group(1 + random() % 4);
            for (NewRecord& record : group) {
                record.clear = Bytes(1 + random() % 400, static_cast<char>('a' + random() % 26));
            }
            ASSERT_TRUE(log->append({1}, group).ok());
        }
    }
    BackupReport back_up(const std::string& to = kBackup) {
        const auto report = back_up_data(disk, kData, to, kNow);
        EXPECT_TRUE(report.ok()) << report.error().message;
        return report.ok() ? report.value() : BackupReport{};
    }
    FakeDisk& disk;
    std::unique_ptr<Log> log;
    std::mt19937_64 random;
};

std::vector<Bytes> records_of(FakeDisk& disk, const std::string& data) {
    std::vector<Bytes> out;
    auto log = open_segment_log(disk, data + "/log", small_segments());
    EXPECT_TRUE(log.ok()) << log.error().message;
    if (!log.ok()) return out;
    EXPECT_TRUE(log.value()
                    ->read(1,
                           [&](const RecordView& view) {
                               out.emplace_back(view.clear);
                               return true;
                           })
                    .ok());
    return out;
}

// A new data folder made of the backup holds exactly the shop's first records.
void expect_restores(FakeDisk& disk, const std::vector<Bytes>& all, std::uint64_t last) {
    const auto apart = disk.clone();
    const auto restored = restore_backup(*apart, kBackup, "", "again");
    ASSERT_TRUE(restored.ok()) << restored.error().message;
    EXPECT_EQ(restored.value().log.records, last);
    EXPECT_EQ(restored.value().log.torn_bytes, 0u);
    ASSERT_LE(last, all.size());
    apart->crash(Crash::LoseUnsynced, last);  // what a restore has answered is durable
    EXPECT_EQ(records_of(*apart, "again"),
              std::vector<Bytes>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(last)));
}

std::vector<std::string> files_of(const FakeDisk& disk, const std::string& folder) {
    std::vector<std::string> out;
    for (const std::string& path : disk.paths()) {
        if (path.starts_with(folder + "/") && !path.ends_with("/lock")) out.push_back(path);
    }
    return out;
}

TEST(Backup, HoldsTheLogAsItWasAndCopiesOnlyWhatIsNew) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        FakeDisk disk;
        Shop shop(disk, seed);
        std::uint64_t known = 0;
        for (int night = 0; night < 6; ++night) {
            shop.grow(shop.random() % 40);
            const std::uint64_t last = shop.log->last_sequence();
            const BackupReport report = shop.back_up();
            EXPECT_EQ(report.last_sequence, last);
            // The segment that was active at the last backup, and those since.
            EXPECT_LE(report.copied, report.files - (known == 0 ? 0 : known - 1))
                << "seed " << seed;
            known = report.files;
            EXPECT_EQ(shop.back_up().copied, 0u) << "nothing is new";
            EXPECT_EQ(files_of(disk, kBackup).size(), report.files + 1) << "and nothing is left";
            ASSERT_TRUE(verify_backup(disk, kBackup).ok());
            expect_restores(disk, records_of(*disk.clone(), kData), last);
        }
    }
}

TEST(Backup, APowerCutAtAnyWriteLeavesTheFormerOneOrTheNewOne) {
    FakeDisk disk;
    Shop shop(disk);
    disk.set_raw("shop/filrouge.toml", "a = 1\n");
    shop.grow(30);
    const std::uint64_t former = shop.back_up().last_sequence;
    shop.grow(40);
    disk.set_raw("shop/filrouge.toml", "a = 2\n");
    const std::uint64_t now = shop.log->last_sequence();
    const std::vector<Bytes> all = records_of(*disk.clone(), kData);
    std::uint64_t cuts = 0;
    disk.watch([&] {
        ++cuts;
        for (const Crash how : fake::kCrashes) {
            if (testing::Test::HasFailure()) return;
            const auto after = disk.clone();
            after->crash(how, cuts);
            const auto found = verify_backup(*after, kBackup);
            ASSERT_TRUE(found.ok()) << "cut at " << cuts << ": " << found.error().message;
            const std::uint64_t last = found.value().last_sequence;
            ASSERT_TRUE(last == former || last == now) << last;
            expect_restores(*after, all, last);
            // And the next night goes on from whatever is there.
            const auto next = back_up_data(*after, kData, kBackup, kNow);
            ASSERT_TRUE(next.ok()) << next.error().message;
            EXPECT_EQ(files_of(*after, kBackup).size(), next.value().files + 1);
        }
    });
    shop.back_up();
    disk.watch(nullptr);
    EXPECT_GT(cuts, 10u);
    EXPECT_EQ(verify_backup(disk, kBackup).value().last_sequence, now);
}

TEST(Backup, OneFlippedByteOrMissingFileIsFoundByVerifyAndByRestore) {
    FakeDisk disk;
    Shop shop(disk);
    shop.grow(60);
    shop.back_up();
    for (const std::string& path : files_of(disk, kBackup)) {
        const Bytes right = disk.raw(path);
        for (int i = 0; i < 20; ++i) {
            Bytes wrong = right;
            char& byte = wrong[shop.random() % wrong.size()];
            byte = static_cast<char>(byte ^ 1 << shop.random() % 8);
            disk.set_raw(path, wrong);
            // The frame of backup.json outside of its checksum is punctuation.
            const auto found = verify_backup(disk, kBackup);
            if (found.ok() && path.ends_with("backup.json")) continue;
            ASSERT_FALSE(found.ok()) << path;
            EXPECT_EQ(found.error().code, "backup.damaged");
            EXPECT_EQ(restore_backup(disk, kBackup, "", "again").error().code, "backup.damaged");
            EXPECT_TRUE(files_of(disk, "again").empty());
        }
        disk.set_raw(path, right.substr(0, right.size() / 2));
        EXPECT_EQ(verify_backup(disk, kBackup).error().code, "backup.damaged") << path;
        disk.set_raw(path, right);
        const auto without = disk.clone();
        ASSERT_TRUE(without->remove(path).ok());
        EXPECT_FALSE(verify_backup(*without, kBackup).ok()) << path;
        EXPECT_FALSE(restore_backup(*without, kBackup, "", "again").ok()) << path;
        // The next backup brings a missing file back.
        ASSERT_TRUE(back_up_data(*without, kData, kBackup, kNow).ok());
        EXPECT_TRUE(verify_backup(*without, kBackup).ok()) << path;
    }
}

TEST(Backup, DamageInTheLogIsToldAndTheFormerBackupStays) {
    FakeDisk disk;
    Shop shop(disk);
    shop.grow(10);
    const std::uint64_t former = shop.back_up().last_sequence;
    shop.grow(10);
    const std::string path = "shop/log/000000000001.frl";
    Bytes bytes = disk.raw(path);
    bytes[300] = static_cast<char>(bytes[300] ^ 1);
    disk.set_raw(path, bytes);
    EXPECT_EQ(back_up_data(disk, kData, kBackup, kNow).error().code, "log.damaged");
    EXPECT_EQ(verify_backup(disk, kBackup).value().last_sequence, former);
}

TEST(Backup, AFolderOfSomethingElseIsRefusedUntouched) {
    FakeDisk disk;
    Shop shop(disk);
    shop.grow(50);
    const auto early = disk.clone();  // the shop as it could be restored
    shop.grow(50);
    shop.back_up();
    auto expect_refused = [](FakeDisk& on, const std::string& data, const std::string& folder,
                             const std::string& code) {
        const auto before = files_of(on, folder);
        const auto refused = back_up_data(on, data, folder, kNow);
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().code, code);
        EXPECT_EQ(files_of(on, folder), before);
    };
    Shop other(disk, 8, "other");
    other.grow(200);
    expect_refused(disk, "other", kBackup, "backup.other_shop");
    expect_refused(disk, "other", kData, "backup.data_folder");

    for (const std::string& path : files_of(disk, kBackup)) early->set_raw(path, disk.raw(path));
    EXPECT_TRUE(early->make_folder("safe/data/files").ok());
    expect_refused(*early, kData, kBackup, "backup.ahead");
    Shop again(*early, 9);
    again.grow(100);
    expect_refused(*early, kData, kBackup, "backup.other_history");

    EXPECT_EQ(verify_backup(disk, "nowhere").error().code, "backup.not_found");
    EXPECT_EQ(restore_backup(disk, kBackup, "", kData).error().code, "backup.folder_in_use");
}

TEST(Backup, ARestoreThatStopsLeavesNoLogThatOpensWithoutItsBeginning) {
    FakeDisk disk;
    Shop shop(disk);
    shop.grow(60);
    shop.back_up();
    const std::uint64_t last = shop.log->last_sequence();
    std::uint64_t cuts = 0;
    disk.watch([&] {
        ++cuts;
        if (testing::Test::HasFailure()) return;
        for (const Crash how : fake::kCrashes) {
            const auto after = disk.clone();
            after->crash(how, cuts);
            auto log = open_segment_log(*after, "again/log", small_segments());
            if (!log.ok()) continue;
            const std::uint64_t there = log.value()->last_sequence();
            ASSERT_TRUE(there == 0 || there == last) << "cut at " << cuts << ": " << there;
        }
    });
    ASSERT_TRUE(restore_backup(disk, kBackup, "", "again").ok());
    disk.watch(nullptr);
    EXPECT_GT(cuts, 10u);
}

TEST(Backup, NothingAcknowledgedBeforeItIsMissingWhileTheShopGoesOn) {
    FakeDisk disk;
    Shop shop(disk);
    shop.grow(1);
    std::atomic<std::uint64_t> acknowledged{0};
    std::atomic<bool> enough{false};
    std::thread till([&] {
        while (!enough && shop.log->last_sequence() < 20'000) {
            shop.grow(1);
            acknowledged = shop.log->last_sequence();
        }
    });
    for (int i = 0; i < 30; ++i) {
        const std::uint64_t before = acknowledged;
        const auto report = back_up_data(disk, kData, kBackup, kNow);
        EXPECT_TRUE(report.ok()) << report.error().message;
        if (!report.ok()) break;
        EXPECT_GE(report.value().last_sequence, before);
        EXPECT_TRUE(verify_backup(disk, kBackup).ok());
    }
    enough = true;
    till.join();
    const std::uint64_t last = verify_backup(disk, kBackup).value().last_sequence;
    expect_restores(disk, records_of(*disk.clone(), kData), last);
}

// Keys.

KeyStoreOptions small_journals() {
    KeyStoreOptions options;
    options.journal_bytes = key_files::kJournalHeaderBytes + 40 * key_files::kEntryBytes;
    return options;
}

std::unique_ptr<KeyStore> keys_of(FakeDisk& disk, const std::string& data, Random& random) {
    auto keys = open_key_store(disk, random, data + "/keys", DataKey{}, small_journals());
    EXPECT_TRUE(keys.ok()) << keys.error().message;
    return keys.ok() ? std::move(keys).value() : nullptr;
}

// In 64 buckets, so that the false disk has few files to copy.
FragmentNo spread(std::uint32_t n) { return {n % 64 + n / 64 * kKeyBuckets}; }

TEST(KeyBackup, HoldsEveryKeyWhileOthersAreMadeFoldedAndForgotten) {
    FakeDisk disk;
    fake::FakeRandom random(1);
    Shop shop(disk);
    shop.grow(3);
    shop.back_up();
    const auto keys = keys_of(disk, kData, random);
    std::atomic<std::uint32_t> persisted{0};
    std::atomic<bool> enough{false};
    // Of every ten keys the last is forgotten later.
    std::thread shoppers([&] {
        for (std::uint32_t n = 0; !enough && n < 1'500; ++n) {
            keys->create(spread(n));
            if (n % 3 == 0) {
                ASSERT_TRUE(keys->persist().ok());
                persisted = n;
            }
        }
    });
    std::thread erasures([&] {
        for (std::uint32_t n = 9; !enough; std::this_thread::yield()) {
            if (n + 30 > persisted) continue;
            ASSERT_TRUE(keys->forget({spread(n)}).ok());
            n += 10;
        }
    });
    int restores = 0;
    for (int i = 0; i < 12; ++i) {
        const std::uint32_t before = persisted;
        const auto report = back_up_keys(disk, kData, kKeyBackup, kNow);
        EXPECT_TRUE(report.ok() || report.error().code == "backup.keys_busy")
            << report.error().message;
        if (!report.ok()) continue;
        const auto apart = disk.clone();
        const auto restored = restore_backup(*apart, kBackup, kKeyBackup, "again");
        EXPECT_TRUE(restored.ok()) << restored.error().message;
        if (!restored.ok()) break;
        const auto again = keys_of(*apart, "again", random);
        if (again == nullptr) break;
        for (std::uint32_t n = 0; n < before; ++n) {
            if (n % 10 == 9) continue;
            const auto key = again->find(spread(n)), here = keys->find(spread(n));
            EXPECT_TRUE(here) << n << " of " << before << " is not in the store";
            EXPECT_TRUE(key) << n << " of " << before << " is not in the backup";
            if (!key || !here) break;
            EXPECT_EQ(key->bytes, here->bytes) << n << " of " << before;
        }
        ++restores;
    }
    enough = true;
    shoppers.join();
    erasures.join();
    EXPECT_GT(restores, 0);
}

TEST(KeyBackup, IsConsistentAtEveryStepOfAnErasure) {
    FakeDisk disk;
    fake::FakeRandom random(2);
    KeyStoreOptions options = small_journals();
    options.fold_in_background = false;
    auto keys = open_key_store(disk, random, "shop/keys", DataKey{}, options).value();
    for (std::uint32_t n = 0; n < 100; ++n) keys->create({n});
    ASSERT_TRUE(keys->persist().ok());
    Shop shop(disk);
    shop.grow(3);
    shop.back_up();
    disk.watch([&] {
        const auto apart = disk.clone();
        const auto report = back_up_keys(*apart, kData, kKeyBackup, kNow);
        ASSERT_TRUE(report.ok()) << report.error().message;
        ASSERT_TRUE(restore_backup(*apart, kBackup, kKeyBackup, "again").ok());
        fake::FakeRandom other(3);
        const auto again = keys_of(*apart, "again", other);
        ASSERT_NE(again, nullptr);
        for (std::uint32_t n = 0; n < 100; ++n) {
            ASSERT_TRUE(again->find({n}) || n == 5 || n == 50) << n;
        }
    });
    ASSERT_TRUE(keys->forget({{5}, {50}}).ok());
    disk.watch(nullptr);
    const auto report = back_up_keys(disk, kData, kKeyBackup, kNow);
    ASSERT_TRUE(report.ok());
    ASSERT_TRUE(restore_backup(disk, kBackup, kKeyBackup, "again").ok());
    EXPECT_FALSE(keys_of(disk, "again", random)->find({5}));
}

TEST(KeyBackup, APowerCutAtAnyWriteLeavesTheFormerOneOrTheNewOne) {
    FakeDisk disk;
    fake::FakeRandom random(5);
    Shop shop(disk);
    shop.grow(3);
    shop.back_up();
    const auto keys = keys_of(disk, kData, random);
    auto make = [&](std::uint32_t from, std::uint32_t to) {
        for (std::uint32_t n = from; n < to; ++n) keys->create({n % 8 + n / 8 * kKeyBuckets});
        ASSERT_TRUE(keys->persist().ok());
    };
    make(0, 90);
    ASSERT_TRUE(keys->forget({{8}}).ok());  // folds, so that there are buckets
    ASSERT_TRUE(back_up_keys(disk, kData, kKeyBackup, kNow).ok());
    make(90, 130);
    ASSERT_TRUE(keys->forget({{1}}).ok());
    disk.watch([&] {
        if (testing::Test::HasFailure()) return;
        for (const Crash how : fake::kCrashes) {
            const auto after = disk.clone();
            after->crash(how, 1);
            ASSERT_TRUE(verify_backup(*after, kKeyBackup).ok());
            ASSERT_TRUE(restore_backup(*after, kBackup, kKeyBackup, "again").ok());
            fake::FakeRandom other(6);
            const auto again = keys_of(*after, "again", other);
            ASSERT_NE(again, nullptr);
            ASSERT_TRUE(again->find({2}) && again->find({3 + kKeyBuckets}));
        }
    });
    ASSERT_TRUE(back_up_keys(disk, kData, kKeyBackup, kNow).ok());
    disk.watch(nullptr);
    ASSERT_TRUE(restore_backup(disk, kBackup, kKeyBackup, "again").ok());
    EXPECT_FALSE(keys_of(disk, "again", random)->find({1}));
}

TEST(KeyBackup, AndDataAreKeptApart) {
    FakeDisk disk;
    fake::FakeRandom random(4);
    Shop shop(disk);
    shop.grow(3);
    keys_of(disk, kData, random)->create({1});
    shop.back_up();
    ASSERT_TRUE(back_up_keys(disk, kData, kKeyBackup, kNow).ok());
    EXPECT_EQ(back_up_keys(disk, kData, kBackup, kNow).error().code, "backup.other_kind");
    EXPECT_EQ(back_up_data(disk, kData, kKeyBackup, kNow).error().code, "backup.other_kind");
    EXPECT_EQ(restore_backup(disk, kKeyBackup, "", "again").error().code, "backup.other_kind");
    EXPECT_EQ(restore_backup(disk, kBackup, kBackup, "again").error().code, "backup.other_kind");
    for (const std::string& path : files_of(disk, kBackup)) EXPECT_EQ(path.find("frk"), path.npos);
}

TEST(KeyBackup, OlderThanTheDataIsToldByTheRestore) {
    FakeDisk disk;
    fake::FakeRandom random(7);
    Shop shop(disk);
    keys_of(disk, kData, random)->create({1});
    ASSERT_TRUE(back_up_data(disk, kData, kBackup, {5}).ok());
    ASSERT_TRUE(back_up_keys(disk, kData, kKeyBackup, {4}).ok());
    EXPECT_TRUE(restore_backup(disk, kBackup, kKeyBackup, "a").value().keys_older);
    ASSERT_TRUE(back_up_keys(disk, kData, kKeyBackup, {5}).ok());
    EXPECT_FALSE(restore_backup(disk, kBackup, kKeyBackup, "b").value().keys_older);
}

std::vector<std::string> segments_in(const FakeDisk& disk) {
    std::vector<std::string> out;
    for (const std::string& path : disk.paths()) {
        if (path.starts_with("shop/log/") && path.ends_with(".frl")) out.push_back(path);
    }
    return out;
}
void spoil(FakeDisk& disk, const std::string& path, std::size_t at) {
    Bytes bytes = disk.raw(path);
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    disk.set_raw(path, std::move(bytes));
}

TEST(Repair, PutsBackAnyDamagedOrMissingSegmentThatTheBackupHasInWhole) {
    FakeDisk disk;
    std::size_t backed_up = 0;
    {
        Shop shop(disk);
        shop.grow(60);
        shop.back_up();
        backed_up = segments_in(disk).size();
        shop.grow(60);
    }
    const std::vector<Bytes> all = records_of(disk, kData);
    const std::vector<std::string> segments = segments_in(disk);
    ASSERT_GT(backed_up, 3u);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        for (const std::size_t at : {std::size_t{20}, std::size_t{300}, std::string::npos}) {
            const auto hit = disk.clone();
            if (at == std::string::npos)
                EXPECT_TRUE(hit->remove(segments[i]).ok());
            else
                spoil(*hit, segments[i], at);
            if (i > 0) spoil(*hit, segments[0], 500);  // and the first one, each time
            const Bytes before = i > 0 ? hit->raw(segments[0]) : Bytes();
            const auto repaired = repair_from_backup(*hit, kData, kBackup);
            if (i + 1 >= backed_up && !(i + 1 == segments.size() && at == std::string::npos)) {
                ASSERT_FALSE(repaired.ok()) << segments[i];
                EXPECT_EQ(repaired.error().code, "repair.not_in_backup");
                EXPECT_NE(repaired.error().message.find(segments[i]), std::string::npos);
                EXPECT_TRUE(i == 0 || hit->raw(segments[0]) == before) << "something has changed";
                continue;
            }
            if (i + 1 == segments.size()) continue;  // nobody knows that there was another one
            ASSERT_TRUE(repaired.ok()) << repaired.error().message;
            EXPECT_EQ(repaired.value().replaced.size(), i == 0 ? 1u : 2u);
            hit->crash(Crash::LoseUnsynced, i);
            EXPECT_TRUE(records_of(*hit, kData) == all);
        }
    }
}

void put_snapshot(FakeDisk& disk, std::uint64_t sequence) {
    const snapshot_file::Name name{sequence, true};
    ASSERT_TRUE(disk.make_folder(std::string(kData) + "/state/fold").ok());
    disk.set_raw(std::string(kData) + "/state/fold/" + snapshot_file::name_of(name), "any");
}

TEST(Repair, PutsBackTheEndOfTheLogAsFarAsTheBackupHasIt) {
    FakeDisk disk;
    {
        Shop shop(disk);
        shop.grow(60);
        shop.back_up();
    }
    const std::vector<Bytes> all = records_of(disk, kData);
    const std::vector<std::string> segments = segments_in(disk);
    ASSERT_GT(segments.size(), 3u);
    for (std::size_t lost = 1; lost < segments.size(); ++lost) {
        for (const std::uint64_t known : {std::uint64_t{0}, all.size(), all.size() + 1}) {
            const auto hit = disk.clone();
            for (std::size_t i = segments.size() - lost; i < segments.size(); ++i)
                ASSERT_TRUE(hit->remove(segments[i]).ok());
            if (known > 0) put_snapshot(*hit, known);
            const std::vector<std::string> before = hit->paths();
            const auto repaired = repair_from_backup(*hit, kData, kBackup);
            if (known > all.size()) {
                ASSERT_FALSE(repaired.ok());
                EXPECT_EQ(repaired.error().code, "repair.not_in_backup");
                EXPECT_EQ(segments_in(*hit).size(), segments.size() - lost);
                continue;
            }
            ASSERT_TRUE(repaired.ok()) << repaired.error().message;
            EXPECT_EQ(repaired.value().replaced.size(), lost);
            EXPECT_EQ(repaired.value().log.records, all.size());
            hit->crash(Crash::LoseUnsynced, lost);
            EXPECT_TRUE(records_of(*hit, kData) == all);
        }
    }
}

TEST(Repair, OfALogOfWhichNothingIsLeftIsRefusedAndNothingIsMade) {
    FakeDisk disk;
    {
        Shop shop(disk);
        shop.grow(60);
        shop.back_up();
    }
    for (const std::string& path : segments_in(disk)) ASSERT_TRUE(disk.remove(path).ok());
    const auto repaired = repair_from_backup(disk, kData, kBackup);
    ASSERT_FALSE(repaired.ok());
    EXPECT_EQ(repaired.error().code, "repair.not_in_backup");
    EXPECT_TRUE(segments_in(disk).empty());
}

// It went on from an older backup: what the newer one holds is of another history.
TEST(Repair, TakesNothingFromTheEndOfAnotherHistory) {
    FakeDisk disk;
    {
        Shop shop(disk);
        shop.grow(60);
        shop.back_up();
    }
    const std::vector<std::string> segments = segments_in(disk);
    ASSERT_TRUE(disk.remove(segments.back()).ok());
    {
        Shop other(disk);
        other.log->append({2}, {NewRecord{}}).value();
    }
    const Bytes kept = disk.raw(segments_in(disk).back());
    const auto repaired = repair_from_backup(disk, kData, kBackup);
    ASSERT_TRUE(repaired.ok()) << repaired.error().message;
    EXPECT_TRUE(repaired.value().replaced.empty());
    EXPECT_EQ(disk.raw(segments_in(disk).back()), kept);
}

TEST(Repair, IsRefusedWithTheBackupOfAnotherShopAndWhileAServerRuns) {
    FakeDisk disk;
    {
        Shop other(disk, 8, "other");
        other.grow(60);
        ASSERT_TRUE(back_up_data(disk, "other", kBackup, kNow).ok());
        Shop shop(disk);
        shop.grow(60);
    }
    spoil(disk, segments_in(disk)[0], 300);
    EXPECT_EQ(repair_from_backup(disk, kData, kBackup).error().code, "backup.other_shop");
    const auto server = disk.lock(std::string(kData) + "/lock").value();
    EXPECT_EQ(repair_from_backup(disk, kData, kBackup).error().code, "disk.locked");
}

}  // namespace
}  // namespace filrouge
