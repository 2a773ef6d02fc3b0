// Metrics, retention and shares through the runtime: each figure beside the rule, or the other
// figure, that it must agree with.
#include <map>
#include <set>

#include "engine/town_for_test.h"

namespace filrouge::engine {
namespace {

double number(const json::value& value) { return value.to_number<double>(); }

json::object ask(Town& town, const std::string& common, const std::string& kind) {
    return town.ask(R"q({"purpose":"measurement",)q" + common + kind + "}");
}

double sum_of(const json::object& answer, const char* column) {
    double sum = 0;
    for (const json::value& row : answer.at("rows").as_array()) sum += number(row.at(column));
    return sum;
}

constexpr const char* kLastDay = R"q("last":"30 hours",)q";

TEST(QuestionMetric, PartsSumToTheWholeAndPersonsAreTheRules) {
    Town town(seed());
    for (int day = 0; day < 6; ++day) {
        town.live(120);
        town.shop.clock.advance(hours(5));
    }
    for (const char* figure :
         {"count(Product Viewed)", "count(* where channel = store)", "sum(*.revenue)"}) {
        const auto of = [&](const std::string& more) {
            const std::string kind =
                std::string(R"q("metric":{"of":")q") + figure + "\"" + more + "}";
            return sum_of(ask(town, kLastDay, kind), "figure");
        };
        const double whole = of("");
        EXPECT_GT(whole, 0) << figure;
        EXPECT_DOUBLE_EQ(of(R"q(,"by":"channel")q"), whole) << figure;
        EXPECT_DOUBLE_EQ(of(R"q(,"by":["event","product"],"grain":"day")q"), whole) << figure;
        EXPECT_DOUBLE_EQ(of(R"q(,"grain":"hour")q"), whole) << figure;
        EXPECT_DOUBLE_EQ(of(R"q(,"grain":"month")q"), whole) << figure;
    }
    const auto persons = ask(town, "", R"q("metric":{"of":"any(Order Completed)"})q");
    EXPECT_EQ(sum_of(persons, "figure"), town.count("any(Order Completed)"));
    const auto products = ask(town, "", R"q("metric":{"of":"distinct(*.product)"})q");
    EXPECT_EQ(sum_of(products, "figure"), 6);
}

TEST(QuestionMetric, ARatioIsOneFigureOverTheOtherAndAnAverageTheSumOverTheCount) {
    Town town(seed());
    town.live(400);
    const auto one = [&](const std::string& arguments) {
        return sum_of(ask(town, "", R"q("metric":{)q" + arguments + "}"), "figure");
    };
    const double sum = one(R"q("of":"sum(Order Completed.revenue)")q");
    const double orders = one(R"q("of":"count(Order Completed)")q");
    const double views = one(R"q("of":"count(Product Viewed)")q");
    ASSERT_GT(orders, 0);
    ASSERT_NE(orders, views);
    EXPECT_DOUBLE_EQ(one(R"q("of":"count(Order Completed)","over":"count(Product Viewed)")q"),
                     orders / views);
    EXPECT_DOUBLE_EQ(one(R"q("of":"count(Product Viewed)","over":"count(Order Completed)")q"),
                     views / orders);
    EXPECT_DOUBLE_EQ(one(R"q("of":"avg(Order Completed.revenue)")q"), sum / orders);
    const auto nobody =
        ask(town, "", R"q("metric":{"of":"sum(*.revenue)","over":"count(Never)","by":"channel"})q");
    EXPECT_TRUE(nobody.at("rows").at(0).at("figure").is_null());
}

// A till sells to somebody without a card: the sale is a figure, the till is no person.
TEST(QuestionMetric, WhatNobodyWeKnowDidCountsAndIsNoPerson) {
    Town town(seed());
    const auto sale = [](const char* who, int ago, IdentifierType by) {
        return Deed{who, "Order Completed", hours(ago), 10, {}, {}, Channel::Store, by};
    };
    town.happened({sale("known", 9, IdentifierType::UserId), sale("r1", 8, IdentifierType::Session),
                   sale("till 1", 7, IdentifierType::Till),
                   sale("r2", 6, IdentifierType::Session)});
    const auto one = [&](const char* common, const char* kind, const char* figure) {
        return sum_of(ask(town, common, kind), figure);
    };
    const char* revenue = R"q("metric":{"of":"sum(Order Completed.revenue)","by":"channel"})q";
    EXPECT_EQ(one("", revenue, "figure"), 40);
    EXPECT_EQ(one("", revenue, "events"), 4);
    EXPECT_EQ(one("", revenue, "persons"), 1);
    EXPECT_EQ(one(R"q("who":"any(Order Completed)",)q", revenue, "figure"), 10);
    EXPECT_EQ(one("", R"q("metric":{"of":"any(Order Completed)"})q", "figure"), 1);
    EXPECT_EQ(one("", R"q("rfm":{})q", "buyers"), 1);
    town.happened({sale("till 1", 5, IdentifierType::Till)});
    EXPECT_EQ(one("", revenue, "figure"), 50);
}

TEST(QuestionMetric, TheTimeBeforeIsWhatAskingForItSays) {
    Town town(seed());
    std::vector<Deed> deeds;
    deeds.reserve(300);
    for (int i = 0; i < 300; ++i) deeds.push_back({"u", "Visit", hours(i)});
    town.happened(deeds);  // now is 2023-11-14T22:13:20Z, the zone Paris
    const std::string kind = R"q("metric":{"of":"count(Visit)","grain":"day","compare":true})q";
    const auto days = ask(town, R"q("from":"2023-11-10","to":"2023-11-13",)q", kind);
    ASSERT_EQ(days.at("rows").as_array().size(), 3u);
    EXPECT_EQ(days.at("rows").at(0).at("at"), "2023-11-10");
    for (const json::value& row : days.at("rows").as_array()) {
        EXPECT_EQ(number(row.at("figure")), 24);
        EXPECT_EQ(number(row.at("figure_before")), 24);
        EXPECT_EQ(number(row.at("change")), 0);
    }
    // Of a day that is under way the same hours of the day before.
    const auto under_way = ask(town, R"q("from":"2023-11-14",)q", kind);
    EXPECT_EQ(sum_of(under_way, "figure"), 24);  // 0:13 to 23:13 in Paris
    EXPECT_EQ(sum_of(under_way, "figure_before"), 24);
    const auto half = ask(town, R"q("from":"2023-11-09","to":"2023-11-09T12:00",)q", kind);
    EXPECT_EQ(sum_of(half, "figure"), 12);
    EXPECT_EQ(sum_of(half, "figure_before"), 12);
    const auto whole =
        ask(town, R"q("last":"6 hours",)q", R"q("metric":{"of":"count(Visit)","compare":true})q");
    EXPECT_EQ(sum_of(whole, "figure_before"), 6);
}

// "7 days" touch eight: beside a day stands the same weekday, and not the day before it.
TEST(QuestionMetric, TheLastDaysStandBesideTheSameWeekdaysBefore) {
    Town town(seed());
    std::vector<Deed> deeds;
    for (int day = 0; day < 30; ++day) {
        for (int i = 0; i <= day; ++i) deeds.push_back({"u", "Visit", hours(24 * day + 6)});
    }
    town.happened(deeds);
    const auto compared = [&](const std::string& last, const std::string& grain) {
        return ask(town, R"q("last":")q" + last + "\",",
                   R"q("metric":{"of":"count(Visit)","compare":true)q" + grain + "}");
    };
    const auto days = compared("7 days", R"q(,"grain":"day")q");
    EXPECT_EQ(days.at("rows").as_array().size(), 7u);
    for (const json::value& row : days.at("rows").as_array())
        EXPECT_EQ(number(row.at("figure_before")), number(row.at("figure")) + 7) << row.at("at");
    for (const std::string last : {"7 days", "14 days", "36 hours"}) {
        for (const char* grain : {"hour", "day"}) {
            SCOPED_TRACE(last + " by " + grain);
            const auto cut = compared(last, R"q(,"grain":")q" + std::string(grain) + "\"");
            EXPECT_EQ(sum_of(cut, "figure"), sum_of(compared(last, ""), "figure"));
            if (last == "36 hours") continue;  // another hour of the day
            EXPECT_EQ(sum_of(cut, "figure_before"), sum_of(compared(last, ""), "figure_before"));
        }
    }
    // One period later they would be partly the same days: here they are a whole period apart.
    const auto by_day = compared("36 hours", R"q(,"grain":"day")q");
    for (const json::value& row : by_day.at("rows").as_array())
        EXPECT_EQ(number(row.at("figure_before")), number(row.at("figure")) + 2);
}

TEST(QuestionMetric, ACellIsTracedToItsEvents) {
    Town town(seed());
    town.live(300);
    const auto answer =
        ask(town, "", R"q("metric":{"of":"count(Product Viewed)","by":"channel","trace":true})q");
    std::set<std::int64_t> sequences;
    for (const json::value& row : answer.at("trace").as_array())
        EXPECT_TRUE(sequences.insert(row.at("sequence").as_int64()).second);
    EXPECT_EQ(static_cast<double>(sequences.size()), sum_of(answer, "events"));
    EXPECT_LE(*sequences.rbegin(), answer.at("sequence").as_int64());
}

TEST(QuestionMetric, PersonsOfRetentionAreThoseWhoBegan) {
    Town town(seed());
    for (int day = 0; day < 8; ++day) {
        town.live(60);
        town.shop.clock.advance(hours(30));
    }
    const auto table =
        ask(town, R"q("last":"20 days",)q",
            R"q("retention":{"first":"Product Viewed","grain":"day","by":"channel"})q");
    EXPECT_EQ(table.at("persons").as_int64(), town.count("any(Product Viewed, last 20 days)"));
    const auto returned = [](const json::value& rows) {
        double sum = 0;
        for (const json::value& row : rows.as_array()) {
            EXPECT_LE(number(row.at("returned")), number(row.at("persons")));
            sum += number(row.at("returned"));
        }
        return sum;
    };
    EXPECT_GT(returned(table.at("rows")), 0);
    EXPECT_EQ(returned(table.at("rows")), returned(table.at("groups")));
    const auto windows =
        ask(town, R"q("last":"20 days",)q",
            R"q("retention":{"first":"Product Viewed","window":"36 hours","windows":3})q");
    for (const json::value& row : windows.at("rows").as_array())
        EXPECT_LT(row.at("later").as_int64(), 3);
}

// Who has bought every week for two years did not begin in the last eight.
TEST(QuestionMetric, WhoBeganBeforeTheQuestionsTimeIsInNoCohortOfIt) {
    Town town(seed());
    std::vector<Deed> deeds;
    deeds.reserve(33);
    for (int week = 0; week < 30; ++week)
        deeds.push_back({"old", "Visit", hours(24 * 7 * week + 1)});
    for (int week = 0; week < 3; ++week)
        deeds.push_back({"new", "Visit", hours(24 * 7 * week + 1)});
    town.happened(deeds);
    const auto persons = [&](const char* more) {
        const std::string kind = R"q("retention":{"first":"Visit")q" + std::string(more) + "}";
        return ask(town, R"q("last":"8 weeks",)q", kind).at("persons").as_int64();
    };
    EXPECT_EQ(persons(""), 1);
    EXPECT_EQ(persons(R"q(,"first_in_time":true)q"), 2);
}

TEST(QuestionMetric, AWindowThatNobodysBeganIsNotTold) {
    Town town(seed());
    std::vector<Deed> deeds;
    deeds.reserve(3);
    for (const int day : {16, 9, 2})
        deeds.push_back({"u" + std::to_string(day), "Visit", hours(24 * day)});
    town.happened(deeds);  // now is a Tuesday
    const auto told =
        ask(town, R"q("from":"2023-10-23",)q",
            R"q("retention":{"first":"Visit","grain":"week","window":"7 days","windows":8})q");
    std::map<std::string, int> windows;
    for (const json::value& row : told.at("rows").as_array())
        ++windows[std::string(row.at("cohort").as_string())];
    const std::map<std::string, int> wanted = {
        {"2023-10-23", 4}, {"2023-10-30", 3}, {"2023-11-06", 2}};
    EXPECT_EQ(windows, wanted);
}

TEST(QuestionMetric, CustomersOfAShareAreTheMembersOfItsRule) {
    Town town(seed());
    for (int day = 0; day < 4; ++day) town.live(150);
    const auto share = ask(town, "", R"q("share":{})q");
    EXPECT_EQ(share.at("customers").as_int64(), town.count("any(Order Completed)"));
    double multi = 0;
    for (const json::value& row : share.at("rows").as_array())
        multi += row.at("channels").as_int64() >= 2 ? number(row.at("customers")) : 0;
    EXPECT_EQ(multi, town.count("distinct(Order Completed.channel) >= 2"));
    const auto revenue = ask(town, "", R"q("metric":{"of":"sum(Order Completed.revenue)"})q");
    EXPECT_DOUBLE_EQ(sum_of(share, "amount"), sum_of(revenue, "figure"));

    const auto cross = ask(town, "", R"q("share":{"bought_on":["store"],"began_on":["web"]})q");
    const auto in_store =
        ask(town, "", R"q("metric":{"of":"count(Order Completed where channel = store)"})q");
    EXPECT_EQ(number(cross.at("purchases")), sum_of(in_store, "figure"));
    EXPECT_GT(number(cross.at("began_elsewhere")), 0);
    EXPECT_LE(number(cross.at("began_elsewhere")), number(cross.at("purchases")));
}

// A brand asks for those who buy online and in its stores, whichever of its online channels it was.
TEST(QuestionMetric, ChannelsCanBePutTogetherBeforeBuyersAreCountedByThem) {
    Town town(seed());
    const auto bought = [](const char* who, int ago, std::int64_t euros, Channel channel) {
        return Deed{who, "Order Completed", hours(ago), euros, {}, {}, channel};
    };
    town.happened({bought("a", 96, 10, Channel::Web), bought("a", 48, 20, Channel::App),
                   bought("b", 72, 30, Channel::App), bought("b", 24, 50, Channel::Store),
                   bought("c", 24, 7, Channel::Store)});
    const auto told = ask(town, "", R"q("share":{"groups":{"online":["web","app"]}})q");
    const auto row = [&](const char* table, const std::string& name) -> json::object {
        const char* column = table == std::string("groups") ? "groups" : "channels";
        for (const json::value& each : told.at(table).as_array()) {
            if (each.at(column).as_string() == name) return each.as_object();
        }
        ADD_FAILURE() << name;
        return {};
    };
    EXPECT_EQ(told.at("combinations").as_array().size(), 3u);
    EXPECT_EQ(told.at("groups").as_array().size(), 3u);
    EXPECT_EQ(number(row("groups", "online").at("amount")), 30);
    EXPECT_EQ(number(row("groups", "online").at("mean_days_between")), 2);
    EXPECT_EQ(number(row("groups", "online + store").at("mean_amount")), 80);
    EXPECT_EQ(number(row("groups", "store").at("customers")), 1);
    for (const char* wrong : {R"q({"online":["web"],"near":["web"]})q", R"q({"online":[]})q",
                              R"q(["web"])q", R"q({"online":["moon"]})q", R"q({"store":["web"]})q"})
        EXPECT_EQ(town.error_of(R"q({"purpose":"measurement","share":{"groups":)q" +
                                std::string(wrong) + "}}"),
                  "question.invalid")
            << wrong;
}

TEST(QuestionMetric, SaysWhatIsWrongWithIt) {
    Town town(seed());
    town.live(100);
    const auto error = [&](const std::string& more) {
        return town.error_of(R"q({"purpose":"measurement",)q" + more + "}");
    };
    EXPECT_EQ(error(R"q("metric":{"of":"Order Completed"})q"), "rule.invalid");
    EXPECT_EQ(error(R"q("metric":{"of":"first(*.product)"})q"), "rule.invalid");
    EXPECT_EQ(error(R"q("metric":{"of":"count(A, today)"})q"), "question.invalid");
    EXPECT_EQ(error(R"q("metric":{"of":"count(A) >= 1 and count(B)"})q"), "question.invalid");
    EXPECT_EQ(error(R"q("metric":{"by":["channel","event","place"]})q"), "question.invalid");
    EXPECT_EQ(error(R"q("metric":{"grain":"day"})q"), "question.invalid");
    EXPECT_EQ(error(R"q("metric":{"compare":true})q"), "question.invalid");
    EXPECT_EQ(error(R"q("from":"1980-01-01","metric":{"grain":"hour"})q"), "question.invalid");
    EXPECT_EQ(error(R"q("metric":{"by":["event","product"],"trace":true})q"), "question.invalid");
    EXPECT_EQ(error(R"q("last":"9 days","retention":{"grain":"hour"})q"), "question.invalid");
    EXPECT_EQ(error(R"q("last":"9 days","retention":{"windows":3})q"), "question.invalid");
    EXPECT_EQ(error(R"q("share":{"bought_on":["store"]})q"), "question.invalid");
    EXPECT_EQ(error(R"q("share":{"bought_on":["moon"],"began_on":["web"]})q"), "question.invalid");
    // A period of nothing is no error.
    EXPECT_EQ(error(R"q("from":"2090-01-01","metric":{"grain":"day","compare":true})q"), "");
    EXPECT_EQ(error(R"q("from":"2090-01-01","retention":{})q"), "");
}

}  // namespace
}  // namespace filrouge::engine
