#include "engine/question_figures.h"

#include "audience/compile.h"

namespace filrouge::engine {
namespace {

using audience::FieldKind;
using audience::Function;

constexpr std::string_view kLineRevenue = "products.revenue";  // price times quantity, by line

Error no_figure(std::string_view text) {
    return {"question.invalid", "'" + std::string(text.substr(0, 80)) + "' is not a figure.",
            "Write count(Order Completed), any(Product Viewed) for how many persons did, "
            "sum(Order Completed.revenue), or avg, min, max or distinct of a property."};
}

// The text as a clause of a rule, which compares.
Result<audience::Node> clause_of(const std::string& text) {
    const bool any = text.starts_with("any(");
    auto parsed = audience::parse(any ? text : text + " >= 0");
    if (const auto* wrong = std::get_if<audience::RuleError>(&parsed))
        return Error{"rule.invalid", wrong->message, wrong->hint};
    audience::Node node = std::get<audience::Rule>(std::move(parsed)).root;
    const bool figure = node.kind == audience::NodeKind::Aggregate &&
                        node.function != Function::First && node.function != Function::Last &&
                        node.window.kind == audience::WindowKind::Ever && !node.bots;
    if (!figure) return no_figure(text);
    return node;
}

// What all events of a figure must be: a condition as it stands behind "where".
Result<audience::Filter> filter_of(const std::string& text) {
    auto parsed = audience::parse("any(* where " + text + ")");
    if (const auto* wrong = std::get_if<audience::RuleError>(&parsed))
        return Error{"rule.invalid", wrong->message, wrong->hint};
    audience::Node node = std::get<audience::Rule>(std::move(parsed)).root;
    const bool plain = node.kind == audience::NodeKind::Aggregate &&
                       node.function == Function::Any && node.event.any &&
                       node.event.where.size() == 1 &&
                       node.window.kind == audience::WindowKind::Ever && !node.bots;
    if (plain) return std::move(node.event.where[0]);
    return Error{"question.invalid",
                 "'" + text.substr(0, 80) + "' is not what the properties of events must be.",
                 "Write it as behind \"where\" in a rule: channel = store and coupon is not true."};
}

Result<audience::Node> clause_of(const std::string& text, const std::string& filter) {
    audience::Node node = TRY(clause_of(text));
    if (filter.empty()) return node;
    audience::Filter all = TRY(filter_of(filter));
    std::vector<audience::Filter>& where = node.event.where;
    if (!where.empty()) {
        audience::Filter both;
        both.kind = audience::Filter::Kind::And;
        both.parts = {std::move(where[0]), std::move(all)};
        all = std::move(both);
    }
    where.clear();
    where.push_back(std::move(all));
    return node;
}

// The figure's measures as one rule, so that they share what it is compiled to.
Result<audience::Rule> rule_of(const ResolvedFigure& figure) {
    audience::Rule rule;
    rule.root = TRY(clause_of(figure.of, figure.of_filter));
    if (!figure.over) return rule;
    audience::Node both;
    both.kind = audience::NodeKind::And;
    both.children.push_back(std::move(rule.root));
    both.children.push_back(TRY(clause_of(*figure.over, figure.over_filter)));
    rule.root = std::move(both);
    return rule;
}

query::ValueOf value_of(const audience::Field& field) {
    switch (field.kind) {
        case FieldKind::Revenue: return query::ValueOf::Revenue;
        case FieldKind::Quantity: return query::ValueOf::Quantity;
        case FieldKind::LineQuantity: return query::ValueOf::LineQuantity;
        case FieldKind::Property:
            return field.property == kLineRevenue ? query::ValueOf::LineRevenue
                                                  : query::ValueOf::Property;
        default: return query::ValueOf::None;
    }
}

query::DimensionKind distinct_of(FieldKind field) {
    switch (field) {
        case FieldKind::Product: return query::DimensionKind::Product;
        case FieldKind::Place: return query::DimensionKind::Place;
        case FieldKind::Channel: return query::DimensionKind::Channel;
        case FieldKind::Property: return query::DimensionKind::Property;
        default: return query::DimensionKind::None;
    }
}

std::optional<double> value_of(Function function, const query::MetricCell& cell) {
    const auto plain = [](auto fixed) { return static_cast<double>(fixed) / kFixedScale; };
    switch (function) {
        case Function::Count: return static_cast<double>(cell.events);
        case Function::Any: return static_cast<double>(cell.persons);
        case Function::Distinct: return static_cast<double>(cell.distinct);
        case Function::Sum: return plain(cell.sum);
        default: break;
    }
    if (cell.values == 0) return {};
    if (function == Function::Average) return plain(*cell.average());
    return plain(function == Function::Min ? cell.min : cell.max);
}

Result<query::Measure> measure_of(const audience::Node& node,
                                  const audience::compiled::Aggregate& compiled,
                                  std::string_view text) {
    query::Measure out;
    out.event = compiled.event;
    if (node.function == Function::Count || node.function == Function::Any) return out;
    if (node.function == Function::Distinct) {
        out.distinct = distinct_of(node.field.kind);
        out.distinct_property = compiled.field.property;
        if (out.distinct == query::DimensionKind::None) return no_figure(text);
        return out;
    }
    out.value = value_of(node.field);
    out.property = compiled.field.property;
    if (out.value == query::ValueOf::None) return no_figure(text);
    return out;
}

// The measures of a compiled rule_of().
struct Measures {
    std::vector<query::Measure> list;
    std::vector<Function> functions;
};
Result<Measures> measures_of(const audience::Rule& rule, const audience::Compiled& compiled,
                             const ResolvedFigure& figure) {
    const bool two = figure.over.has_value();
    std::vector<std::uint16_t> index(two ? 2 : 1, 0);
    index[0] = compiled.nodes[0].index;
    if (two) {
        using audience::compiled::kAbsent;
        for (std::uint16_t i = compiled.nodes[0].first; i != kAbsent; i = compiled.nodes[i].next)
            index.at(compiled.nodes[i].position) = compiled.nodes[i].index;
    }
    Measures out;
    out.list.reserve(index.size());
    out.functions.reserve(index.size());
    for (std::size_t i = 0; i < index.size(); ++i) {
        const audience::Node& node = two ? rule.root.children[i] : rule.root;
        const std::string& text = i == 0 ? figure.of : *figure.over;
        out.list.push_back(TRY(measure_of(node, compiled.aggregates.at(index[i]), text)));
        out.functions.push_back(node.function);
    }
    return out;
}

}  // namespace

Result<void> Figure::read(Arguments& arguments, std::string_view otherwise) {
    const std::string of = TRY(arguments.text_or("of", otherwise));
    const auto over = TRY(arguments.text("over"));
    ResolvedFigure figure = TRY(resolve_figure(asking_.library, of, over));
    const audience::Rule rule = TRY(rule_of(figure));
    question_.compiled = TRY(asking_.compile(rule));
    Measures measures = TRY(measures_of(rule, *question_.compiled, figure));
    question_.measures = std::move(measures.list);
    functions_ = std::move(measures.functions);
    for (const query::Measure& measure : question_.measures)
        money_ |= measure.value == query::ValueOf::Revenue ||
                  measure.value == query::ValueOf::LineRevenue;
    text_ = figure.of;
    if (!figure.of_filter.empty()) text_.append(" where ").append(figure.of_filter);
    if (figure.over) text_.append(" / ").append(*figure.over);
    if (!figure.over_filter.empty()) text_.append(" where ").append(figure.over_filter);
    of_named_ = std::move(figure.of_named);
    over_named_ = std::move(figure.over_named);
    question_.rates = &asking_.rates();
    question_.currency = TRY(asking_.currency(arguments));
    if (question_.currency.is_unknown() && !figure.currency.empty())
        question_.currency = Currency::parse(figure.currency).value_or(Currency{});
    return {};
}

Result<void> Figure::split(const std::vector<std::string>& by) {
    if (by.size() > 2)
        return Error{"question.invalid", "A figure is split by two things at most.", ""};
    if (by.size() == 2 && by[0] == by[1])
        return Error{"question.invalid", "A figure is split by two different things.",
                     "Name each of them once."};
    for (std::size_t i = 0; i < by.size(); ++i) {
        question_.groups[i] = &groups_[i];
        const bool products = by[i] == "products.product";
        if (!products && by[i] != "products.category") {
            question_.by[i] = TRY(asking_.dimension(by[i], groups_[i]));
            continue;
        }
        if (i != 0)
            return Error{"question.invalid", "The second split is by " + by[i] + ".",
                         "Put what baskets are split by first."};
        question_.lines = products ? query::LineSplit::Product : query::LineSplit::Category;
    }
    by_ = by;
    return {};
}

namespace {

// A sale to nobody we know is a sale.
query::Scope with_nobodies(query::Scope scope) {
    scope.nobodies = true;
    return scope;
}

}  // namespace

Result<query::Metric> Figure::compute(const query::Scope& scope,
                                      std::span<const std::int64_t> edges) {
    question_.buckets = edges;
    return query::metric(asking_.view, with_nobodies(scope), question_, asking_.run);
}

std::optional<double> Figure::value(const query::MetricRow& row) const {
    const auto value = value_of(functions_[0], row.cells[0]);
    if (functions_.size() == 1 || !value) return value;
    const auto over = value_of(functions_[1], row.cells[1]);
    if (!over || *over == 0) return {};
    return *value / *over;
}

std::uint64_t Figure::persons(const query::MetricRow& row) const {
    std::uint64_t fewest = 0;
    for (const query::MetricCell& cell : row.cells) {
        if (cell.persons != 0 && (fewest == 0 || cell.persons < fewest)) fewest = cell.persons;
    }
    return fewest;
}

Result<std::map<std::uint32_t, std::uint64_t>> Figure::persons_by_group(std::int64_t from,
                                                                        std::int64_t to) {
    std::map<std::uint32_t, std::uint64_t> out;
    if (asking_.mask.small_counts_min() == 0) return out;
    query::Scope scope = asking_.scope;
    scope.from = from;
    scope.to = to;
    const query::Metric metric = TRY(compute(scope, {}));
    for (const query::MetricRow& row : metric.rows) out[row.key.group[0]] = persons(row);
    return out;
}

std::optional<double> Figure::nothing() const { return value(query::MetricRow{}); }

void Figure::tell_definition(Answer& answer) const {
    answer.fact("of", text_);
    if (of_named_) {
        answer.fact("metric", of_named_->name);
        answer.fact("metric_version", of_named_->version);
    }
    if (over_named_) {
        answer.fact("over_metric", over_named_->name);
        answer.fact("over_metric_version", over_named_->version);
    }
}

void Figure::note_currency(Answer& answer) const {
    if (money_ && currency().empty())
        answer.note("Amounts stand as they are, whatever their currency; tell \"currency\".");
}

std::string Figure::group_name(const query::CellKey& key, std::size_t split) const {
    return asking_.group_name(groups_[split].key(key.group[split]),
                              asking_.kind_of_dimension(by_[split]));
}

Result<std::vector<std::uint64_t>> Figure::trace(const query::Scope& scope,
                                                 const query::CellKey& key, TracePage page) {
    return query::trace(asking_.view, with_nobodies(scope), question_, page.measure, key,
                        page.limit, asking_.run, page.after);
}

Result<void> check_figure(const Library& library, const ResolvedFigure& figure, const Mask& mask) {
    const audience::Rule rule = TRY(rule_of(figure));
    TRY(check_fields(rule, mask));
    SharedNames names(library);
    auto made = audience::compile(rule, names);
    if (const auto* wrong = std::get_if<audience::RuleError>(&made))
        return Error{"rule.invalid", wrong->message, wrong->hint};
    TRY(measures_of(rule, std::get<audience::Compiled>(made), figure));
    return {};
}

}  // namespace filrouge::engine
