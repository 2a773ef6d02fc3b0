// How audiences grew, against a second count of what was told; and that a day that was told stays.
#include <boost/json.hpp>
#include <map>
#include <random>
#include <thread>

#include "base/seed_for_test.h"
#include "engine/audiences_for_test.h"
#include "engine/erasing_for_test.h"
#include "engine/masking.h"
#include "engine/world_for_test.h"

namespace filrouge::engine {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;

std::uint64_t the_seed() { return test_seed(11); }

// In Paris between January and the last Sunday of March, an hour before UTC.
std::int32_t winter_day(IngestTime t) {
    return static_cast<std::int32_t>((t.us + kHourUs) / (24 * kHourUs));
}

const char* const kRules[] = {"count(Product Viewed) >= 2", "any(Product Viewed, last 2 days)",
                              "any(Order Completed, last 3 hours)"};

struct Counted {
    std::uint32_t entered = 0, left = 0;
    std::uint64_t size = 0;
};

// One random step: a contact, now and then a late one, a refusal, or time that passes.
void step(World& world, std::mt19937_64& rng) {
    world.now = world.now + minutes(static_cast<std::int64_t>(rng() % 200));
    if (rng() % 5 == 0) return world.tick();
    const EventTime at = as_event_time(world.now) - hours(static_cast<std::int64_t>(rng() % 40));
    const std::string who = "u" + std::to_string(rng() % 12);
    auto incoming = contact(rng() % 3 == 0 ? "Order Completed" : "Product Viewed", at, {user(who)});
    if (rng() % 9 == 0) {
        incoming.consent_change = true;
        incoming.consents = {{"measurement", rng() % 2 == 0}};
    }
    world.send(std::move(incoming));
}

TEST(GrowthLaw, EachDayIsWhatWasToldOnItAndReplayTellsTheSame) {
    SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(the_seed()));
    std::mt19937_64 rng(the_seed());
    World world(the_seed());
    for (std::uint32_t i = 0; i < std::size(kRules); ++i)
        world.audience("a" + std::to_string(i), kRules[i], i);
    world.settle();
    std::map<std::pair<std::uint32_t, std::int32_t>, Counted> wanted;
    const IngestTime last = world.now + days(60);
    while (world.now < last) {
        world.changes.clear();
        step(world, rng);
        const std::int32_t day = winter_day(world.now);
        for (const audience::Change& change : world.changes) {
            Counted& counted = wanted[{change.audience.value, day}];
            ++(change.entered ? counted.entered : counted.left);
            counted.size = world.fold->live.count(change.audience);
        }
    }
    std::size_t told = 0, all = 0;
    for (std::uint32_t i = 0; i < std::size(kRules); ++i) {
        std::uint64_t size = 0;
        for (const GrowthBook::Row& row : world.fold->growth.of(audience::AudienceNo{i})) {
            ++all;
            if (row.has(GrowthBook::kBegan) && row.entered + row.left == 0) continue;
            const Counted& counted = wanted.at({i, row.day});
            EXPECT_EQ(row.entered, counted.entered);
            EXPECT_EQ(row.left, counted.left);
            EXPECT_EQ(row.size, counted.size);
            EXPECT_EQ(row.size, size + row.entered - row.left) << "nobody comes from nowhere";
            size = row.size;
            ++told;
        }
        EXPECT_EQ(size, world.fold->live.count(audience::AudienceNo{i}));
    }
    EXPECT_GE(told, wanted.size());
    EXPECT_GT(wanted.size(), 60u);
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
    EXPECT_LE(all, told + std::size(kRules));
}

TEST(Growth, WhoIsFoundWhenARuleIsMadeIsNoNewsAndTheDayIsMarked) {
    World world(1);
    for (int i = 0; i < 5; ++i)
        world.send(
            contact("Product Viewed", as_event_time(world.now), {user("u" + std::to_string(i))}));
    world.audience("seen", "any(Product Viewed)", 0);
    world.settle();
    auto rows = world.fold->growth.of(audience::AudienceNo{0});
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_TRUE(rows[0].has(GrowthBook::kBegan));
    EXPECT_EQ(rows[0].size, 5u);
    EXPECT_EQ(rows[0].entered, 0u);
    world.now = world.now + days(1);
    world.send(contact("Product Viewed", as_event_time(world.now), {user("new")}));
    rows = world.fold->growth.of(audience::AudienceNo{0});
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[1].size, 6u);
    EXPECT_EQ(rows[1].entered, 1u);
    // Another rule under the same name begins anew.
    world.remove_audience("seen");
    EXPECT_TRUE(world.fold->growth.of(audience::AudienceNo{0}).empty());
    world.audience("seen", "any(Order Completed)", 0);
    rows = world.fold->growth.of(audience::AudienceNo{0});
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_TRUE(rows[0].has(GrowthBook::kBegan));
}

TEST(Growth, AWindowThatRunsOutCountsOnTheDayItDoesAndAnEventThatComesLateOnTheDayItComes) {
    World world(1);
    world.audience("recent", "any(Product Viewed, last 36 hours)", 0);
    world.send(contact("Product Viewed", as_event_time(world.now), {user("camille")}));
    world.now = world.now + days(3);
    world.tick();
    world.send(contact("Product Viewed", as_event_time(world.now) - hours(20), {user("late")}));
    const auto rows = world.fold->growth.of(audience::AudienceNo{0});
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].entered, 1u);
    EXPECT_EQ(rows[0].left, 0u);
    EXPECT_EQ(rows[1].day, rows[0].day + 3);
    EXPECT_EQ(rows[1].left, 1u);
    EXPECT_EQ(rows[1].entered, 1u);
}

TEST(GrowthBook, ItKeepsTheLastDaysAloneAndOnesOwn) {
    TableSpace space;
    GrowthBook book(space, 1);
    const audience::AudienceNo one{0}, two{3};
    for (std::int32_t day = -900; day < 900; ++day) book.change(one, day, true, true, 1);
    book.change(two, 5, true, true, 7);
    const auto rows = book.of(one);
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(kGrowthDaysMax));
    EXPECT_EQ(rows.front().day, 900 - kGrowthDaysMax);
    EXPECT_EQ(rows.back().day, 899);
    GrowthBook::Row old{};
    old.day = 100;
    old.size = 9;
    book.tell(one, old);
    EXPECT_EQ(book.of(one).front().day, 900 - kGrowthDaysMax) << "that day is no longer kept";
    ASSERT_EQ(book.of(two).size(), 1u);
    book.forget(one);
    EXPECT_TRUE(book.of(one).empty());
    EXPECT_EQ(book.of(two).size(), 1u);
}

TEST(GrowthRecords, TheyComeBackAndHalfOfOneIsNone) {
    AudienceDay day;
    day.document = 7;
    day.row = {-3, 1, 300, 70'000, GrowthBook::kBegan};
    Bytes bytes;
    encode_audience_days({day, day}, bytes);
    std::vector<AudienceDay> read;
    ASSERT_TRUE(decode_audience_days(bytes, read));
    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(read[1].document, 7u);
    EXPECT_EQ(read[1].row.day, -3);
    EXPECT_EQ(read[1].row.size, 70'000u);
    EXPECT_TRUE(read[1].row.has(GrowthBook::kBegan));
    for (std::size_t n = 0; n < bytes.size(); ++n)
        EXPECT_FALSE(decode_audience_days(BytesView(bytes).substr(0, n), read)) << n;
    EXPECT_FALSE(decode_audience_days("\xff\xff\xff\xff\x0f", read)) << "a count without an end";
}

std::string growth_of(Shop& shop, std::uint64_t days = 3) {
    const auto told = shop.runtime->growth("viewers", days, 0);
    return told.ok() ? told.value() : told.error().code;
}

// Erasure folds the log anew, without the person from the first day on; the figures stay.
TEST(Growth, ADayThatWasToldStaysWhoeverIsErasedAndAfterAStart) {
    fake::FakeDisk disk;
    std::string told;
    {
        ErasingShop shop(disk);
        shop.command(&Runtime::create_audience,
                     R"x({"id":"viewers","name":"Viewers","purpose":"measurement",
                          "rule":"any(Product Viewed)"})x");
        shop.sees("ada");
        shop.sees("zoe");
        shop.clock.advance(days(1));
        shop.sees("new");  // of the next day: the first one is over
        const std::uint64_t before = shop.runtime->folded();
        shop.clock.advance(minutes(2));
        for (int i = 0; i < 1'000 && shop.runtime->folded() == before; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        const std::string first_day = R"("size":2,"entered":2,"left":0,"began":true})";
        ASSERT_NE(growth_of(shop).find(first_day), std::string::npos) << growth_of(shop);
        ASSERT_TRUE(shop.erase(shop.id_of("ada")).ok());
        shop.wait_until_complete();
        told = growth_of(shop);
        EXPECT_NE(told.find(first_day), std::string::npos) << told;
        EXPECT_NE(told.find(R"("size":2)"), std::string::npos) << told;
        shop.runtime->stop();
    }
    ErasingShop again(disk, 2, minutes(24 * 60 + 10));
    EXPECT_EQ(growth_of(again), told);
}

// Twenty audiences gain two people a day each, one of them eleven in each of the last days.
TEST(Growth, TheAudienceThatRisesBeyondTheOthersIsTold) {
    fake::FakeDisk disk;
    Shop shop(disk);
    for (int i = 0; i < 20; ++i) {
        const std::string n = std::to_string(i);
        std::string body = R"x({"purpose":"measurement","id":"a)x";
        body.append(n).append(R"x(","name":"A)x").append(n);
        body.append(R"x(","rule":"any(Seen )x").append(n).append(R"x()"})x");
        shop.command(&Runtime::create_audience, body);
    }
    wait_for_audiences(*shop.runtime);
    const auto asked = [&](const std::string& arguments) {
        return shop.runtime->ask(
            R"q({"purpose":"measurement","rising":{"of":"audiences")q" + arguments + "}}",
            AnswerForm::Json, "", Mask());
    };
    EXPECT_NE(asked("").value().find(R"q("too_new":20)q"), std::string::npos)
        << "made today: nobody knows what is much for them";
    int next = 0;
    for (int day = 0; day < 26; ++day) {
        shop.clock.advance(days(1));
        IngestRequest request;
        request.source = shop.runtime->source_by_write_key("wk")->number;
        for (int i = 0; i < 20; ++i) {
            for (int n = 0; n < (i == 7 && day >= 18 && day < 25 ? 11 : 2); ++n) {
                collect::Incoming in;
                in.event.name = "Seen " + std::to_string(i);
                in.event.at = as_event_time(shop.clock.now());
                in.event.message_id = "m" + std::to_string(++next);
                in.event.identifiers = {{IdentifierType::UserId, "u" + std::to_string(next), {}}};
                in.consents = {{"measurement", true}};
                request.items.emplace_back(std::move(in));
            }
        }
        ASSERT_TRUE(shop.ingest(std::move(request)).has_value());
        shop.runtime->wait_until_folded();
    }
    const auto told = asked(R"q(,"before":"14 days")q");
    ASSERT_TRUE(told.ok()) << told.error().message;
    const boost::json::value answer = boost::json::parse(told.value());
    EXPECT_EQ(answer.at("things"), 20);
    ASSERT_EQ(answer.at("rows").as_array().size(), 1u) << told.value();
    const boost::json::value& top = answer.at("rows").at(0);
    EXPECT_EQ(top.at("audience"), "A7");
    EXPECT_EQ(top.at("recent").to_number<int>(), 77);
    EXPECT_EQ(top.at("before").to_number<int>(), 28);
    for (const char* wrong : {R"q(,"recent":"12 hours")q", R"q(,"before":"900 days")q"})
        EXPECT_EQ(asked(wrong).error().code, "question.invalid") << wrong;
    EXPECT_EQ(asked(R"q(,"by":"channel")q").error().code, "question.unknown_argument");
}

TEST(Growth, WhatCannotBeToldIsRefused) {
    fake::FakeDisk disk;
    Shop shop(disk);
    EXPECT_EQ(growth_of(shop), "audience_not_found");
    EXPECT_EQ(growth_of(shop, 0), "growth.invalid_days");
    EXPECT_EQ(growth_of(shop, 751), "growth.invalid_days");
}

}  // namespace
}  // namespace filrouge::engine
