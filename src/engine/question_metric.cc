// The semantic layer: a figure, split and by calendar periods, beside the time before, each cell
// traced to its events.
#include <algorithm>
#include <map>
#include <tuple>

#include "engine/question_figures.h"
#include "engine/question_kinds.h"
#include "engine/question_periods.h"

namespace filrouge::engine {
namespace {

constexpr std::int64_t kRowsMax = 10'000;
constexpr std::size_t kTracedRowsMax = 10;  // each is a pass over the events

using Place = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
Place place_of(const query::CellKey& key) { return {key.bucket, key.group[0], key.group[1]}; }

// What to show beside a row: the value of the same cell in the time before, and whose it is.
class Before {
  public:
    Before(Figure& figure, const query::Metric& metric) : figure_(figure) {
        for (const query::MetricRow& row : metric.rows)
            values_[place_of(row.key)] = {figure.value(row), figure.persons(row)};
    }
    struct Cell {
        std::optional<double> value;
        std::uint64_t persons = 0;
    };
    Cell at(const query::CellKey& key) const {
        const auto found = values_.find(place_of(key));
        return found == values_.end() ? Cell{figure_.nothing(), 0} : found->second;
    }

  private:
    Figure& figure_;
    std::map<Place, Cell> values_;
};

struct MetricArguments {
    std::optional<Grain> grain;
    bool compare = false, trace = false;
    std::int64_t limit = 1'000;
};

Result<MetricArguments> metric_arguments(Asking& asking, Arguments& arguments) {
    MetricArguments out;
    out.grain = TRY(grain_of(arguments, "grain"));
    out.compare = TRY(arguments.yes("compare", false));
    out.trace = TRY(arguments.yes("trace", false));
    out.limit = TRY(arguments.whole("limit", 1, kRowsMax)).value_or(out.limit);
    if (out.compare && asking.scope.from == INT64_MIN)
        return Error{"question.invalid", "Only a time with a beginning has a time before it.",
                     "Tell \"from\" or \"last\" beside the question's kind."};
    return out;
}

std::vector<std::string> columns_of(const Figure& figure, const MetricArguments& wanted) {
    std::vector<std::string> out, own = {"figure", "events", "persons"};
    if (wanted.compare) own.insert(own.end(), {"figure_before", "change"});
    if (wanted.grain) out.emplace_back("at");
    for (const std::string& by : figure.by()) {
        std::vector<std::string> taken = out;
        taken.insert(taken.end(), own.begin(), own.end());
        out.push_back(column_of_split(by, taken));
    }
    out.insert(out.end(), own.begin(), own.end());
    return out;
}

Result<void> add_trace(Asking& asking, Answer& answer, Figure& figure, const query::Metric& metric,
                       std::size_t rows) {
    if (rows > kTracedRowsMax)
        return Error{"question.invalid",
                     "The answer has " + std::to_string(rows) + " rows; " +
                         std::to_string(kTracedRowsMax) + " can be traced at most.",
                     "Narrow it: a shorter time, \"where\" in the figure, or a limit."};
    auto& table = answer.table("trace", {"row", "sequence"});
    for (std::size_t i = 0; i < rows; ++i) {
        for (const std::uint64_t sequence : TRY(figure.trace(asking.scope, metric.rows[i].key, {})))
            table.add({std::uint64_t{i + 1}, sequence});
    }
    return {};
}

}  // namespace

Result<Answer> metric_question(Asking& asking, Arguments& arguments) {
    Figure figure(asking);
    TRY(figure.read(arguments, "count(*)"));
    TRY(figure.split(TRY(arguments.texts("by", 2))));
    const MetricArguments wanted = TRY(metric_arguments(asking, arguments));
    TRY(arguments.done());
    Periods periods, earlier;
    if (wanted.grain) {
        periods = TRY(periods_of(asking, *wanted.grain, query::kMetricBucketsMax));
        earlier = periods_before(asking, periods);
    }
    std::optional<Before> before;
    if (wanted.compare) {
        const query::Scope scope =
            scope_before(asking, wanted.grain ? &periods : nullptr, &earlier);
        before.emplace(figure, TRY(figure.compute(scope, earlier.edges)));
    }
    query::Metric metric = TRY(figure.compute(asking.scope, periods.edges));
    if (!wanted.grain)  // over time the order is time's; else the greatest come first
        std::stable_sort(metric.rows.begin(), metric.rows.end(), [&](const auto& a, const auto& b) {
            return figure.value(a) > figure.value(b);
        });
    Answer answer;
    figure.tell_definition(answer);
    answer.fact("currency", figure.currency());
    answer.fact("amounts_without_rate", metric.without_rate);
    auto& table = answer.table("rows", {});
    table.columns = columns_of(figure, wanted);
    const std::size_t rows = std::min(metric.rows.size(), static_cast<std::size_t>(wanted.limit));
    for (std::size_t i = 0; i < rows; ++i) {
        const query::MetricRow& row = metric.rows[i];
        std::vector<Answer::Value> cells;
        if (wanted.grain)
            cells.emplace_back(period_name(asking, *wanted.grain, periods.edges[row.key.bucket]));
        for (std::size_t s = 0; s < figure.by().size(); ++s)
            cells.emplace_back(figure.group_name(row.key, s));
        const auto value = figure.value(row);
        cells.insert(cells.end(), {shown(value), row.cells[0].events, row.cells[0].persons});
        std::uint64_t persons_before = 0;
        if (before) {
            const auto [then, persons] = before->at(row.key);
            const bool known = value && then && *then != 0;
            cells.emplace_back(shown(then));
            cells.emplace_back(known ? Answer::Value(*value / *then - 1) : Answer::Value());
            persons_before = persons;
        }
        table.add(std::move(cells));
        table.is_of(figure.persons(row));
        table.is_of(persons_before);
    }
    if (rows < metric.rows.size())
        answer.note("There are " + std::to_string(metric.rows.size()) + " rows; the first " +
                    std::to_string(rows) + " are told.");
    figure.note_currency(answer);
    if (wanted.trace) TRY(add_trace(asking, answer, figure, metric, rows));
    return answer;
}

}  // namespace filrouge::engine
