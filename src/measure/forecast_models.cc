#include "measure/forecast_models.h"

#include <cmath>
#include <limits>
#include <map>

#include "measure/robust.h"

namespace filrouge::measure {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kThinBelow = 5;        // exp(-5) < 1 %: see forecast.h
constexpr std::size_t kMedianOf = 8;    // values of a weekday
constexpr std::size_t kClosedOf = 8;    // the last days of a kind that are looked at,
constexpr std::size_t kClosedFrom = 6;  // and how many of them closed foretell the next
constexpr double kDamping = 0.98;
constexpr double kShockMax = 3;  // standard deviations: beyond, a shock counts as this much

bool known(double v) { return !std::isnan(v); }

std::vector<double> known_of(const std::vector<double>& values) {
    std::vector<double> out;
    std::copy_if(values.begin(), values.end(), std::back_inserter(out), known);
    return out;
}

void number_holidays(Prepared& p, std::int32_t first_day, std::int32_t step,
                     const std::vector<Holiday>& holidays) {
    std::map<std::string_view, int> numbers;
    for (const Holiday& holiday : holidays) {
        const std::int64_t offset = std::int64_t{holiday.day} - first_day;
        if (offset < 0) continue;
        const auto at = static_cast<std::size_t>(offset / step);
        if (at >= p.holidays.size()) continue;
        const int fresh = static_cast<int>(numbers.size());
        const int number = numbers.emplace(holiday.name, fresh).first->second;
        std::vector<int>& here = p.holidays[at];
        if (std::find(here.begin(), here.end(), number) == here.end()) here.push_back(number);
    }
    p.names = numbers.size();
}

// Smoothing constants from a coarse grid: the errors are flat around their best.
struct Smoothing {
    double level, trend, season;
};
constexpr double kLevels[] = {0.03, 0.08, 0.2, 0.5};
constexpr double kTrends[] = {0, 0.03};
constexpr double kSeasons[] = {0.03, 0.15};

struct State {
    double level = 0;
    double trend = 0;
    std::vector<double> season;
    double loss = 0;
};

State start_of(const std::vector<double>& values, std::size_t slots) {
    State s;
    const std::size_t first = std::min(values.size(), 6 * slots);
    std::vector<double> head =
        known_of({values.begin(), values.begin() + static_cast<std::ptrdiff_t>(first)});
    if (head.empty()) head = known_of(values);
    s.level = median(head);
    for (std::size_t slot = 0; slot < slots; ++slot) {
        std::vector<double> of_slot;
        for (std::size_t t = slot; t < first; t += slots) {
            if (known(values[t])) of_slot.push_back(values[t]);
        }
        s.season.push_back(of_slot.empty() ? 0 : median(of_slot) - s.level);
    }
    return s;
}

// One pass of additive Holt-Winters. Unknown steps only let the trend run on.
State smooth(const std::vector<double>& values, State s, Smoothing by, double spread) {
    double width = spread;
    for (std::size_t t = 0; t < values.size(); ++t) {
        double& season = s.season[t % s.season.size()];
        const double before = s.level + kDamping * s.trend;
        s.trend *= kDamping;
        s.level = before;
        if (!known(values[t])) continue;
        const double error = values[t] - before - season;
        const double bound = kShockMax * width;
        const double shock = std::clamp(error, -bound, bound);
        s.loss += std::abs(shock);
        s.level += by.level * shock;
        s.trend += by.level * by.trend * shock;
        if (s.season.size() > 1) season += by.season * (1 - by.level) * shock;
        width = std::max(0.98 * width + 0.02 * 1.25 * std::abs(shock), 0.1 * spread);
    }
    return s;
}

}  // namespace

Prepared prepare(const TimeSeries& series, const std::vector<Holiday>& holidays,
                 std::size_t horizon) {
    Prepared p;
    const auto opening =
        std::find_if(series.values.begin(), series.values.end(), [](double v) { return v > 0; });
    p.values.assign(opening, series.values.end());
    p.known = p.values.size();
    const auto step = static_cast<std::int32_t>(series.step);
    const bool daily = series.step == Step::Daily;
    p.slots = daily ? 7 : 1;
    p.season = daily ? 7 : p.known >= 2 * 52 ? 52 : 1;
    p.steps_per_year = 365.25 / step;
    const std::vector<double> some = known_of(p.values);
    p.thin = some.empty() || median(some) < kThinBelow;
    p.trade = p.values;
    if (!p.thin)
        std::replace_if(
            p.trade.begin(), p.trade.end(), [](double v) { return v <= 0; }, kNone);
    p.holidays.resize(p.known + horizon);
    const auto closed_before = static_cast<std::int32_t>(opening - series.values.begin());
    number_holidays(p, series.first_day + step * closed_before, step, holidays);
    return p;
}

bool closed_at(const Prepared& p, std::size_t origin, std::size_t at) {
    if (p.thin) return false;
    const std::vector<int>& names = p.holidays[at];
    std::size_t seen = 0;
    std::size_t closed = 0;
    for (std::size_t back = origin; back > 0 && seen < kClosedOf; --back) {
        const std::size_t t = back - 1;
        if (!known(p.values[t])) continue;
        const bool alike =
            names.empty() ? p.holidays[t].empty() && t % p.slots == at % p.slots
                          : std::find_first_of(names.begin(), names.end(), p.holidays[t].begin(),
                                               p.holidays[t].end()) != names.end();
        if (!alike) continue;
        ++seen;
        closed += p.values[t] <= 0 ? 1 : 0;
    }
    // A holiday comes once a year, so most of the few there are must do.
    return names.empty() ? closed >= kClosedFrom : closed > 0 && 2 * closed > seen;
}

std::vector<double> seasonal_naive(const Prepared& p, std::size_t origin, std::size_t horizon) {
    // Where nothing is known whole seasons before, as in the first year of weeks: the last value.
    double last = 0;
    for (std::size_t t = 0; t < origin; ++t) last = known(p.values[t]) ? p.values[t] : last;
    std::vector<double> out(horizon, last);
    for (std::size_t h = 0; h < horizon; ++h) {
        std::size_t at = origin + h;
        while (at >= p.season && (at >= origin || !known(p.values[at]))) at -= p.season;
        if (at < origin && known(p.values[at])) out[h] = p.values[at];
    }
    return out;
}

std::vector<double> seasonal_median(const std::vector<double>& values, std::size_t slots,
                                    std::size_t horizon) {
    std::vector<double> of_slot(slots, kNone);
    std::vector<double> all;
    const std::size_t origin = values.size();
    for (std::size_t slot = 0; slot < slots; ++slot) {
        std::vector<double> last;
        for (std::size_t back = origin; back > 0 && last.size() < kMedianOf; --back) {
            const std::size_t t = back - 1;
            if (t % slots == slot && known(values[t])) last.push_back(values[t]);
        }
        all.insert(all.end(), last.begin(), last.end());
        if (!last.empty()) of_slot[slot] = median(last);
    }
    const double otherwise = all.empty() ? 0 : median(all);
    std::vector<double> out(horizon);
    for (std::size_t h = 0; h < horizon; ++h) {
        const double value = of_slot[(origin + h) % slots];
        out[h] = known(value) ? value : otherwise;
    }
    return out;
}

std::vector<double> holt_winters(const std::vector<double>& values, std::size_t slots,
                                 std::size_t horizon) {
    const State start = start_of(values, slots);
    std::vector<double> apart;
    for (std::size_t t = slots; t < values.size(); ++t) {
        if (known(values[t]) && known(values[t - slots])) {
            apart.push_back(values[t] - values[t - slots]);
        }
    }
    // A difference of two errors is sqrt(2) as wide as one. A flat series still needs some width.
    const double spread =
        std::max(apart.empty() ? 0 : deviation_from(apart, 0) / std::sqrt(2.0), 1e-9);
    State best;
    best.loss = std::numeric_limits<double>::infinity();
    for (const double level : kLevels) {
        for (const double trend : kTrends) {
            for (const double season : kSeasons) {
                State s = smooth(values, start, {level, trend, season}, spread);
                if (s.loss < best.loss) best = std::move(s);
                if (slots == 1) break;
            }
        }
    }
    std::vector<double> out(horizon);
    double damped = 0;
    double power = 1;
    for (std::size_t h = 0; h < horizon; ++h) {
        power *= kDamping;
        damped += power;
        out[h] = best.level + damped * best.trend + best.season[(values.size() + h) % slots];
    }
    return out;
}

namespace {

std::size_t index(ForecastModel model) { return static_cast<std::size_t>(model); }

// The regression, and the two models of what it leaves once holidays and time of year are taken
// out, on one scale. The median is of logarithms where there are any.
void add_scale(const Prepared& p, std::size_t origin, std::size_t horizon, bool logs,
               ModelForecasts& out) {
    std::vector<double> values(p.trade.begin(),
                               p.trade.begin() + static_cast<std::ptrdiff_t>(origin));
    if (logs) {
        for (double& v : values) v = std::log(v);
    }
    const Regressed regressed = regress(p, values, horizon);
    for (std::size_t t = 0; t < origin; ++t) values[t] -= regressed.calendar[t];
    const auto finish = [&](std::vector<double> ahead, bool add_calendar) {
        for (std::size_t h = 0; h < horizon; ++h) {
            const double v = ahead[h] + (add_calendar ? regressed.calendar[origin + h] : 0);
            ahead[h] = std::max(logs ? std::exp(std::min(v, 300.0)) : v, 0.0);
        }
        return ahead;
    };
    using enum ForecastModel;
    out[index(logs ? RegressionLog : Regression)] = finish(regressed.ahead, false);
    out[index(logs ? HoltWintersLog : HoltWinters)] =
        finish(holt_winters(values, p.slots, horizon), true);
    out[index(SeasonalMedian)] = finish(seasonal_median(values, p.slots, horizon), true);
}

}  // namespace

ModelForecasts forecasts_at(const Prepared& p, std::size_t origin, std::size_t horizon) {
    ModelForecasts out;
    out[index(ForecastModel::SeasonalNaive)] = seasonal_naive(p, origin, horizon);
    add_scale(p, origin, horizon, false, out);
    if (!p.thin) add_scale(p, origin, horizon, true, out);
    std::vector<double>& mean = out[index(ForecastModel::Mean)];
    mean.assign(horizon, 0);
    double models = 0;
    for (std::size_t m = 1; m < index(ForecastModel::Mean); ++m) {
        if (out[m].empty()) continue;
        models += 1;
        for (std::size_t h = 0; h < horizon; ++h) mean[h] += out[m][h];
    }
    for (std::size_t h = 0; h < horizon; ++h) {
        mean[h] /= models;
        if (!closed_at(p, origin, origin + h)) continue;
        for (std::size_t m = 1; m < kForecastModels; ++m) {
            if (!out[m].empty()) out[m][h] = 0;
        }
    }
    return out;
}

}  // namespace filrouge::measure
