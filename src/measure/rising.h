// Which of many counted things rise: products, searches, places, audiences.
//
// Given how often a thing was seen in all, its recent share is binomial; where things vary more
// than chance does, beta-binomial with one correlation for all, from the median deviation. The null
// share is that of the things that do not stand out, so a season in which everything grows raises
// nothing. One-sided p values, corrected for many looks (Benjamini, Hochberg 1995). Ordered by the
// near end of the growth's interval (Wilson 1927, on the share): seen 3 times after 1 time is many
// times as much a day and tops no list.
#pragma once

#include <vector>

#include "base/result.h"

namespace filrouge::measure {

constexpr std::size_t kRisingThingsMax = 1'000'000;
// Seen 10 times or more; with fewer of them the spread is that of chance, and what is typical is
// the middle one's growth, or 1 where that is more.
constexpr std::size_t kRisingOthersMin = 20;
constexpr double kRisingCountMax = 1e9;

struct Counted {
    double recent = 0;  // whole numbers from 0
    double before = 0;
};

struct RisingOptions {
    double recent_days = 7;
    double before_days = 28;
    double false_discovery = 0.1;  // share of wrong findings that is accepted
    double level = 0.95;           // of the growth's interval
};

struct RisingThing {
    std::size_t thing = 0;  // place in the input
    double expected = 0;    // recent count, had it done as the others
    double growth = 0;      // a day now over a day before, drawn towards 1 by one sight of each
    double growth_low = 0;  // near end of the interval
    double p_value = 1;
    double q_value = 1;  // least false discovery rate at which it is found
};

struct Rising {
    double typical_growth = 1;        // of all things that do not stand out
    double correlation = 0;           // 0: things vary as chance does
    bool spread_known = false;        // there were enough things to tell by
    std::vector<RisingThing> things;  // q_value <= false_discovery, by falling growth_low
};

// Fails with "measure.rising_..." on counts that are negative or not whole, on times that are not
// above 0 and on too many things.
Result<Rising> rising(const std::vector<Counted>& things, const RisingOptions& options = {});

}  // namespace filrouge::measure
