#include "consent/tcf.h"

#include <gtest/gtest.h>

#include <random>

#include "base/seed_for_test.h"

namespace filrouge::consent {
namespace {

// Made with the npm package @iabtcf/core 1.5.6: a TCModel over a vendor list of the vendors 1, 2,
// 3, 8, 10, 28, 52, 755, 1000 and 1200, by CMP 31 (version 7, screen 2, country FR, language of the
// list, vendor list 133), created and updated 2026-01-15, policy version 4; then TCString.encode().
constexpr std::string_view kNothing = "CQeEcwAQeEcwAAfAHCENCFEgAAAAAAAAAAqIAAAAAAAA.YAAAAAAAAAAA";
constexpr std::string_view kAll =  // setAll()
    "CQeEcwAQeEcwAAfAHCENCFEsAP_gAH_gAAqIJYQCIAAgAGAAgABQAHAAaALzAfQBLAEsIAAAAAAA.YAAAAAAAAAAA";
constexpr std::string_view kSome =  // purposes 1, 3, 4, 9; vendors 1, 2, 8; special feature 1
    "CQeEcwAQeEcwAAfAHCENCFEoALCAAAAAAAqIAEMEAAAAAAAA.YAAAAAAAAAAA";
// Purposes 1, 2 and interests 2 to 7; vendors 755, 1000, 1200.
constexpr std::string_view kRanges =
    "CQeEcwAQeEcwAAfAHCENCFEgAMAAAH4AAAqIJYQAwF5gPoAlgAAAAAAA.YAAAAAAAAAAA";
// Purposes 1, 2, 7; vendors 8, 10; of 8, purpose 2 is not allowed and 7 by consent alone.
constexpr std::string_view kRestricted =
    "CQeEcwAQeEcwAAfAHCENCFEgAMIAAAAAAAqIAFAFAAAACEAAgAIA.YAAAAAAAAAAA";
// Purpose 1; the publisher's own 1, 5, 6, interests 2, 3, custom 2 of 3 and by interest 1, 3.
constexpr std::string_view kPublisher = "CQeEcwAQeEcwAAfAHCENCFEgAIAAAAAAAAqIAAAAAAAA.cYAADAAAAaoA";
// Of 2026-04-01, policy version 5: purposes 1, 8, 9; vendors 8, 10; all of the list disclosed.
constexpr std::string_view kDisclosed =
    "CQh-8AAQh-8AAAfAHCENCFFAAIGAAAAAAAqIAFAFAAAAAAAA.IJYQCIAAgAGAAgABQAHAAaALzAfQBLAA";
constexpr std::string_view kUndisclosed =  // the same day, without that segment
    "CQh-8AAQh-8AAAfAHCENCFFgAIGAAAAAAAqIAAAAAAAA.YAAAAAAAAAAA";

TcString read(std::string_view text) {
    const auto tc = parse_tc_string(text);
    EXPECT_TRUE(tc.ok()) << (tc.ok() ? "" : tc.error().message);
    return tc.ok() ? tc.value() : TcString{};
}
std::string refused(std::string_view text) {
    const auto tc = parse_tc_string(text);
    return tc.ok() ? "read" : tc.error().code;
}
std::vector<int> numbers(TcPurposes purposes) {
    std::vector<int> out;
    for (int p = 1; p <= kTcPurposes; ++p) {
        if (purposes.has(p)) out.push_back(p);
    }
    return out;
}
using Numbers = std::vector<int>;

TEST(Tcf, SaysWhoMadeItWhenAndUnderWhichPolicy) {
    const TcString tc = read(kNothing);
    EXPECT_EQ(tc.created, (EventTime{1'768'435'200'000'000}));  // 2026-01-15T00:00:00Z
    EXPECT_EQ(tc.updated, tc.created);
    EXPECT_EQ(tc.cmp, 31);
    EXPECT_EQ(tc.cmp_version, 7);
    EXPECT_EQ(tc.screen, 2);
    EXPECT_EQ(tc.language, "EN");
    EXPECT_EQ(tc.country, "FR");
    EXPECT_EQ(tc.vendor_list, 133);
    EXPECT_EQ(tc.policy, 4);
    EXPECT_TRUE(tc.service_specific);
    EXPECT_EQ(numbers(tc.consents), Numbers{});
    EXPECT_TRUE(tc.vendor_consents.ranges().empty());
}

TEST(Tcf, ReadsPurposesAndVendorsAsBitsAndAsRanges) {
    const TcString some = read(kSome);
    EXPECT_EQ(numbers(some.consents), (Numbers{1, 3, 4, 9}));
    EXPECT_EQ(some.special_features, 1);
    EXPECT_EQ(some.vendor_consents.ranges(), (std::vector<VendorRange>{{1, 2}, {8, 8}}));
    const TcString ranges = read(kRanges);
    EXPECT_EQ(numbers(ranges.consents), (Numbers{1, 2}));
    for (const int vendor : {755, 1'000, 1'200})
        EXPECT_TRUE(ranges.vendor_consents.has(static_cast<std::uint16_t>(vendor))) << vendor;
    for (const int vendor : {0, 1, 754, 756, 1'199, 1'201, 65'535})
        EXPECT_FALSE(ranges.vendor_consents.has(static_cast<std::uint16_t>(vendor))) << vendor;
    EXPECT_TRUE(ranges.vendor_interests.ranges().empty()) << "28 declares no interest";
    EXPECT_EQ(numbers(read(kAll).consents), (Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}

TEST(Tcf, LegitimateInterestIsNoneForPurposesOneAndThreeToSix) {
    EXPECT_EQ(numbers(read(kRanges).interests), (Numbers{2, 7}));
    EXPECT_EQ(numbers(read(kAll).interests), (Numbers{2, 7, 8, 9, 10, 11}));
    EXPECT_EQ(numbers(read(kPublisher).publisher->interests), Numbers{2});
}

TEST(Tcf, TheSiteItselfIsAskedByThePublishersSegment) {
    const TcString tc = read(kPublisher);
    ASSERT_TRUE(tc.publisher);
    EXPECT_EQ(numbers(allowed_by_consent(tc, 0)), (Numbers{1, 5, 6}));
    EXPECT_EQ(tc.publisher->custom, 3);
    EXPECT_EQ(tc.publisher->custom_consents, 0b010u);
    EXPECT_EQ(tc.publisher->custom_interests, 0b101u);
    EXPECT_EQ(numbers(allowed_by_consent(read(kSome), 0)), Numbers{})
        << "an empty publisher's segment allows the publisher nothing";
    EXPECT_EQ(numbers(allowed_by_consent(read(kDisclosed), 0)), (Numbers{1, 8, 9}))
        << "without one, the purposes of the core";
}

TEST(Tcf, AVendorNeedsItsConsentItsDisclosureAndNoRestriction) {
    const TcString tc = read(kRestricted);
    EXPECT_EQ(numbers(allowed_by_consent(tc, 8)), (Numbers{1, 7}));
    EXPECT_EQ(numbers(allowed_by_consent(tc, 10)), (Numbers{1, 2, 7}));
    EXPECT_EQ(numbers(allowed_by_consent(tc, 9)), Numbers{});
    TcString disclosed = read(kDisclosed);
    EXPECT_EQ(numbers(allowed_by_consent(disclosed, 8)), (Numbers{1, 8, 9}));
    disclosed.disclosed.emplace();
    EXPECT_EQ(numbers(allowed_by_consent(disclosed, 8)), Numbers{});
}

TEST(Tcf, SinceVersion23TheDisclosedVendorsMustBeThere) {
    EXPECT_EQ(refused(kDisclosed), "read");
    EXPECT_EQ(refused(kUndisclosed), "tcf.not_disclosed");
    EXPECT_EQ(refused(kDisclosed.substr(0, kDisclosed.find('.'))), "tcf.not_disclosed");
    EXPECT_EQ(refused(kSome.substr(0, kSome.find('.'))), "read") << "of before";
}

TEST(Tcf, WhatIsMalformedAllowsNothing) {
    for (const char* text : {"", ".", "C", "CQ", "not base64!", "CQeEcwAQeEcw", "=", "CQeE cw"})
        EXPECT_EQ(refused(text), "tcf.malformed") << text;
    EXPECT_EQ(refused("BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA"), "tcf.other_version");
    EXPECT_EQ(refused(std::string(kTcStringBytesMax + 1, 'C')), "tcf.too_long");
    const std::string core(kSome.substr(0, kSome.find('.')));
    EXPECT_EQ(refused(core + "."), "tcf.malformed");
    EXPECT_EQ(refused(core + ".YAAAAAAAAAAA.YAAAAAAAAAAA"), "tcf.malformed") << "twice";
    EXPECT_EQ(refused(core + ".gAAAAAAAAAAA"), "tcf.malformed") << "of type 4";
    EXPECT_EQ(refused(core + ".Y"), "tcf.malformed") << "cut short";
}

TEST(Tcf, NoStringCutShortOrChangedBringsItDown) {
    std::mt19937_64 rng(test_seed(1));
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    for (const std::string_view text :
         {kAll, kSome, kRanges, kRestricted, kPublisher, kDisclosed}) {
        for (std::size_t length = 0; length < text.size(); ++length)
            static_cast<void>(parse_tc_string(text.substr(0, length)));
        for (int i = 0; i < 2'000; ++i) {
            std::string changed(text);
            for (int n = 0; n < 3; ++n)
                changed[rng() % changed.size()] = kDigits[rng() % kDigits.size()];
            const auto tc = parse_tc_string(changed);
            if (!tc.ok()) continue;
            const auto& ranges = tc.value().vendor_consents.ranges();
            for (std::size_t r = 1; r < ranges.size(); ++r)
                ASSERT_GT(ranges[r].first, ranges[r - 1].last + 1);
        }
    }
}

}  // namespace
}  // namespace filrouge::consent
