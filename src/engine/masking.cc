#include "engine/masking.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace filrouge::engine {
namespace {

constexpr std::array<std::string_view, 3> kScopes = {"traits.", "properties.", "identifiers."};

// "First-Name" and "first_name" are one name.
std::string plain(std::string_view name) {
    std::string out = ascii_lower(name);
    std::erase_if(out, [](char c) { return c == '_' || c == '-' || c == ' ' || c == '$'; });
    return out;
}

Result<void> check_field(const audience::Field& field, const Mask& mask) {
    if (field.kind == audience::FieldKind::Property &&
        mask.hides(FieldScope::Properties, field.property))
        return forbidden_field(field.property);
    return {};
}

Result<void> check_filter(const audience::Filter& filter, const Mask& mask) {
    for (const audience::Filter& part : filter.parts) TRY(check_filter(part, mask));
    return check_field(filter.field, mask);
}

Result<void> check_event(const audience::EventMatch& event, const Mask& mask) {
    for (const audience::Filter& filter : event.where) TRY(check_filter(filter, mask));
    return {};
}

Result<void> check_node(const audience::Node& node, const Mask& mask) {
    for (const audience::Node& child : node.children) TRY(check_node(child, mask));
    TRY(check_event(node.event, mask));
    TRY(check_field(node.field, mask));
    for (const audience::Step& step : node.steps) {
        TRY(check_event(step.event, mask));
        for (const audience::EventMatch& event : step.without) TRY(check_event(event, mask));
    }
    if (node.kind == audience::NodeKind::Trait && mask.hides(FieldScope::Traits, node.name))
        return forbidden_field(node.name);
    return {};
}

}  // namespace

Mask::Mask(const std::vector<std::string>& patterns, std::uint64_t small_counts_min)
    : small_counts_min_(patterns.empty() ? 0 : small_counts_min) {
    for (std::string_view text : patterns) {
        Pattern pattern;
        for (std::size_t i = 0; i < kScopes.size(); ++i) {
            if (!text.starts_with(kScopes[i])) continue;
            pattern.scope = static_cast<FieldScope>(i);
            text.remove_prefix(kScopes[i].size());
            break;
        }
        pattern.open_before = text.starts_with('*');
        if (pattern.open_before) text.remove_prefix(1);
        pattern.open_after = text.ends_with('*');
        if (pattern.open_after) text.remove_suffix(1);
        pattern.name = plain(text);
        patterns_.push_back(std::move(pattern));
    }
}

bool Mask::fits(const Pattern& pattern, std::string_view name) {
    if (pattern.open_before && pattern.open_after) return name.find(pattern.name) != name.npos;
    if (pattern.open_before) return name.ends_with(pattern.name);
    if (pattern.open_after) return name.starts_with(pattern.name);
    return name == pattern.name;
}

// What lies under a hidden name is hidden with it.
bool Mask::hides(FieldScope scope, std::string_view name) const {
    if (patterns_.empty()) return false;
    const std::string whole = plain(name);
    const std::vector<std::string_view> parts = split(whole, '.');
    return std::any_of(patterns_.begin(), patterns_.end(), [&](const Pattern& pattern) {
        if (pattern.scope && *pattern.scope != scope) return false;
        return fits(pattern, whole) ||
               std::any_of(parts.begin(), parts.end(),
                           [&](std::string_view part) { return fits(pattern, part); });
    });
}

Mask mask_of(const Settings& settings, Role role) {
    const auto with = [&](const std::vector<std::string>& patterns) {
        return Mask(patterns, settings.small_counts_min);
    };
    switch (role) {
        case Role::Staff: return with(settings.masked_staff);
        case Role::CallCentre: return with(settings.masked_call_centre);
        case Role::Analyst: return with(settings.masked_analyst);
        case Role::Marketer: return with(settings.masked_marketer);
        default: return {};
    }
}

Error forbidden_field(std::string_view name) {
    std::string message = "Your role does not see the field '";
    message.append(name.substr(0, 64)).append("', so it cannot ask about it.");
    return {"masking.forbidden", std::move(message),
            "Leave it out, or ask somebody whose role sees it: [masking] in filrouge.toml says "
            "who."};
}

Result<void> check_fields(const audience::Rule& rule, const Mask& mask) {
    if (mask.hides_nothing()) return {};
    return check_node(rule.root, mask);
}

}  // namespace filrouge::engine
