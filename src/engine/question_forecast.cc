// What is to be expected of the next weeks, and which of many things rise.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/question_figures.h"
#include "engine/question_kinds.h"
#include "engine/question_periods.h"
#include "engine/times.h"
#include "measure/forecast.h"
#include "measure/rising.h"

namespace filrouge::engine {
namespace {

constexpr std::int64_t kSeriesMax = 20;
constexpr std::int64_t kRowsMax = 10'000;
constexpr std::int64_t kDayUs = 86'400'000'000;

constexpr std::string_view name_of(measure::ForecastModel model) {
    constexpr std::string_view kNames[measure::kForecastModels] = {
        "seasonal_naive", "seasonal_median",         "holt_winters", "holt_winters_of_logarithm",
        "regression",     "regression_of_logarithm", "mean"};
    return kNames[static_cast<std::size_t>(model)];
}

Result<std::vector<measure::Holiday>> holidays_of(Asking& asking, Arguments& arguments) {
    std::vector<measure::Holiday> out;
    const auto* told = arguments.any("holidays");
    if (told == nullptr || told->is_null()) return out;
    if (!told->is_array() || told->get_array().size() > measure::kForecastHolidaysMax)
        return arguments.wrong("holidays", "a list of objects with date and name");
    for (const boost::json::value& row : told->get_array()) {
        if (!row.is_object()) return arguments.wrong("holidays", "a list of objects");
        Arguments fields(row.get_object(), "holidays");
        const auto date = TRY(fields.text("date"));
        const auto name = TRY(fields.text("name"));
        TRY(fields.done());
        if (!date || !name) return arguments.wrong("holidays", "rows with date and name");
        out.push_back({day_number(asking, TRY(asking.instant(*date))), *name});
    }
    return out;
}

struct Series {
    std::string name;
    std::uint32_t group = 0;
    double total = 0;
    std::vector<double> values;  // by period
};

// The greatest series of the figure, one without a split.
Result<std::vector<Series>> series_of(Asking& asking, Figure& figure, const Periods& periods,
                                      std::size_t most) {
    const query::Metric metric = TRY(figure.compute(asking.scope, periods.edges));
    std::map<std::uint32_t, Series> found;
    for (const query::MetricRow& row : metric.rows) {
        const auto [at, fresh] = found.try_emplace(row.key.group[0]);
        if (fresh && !figure.by().empty()) at->second.name = figure.group_name(row.key, 0);
        at->second.group = row.key.group[0];
        at->second.total += figure.value(row).value_or(0);
    }
    std::vector<Series> out;
    out.reserve(found.size());
    for (auto& [group, series] : found) out.push_back(std::move(series));
    std::sort(out.begin(), out.end(), [](const Series& a, const Series& b) {
        return a.total != b.total ? a.total > b.total : a.name < b.name;
    });
    if (out.size() > most) out.resize(most);
    // Values for those alone: a field may have a hundred thousand.
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    std::map<std::uint32_t, Series*> greatest;
    for (Series& series : out) {
        series.values.assign(periods.size(), figure.nothing().value_or(unknown));
        greatest[series.group] = &series;
    }
    for (const query::MetricRow& row : metric.rows) {
        const auto at = greatest.find(row.key.group[0]);
        if (at != greatest.end())
            at->second->values[row.key.bucket] = figure.value(row).value_or(unknown);
    }
    return out;
}

std::string date_of(std::int32_t day) { return iso_time(EventTime{day * kDayUs}).substr(0, 10); }

void add_forecast(const measure::Forecast& found, const Series& series, bool named,
                  std::uint64_t persons, Answer::Table& rows, Answer::Table& models) {
    for (const measure::ForecastPoint& p : found.points) {
        std::vector<Answer::Value> row;
        if (named) row.emplace_back(series.name);
        row.insert(row.end(), {date_of(p.day), p.expected, p.low, p.high, p.closed});
        rows.add(std::move(row));
        rows.is_of(persons);
    }
    std::vector<Answer::Value> row;
    if (named) row.emplace_back(series.name);
    row.insert(row.end(),
               {std::string(name_of(found.model)), found.mase, found.naive_mase, found.coverage,
                std::uint64_t{found.origins}, std::uint64_t{found.scored}});
    models.add(std::move(row));
    models.is_of(persons);
}

}  // namespace

Result<Answer> forecast_question(Asking& asking, Arguments& arguments) {
    Figure figure(asking);
    TRY(figure.read(arguments, "count(*)"));
    const auto by = TRY(arguments.text("by"));
    if (by) TRY(figure.split({*by}));
    const Grain grain = TRY(grain_of(arguments, "grain")).value_or(Grain::Day);
    if (grain != Grain::Day && grain != Grain::Week) return arguments.wrong("grain", "day or week");
    measure::ForecastOptions options;
    options.horizon = static_cast<std::size_t>(
        TRY(arguments.whole("steps", 1, measure::kForecastHorizonMax)).value_or(28));
    options.level = TRY(arguments.number("level", 0.5, 0.99)).value_or(options.level);
    const auto limit = TRY(arguments.whole("limit", 1, kSeriesMax)).value_or(5);
    const auto holidays = TRY(holidays_of(asking, arguments));
    TRY(arguments.done());
    const Periods periods = whole(asking, TRY(periods_of(asking, grain, query::kMetricBucketsMax)));
    if (periods.size() == 0)
        return Error{"question.invalid", "The question's time holds no whole period.",
                     "Tell a longer one."};
    const auto found = TRY(series_of(asking, figure, periods, static_cast<std::size_t>(limit)));
    auto persons = TRY(figure.persons_by_group(periods.edges.front(), periods.edges.back()));
    Answer answer;
    figure.tell_definition(answer);
    figure.note_currency(answer);
    answer.fact("periods", std::uint64_t{periods.size()});
    auto& rows = answer.table("rows", {});
    auto& models = answer.table("models", {});
    rows.columns = {"day", "expected", "low", "high", "closed"};
    models.columns = {"model", "mase", "naive_mase", "coverage", "origins", "scored"};
    for (Answer::Table* table : {&rows, &models}) {
        if (by) table->columns.insert(table->columns.begin(), column_of_split(*by, table->columns));
    }
    options.still_wanted = begin_fit(asking);
    for (const Series& series : found) {
        const measure::TimeSeries known{
            grain == Grain::Day ? measure::Step::Daily : measure::Step::Weekly,
            day_number(asking, periods.edges[0]), series.values};
        const auto forecast = measure::forecast(known, holidays, options);
        TRY(asking.run.check());
        if (!forecast.ok() && !by) return forecast.error();
        if (forecast.ok())
            add_forecast(forecast.value(), series, by.has_value(), persons[series.group], rows,
                         models);
        else
            answer.note(series.name + ": " + forecast.error().message);
    }
    return answer;
}

// The time before the recent one, in windows. Persons do not add up over time, as events do: who
// came every week is one of a week's and one of four weeks'. Theirs are counted in windows as long
// as the recent one, and added up.
Result<std::vector<std::int64_t>> windows_of(const Arguments& arguments, const Figure& figure,
                                             std::int64_t end, std::int64_t recent,
                                             std::int64_t before) {
    std::vector<std::int64_t> edges;
    if (!figure.is_of_persons()) {
        edges = {end - recent - before, end - recent, end};
        return edges;
    }
    const std::int64_t windows = before / recent;
    if (before % recent != 0 || windows >= std::int64_t{query::kMetricBucketsMax})
        return arguments.wrong("before",
                               "recent a whole number of times, as any(...) counts persons");
    edges.reserve(static_cast<std::size_t>(windows) + 2);
    for (std::int64_t i = windows + 1; i >= 0; --i) edges.push_back(end - i * recent);
    return edges;
}

// Counts of the last days beside those of the days before.
Result<Answer> rising_question(Asking& asking, Arguments& arguments) {
    if (const auto of = TRY(arguments.text("of")); of == "audiences")
        return rising_audiences(asking, arguments);
    Figure figure(asking);
    TRY(figure.read(arguments, "count(*)"));
    if (!figure.is_count()) return arguments.wrong("of", "count(...) or any(...), without over");
    const std::string by = TRY(arguments.text_or("by", "product"));
    TRY(figure.split({by}));
    const std::int64_t recent = TRY(asking.length(TRY(arguments.text_or("recent", "7 days"))));
    const std::int64_t before = TRY(asking.length(TRY(arguments.text_or("before", "28 days"))));
    const auto limit = TRY(arguments.whole("limit", 1, kRowsMax)).value_or(100);
    TRY(arguments.done());
    if (asking.scope.from != INT64_MIN)
        return arguments.wrong("recent", "all that says when it begins: leave out from and last");
    const std::int64_t end = period_end(asking);
    const auto edges = TRY(windows_of(arguments, figure, end, recent, before));
    const std::size_t last = edges.size() - 2;
    const query::Metric metric = TRY(figure.compute(asking.scope, edges));
    struct Thing {
        measure::Counted counted;
        std::uint64_t persons[2] = {0, 0};  // before (of its busiest window), recent
    };
    std::map<std::string, Thing> counts;
    std::uint64_t most_persons = 0;
    for (const query::MetricRow& row : metric.rows) {
        if (row.key.group[0] == query::kNoGroup) continue;
        Thing& t = counts[figure.group_name(row.key, 0)];
        const bool is_recent = row.key.bucket == last;
        (is_recent ? t.counted.recent : t.counted.before) += figure.value(row).value_or(0);
        std::uint64_t& persons = t.persons[is_recent ? 1 : 0];
        persons = std::max(persons, figure.persons(row));
        most_persons = std::max(most_persons, figure.persons(row));
    }
    std::vector<std::string> names;
    std::vector<measure::Counted> things;
    names.reserve(counts.size());
    things.reserve(counts.size());
    for (const auto& [name, thing] : counts) {
        names.push_back(name);
        things.push_back(thing.counted);
    }
    measure::RisingOptions options;
    options.recent_days = static_cast<double>(recent) / static_cast<double>(kDayUs);
    options.before_days = static_cast<double>(before) / static_cast<double>(kDayUs);
    const measure::Rising found = TRY(measure::rising(things, options));
    Answer answer;
    figure.tell_definition(answer);
    answer.is_of(most_persons);
    answer.fact("things", std::uint64_t{things.size()});
    answer.fact("typical_growth", found.typical_growth);
    answer.fact("correlation", found.correlation);
    auto& rows = answer.table("rows", {});
    rows.columns = {"recent", "before", "expected", "growth", "growth_low", "p_value", "q_value"};
    rows.columns.insert(rows.columns.begin(), column_of_split(by, rows.columns));
    for (const measure::RisingThing& t : found.things) {
        if (rows.rows.size() == static_cast<std::size_t>(limit)) break;
        rows.add({names[t.thing], things[t.thing].recent, things[t.thing].before, t.expected,
                  t.growth, t.growth_low, t.p_value, t.q_value});
        for (const std::uint64_t persons : counts[names[t.thing]].persons) rows.is_of(persons);
    }
    if (!found.spread_known)
        answer.note(
            "Fewer than 20 things were seen 10 times or more: how much they vary by themselves is "
            "not known, and p_value and q_value are too small where that is more than chance.");
    return answer;
}

}  // namespace filrouge::engine
