#include "identity/joints.h"

#include <algorithm>

namespace filrouge::identity {
namespace {

// A depth-first walk over a person's accepted evidence. What is below an edge of its tree has
// consecutive numbers; the edge is a bridge when nothing below it reaches above it.
class Walk {
  public:
    Walk(const std::vector<FragmentNo>& fragments, const std::vector<EdgeView>& edges)
        : fragments_(fragments), edges_(edges), nodes_(fragments.size()) {
        for (std::uint32_t e = 0; e < edges.size(); ++e) {
            if (edges[e].state != EdgeState::Accepted) continue;
            nodes_[place_of(edges[e].a)].edges.push_back(e);
            nodes_[place_of(edges[e].b)].edges.push_back(e);
        }
        walk();
    }

    void append_joints(const Graph& graph, std::vector<Joint>& out) const {
        std::vector<std::uint32_t> naming(order_.size() + 1);  // before that number
        for (std::size_t n = 0; n < order_.size(); ++n)
            naming[n + 1] =
                naming[n] + (names_somebody(graph.type_of(fragments_[order_[n]])) ? 1 : 0);
        std::vector<std::pair<std::uint32_t, std::uint32_t>> found;  // edge, node below it
        for (const std::uint32_t below : order_) {
            const Node& node = nodes_[below];
            if (node.above == kNoEdge || node.low < node.number) continue;
            if (edges_[node.above].rule == EdgeRule::SameIdentifier) continue;
            const std::uint32_t inside = naming[node.end] - naming[node.number];
            if (inside != 0 && inside != naming.back()) found.emplace_back(node.above, below);
        }
        std::sort(found.begin(), found.end());  // edges are in order of strength
        for (const auto& [edge, below] : found) out.push_back(parted(nodes_[below]));
    }

  private:
    static constexpr std::uint32_t kNoEdge = UINT32_MAX;
    struct Node {
        std::vector<std::uint32_t> edges;
        std::uint32_t above = kNoEdge;      // the edge it was reached by
        std::uint32_t number = 0, end = 0;  // of the walk; what is below it is [number, end)
        std::uint32_t low = 0;              // the lowest number that it or one below it is tied to
        std::size_t next = 0;               // of edges, to be walked
        bool met = false;
    };

    std::uint32_t place_of(FragmentNo f) const {
        const auto at = std::lower_bound(fragments_.begin(), fragments_.end(), f);
        return static_cast<std::uint32_t>(at - fragments_.begin());
    }

    void walk() {
        std::vector<std::uint32_t> path;
        enter(0, kNoEdge, path);
        while (!path.empty()) {
            Node& node = nodes_[path.back()];
            if (node.next == node.edges.size()) {
                node.end = static_cast<std::uint32_t>(order_.size());
                path.pop_back();
                if (!path.empty())
                    nodes_[path.back()].low = std::min(nodes_[path.back()].low, node.low);
                continue;
            }
            const std::uint32_t edge = node.edges[node.next++];
            if (edge == node.above) continue;
            const std::uint32_t a = place_of(edges_[edge].a);
            const std::uint32_t other = a == path.back() ? place_of(edges_[edge].b) : a;
            if (nodes_[other].met)
                node.low = std::min(node.low, nodes_[other].number);
            else
                enter(other, edge, path);
        }
    }

    void enter(std::uint32_t place, std::uint32_t by, std::vector<std::uint32_t>& path) {
        Node& node = nodes_[place];
        node.met = true;
        node.above = by;
        node.number = node.low = static_cast<std::uint32_t>(order_.size());
        order_.push_back(place);
        path.push_back(place);
    }

    Joint parted(const Node& node) const {
        Joint joint{edges_[node.above], {}, {}};
        for (std::uint32_t n = 0; n < order_.size(); ++n) {
            const bool below = n >= node.number && n < node.end;
            (below ? joint.other : joint.one).push_back(fragments_[order_[n]]);
        }
        std::sort(joint.one.begin(), joint.one.end());
        std::sort(joint.other.begin(), joint.other.end());
        if (!std::binary_search(joint.one.begin(), joint.one.end(), joint.edge.a))
            std::swap(joint.one, joint.other);
        return joint;
    }

    const std::vector<FragmentNo>& fragments_;
    const std::vector<EdgeView>& edges_;
    std::vector<Node> nodes_;           // by place among the fragments
    std::vector<std::uint32_t> order_;  // places, by number of the walk
};

}  // namespace

std::vector<Joint> joints_of(const Graph& graph, PersonNo person) {
    std::vector<FragmentNo> fragments;
    graph.fragments_of(person, fragments);
    std::vector<Joint> out;
    const auto naming = std::count_if(fragments.begin(), fragments.end(), [&](FragmentNo f) {
        return names_somebody(graph.type_of(f));
    });
    if (naming < 2) return out;
    std::vector<EdgeView> edges;
    graph.edges_of(person, edges);
    Walk(fragments, edges).append_joints(graph, out);
    return out;
}

}  // namespace filrouge::identity
