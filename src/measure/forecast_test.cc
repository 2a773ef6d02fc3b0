// Laws and edges of forecast(), and its error on public footfall beside the seasonal naive one's.
#include "measure/forecast.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <limits>
#include <map>
#include <sstream>

#include "measure/data_for_test.h"

namespace filrouge::measure {
namespace {

using namespace test;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::int32_t kFirstDay = 19'000;

// A shop with a week, a year, a slow trend and errors of `noise` times the day's trade.
double usual(std::int32_t day, double trend_per_year) {
    static constexpr double kWeek[] = {0.8, 0.85, 0.9, 1.0, 1.2, 1.5, 0.75};
    const double years = (day - kFirstDay) / 365.25;
    return 400 * kWeek[day % 7] * (1 + 0.15 * std::sin(2 * M_PI * years)) *
           (1 + trend_per_year * years);
}

TimeSeries shop(std::uint64_t seed, std::size_t days, double noise) {
    Chance chance(seed);
    TimeSeries out{Step::Daily, kFirstDay, {}};
    for (std::size_t d = 0; d < days; ++d) {
        const double base = usual(kFirstDay + static_cast<std::int32_t>(d), 0.1);
        out.values.push_back(std::max(1.0, std::round(base * (1 + noise * normal(chance)))));
    }
    return out;
}

Forecast forecast_of(const TimeSeries& series, const std::vector<Holiday>& holidays = {},
                     const ForecastOptions& options = {}) {
    auto got = forecast(series, holidays, options);
    EXPECT_TRUE(got.ok()) << (got.ok() ? "" : got.error().message);
    return std::move(got).value();
}

TEST(Forecast, WhatIsComingIsNearlyTheTruthAndItsIntervalsHold) {
    const std::uint64_t first = test_seed(1);
    std::size_t inside = 0;
    std::size_t all = 0;
    double error = 0;
    for (std::uint64_t seed = first; seed < first + 12; ++seed) {
        TimeSeries series = shop(seed, 450, 0.05);
        const std::vector<double> truth(series.values.end() - 28, series.values.end());
        series.values.resize(series.values.size() - 28);
        const Forecast f = forecast_of(series);
        ASSERT_EQ(f.points.size(), 28u);
        EXPECT_LT(f.mase, f.naive_mase) << repeat(seed);
        for (std::size_t h = 0; h < 28; ++h) {
            const ForecastPoint& point = f.points[h];
            EXPECT_EQ(point.day, kFirstDay + 422 + static_cast<std::int32_t>(h));
            EXPECT_LE(point.low, point.expected);
            EXPECT_GE(point.high, point.expected);
            inside += point.low <= truth[h] && truth[h] <= point.high ? 1 : 0;
            error += std::abs(point.expected - usual(point.day, 0.1)) / usual(point.day, 0.1);
            ++all;
        }
    }
    const double n = static_cast<double>(all);
    std::printf(
        "simulated shops: mean error %.1f %% of the truth, %.1f %% inside 90 %% intervals\n",
        100 * error / n, 100 * static_cast<double>(inside) / n);
    EXPECT_LT(error / n, 0.05) << repeat(first);
    EXPECT_NEAR(static_cast<double>(inside) / n, 0.9, 0.1) << repeat(first);
}

TEST(Forecast, ClosedSundaysAndAYearlyClosedHolidayAreForetold) {
    TimeSeries series = shop(test_seed(1), 800, 0.05);
    const std::vector<Holiday> holidays{
        {kFirstDay + 80, "feast"}, {kFirstDay + 445, "feast"}, {kFirstDay + 810, "feast"}};
    for (std::size_t d = 0; d < series.values.size(); ++d) {
        const std::int32_t day = kFirstDay + static_cast<std::int32_t>(d);
        if (day % 7 == 3 || day == holidays[0].day || day == holidays[1].day) series.values[d] = 0;
    }
    const Forecast f = forecast_of(series, holidays);
    for (const ForecastPoint& point : f.points) {
        const bool closed = point.day % 7 == 3 || point.day == holidays[2].day;
        EXPECT_EQ(point.closed, closed) << point.day;
        EXPECT_EQ(point.expected > 50, !closed) << point.day;
        EXPECT_EQ(point.high > 0, !closed) << point.day;
    }
}

TEST(Forecast, AHolidaysEffectIsLearnedFromThePast) {
    TimeSeries series = shop(test_seed(1), 740, 0.03);
    std::vector<Holiday> holidays;
    for (const std::int32_t at : {20, 385, 750}) holidays.push_back({kFirstDay + at, "sale"});
    for (const std::size_t at : {20u, 385u}) series.values[at] *= 2;
    const Forecast f = forecast_of(series, holidays);
    const double usually = usual(kFirstDay + 750, 0.1);
    EXPECT_GT(f.points.at(10).expected, 1.3 * usually);
    EXPECT_LT(f.points.at(10).expected, 2.2 * usually);
    EXPECT_LT(f.points.at(11).expected, 1.2 * usual(kFirstDay + 751, 0.1));
}

TEST(Forecast, GapsAndTheTimeBeforeTheOpeningDoNotCount) {
    const TimeSeries whole = shop(test_seed(1), 400, 0.05);
    TimeSeries late{Step::Daily, kFirstDay - 100, std::vector<double>(100, 0)};
    late.values.insert(late.values.end(), whole.values.begin(), whole.values.end());
    const Forecast a = forecast_of(whole);
    const Forecast b = forecast_of(late);
    for (std::size_t h = 0; h < a.points.size(); ++h) {
        EXPECT_EQ(a.points[h].day, b.points[h].day);
        EXPECT_DOUBLE_EQ(a.points[h].expected, b.points[h].expected);
    }
    TimeSeries gaps = whole;
    Chance chance(test_seed(1));
    for (double& v : gaps.values) {
        if (chance.below(10) == 0) v = kNone;
    }
    const Forecast c = forecast_of(gaps);
    for (std::size_t h = 0; h < a.points.size(); ++h) {
        EXPECT_NEAR(c.points[h].expected, a.points[h].expected, 0.15 * a.points[h].expected);
    }
}

TEST(Forecast, AThinOrConstantSeriesStaysFiniteAndNotNegative) {
    const std::uint64_t seed = test_seed(1);
    Chance chance(seed);
    TimeSeries thin{Step::Daily, kFirstDay, {}};
    for (int d = 0; d < 200; ++d) thin.values.push_back(static_cast<double>(chance.below(3)));
    TimeSeries weekly = shop(seed, 150, 0.1);
    weekly.step = Step::Weekly;
    const TimeSeries constant{Step::Daily, kFirstDay, std::vector<double>(120, 7.0)};
    for (const TimeSeries& series : {thin, constant, weekly}) {
        const Forecast f = forecast_of(series, {}, {.horizon = 10, .level = 0.8});
        for (const ForecastPoint& point : f.points) {
            EXPECT_GE(point.low, 0);
            EXPECT_LE(point.low, point.expected);
            EXPECT_LE(point.expected, point.high);
            EXPECT_LT(point.high, 1e4);
        }
        EXPECT_TRUE(std::isfinite(f.mase) && std::isfinite(f.naive_mase));
    }
    EXPECT_NEAR(forecast_of(constant).points.back().expected, 7, 0.01);
    EXPECT_NEAR(forecast_of(thin).points.front().expected, 1, 0.6);
}

// Of a back-test's first origins there is no value a season before.
TEST(Forecast, TheBarOfAWeeklySeriesIsMadeOfValuesThatWere) {
    for (const std::size_t weeks : {104u, 120u, 156u}) {
        Chance chance(test_seed(1));
        TimeSeries series{Step::Weekly, kFirstDay, {}};
        for (std::size_t w = 0; w < weeks; ++w)
            series.values.push_back(std::round(1'000 + 50 * normal(chance)));
        const Forecast f = forecast_of(series, {}, {.horizon = 8});
        EXPECT_LT(f.naive_mase, 1.3) << weeks << " weeks" << repeat(test_seed(1));
        EXPECT_GT(f.naive_mase, 0.7) << weeks << " weeks" << repeat(test_seed(1));
    }
}

std::string refusal(const TimeSeries& series, const ForecastOptions& options = {}) {
    const auto got = forecast(series, {}, options);
    return got.ok() ? "" : got.error().code + ": " + got.error().message;
}

TEST(Forecast, WhatIsTooShortOrMalformedIsRefusedWithTheLimit) {
    const std::string too_few =
        "measure.forecast_too_few: There are 0 steps with a value since the opening; the least for "
        "this horizon is 84.";
    EXPECT_EQ(refusal({}), too_few);
    EXPECT_EQ(refusal({Step::Daily, 0, std::vector<double>(500, 0.0)}), too_few);
    EXPECT_EQ(refusal({Step::Daily, 0, std::vector<double>(500, kNone)}), too_few);
    EXPECT_NE(refusal(shop(1, 83, 0.1)), "");
    EXPECT_EQ(refusal(shop(1, 84, 0.1)), "");
    TimeSeries negative = shop(1, 100, 0.1);
    negative.values[9] = -1;
    EXPECT_EQ(refusal(negative),
              "measure.forecast_value: The value of step 9 is negative or too large.");
    EXPECT_EQ(refusal(shop(1, 100, 0.1), {.horizon = 0}).substr(0, 24), "measure.forecast_options");
    EXPECT_EQ(refusal({Step::Daily, 0, std::vector<double>(10'001, 1)}).substr(0, 26),
              "measure.forecast_too_large");
}

// Days since 1970-01-01.
std::int32_t day_of(int year, int month, int day) {
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::array<int, 3> three_of(const std::string& date) {
    std::array<int, 3> out{};
    EXPECT_EQ(std::sscanf(date.c_str(), "%d/%d/%d", &out[0], &out[1], &out[2]), 3) << date;
    return out;
}

std::string unpacked(const std::string& path) {
    gzFile file = gzopen(path.c_str(), "rb");
    std::string out;
    char buffer[1 << 14];
    for (int got = 1; file != nullptr && got > 0;) {
        got = gzread(file, buffer, sizeof buffer);
        if (got > 0) out.append(buffer, static_cast<std::size_t>(got));
    }
    gzclose(file);
    return out;
}

struct Footfall {
    std::map<int, TimeSeries> stores;
    std::map<int, std::vector<Holiday>> holidays;
};

// The calendar of a store: the nation's days, its state's and its town's. A day that was moved is
// kept where it was moved to.
Footfall read_footfall(const std::string& folder) {
    Footfall out;
    const std::int32_t first = day_of(2013, 1, 1);
    const std::int32_t last = day_of(2017, 8, 15);
    std::istringstream traffic(unpacked(folder + "/transactions.csv.gz"));
    for (const auto& row : rows_of_csv(traffic)) {
        const auto [month, day, year] = three_of(row.at(0));
        TimeSeries& series = out.stores[std::stoi(row.at(1))];
        series.first_day = first;
        series.values.resize(static_cast<std::size_t>(last - first + 1), kNone);
        series.values[static_cast<std::size_t>(day_of(year, month, day) - first)] =
            std::stod(row.at(2));
    }
    std::ifstream stores(folder + "/stores.csv");
    for (const auto& store : rows_of_csv(stores)) {
        std::ifstream events(folder + "/holidays_events.csv");
        for (const auto& row : rows_of_csv(events)) {
            if (row.at(5) == "TRUE") continue;
            const bool here =
                row[2] == "National" || row[3] == store.at(1) || row[3] == store.at(2);
            const auto [day, month, year] = three_of(row[0]);
            if (here)
                out.holidays[std::stoi(store[0])].push_back({day_of(year, month, day), row[4]});
        }
    }
    return out;
}

// All stores take the sanitizers half a minute.
#if defined(__SANITIZE_ADDRESS__)
constexpr int kEveryStore = 9;
#else
constexpr int kEveryStore = 1;
#endif

TEST(ForecastOfPublicData, FootfallIsForetoldBetterThanBySeasonalNaive) {
    const std::string folder = data_folder("store-traffic");
    if (folder.empty()) GTEST_SKIP() << "absent: no ../shared/data/store-traffic";
    const Footfall data = read_footfall(folder);
    ASSERT_EQ(data.stores.size(), 54u);
    double mase = 0;
    double naive = 0;
    double covered = 0;
    double days = 0;
    double back_test = 0;
    double back_test_coverage = 0;
    constexpr double kStores = 54.0 / kEveryStore;
    int better = 0;
    std::map<ForecastModel, int> picked;
    for (auto [store, series] : data.stores) {
        if (store % kEveryStore != 0) continue;
        const std::vector<double> truth(series.values.end() - 28, series.values.end());
        series.values.resize(series.values.size() - 28);
        const Forecast f = forecast_of(series, data.holidays.at(store));
        ++picked[f.model];
        back_test += f.mase / f.naive_mase / kStores;
        back_test_coverage += f.coverage / kStores;
        double scale = 0;
        double pairs = 0;
        for (std::size_t t = 7; t < series.values.size(); ++t) {
            const double change = std::abs(series.values[t] - series.values[t - 7]);
            if (!std::isnan(change)) scale += change, pairs += 1;
        }
        scale /= pairs;
        double ours = 0;
        double theirs = 0;
        double known = 0;
        for (std::size_t h = 0; h < 28; ++h) {
            std::size_t before = series.values.size() - 7 + h % 7;
            while (std::isnan(series.values[before])) before -= 7;
            if (std::isnan(truth[h])) continue;
            ours += std::abs(truth[h] - f.points[h].expected);
            theirs += std::abs(truth[h] - series.values[before]);
            covered += f.points[h].low <= truth[h] && truth[h] <= f.points[h].high ? 1 : 0;
            known += 1;
        }
        mase += ours / known / scale / kStores;
        naive += theirs / known / scale / kStores;
        better += ours < theirs ? 1 : 0;
        days += known;
    }
    std::printf(
        "footfall of %.0f stores, last 28 days: MASE %.3f, seasonal naive %.3f (better in %d "
        "stores); 90 %% intervals hold %.1f %%\n  back-test: error %.3f of seasonal naive's, "
        "coverage %.1f %%; picked:",
        kStores, mase, naive, better, 100 * covered / days, back_test, 100 * back_test_coverage);
    for (const auto& [model, times] : picked)
        std::printf(" model %d %d times", static_cast<int>(model), times);
    std::printf("\n");
    EXPECT_LT(mase, 0.95 * naive);
    EXPECT_GT(better, kStores / 2);
    EXPECT_LT(back_test, 0.75);
    // The last month was calmer than the back-test's eight, which hold Christmas.
    EXPECT_GT(covered / days, 0.88);
    EXPECT_NEAR(back_test_coverage, 0.9, 0.04);
}

}  // namespace
}  // namespace filrouge::measure
