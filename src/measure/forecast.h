// What is to be expected of a daily or weekly series: visits, tickets, orders of a place.
//
// Three models and their mean, plain and in logarithms where the series is not thin:
//   robust ridge regression on trend, weekday, time of year (Fourier) and holidays;
//   of what is left once its holidays and time of year are taken out: the median of the last weeks
//   by weekday, and damped Holt-Winters with bounded shocks (Gardner, McKenzie 1985; Gelper, Fried,
//   Croux 2010).
// A back-test with rolling origins picks one, sets the intervals (quantiles of its errors by week
// ahead) and says how good all that was, always beside the seasonal naive forecast.
//
// A value of 0 is a closed day where trade is usually 5 or more (a Poisson count would be 0 on less
// than one day of a hundred): it teaches no model, and holidays and weekdays that are mostly closed
// are foretold closed. In a thin series 0 is a value like any other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "measure/still_wanted.h"

namespace filrouge::measure {

constexpr std::size_t kForecastValuesMax = 10'000;
constexpr std::size_t kForecastHorizonMax = 400;
constexpr std::size_t kForecastHolidaysMax = 10'000;  // dates, over all years
constexpr std::size_t kForecastNamesMax = 500;        // different holidays
constexpr std::size_t kForecastTrainingMin = 42;      // known values before the earliest origin
constexpr std::size_t kForecastOriginsMin = 3;
constexpr std::size_t kForecastOriginsMax = 8;

enum class Step : std::uint8_t { Daily = 1, Weekly = 7 };

struct TimeSeries {
    Step step = Step::Daily;
    std::int32_t first_day = 0;  // days since 1970-01-01
    std::vector<double> values;  // not negative; NaN where nothing is known
};

struct Holiday {
    std::int32_t day = 0;
    std::string name;  // the same each year; "Christmas-1" may be a holiday of its own
};

enum class ForecastModel : std::uint8_t {
    // The value one week before; of weeks 52 before, with a history of 104, or else the one before.
    // Where none is known there, the last one. The bar, never picked.
    SeasonalNaive,
    SeasonalMedian,
    HoltWinters,
    HoltWintersLog,
    Regression,
    RegressionLog,
    Mean,
};
constexpr std::size_t kForecastModels = 7;

struct ForecastOptions {
    std::size_t horizon = 28;  // steps
    double level = 0.9;        // of the intervals
    StillWanted still_wanted = {};
};

struct ForecastPoint {
    std::int32_t day = 0;
    double expected = 0;
    double low = 0;
    double high = 0;
    bool closed = false;  // then all three are 0
};

// Errors are mean absolute scaled errors (Hyndman, Koehler 2006): below 1 is better than the
// seasonal naive forecast did one season ahead inside the known values.
struct Forecast {
    std::vector<ForecastPoint> points;
    ForecastModel model = ForecastModel::Mean;
    double mase = 0;        // of the model in the back-test
    double naive_mase = 0;  // of the seasonal naive forecast on the same days
    double coverage = 0;    // of intervals made from the other origins' errors, same days
    std::size_t origins = 0;
    std::size_t scored = 0;  // days of the back-test with a known value
};

// Needs about 10 weeks of known values and the horizon more, or fails with
// "measure.forecast_too_few"; "measure.forecast_..." names what else is wrong. What lies before the
// first value above 0 is left out: the place was not open yet. `holidays` may reach into the
// horizon and should. 1,600 days with a horizon of 28 take some 20 ms.
Result<Forecast> forecast(const TimeSeries& series, const std::vector<Holiday>& holidays,
                          const ForecastOptions& options = {});

}  // namespace filrouge::measure
