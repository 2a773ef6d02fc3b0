#include "storage/erasures.h"

#include <gtest/gtest.h>

#include "fake/fake_disk.h"
#include "fake/fake_random.h"
#include "storage/keys.h"

namespace filrouge {
namespace {

Erasure erasure_of(std::uint64_t n, std::int64_t at_us) {
    return {{n, n + 1},
            EventTime{at_us},
            {{FragmentNo{static_cast<std::uint32_t>(n)}, {n * 7, 3}},
             {FragmentNo{static_cast<std::uint32_t>(n + 100)}, {n * 11, 5}}},
            {}};
}

TEST(Erasures, AreThereAgainAfterAPowerCut) {
    fake::FakeDisk disk;
    ASSERT_TRUE(disk.make_folder("keys").ok());
    {
        const auto erasures = Erasures::open(disk, "keys").value();
        EXPECT_TRUE(erasures->empty());
        EXPECT_FALSE(erasures->has(FragmentNo{1}));
        ASSERT_TRUE(erasures->add(erasure_of(1, 1'000)).ok());
        ASSERT_TRUE(erasures->add(erasure_of(2, 2'000)).ok());
    }
    disk.crash(fake::Crash::LoseUnsynced, 1);
    const auto again = Erasures::open(disk, "keys").value();
    EXPECT_EQ(again->all(), (std::vector<Erasure>{erasure_of(1, 1'000), erasure_of(2, 2'000)}));
    EXPECT_TRUE(again->has(FragmentNo{102}));
    EXPECT_FALSE(again->has(FragmentNo{103}));
    EXPECT_EQ(again->erased_at({22, 5}), EventTime{2'000});
    EXPECT_FALSE(again->erased_at({22, 6}).has_value());
    EXPECT_TRUE(again->has(ErasureId{1, 2}));
}

TEST(Erasures, OfAnIdentifierErasedTwiceTheLaterCounts) {
    fake::FakeDisk disk;
    ASSERT_TRUE(disk.make_folder("keys").ok());
    const auto erasures = Erasures::open(disk, "keys").value();
    Erasure second = erasure_of(2, 9'000);
    second.identifiers[0].hash = {7, 3};  // of the first
    ASSERT_TRUE(erasures->add(erasure_of(1, 1'000)).ok());
    ASSERT_TRUE(erasures->add(second).ok());
    EXPECT_EQ(erasures->erased_at({7, 3}), EventTime{9'000});
}

TEST(Erasures, TellHowManyPeopleOfASharedIdentifierWereErased) {
    fake::FakeDisk disk;
    ASSERT_TRUE(disk.make_folder("keys").ok());
    Erasure first = erasure_of(1, 1'000), second = erasure_of(2, 2'000);
    first.shared = {{FragmentNo{50}, 1}, {FragmentNo{51}, 300}};
    second.shared = {{FragmentNo{50}, 2}};
    {
        const auto erasures = Erasures::open(disk, "keys").value();
        ASSERT_TRUE(erasures->add(first).ok());
        ASSERT_TRUE(erasures->add(second).ok());
    }
    const auto again = Erasures::open(disk, "keys").value();
    EXPECT_EQ(again->all(), (std::vector<Erasure>{first, second}));
    EXPECT_EQ(again->people_erased(FragmentNo{50}), 3u);
    EXPECT_EQ(again->people_erased(FragmentNo{51}), 300u);
    EXPECT_EQ(again->people_erased(FragmentNo{1}), 0u);
    Bytes bytes, old;
    encode_erasure(first, bytes);
    Erasure read;
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        if (decode_erasure(BytesView(bytes).substr(0, n), read)) {
            EXPECT_TRUE(read.shared.empty()) << "as it was written before";
        }
    }
}

TEST(Erasures, WhatIsDamagedOrNewerIsNamedAndNotOpened) {
    fake::FakeDisk disk;
    ASSERT_TRUE(disk.make_folder("keys").ok());
    ASSERT_TRUE(Erasures::open(disk, "keys").value()->add(erasure_of(1, 1'000)).ok());
    const Bytes good = disk.raw("keys/erasures.frk");
    for (std::size_t i = 0; i < good.size(); ++i) {
        Bytes bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 1);
        disk.set_raw("keys/erasures.frk", bad);
        const auto opened = Erasures::open(disk, "keys");
        ASSERT_FALSE(opened.ok()) << i;
        EXPECT_EQ(opened.error().code, "keys.damaged") << i;
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        disk.set_raw("keys/erasures.frk", good.substr(0, size));
        EXPECT_FALSE(Erasures::open(disk, "keys").ok()) << size;
    }
}

TEST(Erasures, ThatDoNotFitAreRefusedAndChangeNothing) {
    fake::FakeDisk disk;
    ASSERT_TRUE(disk.make_folder("keys").ok());
    const auto erasures = Erasures::open(disk, "keys").value();
    Erasure large = erasure_of(1, 1);
    large.identifiers.resize(kErasedIdentifiersOfOneMax + 1, large.identifiers[0]);
    EXPECT_EQ(erasures->add(large).error().code, "erasure.too_many");
    EXPECT_TRUE(erasures->empty());
}

TEST(Forgetting, RenewsAProcessKeyInTheSameWrite) {
    fake::FakeDisk disk;
    fake::FakeRandom random(1);
    const DataKey master{};
    DataKey before, after;
    {
        const auto keys = open_key_store(disk, random, "keys", master).value();
        before = keys->process_key(kKeySnapshot);
        const DataKey other = keys->process_key(kKeyDedupe);
        static_cast<void>(keys->create(FragmentNo{5}));
        ASSERT_TRUE(keys->forget({FragmentNo{5}}, {kKeySnapshot}).ok());
        after = keys->process_key(kKeySnapshot);
        EXPECT_NE(after, before);
        EXPECT_EQ(keys->process_key(kKeyDedupe), other);
        ASSERT_TRUE(keys->forget({}, {kKeySnapshot}).ok()) << "with nobody to forget, too";
        EXPECT_NE(keys->process_key(kKeySnapshot), after);
        after = keys->process_key(kKeySnapshot);
    }
    const auto again = open_key_store(disk, random, "keys", master).value();
    EXPECT_EQ(again->process_key(kKeySnapshot), after);
    EXPECT_FALSE(again->find(FragmentNo{5}));
}

}  // namespace
}  // namespace filrouge
