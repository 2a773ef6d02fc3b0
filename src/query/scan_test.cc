#include "query/scan.h"

#include <gtest/gtest.h>

#include <set>

#include "query/town_for_test.h"

namespace filrouge::query {
namespace {

using namespace test;

constexpr int kTowns = 25;

using Told = std::map<std::uint32_t, std::vector<std::int64_t>>;  // person -> sequence numbers

// Writes down what it sees.
struct Recorder {
    void segment(const history::Segment& segment) { now = &segment; }
    void batch(Batch& batch) {
        ASSERT_EQ(now, &batch.segment());
        const auto visible = batch.visible();
        for (const PartRows& part : batch.parts()) {
            if (part.end - part.begin <= kBatchRows) {
                EXPECT_LE(batch.rows(), kBatchRows);
            }
            EXPECT_LT(part.begin, part.end);
            EXPECT_TRUE(met.insert(part.person.value).second);
            for (std::uint32_t i = part.begin; i < part.end; ++i) {
                EXPECT_LE(visible[i], 1);
                EXPECT_TRUE(visible[i] == 1 || !batch.all_visible());
                if (visible[i] == 1)
                    told[part.person.value].push_back(now->sequence.at(batch.first_row() + i));
            }
        }
    }
    const history::Segment* now = nullptr;
    std::set<std::uint32_t> met;
    Told told;
};

Told read(const Town& town, const Scope& scope, std::size_t threads) {
    std::vector<Recorder> workers(threads);
    query::Run run;
    EXPECT_TRUE(scan<Recorder>(town.view(), scope, run, workers).ok());
    EXPECT_EQ(run.progress().done, run.progress().of);
    Told all;
    for (Recorder& w : workers) {
        for (auto& [person, rows] : w.told) EXPECT_TRUE(all.emplace(person, rows).second);
    }
    return all;
}

TEST(Scan, ShowsEveryPersonOnceWithTheEventsOfTheScopeHoweverManyThreadsRead) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < 6; ++i) {
            const Scope scope = town.scope();
            Told wanted;
            for (const auto& life : town.seen(scope)) {
                for (const EventRow& row : life.events)
                    wanted[life.person.value].push_back(static_cast<std::int64_t>(row.sequence));
            }
            for (const std::size_t threads : {1, 2, 5})
                ASSERT_EQ(read(town, scope, threads), wanted) << repeat(seed);
        }
    }
}

TEST(Scan, OfNothingEndsAtOnce) {
    const history::View empty;
    std::vector<Recorder> workers(kThreads);
    query::Run run;
    EXPECT_TRUE(scan<Recorder>(empty, Scope{}, run, workers).ok());
    history::View no_persons;
    no_persons.pieces.push_back({history::Segment::of(history::SegmentBuilder().finish()), {}});
    EXPECT_TRUE(scan<Recorder>(no_persons, Scope{}, run, workers).ok());
    EXPECT_TRUE(workers[0].told.empty() && workers[1].told.empty());
}

TEST(Scan, StopsWhenCancelled) {
    struct Canceller {
        void segment(const history::Segment&) {}
        void batch(Batch&) {
            ++batches;
            run->cancel();
        }
        query::Run* run;
        int batches = 0;
    };
    Town town(4, {200, true, true});
    query::Run run;
    std::vector<Canceller> one{Canceller{&run}};
    const auto done = scan<Canceller>(town.view(), Scope{}, run, one);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code, "query.cancelled");
    EXPECT_EQ(one[0].batches, 1);
}

TEST(Run, EndsTheQuestionThatWantsMoreMemoryThanItMayTake) {
    query::Run run(1'000);
    EXPECT_TRUE(run.take_memory(600));
    EXPECT_TRUE(run.check().ok());
    EXPECT_FALSE(run.take_memory(600));
    EXPECT_TRUE(run.cancelled());
    EXPECT_EQ(run.check().error().code, "query.too_large");
}

TEST(PlacesOfOnes, AreThePlacesOfOnes) {
    Chance chance(test_seed(1));
    for (int round = 0; round < 300; ++round) {
        std::vector<std::uint8_t> mask(static_cast<std::size_t>(chance.below(300)));
        std::vector<std::uint32_t> wanted, room;
        for (std::uint32_t i = 0; i < mask.size(); ++i) {
            mask[i] = chance.one_in(1 + round % 9) ? 1 : 0;
            if (mask[i] != 0) wanted.push_back(i);
        }
        const auto got = places_of_ones(mask, room);
        ASSERT_EQ(std::vector(got.begin(), got.end()), wanted);
        ASSERT_EQ(count_ones(mask), wanted.size());
    }
}

}  // namespace
}  // namespace filrouge::query
