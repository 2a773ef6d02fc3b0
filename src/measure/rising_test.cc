// Laws and edges of rising(), and of the correction for many looks it stands on.
#include "measure/rising.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "measure/data_for_test.h"
#include "measure/multiplicity.h"

namespace filrouge::measure {
namespace {

using namespace test;

double poisson(Chance& chance, double mean) {  // Knuth; means of tens
    double product = chance.uniform();
    double count = 0;
    for (; product > std::exp(-mean); ++count) product *= chance.uniform();
    return count;
}

// Things of all sizes; their rate varies by `spread` of itself between the two times, all grow
// by `season`, and the first `risers` triple.
std::vector<Counted> shop_things(Chance& chance, std::size_t n, double spread, double season,
                                 std::size_t risers) {
    std::vector<Counted> out;
    out.reserve(n);
    for (std::size_t i = 0; i < n; ++i) {
        const bool rises = i < risers;
        const double daily = std::min(std::exp(1.5 * normal(chance) - 1.5), 15.0) + (rises ? 2 : 0);
        const double grown = std::exp(spread * normal(chance)) * season * (rises ? 3 : 1);
        out.push_back({poisson(chance, 7 * daily * grown), poisson(chance, 28 * daily)});
    }
    return out;
}

TEST(ManyLooks, AreCorrectedAsInTheExampleOfThePaper) {
    // Benjamini, Hochberg 1995, section 3.2: fifteen p values, of which four stand at 0.05.
    const std::vector<double> p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0};
    const std::vector<double> q = benjamini_hochberg(p);
    EXPECT_EQ(std::count_if(q.begin(), q.end(), [](double v) { return v <= 0.05; }), 4);
    EXPECT_NEAR(q[0], 0.0015, 1e-12);
    EXPECT_NEAR(q[3], 0.035625, 1e-12);
    EXPECT_TRUE(benjamini_hochberg({}).empty());
}

TEST(ManyLooks, TheNormalQuantileIsTheInverseOfItsDistribution) {
    EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
    for (double p = 1e-9; p < 1; p += 0.0137) EXPECT_NEAR(normal_cdf(normal_quantile(p)), p, 1e-14);
}

TEST(Rising, WhereNothingRisesAlmostNothingIsFound) {
    const std::uint64_t first = test_seed(1);
    for (const double spread : {0.0, 0.3}) {
        int worlds_with_a_finding = 0;
        constexpr int kWorlds = 100;
        for (std::uint64_t seed = first * 1'000; seed < first * 1'000 + kWorlds; ++seed) {
            Chance chance(seed);
            const Rising got = rising(shop_things(chance, 300, spread, 1.5, 0)).value();
            worlds_with_a_finding += got.things.empty() ? 0 : 1;
            if (spread == 0) {
                EXPECT_NEAR(got.typical_growth, 1.5, 0.15) << repeat(first);
            }
        }
        std::printf("nothing rises, spread %.1f: a finding in %d of %d worlds\n", spread,
                    worlds_with_a_finding, kWorlds);
        EXPECT_LE(worlds_with_a_finding, 22) << repeat(first);  // 10 % and four standard errors
    }
}

TEST(Rising, WhatRisesIsFoundAndLittleElse) {
    const std::uint64_t first = test_seed(1);
    std::size_t found = 0;
    std::size_t wrong = 0;
    constexpr std::size_t kWorlds = 30;
    for (std::uint64_t seed = first * 1'000; seed < first * 1'000 + kWorlds; ++seed) {
        Chance chance(seed);
        const Rising got = rising(shop_things(chance, 300, 0.1, 1, 10)).value();
        for (const RisingThing& t : got.things) (t.thing < 10 ? found : wrong) += 1;
        for (std::size_t i = 1; i < got.things.size(); ++i) {
            EXPECT_GE(got.things[i - 1].growth_low, got.things[i].growth_low);
        }
    }
    std::printf("10 of 300 rise, %zu worlds: %zu found, %zu wrong\n", kWorlds, found, wrong);
    EXPECT_GT(found, 5 * kWorlds) << repeat(first);
    EXPECT_LT(wrong, found / 5) << repeat(first);
}

TEST(Rising, AThingSeenThreeTimesInsteadOfOnceTopsNoList) {
    std::vector<Counted> things(50, {100, 400});
    things[7] = {3, 1};
    things[8] = {300, 400};
    const Rising got = rising(things).value();
    ASSERT_EQ(got.things.size(), 1u);
    EXPECT_EQ(got.things[0].thing, 8u);
    EXPECT_NEAR(got.things[0].growth, 3, 0.01);
    EXPECT_GT(got.things[0].growth_low, 2.4);
    EXPECT_LT(got.things[0].q_value, 1e-9);
    things[7] = {30, 0};  // new, and often enough
    EXPECT_EQ(rising(things).value().things.size(), 2u);
}

TEST(Rising, WhatFellFarBelowTheOthersDoesNotRise) {
    std::vector<Counted> things(6, {1'000, 4'000});
    things[2] = {3, 4'000};
    EXPECT_TRUE(rising(things).value().things.empty());
    things.assign(30, {1'000, 4'000});  // and with a spread of their own
    for (std::size_t i = 0; i < things.size(); ++i) things[i].recent += i % 2 == 0 ? 200 : -200;
    things[2] = {3, 4'000};
    for (const RisingThing& t : rising(things).value().things) EXPECT_NE(t.thing, 2u);
    // One of many sightings beside none: a tail of nearly all is nearly 1, not above it.
    things.assign(6, {1'000, 4'000});
    things[0] = {1'000, 4'001};
    for (const RisingThing& t : rising(things, {.false_discovery = 0.99}).value().things) {
        EXPECT_GT(t.p_value, 0.3);
        EXPECT_LE(t.p_value, 1);
    }
}

TEST(Rising, OfFewThingsASeasonInWhichAllGrowRaisesNone) {
    EXPECT_TRUE(rising(std::vector<Counted>(12, {1'300, 4'000})).value().things.empty());
    std::vector<Counted> things(12, {1'300, 4'000});
    things[4] = {2'600, 4'000};
    const Rising got = rising(things).value();
    ASSERT_EQ(got.things.size(), 1u);
    EXPECT_EQ(got.things[0].thing, 4u);
    EXPECT_NEAR(got.typical_growth, 1.3, 1e-9);
    // A small one that happened to be seen less lately says nothing of the great one beside it.
    EXPECT_TRUE(rising({{1'000, 4'000}, {0, 10}}).value().things.empty());
}

TEST(Rising, TailsAgreeWithTheNormalOnesWhereTheyMeet) {
    // Just below and above the count where exact sums end.
    std::vector<Counted> below(40, {2'000, 7'990});
    std::vector<Counted> above(40, {2'003, 7'999});
    below[0] = {2'150, 7'840};
    above[0] = {2'153, 7'849};
    const RisingThing a = rising(below, {.false_discovery = 0.5}).value().things.at(0);
    const RisingThing b = rising(above, {.false_discovery = 0.5}).value().things.at(0);
    EXPECT_NEAR(std::log(a.p_value), std::log(b.p_value), 0.2);
}

TEST(Rising, NothingAtAllAndMalformedCountsHaveAnAnswer) {
    EXPECT_TRUE(rising({}).value().things.empty());
    EXPECT_TRUE(rising(std::vector<Counted>(30, {0, 0})).value().things.empty());
    EXPECT_TRUE(rising({{1, 0}}).value().things.empty());
    EXPECT_EQ(rising({{9, 0}}).value().things.size(), 1u);
    EXPECT_TRUE(std::isfinite(rising(std::vector<Counted>(30, {5, 0})).value().typical_growth));
    const auto code = [](const auto& got) { return got.ok() ? "" : got.error().code; };
    EXPECT_EQ(code(rising({{-1, 0}})), "measure.rising_count");
    EXPECT_EQ(code(rising({{std::nan(""), 0}})), "measure.rising_count");
    EXPECT_EQ(code(rising({{1.5, 0}})), "measure.rising_count");
    EXPECT_EQ(code(rising({}, {.recent_days = 0})), "measure.rising_options");
    EXPECT_EQ(code(rising({}, {.level = 1})), "measure.rising_options");
}

}  // namespace
}  // namespace filrouge::measure
