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
    KeyFolding folding(disk, random, {folder.path, *folder.process, table},
                       std::move(folder.buckets), folder.oldest_journal, false);
    ASSERT_TRUE(folding.fold_now(0).ok());
    std::future<bool> fold;
    {
        const auto prepared = folding.prepare({{3}});
        ASSERT_TRUE(prepared.ok());
        const DataKey later = table.create({3 + 5 * 4'096}, random);  // the same bucket has more
        fold = std::async(std::launch::async, [&] { return folding.fold_now(0).ok(); });
        EXPECT_EQ(fold.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
        ASSERT_TRUE(folding.forget(prepared.value(), master).ok());
        EXPECT_EQ(table.find({3 + 5 * 4'096}), later);
    }
    EXPECT_TRUE(fold.get());
    const auto again = open_key_folder(disk, random, kFolder, master, {8 * 1024, {}});
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_FALSE(again.value().table->find({3}));
    EXPECT_EQ(again.value().table->find({3 + 4'096}), table.find({3 + 4'096}));
    EXPECT_EQ(again.value().table->find({3 + 5 * 4'096}), table.find({3 + 5 * 4'096}));
}

}  // namespace
}  // namespace filrouge
