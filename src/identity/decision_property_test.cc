// Laws of what people decide about identity, over random histories (identity/story_for_test.h): an
// edge put back, an identifier blocked, one on too many people, and what is shown beforehand.
#include <gtest/gtest.h>

#include "identity/joints.h"
#include "identity/story_for_test.h"

namespace filrouge::identity {
namespace {

Pair some_pair(Story& story, const Graph& graph) {
    std::vector<Pair> pairs;
    for (const auto& [pair, edge] : picture_of(graph).edges) pairs.push_back(pair);
    return pairs.empty() ? Pair{} : pairs[story.pick(pairs.size())];
}

TEST(IdentityLaw, AnEdgePutBackHasNeverBeenWithdrawn) {
    Stage with, without;
    each_story(2'000, [&](std::uint64_t seed) {
        Story story(seed);
        with.play(story);
        const Pair pair = some_pair(story, with.graph);
        if (pair == Pair{}) return;
        const FragmentNo a{pair.first}, b{pair.second};
        ASSERT_TRUE(with.graph.withdraw(a, b, with.changed));
        for (std::uint64_t i = 0; i < 6; ++i) {  // and life goes on
            story.history.push_back(story.observation(1'000 + i));
            with.observe(story.history.back());
            if (i == 3) {
                ASSERT_TRUE(with.graph.restore(b, a, with.changed));
            }
        }
        EXPECT_FALSE(with.graph.restore(a, b, with.changed));
        without.play(story);
        EXPECT_EQ(picture_of(with.graph), picture_of(without.graph));
    });
}

TEST(IdentityLaw, ABlockedIdentifierTakenBackIsAsItWas) {
    Stage stage;
    each_story(500, [&](std::uint64_t seed) {
        Story story(seed);
        stage.play(story);
        const Picture before = picture_of(stage.graph);
        const FragmentNo f{story.pick(story.types.size())};
        ASSERT_TRUE(stage.graph.block(f, true, stage.changed));
        EXPECT_EQ(stage.graph.person_of(f).value, f.value);
        EXPECT_TRUE(stage.graph.is_blocked(f));
        ASSERT_TRUE(stage.graph.block(f, false, stage.changed));
        EXPECT_EQ(picture_of(stage.graph), before);
    });
}

// By the lists of fragments: who is a person after a change and was none before it.
Graph::Persons new_persons(const std::vector<std::uint32_t>& before,
                           const std::vector<std::uint32_t>& after) {
    const auto persons_of = [](const std::vector<std::uint32_t>& person_of) {
        std::map<std::uint32_t, std::vector<FragmentNo>> persons;
        for (std::uint32_t f = 0; f < person_of.size(); ++f)
            persons[person_of[f]].push_back(FragmentNo{f});
        return persons;
    };
    const auto old = persons_of(before);
    Graph::Persons out;
    for (const auto& [number, fragments] : persons_of(after)) {
        const auto at = old.find(number);
        if (at == old.end() || at->second != fragments) out.push_back(fragments);
    }
    return out;
}

TEST(IdentityLaw, WhatIsShownBeforehandIsWhatHappens) {
    Stage stage;
    each_story(1'000, [&](std::uint64_t seed) {
        Story story(seed);
        stage.play(story);
        for (int step = 0; step < 4; ++step) {
            const Hash128 untouched = stage.space.hash();
            const Picture before = picture_of(stage.graph);
            const Pair pair = some_pair(story, stage.graph);
            Graph::Persons shown;
            const std::uint32_t what = pair == Pair{} ? 0 : story.pick(4);
            if (what == 0) {
                const Limits limits = story.some_limits();
                const std::uint32_t half = stage.graph.fragments() / 2;
                shown = stage.graph.if_limits(limits, 0, half);
                for (auto& person : stage.graph.if_limits(limits, half, stage.graph.fragments()))
                    shown.push_back(std::move(person));
                EXPECT_EQ(stage.space.hash(), untouched);
                stage.graph.set_limits(limits, stage.changed);
            } else if (what == 1) {
                const FragmentNo f{pair.second};
                const bool blocked = !stage.graph.is_blocked(f);
                shown = stage.graph.if_blocked(f, blocked);
                EXPECT_EQ(stage.space.hash(), untouched);
                ASSERT_TRUE(stage.graph.block(f, blocked, stage.changed));
            } else {
                const FragmentNo a{pair.first}, b{pair.second};
                const bool withdraw = before.edges.at(pair).state != EdgeState::Withdrawn;
                shown = stage.graph.if_edge(a, b, withdraw);
                EXPECT_EQ(stage.space.hash(), untouched);
                ASSERT_TRUE(withdraw ? stage.graph.withdraw(a, b, stage.changed)
                                     : stage.graph.restore(a, b, stage.changed));
            }
            std::sort(shown.begin(), shown.end());
            EXPECT_EQ(shown, new_persons(before.person_of, picture_of(stage.graph).person_of));
        }
    });
}

// By the definition: an accepted edge without which its person falls into two that each name
// somebody.
std::vector<Pair> joints_from_nothing(const Graph& graph, PersonNo person) {
    std::vector<FragmentNo> fragments;
    graph.fragments_of(person, fragments);
    std::vector<EdgeView> edges;
    graph.edges_of(person, edges);
    std::erase_if(edges, [](const EdgeView& e) { return e.state != EdgeState::Accepted; });
    std::vector<Pair> out;
    for (const EdgeView& without : edges) {
        std::set<FragmentNo> half{without.a};
        for (std::size_t grown = 0; grown != half.size();) {
            grown = half.size();
            for (const EdgeView& e : edges) {
                if (e.a == without.a && e.b == without.b) continue;
                if (half.contains(e.a) || half.contains(e.b)) half.insert({e.a, e.b});
            }
        }
        int naming_in = 0, naming_out = 0;
        for (const FragmentNo f : fragments) {
            if (names_somebody(graph.type_of(f))) ++(half.contains(f) ? naming_in : naming_out);
        }
        if (!half.contains(without.b) && naming_in != 0 && naming_out != 0)
            out.emplace_back(without.a.value, without.b.value);
    }
    return out;
}

TEST(IdentityLaw, AJointIsWhatAloneHoldsTwoWhoAreNamed) {
    Stage stage;
    int found = 0;
    each_story(500, [&](std::uint64_t seed) {
        Story story(seed);
        story.limits = Limits::defaults();  // so that persons are large
        stage.play(story);
        for (std::uint32_t f = 0; f < stage.graph.fragments(); ++f) {
            const PersonNo person{f};
            if (stage.graph.person_of(FragmentNo{f}) != person) continue;
            std::vector<Pair> joints;
            std::vector<FragmentNo> all;
            stage.graph.fragments_of(person, all);
            for (const Joint& joint : joints_of(stage.graph, person)) {
                joints.emplace_back(joint.edge.a.value, joint.edge.b.value);
                std::vector<FragmentNo> both;
                std::merge(joint.one.begin(), joint.one.end(), joint.other.begin(),
                           joint.other.end(), std::back_inserter(both));
                EXPECT_EQ(both, all);
                EXPECT_TRUE(std::binary_search(joint.one.begin(), joint.one.end(), joint.edge.a));
                ++found;
            }
            EXPECT_EQ(joints, joints_from_nothing(stage.graph, person));
        }
    });
    EXPECT_GT(found, 100);
}

// A browser in a library: whoever signs in there stays who they are, whenever that was found out.
TEST(IdentityLaw, AnIdentifierOnTooManyPeopleTiesNobody) {
    Stage stage;
    each_story(30, [&](std::uint64_t seed) {
        Story story(seed, 2, 1);
        const std::uint32_t people = kPeopleMaxDefault + 1 + story.pick(20);
        story.types.assign(1 + 2 * people, Type::Email);
        story.types[0] = Type::DeviceId;
        story.limits = Limits::defaults();
        story.history.clear();
        std::uint64_t sequence = 0;
        const auto seen = [&](std::uint32_t x, Type x_type, std::uint32_t y, Type y_type) {
            Observation o;
            o.seen = {{x_type, FragmentNo{x}}, {y_type, FragmentNo{y}}};
            o.at = static_cast<std::int64_t>(story.pick(100));
            o.sequence = ++sequence;
            story.history.push_back(o);
        };
        for (std::uint32_t i = 0; i < people; ++i) {
            story.types[1 + i] = Type::UserId;
            seen(1 + i, Type::UserId, 1 + people + i, Type::Email);
            seen(1 + people + i, Type::Email, 0, Type::DeviceId);
        }
        std::shuffle(story.history.begin(), story.history.end(), story.random);
        stage.play(story);
        EXPECT_TRUE(stage.graph.is_shared(FragmentNo{0}));
        EXPECT_EQ(stage.graph.people_of(FragmentNo{0}), people);
        EXPECT_EQ(stage.graph.persons(), people + 1);
        EXPECT_EQ(stage.graph.counters().refused_shared, people);
        // Visits that were a mistake, one after the other, until it is a family's again.
        for (std::uint32_t i = 0; i < people - kPeopleMaxDefault; ++i) {
            EXPECT_TRUE(stage.graph.is_shared(FragmentNo{0}));
            stage.graph.withdraw(FragmentNo{0}, FragmentNo{1 + people + i}, stage.changed);
        }
        EXPECT_FALSE(stage.graph.is_shared(FragmentNo{0}));
    });
}

}  // namespace
}  // namespace filrouge::identity
