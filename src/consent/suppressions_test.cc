#include "consent/suppressions.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/seed_for_test.h"

namespace filrouge::consent {
namespace {

TEST(Suppressions, HoldWhatWasToldLastOfEachAddressAndChannel) {
    std::mt19937_64 rng(test_seed(1));
    TableSpace space;
    Suppressions lists(space, 10, 100);
    std::map<std::pair<std::uint64_t, int>, bool> oracle;
    // Few keys of the index, so that addresses share them.
    const auto address = [](std::uint64_t n) { return AddressHash{n % 3, n}; };
    for (int step = 0; step < 500; ++step) {
        Suppression told;
        told.channel = static_cast<ContactChannel>(rng() % 4);
        told.lifted = rng() % 3 == 0;
        for (int i = 0; i < 3; ++i) {
            const std::uint64_t n = rng() % 20;
            told.addresses.push_back(address(n));
            oracle[{n, static_cast<int>(told.channel)}] = !told.lifted;
        }
        Bytes clear;
        encode_suppression(told, clear);
        Suppression read;
        ASSERT_TRUE(decode_suppression(clear, read));
        ASSERT_EQ(read, told);
        lists.apply(read);
    }
    for (std::uint64_t n = 0; n < 20; ++n) {
        for (int channel = 1; channel < 4; ++channel) {
            const bool wanted = oracle[{n, channel}] || oracle[{n, 0}];
            EXPECT_EQ(lists.holds(address(n), static_cast<ContactChannel>(channel)), wanted);
        }
    }
    std::uint64_t sms = 0;
    for (std::uint64_t n = 0; n < 20; ++n) sms += oracle[{n, 2}] ? 1 : 0;
    EXPECT_EQ(lists.count(ContactChannel::Sms), sms);
}

TEST(Suppressions, AnAddressIsKnownByItsKeyedHashAlone) {
    const DataKey one{}, other{{1}};
    const auto hash = address_hash(one, IdentifierType::Email, "camille@shop.test");
    EXPECT_EQ(hash, address_hash(one, IdentifierType::Email, "camille@shop.test"));
    EXPECT_FALSE(hash == address_hash(other, IdentifierType::Email, "camille@shop.test"));
    EXPECT_FALSE(hash == address_hash(one, IdentifierType::Phone, "camille@shop.test"));
}

TEST(Suppressions, WhatIsMalformedIsNoList) {
    Suppression read;
    EXPECT_FALSE(decode_suppression("", read));
    Bytes clear;
    encode_suppression({"bounce", ContactChannel::Email, false, {{1, 2}}}, clear);
    for (std::size_t n = 0; n < clear.size(); ++n)
        EXPECT_FALSE(decode_suppression(clear.substr(0, n), read)) << n;
}

}  // namespace
}  // namespace filrouge::consent
