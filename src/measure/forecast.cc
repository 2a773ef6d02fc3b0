#include "measure/forecast.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "measure/forecast_models.h"

namespace filrouge::measure {
namespace {

struct Trial {
    std::size_t origin = 0;
    ModelForecasts forecasts;
};

Error too_few(std::size_t known, std::size_t least) {
    return {"measure.forecast_too_few",
            "There are " + std::to_string(known) +
                " steps with a value since the opening; the least "
                "for this horizon is " +
                std::to_string(least) + ".",
            "Wait, or ask for a shorter horizon."};
}

Result<void> check(const TimeSeries& series, const std::vector<Holiday>& holidays,
                   const ForecastOptions& options) {
    if (options.horizon == 0 || options.horizon > kForecastHorizonMax ||
        !(options.level > 0 && options.level < 1)) {
        return Error{"measure.forecast_options",
                     "The horizon must be 1 to " + std::to_string(kForecastHorizonMax) +
                         " steps and the level between 0 and 1.",
                     "28 and 0.9 are usual."};
    }
    std::set<std::string_view> names;
    for (const Holiday& holiday : holidays) names.insert(holiday.name);
    if (series.values.size() > kForecastValuesMax || holidays.size() > kForecastHolidaysMax ||
        names.size() > kForecastNamesMax) {
        return Error{"measure.forecast_too_large",
                     "There are " + std::to_string(series.values.size()) + " values, " +
                         std::to_string(holidays.size()) + " holidays and " +
                         std::to_string(names.size()) + " names; the limits are " +
                         std::to_string(kForecastValuesMax) + ", " +
                         std::to_string(kForecastHolidaysMax) + " and " +
                         std::to_string(kForecastNamesMax) + ".",
                     "Leave out the oldest values and the holidays nobody keeps."};
    }
    for (std::size_t t = 0; t < series.values.size(); ++t) {
        if (series.values[t] < 0 || series.values[t] > 1e100) {
            return Error{"measure.forecast_value",
                         "The value of step " + std::to_string(t) + " is negative or too large.",
                         "Give counts or amounts from 0, and NaN where nothing is known."};
        }
    }
    return {};
}

std::size_t known_before(const Prepared& p, std::size_t end) {
    return static_cast<std::size_t>(
        std::count_if(p.trade.begin(), p.trade.begin() + static_cast<std::ptrdiff_t>(end),
                      [](double v) { return !std::isnan(v); }));
}

// From the latest back. They lie a horizon apart, so that no day is forecast twice, or closer where
// the history is short; whole weeks in any case.
Result<std::vector<std::size_t>> origins_of(const Prepared& p, std::size_t horizon) {
    const std::size_t needed = kForecastTrainingMin + horizon + (kForecastOriginsMin - 1) * p.slots;
    const std::size_t have = known_before(p, p.known);
    if (have < needed) return too_few(have, needed);
    std::size_t first = 0;
    for (std::size_t seen = 0; seen < kForecastTrainingMin; ++first) {
        seen += std::isnan(p.trade[first]) ? 0 : 1;
    }
    if (first + horizon > p.known) return too_few(have, needed);
    const std::size_t room = p.known - horizon - first;
    const std::size_t wanted = (horizon + p.slots - 1) / p.slots * p.slots;
    const std::size_t apart =
        std::min(wanted, room / (kForecastOriginsMin - 1) / p.slots * p.slots);
    if (apart == 0) return too_few(have, needed);
    std::vector<std::size_t> out;
    for (std::size_t back = 0; back <= room && out.size() < kForecastOriginsMax; back += apart) {
        out.push_back(p.known - horizon - back);
    }
    return out;
}

double mean_error(const Prepared& p, const std::vector<Trial>& trials, std::size_t model) {
    double sum = 0;
    double days = 0;
    for (const Trial& trial : trials) {
        const std::vector<double>& said = trial.forecasts[model];
        for (std::size_t h = 0; h < said.size(); ++h) {
            const double actual = p.values[trial.origin + h];
            if (std::isnan(actual)) continue;
            sum += std::abs(actual - said[h]);
            days += 1;
        }
    }
    return days > 0 ? sum / days : 0;
}

// Mean absolute difference of a season, over all that is known: what a MASE is scaled by.
double naive_scale(const Prepared& p) {
    double sum = 0;
    double days = 0;
    for (std::size_t t = p.season; t < p.known; ++t) {
        const double change = std::abs(p.values[t] - p.values[t - p.season]);
        if (std::isnan(change)) continue;
        sum += change;
        days += 1;
    }
    return sum > 0 ? sum / days : 1;  // a constant series has no scale of its own
}

// The errors of a model by time ahead, a week of steps in one: absolute for a thin series, else as
// a share of what was foretold, for a busy day errs by more.
class Errors {
  public:
    Errors(const Prepared& p, double level) : p_(p), tail_((1 - level) / 2) {}

    void learn(const std::vector<Trial>& trials, std::size_t model, const Trial* without) {
        of_week_.clear();
        for (const Trial& trial : trials) {
            if (&trial == without) continue;
            const std::vector<double>& said = trial.forecasts[model];
            of_week_.resize(week(said.size() - 1) + 1);
            for (std::size_t h = 0; h < said.size(); ++h) {
                const double error = p_.values[trial.origin + h] - said[h];
                const bool closed = !p_.thin && said[h] <= 0;
                if (!std::isnan(error) && !closed)
                    of_week_[week(h)].push_back(error / unit(said[h]));
            }
        }
        widen();
    }
    ForecastPoint around(double expected, std::size_t h) const {
        const auto [low, high] = bounds_[week(h)];
        ForecastPoint out;
        out.closed = !p_.thin && expected <= 0;
        out.expected = expected;
        if (out.closed) return out;
        out.low = std::max(0.0, expected + std::min(low, 0.0) * unit(expected));
        out.high = expected + std::max(high, 0.0) * unit(expected);
        return out;
    }

  private:
    static constexpr std::size_t kStepsTogether = 7;
    std::size_t week(std::size_t h) const { return h / kStepsTogether; }
    double unit(double said) const { return p_.thin ? 1 : said; }

    // Ranks of n + 1, as in split conformal prediction; too few errors give their extremes. What
    // lies further ahead is never surer.
    void widen() {
        bounds_.clear();
        std::pair<double, double> widest{0, 0};
        for (std::vector<double>& errors : of_week_) {
            std::sort(errors.begin(), errors.end());
            if (!errors.empty()) {
                const double rank = tail_ * static_cast<double>(errors.size() + 1);
                const auto cut = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
                widest.first = std::min(widest.first, errors[std::min(cut, errors.size() - 1)]);
                widest.second = std::max(
                    widest.second, errors[errors.size() - 1 - std::min(cut, errors.size() - 1)]);
            }
            bounds_.push_back(widest);
        }
    }

    const Prepared& p_;
    double tail_;
    std::vector<std::vector<double>> of_week_;
    std::vector<std::pair<double, double>> bounds_;
};

void score(const Prepared& p, const std::vector<Trial>& trials, Errors& errors, Forecast& out) {
    const auto model = static_cast<std::size_t>(out.model);
    const double scale = naive_scale(p);
    out.mase = mean_error(p, trials, model) / scale;
    out.naive_mase =
        mean_error(p, trials, static_cast<std::size_t>(ForecastModel::SeasonalNaive)) / scale;
    out.origins = trials.size();
    std::size_t covered = 0;
    for (const Trial& trial : trials) {
        errors.learn(trials, model, &trial);
        for (std::size_t h = 0; h < trial.forecasts[model].size(); ++h) {
            const double actual = p.values[trial.origin + h];
            if (std::isnan(actual)) continue;
            const ForecastPoint point = errors.around(trial.forecasts[model][h], h);
            ++out.scored;
            covered += point.low <= actual && actual <= point.high ? 1 : 0;
        }
    }
    if (out.scored > 0)
        out.coverage = static_cast<double>(covered) / static_cast<double>(out.scored);
}

// The mean of the models, unless one alone did clearly better: the best of many by a back-test is
// partly the luckiest.
ForecastModel pick(const Prepared& p, const std::vector<Trial>& trials) {
    constexpr double kClearly = 0.9;
    ForecastModel best = ForecastModel::Mean;
    double least = kClearly * mean_error(p, trials, static_cast<std::size_t>(best));
    for (std::size_t m = 1; m + 1 < kForecastModels; ++m) {
        if (trials[0].forecasts[m].empty()) continue;
        const double error = mean_error(p, trials, m);
        if (error >= least) continue;
        least = error;
        best = static_cast<ForecastModel>(m);
    }
    return best;
}

}  // namespace

Result<Forecast> forecast(const TimeSeries& series, const std::vector<Holiday>& holidays,
                          const ForecastOptions& options) {
    TRY(check(series, holidays, options));
    const Prepared p = prepare(series, holidays, options.horizon);
    std::vector<Trial> trials;
    for (const std::size_t origin : TRY(origins_of(p, options.horizon))) {
        if (!wanted(options.still_wanted)) return Forecast{};
        trials.push_back({origin, forecasts_at(p, origin, options.horizon)});
    }
    Forecast out;
    out.model = pick(p, trials);
    Errors errors(p, options.level);
    score(p, trials, errors, out);
    errors.learn(trials, static_cast<std::size_t>(out.model), nullptr);
    const ModelForecasts ahead = forecasts_at(p, p.known, options.horizon);
    const std::vector<double>& said = ahead[static_cast<std::size_t>(out.model)];
    const auto step = static_cast<std::int32_t>(series.step);
    const std::int32_t next =
        series.first_day + step * static_cast<std::int32_t>(series.values.size());
    for (std::size_t h = 0; h < said.size(); ++h) {
        ForecastPoint point = errors.around(said[h], h);
        point.day = next + step * static_cast<std::int32_t>(h);
        out.points.push_back(point);
    }
    return out;
}

}  // namespace filrouge::measure
