#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "sim/history.h"

namespace filrouge::sim {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += "\n  " + line;
    return out;
}

TEST(Simulation, NothingAcknowledgedIsLostDoubledOrHalf) {
    const std::uint64_t first = number_from("FILROUGE_SEED", 1);
    const std::uint64_t seeds = number_from("FILROUGE_HISTORIES", 20);
    std::uint64_t requests = 0, erasures = 0, decisions = 0, refusals = 0, unread = 0, cuts = 0;
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
        const Outcome outcome = run_history(seed);
        requests += outcome.requests;
        erasures += outcome.erasures;
        decisions += outcome.decisions;
        refusals += outcome.refusals;
        unread += outcome.unread;
        cuts += outcome.cuts;
        ASSERT_TRUE(outcome.faults.empty())
            << "to see it again: ./dev sim SEED=" << seed << joined(outcome.faults);
    }
    EXPECT_GT(requests, 0u);
    std::printf(
        "%llu histories, %llu requests answered, %llu erasures, %llu decisions on evidence, "
        "%llu refused by a full disk, %llu starts refused by a failing read, %llu lives cut "
        "short\n",
        static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(requests),
        static_cast<unsigned long long>(erasures), static_cast<unsigned long long>(decisions),
        static_cast<unsigned long long>(refusals), static_cast<unsigned long long>(unread),
        static_cast<unsigned long long>(cuts));
}

// They lose their meaning when the order of locks changes, so what was found has a test of its own.
TEST(Simulation, SeedsThatWereOnceRedAreGreen) {
    constexpr std::array<std::uint64_t, 1> kSeeds = {1'012'036'952};
    for (const std::uint64_t seed : kSeeds) {
        const Outcome outcome = run_history(seed);
        EXPECT_TRUE(outcome.faults.empty()) << "seed " << seed << joined(outcome.faults);
    }
}

TEST(Simulation, TheSameSeedIsTheSameRun) {
    const std::uint64_t seed = number_from("FILROUGE_SEED", 1);
    const std::uint64_t trace = run_history(seed).trace;
    EXPECT_EQ(run_history(seed).trace, trace);
    EXPECT_EQ(run_history(seed).trace, trace);
    EXPECT_NE(run_history(seed + 1).trace, trace);
}

}  // namespace
}  // namespace filrouge::sim
