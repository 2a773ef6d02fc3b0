// Named figures: what the shop calls "revenue" is defined once, as a document of the log, and asked
// for by its name wherever a figure is ("metric net_revenue"), so that two boards cannot show two
// revenues. A definition is an expression, or the ratio of two, and what all its events must be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/question.h"

namespace filrouge::engine {

constexpr std::size_t kMetricsMax = 500;
constexpr std::size_t kMetricNameMax = 64;
constexpr std::size_t kMetricExpressionMax = 2'000;  // bytes, of each of its parts
constexpr std::size_t kMetricDescriptionMax = 1'000;
constexpr std::size_t kMetricUnitMax = 32;
constexpr std::size_t kMetricFormerMax = 20;  // definitions of before that are told

struct MetricDefinition {
    std::string of, over, filter, currency;  // all but `of` may be empty
    bool operator==(const MetricDefinition&) const = default;
    std::string text() const;  // for people
};
struct NamedMetric {
    std::string name;
    MetricDefinition definition;
    std::uint64_t version = 0;  // sequence of the record that told it last
};

// A small letter, then small letters, digits and "_".
bool is_metric_name(std::string_view text);
// "metric net_revenue" asks for net_revenue; nothing where the text is an expression of its own.
std::optional<std::string_view> metric_asked_for(std::string_view figure);
// The names that a question, or whatever holds some, asks for: as often as it does.
std::vector<std::string> metrics_in(const boost::json::value& question);
Error no_such_metric(std::string_view name);  // metric_not_found
// Error: metric_not_found.
Result<NamedMetric> metric_named(const Library& library, std::string_view name);

// A figure as it was asked for, with the names in it replaced by what they mean now.
struct ResolvedFigure {
    std::string of;
    std::optional<std::string> over;
    std::string of_filter, over_filter;               // empty: every event
    std::string currency;                             // empty: the question's
    std::optional<NamedMetric> of_named, over_named;  // where it was asked for by name
};
// Error: metric_not_found, question.invalid where a ratio would be divided once more, or where two
// names mean amounts of two currencies.
Result<ResolvedFigure> resolve_figure(const Library& library, const std::string& of,
                                      const std::optional<std::string>& over);
// Whether the definition is one that can be asked by this role. Error: as of the question "metric".
Result<void> check_definition(const Library& library, const MetricDefinition& definition,
                              const Mask& mask);

}  // namespace filrouge::engine
