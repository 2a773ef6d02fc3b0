// Questions through the runtime, as a door asks them.
#include <atomic>
#include <thread>

#include "base/json_writer.h"
#include "engine/town_for_test.h"

namespace filrouge::engine {
namespace {

// What live membership says of a rule.
std::int64_t members(Town& town, const std::string& audience) {
    const auto answer = town.shop.runtime->audience(audience, 0);
    EXPECT_TRUE(answer.ok());
    return json::parse(answer.value()).at("count").as_int64();
}

TEST(Question, ACountOverColumnsIsTheLiveMembershipWhateverHappens) {
    constexpr const char* kRules[] = {
        "count(Product Viewed) >= 3",
        "any(Product Added, last 3 hours) and not any(Order Completed, last 3 hours)",
        "count(* where channel = store) >= 2 or count(Order Completed) = 0",
        "sum(Order Completed.revenue) >= 60 EUR and any(Product Viewed where product = \"p1\")",
        "Product Viewed then Product Added within 2 hours then Order Completed within 1 day",
        "not any(Page Viewed, last 1 day) and consent(measurement)",
    };
    for (std::uint64_t round = 0; round < 3; ++round) {
        Town town(seed() * 10 + round);
        std::vector<std::string> audiences;
        for (const char* rule : kRules) {
            std::string body;
            JsonWriter(body)
                .open_object()
                .field("name", "r" + std::to_string(audiences.size()))
                .field("purpose", "measurement")
                .field("rule", rule)
                .close();
            const std::string made = town.shop.command(&Runtime::create_audience, body);
            ASSERT_TRUE(made.starts_with("{")) << rule << ": " << made;
            audiences.emplace_back(json::parse(made).at("id").as_string());
        }
        for (int day = 0; day < 12; ++day) {
            town.live(day % 4 == 3 ? 400 : 40);
            for (std::size_t i = 0; i < audiences.size(); ++i)
                EXPECT_EQ(town.count(kRules[i]), members(town, audiences[i]))
                    << kRules[i] << " on day " << day << " of round " << round;
        }
    }
}

TEST(Question, ARuleThatLooksIntoTextsIsCountedWhileEventsCome) {
    Town town(seed());
    town.live(300);
    std::atomic<bool> done{false};
    std::thread sender([&] {
        while (!done) town.live(20);
    });
    for (int i = 0; i < 60; ++i) {
        EXPECT_GT(town.count("sum(Order Completed.revenue where product contains \"p\") > 1 EUR or "
                             "any(Product Viewed where product starts with \"p\")"),
                  0);
    }
    done = true;
    sender.join();
}

TEST(Question, TheBarsOfAFunnelAreTheMembersOfTheirRules) {
    Town town(seed());
    for (int day = 0; day < 10; ++day) town.live(150);
    for (const char* period : {"", R"("last":"5 hours",)"}) {
        const json::object answer = town.ask(
            std::string("{\"purpose\":\"measurement\",") + period +
            R"("funnel":{"steps":["Product Viewed","Product Added","Order Completed"],"within":"3 hours","by":"channel"}})");
        const json::array& rows = answer.at("rows").as_array();
        ASSERT_EQ(rows.size(), 3u);
        EXPECT_GT(rows[0].at("persons").as_int64(), 0);
        for (const json::value& row : rows)
            EXPECT_EQ(row.at("persons").as_int64(),
                      town.count(std::string(row.at("rule").as_string())))
                << row.at("rule").as_string();
        std::int64_t begun = 0;
        for (const json::value& group : answer.at("groups").as_array())
            begun += group.at("step").as_int64() == 1 ? group.at("persons").as_int64() : 0;
        EXPECT_EQ(begun, rows[0].at("persons").as_int64());
    }
}

TEST(Question, SpeaksOfWhomItIsAskedAbout) {
    Town town(seed());
    for (int day = 0; day < 4; ++day) town.live(150);
    const auto transitions = [&](const std::string& before) {
        return town
            .ask(R"({"purpose":"measurement",)" + before + R"("transitions":{"of":"channel"}})")
            .at("transitions")
            .as_int64();
    };
    const std::int64_t all = transitions("");
    const std::int64_t some = transitions(R"q("who":"any(Order Completed)",)q");
    EXPECT_GT(all, some);
    EXPECT_GT(some, 0);
    EXPECT_EQ(transitions(R"q("who":"count(*) > 100000",)q"), 0);
    EXPECT_EQ(transitions(R"("from":"2090-01-01",)"), 0);
}

TEST(Question, SaysWhatIsWrongWithIt) {
    Town town(seed());
    town.live(20);
    EXPECT_EQ(town.error_of("[]"), "question.invalid");
    EXPECT_EQ(town.error_of(R"({"purpose":"measurement"})"), "question.invalid");
    EXPECT_EQ(town.error_of(R"({"purpose":"spying","rfm":{}})"), "api.unknown_purpose");
    EXPECT_EQ(town.error_of(R"({"purpose":"measurement","rfm":{},"value":{}})"),
              "question.invalid");
    EXPECT_EQ(town.error_of(R"({"purpose":"measurement","rfm":{"colour":"red"}})"),
              "question.unknown_argument");
    EXPECT_EQ(town.error_of(R"({"purpose":"measurement","rfm":{"purchase":"any(x"}})"),
              "rule.invalid");
    EXPECT_EQ(town.error_of(R"({"purpose":"measurement","rfm":{"purchase":"x, last 3 days"}})"),
              "question.invalid");
    EXPECT_EQ(town.error_of(R"({"purpose":"measurement","from":"soon","rfm":{}})"),
              "question.invalid");
    EXPECT_EQ(town.error_of(R"({"purpose":"measurement","funnel":{"steps":["A"]}})"),
              "question.invalid");
    EXPECT_EQ(town.error_of(R"({"purpose":"measurement","value":{"weeks":0}})"),
              "question.invalid");
}

TEST(Question, IsAnsweredAsCsvToo) {
    Town town(seed());
    town.live(100);
    const auto csv = town.shop.runtime->ask(
        R"({"purpose":"measurement","transitions":{"of":"channel"}})", AnswerForm::Csv, "", Mask());
    ASSERT_TRUE(csv.ok());
    EXPECT_TRUE(csv.value().starts_with("from,to,count,share\r\nweb,web,")) << csv.value();
}

TEST(Question, AnyTableOfAnAnswerIsAskedForAsCsv) {
    Town town(seed());
    town.live(300);
    const auto csv = [&](const std::string& question) {
        return town.shop.runtime->ask(R"q({"purpose":"measurement",)q" + question + "}",
                                      AnswerForm::Csv, "", Mask());
    };
    const auto cuts = csv(R"q("rfm":{},"table":"cuts")q");
    ASSERT_TRUE(cuts.ok());
    EXPECT_TRUE(
        cuts.value().starts_with("score,last_purchase_from,purchases_from,amount_from\r\n1,"))
        << cuts.value();
    const std::string funnel =
        R"q("funnel":{"steps":["Product Viewed","Order Completed"],"by":"channel"})q";
    const auto split = csv(funnel + R"q(,"table":"groups")q");
    ASSERT_TRUE(split.ok());
    EXPECT_TRUE(split.value().starts_with("channel,step,")) << split.value();
    EXPECT_NE(split.value().find("web,1,"), std::string::npos) << split.value();
    EXPECT_EQ(csv(funnel).value(), csv(funnel + R"q(,"table":"rows")q").value());
    const auto none = csv(R"q("rfm":{},"table":"groups")q");
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(none.error().code, "question.no_such_table");
    EXPECT_EQ(none.error().hint, "It has these: rows, cuts.");
}

TEST(Question, ModelsOfValueFitWhatTheShopSold) {
    Town town(seed());
    for (int day = 0; day < 30; ++day) {
        town.live(60);
        town.shop.clock.advance(hours(20));
    }
    const auto answer = town.ask(R"({"purpose":"measurement","value":{"weeks":4}})");
    EXPECT_GT(answer.at("expected_purchases").to_number<double>(), 0);
    const auto credit = town.ask(
        R"({"purpose":"measurement","attribution":{"models":["last","markov","shapley"]}})");
    for (const char* model : {"last", "markov", "shapley"}) {
        double sum = 0;
        for (const json::value& row : credit.at("rows").as_array())
            sum += row.at("model") == model ? row.at("conversions").to_number<double>() : 0;
        EXPECT_NEAR(sum, static_cast<double>(credit.at("conversions").as_int64()), 1e-6) << model;
    }
}

}  // namespace
}  // namespace filrouge::engine
