// What every Disk promises: the machine's, and the false one that all crash tests stand on.
#include <gtest/gtest.h>

#include <functional>

#include "fake/fake_disk.h"
#include "fake/temp_folder.h"
#include "os/disk.h"

namespace filrouge {
namespace {

struct Place {
    virtual ~Place() = default;
    virtual Disk& disk() = 0;
    virtual std::string folder() const = 0;
};
struct FakePlace : Place {
    fake::FakeDisk held;
    Disk& disk() override { return held; }
    std::string folder() const override { return "root/data"; }
};
struct RealPlace : Place {
    fake::TempFolder temp;
    std::unique_ptr<Disk> held = os::make_disk();
    Disk& disk() override { return *held; }
    std::string folder() const override { return temp.path() + "/deep/data"; }
};
struct Maker {
    std::string name;
    std::function<std::unique_ptr<Place>()> make;
};

class DiskContract : public testing::TestWithParam<Maker> {
  protected:
    void SetUp() override {
        place = GetParam().make();
        folder = place->folder();
        ASSERT_TRUE(disk().make_folder(folder).ok());
    }
    Disk& disk() { return place->disk(); }
    std::string path(const std::string& name) const { return folder + "/" + name; }
    std::unique_ptr<File> fresh(const std::string& name) {
        return disk().open(path(name), Disk::Open::CreateNew).value();
    }
    Bytes content(const std::string& name) {
        return read_whole(disk(), path(name), 1 << 20).value();
    }
    std::unique_ptr<Place> place;
    std::string folder;
};

TEST_P(DiskContract, WhatIsWrittenIsReadAndShortOnlyAtTheEnd) {
    const auto file = fresh("a");
    ASSERT_TRUE(file->write_at(0, "hello").ok());
    ASSERT_TRUE(file->write_at(1000, "there").ok());
    Bytes out;
    ASSERT_TRUE(file->read_at(0, 5, out).ok());
    EXPECT_EQ(out, "hello");
    ASSERT_TRUE(file->read_at(998, 100, out).ok());
    EXPECT_EQ(out, Bytes("\0\0there", 7));
    ASSERT_TRUE(file->read_at(5000, 10, out).ok());
    EXPECT_EQ(out, "");
    EXPECT_EQ(file->size().value(), 1005u);
    EXPECT_TRUE(file->sync_data().ok());
}

TEST_P(DiskContract, OpeningFollowsItsMode) {
    EXPECT_EQ(disk().open(path("a"), Disk::Open::Existing).error().code, "disk.not_found");
    fresh("a");
    EXPECT_EQ(disk().open(path("a"), Disk::Open::CreateNew).error().code, "disk.exists");
    EXPECT_TRUE(disk().open(path("a"), Disk::Open::Create).ok());
    EXPECT_TRUE(disk().open(path("b"), Disk::Open::Create).ok());
    EXPECT_EQ(disk().open(folder + "/none/a", Disk::Open::Create).error().code, "disk.not_found");
}

TEST_P(DiskContract, PreallocatedBytesAreZerosAndNothingIsCutOrOverwritten) {
    const auto file = fresh("a");
    ASSERT_TRUE(file->write_at(0, "x").ok());
    ASSERT_TRUE(file->preallocate(3'000'000).ok());
    EXPECT_EQ(file->size().value(), 3'000'000u);
    Bytes out;
    ASSERT_TRUE(file->read_at(0, 3'000'000, out).ok());
    EXPECT_EQ(out[0], 'x');
    EXPECT_EQ(out.find_first_not_of('\0', 1), Bytes::npos);
    ASSERT_TRUE(file->preallocate(10).ok());
    EXPECT_EQ(file->size().value(), 3'000'000u);
}

TEST_P(DiskContract, TruncatingCutsAndALaterGrowthIsZeros) {
    const auto file = fresh("a");
    ASSERT_TRUE(file->write_at(0, "abcdef").ok());
    ASSERT_TRUE(file->truncate(2).ok());
    ASSERT_TRUE(file->truncate(4).ok());
    EXPECT_EQ(content("a"), Bytes("ab\0\0", 4));
}

TEST_P(DiskContract, ARenamedFileReplacesTheOtherAndItsHandleGoesOn) {
    const auto file = fresh("a.new");
    ASSERT_TRUE(fresh("a")->write_at(0, "old").ok());
    ASSERT_TRUE(file->write_at(0, "new").ok());
    ASSERT_TRUE(disk().rename(path("a.new"), path("a")).ok());
    ASSERT_TRUE(file->write_at(3, "er").ok());
    EXPECT_EQ(content("a"), "newer");
    EXPECT_FALSE(disk().exists(path("a.new")));
    EXPECT_EQ(disk().rename(path("a.new"), path("b")).error().code, "disk.not_found");
    EXPECT_TRUE(disk().sync_folder(folder).ok());
}

TEST_P(DiskContract, AFolderListsItsNamesInOrderAndARemovedOneIsGone) {
    for (const char* name : {"b", "a", "c"}) fresh(name);
    EXPECT_EQ(disk().list(folder).value(), (std::vector<std::string>{"a", "b", "c"}));
    ASSERT_TRUE(disk().remove(path("b")).ok());
    EXPECT_EQ(disk().list(folder).value(), (std::vector<std::string>{"a", "c"}));
    EXPECT_EQ(disk().remove(path("b")).error().code, "disk.not_found");
    EXPECT_EQ(disk().list(folder + "/none").error().code, "disk.not_found");
}

TEST_P(DiskContract, MakingAFolderTwiceIsFine) {
    EXPECT_TRUE(disk().make_folder(folder + "/x/y").ok());
    EXPECT_TRUE(disk().make_folder(folder + "/x/y").ok());
    EXPECT_TRUE(disk().exists(folder + "/x"));
}

TEST_P(DiskContract, OneHoldsTheLockAndItIsFreeAfterwards) {
    auto held = disk().lock(path("lock"));
    ASSERT_TRUE(held.ok());
    EXPECT_EQ(disk().lock(path("lock")).error().code, "disk.locked");
    held = Error{};
    EXPECT_TRUE(disk().lock(path("lock")).ok());
}

TEST_P(DiskContract, WhatItMakesIsForItsOwnerOnlyAndThereIsSpace) {
    fresh("a");
    EXPECT_FALSE(disk().open_to_others(path("a")).value());
    const DiskSpace space = disk().space(folder).value();
    EXPECT_GT(space.free_bytes, 0u);
    EXPECT_LE(space.free_bytes, space.bytes);
}

TEST_P(DiskContract, AReplacedFileIsWholeAndLeavesNothingBeside) {
    ASSERT_TRUE(replace_whole(disk(), path("a"), "first and long").ok());
    ASSERT_TRUE(replace_whole(disk(), path("a"), "second").ok());
    EXPECT_EQ(content("a"), "second");
    EXPECT_EQ(disk().list(folder).value(), std::vector<std::string>{"a"});
    EXPECT_EQ(read_whole(disk(), path("a"), 3).error().code, "disk.file_too_large");
}

INSTANTIATE_TEST_SUITE_P(
    All, DiskContract,
    testing::Values(Maker{"FakeDisk", [] { return std::make_unique<FakePlace>(); }},
                    Maker{"RealDisk", [] { return std::make_unique<RealPlace>(); }}),
    [](const auto& maker) { return maker.param.name; });

}  // namespace
}  // namespace filrouge
