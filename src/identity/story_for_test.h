// Random histories of a few identifiers, and a second opinion on what they make: small limits, so
// that refusals are frequent, and few identifiers and moments, so that ties and late events are.
// FILROUGE_SEED repeats a run. Header only.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/seed_for_test.h"
#include "identity/graph.h"

namespace filrouge::identity {

using Type = IdentifierType;
using Pair = std::pair<std::uint32_t, std::uint32_t>;

inline std::uint64_t base_seed() { return test_seed(20'240'131); }

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
    std::set<std::uint32_t> shared;
    std::uint64_t persons = 0;
    bool operator==(const Picture&) const = default;
};

inline Picture picture_of(const Graph& graph, bool with_withdrawn = true) {
    Picture picture;
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t refused_shared = 0;
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
            if (fresh && e.state == EdgeState::RefusedShared) ++refused_shared;
        }
        if (graph.is_shared(FragmentNo{f})) picture.shared.insert(f);
    }
    picture.persons = graph.persons();
    EXPECT_EQ(graph.counters().edges, accepted + refused + refused_shared);
    EXPECT_EQ(graph.counters().refused_by_limit, refused);
    EXPECT_EQ(graph.counters().refused_shared, refused_shared);
    EXPECT_EQ(graph.counters().shared, picture.shared.size());
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
    void withdraw(Pair pair) { withdrawn_.insert(pair); }
    bool restore(Pair pair) { return withdrawn_.erase(pair) != 0; }
    bool block(std::uint32_t f, bool blocked) {
        return blocked ? blocked_.insert(f).second : blocked_.erase(f) != 0;
    }
    void set_limits(const Limits& limits) { limits_ = limits; }
    std::vector<Pair> pairs() const {
        std::vector<Pair> out;
        for (const auto& [pair, edge] : evidence_) out.push_back(pair);
        return out;
    }

    Picture decide() const {
        Picture picture;
        picture.edges = evidence_;
        for (const Pair& pair : withdrawn_) picture.edges.at(pair).state = EdgeState::Withdrawn;
        picture.person_of.resize(types_.size());
        std::iota(picture.person_of.begin(), picture.person_of.end(), 0u);
        if (limits_.across_brands == 0)
            std::erase_if(picture.edges, [](const auto& e) {
                return e.second.rule == EdgeRule::SameIdentifier &&
                       e.second.state != EdgeState::Withdrawn;
            });
        Order order;
        for (const auto& [pair, edge] : picture.edges) {
            if (edge.state == EdgeState::Withdrawn) continue;
            if (edge.rule == EdgeRule::SameIdentifier) {
                unite(picture.person_of, pair);
                continue;
            }
            const int x = priority(pair.first);
            const int y = priority(pair.second);
            order[{std::max(x, y), std::min(x, y), edge.at, edge.sequence, pair.first,
                   pair.second}] = pair;
        }
        const std::vector<std::uint32_t> identifier_of = picture.person_of;
        for (auto at = order.begin(); at != order.end();) {
            const auto end = std::find_if(at, order.end(), [&](const auto& other) {
                return std::get<0>(other.first) != std::get<0>(at->first);
            });
            find_shared(at, end, identifier_of, picture);
            for (; at != end; ++at)
                picture.edges[at->second].state = join(picture, at->second, identifier_of);
        }
        std::set<std::uint32_t> persons;
        for (std::uint32_t f = 0; f < types_.size(); ++f) {
            if (!row_of(types_[f])->shared_thing) persons.insert(picture.person_of[f]);
        }
        picture.persons = persons.size();
        return picture;
    }

  private:
    using Order =
        std::map<std::tuple<int, int, std::int64_t, std::uint64_t, std::uint32_t, std::uint32_t>,
                 Pair>;
    static void unite(std::vector<std::uint32_t>& person_of, Pair pair) {
        const std::uint32_t x = person_of[pair.first];
        const std::uint32_t y = person_of[pair.second];
        for (auto& person : person_of) {
            if (person == x || person == y) person = std::min(x, y);
        }
    }
    // Of edges whose weaker end is of one priority: whom each such end was seen with.
    void find_shared(Order::const_iterator from, Order::const_iterator to,
                     const std::vector<std::uint32_t>& identifier_of, Picture& picture) const {
        std::map<std::uint32_t, std::set<std::uint32_t>> people;
        for (; from != to; ++from) {
            const auto [a, b] = from->second;
            if (priority(a) == priority(b)) continue;
            const auto [weaker, stronger] =
                priority(a) > priority(b) ? std::pair(a, b) : std::pair(b, a);
            people[identifier_of[weaker]].insert(picture.person_of[stronger]);
        }
        for (std::uint32_t f = 0; f < types_.size(); ++f) {
            if (people[identifier_of[f]].size() > limits_.people_max) picture.shared.insert(f);
        }
    }
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
        if (is_new) return;
        const std::uint32_t seen = known.seen + 1;
        if (std::tie(o.at, o.sequence) < std::tie(known.at, known.sequence)) known = fresh;
        known.seen = seen;
    }
    EdgeState join(Picture& picture, Pair pair,
                   const std::vector<std::uint32_t>& identifier_of) const {
        for (const std::uint32_t end : {pair.first, pair.second}) {
            if (picture.shared.contains(end) || blocked_.contains(end))
                return EdgeState::RefusedShared;
        }
        std::vector<std::uint32_t>& person_of = picture.person_of;
        const std::uint32_t x = person_of[pair.first];
        const std::uint32_t y = person_of[pair.second];
        if (x == y) return EdgeState::Accepted;
        std::map<Type, int> counts;
        for (std::uint32_t f = 0; f < person_of.size(); ++f) {
            if ((person_of[f] != x && person_of[f] != y) || identifier_of[f] != f) continue;
            if (++counts[types_[f]] > limit(f)) return EdgeState::RefusedByLimit;
        }
        unite(person_of, pair);
        return EdgeState::Accepted;
    }

    std::vector<Type> types_;
    Limits limits_;
    std::map<Pair, Edge> evidence_;
    std::set<Pair> withdrawn_;
    std::set<std::uint32_t> blocked_;
};

inline constexpr Type kStoryTypes[] = {Type::UserId,      Type::LoyaltyCard, Type::Email,
                                       Type::Phone,       Type::DeviceId,    Type::DeviceId,
                                       Type::AnonymousId, Type::AnonymousId, Type::Kiosk};

struct Story {
    explicit Story(std::uint64_t seed, std::uint32_t fragments_max = 16,
                   std::uint32_t length_max = 40)
        : random(seed) {
        types.resize(2 + pick(fragments_max - 1));
        for (Type& type : types) type = kStoryTypes[pick(std::size(kStoryTypes))];
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
        if (pick(2) == 0) some.people_max = static_cast<std::uint16_t>(1 + pick(3));
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

}  // namespace filrouge::identity
