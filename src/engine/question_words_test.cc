// What a question says in texts: fragments of rules that are what they claim to be, names of
// splits, fields of the shop's own.
#include "engine/times.h"
#include "engine/town_for_test.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

double number(const json::value& value) { return value.to_number<double>(); }

json::object ask(Town& town, const std::string& common, const std::string& kind) {
    return town.ask(R"q({"purpose":"measurement",)q" + common + kind + "}");
}

// An event with properties of its own, which no Deed has.
class Told {
  public:
    Told(Town& town, const std::string& user, const std::string& name, Duration ago) : town_(town) {
        static int next = 0;
        in_.event.name = name;
        in_.event.at = as_event_time(town.shop.clock.now()) - ago;
        in_.event.message_id = "t" + std::to_string(next++);
        in_.event.channel = Channel::Web;
        in_.event.identifiers.push_back({IdentifierType::UserId, user, {}});
        in_.consents = {{"measurement", true}};
    }
    Told& worth(std::int64_t amount, const char* currency) {
        in_.event.has_value = true;
        in_.event.value = {amount * 10'000, *Currency::parse(currency)};
        return *this;
    }
    Told& text(const char* key, std::string_view text) {
        PackedWriter w(in_.event.properties);
        const std::size_t mark = w.begin_object(1);
        w.key(key);
        w.string(text);
        w.end(mark);
        return *this;
    }
    Told& cost(std::int64_t amount) {  // shipping.cost
        PackedWriter w(in_.event.properties);
        const std::size_t mark = w.begin_object(1);
        w.key("shipping");
        const std::size_t inner = w.begin_object(1);
        w.key("cost");
        w.integer(amount);
        w.end(inner);
        w.end(mark);
        return *this;
    }
    Told& array(const char* key, const std::vector<std::string>& texts) {
        PackedWriter w(in_.event.properties);
        const std::size_t mark = w.begin_object(1);
        w.key(key);
        const std::size_t inner = w.begin_array(texts.size());
        for (const std::string& text : texts) w.string(text);
        w.end(inner);
        w.end(mark);
        return *this;
    }
    void happens() {
        IngestRequest request;
        request.source = town_.shop.runtime->source_by_write_key("wk")->number;
        request.items.push_back(in_);
        ASSERT_TRUE(town_.shop.ingest(std::move(request)).has_value());
        town_.shop.runtime->wait_until_folded();
    }

  private:
    Town& town_;
    collect::Incoming in_;
};

TEST(QuestionWords, ATextThatSpeaksOfATimeIsNoLimitOfTheFunnel) {
    Town town(seed());
    for (const auto& [user, after] :
         {std::pair("soon", minutes(30)), std::pair("late", hours(5))}) {
        Told(town, user, "Start", hours(20)).happens();
        Told(town, user, "Note", hours(20) - after).text("text", "shipped within 2 days").happens();
    }
    const auto converted = [&](const std::string& step) {
        return number(
            ask(town, "", R"q("funnel":{"within":"1 hour","steps":["Start",")q" + step + "\"]}")
                .at("converted"));
    };
    EXPECT_EQ(converted(R"(Note where text = \"shipped within 2 days\")"), 1);
    EXPECT_EQ(converted("Note"), 1);
    EXPECT_EQ(converted("Note WITHIN 6 hours"), 2);
    EXPECT_EQ(converted("Note within 6 hours"), 2);
}

TEST(QuestionWords, AFragmentIsWhatItClaimsToBe) {
    Town town(seed());
    town.live(30);
    const auto error = [&](const std::string& more) {
        return town.error_of(R"q({"purpose":"measurement",)q" + more + "}");
    };
    EXPECT_EQ(error(R"q("last":"7 days","rfm":{})q"), "");
    for (const char* last :
         {"7 days) or any(*", "7 days, including bots", "7 days) and any(*, today"}) {
        const std::string code = error(R"q("last":")q" + std::string(last) + R"q(","rfm":{})q");
        EXPECT_TRUE(code == "question.invalid" || code == "rule.invalid") << last << ": " << code;
    }
    EXPECT_EQ(error(R"q("from":"2023-11-01, including bots","rfm":{})q"), "question.invalid");
    for (const char* length : {"7 days without c", "7 days or any(b)", "7 days, including bots"}) {
        const std::string code =
            error(R"q("attribution":{"window":")q" + std::string(length) + "\"}");
        EXPECT_TRUE(code == "question.invalid" || code == "rule.invalid") << length << code;
        const std::string within =
            error(R"q("funnel":{"steps":["A","B"],"within":")q" + std::string(length) + "\"}");
        EXPECT_TRUE(within == "question.invalid" || within == "rule.invalid") << length << within;
    }
}

// JSON objects with a key twice lose one of the two when they are read.
TEST(QuestionWords, NoSplitTakesTheNameOfAFigure) {
    Town town(seed());
    town.live(60);
    const auto keys_twice = [&](const std::string& kind) {
        const auto told = town.shop.runtime->ask(R"q({"purpose":"measurement",)q" + kind + "}",
                                                 AnswerForm::Csv, "", Mask());
        EXPECT_TRUE(told.ok()) << kind;
        if (!told.ok()) return true;
        const std::string header = told.value().substr(0, told.value().find("\r\n"));
        std::vector<std::string> names;
        for (std::size_t at = 0; at <= header.size();) {
            const std::size_t end = std::min(header.find(',', at), header.size());
            names.push_back(header.substr(at, end - at));
            at = end + 1;
        }
        std::sort(names.begin(), names.end());
        return std::adjacent_find(names.begin(), names.end()) != names.end();
    };
    EXPECT_FALSE(keys_twice(R"q("attribution":{"by":"model"})q"));
    EXPECT_FALSE(keys_twice(R"q("attribution":{"by":"value"})q"));
    EXPECT_FALSE(keys_twice(R"q("metric":{"by":["events"]})q"));
    EXPECT_FALSE(keys_twice(R"q("metric":{"by":["events","by events"]})q"));
    EXPECT_FALSE(keys_twice(R"q("last":"3 days","metric":{"by":["at"],"grain":"day"})q"));
    EXPECT_FALSE(keys_twice(R"q("last":"3 days","metric":{"by":["change"],"compare":true})q"));
    EXPECT_EQ(town.error_of(R"q({"purpose":"measurement","metric":{"by":["channel","channel"]}})q"),
              "question.invalid");
    const auto groups =
        ask(town, "", R"q("funnel":{"steps":["Product Viewed","Product Added"],"by":"step"})q");
    ASSERT_FALSE(groups.at("groups").as_array().empty());
    EXPECT_TRUE(groups.at("groups").at(0).as_object().contains("by step"));
    EXPECT_EQ(groups.at("groups").at(0).at("step"), 1);
}

// Euros and dollars are not one sum: the question converts as the rule does.
TEST(QuestionWords, AmountsInAPropertyAreConvertedAsTheRuleConvertsThem) {
    Town town(seed());
    Told(town, "a", "Order Completed", hours(3)).worth(50, "EUR").cost(5).happens();
    Told(town, "a", "Order Completed", hours(2)).worth(70, "USD").cost(7).happens();
    Told(town, "a", "Parcel Sent", hours(1)).cost(3).happens();
    const auto sum = [&](const std::string& of) {
        return ask(town, "", R"q("metric":{"of":"sum()q" + of + R"q()","currency":"EUR"})q");
    };
    const auto orders = sum("Order Completed.shipping.cost");
    EXPECT_EQ(number(orders.at("rows").at(0).at("figure")), 5);
    EXPECT_EQ(orders.at("amounts_without_rate"), 1);
    EXPECT_EQ(town.count("sum(Order Completed.shipping.cost) >= 5 EUR"), 1);
    EXPECT_EQ(town.count("sum(Order Completed.shipping.cost) > 5 EUR"), 0);
    const auto parcels = sum("Parcel Sent.shipping.cost");
    EXPECT_EQ(number(parcels.at("rows").at(0).at("figure")), 3) << "of no currency";
}

// What cannot be converted is no sale of nothing: it is told, and makes nobody's mean smaller.
TEST(QuestionWords, ValueTellsWhatItCouldNotConvertAndDoesNotTakeItForNothing) {
    Town town(seed());
    for (int i = 0; i < 30; ++i) {
        const std::string who = "u" + std::to_string(i);
        for (int k = 0; k <= 1 + i % 5; ++k)
            Told(town, who, "Order Completed", hours(24 * (9 * k + i) + 1))
                .worth(100 + i % 3, "EUR")
                .happens();
    }
    const auto ask_value = [&] {
        return ask(town, "", R"q("value":{"weeks":4,"currency":"EUR"})q");
    };
    EXPECT_EQ(ask_value().at("amounts_without_rate"), 0);
    for (int i = 0; i < 30; ++i)  // one more each, in a currency without a rate
        Told(town, "u" + std::to_string(i), "Order Completed", hours(12)).worth(9, "USD").happens();
    const auto told = ask_value();
    EXPECT_EQ(told.at("amounts_without_rate"), 30);
    // Every purchase with an amount was of 100 to 102 EUR.
    EXPECT_NEAR(number(told.at("expected_value")) / number(told.at("expected_purchases")), 101, 2);
}

TEST(QuestionWords, AmountsOfSeveralCurrenciesAreNotAddedUpWithoutAWord) {
    Town town(seed());
    for (int day = 0; day < 120; ++day) {
        Told(town, "a", "Seen", hours(24 * day + 3)).happens();
        Told(town, "a", "Order Completed", hours(24 * day + 2))
            .worth(50 + day % 7, "EUR")
            .happens();
    }
    Told(town, "b", "Seen", hours(3)).happens();
    Told(town, "b", "Order Completed", hours(2)).worth(70, "USD").happens();
    const auto credited = ask(town, R"q("last":"1 day",)q", R"q("attribution":{})q");
    EXPECT_EQ(credited.at("currency"), "EUR");
    EXPECT_EQ(number(credited.at("value")), 50);
    EXPECT_EQ(credited.at("amounts_without_rate"), 1);
    const auto dollars = ask(town, "", R"q("attribution":{"currency":"USD"})q");
    EXPECT_EQ(dollars.at("currency"), "USD");
    EXPECT_EQ(number(dollars.at("value")), 70);
    const std::string said = "Amounts stand as they are, whatever their currency";
    const auto says = [&](const std::string& kind) {
        const auto answer = ask(town, R"q("from":"2023-08-01","to":"2023-11-13",)q", kind);
        return answer.contains("notes") &&
               json::serialize(answer.at("notes")).find(said) != std::string::npos;
    };
    const std::string revenue = R"q("of":"sum(Order Completed.revenue)")q";
    EXPECT_TRUE(says(R"q("forecast":{)q" + revenue + "}"));
    EXPECT_FALSE(says(R"q("forecast":{"currency":"EUR",)q" + revenue + "}"));
    EXPECT_FALSE(says(R"q("forecast":{"of":"count(Order Completed)"})q"));
    std::string costs;
    for (int week = 0; week < 15; ++week) {
        const std::int64_t day = 1'690'848'000 + std::int64_t{week} * 7 * 86'400;  // 2023-08-01
        costs += std::string(week == 0 ? "" : ",") + R"({"channel":"tv","amount":)" +
                 std::to_string(20 + 13 * week % 50) + ",\"at\":\"" +
                 iso_time(EventTime{day * 1'000'000}).substr(0, 10) + "\"}";
    }
    EXPECT_TRUE(says(R"q("mix":{"grain":"day","costs":[)q" + costs + "]}"));
    EXPECT_FALSE(says(R"q("mix":{"grain":"day","currency":"EUR","costs":[)q" + costs + "]}"));
    std::vector<Deed> deeds;
    for (int day = 2; day < 60; ++day) {
        for (int place = 0; place < 4; ++place)
            deeds.push_back({"c", "Till Sale", hours(24 * day), 10 + (day * (place + 3)) % 5, "",
                             "s" + std::to_string(place)});
    }
    town.happened(deeds);
    const std::string effect =
        R"q("effect":{"treated":["s0"],"start":"2023-11-01","of":"sum(Till Sale.revenue)")q";
    EXPECT_TRUE(says(effect + "}"));
    EXPECT_FALSE(says(effect + R"q(,"currency":"EUR"})q"));
}

TEST(QuestionWords, DifferentValuesOfAnArrayAreAllItsElements) {
    Town town(seed());
    Told(town, "a", "Look", hours(3)).array("tags", {"red", "wool", "sale"}).happens();
    Told(town, "a", "Look", hours(2)).array("tags", {"red", "silk"}).happens();
    const auto told = ask(town, "", R"q("metric":{"of":"distinct(Look.tags)"})q");
    EXPECT_EQ(number(told.at("rows").at(0).at("figure")), 4);
    EXPECT_EQ(town.count("distinct(Look.tags) = 4"), 1);
}

// A feature is an array's first element; a rule would take in whoever has it anywhere.
TEST(QuestionWords, ARuleOfAClusterIsOfItsPeopleOrThereIsNone) {
    Town town(seed());
    for (int i = 0; i < 30; ++i) {
        const std::string n = std::to_string(i);
        for (int times = 0; times < 3; ++times) {
            Told(town, "r" + n, "Look", hours(3 + times)).array("tags", {"red", "wool"}).happens();
            Told(town, "w" + n, "Look", hours(3 + times)).array("tags", {"wool", "red"}).happens();
            Told(town, "r" + n, "Buy", hours(2 + times)).text("size", "L").happens();
            Told(town, "w" + n, "Buy", hours(2 + times)).text("size", "S").happens();
        }
    }
    const auto tags = ask(town, "", R"q("clusters":{"features":["tags"]})q");
    ASSERT_EQ(tags.at("rows").as_array().size(), 2u);
    for (const json::value& row : tags.at("rows").as_array()) {
        EXPECT_EQ(number(row.at("people_of_rule")), 30);
        EXPECT_TRUE(row.at("rule").is_null()) << row.at("rule");
    }
    const auto sizes = ask(town, "", R"q("clusters":{"features":["size"]})q");
    ASSERT_EQ(sizes.at("rows").as_array().size(), 2u);
    for (const json::value& row : sizes.at("rows").as_array()) {
        ASSERT_TRUE(row.at("rule").is_string());
        EXPECT_EQ(town.count(std::string(row.at("rule").as_string())),
                  number(row.at("people_of_rule")));
    }
}

TEST(QuestionWords, AsManyValuesAsCanBeCreditedAreCreditedByEveryModel) {
    Town town(seed());
    std::vector<Deed> deeds;
    for (int i = 0; i < 64; ++i) {
        const std::string n = std::to_string(i);
        deeds.push_back({"u" + n, "Seen", hours(9), 0, "", "s" + n});
        deeds.push_back({"u" + n, "Order Completed", hours(8), 10});
    }
    town.happened(deeds);
    const auto told =
        ask(town, "", R"q("attribution":{"by":"place","models":["markov","shapley"]})q");
    EXPECT_EQ(told.at("rows").as_array().size(), 128u);
    for (const json::value& row : told.at("rows").as_array()) {
        EXPECT_NEAR(number(row.at("conversions")), 1, 1e-6);
        EXPECT_NE(row.at("place"), "(none)");
    }
}

}  // namespace
}  // namespace filrouge::engine
