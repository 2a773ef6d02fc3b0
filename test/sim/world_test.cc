#include "sim/world.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "sim/scheduler.h"
#include "storage/seal.h"

namespace filrouge::sim {
namespace {

std::string order(std::uint64_t number) {
    std::string body = R"({"batch":[{"type":"track","userId":"u","event":"Order Completed",)";
    return body.append(R"("messageId":"m)").append(std::to_string(number)).append(R"("}]})");
}

// Several senders at once until the power goes; how many of their orders were answered.
std::uint64_t answered_until_a_cut(Scheduler& scheduler, World& world) {
    constexpr std::uint64_t kClients = 4, kOrders = 40;  // of each
    std::uint64_t answered = 0;
    std::vector<std::thread> clients;
    for (std::uint64_t client = 0; client < kClients; ++client) {
        clients.emplace_back([&, first = client * kOrders] {
            for (std::uint64_t i = first; i < first + kOrders && !world.over(); ++i)
                answered += world.send("POST", "/v1/batch", order(i), basic(kWriteKey)) ? 1 : 0;
        });
    }
    scheduler.sleep({static_cast<std::int64_t>(scheduler.below(2'000))});
    Fate fate;
    fate.power_cut_at = 1;
    world.meet(fate);
    // The change that the cut comes with is one of this thread: the log's is free to go on.
    EXPECT_TRUE(world.disk->sync_folder("shop").ok());
    for (std::thread& client : clients) client.join();
    return answered;
}

TEST(World, WhatAPowerCutHasMissedIsNotAnswered) {
    init_crypto();  // once and for all, on a thread that nobody schedules
    std::uint64_t answered = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Scheduler scheduler(seed);
        scheduler.run([&] {
            World world(scheduler, seed);
            ASSERT_TRUE(world.start().ok());
            world.runtime().wait_until_folded();
            const std::uint64_t before = world.runtime().folded();
            const std::uint64_t orders = answered_until_a_cut(scheduler, world);
            world.end(fake::Crash::LoseUnsynced, seed);
            ASSERT_TRUE(world.start().ok());
            world.runtime().wait_until_folded();
            EXPECT_GE(world.runtime().folded() - before, orders) << "seed " << seed;
            answered += orders;
        });
    }
    EXPECT_GT(answered, 0u);
}

}  // namespace
}  // namespace filrouge::sim
