#include "fake/fake_disk.h"

#include <gtest/gtest.h>

namespace filrouge::fake {
namespace {

std::unique_ptr<File> make(FakeDisk& disk, const std::string& path, BytesView bytes) {
    auto file = disk.open(path, Disk::Open::Create).value();
    EXPECT_TRUE(file->write_at(0, bytes).ok());
    return file;
}
void keep(FakeDisk& disk, File& file) {
    ASSERT_TRUE(file.sync_data().ok());
    ASSERT_TRUE(disk.sync_folder("d").ok());
}

class FakeDiskTest : public testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(disk.make_folder("d").ok()); }
    FakeDisk disk;
};

TEST_F(FakeDiskTest, OnlyWhatWasSyncedOutlivesALossOfPower) {
    const auto file = make(disk, "d/a", "synced");
    keep(disk, *file);
    ASSERT_TRUE(file->write_at(0, "UNSAFE and longer").ok());
    make(disk, "d/b", "its name was never synced");
    disk.crash(Crash::LoseUnsynced, 1);
    EXPECT_EQ(disk.paths(), std::vector<std::string>{"d/a"});
    EXPECT_EQ(disk.raw("d/a"), "synced");
}

TEST_F(FakeDiskTest, ASyncedFileWithAnUnsyncedNameIsGone) {
    ASSERT_TRUE(make(disk, "d/a", "x")->sync_data().ok());
    disk.crash(Crash::LoseUnsynced, 1);
    EXPECT_TRUE(disk.paths().empty());
}

TEST_F(FakeDiskTest, AnUnsyncedRenameOrRemovalIsUndone) {
    keep(disk, *make(disk, "d/a", "a"));
    keep(disk, *make(disk, "d/b", "b"));
    ASSERT_TRUE(disk.rename("d/a", "d/c").ok());
    ASSERT_TRUE(disk.remove("d/b").ok());
    disk.crash(Crash::LoseUnsynced, 1);
    EXPECT_EQ(disk.paths(), (std::vector<std::string>{"d/a", "d/b"}));
}

TEST_F(FakeDiskTest, OneReadFailsAndTheNextTellsWhatIsThere) {
    const auto file = make(disk, "d/a", "bytes");
    disk.fail_read(2);
    Bytes read;
    EXPECT_TRUE(file->read_at(0, 5, read).ok());
    EXPECT_EQ(file->read_at(0, 5, read).error().code, "disk.io");
    EXPECT_TRUE(file->read_at(0, 5, read).ok());
    EXPECT_EQ(read, "bytes");
}

TEST_F(FakeDiskTest, AWriteIsTornAtSectors) {
    const auto file = make(disk, "d/a", Bytes(4096, 'o'));
    keep(disk, *file);
    ASSERT_TRUE(file->write_at(0, Bytes(4096, 'n')).ok());
    bool torn = false;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto copy = disk.clone();
        copy->crash(Crash::KeepRandom, seed);
        const Bytes after = copy->raw("d/a");
        ASSERT_EQ(after.size(), 4096u);
        for (std::size_t s = 0; s < 8; ++s) {
            const BytesView sector = BytesView(after).substr(s * kSectorBytes, kSectorBytes);
            EXPECT_EQ(sector, Bytes(kSectorBytes, sector[0]));
        }
        torn = torn || (after.find('o') != Bytes::npos && after.find('n') != Bytes::npos);
    }
    EXPECT_TRUE(torn);
}

TEST_F(FakeDiskTest, AfterAFailedSyncASecondOneLies) {
    const auto file = make(disk, "d/a", "old");
    keep(disk, *file);
    ASSERT_TRUE(file->write_at(0, "new").ok());
    disk.fail_sync(1);
    EXPECT_EQ(file->sync_data().error().code, "disk.io");
    EXPECT_TRUE(file->sync_data().ok());
    disk.crash(Crash::LoseUnsynced, 1);
    EXPECT_EQ(disk.raw("d/a"), "old");
}

TEST_F(FakeDiskTest, FaultsComeAtTheCallTheyWereSetFor) {
    const auto file = make(disk, "d/a", "1");
    disk.fail_write(2, "disk.full");
    EXPECT_TRUE(file->write_at(0, "2").ok());
    EXPECT_EQ(file->write_at(0, "3").error().code, "disk.full");
    EXPECT_TRUE(file->write_at(0, "4").ok());
    disk.set_capacity(10);
    EXPECT_EQ(file->preallocate(11).error().code, "disk.full");
    EXPECT_EQ(disk.space("d").value().free_bytes, 9u);
    disk.stop_at(2);
    EXPECT_TRUE(file->sync_data().ok());
    EXPECT_FALSE(file->sync_data().ok());
    EXPECT_FALSE(file->write_at(0, "5").ok());
}

TEST_F(FakeDiskTest, ACloneGoesItsOwnWay) {
    const auto file = make(disk, "d/a", "1");
    keep(disk, *file);
    const auto copy = disk.clone();
    ASSERT_TRUE(file->write_at(0, "2").ok());
    EXPECT_EQ(copy->raw("d/a"), "1");
}

}  // namespace
}  // namespace filrouge::fake
