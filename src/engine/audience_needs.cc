#include "engine/audience_needs.h"

#include <algorithm>
#include <set>

#include "engine/model_names.h"

namespace filrouge::engine {
namespace {

struct Need {
    std::string audience;  // id; of a score there may be no such audience yet
    bool score = false;    // of who resembles it
};

void add_score(std::string_view trait, std::vector<Need>& out) {
    if (trait.starts_with(kTraitLookalike))
        out.push_back({std::string(trait.substr(kTraitLookalike.size())), true});
}

// Of a rule that is not live: its names have no numbers yet.
void add_needs(const Fold& fold, const audience::Node& node, std::vector<Need>& out) {
    if (node.kind == audience::NodeKind::Trait) add_score(node.name, out);
    if (node.kind == audience::NodeKind::InAudience) {
        // By its name or its id, as the rule itself will find it.
        const auto slot = fold.audience(node.name);
        const auto named = std::find_if(
            fold.audiences.begin(), fold.audiences.end(),
            [&](const auto& each) { return slot.has_value() && each.second.slot == *slot; });
        if (named != fold.audiences.end()) out.push_back({named->first, false});
    }
    for (const audience::Node& child : node.children) add_needs(fold, child, out);
}

std::vector<Need> needs_of(const Fold& fold, const AudienceInfo& info) {
    std::vector<Need> out;
    for (const auto& [id, other] : fold.audiences) {
        if (std::find(info.needs.begin(), info.needs.end(), other.slot) != info.needs.end())
            out.push_back({id, false});
    }
    if (const audience::Compiled* rule = fold.live.rule(info.slot)) {
        for (const StringNo key : rule->triggers().traits) add_score(fold.text(key), out);
    }
    return out;
}

// From need to need, as few as can be, until one is of `goal`; empty where none leads there.
std::vector<Need> way_to(const Fold& fold, std::string_view goal, std::vector<Need> first) {
    constexpr std::size_t kBegin = SIZE_MAX;
    struct Visit {
        Need need;
        std::size_t before;
    };
    std::vector<Visit> visits;
    std::set<std::string> seen;
    const auto visit = [&](std::vector<Need> needs, std::size_t before) {
        for (Need& need : needs) {
            if (seen.insert(need.audience).second) visits.push_back({std::move(need), before});
        }
    };
    visit(std::move(first), kBegin);
    for (std::size_t i = 0; i < visits.size(); ++i) {
        const std::string id = visits[i].need.audience;
        if (id == goal) {
            std::vector<Need> way;
            for (std::size_t at = i; at != kBegin; at = visits[at].before)
                way.push_back(visits[at].need);
            std::reverse(way.begin(), way.end());
            return way;
        }
        const auto known = fold.audiences.find(id);
        if (known != fold.audiences.end()) visit(needs_of(fold, known->second), i);
    }
    return {};
}

void add_quoted(std::string& out, std::string_view name) {
    out.append("'").append(name).append("'");
}

}  // namespace

Result<void> refuse_circle(const Fold& fold, std::string_view id, std::string_view name,
                           const audience::Rule& rule, std::string_view code) {
    std::vector<Need> needs;
    add_needs(fold, rule.root, needs);
    const std::vector<Need> way = way_to(fold, id, std::move(needs));
    if (way.empty()) return {};
    std::string message = "The audience would depend on itself:";
    std::string from(name);
    for (const Need& need : way) {
        const auto known = fold.audiences.find(need.audience);
        const std::string to(need.audience == id || known == fold.audiences.end()
                                 ? name
                                 : std::string_view(known->second.name));
        message.append(message.back() == ':' ? " " : ", ");
        add_quoted(message, from);
        message.append(need.score ? " asks who resembles " : " names ");
        add_quoted(message, to);
        from = to;
    }
    message.append(".");
    return Error{std::string(code), std::move(message),
                 "Leave one of these clauses out, or write what it stands for in its place."};
}

Result<void> refuse_without_names(const Fold& fold, const DraftNames& names) {
    if (names.unknown() <= fold.dictionary.room(history::Room::Rule)) return {};
    return Error{"audience.names_full",
                 "The server knows as many names and values as it can, and the rule names more.",
                 "Name what events have brought already. filrouge_texts_left_out_total counts what "
                 "events bring and no rule sees."};
}

std::vector<std::string> who_ask_for(const Fold& fold, const std::vector<std::string>& traits,
                                     audience::Use use) {
    std::vector<std::string> out;
    for (const auto& [id, info] : fold.audiences) {
        const audience::Compiled* rule = fold.live.rule(info.slot);
        if (rule == nullptr || info.use != use) continue;
        const auto& asked = rule->triggers().traits;
        const bool asks = std::any_of(asked.begin(), asked.end(), [&](StringNo key) {
            return std::find(traits.begin(), traits.end(), fold.text(key)) != traits.end();
        });
        if (asks) out.push_back(info.name);
    }
    return out;
}

std::string quoted_list(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        if (!out.empty()) out.append(", ");
        add_quoted(out, name);
    }
    return out;
}

}  // namespace filrouge::engine
