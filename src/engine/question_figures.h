// Figures in the language of rules: "count(Order Completed)", "any(Product Viewed)" (how many
// persons did), "sum(Order Completed.revenue where channel = store)", also avg, min, max, distinct;
// and the ratio of two, "of" over "over"; or a metric of the shop by its name, which means such an
// expression (engine/named_metric.h). One question has one figure, split and in periods.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/named_metric.h"
#include "engine/question.h"
#include "query/metric.h"

namespace filrouge::engine {

class Figure {
  public:
    explicit Figure(Asking& asking) : asking_(asking) {}
    Figure(const Figure&) = delete;  // the question points at the groups
    Figure& operator=(const Figure&) = delete;

    // "of", "over" and "currency".
    Result<void> read(Arguments& arguments, std::string_view otherwise);
    // One or two of channel, event, source, product, place, products.product, products.category
    // or a property.
    Result<void> split(const std::vector<std::string>& by);
    // Over periods that begin and end at these instants, or over all of the scope.
    Result<query::Metric> compute(const query::Scope& scope, std::span<const std::int64_t> edges);

    // Of a row, in plain units; nothing where there is none: of no values, over 0.
    std::optional<double> value(const query::MetricRow& row) const;
    // Whose events it is of: of a ratio those of the measure that fewer persons have events of; 0
    // of nobody we know.
    std::uint64_t persons(const query::MetricRow& row) const;
    // The same of all of [from, to), by the first split's group: a person who comes every day is
    // one. It is a pass of its own, and made only where small numbers are hidden; else it is empty.
    Result<std::map<std::uint32_t, std::uint64_t>> persons_by_group(std::int64_t from,
                                                                    std::int64_t to);
    // Of a cell without an event.
    std::optional<double> nothing() const;
    std::string group_name(const query::CellKey& key, std::size_t split) const;
    // The records of a cell's events, ascending: of those after `after` so many.
    struct TracePage {
        std::size_t measure = 0;  // of a ratio 0 or 1
        std::uint64_t after = 0;
        std::size_t limit = query::kTraceMax;
    };
    Result<std::vector<std::uint64_t>> trace(const query::Scope& scope, const query::CellKey& key,
                                             TracePage page);
    std::size_t measures() const { return functions_.size(); }

    const std::vector<std::string>& by() const { return by_; }
    // What it is: the expression, and of a metric by name also which one, and since which version
    // it has been defined so.
    void tell_definition(Answer& answer) const;
    // Where it is of amounts and no currency was told: that they stand as they are.
    void note_currency(Answer& answer) const;
    // Of events or persons, and no ratio.
    bool is_count() const {
        return functions_.size() == 1 && (functions_[0] == audience::Function::Count ||
                                          functions_[0] == audience::Function::Any);
    }
    bool is_of_persons() const {
        return functions_.size() == 1 && functions_[0] == audience::Function::Any;
    }
    std::string currency() const { return question_.currency.text(); }

  private:
    Asking& asking_;
    query::MetricQuestion question_;
    std::vector<audience::Function> functions_;  // by measure
    query::Groups groups_[2];
    std::vector<std::string> by_;
    std::string text_;
    std::optional<NamedMetric> of_named_, over_named_;
    bool money_ = false;
};

// Whether it can be asked, without asking. Error: as of Figure::read().
Result<void> check_figure(const Library& library, const ResolvedFigure& figure, const Mask& mask);

}  // namespace filrouge::engine
