// Channel mix: what each channel's budget brought, what the next unit would bring, and the best
// split. Costs are told with the question: they are nobody's events.
#include <algorithm>
#include <map>

#include "engine/question_costs.h"
#include "engine/question_figures.h"
#include "engine/question_kinds.h"
#include "engine/question_periods.h"
#include "measure/channel_mix.h"

namespace filrouge::engine {
namespace {

struct Spending {
    std::vector<std::string> channels;
    std::vector<std::vector<double>> by_period;  // by channel
};

// The costs summed in the periods they fall into.
Result<Spending> spending_of(const Asking& asking, Arguments& arguments, const Periods& periods) {
    const std::vector<Cost> costs = TRY(costs_of(asking, arguments));
    Spending out;
    std::map<std::string, std::size_t, std::less<>> numbers;
    for (const Cost& cost : costs) {
        const auto edge = std::upper_bound(periods.edges.begin(), periods.edges.end(), cost.at);
        if (edge == periods.edges.begin() || edge == periods.edges.end())
            continue;  // of another time
        const auto [number, fresh] = numbers.try_emplace(cost.channel, out.channels.size());
        if (fresh) {
            out.channels.push_back(cost.channel);
            out.by_period.emplace_back(periods.size());
        }
        out.by_period[number->second][static_cast<std::size_t>(edge - periods.edges.begin()) - 1] +=
            cost.amount;
    }
    if (out.channels.empty()) return arguments.wrong("costs", "rows within the question's time");
    return out;
}

double sum(const std::vector<double>& values) {
    double all = 0;
    for (const double v : values) all += v;
    return all;
}

// Where the costs do not help to forecast the figure, what they brought is anybody's guess: figures
// would be taken for findings.
bool can_be_told(const measure::ChannelMix& mix) {
    return mix.forecast_error <= 0.9 * mix.forecast_error_without;
}

// The curve of each channel at a few steady spends, up to half more than it ever had in a period.
void add_curves(Answer& answer, const Spending& spending, const measure::ChannelMix& mix) {
    auto& curve = answer.table("curve", {"channel", "spend", "revenue", "marginal"});
    if (!can_be_told(mix)) return;
    for (std::size_t c = 0; c < spending.channels.size(); ++c) {
        const double most =
            *std::max_element(spending.by_period[c].begin(), spending.by_period[c].end());
        for (int step = 0; step <= 6; ++step) {
            const double spend = most * step / 4;
            curve.add({spending.channels[c], spend, mix.curves[c].revenue(spend),
                       mix.curves[c].marginal(spend)});
        }
    }
}

// What each channel brought, and the best split of the budget, or of what is spent now.
Result<void> add_split(Answer& answer, const Spending& spending, const measure::ChannelMix& mix,
                       std::optional<double> budget) {
    double spent = 0;
    std::vector<measure::SpendLimits> limits;
    for (const auto& of_channel : spending.by_period) {
        spent += sum(of_channel) / static_cast<double>(of_channel.size());
        limits.push_back({0, 1.5 * *std::max_element(of_channel.begin(), of_channel.end())});
    }
    const double to_split = budget.value_or(spent);
    const auto split = TRY(measure::best_split(mix.curves, to_split, limits));
    answer.fact("budget", to_split);
    const auto told = [known = can_be_told(mix)](const Answer::Value& value) {
        return known ? value : Answer::Value();
    };
    answer.fact("expected_of_best_split", told(split.revenue));
    auto& rows = answer.table("rows", {"channel", "spend", "brought", "brought_error", "roi",
                                       "mean_spend", "marginal", "best_spend"});
    for (std::size_t c = 0; c < spending.channels.size(); ++c) {
        const double spend = sum(spending.by_period[c]);
        const double mean = spend / static_cast<double>(spending.by_period[c].size());
        rows.add({spending.channels[c], spend, told(mix.brought[c]),
                  mix.errors.empty() ? Answer::Value() : told(mix.errors[c].brought),
                  told(shown(measure::return_on_investment(spend, mix.brought[c]))), mean,
                  told(mix.curves[c].marginal(mean)), told(split.spend[c])});
    }
    return {};
}

}  // namespace

Result<Answer> mix_question(Asking& asking, Arguments& arguments) {
    Figure figure(asking);
    TRY(figure.read(arguments, "sum(Order Completed.revenue)"));
    const Grain grain = TRY(grain_of(arguments, "grain")).value_or(Grain::Week);
    const Periods periods = whole(asking, TRY(periods_of(asking, grain, query::kMetricBucketsMax)));
    const Spending spending = TRY(spending_of(asking, arguments, periods));
    const auto season = TRY(arguments.whole("season", 0, 400));
    const auto budget = TRY(arguments.number("budget", 0, 1e12));
    TRY(arguments.done());
    const query::Metric metric = TRY(figure.compute(asking.scope, periods.edges));
    measure::MixSeries series;
    series.spend = spending.by_period;
    series.season = static_cast<std::size_t>(season.value_or(0));
    series.revenue.assign(periods.size(), 0);
    for (const query::MetricRow& row : metric.rows)
        series.revenue[row.key.bucket] = figure.value(row).value_or(0);
    Answer answer;
    if (periods.size() != 0) {
        auto persons = TRY(figure.persons_by_group(periods.edges.front(), periods.edges.back()));
        answer.is_of(persons[query::kNoGroup]);
    }
    figure.tell_definition(answer);
    figure.note_currency(answer);
    answer.fact("periods", std::uint64_t{periods.size()});
    const measure::ChannelMix mix = TRY(measure::fit_channel_mix(series, {}, begin_fit(asking)));
    TRY(asking.run.check());
    answer.fact("r_squared", mix.r_squared);
    answer.fact("forecast_error", mix.forecast_error);
    answer.fact("forecast_error_without_channels", mix.forecast_error_without);
    if (!can_be_told(mix))
        answer.note(
            "Costs hardly help to forecast the figure here, so what they brought is not told: vary "
            "what is spent, for other reasons than expected sales, or tell a longer time.");
    TRY(add_split(answer, spending, mix, budget));
    add_curves(answer, spending, mix);
    answer.note(
        "The curves say what moved together. Only a spend that was varied for other "
        "reasons than expected sales shows what it causes.");
    return answer;
}

}  // namespace filrouge::engine
