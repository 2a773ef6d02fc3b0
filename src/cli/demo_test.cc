// Stories about the demonstration shop: it is the same for the same seed, its people live together
// as people do, and its senders lose nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "cli/demo_lane.h"
#include "cli/demo_traffic.h"
#include "fake/fake_clock.h"

namespace filrouge::cli {
namespace {

constexpr DemoTime kTime{EventTime{1'760'000'000'000'000}, 60};

std::string told(DemoTraffic& traffic, int events) {
    std::string out;
    for (int i = 0; i < events; ++i) {
        append_event(out, traffic.next(), kTime);
        out += "\n";
    }
    return out;
}

std::vector<DemoEvent> a_day(std::uint64_t seed, std::size_t people) {
    DemoTraffic traffic(seed, people);
    std::vector<DemoEvent> events;
    for (DemoEvent e = traffic.next(); e.due < hours(24); e = traffic.next()) events.push_back(e);
    return events;
}

TEST(Demo, TheSameSeedTellsTheSameBytes) {
    DemoTraffic a(7, 50), b(7, 50), other(8, 50);
    const std::string first = told(a, 5'000);
    EXPECT_EQ(first, told(b, 5'000));
    EXPECT_NE(first, told(other, 5'000));
}

TEST(Demo, ASecondRunTellsOfTheSamePeopleUnderNewIds) {
    DemoTraffic first(7, 50, "-1"), second(7, 50, "-2");
    for (int i = 0; i < 2'000; ++i) {
        const DemoEvent a = first.next(), b = second.next();
        EXPECT_EQ(a.anonymous_id, b.anonymous_id);
        EXPECT_EQ(a.name, b.name);
        EXPECT_NE(a.message_id, b.message_id);
    }
}

TEST(Demo, EventsLeaveInTheOrderOfTheirSendingAndEachHasAnIdOfItsOwn) {
    std::set<std::string> ids;
    Duration last;
    for (const DemoEvent& e : a_day(3, 60)) {
        EXPECT_LE(last, e.due);
        EXPECT_LE(e.at, e.due);
        EXPECT_TRUE(ids.insert(e.message_id).second);
        last = e.due;
    }
    EXPECT_GT(ids.size(), 1'000u);
}

TEST(Demo, CouplesShareAnAddressOrATabletAndNeverAnAccount) {
    const auto people = make_demo_people(7, 1'000);
    std::map<std::string, std::set<std::string>> accounts_of_browser;
    std::set<std::string> accounts;
    int shared_mail = 0;
    for (const DemoPerson& p : people) {
        accounts_of_browser[p.browser_id].insert(p.user_id);
        EXPECT_TRUE(accounts.insert(p.user_id).second);
        if (p.household == p.number) continue;
        const DemoPerson& first = people[p.household - 1];
        EXPECT_EQ(p.last, first.last);
        EXPECT_EQ(p.shares_email, p.email == first.email);
        EXPECT_EQ(p.shares_tablet, p.browser_id == first.browser_id);
        shared_mail += p.shares_email ? 1 : 0;
    }
    EXPECT_GT(shared_mail, 30);
    const auto shared = std::count_if(accounts_of_browser.begin(), accounts_of_browser.end(),
                                      [](const auto& row) { return row.second.size() == 2; });
    EXPECT_GT(shared, 30);
}

TEST(Demo, BothOfACoupleSignInOnTheirTablet) {
    std::map<std::string, std::set<std::string>> signed_in;
    for (const DemoEvent& e : a_day(7, 400)) {
        if (e.type == "identify" && e.door == DemoDoor::Web)
            signed_in[e.anonymous_id].insert(e.user_id);
    }
    EXPECT_TRUE(std::any_of(signed_in.begin(), signed_in.end(),
                            [](const auto& row) { return row.second.size() == 2; }));
}

TEST(Demo, WhatIsLentComesBack) {
    std::map<std::string, int> lent;
    for (const DemoEvent& e : a_day(7, 300)) {
        if (e.name == "Thing Bound") ++lent[e.properties];
        if (e.name == "Thing Released") --lent[e.properties];
    }
    EXPECT_FALSE(lent.empty());
    int out = 0;
    for (const auto& [thing, n] : lent) out += n;
    EXPECT_LE(out, 3) << "only those still on their way at the end of the day";
}

TEST(Demo, EveryChannelAndEveryOddityIsThere) {
    std::map<DemoDoor, int> doors;
    std::map<DemoOddity, int> oddities;
    int late = 0;
    for (const DemoEvent& e : a_day(7, 600)) {
        ++doors[e.door];
        ++oddities[e.oddity];
        late += e.due > e.at ? 1 : 0;
    }
    EXPECT_EQ(doors.size(), kDemoDoors.size());
    EXPECT_EQ(oddities.size(), 9u);
    EXPECT_GT(late, 10);
}

TEST(Demo, AnOrderIsWorthItsLinesLessItsDiscount) {
    const DemoShop shop(7);
    const DemoPerson person;
    DemoPast past;
    std::vector<DemoEvent> out;
    DemoScene scene{shop, person,         past, out, {}, DemoRandom(7, {}),
                    {},   DemoDoor::Till, {},   {},  {}, {}};
    std::uint32_t cents = 0;
    const std::string json =
        order_json(scene, "T1", {0, 1}, &kDemoCoupons[0], "lyon-bellecour", cents);
    const std::uint32_t sum = shop.products()[0].cents + shop.products()[1].cents;
    EXPECT_EQ(cents, sum - sum / 10);
    EXPECT_NE(json.find("\"revenue\":" + euros(cents)), std::string::npos) << json;
}

// Answers as a server that is killed, busy and back again would; remembers what it said yes to.
struct RoughServer final : HttpClient {
    explicit RoughServer(std::vector<std::string>& bodies) : stored(bodies) {}
    Result<HttpReply> call(const HttpCall& call) override {
        const int turn = turns++ % 7;
        if (turn == 0) return Error{"http.refused", "", ""};
        if (turn == 1) return HttpReply{503, ""};
        if (turn == 3) return HttpReply{429, ""};
        stored.push_back(call.body);
        return HttpReply{200, ""};
    }
    std::vector<std::string>& stored;
    int turns = 0;
};

TEST(Demo, ASenderLosesNothingOfWhatAServerRefusedAtFirst) {
    std::vector<std::string> stored;
    fake::FakeClock clock;
    DemoCounters counters;
    DemoTraffic traffic(7, 100);
    std::vector<std::string> ids;
    {
        DemoLane lane(DemoDoor::Web, "", "wk", kTime, std::make_unique<RoughServer>(stored), clock,
                      counters, {microseconds(10), microseconds(100)});
        while (ids.size() < 500) {
            DemoEvent e = traffic.next();
            if (e.door != DemoDoor::Web) continue;
            ids.push_back(e.message_id);
            ASSERT_TRUE(lane.offer(std::move(e)));
        }
        lane.finish(seconds(60));
    }
    EXPECT_EQ(counters.offered, 500u);
    EXPECT_EQ(counters.acknowledged, 500u);
    EXPECT_EQ(counters.waiting(), 0u);
    EXPECT_GT(counters.retries, 0u);
    std::string all;
    for (const std::string& body : stored) all += body;
    std::size_t at = 0;
    for (const std::string& id : ids) {
        const std::size_t found = all.find(id);
        ASSERT_NE(found, std::string::npos);
        EXPECT_GE(found + 1, at) << "in order";
        at = found;
    }
}

TEST(Demo, WhatAServerWillNeverTakeIsCountedAndNotAskedAgain) {
    struct Refusing final : HttpClient {
        Result<HttpReply> call(const HttpCall&) override { return HttpReply{401, ""}; }
    };
    fake::FakeClock clock;
    DemoCounters counters;
    DemoLane lane(DemoDoor::Web, "", "wk", kTime, std::make_unique<Refusing>(), clock, counters);
    DemoEvent event;
    event.name = "Product Viewed";
    ASSERT_TRUE(lane.offer(event));
    lane.finish(seconds(10));
    EXPECT_EQ(counters.refused, 1u);
    EXPECT_EQ(counters.requests, 1u);
}

}  // namespace
}  // namespace filrouge::cli
