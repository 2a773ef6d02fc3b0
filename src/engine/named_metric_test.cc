// A figure that the shop defined once: asked for by name it is the figure its expression is, and
// nobody changes or takes away what others look at without their being told.
#include "engine/named_metric.h"
#include "engine/answer_for_test.h"

#include "engine/staff_desk.h"
#include "engine/town_for_test.h"

namespace filrouge::engine {
namespace {

const Caller kAnne{Role::Analyst, "anne"};
const Caller kMarc{Role::Marketer, "marc"};
const Caller kAdmin{Role::Admin, "admin"};

std::string code(const Result<std::string>& told) { return told.ok() ? "" : told.error().code; }

std::string define(StaffDesk& desk, const std::string& body, const Caller& who = kMarc) {
    return code(desk.make_metric(body, who, Mask()));
}

json::array rows(Town& town, const std::string& metric) {
    return town.ask(R"q({"purpose":"measurement","metric":{)q" + metric + "}}")
        .at("rows")
        .as_array();
}

// The law: a name and what it means are one figure, whatever it is split by.
TEST(NamedMetric, IsTheFigureItsDefinitionIs) {
    Town town(seed());
    town.live(500);
    StaffDesk& desk = town.shop.runtime->staff();
    struct Case {
        const char *definition, *plain;
    };
    const Case kCases[] = {
        {R"q("of":"sum(Order Completed.revenue)")q", R"q("of":"sum(Order Completed.revenue)")q"},
        {R"q("of":"count(Product Viewed)","filter":"channel = store")q",
         R"q("of":"count(Product Viewed where channel = store)")q"},
        {R"q("of":"count(* where channel = web or product = \"p1\")","filter":"product in (\"p1\", \"p2\")")q",
         R"q("of":"count(* where (channel = web or product = \"p1\") and product in (\"p1\", \"p2\"))")q"},
        {R"q("of":"any(Order Completed)","over":"any(*)","filter":"channel = web")q",
         R"q("of":"any(Order Completed where channel = web)","over":"any(* where channel = web)")q"},
        {R"q("of":"sum(Order Completed.revenue)","currency":"EUR")q",
         R"q("of":"sum(Order Completed.revenue)","currency":"EUR")q"},
    };
    int number = 0;
    for (const auto& [definition, plain] : kCases) {
        const std::string name = "m" + std::to_string(++number);
        ASSERT_EQ(define(desk, R"q({"name":")q" + name + "\"," + definition + "}"), "")
            << definition;
        const std::string named = R"q("of":"metric )q" + name + "\"";
        for (const char* more : {"", R"q(,"by":"channel")q", R"q(,"by":["event","product"])q"}) {
            const json::array by_name = rows(town, named + more);
            EXPECT_EQ(by_name, rows(town, std::string(plain) + more)) << definition << more;
            EXPECT_FALSE(by_name.empty()) << definition;
        }
    }
    EXPECT_EQ(rows(town, R"q("of":"metric m1","over":"metric m2")q"),
              rows(town, R"q("of":"sum(Order Completed.revenue)",)q"
                         R"q("over":"count(Product Viewed where channel = store)")q"));
}

TEST(NamedMetric, AnAnswerTellsWhichDefinitionItWasCountedBy) {
    Town town(seed());
    town.live(100);
    StaffDesk& desk = town.shop.runtime->staff();
    ASSERT_EQ(define(desk, R"q({"name":"orders","of":"count(Order Completed)"})q"), "");
    const char* kAsk = R"q({"purpose":"measurement","metric":{"of":"metric orders"}})q";
    const json::object before = town.ask(kAsk);
    EXPECT_EQ(before.at("metric"), "orders");
    EXPECT_EQ(before.at("of"), "count(Order Completed)");
    const json::object changed =
        parsed(desk.change_metric("orders", R"q({"filter":"channel = web"})q", kMarc, Mask()));
    const json::object after = town.ask(kAsk);
    EXPECT_EQ(after.at("of"), "count(Order Completed) where channel = web");
    EXPECT_EQ(after.at("metric_version"), changed.at("version"));
    const json::object& was = changed.at("former").as_array().at(0).as_object();
    EXPECT_EQ(was.at("version"), before.at("metric_version")) << "what the old figure meant";
    EXPECT_EQ(was.at("filter"), "");
    EXPECT_EQ(was.at("changed_by"), "marc");
    parsed(desk.change_metric("orders", R"q({"description":"of the web"})q", kMarc, Mask()));
    EXPECT_EQ(parsed(desk.metric("orders", kAnne, Mask())).at("former").as_array().size(), 1)
        << "words are no definition";
    for (const char* kind :
         {R"q("forecast":{"of":"metric orders"})q", R"q("rising":{"of":"metric orders"})q"}) {
        const std::string told =
            town.error_of(std::string(R"q({"purpose":"measurement",)q") + kind + "}");
        EXPECT_NE(told, "metric_not_found") << kind;
        EXPECT_NE(told, "rule.invalid") << kind;
    }
}

TEST(NamedMetric, IsChangedByItsOwnerAndAdminsAloneAndNeverBehindSomebodysBack) {
    fake::FakeDisk disk;
    Shop shop(disk);
    StaffDesk& desk = shop.runtime->staff();
    ASSERT_EQ(define(desk, R"q({"name":"orders","of":"count(Order Completed)"})q"), "");
    EXPECT_EQ(define(desk, R"q({"name":"orders","of":"count(*)"})q", kAnne), "metric_exists");
    const auto change = [&](const std::string& body, const Caller& who) {
        return code(desk.change_metric("orders", body, who, Mask()));
    };
    EXPECT_EQ(change(R"q({"of":"count(*)"})q", kAnne), "metric.forbidden");
    EXPECT_EQ(change(R"q({"name":"sales"})q", kMarc), "metric.renamed");
    const json::object read = parsed(desk.metric("orders", kMarc, Mask()));
    const std::string version = json::serialize(read.at("version"));
    EXPECT_EQ(change(R"q({"unit":"orders","version":)q" + version + "}", kAdmin), "");
    EXPECT_EQ(change(R"q({"unit":"o","version":)q" + version + "}", kMarc),
              "metric.version_conflict");
    EXPECT_EQ(parsed(desk.metric("orders", kMarc, Mask())).at("unit"), "orders");

    const std::string board =
        R"q({"name":"Monday","tiles":[{"title":"t","x":0,"y":0,"w":6,"h":4,"question":)q"
        R"q({"purpose":"measurement","metric":{"of":"sum(*.revenue)","over":"metric orders"}}}]})q";
    const std::string id(parsed(desk.make_board(board, kAnne)).at("id").as_string());
    EXPECT_EQ(code(desk.remove_metric("orders", false, kMarc, Mask())), "metric_in_use");
    EXPECT_EQ(parsed(desk.metrics(kMarc, Mask())).at("metrics").at(0).at("tiles"), 1);
    EXPECT_EQ(code(desk.remove_metric("orders", true, kAnne, Mask())), "metric.forbidden");
    EXPECT_TRUE(desk.remove_board(id, kAnne).ok());
    EXPECT_TRUE(desk.remove_metric("orders", false, kMarc, Mask()).ok());
    EXPECT_EQ(code(desk.metric("orders", kMarc, Mask())), "metric_not_found");
}

TEST(NamedMetric, WhatIsNoDefinitionIsRefusedByWhatIsWrongWithIt) {
    Town town(seed());
    StaffDesk& desk = town.shop.runtime->staff();
    const std::pair<const char*, const char*> kWrong[] = {
        {R"q({"name":"a"})q", "api.missing_field"},
        {R"q({"of":"count(*)"})q", "api.missing_field"},
        {R"q({"name":"Net Revenue","of":"count(*)"})q", "metric.bad_name"},
        {R"q({"name":"1a","of":"count(*)"})q", "metric.bad_name"},
        {R"q({"name":"a","of":"count(*"})q", "rule.invalid"},
        {R"q({"name":"a","of":"count(*, last 7 days)"})q", "question.invalid"},
        {R"q({"name":"a","of":"first(*.revenue)"})q", "question.invalid"},
        {R"q({"name":"a","of":"count(*)","filter":"channel = web) or any(*"})q",
         "question.invalid"},
        {R"q({"name":"a","of":"count(*)","filter":"channel = web, last 7 days"})q",
         "question.invalid"},
        {R"q({"name":"a","of":"metric b"})q", "metric.of_metric"},
        {R"q({"name":"a","of":"count(*)","over":"metric b"})q", "metric.of_metric"},
        {R"q({"name":"a","of":"count(*)","currency":"euro"})q", "api.invalid_field"},
        {R"q({"name":"a","of":"count(*)","by":"channel"})q", "metric.unknown_field"},
    };
    for (const auto& [body, wanted] : kWrong) EXPECT_EQ(define(desk, body), wanted) << body;
    const std::string long_text(kMetricExpressionMax + 1, 'x');
    EXPECT_EQ(define(desk, R"q({"name":"a","of":")q" + long_text + "\"}"), "api.invalid_field");
    EXPECT_EQ(parsed(desk.metrics(kMarc, Mask())).at("metrics").as_array().size(), 0);

    ASSERT_EQ(define(desk, R"q({"name":"mean","of":"sum(*.revenue)","over":"count(*)"})q"), "");
    ASSERT_EQ(define(desk, R"q({"name":"eur","of":"sum(*.revenue)","currency":"EUR"})q"), "");
    ASSERT_EQ(define(desk, R"q({"name":"usd","of":"sum(*.revenue)","currency":"USD"})q"), "");
    const auto asked = [&](const std::string& metric) {
        return town.error_of(R"q({"purpose":"measurement","metric":{)q" + metric + "}}");
    };
    EXPECT_EQ(asked(R"q("of":"metric nobody")q"), "metric_not_found");
    EXPECT_EQ(asked(R"q("of":"metric mean","over":"count(*)")q"), "question.invalid");
    EXPECT_EQ(asked(R"q("of":"count(*)","over":"metric mean")q"), "question.invalid");
    EXPECT_EQ(asked(R"q("of":"metric eur","over":"metric usd")q"), "question.invalid");
}

TEST(NamedMetric, NoMoreThanTheLimitAreKept) {
    fake::FakeDisk disk;
    Shop shop(disk);
    StaffDesk& desk = shop.runtime->staff();
    for (std::size_t i = 0; i < kMetricsMax; ++i)
        ASSERT_EQ(define(desk, R"q({"name":"m)q" + std::to_string(i) + R"q(","of":"count(*)"})q"),
                  "");
    EXPECT_EQ(define(desk, R"q({"name":"more","of":"count(*)"})q"), "metric.too_many");
}

TEST(NamedMetric, WhoDoesNotSeeAFieldIsToldNoDefinitionAboutIt) {
    Town town(seed());
    StaffDesk& desk = town.shop.runtime->staff();
    const Mask mask({"secret"}, 0);
    const std::string body = R"q({"name":"hidden","of":"sum(*.secret)","description":"secret"})q";
    EXPECT_EQ(code(desk.make_metric(body, kMarc, mask)), "masking.forbidden");
    ASSERT_EQ(define(desk, body), "");
    const std::string seen = desk.metrics(kAnne, mask).value();
    EXPECT_EQ(seen.find("secret"), std::string::npos) << seen;
    EXPECT_NE(seen.find(R"q("masked":true)q"), std::string::npos) << seen;
    EXPECT_EQ(code(desk.change_metric("hidden", R"q({"of":"count(*)"})q", kMarc, mask)),
              "masking.forbidden");
    ASSERT_TRUE(desk.change_metric("hidden", R"q({"of":"count(*)"})q", kMarc, Mask()).ok());
    const std::string after = desk.metric("hidden", kAnne, mask).value();
    EXPECT_EQ(after.find("sum("), std::string::npos) << "nor what it was: " << after;
    const auto asked =
        town.shop.runtime->ask(R"q({"purpose":"measurement","metric":{"of":"metric hidden"}})q",
                               AnswerForm::Json, "", mask);
    EXPECT_TRUE(asked.ok());
}

TEST(NamedMetric, IsThereAfterAStart) {
    fake::FakeDisk disk;
    {
        Shop shop(disk);
        ASSERT_EQ(define(shop.runtime->staff(), R"q({"name":"orders","of":"count(*)"})q"), "");
    }
    Shop again(disk);
    EXPECT_EQ(parsed(again.runtime->staff().metric("orders", kMarc, Mask())).at("of"), "count(*)");
}

}  // namespace
}  // namespace filrouge::engine
