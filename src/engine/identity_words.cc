#include "engine/identity_words.h"

#include <algorithm>
#include <map>

namespace filrouge::engine {
namespace {

std::string limits_broken(const Fold& fold, const identity::EdgeView& edge) {
    std::map<IdentifierType, unsigned> counts;
    std::vector<FragmentNo> both;
    fold.graph.fragments_of(fold.graph.person_of(edge.a), both);
    fold.graph.fragments_of(fold.graph.person_of(edge.b), both);
    for (const FragmentNo f : both) ++counts[fold.graph.type_of(f)];
    for (const auto& [type, count] : counts) {
        const unsigned most = fold.graph.limits().per_person_max[static_cast<std::size_t>(type)];
        if (count <= most) continue;
        std::string why = "Together the two would have ";
        why.append(std::to_string(count)).append(" of ").append(row_of(type)->name);
        return why.append("; one person may have ").append(std::to_string(most)).append(".");
    }
    return "Stronger evidence came first.";
}

}  // namespace

std::string why_alone(const Fold& fold, FragmentNo fragment) {
    std::string why = "The ";
    why.append(row_of(fold.graph.type_of(fragment))->name);
    if (fold.graph.is_blocked(fragment)) return why.append(" is blocked: it stands for nobody.");
    why.append(" was seen with ").append(std::to_string(fold.graph.people_of(fragment)));
    return why.append(" people; with more than ")
        .append(std::to_string(fold.graph.limits().people_max))
        .append(" it ties nobody.");
}

std::string why_refused(const Fold& fold, const identity::EdgeView& edge) {
    if (edge.state == identity::EdgeState::RefusedByLimit) return limits_broken(fold, edge);
    if (edge.state != identity::EdgeState::RefusedShared) return {};
    const bool is_a = fold.graph.is_blocked(edge.a) || fold.graph.is_shared(edge.a);
    return why_alone(fold, is_a ? edge.a : edge.b);
}

std::vector<FragmentNo> blocked_identifiers(const Fold& fold) {
    std::vector<FragmentNo> blocked;
    for (std::uint32_t i = 0; i < fold.decisions.size(); ++i) {
        const FragmentNo fragment{fold.decisions.at(i).a};
        if (fold.is_met(fragment) && fold.graph.is_blocked(fragment)) blocked.push_back(fragment);
    }
    std::sort(blocked.begin(), blocked.end());
    blocked.erase(std::unique(blocked.begin(), blocked.end()), blocked.end());
    return blocked;
}

}  // namespace filrouge::engine
