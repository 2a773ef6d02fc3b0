// Offers and answers as they are read: what is refused, and by which words.
#include "engine/offer.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/request_body.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

json::object sizes() {
    return json::parse(
               R"({"id":"sizes","purpose":"measurement","title":{"en":"Sizes","fr":"Tailles"},)"
               R"("benefit":{"en":"10 % off","fr":"10 % de remise"},"code":"TEN",)"
               R"("from":"2026-01-01T00:00:00Z","to":"2026-12-31T00:00:00Z",)"
               R"("on_taking_back":"kept","asks":[{"name":"shoe","type":"number",)"
               R"("required":true,"label":{"en":"Shoe","fr":"Pointure"},"min":16,"max":52.5}]})")
        .as_object();
}

json::object& line(json::object& offer) { return offer["asks"].as_array()[0].as_object(); }

std::string code_of(const json::object& offer) {
    const auto read = read_offer(json::serialize(offer));
    return read.ok() ? "taken" : read.error().code;
}

TEST(Offer, PrintedAndReadAgainItIsTheSame) {
    json::object offer = sizes();
    line(offer)["choices"] = json::parse(R"([{"value":"38","label":{"en":"38","fr":"38 fr"}}])");
    const std::string once = offer_json(read_offer(json::serialize(offer)).value());
    EXPECT_EQ(offer_json(read_offer(once).value()), once);
    EXPECT_NE(once.find(R"("max":52.5)"), std::string::npos) << once;
    EXPECT_NE(once.find("38 fr"), std::string::npos);
}

TEST(Offer, WhatItMayNotBeIsRefused) {
    EXPECT_EQ(code_of(sizes()), "taken");
    const auto without = [](const char* key) {
        json::object offer = sizes();
        offer.erase(key);
        return code_of(offer);
    };
    for (const char* key : {"id", "purpose", "code", "from", "to", "on_taking_back"})
        EXPECT_EQ(without(key), "api.missing_field") << key;
    for (const char* key : {"title", "benefit", "asks"})
        EXPECT_EQ(without(key), "offer.invalid") << key;
    const auto with = [](const char* key, const std::string& value) {
        json::object offer = sizes();
        offer[key] = json::parse(value);
        return code_of(offer);
    };
    EXPECT_EQ(with("title", R"({"en":"only English"})"), "api.missing_field");
    EXPECT_EQ(with("title", R"({"en":"","fr":""})"), "offer.invalid");
    EXPECT_EQ(with("on_taking_back", "\"perhaps\""), "offer.invalid");
    EXPECT_EQ(with("to", "\"2025-01-01T00:00:00Z\""), "offer.invalid") << "ends before it begins";
    EXPECT_EQ(with("code", "\"" + std::string(kBenefitCodeBytesMax + 1, 'x') + "\""),
              "api.invalid_field");
    const auto of_line = [](const char* key, const std::string& value) {
        json::object offer = sizes();
        line(offer)[key] = json::parse(value);
        return code_of(offer);
    };
    for (const char* name : {"\"\"", "\"Shoe\"", "\"1st\"", "\"a.b\"", "\"timezone\""})
        EXPECT_EQ(of_line("name", name), "offer.invalid") << name;
    EXPECT_EQ(of_line("type", "\"soul\""), "offer.invalid");
    EXPECT_EQ(of_line("type", "\"choice\""), "offer.invalid") << "without choices";
    EXPECT_EQ(of_line("min", "99"), "offer.invalid") << "more than the most";
    EXPECT_EQ(of_line("required", "false"), "offer.invalid") << "nothing would earn the benefit";
    EXPECT_EQ(of_line("choices", R"([{"value":"a"},{"value":"a"}])"), "offer.invalid");
    json::object many = sizes();
    for (std::size_t i = 0; i < kAsksMax; ++i) {
        json::object more = line(many);
        more["name"] = "l" + std::to_string(i);
        many["asks"].as_array().push_back(more);
    }
    EXPECT_EQ(code_of(many), "offer.invalid");
    EXPECT_EQ(read_offer("[]").error().code, "api.invalid_json");
}

Ask ask_of(AskKind kind) {
    Ask ask;
    ask.name = "line";
    ask.kind = kind;
    if (kind == AskKind::Choice || kind == AskKind::Choices)
        ask.choices = {{"wool", {}}, {"silk", {}}, {"denim", {}}};
    ask.min = 0;
    ask.max = 500'000;
    return ask;
}

// As JSON; the error's code; "-" for nothing.
std::string answered(AskKind kind, const std::vector<std::string>& values,
                     const std::string& until = "") {
    AnswerFields fields{{"other", "x"}};
    for (const std::string& value : values) fields.emplace_back("line", value);
    if (!until.empty()) fields.emplace_back("line.until", until);
    const auto read = read_answer(ask_of(kind), fields);
    if (!read.ok()) {
        EXPECT_EQ(read.error().message.find("secret"), std::string::npos) << "names no answer";
        return read.error().code;
    }
    return read.value() ? PackedView(*read.value()).json() : "-";
}

TEST(OfferAnswer, IsReadByTheKindOfItsLine) {
    const std::string no = "offer.invalid_answer";
    EXPECT_EQ(answered(AskKind::YesNo, {"yes"}), "true");
    EXPECT_EQ(answered(AskKind::YesNo, {"no"}), "false");
    EXPECT_EQ(answered(AskKind::YesNo, {"secret"}), no);
    EXPECT_EQ(answered(AskKind::Choice, {"silk"}), "\"silk\"");
    EXPECT_EQ(answered(AskKind::Choice, {"secret"}), no);
    EXPECT_EQ(answered(AskKind::Choice, {"silk", "wool"}), no);
    EXPECT_EQ(answered(AskKind::Choices, {"denim", "wool"}), R"(["wool","denim"])");
    EXPECT_EQ(answered(AskKind::Choices, {"wool", "secret"}), no);
    EXPECT_EQ(answered(AskKind::Choices, {"wool", "wool"}), no);
    EXPECT_EQ(answered(AskKind::Text, {"blue"}), "\"blue\"");
    EXPECT_EQ(answered(AskKind::Text, {std::string(kAnswerBytesMax, 'x')}).size(),
              kAnswerBytesMax + 2);
    EXPECT_EQ(answered(AskKind::Text, {std::string(kAnswerBytesMax + 1, 'x')}), no);
    EXPECT_EQ(answered(AskKind::Number, {"38.5"}), "38.5");
    for (const char* number : {"50.0001", "-1", "many"})
        EXPECT_EQ(answered(AskKind::Number, {number}), no) << number;
    EXPECT_EQ(answered(AskKind::Date, {"2026-12-31"}), "\"2026-12-31\"");
    for (const char* date : {"2026-13-31", "tomorrow..", "20261231"})
        EXPECT_EQ(answered(AskKind::Date, {date}), no) << date;
    EXPECT_EQ(answered(AskKind::Plan, {"coat"}), R"({"what":"coat"})");
    EXPECT_EQ(answered(AskKind::Plan, {"coat"}, "2026-12-31"),
              R"({"what":"coat","until":"2026-12-31"})");
    EXPECT_EQ(answered(AskKind::Plan, {}, "2026-12-31"), no);
    EXPECT_EQ(answered(AskKind::Text, {}), "-");
    EXPECT_EQ(answered(AskKind::Text, {""}), "-") << "an empty field answers nothing";
}

TEST(OfferAnswer, ALineOwnsItsTraitAndTheTraitsParts) {
    EXPECT_TRUE(is_of_line("plan", "plan"));
    EXPECT_TRUE(is_of_line("plan.until", "plan"));
    EXPECT_FALSE(is_of_line("planet", "plan"));
    EXPECT_FALSE(is_of_line("pla", "plan"));
}

}  // namespace
}  // namespace filrouge::engine
