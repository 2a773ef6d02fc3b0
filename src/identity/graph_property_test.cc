// Laws of the identity graph over random histories (identity/story_for_test.h).
#include <gtest/gtest.h>

#include "identity/story_for_test.h"

namespace filrouge::identity {
namespace {

TEST(IdentityLaw, TheOrderOfArrivalDoesNotMatter) {
    Stage first, second;
    each_story(3'000, [&](std::uint64_t seed) {
        Story story(seed);
        first.play(story);
        const Picture picture = picture_of(first.graph);
        for (int again = 0; again < 3; ++again) {
            std::shuffle(story.history.begin(), story.history.end(), story.random);
            second.play(story);
            EXPECT_EQ(picture_of(second.graph), picture);
        }
    });
}

TEST(IdentityLaw, AWithdrawnEdgeHasNeverBeen) {
    Stage with, without;
    each_story(10'000, [&](std::uint64_t seed) {
        Story story(seed);
        with.play(story);
        Oracle oracle(story.types, story.limits);
        for (const Observation& o : story.history) oracle.observe(o);
        const std::vector<Pair> pairs = oracle.pairs();
        if (pairs.empty()) return;
        const Pair pair = pairs[story.pick(pairs.size())];
        EXPECT_TRUE(
            with.graph.withdraw(FragmentNo{pair.second}, FragmentNo{pair.first}, with.changed));
        for (std::uint64_t i = 0; i < 3; ++i) {  // and life goes on
            story.history.push_back(story.observation(1'000 + i));
            with.observe(story.history.back());
        }
        without.open(story);
        for (Observation o : story.history) {  // the same, pair by pair, without that one
            std::vector<Seen> all;
            std::copy_if(o.seen.begin(), o.seen.end(), std::back_inserter(all),
                         [](const Seen& s) { return !row_of(s.type)->shared_thing; });
            std::set<FragmentNo> done;
            for (const Seen& s : all) {
                const Pair one = std::minmax(all[0].fragment.value, s.fragment.value);
                if (!done.insert(s.fragment).second || one == pair) continue;
                o.seen = {all[0], s};
                without.observe(o);
            }
        }
        EXPECT_EQ(picture_of(with.graph, false), picture_of(without.graph));
    });
}

// Plays a story with decisions and new limits in it and compares each step.
void compare_with_oracle(Story& story, Stage& stage) {
    stage.open(story);
    Oracle oracle(story.types, story.limits);
    std::map<std::uint32_t, std::uint32_t> stands_for;  // by number, the first that was told
    Picture before = oracle.decide();
    for (const Observation& o : story.history) {
        stage.changed.clear();
        const std::vector<Pair> pairs = oracle.pairs();
        const std::uint32_t what = story.pick(16);
        if (what == 0 && !pairs.empty()) {
            const Pair pair = pairs[story.pick(pairs.size())];
            const auto shown = before.edges.find(pair);  // a closed one is not
            const bool open =
                shown != before.edges.end() && shown->second.state != EdgeState::Withdrawn;
            EXPECT_EQ(stage.graph.withdraw(FragmentNo{pair.first}, FragmentNo{pair.second},
                                           stage.changed),
                      open);
            if (open) oracle.withdraw(pair);
        } else if (what == 1 && !pairs.empty()) {
            const Pair pair = pairs[story.pick(pairs.size())];
            EXPECT_EQ(
                stage.graph.restore(FragmentNo{pair.first}, FragmentNo{pair.second}, stage.changed),
                oracle.restore(pair));
        } else if (what == 2) {
            const FragmentNo f = o.seen[0].fragment;
            const bool blocked = story.pick(2) == 0;
            EXPECT_EQ(stage.graph.block(f, blocked, stage.changed), oracle.block(f.value, blocked));
        } else if (what == 3) {
            story.limits = story.some_limits();
            stage.graph.set_limits(story.limits, stage.changed);
            oracle.set_limits(story.limits);
        } else if (what < 8 && story.brands > 1) {
            const std::uint32_t f = o.seen[0].fragment.value;
            const std::uint32_t number = story.numbers[f];
            stage.graph.same(FragmentNo{f}, FragmentNo{number}, EventTime{o.at}, o.sequence,
                             o.source, stage.changed);
            const bool met = number < story.types.size();
            const std::uint32_t head =
                stands_for.try_emplace(number, met ? number : f).first->second;
            if (head != f && story.types[f] != Type::Kiosk)
                oracle.same({std::min(head, f), std::max(head, f)}, o.at, o.sequence, o.source);
        } else {
            stage.observe(o);
            oracle.observe(o);
        }
        const Picture now = oracle.decide();
        std::vector<FragmentNo> changed;
        for (std::uint32_t f = 0; f < now.person_of.size(); ++f) {
            if (now.person_of[f] != before.person_of[f]) changed.push_back(FragmentNo{f});
        }
        EXPECT_EQ(stage.changed, changed);
        ASSERT_EQ(picture_of(stage.graph), now);
        const Counters counters = stage.graph.counters();
        const auto things = std::count(story.types.begin(), story.types.end(), Type::Kiosk);
        EXPECT_EQ(story.types.size() - static_cast<std::size_t>(things) + counters.splits -
                      counters.merges,
                  now.persons);
        before = now;
    }
}

TEST(IdentityLaw, EveryStepEqualsDecidingFromNothing) {
    Stage stage;
    each_story(2'000, [&](std::uint64_t seed) {
        Story story(seed);
        compare_with_oracle(story, stage);
    });
}

TEST(IdentityLaw, TiesOfOneIdentifierInSeveralBrandsComeBeforeAllEvidence) {
    Stage stage;
    each_story(700, [&](std::uint64_t seed) {
        Story story(seed, 24, 60);
        story.in_three_brands();
        compare_with_oracle(story, stage);
    });
}

// Whenever the shop lets identity cross its brands, and how often it changes its mind.
TEST(IdentityLaw, WhenBrandsWereJoinedDoesNotMatter) {
    Stage once, often;
    each_story(1'000, [&](std::uint64_t seed) {
        Story story(seed, 24, 60);
        story.in_three_brands();
        story.limits.across_brands = static_cast<std::uint16_t>(story.pick(2));
        once.open(story);
        often.open(story);
        for (const Observation& o : story.history) {
            for (Stage* stage : {&once, &often}) {
                for (const Seen& s : o.seen)
                    stage->graph.same(s.fragment, FragmentNo{story.numbers[s.fragment.value]},
                                      EventTime{o.at}, o.sequence, o.source, stage->changed);
                stage->observe(o);
            }
            if (story.pick(3) != 0) continue;
            Limits other = story.limits;
            other.across_brands = 1 - other.across_brands;
            often.graph.set_limits(other, often.changed);
            if (story.pick(2) == 0) often.graph.set_limits(story.limits, often.changed);
        }
        often.graph.set_limits(story.limits, often.changed);
        EXPECT_EQ(picture_of(often.graph), picture_of(once.graph));
    });
}

TEST(IdentityLaw, ALargeComponentEqualsDecidingFromNothing) {
    Stage stage;
    each_story(3, [&](std::uint64_t seed) {
        Story story(seed, 150, 150);
        compare_with_oracle(story, stage);
    });
}

TEST(IdentityLaw, NoPersonEverBreaksALimit) {
    Stage stage;
    each_story(1'000, [&](std::uint64_t seed) {
        const Story story(seed);
        stage.open(story);
        for (const Observation& o : story.history) {
            stage.observe(o);
            std::map<std::pair<PersonNo, Type>, int> counts;
            for (std::uint32_t f = 0; f < story.types.size(); ++f) {
                const int count = ++counts[{stage.graph.person_of(FragmentNo{f}), story.types[f]}];
                const int limit =
                    story.limits.per_person_max[static_cast<std::size_t>(story.types[f])];
                EXPECT_LE(count, std::max(limit, 1));
            }
        }
    });
}

TEST(IdentityLaw, ASnapshotIsTheWholeGraph) {
    Stage live, again;
    each_story(300, [&](std::uint64_t seed) {
        Story story(seed);
        live.open(story);
        again.space.clear();
        bool started = false;
        for (const Observation& o : story.history) {
            live.observe(o);
            if (started) again.observe(o);
            if (story.pick(4) == 0) {
                ASSERT_TRUE(again.space.apply(live.space.capture(o.sequence, !started)));
                started = true;
            }
            if (started) {
                ASSERT_EQ(again.space.hash(), live.space.hash());
                EXPECT_EQ(picture_of(again.graph), picture_of(live.graph));
            }
        }
    });
}

TEST(IdentityLaw, TheSameLogGivesTheSameBytes) {
    Stage first, second;
    each_story(300, [&](std::uint64_t seed) {
        first.play(Story(seed + 1));
        first.play(Story(seed));  // memory of an earlier life leaves no trace
        second.play(Story(seed));
        EXPECT_EQ(first.space.hash(), second.space.hash());
    });
}

struct Statement {
    std::uint32_t thing = 0;
    std::uint32_t person = FragmentNo::kNone;
    std::int64_t at = 0;
    std::uint64_t sequence = 0;
};

std::uint32_t holder(const std::vector<Statement>& all, std::uint32_t thing, std::int64_t at) {
    std::tuple<std::int64_t, std::uint64_t, std::uint32_t> last{-1, 0, FragmentNo::kNone};
    for (const Statement& s : all) {
        if (s.thing == thing && s.at <= at) last = std::max(last, {s.at, s.sequence, s.person});
    }
    return std::get<2>(last);
}

TEST(IdentityLaw, WhoHadTheTrolleyDoesNotDependOnWhenWeHeard) {
    constexpr std::int64_t kEnd = 12;
    each_story(300, [&](std::uint64_t seed) {
        TableSpace space;
        Graph graph(space, 0);
        std::mt19937_64 random(seed);
        for (std::uint32_t f = 0; f < 2; ++f) graph.meet(FragmentNo{f}, Type::Trolley);
        for (std::uint32_t f = 2; f < 5; ++f) graph.meet(FragmentNo{f}, Type::Badge);
        std::vector<Statement> all;
        for (std::uint64_t i = 1; i < 1 + random() % 20; ++i) {
            const auto person = random() % 3 == 0 ? FragmentNo::kNone
                                                  : static_cast<std::uint32_t>(2 + random() % 3);
            all.push_back({static_cast<std::uint32_t>(random() % 2), person,
                           static_cast<std::int64_t>(random() % kEnd), i});
        }
        std::shuffle(all.begin(), all.end(), random);
        for (const Statement& s : all) {
            const FragmentNo person{s.person};
            EXPECT_TRUE(person.is_none()
                            ? graph.release(FragmentNo{s.thing}, EventTime{s.at}, s.sequence)
                            : graph.bind(FragmentNo{s.thing}, person, EventTime{s.at}, s.sequence));
        }
        std::map<std::pair<std::uint32_t, std::int64_t>, std::uint32_t>
            told;  // by thing and moment
        for (std::uint32_t person = 2; person < 5; ++person) {
            std::vector<BindingView> bindings;
            graph.bindings_of(PersonNo{person}, bindings);
            for (const BindingView& b : bindings) {
                for (std::int64_t t = b.from.us; t < std::min(b.to.us, kEnd); ++t) {
                    EXPECT_TRUE(
                        told.try_emplace({b.thing.value, t}, b.person_fragment.value).second);
                }
            }
        }
        for (std::uint32_t thing = 0; thing < 2; ++thing) {
            for (std::int64_t t = 0; t < kEnd; ++t) {
                const std::uint32_t expected = holder(all, thing, t);
                EXPECT_EQ(graph.bound_to(FragmentNo{thing}, EventTime{t}).value, expected);
                EXPECT_EQ(told.contains({thing, t}) ? told.at({thing, t}) : FragmentNo::kNone,
                          expected);
            }
        }
    });
}

}  // namespace
}  // namespace filrouge::identity
