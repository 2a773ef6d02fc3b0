#include "query/flows.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "query/town_for_test.h"

namespace filrouge::query {

bool operator==(const Transition& a, const Transition& b) {
    return a.from == b.from && a.to == b.to && a.count == b.count && a.persons == b.persons;
}
bool operator==(const Flow& a, const Flow& b) {
    return a.stage == b.stage && a.from == b.from && a.to == b.to && a.ends == b.ends &&
           a.count == b.count;
}

namespace {

using namespace test;

constexpr int kTowns = 20;

FlowNode node_of(NodeOf what, const EventRow& row) {
    FlowNode node;
    if (what != NodeOf::Channel) node.name = row.name;
    node.has_channel = what != NodeOf::Name;
    if (node.has_channel) node.channel = row.channel;
    return node;
}

std::vector<Transition> naive_transitions(const std::vector<Town::Life>& lives, NodeOf what,
                                          bool collapse) {
    std::map<std::pair<FlowNode, FlowNode>, std::uint64_t> counts;
    std::map<std::pair<FlowNode, FlowNode>, std::set<std::uint32_t>> persons;
    for (const auto& life : lives) {
        for (std::size_t i = 1; i < life.events.size(); ++i) {
            const FlowNode from = node_of(what, life.events[i - 1]);
            const FlowNode to = node_of(what, life.events[i]);
            if (collapse && from == to) continue;
            ++counts[{from, to}];
            persons[{from, to}].insert(life.person.value);
        }
    }
    std::vector<Transition> out;
    out.reserve(counts.size());
    for (const auto& [pair, count] : counts)
        out.push_back({pair.first, pair.second, count, persons[pair].size()});
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    return out;
}

TEST(Transitions, AreThePairsOfNeighboursInEachPersonsVisibleEvents) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < 6; ++i) {
            const Scope scope = town.scope();
            const auto what = static_cast<NodeOf>(i % 3);
            const bool collapse = i % 2 == 0;
            query::Run run;
            const auto got = transitions(town.view(), scope, what, collapse, run, true);
            ASSERT_TRUE(got.ok());
            auto wanted = naive_transitions(town.seen(scope), what, collapse);
            ASSERT_EQ(got.value(), wanted) << repeat(seed);
            const auto without = transitions(town.view(), scope, what, collapse, run);
            for (Transition& t : wanted) t.persons = 0;
            ASSERT_EQ(without.value(), wanted) << repeat(seed);
        }
    }
}

std::vector<Flow> naive_flows(const std::vector<Town::Life>& lives, const FlowQuestion& q) {
    std::map<std::tuple<std::uint32_t, FlowNode, FlowNode, bool>, std::uint64_t> counts;
    for (const auto& [person, lived] : lives) {
        std::vector<EventRow> events = lived;
        if (q.back) std::reverse(events.begin(), events.end());
        const auto starts = [&](const EventRow& row) {
            return audience::fits(*q.compiled, q.start, row);
        };
        const auto start = std::find_if(events.begin(), events.end(), starts);
        if (start == events.end()) continue;
        std::vector<FlowNode> path;
        for (auto at = start; at != events.end(); ++at) {
            const std::int64_t away = std::abs(at->at.us - start->at.us);
            if (q.within_us != 0 && away > q.within_us) break;
            const FlowNode node = node_of(q.node, *at);
            if (path.empty() || !q.collapse_loops || node != path.back()) path.push_back(node);
        }
        for (std::uint32_t stage = 0; stage < q.stages && stage < path.size(); ++stage) {
            const bool ends = stage + 1 == path.size();
            ++counts[{stage, path[stage], ends ? FlowNode{} : path[stage + 1], ends}];
        }
    }
    std::vector<Flow> out;
    out.reserve(counts.size());
    for (const auto& [key, count] : counts)
        out.push_back(
            {std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key), count});
    std::stable_sort(out.begin(), out.end(), [](const Flow& a, const Flow& b) {
        return a.stage != b.stage ? a.stage < b.stage : a.count > b.count;
    });
    return out;
}

TEST(Flows, GoFromEachPersonsFirstMatchOrBackFromTheLast) {
    const std::uint64_t first = test_seed(1);
    for (std::uint64_t seed = first; seed < first + kTowns; ++seed) {
        Town town(seed, {40, seed % 20 == 3, true});
        for (int i = 0; i < 12; ++i) {
            const Scope scope = town.scope();
            const Town::Matched m = town.random_event();
            FlowQuestion q;
            q.compiled = m.compiled;
            q.start = m.event;
            q.node = static_cast<NodeOf>(i % 3);
            q.back = i % 2 == 0;
            q.collapse_loops = town.chance.one_in(2);
            q.stages = 1 + static_cast<std::uint32_t>(town.chance.below(kFlowStagesMax));
            if (town.chance.one_in(2)) q.within_us = town.chance.below(20) * kDayUs;
            query::Run run;
            const auto got = flows(town.view(), scope, q, run);
            ASSERT_TRUE(got.ok());
            ASSERT_EQ(got.value(), naive_flows(town.seen(scope), q)) << repeat(seed);
        }
    }
}

// So many names, one event each.
history::View street_of_names(std::uint32_t names, PurposeSet allowed) {
    std::vector<EventRow> rows(names);
    for (std::uint32_t i = 0; i < names; ++i) {
        rows[i].at = EventTime{i};
        rows[i].name = StringNo{i};
        rows[i].allowed = allowed;
    }
    return view_of(rows);
}

TEST(Flows, OfMoreNodesThanAPictureCanHoldAreRefused) {
    Town town(4);
    const Town::Matched any = town.event("*");
    FlowQuestion q;
    q.compiled = any.compiled;
    q.start = any.event;
    const auto ask = [&](const history::View& view) {
        query::Run of_transitions(1ull << 30), of_flows;
        const auto t = transitions(view, Scope{}, NodeOf::Name, false, of_transitions);
        const auto f = flows(view, Scope{}, q, of_flows);
        EXPECT_EQ(t.ok(), f.ok());
        return t.ok() ? "" : t.error().code + " " + f.error().code;
    };
    EXPECT_EQ(ask(street_of_names(kFlowNodesMax, PurposeSet{1})), "");
    EXPECT_EQ(ask(street_of_names(kFlowNodesMax + 1, PurposeSet{1})),
              "query.too_many_nodes query.too_many_nodes");
    // Those that the purpose may not see are none.
    EXPECT_EQ(ask(street_of_names(kFlowNodesMax + 1, PurposeSet{2})), "");
    q.stages = kFlowStagesMax + 1;
    query::Run run;
    EXPECT_EQ(flows(town.view(), Scope{}, q, run).error().code, "query.too_many_stages");
}

TEST(Transitions, OfPersonsWithoutAnyEventAreNone) {
    history::SegmentBuilder builder;
    for (std::uint32_t p = 0; p < 3; ++p) builder.begin_part(PersonNo{p}, 0, PurposeSet{1});
    history::View view;
    view.pieces.push_back({history::Segment::of(builder.finish()), nullptr});
    query::Run run;
    EXPECT_TRUE(transitions(view, Scope{}, NodeOf::Name, false, run).value().empty());
}

}  // namespace
}  // namespace filrouge::query
