// What has expired is durable, merged, and never half believed.
#include "storage/expiries.h"

#include <gtest/gtest.h>

#include <random>

#include "fake/fake_disk.h"

namespace filrouge {
namespace {

EventTime on_day(std::int64_t day) { return EventTime{day * days(1).us + 12}; }

Expiry some(std::mt19937_64& random) {
    Expiry out;
    out.id = {random(), random()};
    out.at.us = static_cast<std::int64_t>(random() % 1'000'000);
    for (std::uint64_t i = random() % 5; i > 0; --i)
        out.names["Event " + std::to_string(random() % 9)] =
            static_cast<std::int64_t>(random() % 2'000) - 1'000;
    for (std::uint64_t i = random() % 4; i > 0; --i)
        out.purposes[static_cast<std::uint8_t>(random() % kPurposesMax)] =
            static_cast<std::int64_t>(random() % 2'000);
    for (std::uint64_t i = random() % 9; i > 0; --i)
        out.periods.push_back(FragmentNo{static_cast<std::uint32_t>(random())});
    return out;
}

TEST(Expiries, AnEventIsCoveredByItsNameOrWhenNoPurposeItIsKeptForNeedsItAnyMoreToTheDay) {
    Expiry expiry;
    expiry.names["Page Viewed"] = 100;
    expiry.purposes[3] = 200;
    const PurposeSet other = PurposeSet{}.with(1), mine = PurposeSet{}.with(3);
    EXPECT_TRUE(expiry.covers("Page Viewed", other, on_day(99)));
    EXPECT_FALSE(expiry.covers("Page Viewed", other, on_day(100)));
    EXPECT_FALSE(expiry.covers("Order Completed", other, on_day(0)));
    EXPECT_TRUE(expiry.covers("Order Completed", mine, on_day(199)));
    EXPECT_FALSE(expiry.covers("Order Completed", mine, on_day(200)));
    EXPECT_FALSE(expiry.covers("Order Completed", mine.with(1), on_day(0)))
        << "kept for another, too";
    expiry.purposes[1] = 150;
    EXPECT_TRUE(expiry.covers("Order Completed", mine.with(1), on_day(149)));
    EXPECT_FALSE(expiry.covers("Order Completed", mine.with(1), on_day(150))) << "one needs it";
    EXPECT_TRUE(expiry.covers("Page Viewed", {}, on_day(-1))) << "before 1970";
}

TEST(Expiries, WhatWasWrittenIsReadAndTheLaterDayOfEachClassStays) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937_64 random(seed);
        fake::FakeDisk disk;
        ASSERT_TRUE(disk.make_folder("keys").ok());
        const Expiry first = some(random), second = some(random);
        const auto open = [&] { return Expiries::open(disk, "keys").value(); };
        EXPECT_EQ(open()->newest(), nullptr);
        ASSERT_TRUE(open()->add(first).ok());
        EXPECT_EQ(*open()->newest(), first);
        ASSERT_TRUE(open()->add(second).ok());
        const auto all = open();
        EXPECT_EQ(all->newest()->id, second.id);
        EXPECT_EQ(all->newest()->periods, second.periods);
        for (int i = 0; i < 40; ++i) {
            const std::string name = "Event " + std::to_string(i % 9);
            const auto purpose = static_cast<std::uint8_t>(random() % kPurposesMax);
            const PurposeSet kept_for = PurposeSet{}.with(purpose);
            const EventTime when = on_day(static_cast<std::int64_t>(random() % 3'000) - 1'000);
            EXPECT_EQ(all->covers(name, kept_for, when),
                      first.covers(name, kept_for, when) || second.covers(name, kept_for, when));
        }
    }
}

TEST(Expiries, AFileThatWasChangedAnywhereIsRefused) {
    std::mt19937_64 random(7);
    fake::FakeDisk disk;
    ASSERT_TRUE(disk.make_folder("keys").ok());
    ASSERT_TRUE(Expiries::open(disk, "keys").value()->add(some(random)).ok());
    const Bytes good = disk.raw("keys/expiries.frk");
    for (std::size_t at = 0; at < good.size(); ++at) {
        Bytes bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 0x41);
        disk.set_raw("keys/expiries.frk", bad);
        EXPECT_EQ(Expiries::open(disk, "keys").error().code, "keys.damaged") << at;
        disk.set_raw("keys/expiries.frk", good.substr(0, at));
        EXPECT_EQ(Expiries::open(disk, "keys").error().code, "keys.damaged") << at;
    }
}

TEST(Expiries, MoreNamesThanOneListHoldsAreRefusedAndNothingChanges) {
    fake::FakeDisk disk;
    ASSERT_TRUE(disk.make_folder("keys").ok());
    const auto all = Expiries::open(disk, "keys").value();
    Expiry many;
    for (std::size_t i = 0; i <= kExpiryNamesMax; ++i) many.names[std::to_string(i)] = 1;
    EXPECT_EQ(all->add(many).error().code, "retention.too_many_names");
    EXPECT_EQ(all->newest(), nullptr);
    EXPECT_FALSE(disk.exists("keys/expiries.frk"));
}

}  // namespace
}  // namespace filrouge
