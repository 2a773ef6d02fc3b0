// What every KeyStore promises, in memory, on a false disk and on the real one.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <thread>

#include "fake/fake_disk.h"
#include "fake/fake_random.h"
#include "fake/temp_folder.h"
#include "os/disk.h"
#include "os/random.h"
#include "storage/keys.h"

namespace filrouge {
namespace {

struct Shelf {
    virtual ~Shelf() = default;
    virtual std::unique_ptr<KeyStore> open() = 0;
    virtual bool keeps() const { return true; }
};
struct MemoryShelf : Shelf {
    fake::FakeRandom random{1};
    std::unique_ptr<KeyStore> open() override { return make_memory_key_store(random); }
    bool keeps() const override { return false; }
};
struct FakeShelf : Shelf {
    fake::FakeDisk disk;
    fake::FakeRandom random{1};
    std::unique_ptr<KeyStore> open() override {
        return open_key_store(disk, random, "data/keys", DataKey{}, {16 * 1024, false}).value();
    }
};
struct RealShelf : Shelf {
    fake::TempFolder folder;
    std::unique_ptr<Disk> disk = os::make_disk();
    std::unique_ptr<Random> random = os::make_random();
    std::unique_ptr<KeyStore> open() override {
        return open_key_store(*disk, *random, folder.path() + "/keys", DataKey{}, {}).value();
    }
};

struct Maker {
    std::string name;
    std::function<std::unique_ptr<Shelf>()> make;
};
class KeyStoreContract : public testing::TestWithParam<Maker> {
  protected:
    void SetUp() override {
        shelf = GetParam().make();
        store = shelf->open();
    }
    std::unique_ptr<Shelf> shelf;
    std::unique_ptr<KeyStore> store;
};

TEST_P(KeyStoreContract, ANewStoreHasNoKeysOfFragments) {
    EXPECT_EQ(store->size(), 0u);
    EXPECT_TRUE(store->highest().is_none());
    EXPECT_FALSE(store->has_unpersisted());
    EXPECT_FALSE(store->find({0}).has_value());
    EXPECT_TRUE(store->persist().ok());
}

TEST_P(KeyStoreContract, AFragmentKeepsItsKeyAndNoTwoHaveTheSame) {
    std::set<std::array<unsigned char, 32>> seen;
    for (std::uint32_t f = 0; f < 300; ++f) seen.insert(store->create({f * 5}).bytes);
    EXPECT_EQ(seen.size(), 300u);
    for (std::uint32_t f = 0; f < 300; ++f) {
        EXPECT_EQ(store->find({f * 5}), store->create({f * 5}));
        EXPECT_FALSE(store->find({f * 5 + 1}).has_value());
    }
    EXPECT_EQ(store->size(), 300u);
    EXPECT_EQ(store->highest(), FragmentNo{299 * 5});
}

TEST_P(KeyStoreContract, ItKnowsWhetherAllKeysArePersisted) {
    store->create({7});
    EXPECT_TRUE(store->has_unpersisted());
    ASSERT_TRUE(store->persist().ok());
    EXPECT_FALSE(store->has_unpersisted());
    store->create({7});
    EXPECT_FALSE(store->has_unpersisted());
    store->create({3});
    EXPECT_TRUE(store->has_unpersisted());
}

TEST_P(KeyStoreContract, AForgottenKeyIsGoneAndTheOthersStay) {
    std::map<std::uint32_t, DataKey> held;
    for (std::uint32_t f = 0; f < 50; ++f) held[f] = store->create({f});
    ASSERT_TRUE(store->persist().ok());
    held[50] = store->create({50});  // not yet persisted
    ASSERT_TRUE(store->forget({{7}, {50}, {1'000'000}}).ok());
    ASSERT_TRUE(store->forget({{7}}).ok()) << "twice is once";
    ASSERT_TRUE(store->forget({}).ok());
    for (int turn = 0; turn < 2; ++turn) {
        for (const auto& [f, key] : held) {
            EXPECT_EQ(store->find({f}), f == 7 || f == 50 ? std::nullopt : std::optional(key)) << f;
        }
        EXPECT_EQ(store->size(), 49u);
        EXPECT_EQ(store->highest(), FragmentNo{50}) << "a number is not given out again";
        EXPECT_FALSE(store->has_unpersisted());
        if (!shelf->keeps()) break;
        store.reset();
        store = shelf->open();
    }
    store->create({51});
    EXPECT_TRUE(store->has_unpersisted());
    ASSERT_TRUE(store->persist().ok());
    EXPECT_FALSE(store->has_unpersisted());
}

TEST_P(KeyStoreContract, KeysAreMadeAndPersistedWhileOthersAreForgotten) {
    constexpr std::uint32_t kFragments = 200;
    for (std::uint32_t f = 0; f < kFragments; ++f) store->create({f});
    ASSERT_TRUE(store->persist().ok());
    std::thread forgetting([this] {
        for (std::uint32_t f = 0; f < 4; ++f) EXPECT_TRUE(store->forget({{f * 50}}).ok());
    });
    std::map<std::uint32_t, DataKey> made;
    for (std::uint32_t f = kFragments; f < 2 * kFragments; ++f) {
        made[f] = store->create({f});
        EXPECT_TRUE(store->persist().ok());
    }
    forgetting.join();
    EXPECT_FALSE(store->has_unpersisted());
    if (shelf->keeps()) {
        store.reset();
        store = shelf->open();
    }
    EXPECT_EQ(store->size(), 2 * kFragments - 4);
    for (const auto& [f, key] : made) ASSERT_EQ(store->find({f}), key);
}

TEST_P(KeyStoreContract, TheProcessKeysDiffer) {
    std::set<std::array<unsigned char, 32>> seen;
    for (const auto name : {kKeyIdentifierHash, kKeyProfileId, kKeySnapshot, kKeyDedupe}) {
        seen.insert(store->process_key(name).bytes);
        EXPECT_EQ(store->process_key(name), store->process_key(name));
    }
    EXPECT_EQ(seen.size(), 4u);
}

TEST_P(KeyStoreContract, PersistedKeysAreThereAfterOpeningAgain) {
    if (!shelf->keeps()) GTEST_SKIP() << "lives as long as the object";
    std::vector<DataKey> keys;
    const DataKey dedupe = store->process_key(kKeyDedupe);
    for (std::uint32_t turn = 0; turn < 4; ++turn) {
        for (std::uint32_t f = 0; f < 200; ++f) keys.push_back(store->create({turn * 200 + f}));
        ASSERT_TRUE(store->persist().ok());
        store.reset();
        store = shelf->open();
        ASSERT_EQ(store->size(), keys.size());
        EXPECT_EQ(store->highest(), FragmentNo{turn * 200 + 199});
        for (std::uint32_t f = 0; f < keys.size(); ++f) ASSERT_EQ(store->find({f}), keys[f]);
    }
    EXPECT_EQ(store->process_key(kKeyDedupe), dedupe);
}

TEST_P(KeyStoreContract, ManyThreadsAskingForOneFragmentGetOneKey) {
    constexpr std::uint32_t kFragments = 400;
    std::array<std::vector<DataKey>, 3> seen;
    std::vector<std::thread> threads;
    threads.reserve(seen.size());
    for (auto& mine : seen) {
        threads.emplace_back([this, &mine] {
            for (std::uint32_t f = 0; f < kFragments; ++f) mine.push_back(store->create({f}));
        });
    }
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(store->persist().ok());
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(seen[0], seen[1]);
    EXPECT_EQ(seen[0], seen[2]);
    EXPECT_EQ(store->size(), kFragments);
    ASSERT_TRUE(store->persist().ok());
    EXPECT_FALSE(store->has_unpersisted());
}

INSTANTIATE_TEST_SUITE_P(
    All, KeyStoreContract,
    testing::Values(Maker{"Memory", [] { return std::make_unique<MemoryShelf>(); }},
                    Maker{"FakeDisk", [] { return std::make_unique<FakeShelf>(); }},
                    Maker{"RealDisk", [] { return std::make_unique<RealShelf>(); }}),
    [](const auto& maker) { return maker.param.name; });

}  // namespace
}  // namespace filrouge
