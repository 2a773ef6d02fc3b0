// The columns that questions are given, while questions are cancelled.
#include "engine/column_keeper.h"

#include <boost/json.hpp>
#include <thread>

#include "engine/world_for_test.h"

namespace filrouge::engine {
namespace {

constexpr int kPersons = 1'100;  // more than are written under the last hold of the lock

void everybody_looks(World& world, int round) {
    for (int i = 0; i < kPersons; ++i) {
        collect::Incoming look;
        look.event.name = "Product Viewed";
        look.event.at = as_event_time(world.now);
        look.event.message_id = std::to_string(round) + "-" + std::to_string(i);
        look.event.identifiers = {{IdentifierType::UserId, "u" + std::to_string(i), {}}};
        look.consents = {{"measurement", true}};
        world.send(std::move(look));
    }
}

// Whoever is written for a question is off the list of those to be written: where it is cancelled,
// before, in between or after, the next one must not find them as they were.
TEST(ColumnKeeper, ACancelledQuestionLeavesNobodyAsTheyWere) {
    World world(1);
    const Settings said = default_settings();
    FairLock lock;
    ColumnKeeper columns(*world.fold, lock);
    const Library library = world.library(lock, columns, said);
    const auto who_looked = [&](int times) {
        query::Run run;
        const auto counted = count_rule_json(
            library, "count(Product Viewed) >= " + std::to_string(times), "measurement", "", run);
        EXPECT_TRUE(counted.ok());
        return boost::json::parse(counted.value()).at("count").as_int64();
    };
    std::size_t cancelled = 0;
    constexpr int kRounds = 24;
    std::chrono::nanoseconds took{0};  // what is cancelled, when it is not
    for (int round = 1; round <= kRounds; ++round) {
        everybody_looks(world, round);
        if (round > 1) {  // the columns are there, and everybody's are old
            query::Run run;
            std::thread other;
            if (round > 2)
                other = std::thread([&run, wait = took * round / kRounds] {
                    const auto until = std::chrono::steady_clock::now() + wait;
                    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
                    run.cancel();
                });
            const auto begin = std::chrono::steady_clock::now();
            cancelled += columns.view(run).ok() ? 0 : 1;
            if (round == 2) took = std::chrono::steady_clock::now() - begin;
            if (other.joinable()) other.join();
        }
        EXPECT_EQ(who_looked(round), kPersons) << "round " << round;
    }
    EXPECT_GE(cancelled, 1u);
}

}  // namespace
}  // namespace filrouge::engine
