// Laws and edges of niche().
#include "measure/niche.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "measure/data_for_test.h"

namespace filrouge::measure {
namespace {

using namespace test;

std::uint64_t binomial(Chance& chance, std::uint64_t n, double p) {
    std::uint64_t out = 0;
    for (std::uint64_t i = 0; i < n; ++i) out += chance.uniform() < p ? 1 : 0;
    return out;
}

constexpr std::uint64_t kAudience = 400;
constexpr std::uint64_t kRest = 1'600;

std::vector<FeatureCount> features(Chance& chance, std::size_t n, double lift) {
    std::vector<FeatureCount> out(n);
    for (FeatureCount& c : out) {
        const double share = 0.02 + 0.2 * chance.uniform();
        c = {binomial(chance, kAudience, share * lift), binomial(chance, kRest, share)};
    }
    return out;
}

TEST(Niche, AnAudienceDrawnByChanceIsRarelySetApart) {
    const std::uint64_t first = test_seed(1);
    constexpr int kWorlds = 100;
    int with_a_finding = 0;
    for (std::uint64_t seed = first * 1'000; seed < first * 1'000 + kWorlds; ++seed) {
        Chance chance(seed);
        with_a_finding += niche(features(chance, 50, 1), kAudience, kRest).value().empty() ? 0 : 1;
    }
    std::printf("audience by chance, 50 features: something found in %d of %d worlds\n",
                with_a_finding, kWorlds);
    EXPECT_LE(with_a_finding, 14) << repeat(first);  // 5 % and four standard errors
}

TEST(Niche, ALiftOfTwoIsFoundAndItsIntervalHolds) {
    const std::uint64_t first = test_seed(1);
    Chance chance(first);
    const auto found =
        niche(features(chance, 400, 2), kAudience, kRest, {.support = 0, .false_discovery = 0.999})
            .value();
    int held = 0;
    for (const NicheFeature& f : found) held += f.low <= 2 && f.high >= 2 ? 1 : 0;
    std::printf("lift of 2: %zu of 400 found, 2 in the 95 %% interval of %d\n", found.size(), held);
    EXPECT_GT(found.size(), 360u) << repeat(first);
    EXPECT_NEAR(held, 0.95 * static_cast<double>(found.size()), 20) << repeat(first);
}

TEST(Niche, TheListIsInTheOrderOfTheIntervalsNearEnds) {
    Chance chance(test_seed(1));
    std::vector<FeatureCount> some = features(chance, 100, 1.8);
    const auto found = niche(some, kAudience, kRest).value();
    ASSERT_GT(found.size(), 20u);
    for (std::size_t i = 1; i < found.size(); ++i) {
        EXPECT_GE(found[i - 1].at_least(), found[i].at_least());
    }
    // Much of few stands below less of many; what the audience has less of counts as well.
    const auto three =
        niche({{8, 4}, {240, 320}, {10, 400}}, kAudience, kRest, {.support = 10}).value();
    ASSERT_EQ(three.size(), 3u);
    EXPECT_EQ(three[0].feature, 2u);
    EXPECT_EQ(three[1].feature, 1u);
    EXPECT_GT(three[2].lift, three[1].lift);
}

TEST(Niche, SmallTablesHaveFishersPValue) {
    // The tea tasting of Fisher 1935 with 3 of 4 right: one tail is 17/70.
    const auto tea = niche({{3, 1}}, 4, 4, {.support = 1, .false_discovery = 0.999}).value();
    ASSERT_EQ(tea.size(), 1u);
    EXPECT_NEAR(tea[0].p_value, 34.0 / 70, 1e-12);
    const auto all = niche({{4, 0}}, 4, 4, {.support = 1, .false_discovery = 0.999}).value();
    EXPECT_NEAR(all.at(0).p_value, 2.0 / 70, 1e-12);
    const auto none = niche({{0, 4}}, 4, 4, {.support = 1, .false_discovery = 0.999}).value();
    EXPECT_NEAR(none.at(0).p_value, 2.0 / 70, 1e-12);
}

TEST(Niche, ExactAndNormalPValuesMeet) {
    // The smallest expected counts are 99 and 101.
    const NicheOptions any{.support = 1, .false_discovery = 0.999};
    const double exact = niche({{120, 375}}, 10'000, 40'000, any).value().at(0).p_value;
    const double normal = niche({{122, 383}}, 10'000, 40'000, any).value().at(0).p_value;
    EXPECT_NEAR(std::log(exact), std::log(normal), 0.3);
}

TEST(Niche, RareFeaturesAreNotLookedAtAndImpossibleCountsAreRefused) {
    EXPECT_TRUE(niche({}, 1, 1).value().empty());
    EXPECT_TRUE(niche({{19, 0}}, 100, 100'000).value().empty());
    EXPECT_EQ(niche({{20, 0}}, 100, 100'000).value().size(), 1u);
    EXPECT_TRUE(niche({{100, 100'000}, {0, 0}}, 100, 100'000, {.support = 0}).value().empty());
    const auto code = [](const auto& got) { return got.ok() ? "" : got.error().code; };
    EXPECT_EQ(code(niche({}, 0, 5)), "measure.niche_empty");
    EXPECT_EQ(code(niche({{6, 1}}, 5, 5)), "measure.niche_count");
    EXPECT_EQ(code(niche({}, 5, 5, {.level = 0})), "measure.niche_options");
    EXPECT_EQ(code(niche({}, kNichePeopleMax + 1, 5)), "measure.niche_too_large");
}

}  // namespace
}  // namespace filrouge::measure
