// One random history of a shop, from a seed: clients that send, repeat and change their minds, a
// server that lives several lives, and after each of them the model's check of what is there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace filrouge::sim {

struct Outcome {
    std::uint64_t trace = 0;          // equal for equal seeds
    std::vector<std::string> faults;  // none: all promises held
    std::uint32_t lives = 0;
    std::uint32_t requests = 0;  // answered ones
    std::uint32_t erasures = 0;
    std::uint32_t decisions = 0;  // on evidence
    std::uint32_t refusals = 0;   // for want of disk space
    std::uint32_t unread = 0;     // starts refused, for a read that failed
    std::uint32_t cuts = 0;       // lives that did not end in good order
};
Outcome run_history(std::uint64_t seed);

}  // namespace filrouge::sim
