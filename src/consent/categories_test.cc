#include "consent/categories.h"

#include <gtest/gtest.h>

namespace filrouge::consent {
namespace {

Purposes shop() {
    return {{{"measurement",
              LegalBasis::Consent,
              false,
              {"Analytics", "Performance", "analytics_storage", "tcf:8", "tcf:9"}},
             {"ads", LegalBasis::Consent, true, {"ad_storage", "ad_user_data"}},
             {"news", LegalBasis::Consent, true, {"C3", "C4"}},
             {"service", LegalBasis::Contract, false, {}}}};
}
PurposeSet agreed(std::initializer_list<std::string_view> yeses) {
    return agreed_to(shop(), std::vector<std::string_view>(yeses));
}
constexpr PurposeSet kMeasurement{1}, kAds{2}, kNews{4};

TEST(Categories, OneOfSeveralIsNoYes) {
    EXPECT_EQ(agreed({"C3"}), PurposeSet{});
    EXPECT_EQ(agreed({"C4", "c3"}), kNews);
    EXPECT_EQ(agreed({"ad_storage", "analytics_storage"}), kMeasurement);
    EXPECT_EQ(agreed({"ad_storage", "ad_user_data"}), kAds);
    EXPECT_EQ(agreed({"tcf:8"}), PurposeSet{});
    EXPECT_EQ(agreed({"TCF:8", "tcf:9"}), kMeasurement);
}

TEST(Categories, APurposeThatIsNamedNeedsNoCategory) {
    EXPECT_EQ(agreed({"news"}), kNews);
    EXPECT_EQ(agreed({"news", "C4"}), kNews);
    EXPECT_EQ(agreed({"service", "unheard of"}), PurposeSet{8});
    EXPECT_EQ(agreed({}), PurposeSet{});
}

TEST(Categories, EachKindOfSignalSpeaksForItselfAndNamesOfOneThingAreOne) {
    EXPECT_EQ(agreed({"Analytics"}), kMeasurement) << "its manager does not know the other names";
    EXPECT_EQ(agreed({"performance"}), kMeasurement);
    EXPECT_EQ(agreed({"Analytics", "tcf:8"}), PurposeSet{}) << "the framework told one of two";
    EXPECT_EQ(agreed({"Analytics", "tcf:8", "tcf:9", "analytics_storage"}), kMeasurement);
}

}  // namespace
}  // namespace filrouge::consent
