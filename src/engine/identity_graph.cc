// A person's evidence as a graph: identifiers and what was seen of them together, with the reason
// where it ties nothing.
#include <algorithm>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/identity_asked.h"
#include "engine/identity_desk_impl.h"
#include "engine/identity_words.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

using Reading = std::shared_lock<FairLock>;
using identity::EdgeState;
using identity::EdgeView;

constexpr std::size_t kEdgesShownMax = 500;  // of one person, the strongest

struct Drawn {
    struct Node {
        FragmentNo fragment;
        std::string id, person;
        std::string_view type, state;
        std::uint64_t events = 0;
        std::uint64_t told_at = 0;  // the record that tells its value
        std::uint32_t place = 0;
    };
    struct Edge {
        EdgeView view;
        std::string source, why;
        std::uint64_t decision = 0;  // the record of the last one about it
    };
    std::string id;
    std::uint64_t sequence = 0;
    std::vector<Node> nodes;  // by fragment
    std::vector<Edge> edges;  // strongest first
    std::size_t more_edges = 0;
};

Drawn::Node node_of(const Fold& fold, FragmentNo fragment) {
    const auto& row = fold.fragments.at(fragment.value);
    Drawn::Node node;
    node.fragment = fragment;
    node.id = fold.names.name_of(fragment).text();
    node.person = profile_id(fold, fold.graph.person_of(fragment));
    node.type = row_of(fold.graph.type_of(fragment))->name;
    node.state = fold.graph.is_blocked(fragment)  ? "blocked"
                 : fold.graph.is_shared(fragment) ? "shared"
                                                  : "used";
    node.events = fold.history.events_of(fragment);
    node.told_at = row.first_sequence;
    node.place = row.in_identifiers;
    return node;
}

std::uint64_t last_decision(const Fold& fold, const EdgeView& edge) {
    for (std::uint32_t i = fold.decisions.size(); i-- > 0;) {
        const Fold::DecisionRow& row = fold.decisions.at(i);
        if (std::minmax(row.a, row.b) == std::minmax(edge.a.value, edge.b.value))
            return row.sequence;
    }
    return 0;
}

// What one brand knows of the person: its own identifiers, and evidence between two of its own.
Drawn draw(const Fold& fold, PersonNo person, BrandNo brand) {
    Drawn out;
    out.id = profile_id(fold, person);
    out.sequence = fold.applied();
    std::vector<FragmentNo> fragments;
    fold.fragments_of(person, brand, fragments);
    std::vector<EdgeView> edges;
    fold.graph.edges_of(person, edges);
    for (const EdgeView& edge : edges) {
        if (fold.brand_of(edge.a) != brand || fold.brand_of(edge.b) != brand) continue;
        if (!fold.is_met(edge.a) || !fold.is_met(edge.b)) continue;  // of somebody erased
        if (out.edges.size() == kEdgesShownMax) {
            ++out.more_edges;
            continue;
        }
        fragments.push_back(edge.a);  // one of the two may be another person's
        fragments.push_back(edge.b);
        out.edges.push_back({edge, source_id(fold, edge.source), why_refused(fold, edge),
                             edge.state == EdgeState::Withdrawn ? last_decision(fold, edge) : 0});
    }
    std::sort(fragments.begin(), fragments.end());
    fragments.erase(std::unique(fragments.begin(), fragments.end()), fragments.end());
    for (const FragmentNo fragment : fragments) out.nodes.push_back(node_of(fold, fragment));
    return out;
}

void write_node(JsonWriter& w, const Drawn::Node& node, const std::optional<std::string>& value) {
    w.open_object().field("id", node.id).field("type", node.type).field("person", node.person);
    w.field("state", node.state).field("events", node.events);
    if (value) w.field("value", *value);
    w.close();
}

void write_edge(JsonWriter& w, const ProfileNames& names, const Drawn::Edge& edge,
                const std::optional<IdentityDecision>& told) {
    const EdgeView& view = edge.view;
    w.open_object()
        .field("a", names.name_of(view.a).text())
        .field("b", names.name_of(view.b).text())
        .field("rule", name_of(view.rule))
        .field("state", name_of(view.state))
        .field("at", iso_time(view.at))
        .field("source", edge.source)
        .field("record", view.sequence)
        .field("seen", view.seen);
    if (!edge.why.empty()) w.field("why", edge.why);
    if (edge.decision != 0) {
        w.key("decision").open_object().field("record", edge.decision);
        if (told) w.field("by", told->by).field("reason", told->reason);
        w.close();
    }
    w.close();
}

// Who does not handle identity sees as much as the profile shows: what ties a person says where
// they were seen, and with whom. Where no purpose is named, one at least must allow it.
bool may_see(const Fold& fold, PersonNo person, BrandNo brand,
             std::optional<std::uint8_t> purpose) {
    if (purpose) return fold.may_read(person, {brand, *purpose});
    const consent::Standing standing = fold.standing_of(person, brand);
    bool may = false;
    for (std::size_t i = 0; i < fold.purposes.list.size(); ++i)
        may |= consent::may_read(fold.purposes, static_cast<std::uint8_t>(i), standing);
    return may && !standing.restricted;
}

}  // namespace

Result<std::string> IdentityDeskImpl::graph(std::string_view id, std::string_view purpose,
                                            std::string_view brand_id, bool sees_values,
                                            std::uint64_t after) {
    TRY(seams_.reach(after));
    const Reading still(seams_.tables);
    Drawn drawn;
    bool sees_own = sees_values;
    {
        const Reading reading(library_.lock);
        Fold& fold = library_.fold;
        const auto person = person_of(fold, id);
        if (!person) return no_profile();
        const BrandNo brand = TRY(brand_of_reading(fold, *person, brand_id));
        std::optional<std::uint8_t> named;
        if (!purpose.empty()) named = TRY(purpose_of(fold, purpose));
        const bool may = may_see(fold, *person, brand, named);
        sees_own |= named && may;
        if (sees_values || may) {
            drawn = draw(fold, *person, brand);
        } else {
            drawn.id = profile_id(fold, *person);
            drawn.sequence = fold.applied();
        }
    }
    std::string out;
    JsonWriter w(out);
    w.open_object().field("id", drawn.id).field("sequence", drawn.sequence);
    w.key("nodes").open_array();
    for (const Drawn::Node& node : drawn.nodes) {
        const bool sees = sees_values || (sees_own && node.person == drawn.id);
        write_node(w, node,
                   sees ? identifier_value(library_, node.told_at, node.place) : std::nullopt);
    }
    w.close().key("edges").open_array();
    for (const Drawn::Edge& edge : drawn.edges) {
        write_edge(w, library_.fold.names, edge,
                   edge.decision != 0 ? told_of(edge.decision) : std::nullopt);
    }
    w.close();
    if (drawn.more_edges != 0) w.field("more_edges", static_cast<std::uint64_t>(drawn.more_edges));
    w.close();
    return out;
}

}  // namespace filrouge::engine
