#include "engine/question_features.h"

#include <cmath>

namespace filrouge::engine {
namespace {

using query::FeatureKind;

constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 4> kHours = {"0 to 6", "6 to 12", "12 to 18", "18 to 24"};

FeatureKind kind_of(std::string_view name) {
    if (name == "weekday") return FeatureKind::Weekday;
    if (name == "hours") return FeatureKind::Hours;
    if (name == "recency") return FeatureKind::Recency;
    if (name == "spent") return FeatureKind::Spent;
    return FeatureKind::Dimension;
}

// value = 'Coats', as a condition on an event's properties.
std::optional<audience::Filter> condition(query::DimensionKind kind, const std::string& property,
                                          const query::Groups::Key& key, const std::string& text) {
    using query::DimensionKind;
    audience::Filter filter;
    filter.test.op = audience::Op::Equal;
    audience::Literal literal;
    literal.kind = audience::Literal::Kind::Text;
    literal.text = text;
    switch (kind) {
        case DimensionKind::Channel: filter.field.kind = audience::FieldKind::Channel; break;
        case DimensionKind::Product: filter.field.kind = audience::FieldKind::Product; break;
        case DimensionKind::Place: filter.field.kind = audience::FieldKind::Place; break;
        case DimensionKind::Property:
            filter.field = {audience::FieldKind::Property, property};
            if (key.kind == history::CellKind::Bool)
                filter.test.op = key.value != 0 ? audience::Op::IsTrue : audience::Op::IsFalse;
            if (key.kind == history::CellKind::Number) {
                literal.kind = audience::Literal::Kind::Number;
                literal.number = key.value;
                literal.text.clear();
            }
            break;
        default: return {};
    }
    if (filter.test.op == audience::Op::Equal) filter.test.values.push_back(literal);
    return filter;
}

}  // namespace

Result<void> Features::read(Arguments& arguments, const std::vector<std::string>& otherwise) {
    auto wanted = TRY(arguments.texts("features", query::kFeatureFamiliesMax));
    if (wanted.empty()) wanted = otherwise;
    for (const std::string& name : wanted) TRY(add(name));
    question_.zone = asking_.zone;
    question_.now = asking_.now;
    question_.rates = &asking_.rates();
    question_.currency = TRY(asking_.currency(arguments));
    const Asking::EventSpec purchase =
        TRY(asking_.event(TRY(arguments.text_or("purchase", "Order Completed"))));
    question_.compiled = purchase.compiled;
    question_.purchase = purchase.event;
    return {};
}

Result<void> Features::add(const std::string& name) {
    query::FeatureFamily family;
    family.kind = kind_of(name);
    if (family.kind == FeatureKind::Dimension) {
        family.groups = &groups_.at(names_.size());
        family.by = TRY(asking_.dimension(name, *family.groups));
    }
    question_.families.push_back(family);
    names_.push_back(name);
    return {};
}

std::string Features::value(const query::Feature& feature) const {
    const query::FeatureFamily& family = question_.families[feature.family];
    switch (family.kind) {
        case FeatureKind::Weekday: return std::string(kWeekdays.at(feature.group - 1));
        case FeatureKind::Hours: return std::string(kHours.at(feature.group - 1));
        case FeatureKind::Recency: return "days since the last event";
        case FeatureKind::Spent: return "amount";
        case FeatureKind::Dimension: break;
    }
    return asking_.group_name(family.groups->key(feature.group),
                              asking_.kind_of_dimension(names_[feature.family]));
}

std::string Features::name(const query::Feature& feature) const {
    return family(feature) + " = " + value(feature);
}

bool Features::has_arrays(const std::string& property) const {
    const auto [known, fresh] = arrays_.try_emplace(property, false);
    if (!fresh) return known->second;
    const StringNo number = asking_.names.number(property);
    for (const history::Piece& piece : asking_.view.pieces) {
        const history::FieldColumn* column =
            number.is_none() ? nullptr : piece.segment->field(history::FieldId::Property, number);
        if (column == nullptr || column->every_row) continue;
        for (std::uint32_t e = 1; e < column->entries() && !known->second; ++e)
            known->second = column->row(e) == column->row(e - 1);
    }
    return known->second;
}

std::optional<audience::EventMatch> Features::events_of(const query::Feature& feature) const {
    const query::FeatureFamily& family = question_.families[feature.family];
    if (family.kind != FeatureKind::Dimension) return {};
    const std::string& by = names_[feature.family];
    const query::DimensionKind kind = asking_.kind_of_dimension(by);
    audience::EventMatch match;
    if (kind == query::DimensionKind::Name) {
        match.name = value(feature);
        return match;
    }
    if (kind == query::DimensionKind::Property && has_arrays(by)) return {};
    auto where = condition(kind, by, family.groups->key(feature.group), value(feature));
    if (!where) return {};
    match.any = true;
    match.where.push_back(std::move(*where));
    return match;
}

std::optional<audience::Node> Features::clause(const query::Feature& feature, bool at_least,
                                               double threshold) const {
    auto match = events_of(feature);
    if (!match || !(threshold < 1e9)) return {};
    audience::Node node;
    node.kind = audience::NodeKind::Aggregate;
    node.function = audience::Function::Count;
    node.event = std::move(*match);
    // Counts are whole: 2.5 and more is 3 and more.
    const auto whole = static_cast<std::int64_t>(std::ceil(threshold));
    node.test.op = at_least ? audience::Op::AtLeast : audience::Op::Less;
    node.test.values.push_back({audience::Literal::Kind::Number, whole * kFixedScale, {}, {}});
    return node;
}

std::optional<std::string> Features::rule(const std::vector<audience::Node>& clauses,
                                          bool needs_event) const {
    const auto window = asking_.window_of_period();
    if (!window || clauses.empty()) return {};
    audience::Rule rule;
    rule.root.kind = audience::NodeKind::And;
    rule.root.children = clauses;
    if (needs_event) {
        audience::Node any;
        any.kind = audience::NodeKind::Aggregate;
        any.function = audience::Function::Any;
        any.event.any = true;
        rule.root.children.insert(rule.root.children.begin(), any);
    }
    for (audience::Node& node : rule.root.children) node.window = *window;
    if (rule.root.children.size() == 1) rule.root = audience::Node(rule.root.children[0]);
    return audience::print(rule);
}

Result<query::FeatureTable> feature_table(Asking& asking, const Features& features,
                                          const query::FeatureCounts& counts) {
    query::FeatureTable table =
        TRY(query::feature_table(asking.view, asking.scope, features.question(), counts,
                                 query::kFeaturesMax, kFeatureSupport, kDrawSeed, asking.run));
    asking.run.take_memory(table.values.size() * sizeof(float));
    TRY(asking.run.check());
    return table;
}

}  // namespace filrouge::engine
