// Where a person hangs by one thread: pieces of evidence that alone hold two halves together, each
// of which names somebody by itself. For lists of merges to review; pure, asks a Graph.
#pragma once

#include <vector>

#include "identity/graph.h"

namespace filrouge::identity {

// By which people are told apart: a customer number, a card, an address, a badge.
constexpr bool names_somebody(IdentifierType type) {
    return type == IdentifierType::UserId || type == IdentifierType::LoyaltyCard ||
           type == IdentifierType::Email || type == IdentifierType::Phone ||
           type == IdentifierType::Badge;
}

struct Joint {
    EdgeView edge;
    std::vector<FragmentNo> one, other;  // the halves, ascending: edge.a's and edge.b's
};

// The bridges of the person's accepted evidence, strongest first (Tarjan, A note on finding the
// bridges of a graph, 1974). Ties of one identifier in two brands hold, and are none themselves.
std::vector<Joint> joints_of(const Graph& graph, PersonNo person);

}  // namespace filrouge::identity
