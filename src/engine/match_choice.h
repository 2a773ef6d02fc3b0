// Which of a run's pairs become evidence, which wait for somebody, and which are left alone.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "engine/match_book.h"
#include "engine/match_people.h"
#include "matching/match.h"

namespace filrouge::engine {

constexpr std::uint64_t kReviewMax = 10'000;  // pairs that wait, of all runs

struct MatchChoice {
    std::vector<MatchedPair> pairs;  // to be written: tied and for review, the likeliest first
    matching::Expected automatic;    // of the pairs that are tied, or would be
    std::uint64_t tied = 0, queued = 0;
    std::uint64_t known = 0;        // decided on before, or waiting already
    std::uint64_t kept_apart = 0;   // would tie two whom somebody told apart
    std::uint64_t past_limits = 0;  // together they would have more identifiers than one may
    std::uint64_t untied = 0;       // one has no identifier that may tie people
    std::uint64_t past_queue = 0;   // more than kReviewMax wait
};
// Rows in order of the smaller one. Under the lock, shared: of the pairs of rows that are two
// persons, and were told apart, withdrawn or refused by a limit.
std::set<std::pair<std::uint32_t, std::uint32_t>> pairs_apart(const Fold& fold,
                                                              const MatchPeople& people);

// Pairs are tied from the likeliest on, as long as the mean of those that are tied is the precision
// asked for: what can be tied no more pays for nothing. Under the lock, shared. Pairs of persons
// who became one meanwhile are skipped.
MatchChoice choose_pairs(Fold& fold, const MatchRequest& request, const MatchPeople& people,
                         const matching::Matches& matches);

}  // namespace filrouge::engine
