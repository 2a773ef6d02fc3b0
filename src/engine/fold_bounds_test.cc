// What one record makes the fold do is bounded, and what strangers make it keep.
#include <gtest/gtest.h>

#include "audience/compile.h"
#include "audience/rule.h"
#include "engine/audience_needs.h"
#include "engine/fold.h"
#include "engine/queries.h"
#include "engine/world_for_test.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

Bytes priced(std::int64_t price, std::string_view category) {
    Bytes out;
    PackedWriter w(out);
    const std::size_t mark = w.begin_object(2);
    w.key("price");
    w.integer(price);
    w.key("category");
    w.string(category);
    w.end(mark);
    return out;
}

// At midnight everybody's timer is due at once: what one record rings is bounded, and ticks follow.
TEST(FoldBounds, ManyTimersThatAreDueAtOnceRingOverManyRecords) {
    constexpr std::uint32_t kVisitors = 600;
    World world(1);
    world.now = IngestTime{1781130600000000};  // 00:30 in Paris
    world.audience("today", "any(Product Viewed, today)", 0);
    const audience::LiveIndex& live = world.fold->live;
    for (std::uint32_t i = 0; i < kVisitors; ++i)
        world.send(contact("Product Viewed", as_event_time(world.now), {user(std::to_string(i))}));
    world.settle();
    EXPECT_EQ(live.count(audience::AudienceNo{0}), kVisitors);
    EXPECT_EQ(live.timers(), kVisitors);
    world.now = world.now + hours(24);
    world.send(contact("Signed In", as_event_time(world.now), {user("0")}));
    EXPECT_EQ(live.count(audience::AudienceNo{0}), kVisitors - audience::kRingsPerRecord);
    EXPECT_TRUE(world.fold->wants_ticks());
    world.tick();
    EXPECT_EQ(live.count(audience::AudienceNo{0}),
              kVisitors - audience::kRingsPerRecord - audience::kRingsPerTick);
    world.settle();
    EXPECT_EQ(live.count(audience::AudienceNo{0}), 0u);
    EXPECT_EQ(live.timers(), 0u);
    world.expect_live_is_full("the day after");
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
}

TEST(FoldBounds, APersonHasOneTimerHoweverOftenTheyCome) {
    World world(1);
    world.audience("bought", "any(Order Completed, last 2 years)", 0);
    world.audience("active", "any(Product Viewed, last 30 days)", 1);
    world.audience("here", "any(Product Viewed, last 15 minutes)", 2);
    world.send(contact("Order Completed", as_event_time(world.now), {user("camille")}));
    for (int visit = 0; visit < 100; ++visit) {
        world.now = world.now + hours(1);
        world.send(contact("Product Viewed", as_event_time(world.now), {user("camille")}));
        world.now = world.now + minutes(20);
        world.tick();
        EXPECT_EQ(world.fold->live.timers(), 1u);
        EXPECT_EQ(world.fold->live.count(audience::AudienceNo{2}), 0u);
    }
    world.expect_live_is_full("after all visits");
}

// A tick's step is of persons times rules.
TEST(FoldBounds, SeveralNewAudiencesShareTheStepOfATick) {
    constexpr std::uint32_t kVisitors = audience::kBackfillPerTick * 3 / 4;
    World world(1);
    for (std::uint32_t i = 0; i < kVisitors; ++i)
        world.send(contact("Product Viewed", as_event_time(world.now), {user(std::to_string(i))}));
    world.audience("first", "any(Product Viewed)", 0);
    world.tick();
    EXPECT_TRUE(world.fold->live.complete(audience::AudienceNo{0}));
    world.audience("second", "any(Product Viewed)", 1);
    world.audience("third", "any(Order Completed)", 2);
    world.tick();
    EXPECT_FALSE(world.fold->live.complete(audience::AudienceNo{1}));
    EXPECT_FALSE(world.fold->live.complete(audience::AudienceNo{2}));
    world.audience("fourth", "in audience \"second\"", 3);  // it catches up with them
    world.settle();
    world.expect_live_is_full("after all");
    EXPECT_EQ(world.fold->live.count(audience::AudienceNo{3}), kVisitors);
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
}

// Whoever has a source's write key names events as they like.
TEST(FoldBounds, PastTheirLimitTheEventsOfASourceAreCountedTogether) {
    World world(1);
    world.source("till", "");
    const auto send = [&](const std::string& name, SourceNo source) {
        world.send(contact(name, as_event_time(world.now), {user("camille")}), source);
    };
    for (int i = 0; i < 3; ++i) send("Order Completed", 1);
    for (std::uint32_t i = 1; i < kSourceEventRowsMax; ++i) send("Made Up " + std::to_string(i), 1);
    for (int i = 0; i < 5; ++i) send("One More " + std::to_string(i), 1);
    world.fold->after_load();
    send("Yet Another", 1);
    send("Order Completed", 1);
    send("Receipt", 2);  // another source has room of its own
    ASSERT_EQ(world.fold->source_events.size(), kSourceEventRowsMax + 2);
    const Fold::SourceEventRow others = world.fold->source_events.at(kSourceEventRowsMax);
    EXPECT_EQ(others.others, 1u);
    EXPECT_EQ(others.count, 6u);
    EXPECT_EQ(world.fold->source_events.at(0).count, 4u);
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());

    FairLock lock;
    ColumnKeeper columns(*world.fold, lock);
    const Settings said = default_settings();
    const std::string told = sources_json(world.library(lock, columns, said), "").value();
    EXPECT_NE(told.find(R"("events":[{"name":"Order Completed","count":4,)"), std::string::npos);
    EXPECT_NE(told.find(R"("events_more":{"rows":901,"count":906})"), std::string::npos) << told;
    EXPECT_NE(told.find(R"("events_more":{"rows":0,"count":0})"), std::string::npos);
}

// Strangers' texts are many and stay for ever; what the shop itself names must find room after
// them.
TEST(FoldBounds, ADictionaryThatStrangersFilledStillTakesNamesAndRules) {
    World world(1, {.dictionary_entries_max = 150, .dictionary_reserve = 100});
    const auto send = [&](const std::string& name, std::int64_t price, const std::string& text) {
        collect::Incoming in = contact(name, as_event_time(world.now), {user("camille")});
        in.event.properties = priced(price, text);
        world.send(in);
    };
    for (int i = 0; i < 200; ++i) send("Product Viewed", 1, "stuff " + std::to_string(i));
    const std::uint64_t left_out = world.fold->counted(1, kTextsLeftOut);
    EXPECT_GT(left_out, 100u);
    EXPECT_EQ(world.fold->dictionary.room(history::Room::Value), 0u);
    world.audience("coats", "any(Coat Viewed where price > 7)", 0);
    world.audience("red", "any(Product Viewed where category = \"red\")", 1);
    world.settle();
    send("Coat Viewed", 9, "stuff 1");
    EXPECT_EQ(world.fold->live.count(audience::AudienceNo{0}), 1u) << "a new event, a new rule";
    send("Product Viewed", 1, "red");
    EXPECT_EQ(world.fold->live.count(audience::AudienceNo{1}), 1u) << "a text that a rule asks for";
    world.expect_live_is_full("with texts left out");
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
}

TEST(FoldBounds, ARuleWhoseNamesFindNoRoomIsRefused) {
    World world(1, {.dictionary_entries_max = 0});
    const auto refused = [&](const std::string& text) {
        const auto rule = audience::parse(text);
        DraftNames names(*world.fold);
        const auto compiled = audience::compile(std::get<audience::Rule>(rule), names);
        EXPECT_TRUE(std::holds_alternative<audience::Compiled>(compiled));
        return !refuse_without_names(*world.fold, names).ok();
    };
    EXPECT_TRUE(refused("any(Coat Viewed)"));
    EXPECT_FALSE(refused("count(*) >= 2"));
}

}  // namespace
}  // namespace filrouge::engine
