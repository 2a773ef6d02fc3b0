// Learns a model from the records alone.
//
// u: from pairs drawn at random (equal values: counted exactly), without the matches that are among
// them. m, and how many matches there are: EM over the pairs of the blocking passes (Winkler,
// "Using the EM algorithm for weight computation in the Fellegi-Sunter model", 1988), one model for
// all passes, each with its own share of matches. A pass says nothing about the fields of its key,
// nor about what goes with them; the same is advised for Splink, whose training rules its user
// picks.
#pragma once

#include <cstdint>

#include "matching/blocking.h"
#include "matching/model.h"

namespace filrouge::matching {

struct Training {
    std::uint64_t seed = 1;  // of the pairs drawn at random
    unsigned threads = 1;
    bool households = true;
};

Model train(const Records& records, Blocking& blocking, const Training& how);

}  // namespace filrouge::matching
