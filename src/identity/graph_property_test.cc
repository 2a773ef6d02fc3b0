// Laws of the identity graph over random histories: small limits, so that refusals are frequent,
// and few identifiers and moments, so that ties and late events are. FILROUGE_SEED repeats a run.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "identity/graph.h"

namespace filrouge::identity {
namespace {

using Type = IdentifierType;
using Pair = std::pair<std::uint32_t, std::uint32_t>;

std::uint64_t base_seed() {
    const char* text = std::getenv("FILROUGE_SEED");
    return text == nullptr ? 20'240'131 : std::strtoull(text, nullptr, 10);
}

struct Observation {
    std::vector<Seen> seen;
    std::int64_t at = 0;
    std::uint64_t sequence = 0;
    SourceNo source = 0;
    EdgeRule rule = EdgeRule::SeenTogether;
};

// What a person outside can see of a graph.
struct Edge {
    std::int64_t at = 0;
    std::uint64_t sequence = 0;
    SourceNo source = 0;
    EdgeRule rule = EdgeRule::SeenTogether;
    EdgeState state = EdgeState::Accepted;
    std::uint32_t seen = 0;
    bool operator==(const Edge&) const = default;
};
struct Picture {
    std::vector<std::uint32_t> person_of;
    std::map<Pair, Edge> edges;
    std::uint64_t persons = 0;
    bool operator==(const Picture&) const = default;
};

Picture picture_of(const Graph& graph, bool with_withdrawn = true) {
    Picture picture;
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    for (std::uint32_t f = 0; f < graph.fragments(); ++f) {
        const PersonNo person = graph.person_of(FragmentNo{f});
        picture.person_of.push_back(person.value);
        std::vector<FragmentNo> fragments;
        graph.fragments_of(person, fragments);
        EXPECT_TRUE(std::is_sorted(fragments.begin(), fragments.end()));
        if (graph.knows(FragmentNo{f})) {
            EXPECT_EQ(fragments.at(0).value, person.value);
            EXPECT_TRUE(std::binary_search(fragments.begin(), fragments.end(), FragmentNo{f}));
        }
        for (const FragmentNo g : fragments) EXPECT_EQ(graph.person_of(g), person);
        std::vector<EdgeView> edges;
        graph.edges_of(person, edges);
        std::set<Pair> once;
        for (const EdgeView& e : edges) {
            EXPECT_TRUE(once.emplace(e.a.value, e.b.value).second);
            if (e.state == EdgeState::Withdrawn && !with_withdrawn) continue;
            const bool fresh =
                picture.edges
                    .try_emplace({e.a.value, e.b.value},
                                 Edge{e.at.us, e.sequence, e.source, e.rule, e.state, e.seen})
                    .second;
            if (fresh && e.state == EdgeState::Accepted) ++accepted;
            if (fresh && e.state == EdgeState::RefusedByLimit) ++refused;
        }
    }
    picture.persons = graph.persons();
    EXPECT_EQ(graph.counters().edges, accepted + refused);
    EXPECT_EQ(graph.counters().refused_by_limit, refused);
    return picture;
}

// A second opinion: keeps the strongest evidence of each pair and decides everything from nothing
// each time it is asked, as the text of graph.h says it.
class Oracle {
  public:
    Oracle(std::vector<Type> types, const Limits& limits)
        : types_(std::move(types)), limits_(limits) {}

    void observe(const Observation& o) {
        std::set<std::uint32_t> done;
        std::uint32_t centre = FragmentNo::kNone;
        for (const Seen& s : o.seen) {
            if (limit(s.fragment.value) == 0 || !done.insert(s.fragment.value).second) continue;
            if (centre == FragmentNo::kNone)
                centre = s.fragment.value;
            else
                see({std::min(centre, s.fragment.value), std::max(centre, s.fragment.value)}, o);
        }
    }
    // Of one identifier in two brands; what is known stays.
    void same(Pair pair, std::int64_t at, std::uint64_t sequence, SourceNo source) {
        evidence_.try_emplace(
            pair, Edge{at, sequence, source, EdgeRule::SameIdentifier, EdgeState::Accepted, 1});
    }
    void withdraw(Pair pair) { evidence_.at(pair).state = EdgeState::Withdrawn; }
    void set_limits(const Limits& limits) { limits_ = limits; }
    std::vector<Pair> pairs() const {
        std::vector<Pair> out;
        for (const auto& [pair, edge] : evidence_) out.push_back(pair);
        return out;
    }

    Picture decide() const {
        Picture picture;
        picture.edges = evidence_;
        picture.person_of.resize(types_.size());
        std::iota(picture.person_of.begin(), picture.person_of.end(), 0u);
        if (limits_.across_brands == 0)
            std::erase_if(picture.edges, [](const auto& e) {
                return e.second.rule == EdgeRule::SameIdentifier &&
                       e.second.state != EdgeState::Withdrawn;
            });
        for (const auto& [pair, edge] : picture.edges) {
            if (edge.rule != EdgeRule::SameIdentifier || edge.state == EdgeState::Withdrawn)
                continue;
            const std::uint32_t x = picture.person_of[pair.first];
            const std::uint32_t y = picture.person_of[pair.second];
            for (auto& person : picture.person_of) {
                if (person == x || person == y) person = std::min(x, y);
            }
        }
        const std::vector<std::uint32_t> identifier_of = picture.person_of;
        using Order =
            std::tuple<int, int, std::int64_t, std::uint64_t, std::uint32_t, std::uint32_t>;
        std::map<Order, Pair> order;
        for (const auto& [pair, edge] : evidence_) {
            if (edge.state == EdgeState::Withdrawn || edge.rule == EdgeRule::SameIdentifier)
                continue;
            const int x = priority(pair.first);
            const int y = priority(pair.second);
            order[{std::max(x, y), std::min(x, y), edge.at, edge.sequence, pair.first,
                   pair.second}] = pair;
        }
        for (const auto& [key, pair] : order)
            picture.edges[pair].state = join(picture.person_of, pair, identifier_of);
        std::set<std::uint32_t> persons;
        for (std::uint32_t f = 0; f < types_.size(); ++f) {
            if (!row_of(types_[f])->shared_thing) persons.insert(picture.person_of[f]);
        }
        picture.persons = persons.size();
        return picture;
    }

  private:
    int limit(std::uint32_t f) const {
        return row_of(types_[f])->shared_thing
                   ? 0
                   : limits_.per_person_max[static_cast<std::size_t>(types_[f])];
    }
    int priority(std::uint32_t f) const {
        return limits_.priority[static_cast<std::size_t>(types_[f])];
    }
    void see(Pair pair, const Observation& o) {
        const Edge fresh{o.at, o.sequence, o.source, o.rule, EdgeState::Accepted, 1};
        const auto [it, is_new] = evidence_.try_emplace(pair, fresh);
        Edge& known = it->second;
        if (is_new || known.state == EdgeState::Withdrawn) return;
        const std::uint32_t seen = known.seen + 1;
        if (std::tie(o.at, o.sequence) < std::tie(known.at, known.sequence)) known = fresh;
        known.seen = seen;
    }
    EdgeState join(std::vector<std::uint32_t>& person_of, Pair pair,
                   const std::vector<std::uint32_t>& identifier_of) const {
        const std::uint32_t x = person_of[pair.first];
        const std::uint32_t y = person_of[pair.second];
        if (x == y) return EdgeState::Accepted;
        std::map<Type, int> counts;
        for (std::uint32_t f = 0; f < person_of.size(); ++f) {
            if ((person_of[f] != x && person_of[f] != y) || identifier_of[f] != f) continue;
            if (++counts[types_[f]] > limit(f)) return EdgeState::RefusedByLimit;
        }
        for (auto& person : person_of) {
            if (person == x || person == y) person = std::min(x, y);
        }
        return EdgeState::Accepted;
    }

    std::vector<Type> types_;
    Limits limits_;
    std::map<Pair, Edge> evidence_;
};

constexpr Type kTypes[] = {Type::UserId,      Type::LoyaltyCard, Type::Email,
                           Type::Phone,       Type::DeviceId,    Type::DeviceId,
                           Type::AnonymousId, Type::AnonymousId, Type::Kiosk};

struct Story {
    explicit Story(std::uint64_t seed, std::uint32_t fragments_max = 16,
                   std::uint32_t length_max = 40)
        : random(seed) {
        types.resize(2 + pick(fragments_max - 1));
        for (Type& type : types) type = kTypes[pick(std::size(kTypes))];
        const std::uint32_t length = 1 + pick(length_max);
        std::vector<std::uint64_t> sequences(length);
        std::iota(sequences.begin(), sequences.end(), std::uint64_t{1});
        for (std::uint32_t i = 0; i < length; ++i) history.push_back(observation(sequences[i]));
        limits = some_limits();
    }
    // Every third fragment is of the same brand, and the three in a row are one identifier, whose
    // number is the first of them or, of half of them, one that nobody meets.
    void in_three_brands() {
        brands = 3;
        numbers.resize(types.size());
        for (std::uint32_t f = 0; f < types.size(); ++f) {
            if (f % 3 != 0) types[f] = types[f - 1];
            numbers[f] = f % 3 != 0 ? numbers[f - 1] : pick(2) == 0 ? f : 1'000 + f;
        }
        for (std::size_t i = 0; i < history.size(); ++i) history[i] = observation(i + 1);
    }
    std::uint32_t pick(std::size_t n) { return static_cast<std::uint32_t>(random() % n); }
    Observation observation(std::uint64_t sequence) {
        Observation o;
        const std::uint32_t n = 1 + pick(4);
        const std::uint32_t brand = pick(std::min<std::size_t>(brands, types.size()));
        for (std::uint32_t i = 0; i < n; ++i) {
            const std::uint32_t all = static_cast<std::uint32_t>(types.size()) - brand;
            const std::uint32_t f = brand + pick((all + brands - 1) / brands) * brands;
            o.seen.push_back({types[f], FragmentNo{f}});
        }
        const auto priority = [](const Seen& s) { return row_of(s.type)->priority; };
        std::stable_sort(o.seen.begin(), o.seen.end(),
                         [&](const Seen& x, const Seen& y) { return priority(x) < priority(y); });
        o.at = pick(2) == 0 ? static_cast<std::int64_t>(sequence) : pick(10);  // half of them late
        o.sequence = sequence;
        o.source = static_cast<SourceNo>(pick(3));
        o.rule = static_cast<EdgeRule>(1 + pick(3));
        return o;
    }
    Limits some_limits() {
        Limits some = Limits::defaults();
        for (auto& limit : some.per_person_max) {
            if (limit != 0) limit = static_cast<std::uint16_t>(1 + pick(3));
        }
        if (brands > 1) some.across_brands = static_cast<std::uint16_t>(pick(2));
        return some;
    }

    std::mt19937_64 random;
    std::vector<Type> types;
    std::vector<Observation> history;
    Limits limits;
    std::uint32_t brands = 1;
    std::vector<std::uint32_t> numbers;  // of identifiers, where there are several brands
};

// One graph for many stories: cleared tables are a new graph, for it keeps nothing beside them.
struct Stage {
    TableSpace space;
    Graph graph{space, 7};
    std::vector<FragmentNo> changed;
    void open(const Story& story) {
        space.clear();
        for (std::uint32_t f = 0; f < story.types.size(); ++f)
            graph.meet(FragmentNo{f}, story.types[f]);
        graph.set_limits(story.limits, changed);
        changed.clear();
    }
    void observe(const Observation& o) {
        graph.observe(o.seen, EventTime{o.at}, o.sequence, o.source, o.rule, changed);
    }
    void play(const Story& story) {
        open(story);
        for (const Observation& o : story.history) observe(o);
    }
};

// `FILROUGE_SEED=<this> FILROUGE_ROUNDS=1` repeats one story.
template <class Body>
void each_story(std::uint64_t rounds, Body body) {
    const char* fewer = std::getenv("FILROUGE_ROUNDS");
    if (fewer != nullptr) rounds = std::strtoull(fewer, nullptr, 10);
    for (std::uint64_t i = 0; i < rounds; ++i) {
        const std::uint64_t seed = base_seed() + i;
        SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(seed) + " FILROUGE_ROUNDS=1");
        body(seed);
        if (testing::Test::HasFailure()) return;
    }
}

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

// Plays a story with withdrawals and new limits in it and compares each step.
void compare_with_oracle(Story& story, Stage& stage) {
    stage.open(story);
    Oracle oracle(story.types, story.limits);
    std::map<std::uint32_t, std::uint32_t> stands_for;  // by number, the first that was told
    Picture before = oracle.decide();
    for (const Observation& o : story.history) {
        stage.changed.clear();
        const std::vector<Pair> pairs = oracle.pairs();
        const std::uint32_t what = story.pick(12);
        if (what == 0 && !pairs.empty()) {
            const Pair pair = pairs[story.pick(pairs.size())];
            const auto shown = before.edges.find(pair);  // a closed one is not
            const bool open =
                shown != before.edges.end() && shown->second.state != EdgeState::Withdrawn;
            EXPECT_EQ(stage.graph.withdraw(FragmentNo{pair.first}, FragmentNo{pair.second},
                                           stage.changed),
                      open);
            if (open) oracle.withdraw(pair);
        } else if (what == 1) {
            story.limits = story.some_limits();
            stage.graph.set_limits(story.limits, stage.changed);
            oracle.set_limits(story.limits);
        } else if (what < 6 && story.brands > 1) {
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
