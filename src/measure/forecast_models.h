// The models behind forecast.h. Indices are steps from the opening; a model sees what lies before
// its origin and nothing else.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "measure/forecast.h"

namespace filrouge::measure {

// A series from its opening on, made ready for the models.
struct Prepared {
    std::size_t known = 0;   // steps of history; calendars reach to the end of the horizon
    std::size_t slots = 7;   // weekdays, or 1 for a weekly series
    std::size_t season = 7;  // of the naive forecast: a week, or 52 weeks, or 1 when short
    double steps_per_year = 0;
    bool thin = false;
    std::vector<double> values;              // NaN where unknown
    std::vector<double> trade;               // the same, and NaN where closed
    std::vector<std::vector<int>> holidays;  // of each step, numbers from 0
    std::size_t names = 0;
};

Prepared prepare(const TimeSeries& series, const std::vector<Holiday>& holidays,
                 std::size_t horizon);

// Whether the step `at`, at or after `origin`, is foretold closed.
bool closed_at(const Prepared& p, std::size_t origin, std::size_t at);

// What each model says, from `origin` on, of `horizon` steps: none is below 0 or not a number.
using ModelForecasts = std::array<std::vector<double>, kForecastModels>;
ModelForecasts forecasts_at(const Prepared& p, std::size_t origin, std::size_t horizon);

// The parts, each on values that may already be logarithms.
std::vector<double> seasonal_naive(const Prepared& p, std::size_t origin, std::size_t horizon);
std::vector<double> seasonal_median(const std::vector<double>& values, std::size_t slots,
                                    std::size_t horizon);
std::vector<double> holt_winters(const std::vector<double>& values, std::size_t slots,
                                 std::size_t horizon);

struct Regressed {
    std::vector<double> ahead;     // origin to origin + horizon
    std::vector<double> calendar;  // what holidays and time of year add, 0 to origin + horizon
};
Regressed regress(const Prepared& p, const std::vector<double>& values, std::size_t horizon);

}  // namespace filrouge::measure
