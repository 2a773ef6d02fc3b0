#include "engine/masking.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "audience/rule.h"
#include "engine/answer.h"
#include "engine/town_for_test.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

TEST(Mask, HidesANameHoweverItIsWrittenAndWhateverLiesUnderIt) {
    const Mask mask({"email", "first_name", "traits.name", "address*", "*_id", "*phone*"}, 5);
    for (const char* name : {"email", "Email", "E-Mail", "contact.email", "firstName", "first_name",
                             "address", "address.street", "address_2", "card_id", "my_phone_2"})
        EXPECT_TRUE(mask.hides(FieldScope::Properties, name)) << name;
    for (const char* name : {"name", "emails_sent", "mail", "addres", "idle", "category"})
        EXPECT_FALSE(mask.hides(FieldScope::Properties, name)) << name;
    EXPECT_TRUE(mask.hides(FieldScope::Traits, "name")) << "among traits alone";
    EXPECT_TRUE(mask.hides(FieldScope::Identifiers, "phone"));
    EXPECT_FALSE(Mask().hides(FieldScope::Traits, "email"));
}

TEST(Mask, SmallCountsAreHiddenWhereAFieldIsAndNowhereElse) {
    EXPECT_TRUE(Mask({"email"}, 5).hides_count(4));
    EXPECT_FALSE(Mask({"email"}, 5).hides_count(5));
    EXPECT_FALSE(Mask({"email"}, 5).hides_count(0)) << "nobody is nobody";
    EXPECT_FALSE(Mask({}, 5).hides_count(1));
}

TEST(Mask, IsThatOfTheSettingsByRole) {
    const Settings settings = default_settings();
    for (const char* field : {"email", "phone", "first_name", "address"})
        EXPECT_TRUE(mask_of(settings, Role::Analyst).hides(FieldScope::Traits, field)) << field;
    EXPECT_TRUE(mask_of(settings, Role::Staff).hides(FieldScope::Traits, "birthday"));
    EXPECT_FALSE(mask_of(settings, Role::Staff).hides(FieldScope::Traits, "first_name"));
    for (const Role role : {Role::Marketer, Role::Privacy, Role::Admin})
        EXPECT_TRUE(mask_of(settings, role).hides_nothing());
}

// Every place of a rule where a field may stand.
TEST(Mask, NoRuleAsksAboutAHiddenFieldWhereverItStands) {
    const Mask mask({"email"}, 5);
    const auto refused = [&](const std::string& text) {
        const auto rule = audience::parse(text);
        EXPECT_TRUE(std::holds_alternative<audience::Rule>(rule)) << text;
        const auto* tree = std::get_if<audience::Rule>(&rule);
        return tree != nullptr && !check_fields(*tree, mask).ok();
    };
    for (
        const char* text :
        {R"(trait(email) = "a")", R"(trait(email) exists)", R"(not trait(email) exists)",
         R"(any(Page Viewed) and (trait(email) starts with "c" or any(*)))",
         R"(any(Page Viewed where email = "a"))",
         R"(any(Page Viewed where category = "x" and not (email exists)))",
         R"(count(Page Viewed where email contains "a") >= 2)",
         R"(distinct(Page Viewed.email) >= 1)", R"(max(Page Viewed.email) >= 1)",
         R"(first(Page Viewed.email) = "a")",
         R"(Page Viewed then Order Completed where email = "a" within 2 days)",
         R"(Page Viewed then Order Completed without Page Viewed where email exists within 2 days)"})
        EXPECT_TRUE(refused(text)) << text;
    for (const char* text : {"any(Email Opened)", "any(* where channel = email)",
                             R"(trait(city) = "email")", "consent(marketing.email)"})
        EXPECT_FALSE(refused(text)) << text;
}

TEST(Mask, AQuestionAsksAboutNoHiddenFieldAndTellsOfNoFewPersons) {
    Town town(7);
    town.live(40);
    const Mask mask({"secret", "category"}, 1'000'000);
    const auto ask = [&](const std::string& body) {
        return town.shop.runtime->ask(R"q({"purpose":"measurement",)q" + body + "}",
                                      AnswerForm::Json, "", mask);
    };
    for (const char* body :
         {R"q("who":"trait(secret) exists","rfm":{})q",
          R"q("metric":{"of":"count(Product Viewed where secret = \"a\")"})q",
          R"q("metric":{"of":"count(Product Viewed)","by":["category"]})q",
          R"q("metric":{"of":"distinct(Product Viewed.secret)"})q",
          R"q("funnel":{"steps":["Product Viewed where secret = \"a\"","Order Completed"]})q",
          R"q("funnel":{"steps":["Product Viewed","Order Completed"],"by":"category"})q",
          R"q("attribution":{"by":"secret"})q",
          R"q("retention":{"first":"Product Viewed where secret exists"})q"}) {
        const auto told = ask(body);
        EXPECT_EQ(told.ok() ? "answered" : told.error().code, "masking.forbidden") << body;
    }
    const auto funnel = ask(R"q("funnel":{"steps":["Product Viewed","Order Completed"]})q");
    ASSERT_TRUE(funnel.ok()) << funnel.error().message;
    const json::object answer = json::parse(funnel.value()).as_object();
    EXPECT_TRUE(answer.at("persons").is_null()) << "fewer than the mask's least";
    for (const json::value& row : answer.at("rows").as_array()) {
        EXPECT_TRUE(row.at("persons").is_null() || row.at("persons") == 0);
        EXPECT_TRUE(row.at("event").is_string()) << "what the row is about stays";
    }
}

TEST(Answer, HidesTheFiguresOfRowsOfFewPersons) {
    Answer answer;
    answer.fact("persons", std::uint64_t{9});
    answer.fact("converted", std::uint64_t{3});
    auto& rows = answer.table("rows", {"step", "event", "persons", "share"});
    rows.add({std::uint64_t{1}, std::string("a"), std::uint64_t{5}, 0.5});
    rows.add({std::uint64_t{2}, std::string("b"), std::uint64_t{4}, 0.4});
    rows.add({std::uint64_t{3}, std::string("c"), std::uint64_t{0}, 0.0});
    answer.hide_small(5);
    const json::object told = json::parse(answer.json()).as_object();
    EXPECT_EQ(told.at("persons"), 9);
    EXPECT_TRUE(told.at("converted").is_null());
    EXPECT_EQ(json::serialize(told.at("rows").as_array()[1]),
              R"({"step":2,"event":"b","persons":null,"share":null})");
    EXPECT_EQ(told.at("rows").as_array()[0].at("persons"), 5);
    EXPECT_EQ(told.at("rows").as_array()[2].at("persons"), 0);
    EXPECT_EQ(answer.csv(), "step,event,persons,share\r\n1,a,5,0.5\r\n2,b,,\r\n3,c,0,0\r\n");
}

TEST(Answer, NoCellOfACsvIsAFormulaWhateverASpreadsheetSplitsAt) {
    Answer answer;
    auto& rows = answer.table("rows", {"category"});
    for (const char* text :
         {"x;=1+1", "x; =1+1", "a,-1", "\t@b", "x\t+1", "say \"=1\"", "=1", "a-b; c"})
        rows.add({std::string(text)});
    EXPECT_EQ(answer.csv(),
              "category\r\n\"x;'=1+1\"\r\n\"x; '=1+1\"\r\n\"a,'-1\"\r\n\"'\t'@b\"\r\n"
              "\"x\t'+1\"\r\n\"say \"\"'=1\"\"\"\r\n\"'=1\"\r\n\"a-b; c\"\r\n");
}

TEST(Answer, NoNameOfASplitGoesAroundTheMask) {
    for (const char* split : {"rest", "count", "people", "buyers", "audience"}) {
        Answer answer;
        auto& rows = answer.table("rows", {split, "place", "figure", "events", "persons"});
        rows.add(
            {std::string("(none)"), std::string("Lyon"), 12.5, std::uint64_t{3}, std::uint64_t{1}});
        rows.add({std::string("(none)"), std::string("Paris"), 80.5, std::uint64_t{30},
                  std::uint64_t{9}});
        answer.table("trace", {"row", "sequence"}).add({std::uint64_t{1}, std::uint64_t{77}});
        answer.hide_small(5);
        EXPECT_EQ(answer.csv(), std::string(split) +
                                    ",place,figure,events,persons\r\n(none),Lyon,,,\r\n"
                                    "(none),Paris,80.5,30,9\r\n");
        EXPECT_EQ(answer.json().find("77"), std::string::npos) << split;
    }
}

TEST(Answer, WhatCountsConversionsOrRisesIsHiddenToo) {
    for (const char* column : {"conversions", "recent", "before", "observed"}) {
        Answer answer;
        auto& rows = answer.table("rows", {"of", column, "value"});
        rows.add({std::string("a"), 1.5, 99.0});
        rows.add({std::string("b"), 0.0, 98.0});
        rows.add({std::string("c"), 5.0, 97.0});
        answer.hide_small(5);
        EXPECT_EQ(answer.csv(),
                  "of," + std::string(column) + ",value\r\na,,\r\nb,0,98\r\nc,5,97\r\n");
    }
}

TEST(Answer, OfFewPersonsInAllNoFigureIsTold) {
    for (const char* asked : {"customers", "audience", "rest"}) {
        Answer answer;
        answer.fact("sequence", std::uint64_t{7});
        answer.fact("currency", std::string("EUR"));
        answer.fact(asked, std::uint64_t{1});
        answer.fact("multi_share_of_revenue", 0.25);
        answer.table("rows", {"feature", "share_audience"}).add({std::string("city"), 1.0});
        answer.hide_small(5);
        const json::object told = json::parse(answer.json()).as_object();
        EXPECT_EQ(told.at("sequence"), 7);
        EXPECT_EQ(told.at("currency"), "EUR");
        EXPECT_TRUE(told.at(asked).is_null() && told.at("multi_share_of_revenue").is_null());
        EXPECT_EQ(json::serialize(told.at("rows").as_array()[0]),
                  R"({"feature":"city","share_audience":null})");
    }
}

}  // namespace
}  // namespace filrouge::engine
