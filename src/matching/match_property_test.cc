// Laws of matching over people who do not exist. FILROUGE_SEED=n repeats a run.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "matching/data_for_test.h"
#include "matching/people_for_test.h"

namespace filrouge::matching {
namespace {

using namespace test;

struct Shop {
    Records records = Records::open(fields_of_people()).value();
    std::vector<std::string> truth;

    void add(const PersonValues& values, std::size_t who, Side side = Side::First) {
        const std::vector<std::string_view> texts(values.begin(), values.end());
        ASSERT_TRUE(records.add(texts, side).ok());
        truth.push_back(std::to_string(who));
    }
};

// A record of everybody, and a second one, with slips, of every third.
Shop shop_of(std::uint64_t seed, std::size_t people, bool second_side = false) {
    Shop out;
    People all(seed, 60);
    for (std::size_t who = 0; who < people; ++who) {
        const PersonValues person = all.person();
        out.add(all.record(person, false), who);
        if (who % 3 == 0)
            out.add(all.record(person, true), who, second_side ? Side::Second : Side::First);
    }
    return out;
}

bool same(const std::vector<Pair>& x, const std::vector<Pair>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const Pair& a, const Pair& b) {
        return a.a == b.a && a.b == b.b && a.weight == b.weight && a.probability == b.probability;
    });
}

TEST(MatchLaws, TheSameRecordsAndSeedGiveTheSamePairsOnAnyNumberOfThreads) {
    const std::uint64_t seed = test_seed(1);
    const Shop shop = shop_of(seed, 300);
    MatchOptions options;
    options.seed = seed;
    const Matches one = match(shop.records, options).value();
    ASSERT_GT(one.pairs.size(), 30u) << repeat(seed);
    for (const unsigned threads : {1u, 3u}) {
        options.threads = threads;
        const Matches other = match(shop.records, options).value();
        EXPECT_TRUE(same(one.pairs, other.pairs)) << threads << repeat(seed);
        EXPECT_EQ(one.compared, other.compared) << threads << repeat(seed);
    }
}

TEST(MatchLaws, WhatIsExpectedOfAThresholdHolds) {
    const std::uint64_t seed = test_seed(1);
    const Shop shop = shop_of(seed, 1'500);
    const Matches got = match(shop.records, {}).value();
    const Expected at = at_precision(got, 0.99);
    const Score is = score(got.pairs, at.pairs, shop.truth);
    std::printf("seed %llu: expected precision %.4f and recall %.4f, found %.4f and %.4f\n",
                static_cast<unsigned long long>(seed), at.precision, at.recall, is.precision,
                is.recall);
    EXPECT_GT(is.precision, 0.96) << repeat(seed);
    EXPECT_GT(is.recall, 0.75) << repeat(seed);
    EXPECT_NEAR(is.recall, at.recall, 0.15) << repeat(seed);
    EXPECT_NEAR(got.expected, 500, 100) << repeat(seed);
}

// Over all that strangers show, a likelihood ratio is one on average, however few matches reached a
// level; and what is nearer never says less.
TEST(MatchLaws, TheWeightsOfAFieldAreALikelihoodRatioAndInOrder) {
    const std::uint64_t seed = test_seed(1);
    for (std::uint64_t s = seed; s < seed + 5; ++s) {
        const Shop shop = shop_of(s, 200 * (1 + s % 3));
        const Model model = match(shop.records, {}).value().model;
        for (std::size_t f = 0; f < model.fields.size(); ++f) {
            const FieldKind kind = shop.records.fields()[f].kind;
            const std::size_t last = levels_of(kind).size();
            double sum = 0, swap = 0, before = INFINITY;
            for (std::size_t l = kEqual; l <= last; ++l) {
                const LevelModel& level = model.fields[f][l];
                if (kind == FieldKind::GivenName && l == kSwapped) {
                    swap = level.m;
                    EXPECT_LE(level.weight, model.fields[f][kEqual].weight) << f << repeat(s);
                    continue;
                }
                EXPECT_LE(level.weight, before) << f << " level " << l << repeat(s);
                before = level.weight;
                sum += level.u * std::exp2(level.weight);
            }
            EXPECT_NEAR(sum, 1 - swap, 1e-6) << f << repeat(s);
        }
    }
}

TEST(MatchLaws, AFamilyStaysApart) {
    const std::uint64_t seed = test_seed(1);
    Shop shop;
    People all(seed, 60, {4, 1.0, 0.12});
    PersonValues last{};
    for (std::size_t who = 0; who < 400; ++who) {
        PersonValues person = all.person();
        if (person[5] == last[5]) person[7] = last[7];  // one telephone in the house
        last = person;
        shop.add(person, who);
        if (who % 4 == 0) shop.add(all.record(person, true), who);
    }
    const Matches got = match(shop.records, {}).value();
    const Expected at = at_precision(got, 0.99);
    const Score is = score(got.pairs, at.pairs, shop.truth);
    EXPECT_GT(is.precision, 0.97) << repeat(seed);
    EXPECT_GT(is.recall, 0.8) << repeat(seed);
}

TEST(MatchLaws, OneToOneTakesNobodyTwice) {
    const std::uint64_t seed = test_seed(1);
    const Shop shop = shop_of(seed, 500, true);
    MatchOptions options;
    options.between = options.one_to_one = true;
    const Matches got = match(shop.records, options).value();
    std::set<std::uint32_t> taken;
    for (const Pair& pair : got.pairs) {
        EXPECT_EQ(shop.records.side(pair.a), Side::First) << repeat(seed);
        EXPECT_EQ(shop.records.side(pair.b), Side::Second) << repeat(seed);
        EXPECT_TRUE(taken.insert(pair.a).second && taken.insert(pair.b).second) << repeat(seed);
    }
    EXPECT_GT(score(got.pairs, at_best_f1(got).pairs, shop.truth).f1, 0.9) << repeat(seed);
}

TEST(MatchLaws, AFieldThatNobodyFilledInChangesNothing) {
    const std::uint64_t seed = test_seed(1);
    std::vector<Field> more = fields_of_people();
    more.push_back({"hobby", FieldKind::Other});
    Records without = Records::open(fields_of_people()).value();
    Records with = Records::open(more).value();
    People all(seed, 30);
    for (int i = 0; i < 250; ++i) {
        const PersonValues values = all.record(all.person(), false);
        std::vector<std::string_view> texts(values.begin(), values.end());
        ASSERT_TRUE(without.add(texts).ok());
        texts.emplace_back();
        ASSERT_TRUE(with.add(texts).ok());
    }
    EXPECT_TRUE(same(match(without, {}).value().pairs, match(with, {}).value().pairs))
        << repeat(seed);
}

TEST(Blocking, MetInTellsThePassesWhoseBlocksHoldThePair) {
    const std::uint64_t seed = test_seed(1);
    const Shop shop = shop_of(seed, 800);
    Blocking blocking(shop.records, false);
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> met;
    for (std::size_t p = 0; p < blocking.passes().size(); ++p) {
        const Blocks blocks = blocking.blocks(p, 5'000, 1, 2, true);
        EXPECT_LE(blocks.figures.pairs, 5'000u);
        for (const Blocks::Block& block : blocks.blocks) {
            each_pair(blocks, block, false, [&](std::uint32_t a, std::uint32_t b) {
                met[{std::min(a, b), std::max(a, b)}] |= std::uint64_t{1} << p;
            });
        }
    }
    Chance chance(seed);
    for (int i = 0; i < 20'000; ++i) {
        const auto a = static_cast<std::uint32_t>(chance.below(shop.records.rows() - 1));
        const auto b = a + 1 + static_cast<std::uint32_t>(chance.below(3));
        if (b >= shop.records.rows()) continue;
        const auto found = met.find({a, b});
        ASSERT_EQ(blocking.met_in(a, b, blocking.passes().size()),
                  found == met.end() ? 0 : found->second)
            << a << " " << b << repeat(seed);
    }
}

TEST(Blocking, AHotKeyIsLeftOutAndTold) {
    Records records =
        Records::open({{"town", FieldKind::Town}, {"name", FieldKind::Surname}}).value();
    for (int i = 0; i < 3'000; ++i) {
        const std::string name = name_of(static_cast<std::size_t>(i) / 2, 7) +
                                 std::string(static_cast<std::size_t>(1 + i / 2 % 7),
                                             static_cast<char>('a' + i / 2 % 23));
        const std::string_view values[] = {"Paris", name};
        ASSERT_TRUE(records.add(values).ok());
    }
    const Matches got = match(records, {}).value();
    EXPECT_LE(got.compared, Blocking(records, false).pairs_max());
    std::uint64_t hot = 0;
    for (std::size_t p = 0; p < got.passes.size(); ++p) {
        if (got.passes[p].keys.size() == 1 && got.passes[p].keys[0].field == 0)
            hot += got.figures[p].hot_rows;
    }
    EXPECT_EQ(hot, 6'000u);  // the town itself, and its sound
}

TEST(Match, NothingToCompareIsAnErrorThatSaysSo) {
    Records records = Records::open({{"name", FieldKind::Surname}}).value();
    EXPECT_EQ(match(records, {}).error().code, "matching.nothing");
    const std::string_view one[] = {"Martin"};
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(records.add(one).ok());
    MatchOptions between;
    between.between = true;
    EXPECT_EQ(match(records, between).error().code, "matching.nothing");
    EXPECT_TRUE(match(records, {}).ok());
    EXPECT_EQ(Records::open({}).error().code, "matching.fields");
    EXPECT_EQ(Records::open(std::vector<Field>(kFieldsMax + 1)).error().code, "matching.fields");
}

TEST(Match, EmptyRecordsMatchNobody) {
    Records records = Records::open(fields_of_people()).value();
    const std::vector<std::string_view> nothing(8);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(records.add(nothing).ok());
    const Matches got = match(records, {}).value();
    EXPECT_EQ(at_precision(got, 0.5).pairs, 0u);
}

TEST(Match, CanBeCancelled) {
    const Shop shop = shop_of(1, 200);
    MatchOptions options;
    int asked = 0;
    options.progress = [&](std::string_view, std::uint64_t, std::uint64_t) { return ++asked < 3; };
    EXPECT_EQ(match(shop.records, options).error().code, "matching.cancelled");
    EXPECT_EQ(asked, 3);
}

TEST(Expected, MorePairsMeanLessPrecisionAndMoreRecall) {
    const Matches got = match(shop_of(test_seed(1), 300).records, {}).value();
    Expected before;
    for (std::uint64_t n = 1; n < got.pairs.size(); n += 1 + n / 7) {
        const Expected at = expected_of(got, n);
        EXPECT_EQ(at.pairs, n);
        EXPECT_LE(at.precision, before.precision + 1e-9);
        EXPECT_GE(at.recall, before.recall);
        before = at;
    }
    EXPECT_GE(at_precision(got, 0.99).precision, 0.99);
    EXPECT_GE(at_probability(got, 0.9).probability, 0.9);
    EXPECT_GE(at_precision(got, 0.9).pairs, at_precision(got, 0.99).pairs);
}

}  // namespace
}  // namespace filrouge::matching
