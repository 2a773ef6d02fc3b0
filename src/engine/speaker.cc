#include "engine/speaker.h"

#include <algorithm>

#include "engine/offer_desk_impl.h"
#include "engine/person_asked.h"

namespace filrouge::engine {

FragmentNo speaker_of(const Fold& fold, std::string_view id,
                      const std::vector<FragmentNo>& fragments) {
    std::vector<FragmentNo> lasting;
    std::copy_if(fragments.begin(), fragments.end(), std::back_inserter(lasting),
                 [&fold](FragmentNo f) { return !is_shared_thing(fold.graph.type_of(f)); });
    const std::vector<FragmentNo>& from = lasting.empty() ? fragments : lasting;
    const auto named = identifier_named(fold, id);
    if (!named) return strongest(fold, from);
    const auto is_there = [&from](FragmentNo f) {
        return std::find(from.begin(), from.end(), f) != from.end();
    };
    if (is_there(*named)) return *named;
    std::vector<identity::EdgeView> edges;
    fold.graph.edges_of(fold.graph.person_of(*named), edges);
    for (const identity::EdgeView& edge : edges) {
        if (edge.rule != identity::EdgeRule::SameIdentifier) continue;
        if (edge.a == *named && is_there(edge.b)) return edge.b;
        if (edge.b == *named && is_there(edge.a)) return edge.a;
    }
    return strongest(fold, from);
}

}  // namespace filrouge::engine
