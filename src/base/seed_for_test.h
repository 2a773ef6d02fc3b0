// The seed of a test with random inputs. Header only; no part of the library.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace filrouge {

// FILROUGE_SEED, so that a red run can be repeated; else the test's own.
inline std::uint64_t test_seed(std::uint64_t otherwise) {
    const char* given = std::getenv("FILROUGE_SEED");
    return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

// For INSTANTIATE_TEST_SUITE_P: 1 to `last`, or the one of FILROUGE_SEED.
inline std::vector<std::uint64_t> test_seeds(std::uint64_t last) {
    if (std::getenv("FILROUGE_SEED") != nullptr) return {test_seed(1)};
    std::vector<std::uint64_t> out;
    for (std::uint64_t seed = 1; seed <= last; ++seed) out.push_back(seed);
    return out;
}

// What a failing test says.
inline std::string repeat(std::uint64_t seed) { return "\nFILROUGE_SEED=" + std::to_string(seed); }

}  // namespace filrouge
