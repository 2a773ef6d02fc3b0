// What an opening or a regional campaign brought: the treated places beside what they would have
// done, which is estimated from places nothing happened to.
//
// Three methods, all on series freed of each place's own level (its mean before the start):
//   Uniform    every donor counts the same: difference in differences, the naive model
//   Synthetic  weights >= 0 with sum 1 that follow the treated before the start
//              (Abadie, Diamond, Hainmueller 2010; with fixed effects Doudchenko, Imbens 2016)
//   Augmented  Synthetic, its remaining imbalance mended by ridge regression over the donors
//              (Ben-Michael, Feller, Rothstein 2021, equations 11 and 12); lambda by
//              leave-one-day-out, the largest within one standard error of the best
//
// The p value is conformal (Chernozhukov, Wuthrich, Zhu 2021): the model is fitted to all days as
// if nothing had happened, and the absolute residuals of the treated days are summed and held
// against those of other days. The default takes MovingBlock, stretches of neighbouring days,
// because trade carries over from day to day; Iid shuffles the days, has finer steps and is only
// right without such carry.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"

namespace filrouge::measure {

constexpr std::size_t kEffectPlacesMax = 300;
constexpr std::size_t kEffectDaysMax = 800;
constexpr std::size_t kEffectDonorsMin = 3;
constexpr std::size_t kEffectPreDaysMin = 14;  // two weeks: a weekday is seen twice

struct Panel {
    std::size_t places = 0;
    std::size_t days = 0;
    std::vector<double> values;  // place by place: values[place * days + day]; units per day
};

enum class EffectMethod : std::uint8_t { Uniform, Synthetic, Augmented };
enum class Reordering : std::uint8_t { MovingBlock, Iid };

struct EffectOptions {
    EffectMethod method = EffectMethod::Augmented;
    Reordering reordering = Reordering::MovingBlock;
    std::uint64_t seed = 1;     // of the shuffles of Iid; the other takes no chance
    std::size_t draws = 1'000;  // shuffles of Iid, 100 to 100,000
    double level = 0.95;        // of the interval
    // Asked between the steps; once it says no the rest is hurried through, and the answer is
    // worth nothing. Empty: it runs to its end.
    std::function<bool()> still_wanted = {};
    bool wanted() const { return !still_wanted || still_wanted(); }
};

struct Donor {
    std::size_t place = 0;
    double weight = 0;
};

struct EffectInterval {
    double low = 0;
    double high = 0;
};

struct Effect {
    double att = 0;          // average effect on the treated, units per place and day
    double incremental = 0;  // units in all treated places and days
    std::optional<double>
        lift;            // incremental over expected, 0.05 = 5 %; none when <= 0 was expected
    double p_value = 1;  // of no effect at all, two-sided, never 0
    // Of att: the constant effects that are not refused when the sum of the gaps is tested instead
    // of their absolute sum, so that an effect that varies from day to day does not void it. It may
    // hold 0 beside a small p value. None when no effect is refused however large: too many treated
    // days.
    std::optional<EffectInterval> interval;
    std::vector<double> observed;  // mean of the treated places, one a day
    std::vector<double> expected;  // the same without the treatment
    std::vector<Donor> donors;     // by falling weight, without zeros; negative only when Augmented
    double lambda = 0;             // of the ridge; 0 for the other methods
    double l2_imbalance = 0;       // length of the gap before the start
    double scaled_imbalance = 0;   // the same over that of uniform weights: 0 follows, 1 is naive
    double better_than_naive() const { return 1 - scaled_imbalance; }
};

// `treated` are places of the panel; the treatment begins with the day `first_day` and lasts to the
// panel's end. Every other place is a donor: leave out those the treatment may have reached.
// Fails with "measure.effect_..." when the panel is malformed, has gaps or is too small. Time grows
// with donors^2 * days: 40 places and 105 days take some 30 ms, the largest panel some 3 s.
Result<Effect> estimate_effect(const Panel& panel, const std::vector<std::size_t>& treated,
                               std::size_t first_day, const EffectOptions& options = {});

}  // namespace filrouge::measure
