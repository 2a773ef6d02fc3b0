// Finds which records are the same person's, and how sure that is: blocking, training without
// labels, scoring, and one partner each where the caller knows that there can be no more.
//
// Pure: the same records, options and seed give the same answer on any number of threads. Memory:
// the records, 12 bytes a row and pass at a time, and kPairsKeptARow pairs a row.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "matching/blocking.h"
#include "matching/model.h"

namespace filrouge::matching {

constexpr std::uint64_t kPairsKeptARow = 4;  // the best of them; and a few for small sets
constexpr double kProbabilityKept = 0.002;

struct MatchOptions {
    bool between = false;     // First side against Second; else everybody with everybody
    bool one_to_one = false;  // neither side has anybody twice: each row in one pair at most
    // Of one to one: pairs that cannot be, so that neither row is kept from another partner. May be
    // empty; asked by the caller's thread.
    std::function<bool(std::uint32_t a, std::uint32_t b)> never = {};
    bool households = true;  // several people may live at an address (matching/model.h)
    std::uint64_t seed = 1;
    unsigned threads = 1;
    // How far it is, from the caller's thread; false ends it. May be empty.
    std::function<bool(std::string_view stage, std::uint64_t done, std::uint64_t of)> progress = {};
};

struct Pair {
    std::uint32_t a = 0, b = 0;  // rows; a < b, or a of the First side
    float weight = 0;
    float probability = 0;
};

struct Matches {
    Model model;
    std::vector<Pass> passes;
    std::vector<PassFigures> figures;  // of each pass
    std::uint64_t possible = 0;        // pairs
    std::uint64_t compared = 0;        // each once
    std::uint64_t dropped = 0;         // kept pairs past kPairsKeptARow; the weakest went
    double expected = 0;               // matches among all pairs, those that no pass met included
    double met = 1;                    // share of matches that a pass met, by capture and recapture
    std::vector<Pair> pairs;           // the best first; then by a and b
};

// Error: matching.cancelled, matching.nothing (fewer than two rows, or an empty side).
Result<Matches> match(const Records& records, const MatchOptions& options);

// What is to be expected of taking the first `pairs` of Matches::pairs: the share of them that are
// matches, and the share of all matches that they are, by the posterior (as Enamorado, Fifield and
// Imai 2019 give error rates).
struct Expected {
    std::uint64_t pairs = 0;
    double probability = 1;  // of the last one taken
    double precision = 1, recall = 0;
};
Expected expected_of(const Matches& matches, std::uint64_t pairs);
// The most pairs of which the precision is still expected, and each of which is more likely a match
// than not.
Expected at_precision(const Matches& matches, double precision);
Expected at_probability(const Matches& matches, double probability);
Expected at_best_f1(const Matches& matches);

}  // namespace filrouge::matching
