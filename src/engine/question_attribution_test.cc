// Attribution through the runtime: what a touch is, and what every model's credits sum to.
#include <cmath>
#include <map>

#include "engine/times.h"
#include "engine/town_for_test.h"

namespace filrouge::engine {
namespace {

double number(const json::value& value) { return value.to_number<double>(); }

json::object ask(Town& town, const std::string& arguments) {
    return town.ask(R"q({"purpose":"measurement","attribution":{)q" + arguments + "}}");
}

// Conversions by model and what is credited.
std::map<std::string, double> credits(const json::object& answer, const char* column) {
    std::map<std::string, double> out;
    for (const json::value& row : answer.at("rows").as_array())
        out[std::string(row.at("model").as_string()) + " " +
            std::string(row.at(column).as_string())] = number(row.at("conversions"));
    return out;
}

// Ten people see three products, one campaign (a place stands for it) and the checkout, and buy.
void campaign(Town& town) {
    std::vector<Deed> deeds;
    for (int i = 0; i < 10; ++i) {
        const std::string user = "u" + std::to_string(i);
        for (const int ago : {72, 60, 48}) deeds.push_back({user, "Product Viewed", hours(ago)});
        deeds.push_back({user, "Promo Clicked", hours(36), 0, "", "spring"});
        deeds.push_back({user, "Checkout Started", hours(25)});
        deeds.push_back({user, "Order Completed", hours(24), 10});
    }
    town.happened(deeds);
}

TEST(QuestionAttribution, WhatHasNoCampaignIsNoTouchOfCampaigns) {
    Town town(seed());
    campaign(town);
    const auto answer = ask(town, R"q("by":"place","models":["first","last","linear"])q");
    const std::map<std::string, double> wanted{
        {"first spring", 10}, {"last spring", 10}, {"linear spring", 10}};
    EXPECT_EQ(credits(answer, "place"), wanted);
}

TEST(QuestionAttribution, OnlyTheEventsThatAreSaidToBeTouchesAre) {
    Town town(seed());
    campaign(town);
    const auto any = ask(town, R"q("by":"event","models":["last"])q");
    EXPECT_EQ(credits(any, "event").at("last Checkout Started"), 10);
    const auto promo =
        ask(town,
            R"q("by":"event","models":["last"],"touch":"Promo Clicked where place = \"spring\"")q");
    EXPECT_EQ(credits(promo, "event"), (std::map<std::string, double>{{"last Promo Clicked", 10}}));
    EXPECT_EQ(town.error_of(R"q({"purpose":"measurement","attribution":{"touch":"a then"}})q"),
              "rule.invalid");
}

TEST(QuestionAttribution, TellsHowManyTouchesAndDaysItTookToBuy) {
    Town town(seed());
    campaign(town);
    const auto answer = ask(town, "");
    for (const char* which : {"median", "p90", "mean"}) {
        EXPECT_NEAR(number(answer.at(which + std::string("_touches"))), 5, 1e-9) << which;
        EXPECT_NEAR(number(answer.at(which + std::string("_days_from_first"))), 2, 0.02) << which;
    }
    const auto none = ask(town, R"q("conversion":"Never")q");
    EXPECT_TRUE(none.at("median_touches").is_null());
    EXPECT_TRUE(none.at("mean_days_from_first").is_null());
}

TEST(QuestionAttribution, CreditsSumToTheValueWhateverItsSign) {
    std::mt19937_64 random(seed());
    for (int round = 0; round < 4; ++round) {
        Town town(seed() + static_cast<std::uint64_t>(round));
        std::vector<Deed> deeds;
        for (int i = 0; i < 150; ++i) {
            const std::string user = "u" + std::to_string(i);
            const Channel channels[] = {Channel::Web, Channel::Store, Channel::App};
            for (std::uint64_t touch = random() % 4 + 1; touch > 0; --touch)
                deeds.push_back({user, "Visit", hours(24 + 24 * static_cast<int>(touch)), 0, "", "",
                                 channels[random() % 3]});
            const auto euros = static_cast<std::int64_t>(random() % 200) - 100;
            deeds.push_back({user, "Odd Sale", hours(20), euros});
        }
        town.happened(deeds);
        const auto answer =
            ask(town, R"q("conversion":"Odd Sale","models":["first","last","linear",)q"
                      R"q("position","decay","markov","shapley"])q");
        std::map<std::string, double> sums;
        for (const json::value& row : answer.at("rows").as_array())
            sums[std::string(row.at("model").as_string())] += number(row.at("value"));
        ASSERT_EQ(sums.size(), 7u);
        for (const auto& [model, sum] : sums)
            EXPECT_NEAR(sum, number(answer.at("value")), 1e-3) << model;
    }
}

// The law: of every model and channel the cost is what was spent there in the question's time, and
// cost per conversion and return are it beside the row's own figures.
TEST(QuestionAttribution, CostsStandBesideWhatTheyBrought) {
    Town town(seed());
    campaign(town);
    const std::string day = iso_time(as_event_time(town.shop.clock.now()) - days(2)).substr(0, 10);
    const auto cost = [](const std::string& at, const char* channel, const char* amount) {
        return R"q({"at":")q" + at + R"q(","channel":")q" + channel + R"q(","amount":)q" + amount +
               "}";
    };
    const std::string costs = R"q("costs":[)q" + cost(day, "spring", "30") + "," +
                              cost(day, "spring", "20") + "," + cost(day, "autumn", "7") + "," +
                              cost("2001-01-01", "spring", "1000") + "]";
    const std::string arguments =
        R"q("by":"place","models":["first","linear","markov","shapley"],)q" + costs;
    const auto answer = town.ask(R"q({"purpose":"measurement","last":"30 days","attribution":{)q" +
                                 arguments + "}}");
    EXPECT_EQ(number(answer.at("cost")), 57);
    int spring = 0, autumn = 0;
    for (const json::value& row : answer.at("rows").as_array()) {
        if (row.at("place") == "autumn") {
            ++autumn;
            EXPECT_EQ(number(row.at("cost")), 7) << "what brought nothing is told";
            EXPECT_EQ(number(row.at("roi")), -1) << "all of it is lost";
            EXPECT_TRUE(row.at("cost_per_conversion").is_null());
            continue;
        }
        ++spring;
        EXPECT_EQ(number(row.at("cost")), 50);
        EXPECT_DOUBLE_EQ(number(row.at("cost_per_conversion")), 50 / number(row.at("conversions")));
        EXPECT_DOUBLE_EQ(number(row.at("roi")), (number(row.at("value")) - 50) / 50);
    }
    EXPECT_EQ(spring, 4);
    EXPECT_EQ(autumn, 4);
    const auto without = ask(town, R"q("by":"place")q");
    EXPECT_FALSE(without.at("rows").at(0).as_object().contains("cost"));
    const auto elsewhere = ask(town, R"q("by":"event","models":["last"],)q" + costs);
    for (const json::value& row : elsewhere.at("rows").as_array()) {
        EXPECT_EQ(row.at("cost").is_null(), row.at("event") == "Checkout Started");
    }
    const char* kWrong = R"q({"purpose":"measurement","attribution":{"costs":[{"at":"x"}]}})q";
    EXPECT_EQ(town.error_of(kWrong), "question.invalid");
}

}  // namespace
}  // namespace filrouge::engine
