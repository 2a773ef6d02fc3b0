#include "engine/dedupe.h"

#include <gtest/gtest.h>

#include <random>

namespace filrouge::engine {
namespace {

TEST(Dedupe, AnIdIsKnownForSevenDaysAndAnImportForEver) {
    TableSpace space;
    DedupeWindow window(space, days(7));
    const IngestTime t{1'767'225'600'000'000};
    EXPECT_EQ(window.admit(1, 5, false, t), DedupeVerdict::New);
    EXPECT_EQ(window.admit(1, 5, false, t + days(7)), DedupeVerdict::Repeat);
    EXPECT_EQ(window.admit(1, 6, false, t + days(7)), DedupeVerdict::Conflict);
    EXPECT_EQ(window.admit(1, 5, false, t + days(7) + seconds(1)), DedupeVerdict::New);
    EXPECT_EQ(window.admit(2, 5, true, t), DedupeVerdict::New);
    EXPECT_EQ(window.admit(2, 5, true, t + days(4'000)), DedupeVerdict::Repeat);
    std::mt19937_64 rng(1);
    std::vector<std::uint64_t> keys(20'000);
    for (auto& k : keys)
        EXPECT_EQ(window.admit(k = rng(), 1, false, t + days(8)), DedupeVerdict::New);
    for (const auto k : keys)
        EXPECT_EQ(window.admit(k, 1, false, t + days(15)), DedupeVerdict::Repeat);
}

}  // namespace
}  // namespace filrouge::engine
