// What a role does not see it neither reads nor finds out by asking.
#include "http/masked.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>

#include "base/seed_for_test.h"
#include "http/door_for_test.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;
using engine::Mask;

std::string masked(const std::string& text, bool counts = false) {
    return masked_json(text, Mask({"email", "address*", "traits.name"}, 5), counts);
}

TEST(Masked, ReplacesWhatIsHiddenAndKeepsEveryOtherByte) {
    EXPECT_EQ(masked(R"({"traits":{"email":{"value":"a@b","at":"x"},"size":{"value":1.50}}})"),
              R"({"traits":{"email":{"masked":true},"size":{"value":1.50}}})");
    EXPECT_EQ(
        masked(R"({"properties":{"a":[1,{"email":"x"}],"address":{"street":"y"},"name":"coat"}})"),
        R"({"properties":{"a":[1,{"email":{"masked":true}}],"address":{"masked":true},"name":"coat"}})");
    EXPECT_EQ(masked(R"({"traits":{"name":"Ada","shop":{"Email":"x"}}})"),
              R"({"traits":{"name":{"masked":true},"shop":{"Email":{"masked":true}}}})");
    EXPECT_EQ(
        masked(R"([{"type":"email","profile":"p","value":"a@b"},{"type":"card","value":"1"}])"),
        R"([{"type":"email","profile":"p","masked":true},{"type":"card","value":"1"}])");
    for (const char* same :
         {R"({})", R"([])", R"({"email":"of the shop itself"})", R"("text with \" and {")",
          R"({"a":[],"b":{},"c":-1e3,"d":null,"e":true,"n":123456789012345678901})",
          R"({"properties":[{"name":"email","count":3}]})", R"({"count":1})"})
        EXPECT_EQ(masked(same), same);
}

TEST(Masked, ARuleOverAHiddenFieldIsHiddenWithWhatExplainsIt) {
    EXPECT_EQ(masked(R"x({"rule":"trait(email) = \"a@b\"","member":true,"why":{"value":"a@b"},)x"
                     R"x("events":{"7":"x"}})x"),
              R"({"rule":")" + std::string(kHiddenRule) + R"(","member":true})");
    const std::string open = R"x({"rule":"any(*)","why":{"value":"3"}})x";
    EXPECT_EQ(masked(open), open);
}

TEST(Masked, ATileOfABoardDoesNotTellWhatItsReaderMayNotAsk) {
    const auto tile = [](const std::string& question) {
        return R"x({"title":"Eve","question":{"purpose":"measurement",)x" + question +
               R"x(},"view":{"a":1},"x":0,"y":0,"w":6,"h":4})x";
    };
    const std::string open = tile(R"x("who":"trait(size) = \"L\"","metric":{"of":"count(*)"})x");
    const std::string hidden = R"({"x":0,"y":0,"w":6,"h":4,"question":{"masked":true,"tile":1}})";
    for (const char* question :
         {R"x("who":"trait(email) = \"eve@b\"","metric":{"of":"count(*)"})x",
          R"x("who":"{\"trait\":\"email\",\"is\":\"eve@b\"}","metric":{"of":"count(*)"})x",
          R"x("metric":{"of":"count(Form Sent where email = \"eve@b\")"})x",
          R"x("metric":{"of":"any(Form Sent where email = \"eve@b\")"})x",
          R"x("metric":{"of":"distinct(Form Sent.address)"})x",
          R"x("metric":{"of":"count(*)","by":["email"]})x",
          R"x("metric":{"of":"count(*)","by":"e-mail"})x",
          R"x("funnel":{"steps":["Form Sent","Form Sent where email = \"eve@b\""]})x",
          R"x("lookalike":{"rule":"trait(name) = \"Eve\""})x",
          R"x("who":"trait(email) = \"eve@b","metric":{"of":"count(*)"})x"}) {
        const auto with_open = [&](const std::string& second) {
            std::string board = R"({"tiles":[)";
            return board.append(open).append(",").append(second).append("]}");
        };
        const std::string told = masked(with_open(tile(question)));
        EXPECT_EQ(json::parse(told), json::parse(with_open(hidden))) << question;
        EXPECT_EQ(told.find("eve@b"), told.npos) << question;
    }
    // A channel, an event and a value that are called like a field are none.
    for (const char* question :
         {R"x("mix":{"costs":[{"at":"2026-01-01","channel":"email"}]})x",
          R"x("metric":{"of":"count(Email Opened)","by":"channel"})x",
          R"x("metric":{"of":"count(*)"},"last":"14 days")x",
          R"x("who":"any(* where channel = \"email\")","metric":{"of":"count(*)"})x"}) {
        const std::string whole = R"({"tiles":[)" + tile(question) + "]}";
        EXPECT_EQ(masked(whole), whole);
    }
}

TEST(Masked, SmallCountsAreNullWhereCountsAreOfPersons) {
    EXPECT_EQ(masked(R"({"count":4,"allowed":5,"only_these":1,"seen":1})", true),
              R"({"count":null,"allowed":5,"only_these":null,"seen":1})");
    EXPECT_EQ(masked(R"({"days":[{"size":9,"entered":4,"left":0}]})", true),
              R"({"days":[{"size":9,"entered":null,"left":0}]})");
}

// Random JSON: what comes out is JSON again, without the word that stands in every hidden field,
// and with every byte of what is not hidden.
json::value random_value(std::mt19937_64& rng, int depth) {
    switch (rng() % (depth > 4 ? 4 : 6)) {
        case 0: return json::string("free \"\\ {[");
        case 1: return static_cast<std::int64_t>(rng() % 1'000);
        case 2: return nullptr;
        case 3: return rng() % 2 == 0;
        case 4: {
            json::array out;
            for (std::uint64_t i = rng() % 4; i > 0; --i)
                out.push_back(random_value(rng, depth + 1));
            return out;
        }
        default: {
            json::object out;
            for (const char* key : {"a", "traits", "properties", "email", "context"}) {
                if (rng() % 2 == 0) out[key] = random_value(rng, depth + 1);
            }
            return out;
        }
    }
}

// Puts the word wherever a mask must find it.
void mark_hidden(json::value& value, bool in_scope) {
    if (value.is_array()) {
        for (json::value& each : value.as_array()) mark_hidden(each, in_scope);
        return;
    }
    if (!value.is_object()) return;
    for (auto& member : value.as_object()) {
        const std::string_view key = member.key();
        const bool opens = key == "traits" || key == "properties" || key == "context";
        if (in_scope && key == "email")
            member.value() = "canary";
        else
            mark_hidden(member.value(), in_scope || (opens && member.value().is_object()));
    }
}

void expect_masked(const json::value& before, const json::value& after, std::uint64_t seed) {
    const std::string text = json::serialize(after);
    EXPECT_EQ(text.find("canary"), std::string::npos) << "seed " << seed;
    // With the same replaced in the tree, the two are one.
    const std::function<json::value(const json::value&)> replaced = [&](const json::value& value) {
        if (value.is_string() && value.as_string() == "canary")
            return json::value({{"masked", true}});
        json::value out = value;
        if (out.is_array()) {
            for (json::value& each : out.as_array()) each = replaced(each);
        } else if (out.is_object()) {
            for (auto& member : out.as_object()) member.value() = replaced(member.value());
        }
        return out;
    };
    EXPECT_EQ(text, json::serialize(replaced(before))) << "seed " << seed;
}

TEST(Masked, OfAnyJsonTheHiddenGoesAndTheRestStays) {
    for (const std::uint64_t seed : test_seeds(300)) {
        std::mt19937_64 rng(seed);
        json::value before = random_value(rng, 0);
        mark_hidden(before, false);
        json::error_code bad;
        const json::value after = json::parse(masked(json::serialize(before)), bad);
        ASSERT_FALSE(bad) << "seed " << seed;
        expect_masked(before, after, seed);
    }
}

TEST(Masking, ARoleThatDoesNotSeeAFieldMayNotAskAboutIt) {
    Door door;
    const auto status = [&](const char* role, const char* method, const char* target,
                            const std::string& body) {
        return door.as(role, method, target, body).status;
    };
    const std::string rule =
        R"x({"rule":"trait(email) starts with \"c\"","purpose":"measurement"})x";
    EXPECT_EQ(status("analyst", "POST", "/api/v1/rules/check", rule), 403);
    EXPECT_EQ(status("analyst", "POST", "/api/v1/rules/count", rule), 403);
    EXPECT_EQ(status("marketer", "POST", "/api/v1/rules/count", rule), 200);
    EXPECT_EQ(status("analyst", "POST", "/api/v1/rules/count",
                     R"x({"rule":"trait(city) = \"Lyon\"","purpose":"measurement"})x"),
              200);
    EXPECT_EQ(
        status("staff", "POST", "/api/v1/profiles/find", R"({"type":"email","value":"a@b.test"})"),
        200)
        << "staff sees it unless the settings say otherwise";
    EXPECT_EQ(door.as("analyst", "POST", "/api/v1/questions", R"({"rfm":{}})").status, 200);
    EXPECT_TRUE(door.runtime.last().ends_with(" masked"));
}

TEST(Masking, ByTheSettingsAMarketerAndStaffAreMaskedToo) {
    engine::Settings settings;
    settings.masked_marketer = settings.masked_staff = {"email", "identifiers.loyalty_card"};
    fake::FakeRuntime runtime;
    fake::FakeRandom random{7};
    Routes routes(runtime, random, settings);
    const auto asked = [&](const char* method, const char* role, std::string_view target,
                           std::string body) {
        auto answer = std::make_shared<Answer>();
        routes.handle(Door::request(method, target, std::move(body),
                                    {{"authorization", "Bearer token-" + std::string(role)}}),
                      answer);
        return answer->wait().status;
    };
    const auto status = [&](const char* role, std::string_view target, std::string body) {
        return asked("POST", role, target, std::move(body));
    };
    EXPECT_EQ(status("marketer", "/api/v1/audiences",
                     R"x({"name":"n","purpose":"p","rule":"trait(email) exists"})x"),
              403);
    EXPECT_EQ(status("admin", "/api/v1/audiences",
                     R"x({"name":"n","purpose":"p","rule":"trait(email) exists"})x"),
              201);
    EXPECT_EQ(status("staff", "/api/v1/profiles/find", R"({"type":"email","value":"a@b.test"})"),
              403);
    EXPECT_EQ(status("staff", "/api/v1/staff/greet", R"({"type":"email","value":"a@b.test"})"),
              403);
    const auto greeted = [&](const char* role, std::string_view query) {
        return asked("GET", role, "/api/v1/staff/greet?" + std::string(query), "");
    };
    EXPECT_EQ(greeted("staff", "card=C1"), 403) << "a card scanned is an identifier asked for";
    EXPECT_EQ(greeted("staff", "profile=p1"), 200);
    EXPECT_EQ(greeted("staff", "profile=p1&card=C1"), 200) << "then the card is not looked at";
    EXPECT_EQ(greeted("admin", "card=C1"), 200);
}

}  // namespace
}  // namespace filrouge::http
