// Models through the runtime: what was planted in the shop is found, rules of clusters are the
// audiences they say, and nothing is found where there is nothing.
#include <cmath>

#include "engine/times.h"
#include "engine/town_for_test.h"

namespace filrouge::engine {
namespace {

double number(const json::value& value) {
    return value.is_null() ? std::nan("") : value.to_number<double>();
}

json::object ask(Town& town, const std::string& common, const std::string& kind) {
    return town.ask(R"({"purpose":"measurement",)" + common + kind + "}");
}

// Runners look at shoes and buy them in store, readers look at books on the web; both look at
// coats.
void two_kinds_of_people(Town& town, int each) {
    std::vector<Deed> deeds;
    std::mt19937_64 random(seed());
    const auto some = [&](int least) { return least + static_cast<int>(random() % 3); };
    for (int i = 0; i < each; ++i) {
        const std::string runner = "r" + std::to_string(i);
        const std::string reader = "b" + std::to_string(i);
        for (int n = some(5); n > 0; --n)
            deeds.push_back(
                {runner, "Shoes Viewed", hours(20 + n), 0, "shoes", "", Channel::Store});
        for (int n = some(5); n > 0; --n)
            deeds.push_back({reader, "Book Viewed", hours(20 + n), 0, "book"});
        for (const std::string& who : {runner, reader})
            for (int n = some(0); n > 0; --n)
                deeds.push_back({who, "Coat Viewed", hours(9 + n), 0, "coat"});
        deeds.push_back({runner, "Order Completed", hours(3), 40, "shoes", "", Channel::Store});
    }
    town.happened(deeds);
}

TEST(QuestionModels, TheNicheOfAnAudienceIsWhatItsPeopleDo) {
    Town town(seed());
    two_kinds_of_people(town, 60);
    const auto answer =
        ask(town, "", R"q("niche":{"rule":"any(Shoes Viewed)","features":["event","product"]})q");
    EXPECT_EQ(number(answer.at("audience")), 60);
    EXPECT_EQ(number(answer.at("rest")), 60);
    ASSERT_FALSE(answer.at("rows").as_array().empty());
    bool shoes = false;
    for (const json::value& row : answer.at("rows").as_array()) {
        EXPECT_NE(row.at("value"), "Coat Viewed");
        EXPECT_LE(number(row.at("q_value")), 0.05);
        if (row.at("value") == "Book Viewed") {
            EXPECT_LT(number(row.at("high")), 1);
        }
        if (row.at("value") != "Shoes Viewed") continue;
        shoes = true;
        EXPECT_EQ(number(row.at("share_audience")), 1);
        EXPECT_EQ(number(row.at("share_rest")), 0);
        EXPECT_GT(number(row.at("low")), 1);
    }
    EXPECT_TRUE(shoes);
}

TEST(QuestionModels, TheRuleOfAClusterCountsItsPeople) {
    Town town(seed());
    two_kinds_of_people(town, 60);
    for (const char* period : {"", R"("last":"2 days",)"}) {
        const auto answer =
            ask(town, period, R"("clusters":{"features":["event","channel","product"]})");
        const json::array& rows = answer.at("rows").as_array();
        ASSERT_EQ(rows.size(), 2u);
        for (const json::value& row : rows) {
            EXPECT_EQ(number(row.at("people")), 60);
            ASSERT_TRUE(row.at("rule").is_string());
            EXPECT_EQ(town.count(std::string(row.at("rule").as_string())),
                      number(row.at("people_of_rule")))
                << row.at("rule").as_string();
            EXPECT_GT(number(row.at("precision")), 0.6);  // 0.5 by chance
        }
    }
}

TEST(QuestionModels, ALookalikeRanksThoseWhoResembleFirst) {
    Town town(seed());
    two_kinds_of_people(town, 60);
    const auto told =
        ask(town, "", R"q("lookalike":{"rule":"any(Order Completed)","features":["product"]})q");
    EXPECT_GT(number(told.at("auc")), 0.95);
    EXPECT_EQ(number(told.at("top")), 60);
    EXPECT_EQ(number(told.at("base_rate")), 0.5);
    EXPECT_GT(number(told.at("deciles").at(0).at("lift")), 1.5);
    EXPECT_EQ(told.at("rows").at(0).at("value"), "shoes");
    const auto sized =
        ask(town, "",
            R"q("lookalike":{"rule":"any(Order Completed)","size":10,"features":["event"]})q");
    EXPECT_EQ(number(sized.at("top")), 10);
}

// What was looked at was not paid for.
TEST(QuestionModels, SpentIsWhatWasPaidForPurchases) {
    Town town(seed());
    std::vector<Deed> deeds;
    for (int i = 0; i < 60; ++i) {
        const std::string who = "u" + std::to_string(i);
        deeds.push_back({who, "Product Viewed", hours(9), 200, "coat"});
        deeds.push_back({who, "Checkout Started", hours(8), 50, "coat"});
        deeds.push_back({who, "Order Completed", hours(7), 50, "coat"});
        deeds.push_back({who, "Order Refunded", hours(6), 20, "coat"});
    }
    town.happened(deeds);
    const auto spent = [&](const std::string& more) {
        const auto told =
            ask(town, "", R"q("clusters":{"features":["spent"],"currency":"EUR")q" + more + "}");
        return number(told.at("means").at(0).at("mean"));
    };
    EXPECT_NEAR(spent(""), 50, 1e-3);
    EXPECT_NEAR(spent(R"q(,"purchase":"Checkout Started")q"), 50, 1e-3);
    EXPECT_NEAR(spent(R"q(,"purchase":"Order Refunded")q"), 20, 1e-3);
    EXPECT_NEAR(spent(R"q(,"purchase":"Never")q"), 0, 1e-3);
    EXPECT_EQ(town.error_of(R"q({"purpose":"measurement","clusters":{"features":["spent"],)q"
                            R"q("purchase":"count(A)"}})q"),
              "rule.invalid");
}

constexpr int kShops = 10;
int visits_of(int day, int place) { return 4 + place % 3 + ((day + place) % 7 < 2 ? 2 : 0); }

// Shops, each so busy a day; in the last two weeks the first of them is `times` as busy, and then
// chance has its part in all of it. Days count back from yesterday.
void shops(Town& town, int days, int times) {
    std::vector<Deed> deeds;
    std::mt19937_64 random(seed());
    for (int day = 0; day < days; ++day) {
        for (int place = 0; place < kShops; ++place) {
            int visits = visits_of(day, place) * (place == 0 && day < 14 ? times : 1);
            if (times != 1) visits += static_cast<int>(random() % 2);
            for (int i = 0; i < visits; ++i)
                deeds.push_back({"u" + std::to_string(place * 10 + i), "Store Visited",
                                 hours(24 * day + 30), 0, "", "s" + std::to_string(place)});
        }
    }
    town.happened(deeds);
}

TEST(QuestionModels, AnEffectIsFoundWhereItWasAndOnlyThere) {
    Town town(seed());
    shops(town, 90, 3);  // now is 2023-11-14, the last visits are of the 13th
    const std::string asked =
        R"q("effect":{"of":"count(Store Visited)","start":"2023-10-31","placebo":"shuffles",)q";
    const std::string period = R"("from":"2023-08-20","to":"2023-11-14",)";
    const auto answer = ask(town, period, asked + R"("treated":["s0"]})");
    SCOPED_TRACE(json::serialize(answer).substr(0, 600));
    EXPECT_NEAR(number(answer.at("lift")), 2, 0.4);
    EXPECT_GT(number(answer.at("low")), 0);
    EXPECT_LT(number(answer.at("p_value")), 0.05);
    EXPECT_EQ(number(answer.at("days_after")), 14);
    double donors = 0;
    for (const json::value& row : answer.at("donors").as_array()) {
        EXPECT_NE(row.at("place"), "s0");
        donors += number(row.at("weight"));
    }
    EXPECT_GT(donors, 0);
    const auto elsewhere = ask(town, period, asked + R"("treated":["s4"],"leave_out":["s0"]})");
    EXPECT_LT(std::abs(number(elsewhere.at("lift"))), 0.2);
    EXPECT_EQ(number(elsewhere.at("places")), 9);
}

TEST(QuestionModels, AForecastFollowsTheWeekBetterThanLastWeekAgain) {
    Town town(seed());
    shops(town, 140, 1);
    const auto answer = ask(town, R"("from":"2023-06-28","to":"2023-11-14",)",
                            R"q("forecast":{"of":"count(Store Visited)","steps":7})q");
    ASSERT_EQ(answer.at("rows").as_array().size(), 7u);
    EXPECT_EQ(answer.at("rows").at(0).at("day"), "2023-11-14");
    int day = 6;  // tomorrow is as six days ago
    for (const json::value& row : answer.at("rows").as_array()) {
        int visits = 0;
        for (int place = 0; place < kShops; ++place) visits += visits_of(day, place);
        EXPECT_NEAR(number(row.at("expected")), visits, 0.5);
        --day;
        EXPECT_LE(number(row.at("low")), number(row.at("expected")));
        EXPECT_GE(number(row.at("high")), number(row.at("expected")));
    }
    const auto by_place =
        ask(town, R"("last":"130 days",)",
            R"q("forecast":{"of":"count(Store Visited)","steps":7,"by":"place","limit":3,
        "holidays":[{"date":"2023-11-16","name":"fair"}]})q");
    EXPECT_EQ(by_place.at("models").as_array().size(), 3u);
    EXPECT_EQ(by_place.at("rows").as_array().size(), 21u);
}

TEST(QuestionModels, WhatRisesIsWhatRoseBeyondTheRest) {
    Town town(seed());
    std::vector<Deed> deeds;
    for (int product = 0; product < 40; ++product) {
        for (int day = 0; day < 35; ++day) {
            const int views = product == 3 && day < 7 ? 12 : 2;
            for (int i = 0; i < views; ++i)
                deeds.push_back({"u" + std::to_string(i), "Product Viewed", hours(24 * day + 1), 0,
                                 "p" + std::to_string(product)});
        }
    }
    town.happened(deeds);
    const auto answer = ask(town, "", R"q("rising":{"of":"count(Product Viewed)"})q");
    EXPECT_EQ(number(answer.at("things")), 40);
    ASSERT_EQ(answer.at("rows").as_array().size(), 1u);
    const json::value& top = answer.at("rows").at(0);
    EXPECT_EQ(top.at("product"), "p3");
    EXPECT_EQ(number(top.at("recent")), 84);
    EXPECT_EQ(number(top.at("before")), 56);
    EXPECT_GT(number(top.at("growth_low")), 3);
}

// Persons do not add up over time: the same every week are no more in four weeks than in one.
TEST(QuestionModels, TheSamePersonsEveryWeekDoNotRise) {
    Town town(seed());
    std::vector<Deed> deeds;
    for (int place = 0; place < 5; ++place) {
        for (int week = 0; week < 5; ++week) {
            for (int i = 0; i < 60; ++i)
                deeds.push_back({"u" + std::to_string(i), "Store Visited", hours(24 * 7 * week + 9),
                                 0, "", "s" + std::to_string(place)});
        }
    }
    town.happened(deeds);
    const auto rising = [&](const std::string& more) {
        return ask(town, "", R"q("rising":{"of":"any(Store Visited)","by":"place")q" + more + "}");
    };
    EXPECT_TRUE(rising("").at("rows").as_array().empty());
    EXPECT_TRUE(
        rising(R"q(,"recent":"14 days","before":"14 days")q").at("rows").as_array().empty());
    const auto error = [&](const std::string& of, const std::string& before) {
        return town.error_of(R"q({"purpose":"measurement","rising":{"of":")q" + of +
                             R"q(","recent":"7 days","before":")q" + before + "\"}}");
    };
    EXPECT_EQ(error("any(Store Visited)", "30 days"), "question.invalid");
    EXPECT_EQ(error("any(Store Visited)", "6 days"), "question.invalid");
    EXPECT_EQ(error("count(Store Visited)", "30 days"), "");
    std::vector<Deed> more;
    more.reserve(120);
    for (int i = 0; i < 120; ++i)
        more.push_back({"n" + std::to_string(i), "Store Visited", hours(9), 0, "", "s3"});
    town.happened(more);
    const auto told = rising("");
    ASSERT_EQ(told.at("rows").as_array().size(), 1u);
    EXPECT_EQ(told.at("rows").at(0).at("place"), "s3");
    EXPECT_EQ(number(told.at("rows").at(0).at("recent")), 180);
    EXPECT_EQ(number(told.at("rows").at(0).at("before")), 240);
}

TEST(QuestionModels, OfFewThingsItIsSaidThatTheirSpreadIsNotKnown) {
    Town town(seed());
    const auto notes = [&](int things) {
        std::vector<Deed> deeds;
        for (int product = 0; product < things; ++product) {
            for (int day = 0; day < 35; ++day)
                deeds.push_back(
                    {"u", "Product Viewed", hours(24 * day + 1), 0, "p" + std::to_string(product)});
        }
        town.happened(deeds);
        const auto answer = ask(town, "", R"q("rising":{"of":"count(Product Viewed)"})q");
        return answer.contains("notes") ? answer.at("notes").as_array().size() : 0;
    };
    EXPECT_EQ(notes(12), 1u);
    EXPECT_EQ(notes(20), 0u);
}

TEST(QuestionModels, AChannelThatBringsIsToldFromOneThatDoesNot) {
    Town town(seed());
    std::vector<Deed> deeds;
    std::string costs;
    std::mt19937_64 random(seed());
    for (int week = 0; week < 60; ++week) {
        const auto good = static_cast<std::int64_t>(random() % 100);
        const auto idle = static_cast<std::int64_t>(random() % 100);
        deeds.push_back({"u" + std::to_string(week), "Order Completed", hours(24 * 7 * week + 60),
                         200 + 5 * good + static_cast<std::int64_t>(random() % 20)});
        const std::string at =  // the Sunday before now, so many weeks ago
            "\"at\":\"" +
            [&] {
                const std::int64_t day = 1'699'747'200 - std::int64_t{week} * 7 * 86'400;
                return iso_time(EventTime{day * 1'000'000}).substr(0, 10);
            }() +
            "\"";
        for (const auto& [channel, amount] : {std::pair("search", good), std::pair("tv", idle)})
            costs += std::string(costs.empty() ? "" : ",") + "{" + at + ",\"channel\":\"" +
                     channel + "\",\"amount\":" + std::to_string(amount) + "}";
    }
    town.happened(deeds);
    const auto answer = ask(town, R"("from":"2022-10-03",)", R"("mix":{"costs":[)" + costs + "]}");
    double search = 0, tv = 0;
    for (const json::value& row : answer.at("rows").as_array())
        (row.at("channel") == "search" ? search : tv) = number(row.at("marginal"));
    EXPECT_GT(search, 3 * tv) << "each unit of search brought 5, of tv nothing";
    EXPECT_EQ(answer.at("curve").as_array().size(), 14u);
}

TEST(QuestionModels, SayWhatIsWrong) {
    Town town(seed());
    town.live(200);
    const auto error = [&](const std::string& more) {
        return town.error_of(R"({"purpose":"measurement",)" + more + "}");
    };
    EXPECT_EQ(error(R"("niche":{})"), "question.invalid");
    EXPECT_EQ(error(R"("niche":{"audience":"nobody"})"), "audience_not_found");
    EXPECT_EQ(error(R"q("niche":{"rule":"any(Never)"})q"), "measure.niche_empty");
    EXPECT_EQ(error(R"("clusters":{"most":1})"), "question.invalid");
    EXPECT_EQ(error(R"("clusters":{"features":["no such"]})"), "query.no_features");
    EXPECT_EQ(error(R"q("lookalike":{"rule":"any(Never)"})q"), "measure.lookalike_too_few");
    EXPECT_EQ(error(R"("last":"60 days","effect":{"start":"2023-11-01"})"), "question.invalid");
    EXPECT_EQ(error(R"("last":"1 hour","effect":{"treated":["s1"],"start":"2023-11-01"})"),
              "question.invalid")
        << "a time without a whole day";
    EXPECT_EQ(error(R"("last":"9 days","forecast":{"grain":"hour"})"), "question.invalid");
    EXPECT_EQ(error(R"("last":"1 hour","forecast":{})"), "question.invalid");
    EXPECT_EQ(error(R"("last":"30 days","forecast":{})"), "measure.forecast_too_few");
    EXPECT_EQ(error(R"("last":"30 days","rising":{})"), "question.invalid");
    EXPECT_EQ(error(R"q("rising":{"of":"sum(*.revenue)"})q"), "question.invalid");
    EXPECT_EQ(error(R"("last":"90 days","mix":{})"), "question.invalid");
    EXPECT_EQ(error(R"("last":"90 days","mix":{"costs":[{"at":"2023-11-01"}]})"),
              "question.invalid");
}

}  // namespace
}  // namespace filrouge::engine
