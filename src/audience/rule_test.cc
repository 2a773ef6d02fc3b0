#include "audience/rule.h"

#include <gtest/gtest.h>

#include "audience/json.h"
#include "audience/lexer.h"

namespace filrouge::audience {
namespace {

RuleError refusal(std::string_view text) {
    auto parsed = parse(text);
    if (parsed.index() == 0) {
        ADD_FAILURE() << "accepted: " << text;
        return {};
    }
    return std::get<RuleError>(std::move(parsed));
}
std::string canonical(std::string_view text) {
    const auto parsed = parse(text);
    const auto* error = std::get_if<RuleError>(&parsed);
    if (error != nullptr) return error->message;
    const Rule& rule = std::get<Rule>(parsed);
    const std::string printed = print(rule);
    const auto again = parse(printed);
    EXPECT_EQ(again.index(), 0u) << printed;
    EXPECT_TRUE(again.index() == 0 && std::get<Rule>(again) == rule) << printed;
    const auto from = from_json(to_json(rule));
    EXPECT_TRUE(from.index() == 0 && std::get<Rule>(from) == rule) << to_json(rule);
    return printed;
}
bool allows(const RuleError& e, std::string_view what) {
    for (const std::string& a : e.allowed) {
        if (a == what) return true;
    }
    return false;
}

TEST(RuleText, TheWholeGrammarIsReadAndPrintedBack) {
    const std::vector<std::string> same = {
        R"(count(Order Completed, last 90 days) >= 2 and sum(Order Completed.revenue, last 365 days) > 500 EUR and not any(Store Visited, last 30 days) and trait(city) = "Lyon" and Product Added then not Order Completed within 24 hours and consent(marketing.email))",
        R"(count(Product Viewed where category = "Shoes" and price > 50, last 7 days) >= 1)",
        R"(distinct(*.channel, last 365 days) >= 2 or count(*, last 30 days, including bots) = 0)",
        R"(Signed In (last 1 week) then Step 2 Viewed without A where x exists within 2 hours)",
        R"(A where (a = 1 and not (b = 2 or c is false)) then B where not x = 1 then not C)",
        R"("Terms and Conditions" then "a.b" including bots)",
        R"(any(A, between 2026-01-01 and 2026-02-01T10:30) and any(A, since 2026-01-01T10:30:05))",
        R"(any(A, previous month) or any(B, this year) and (any(C, today) or any(D, yesterday)))",
        R"(split(winter, 0..12.5) and not in audience "VIP \"gold\"" and refused(sms))",
        R"(last(A."revenue") = 1 and last(A."products.x") = "x" and max(A.shipping.price) < -0.5)",
        R"(any(A where products.category in ("a", "b") and channel in (web, store)))",
        R"(any(A, more than 3 months ago) and trait("a b".c) not exists)"};
    for (const std::string& text : same) {
        const bool rewritten = text.find("\"a b\".c") != std::string::npos;
        EXPECT_TRUE(rewritten || canonical(text) == text) << canonical(text);
    }
    EXPECT_EQ(canonical(same.back()),
              R"(any(A, more than 3 months ago) and trait("a b.c") not exists)");
}

TEST(RuleText, KeywordsHaveNoCaseAndNamesDo) {
    EXPECT_EQ(canonical("COUNT( order Completed ,LAST 1 Days)>=2 AND\n not\tANY(*)"),
              "count(order Completed, last 1 day) >= 2 and not any(*)");
    EXPECT_EQ(canonical("sum(A.value) > 5 AND any(B where channel = POS)"),
              "sum(A.revenue) > 5 and any(B where channel = store)");
}

TEST(RuleText, NotBindsTighterThanAndAndAndTighterThanOr) {
    EXPECT_EQ(canonical("any(A) or (any(B) and not (any(C)))"), "any(A) or any(B) and not any(C)");
    EXPECT_EQ(canonical("(any(A) or any(B)) and any(C)"), "(any(A) or any(B)) and any(C)");
    EXPECT_EQ(canonical("not A then B"), "not (A then B)");
}

TEST(RuleText, AnErrorTellsWhereAndWhatMayStandThere) {
    const RuleError e = refusal("any(A) and\ncount(B) >= soon");
    EXPECT_EQ(e.message, "At line 2, character 13: expected a number after '>=', found 'soon'.");
    EXPECT_EQ(e.offset, 23u);
    EXPECT_EQ(e.line, 2u);
    EXPECT_TRUE(allows(e, "a number"));
    EXPECT_EQ(refusal("cuont(A) > 1").hint, "Did you mean 'count'?");
    EXPECT_EQ(refusal("count(A, lats 3 days) > 1").hint, "Did you mean 'last'?");
    EXPECT_EQ(refusal("count(A, last 3 dyas) > 1").hint, "Did you mean 'days'?");
    EXPECT_TRUE(allows(refusal("any(A, last 3"), "'weeks'"));
    EXPECT_TRUE(allows(refusal("any(A) any(B)"), "'and'"));
    EXPECT_TRUE(allows(refusal(""), "the name of an event"));
    EXPECT_TRUE(allows(refusal("sum(A) > 1"), "'.' and the property to look at"));
    EXPECT_EQ(refusal("trait(city) = Lyon").hint, "Text stands in straight quotes: \"Lyon\".");
    EXPECT_EQ(refusal("trait(vip) = true").hint, "Write 'is true'.");
    EXPECT_EQ(refusal("Order Completed").hint,
              "To ask whether it happened at all write any(Order Completed).");
    EXPECT_NE(refusal("A where a = 1 and b = 2 then C").hint.find("brackets"), std::string::npos);
    EXPECT_TRUE(allows(refusal("any(A where channel = webb)"), "'web'"));
    EXPECT_NE(refusal("trait(a) = \"x").message.find("closing quote"), std::string::npos);
    EXPECT_EQ(refusal("é ; x").column, 3u);
}

TEST(RuleText, TypesAreChecked) {
    refusal("count(A) > 500 EUR");
    refusal("count(A) = \"x\"");
    refusal("sum(A.category) > \"x\"");
    refusal("sum(A.place) > 1");
    refusal("sum(A.quantity) > 1 EUR");
    refusal("any(A where place = 12)");
    refusal("any(A where revenue contains \"x\")");
    refusal("any(A where channel > web)");
    refusal("any(A where category < \"x\")");
    refusal("trait(a) > 5 EUR");
    refusal("trait(a) > 0.00001");
    refusal("any(A where products.colour = \"x\")");
    refusal("A then not B then C");
    refusal("A then B within 2 months");
    refusal("split(x, 30..20)");
    refusal("any(A, since 2026-02-30)");
    refusal("\xff");
}

TEST(RuleText, EveryLimitHasAName) {
    const auto times = [](int n, std::string_view part) {
        std::string out;
        for (int i = 0; i < n; ++i) out += part;
        return out;
    };
    EXPECT_NE(refusal("any(" + std::string(5'000, 'a') + ")").message.find("4096"),
              std::string::npos);
    EXPECT_NE(refusal(times(300, "any(A)or ") + "any(A)").message.find("256"), std::string::npos);
    EXPECT_NE(refusal(times(40, "(") + "any(A)" + times(40, ")")).message.find("32"),
              std::string::npos);
    EXPECT_NE(refusal("A" + times(8, " then B")).message.find("8 steps"), std::string::npos);
    EXPECT_NE(refusal("trait(a) in (" + times(200, "1,") + "1)").message.find("200"),
              std::string::npos);
    EXPECT_NE(refusal("any(A, last 3654 days)").message.find("ten years"), std::string::npos);
    EXPECT_NE(refusal("distinct(A.b) > 1001").message.find("1000"), std::string::npos);
    EXPECT_NE(refusal(times(70, "distinct(A.b)>1 or ") + "any(A)").message.find("units of work"),
              std::string::npos);
    canonical("any(A, last 3653 days) and any(A, last 10 years) and any(A, last 120 months)");
}

TEST(RuleText, OddNamesAreQuoted) {
    for (const char* name : {"a  b", "not", "count", "In Audience X", "7 up", "a.b", "\n\x01\"\\",
                             "(", "\xc2\xa0", "a -1"}) {
        Rule rule;
        rule.root.kind = NodeKind::Sequence;
        rule.root.steps.resize(2);
        for (Step& s : rule.root.steps) s.event.name = name;
        EXPECT_EQ(print(rule), quoted(name) + " then " + quoted(name));
        const auto parsed = parse(print(rule));
        ASSERT_EQ(parsed.index(), 0u) << std::get<RuleError>(parsed).message;
        EXPECT_EQ(std::get<Rule>(parsed), rule);
    }
}

TEST(RuleJson, ReadsAsTheConsoleWritesIt) {
    const auto rule = std::get<Rule>(parse(
        "sum(Order Completed.revenue where channel = web, last 90 days) > 12.5 EUR or A then not B "
        "within 1 day"));
    EXPECT_EQ(
        to_json(rule),
        R"({"type":"or","rules":[{"type":"aggregate","function":"sum",)"
        R"("event":"Order Completed","where":{"type":"condition","field":"channel","op":"=",)"
        R"("value":"web"},"field":"revenue","window":{"type":"last","count":90,"unit":"day"},)"
        R"("op":">","value":{"amount":12.5,"currency":"EUR"}},{"type":"sequence","steps":)"
        R"([{"event":"A"},{"not":true,"event":"B","within":{"count":1,"unit":"day"}}]}]})");
    EXPECT_EQ(std::get<Rule>(from_json(to_json(rule))), rule);
}

TEST(RuleJson, AnErrorPointsAtThePlace) {
    const auto error = [](std::string_view json) {
        const auto read = from_json(json);
        return read.index() == 1 ? std::get<RuleError>(read) : RuleError{};
    };
    EXPECT_EQ(error(R"({"type":"not","rule":{"type":"trait","name":"a","op":"~","value":1}})").path,
              "/rule/op");
    EXPECT_EQ(error(R"({"type":"and","rules":[{"type":"consent"}]})").path, "/rules/0");
    EXPECT_EQ(error(R"({"type":"consent","purpose":"a","x":1})").message,
              "At the top: 'x' has no meaning here.");
    EXPECT_FALSE(error("{").message.empty());
    EXPECT_FALSE(error("[] []").message.empty());
    EXPECT_FALSE(error(R"({"type":"and","rules":[]})").message.empty());
    std::string deep = R"({"type":"consent","purpose":"a"})";
    for (int i = 0; i < 40; ++i) deep = R"({"type":"not","rule":)" + deep + "}";
    EXPECT_NE(error(deep).message.find("32"), std::string::npos);
}

}  // namespace
}  // namespace filrouge::audience
