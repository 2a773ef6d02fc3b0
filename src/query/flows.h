// From where to where: how often one event follows another of the same person, overall or as the
// stages of a flow that starts from (or leads to) an event. Nodes are event names, channels, or
// both.
#pragma once

#include <cstdint>
#include <vector>

#include "audience/compile.h"
#include "query/dimension.h"

namespace filrouge::query {

// What stands for an event: a group of its name, of its channel, or of both together.
enum class NodeOf : std::uint8_t { Name, Channel, NameAndChannel };

struct FlowNode {
    StringNo name;  // none where names do not count
    Channel channel = Channel::Other;
    bool has_channel = false;
    auto operator<=>(const FlowNode&) const = default;
};

struct Transition {
    FlowNode from, to;
    std::uint64_t count = 0;
    std::uint64_t persons = 0;  // who did so; 0 where that is not asked
};
// Pairs of events that follow each other, most frequent first (then by node). Error:
// query.too_many_nodes. Events of one person
// with others between them that the scope does not include do follow each other.
Result<std::vector<Transition>> transitions(const history::View& view, const Scope& scope,
                                            NodeOf node, bool collapse_loops, Run& run,
                                            bool count_persons = false);

constexpr std::uint32_t kFlowStagesMax = 10;
constexpr std::uint32_t kFlowNodesMax = 4'096;  // names times channels in one question

struct Flow {                 // a link between two stages, for a Sankey picture
    std::uint32_t stage = 0;  // of `from`; 0 is the start event (back: the end event)
    FlowNode from, to;
    bool ends = false;  // `to` is nothing: the person did nothing more within the time
    std::uint64_t count = 0;
};
struct FlowQuestion {
    const audience::Compiled* compiled = nullptr;
    audience::compiled::Event start;  // each person's first match (back: last match) begins a flow
    NodeOf node = NodeOf::Name;
    bool back = false;
    bool collapse_loops = true;  // the same node several times in a row counts once
    std::uint32_t stages = 4;
    std::int64_t within_us = 0;  // from the start event; 0: any time
};
// By stage, most frequent first (then by node). Error: query.too_many_nodes,
// query.too_many_stages.
Result<std::vector<Flow>> flows(const history::View& view, const Scope& scope,
                                const FlowQuestion& question, Run& run);

}  // namespace filrouge::query
