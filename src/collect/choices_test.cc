// What consent managers and browsers say, as the doors hear it.
#include "collect/choices.h"

#include <gtest/gtest.h>

#include "collect/test_request.h"

namespace filrouge::collect {
namespace {

// One event with this context.consent.
Incoming told(const std::string& consent, std::uint16_t vendor = 0) {
    Door door;
    door.rules.tcf_vendor = vendor;
    return door.track(R"({"userId":"u","event":"Product Viewed","context":{"consent":)" + consent +
                      "}}");
}

std::optional<bool> choice(const Incoming& in, std::string_view name) {
    for (const NamedConsent& c : in.consents) {
        if (c.name == name) return c.granted;
    }
    return std::nullopt;
}

TEST(ConsentMode, EachOfItsSixteenStatesIsHeard) {
    constexpr std::array<const char*, 4> kNames = {"ad_storage", "analytics_storage",
                                                   "ad_user_data", "ad_personalization"};
    for (unsigned bits = 0; bits < 16; ++bits) {
        std::string told_all = "{", told_yes = "{";
        for (unsigned i = 0; i < 4; ++i) {
            const bool granted = (bits >> i & 1) != 0;
            const std::string member = "\"" + std::string(kNames[i]) + "\":\"";
            told_all += (i == 0 ? "" : ",") + member + (granted ? "granted\"" : "denied\"");
            if (granted) told_yes += (told_yes == "{" ? "" : ",") + member + "granted\"";
        }
        const Incoming all = told(told_all + "}"), yes = told(told_yes + "}");
        for (unsigned i = 0; i < 4; ++i) {
            const bool granted = (bits >> i & 1) != 0;
            EXPECT_EQ(choice(all, kNames[i]), granted) << told_all;
            if (bits == 0) continue;
            EXPECT_EQ(choice(yes, kNames[i]), granted) << "absent is denied";
        }
        EXPECT_EQ(all.means, consent::Means::ConsentMode);
    }
    EXPECT_TRUE(told("{}").consents.empty());
    EXPECT_EQ(choice(told(R"({"ad_storage":"perhaps"})"), "ad_storage"), false);
}

TEST(ConsentMode, ItsParametersAreRead) {
    EXPECT_EQ(parse_gcs("G100"), (ConsentMode{}));
    EXPECT_EQ(parse_gcs("G110"), (ConsentMode{true, false, false, false}));
    EXPECT_EQ(parse_gcs("G101"), (ConsentMode{false, true, false, false}));
    EXPECT_EQ(parse_gcs("G111"), (ConsentMode{true, true, false, false}));
    for (const char* wrong : {"", "G1", "G1--", "G1110", "G211", "g111"})
        EXPECT_FALSE(parse_gcs(wrong)) << wrong;
    EXPECT_EQ(parse_gcd("13r3r3r2r5"), (ConsentMode{true, true, true, true}));
    EXPECT_EQ(parse_gcd("13r3q3r2q5"), (ConsentMode{true, false, true, false}));
    EXPECT_EQ(parse_gcd("11t1t1t1t5"), (ConsentMode{})) << "a default of yes is nobody's choice";
    EXPECT_EQ(parse_gcd("11v1n1u1m5"), (ConsentMode{true, true, false, false}));
    EXPECT_EQ(parse_gcd("13l3l3l2l1"), (ConsentMode{}));
    for (const char* wrong : {"", "13", "13r3r3r2", "12r3r3r2r5", "13x3r3r2r5", "13rr3r2r5r"})
        EXPECT_FALSE(parse_gcd(wrong)) << wrong;
    EXPECT_EQ(choice(told(R"({"gcd":"13r3q3r2q5","gcs":"G110"})"), "ad_user_data"), true);
    EXPECT_FALSE(choice(told(R"({"gcs":"G111"})"), "ad_user_data")) << "it does not tell it";
}

// Strings of src/consent/tcf_test.cc, which says how they were made.
TEST(TcString, ItsPurposesAreCategories) {
    const Incoming some =
        told(R"({"tcString":"CQeEcwAQeEcwAAfAHCENCFEoALCAAAAAAAqIAEMEAAAAAAAA"})");
    EXPECT_EQ(choice(some, "tcf:3"), true);
    EXPECT_EQ(choice(some, "tcf:5"), false);
    EXPECT_EQ(some.means, consent::Means::TcString);
    EXPECT_EQ(some.consents.size(), 11u);
    EXPECT_FALSE(choice(told(R"({"tcString":"CQe"})"), "tcf:3")) << "malformed states nothing";
    EXPECT_TRUE(told(R"({"tcString":7})").consents.empty());
    const std::string restricted =
        R"({"tcString":"CQeEcwAQeEcwAAfAHCENCFEgAMIAAAAAAAqIAFAFAAAACEAAgAIA"})";
    EXPECT_EQ(choice(told(restricted, 8), "tcf:2"), false) << "the publisher does not allow it";
    EXPECT_EQ(choice(told(restricted, 10), "tcf:2"), true);
    EXPECT_EQ(choice(told(restricted, 9), "tcf:1"), false) << "no vendor the person agreed to";
}

TEST(Choices, WhatIsSaidTwiceIsRefusedOnce) {
    const Incoming both =
        told(R"({"categoryPreferences":{"ad_storage":true},"ad_storage":"denied"})");
    EXPECT_EQ(choice(both, "ad_storage"), false);
}

}  // namespace
}  // namespace filrouge::collect
