// What a role that is told of no few persons can read of one: nothing, by whatever it asks.
#include <memory>

#include "engine/answer.h"
#include "engine/town_for_test.h"

namespace filrouge::engine {
namespace {

constexpr std::uint64_t kLeast = 5;

// Everybody did everything but some things, which one person alone did, often.
class Street {
  public:
    Street() : town(7) {
        std::vector<Deed> deeds;
        for (int i = 0; i < 40; ++i) {
            const std::string user = "u" + std::to_string(i);
            deeds.push_back({user, "Page Viewed", hours(30 + i), 0, "p0", "s1"});
            deeds.push_back({user, "Order Completed", hours(20 + i), 10, "p0", "s1"});
        }
        for (int day = 0; day < 100; ++day) {
            for (int i = 0; i < 8; ++i)
                deeds.push_back({"v" + std::to_string(i), "Store Visited", hours(24 * day + 30), 10,
                                 "p0", "s" + std::to_string(1 + (day + i) % 3)});
            deeds.push_back({"one", "Secret Thing", hours(24 * day + 30), 333, "p1", "s9"});
            deeds.push_back({"one", "Secret Two", hours(24 * day + 29), 333, "p1", "s9"});
        }
        deeds.push_back({"one", "Page Viewed", hours(50)});
        for (int i = 0; i < 6; ++i) {
            deeds.push_back({"one", "Seldom", hours(40 + i), 333, "p2"});
            deeds.push_back({"one", "Store Bought", hours(20 + i), 333, "p2", "", Channel::Store});
            deeds.push_back({"one", "Store Bought", hours(300 + i), 7, "p0", "", Channel::Store});
        }
        for (int i = 0; i < 9; ++i)
            deeds.push_back({"w" + std::to_string(i), "Store Bought", hours(21), 10, "p0", "",
                             i < 8 ? Channel::Store : Channel::App});
        town.happened(deeds);
    }
    json::object ask(const std::string& common, const std::string& kind, bool masked = true) {
        const Mask mask = masked ? Mask({"secret"}, kLeast) : Mask();
        const auto answer = town.shop.runtime->ask(
            R"q({"purpose":"measurement",)q" + common + kind + "}", AnswerForm::Json, "", mask);
        EXPECT_TRUE(answer.ok()) << kind << (answer.ok() ? "" : answer.error().message);
        return answer.ok() ? json::parse(answer.value()).as_object() : json::object();
    }
    Town town;
};

// Whether every row, or those that `picked` picks, tells nothing in this column.
bool is_hidden(const json::object& answer, const char* table, const char* column,
               const std::string& picked = "") {
    bool any = false;
    for (const json::value& row : answer.at(table).as_array()) {
        if (!picked.empty() && json::serialize(row).find(picked) == std::string::npos) continue;
        any = true;
        if (!row.at(column).is_null()) return false;
    }
    return any;
}

TEST(QuestionMask, AFigureOfOnePersonIsHiddenInEveryKindOfAnswer) {
    Street street;
    const auto hides = [&](const std::string& common, const std::string& kind, const char* table,
                           const char* column, const std::string& picked = "") {
        SCOPED_TRACE(kind);
        EXPECT_TRUE(is_hidden(street.ask(common, kind), table, column, picked));
        EXPECT_FALSE(is_hidden(street.ask(common, kind, false), table, column, picked))
            << "who is not masked is told as ever";
    };
    const std::string days = R"("last":"95 days",)";
    hides(days, R"q("forecast":{"of":"sum(Secret Thing.revenue)","steps":3})q", "rows", "expected");
    hides(days, R"q("forecast":{"of":"sum(Secret Thing.revenue)","steps":3})q", "models",
          "origins");
    hides(days, R"q("forecast":{"of":"count(*)","by":"place","steps":3})q", "rows", "expected",
          "\"s9\"");
    hides(days, R"q("effect":{"of":"sum(*.revenue)","treated":["s9"],"start":"2023-11-01"})q",
          "rows", "observed");
    hides(R"("last":"10 days",)", R"q("metric":{"of":"sum(Store Bought.revenue)","compare":true})q",
          "rows", "figure_before");
    hides("", R"q("metric":{"of":"count(*)","over":"any(Secret Thing)"})q", "rows", "figure");
    hides("", R"q("metric":{"of":"count(*)","over":"sum(Secret Thing.revenue)"})q", "rows",
          "figure");
    hides("", R"q("attribution":{"conversion":"Secret Thing","by":"event"})q", "rows",
          "conversions");
    hides("", R"q("transitions":{})q", "rows", "count", "Secret Two");
    hides("", R"q("niche":{"rule":"any(Order Completed)","support":1,"features":["event"]})q",
          "rows", "share_rest", "Page Viewed");
}

TEST(QuestionMask, WhatOnePersonMakesRiseIsHidden) {
    Street street;
    std::vector<Deed> deeds;
    for (int product = 0; product < 40; ++product) {
        for (int day = 0; day < 35; ++day) {
            const int views = product < 2 && day < 7 ? 12 : 2;
            for (int i = 0; i < views; ++i)
                deeds.push_back({product == 0 ? "one" : "u" + std::to_string((day + i) % 20),
                                 "Looked", hours(24 * day + 1), 0, "q" + std::to_string(product)});
        }
    }
    street.town.happened(deeds);
    const std::string kind = R"q("rising":{"of":"count(Looked)"})q";
    for (const char* column : {"recent", "before", "growth"}) {
        EXPECT_TRUE(is_hidden(street.ask("", kind), "rows", column, "\"q0\""));
        EXPECT_FALSE(is_hidden(street.ask("", kind), "rows", column, "\"q1\""));
        EXPECT_FALSE(is_hidden(street.ask("", kind, false), "rows", column, "\"q0\""));
    }
}

TEST(QuestionMask, FactsOfOnePersonAreHidden) {
    Street street;
    const auto fact = [&](const std::string& kind, const char* name) {
        return street.ask("", kind).at(name);
    };
    const std::string share =
        R"q("share":{"purchase":"Store Bought","bought_on":["store"],"began_on":["web"]})q";
    EXPECT_TRUE(fact(share, "buyers_began_elsewhere").is_null());
    EXPECT_TRUE(fact(share, "began_elsewhere").is_null());
    EXPECT_TRUE(fact(share, "amount_began_elsewhere").is_null());
    EXPECT_EQ(fact(share, "buyers"), 9);
    const std::string attribution = R"q("attribution":{"conversion":"Secret Thing"})q";
    EXPECT_TRUE(fact(attribution, "conversions").is_null());
    EXPECT_TRUE(fact(attribution, "value").is_null());
    const auto who =
        street.ask(R"q("who":"any(Secret Thing)",)q", R"q("attribution":{"by":"event"})q");
    EXPECT_TRUE(who.at("conversions_without_touch").is_null());
    const auto effect =
        street.ask(R"("last":"95 days",)", R"q("effect":{"treated":["s9"],"start":"2023-11-01"})q");
    EXPECT_TRUE(effect.at("incremental").is_null());
    EXPECT_TRUE(effect.at("per_place_and_day").is_null());
}

TEST(QuestionMask, WhatEnoughPersonsDidIsTold) {
    Street street;
    EXPECT_FALSE(is_hidden(street.ask(R"("last":"95 days",)",
                                      R"q("forecast":{"of":"count(Store Visited)","steps":3})q"),
                           "rows", "expected"));
    EXPECT_FALSE(is_hidden(street.ask("", R"q("transitions":{})q"), "rows", "count",
                           R"("from":"Page Viewed","to":"Order Completed")"));
    EXPECT_FALSE(is_hidden(street.ask("", R"q("attribution":{})q"), "rows", "conversions"));
}

TEST(Answer, HidesRowsAndFactsByThePersonsThatTheyAreOf) {
    Answer answer;
    answer.fact("amount", 99.5, 4);
    answer.fact("more", 98.5, 5);
    auto& means = answer.table("means", {"cluster", "feature", "mean"});
    means.add({std::uint64_t{1}, std::string("a"), 1.5});
    means.is_of(0);
    means.is_of(9);
    means.is_of(4);
    means.add({std::uint64_t{2}, std::string("a"), 2.5});
    means.add({std::uint64_t{3}, std::string("a"), 3.5});
    means.is_of(5);
    answer.hide_small(kLeast);
    EXPECT_EQ(answer.csv(), "cluster,feature,mean\r\n1,a,\r\n2,a,2.5\r\n3,a,3.5\r\n");
    const json::object told = json::parse(answer.json()).as_object();
    EXPECT_TRUE(told.at("amount").is_null());
    EXPECT_EQ(told.at("more"), 98.5);

    Answer of_few;
    of_few.is_of(3);
    of_few.fact("typical_growth", 1.5);
    of_few.hide_small(kLeast);
    EXPECT_TRUE(json::parse(of_few.json()).at("typical_growth").is_null());
}

}  // namespace
}  // namespace filrouge::engine
