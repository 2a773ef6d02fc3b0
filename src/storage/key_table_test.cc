// What the table promises to threads that look while others create.
#include "storage/key_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "fake/fake_random.h"

namespace filrouge {
namespace {

// Or a fold, which looks up to the highest, leaves out a key whose journal it then removes.
TEST(KeyTable, WhoTakesAFreshKeyFindsItAtOrBelowTheHighest) {
    constexpr std::uint32_t kKeys = 100'000;
    KeyTable table;
    fake::FakeRandom random(1);
    std::atomic<bool> made{false};
    std::thread maker([&] {
        for (std::uint32_t f = 0; f < kKeys; ++f) table.create({f}, random);
        made = true;
    });
    std::uint64_t taken = 0, above = 0;
    for (bool last = false; !last;) {
        last = made;
        std::vector<FragmentNo> fresh;
        table.take_fresh(fresh);
        const FragmentNo highest = table.highest();
        for (const FragmentNo f : fresh) above += highest.is_none() || highest < f ? 1 : 0;
        taken += fresh.size();
    }
    maker.join();
    EXPECT_EQ(taken, kKeys);
    EXPECT_EQ(above, 0u);
}

}  // namespace
}  // namespace filrouge
