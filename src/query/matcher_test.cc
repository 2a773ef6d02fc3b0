#include "query/matcher.h"

#include <gtest/gtest.h>

#include "query/dimension.h"
#include "query/town_for_test.h"

namespace filrouge::query {
namespace {

using namespace test;

constexpr int kTowns = 25;

// Which events match, by sequence number, and the group of each.
struct Recorder {
    Recorder(const Town::Matched& m, const Dimension& dimension)
        : matcher(*m.compiled, m.event), by(dimension) {}
    void segment(const history::Segment& segment) {
        matcher.segment(segment);
        by.segment(segment);
    }
    void batch(Batch& batch) {
        mask.resize(batch.rows());
        matcher.match(batch, mask);
        groups.resize(batch.rows());
        std::vector<std::uint8_t> wanted(batch.rows(), 1);
        batch.keep_visible(wanted);
        by.groups(batch, wanted, groups);
        const auto visible = batch.visible();
        const auto rows = matcher.rows(batch);
        std::vector<std::uint32_t> seen;
        for (std::uint32_t i = 0; i < mask.size(); ++i) {
            if ((mask[i] & visible[i]) != 0) seen.push_back(i);
        }
        EXPECT_EQ(std::vector(rows.begin(), rows.end()), seen);
        for (const PartRows& part : batch.parts()) {
            std::vector<std::uint8_t> own(part.end - part.begin);
            matcher.match(batch, part.begin, own);
            EXPECT_TRUE(std::equal(own.begin(), own.end(), mask.begin() + part.begin));
            for (std::uint32_t i = part.begin; i < part.end; ++i) {
                const auto sequence =
                    static_cast<std::uint64_t>(batch.segment().sequence.at(batch.first_row() + i));
                if (visible[i] == 0) continue;
                group_of[sequence] = groups[i];
                if (mask[i] != 0) matched.push_back(sequence);
                EXPECT_TRUE(mask[i] == 0 || !matcher.never());
            }
        }
    }
    Matcher matcher;
    Dimension by;
    std::vector<std::uint8_t> mask;
    std::vector<std::uint32_t> groups;
    std::vector<std::uint64_t> matched;
    std::map<std::uint64_t, std::uint32_t> group_of;
};

Recorder record(const Town& town, const Scope& scope, const Town::Matched& m, const Dimension& by) {
    std::vector<Recorder> one(1, Recorder(m, by));
    query::Run run;
    EXPECT_TRUE(scan<Recorder>(town.view(), scope, run, one).ok());
    std::sort(one[0].matched.begin(), one[0].matched.end());
    return one[0];
}

TEST(Matcher, MatchesTheRowsThatARuleWouldMatch) {
    const std::uint64_t first = test_seed(1);
    std::size_t all = 0, met = 0;
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed);
        for (int i = 0; i < 40; ++i) {
            const Town::Matched m = town.random_event();
            const Scope scope = town.scope();
            std::vector<std::uint64_t> wanted;
            for (const auto& life : town.seen(scope)) {
                for (const EventRow& row : life.events) {
                    if (audience::fits(*m.compiled, m.event, row)) wanted.push_back(row.sequence);
                }
                all += life.events.size();
            }
            std::sort(wanted.begin(), wanted.end());
            met += wanted.size();
            ASSERT_EQ(record(town, scope, m, {}).matched, wanted) << repeat(seed);
        }
    }
    EXPECT_GT(met, all / 20);  // the filters are neither empty nor full
    EXPECT_LT(met, all * 19 / 20);
}

TEST(Dimension, PutsEveryEventIntoTheGroupOfItsFirstValue) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed);
        for (int k = 0; k <= static_cast<int>(DimensionKind::Property); ++k) {
            for (const char* property : {"size", "colour", "never told"}) {
                const auto kind = static_cast<DimensionKind>(k);
                const StringNo key = town.names.number(property);
                const Scope scope = town.scope();
                Groups groups;
                const Recorder got =
                    record(town, scope, town.event("*"), Dimension(kind, key, groups));
                for (const auto& life : town.seen(scope)) {
                    for (const EventRow& row : life.events) {
                        const std::uint32_t group = got.group_of.at(row.sequence);
                        ASSERT_EQ(groups.key(group), key_of(kind, key, row)) << k << repeat(seed);
                    }
                }
                if (kind != DimensionKind::Property) break;
            }
        }
    }
}

TEST(Groups, PastTheirBoundAreNoGroupAndSaySo) {
    Groups groups;
    for (std::int64_t i = 0; i < kGroupsMax; ++i)
        ASSERT_NE(groups.number({history::CellKind::Number, i}), kNoGroup);
    EXPECT_FALSE(groups.overflowed());
    EXPECT_EQ(groups.number({history::CellKind::Number, -1}), kNoGroup);
    EXPECT_TRUE(groups.overflowed());
    EXPECT_EQ(groups.number({history::CellKind::Number, 0}), 1u);
}

}  // namespace
}  // namespace filrouge::query
