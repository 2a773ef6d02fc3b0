#include "engine/named_metric.h"

#include <algorithm>
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/text.h"
#include "engine/export_document.h"
#include "engine/question_figures.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr std::string_view kAsk = "metric ";

Error divided_twice(const std::string& name) {
    return {"question.invalid", "The metric '" + name + "' is divided already.",
            "Ask for it alone, or divide metrics that are no ratios."};
}

Result<void> one_currency(ResolvedFigure& figure, const NamedMetric& metric) {
    const std::string& told = metric.definition.currency;
    if (!told.empty() && !figure.currency.empty() && told != figure.currency)
        return Error{"question.invalid", "The two metrics are of two currencies.",
                     "Change the definition of one of them to the other's currency."};
    if (!told.empty()) figure.currency = told;
    return {};
}

}  // namespace

std::string MetricDefinition::text() const {
    std::string out = of;
    if (!over.empty()) out.append(" / ").append(over);
    if (!filter.empty()) out.append(" where ").append(filter);
    if (!currency.empty()) out.append(" in ").append(currency);
    return out;
}

bool is_metric_name(std::string_view text) {
    const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
    return !text.empty() && text.size() <= kMetricNameMax && small(text[0]) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return small(c) || (c >= '0' && c <= '9') || c == '_'; });
}

std::optional<std::string_view> metric_asked_for(std::string_view figure) {
    const std::string_view text = trim(figure);
    if (!text.starts_with(kAsk) || text.find('(') != std::string_view::npos) return {};
    return trim(text.substr(kAsk.size()));
}

std::vector<std::string> metrics_in(const json::value& question) {
    std::vector<std::string> out;
    std::vector<const json::value*> open = {&question};
    while (!open.empty()) {
        const json::value& value = *open.back();
        open.pop_back();
        if (value.is_array()) {
            for (const json::value& each : value.get_array()) open.push_back(&each);
        } else if (value.is_object()) {
            for (const auto& [key, each] : value.get_object()) {
                open.push_back(&each);
                const bool figure = (key == "of" || key == "over") && each.is_string();
                const auto name = figure ? metric_asked_for(each.get_string()) : std::nullopt;
                if (name) out.emplace_back(*name);
            }
        }
    }
    return out;
}

Error no_such_metric(std::string_view name) {
    return {"metric_not_found",
            "There is no metric '" + std::string(name.substr(0, kMetricNameMax)) + "'.",
            "GET /api/v1/metrics lists those there are."};
}

Result<NamedMetric> metric_named(const Library& library, std::string_view name) {
    NamedMetric out;
    std::string text;
    {
        const std::shared_lock reading(library.lock);
        for (const DocumentView& d : library.fold.documents.of(RecordType::MetricChange)) {
            if (d.id != name) continue;
            text = d.json;
            out.version = d.sequence;
        }
    }
    json::error_code bad;
    const json::value document = json::parse(text, bad);
    if (bad || !document.is_object()) return no_such_metric(name);
    const json::object& told = document.get_object();
    out.name = name;
    out.definition = {text_at(told, "of"), text_at(told, "over"), text_at(told, "filter"),
                      text_at(told, "currency")};
    return out;
}

Result<ResolvedFigure> resolve_figure(const Library& library, const std::string& of,
                                      const std::optional<std::string>& over) {
    ResolvedFigure out;
    out.of = of;
    out.over = over;
    if (const auto name = metric_asked_for(of)) {
        NamedMetric metric = TRY(metric_named(library, *name));
        const MetricDefinition& means = metric.definition;
        if (over && !means.over.empty()) return divided_twice(metric.name);
        out.of = means.of;
        out.of_filter = means.filter;
        if (!means.over.empty()) {
            out.over = means.over;
            out.over_filter = means.filter;
        }
        TRY(one_currency(out, metric));
        out.of_named = std::move(metric);
    }
    const auto divisor = over ? metric_asked_for(*over) : std::nullopt;
    if (!divisor) return out;
    NamedMetric metric = TRY(metric_named(library, *divisor));
    if (!metric.definition.over.empty()) return divided_twice(metric.name);
    out.over = metric.definition.of;
    out.over_filter = metric.definition.filter;
    TRY(one_currency(out, metric));
    out.over_named = std::move(metric);
    return out;
}

Result<void> check_definition(const Library& library, const MetricDefinition& definition,
                              const Mask& mask) {
    for (const std::string* part : {&definition.of, &definition.over}) {
        if (metric_asked_for(*part))
            return Error{"metric.of_metric", "A metric is not made of other metrics.",
                         "Write out what it counts; divide two metrics where they are asked for."};
    }
    if (!definition.currency.empty() && !Currency::parse(definition.currency))
        return Error{"api.invalid_field", "The field 'currency' must be three capital letters.",
                     ""};
    ResolvedFigure figure;
    figure.of = definition.of;
    if (!definition.over.empty()) figure.over = definition.over;
    figure.of_filter = figure.over_filter = definition.filter;
    return check_figure(library, figure, mask);
}

}  // namespace filrouge::engine
