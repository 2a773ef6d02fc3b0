// The events behind a figure: as many as it counts, each as its person's thread has it, and none of
// anybody who may no longer be looked at.
#include "engine/question_events.h"

#include <set>

#include "engine/staff_desk.h"
#include "engine/town_for_test.h"

namespace filrouge::engine {
namespace {

constexpr const char* kPurpose = R"q("purpose":"measurement")q";

class Opened {
  public:
    explicit Opened(Town& town) : town_(town) {}
    Result<std::string> page(const std::string& metric, const std::string& more = "",
                             const Mask& mask = Mask()) {
        return town_.shop.runtime->question_events(
            std::string("{") + kPurpose + R"q(,"metric":{)q" + metric + "}" + more + "}", "", mask);
    }
    std::string error(const std::string& metric, const std::string& more = "",
                      const Mask& mask = Mask()) {
        const auto told = page(metric, more, mask);
        return told.ok() ? "" : told.error().code;
    }
    // All pages of a cell, one after the other.
    std::vector<json::object> all(const std::string& metric, const std::string& cell, int limit) {
        std::vector<json::object> out;
        std::string after;
        for (int pages = 0; pages < 1'000; ++pages) {
            const auto told = page(metric, cell + after + R"q(,"limit":)q" + std::to_string(limit));
            EXPECT_TRUE(told.ok()) << metric << cell << (told.ok() ? "" : told.error().message);
            if (!told.ok()) return out;
            const json::object answer = json::parse(told.value()).as_object();
            count = answer.at("count").as_int64();
            withheld += answer.at("withheld").as_int64();
            const json::array& events = answer.at("events").as_array();
            EXPECT_LE(events.size(), static_cast<std::size_t>(limit));
            for (const json::value& event : events) out.push_back(event.as_object());
            if (!answer.contains("next_after")) return out;
            after = R"q(,"after":)q" + json::serialize(answer.at("next_after"));
        }
        ADD_FAILURE() << "pages without end";
        return out;
    }
    std::int64_t count = 0, withheld = 0;

  private:
    Town& town_;
};

std::string text(const json::object& object, std::string_view key) {
    const json::value* value = object.if_contains(key);
    return value == nullptr ? "" : std::string(value->as_string());
}

// The law: page by page a cell's events are those the figure counted, once each.
TEST(QuestionEvents, AreThoseTheFigureCounted) {
    Town town(seed());
    for (int day = 0; day < 3; ++day) {
        town.live(150);
        town.shop.clock.advance(hours(9));
    }
    Opened opened(town);
    for (const char* figure : {"count(Product Viewed)", "any(*)", "sum(Order Completed.revenue)"}) {
        const std::string of =
            std::string(R"q("of":")q") + figure + R"q(","by":["channel","product"])q";
        const json::object whole =
            town.ask(std::string("{") + kPurpose + R"q(,"metric":{)q" + of + "}}");
        std::set<std::int64_t> met;
        std::size_t events = 0;
        for (const json::value& row : whole.at("rows").as_array()) {
            const std::string channel(row.at("channel").as_string());
            const std::string cell = R"q(,"cell":{"by":[")q" + channel + "\"," +
                                     json::serialize(row.at("product")) + "]}";
            const auto page = opened.all(of, cell, 7);
            EXPECT_EQ(page.size(), row.at("events").to_number<std::size_t>()) << cell;
            EXPECT_EQ(opened.count, row.at("events").to_number<std::int64_t>());
            std::set<std::string> persons;
            for (const json::object& event : page) {
                EXPECT_EQ(text(event, "channel"), channel);
                EXPECT_TRUE(met.insert(event.at("sequence").as_int64()).second) << "told twice";
                persons.insert(text(event, "profile"));
            }
            EXPECT_EQ(persons.size(), row.at("persons").to_number<std::size_t>()) << cell;
            events += page.size();
        }
        EXPECT_GT(events, 0);
    }
    EXPECT_EQ(opened.withheld, 0);
}

TEST(QuestionEvents, ADayOfAFigureOverTimeIsFoundByItsDate) {
    Town town(seed());
    town.happened({{"eve", "Order Completed", hours(30), 10},
                   {"eve", "Order Completed", hours(2), 20},
                   {"bob", "Order Completed", hours(3), 30}});
    Opened opened(town);
    const std::string metric = R"q("of":"sum(Order Completed.revenue)","over":"count(*)",)q"
                               R"q("grain":"month")q";
    const json::object answer =
        town.ask(std::string("{") + kPurpose + R"q(,"last":"60 days","metric":{)q" + metric + "}}");
    std::size_t events = 0;
    for (const json::value& row : answer.at("rows").as_array()) {
        const std::string cell =
            R"q(,"last":"60 days","cell":{"at":)q" + json::serialize(row.at("at")) + "}";
        events += opened.all(metric, cell, 50).size();
        EXPECT_FALSE(opened.all(metric, cell + R"q(,"figure":"over")q", 50).empty());
    }
    EXPECT_EQ(events, 3);
}

TEST(QuestionEvents, OfWhoeverTookTheConsentBackNoneIsTold) {
    Town town(seed());
    town.happened(
        {{"eve", "Order Completed", hours(3), 10}, {"bob", "Order Completed", hours(2), 20}});
    Opened opened(town);
    const std::string orders = R"q("of":"count(Order Completed)")q";
    EXPECT_EQ(opened.all(orders, "", 50).size(), 2);
    IngestRequest request;
    request.source = town.shop.runtime->source_by_write_key("wk")->number;
    collect::Incoming no;
    no.event.name = "Choice";
    no.event.at = as_event_time(town.shop.clock.now());
    no.event.message_id = "no";
    no.event.identifiers.push_back({IdentifierType::UserId, "eve", {}});
    no.consents = {{"measurement", false}};
    request.items.emplace_back(std::move(no));
    ASSERT_TRUE(town.shop.ingest(std::move(request)).has_value());
    town.shop.runtime->wait_until_folded();
    EXPECT_EQ(opened.all(orders, "", 50).size(), 1);
    EXPECT_EQ(opened.error(R"q("of":"count(Order Completed)")q", R"q(,"who":"any(Never)")q"),
              "question.no_such_cell");
}

TEST(QuestionEvents, WhatARoleDoesNotSeeItIsNotLedTo) {
    Town town(seed());
    town.happened(
        {{"eve", "Order Completed", hours(3), 10}, {"eve", "Order Completed", hours(2), 20}});
    Opened opened(town);
    const std::string orders = R"q("of":"count(Order Completed)")q";
    EXPECT_EQ(opened.error(orders, "", Mask({"secret"}, 2)), "question.no_such_cell")
        << "two events of one person are one person's";
    EXPECT_EQ(opened.error(R"q("of":"sum(*.secret)")q", "", Mask({"secret"}, 0)),
              "masking.forbidden");
    ASSERT_TRUE(town.shop.runtime->staff()
                    .make_metric(R"q({"name":"orders","of":"count(Order Completed)"})q",
                                 {Role::Admin, "a"}, Mask())
                    .ok());
    EXPECT_EQ(opened.all(R"q("of":"metric orders")q", "", 50).size(), 2);
}

TEST(QuestionEvents, WhatIsNoCellIsRefusedByWhatIsWrongWithIt) {
    Town town(seed());
    town.live(50);
    Opened opened(town);
    const std::string by = R"q("of":"count(*)","by":"channel")q";
    EXPECT_EQ(opened.error(by), "question.invalid") << "which channel?";
    EXPECT_EQ(opened.error(by, R"q(,"cell":{"by":["web","p1"]})q"), "question.invalid");
    EXPECT_EQ(opened.error(by, R"q(,"cell":{"by":["kiosk"]})q"), "question.no_such_cell");
    EXPECT_EQ(opened.error(by, R"q(,"cell":{"at":"2026-01-01","by":["web"]})q"),
              "question.invalid");
    EXPECT_EQ(opened.error(by, R"q(,"cell":{"of":["web"]})q"), "question.unknown_argument");
    EXPECT_EQ(opened.error(by, R"q(,"cell":{"by":["web"]},"limit":201)q"), "question.invalid");
    EXPECT_EQ(opened.error(by, R"q(,"cell":{"by":["web"]},"figure":"over")q"), "question.invalid");
    EXPECT_EQ(opened.error(by, R"q(,"cell":{"by":["web"]},"trace":true)q"),
              "question.unknown_argument");
}

}  // namespace
}  // namespace filrouge::engine
