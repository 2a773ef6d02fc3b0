#include "audience/explain.h"

#include <gtest/gtest.h>

#include "audience/people_for_test.h"

namespace filrouge::audience {
namespace {

using namespace test;

const std::int64_t kNow = utc(2026, 6, 17) + 10 * kHourUs;

class Why : public testing::Test {
  protected:
    Clause why(std::string_view text) {
        rule = std::get<Compiled>(compile(std::get<Rule>(parse(text)), names));
        return explain(rule, camille.at(kNow));
    }
    Compiled rule;
    FakeNames names;
    Person camille{names};
};

TEST_F(Why, EachClauseShowsWhatItSawAndWhatItWanted) {
    camille.does("Order Completed", kNow - 100 * kDayUs).value(80, "EUR");
    camille.does("Order Completed", kNow - 9 * kDayUs).value(99.5, "EUR");
    camille.has("city", "Lyon");
    camille.refused = camille.refused.with(0);
    const Clause c = why(
        "sum(Order Completed.revenue) > 100 EUR and count(Order Completed, last 90 days) >= 2 and "
        "trait(city) = \"Lyon\" and consent(marketing.email)");
    EXPECT_FALSE(c.met);
    ASSERT_EQ(c.parts.size(), 4u);
    EXPECT_EQ(c.parts[0].text, "sum(Order Completed.revenue) > 100 EUR");
    EXPECT_EQ(c.parts[0].value, "179.5 EUR");
    EXPECT_EQ(c.parts[0].threshold, "> 100 EUR");
    EXPECT_TRUE(c.parts[0].met);
    EXPECT_EQ(c.parts[0].records, (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(c.parts[1].value, "1");
    EXPECT_FALSE(c.parts[1].met);
    EXPECT_EQ(c.parts[1].records, std::vector<std::uint64_t>{2});
    EXPECT_EQ(c.parts[2].value, "Lyon");
    EXPECT_EQ(c.parts[2].trait->source, 3);
    EXPECT_EQ(c.parts[3].value, "refused");
}

TEST_F(Why, ASequenceShowsItsEventsOrHowFarItCame) {
    camille.does("A", kNow - 5 * kHourUs);
    camille.does("B", kNow - 4 * kHourUs);
    camille.does("A", kNow - 3 * kHourUs);
    EXPECT_EQ(why("A then B").records, (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(why("A then B").value, "2 of 2 steps");
    EXPECT_EQ(why("A then B then C").value, "2 of 3 steps");
    EXPECT_EQ(why("C then A").value, "0 of 2 steps");
    EXPECT_EQ(why("A then not B within 1 day").value, "waiting for the silence to end");
    EXPECT_EQ(why("A then not B within 1 day").next_change.us, kNow + 21 * kHourUs);
    EXPECT_EQ(why("A then not B within 2 hours").records, std::vector<std::uint64_t>{3});
    EXPECT_EQ(why("A then not A").records, std::vector<std::uint64_t>{3});
    EXPECT_EQ(why("B then not A").value, "the silence was broken");
}

TEST_F(Why, LongListsAreCutAndCounted) {
    for (int i = 0; i < 50; ++i) camille.does("A", kNow - 100 + i);
    const Clause c = why("any(A)");
    EXPECT_EQ(c.events, 50u);
    EXPECT_EQ(c.records.size(), kExplainedEventsMax);
    EXPECT_EQ(c.threshold, ">= 1");
}

TEST_F(Why, ValuesAreReadable) {
    camille.does("A", kNow - 3).value(10, "EUR").in(Channel::Store);
    camille.does("A", kNow - 2).value(5, "EUR").text("x", "y");
    EXPECT_EQ(why("avg(A.revenue) > 1").value, "7.5 EUR");
    EXPECT_EQ(why("first(A.channel) = store").value, "store");
    EXPECT_EQ(why("last(A.x) = \"z\"").value, "y");
    EXPECT_EQ(why("min(A.y) > 1").value, "nothing");
    EXPECT_EQ(why("distinct(A.x) > 1").value, "1");
    EXPECT_EQ(why("split(s, 0..50)").value.back(), '%');
    camille.does("A", kNow - 1).value(5, "USD");
    EXPECT_EQ(why("max(A.revenue) > 1").value, "amounts in several currencies");
    EXPECT_EQ(why("max(A.revenue) > 1 USD").value, "5 USD, 2 amounts without a rate");
}

}  // namespace
}  // namespace filrouge::audience
