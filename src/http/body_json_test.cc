#include "http/body_json.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace filrouge::http {
namespace {

using namespace std::string_view_literals;

std::string code(std::string_view body) {
    const auto object = read_object(body);
    return object.ok() ? "" : object.error().code;
}

TEST(BodyJson, TakesOneObject) {
    for (const std::string_view body :
         {R"({})", "\t{ \"a\" : [ 1 , -0.5e+3 , true , null ] }\r\n", R"({"a":{"a":{"a":1}}})",
          R"({"a":":{\":","b\\":"\\\":\\"})", R"([{}])", R"({"":"\ud83d\ude00 \u0000"})"}) {
        EXPECT_EQ(code(body), body.front() == '[' ? "http.invalid_json" : "") << body;
    }
}

constexpr std::string_view kNoJson[] = {"",
                                        " ",
                                        "null",
                                        "1",
                                        "\"a\"",
                                        "{",
                                        "}",
                                        "{]",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "{\"a\":1,}",
                                        "{\"a\":1}{}",
                                        "{\"a\":1} x",
                                        "{'a':1}",
                                        "{a:1}",
                                        "{\"a\":01}",
                                        "{\"a\":+1}",
                                        "{\"a\":.5}",
                                        "{\"a\":1.}",
                                        "{\"a\":1e}",
                                        "{\"a\":NaN}",
                                        "{\"a\":Infinity}",
                                        "{\"a\":0x1}",
                                        "{\"a\":\"\t\"}",
                                        "{\"a\":\"\\x41\"}",
                                        "{\"a\":\"\\ud800\"}",
                                        "{\"a\":\"\\udc00\"}",
                                        "{\"a\":\"\xff\"}",
                                        "{\"a\":\"\xc0\xaf\"}",
                                        "{\"a\":\"\xed\xa0\x80\"}",
                                        "{\"a\":\"\xf4\x90\x80\x80\"}",
                                        "{\"a\":1}\0"sv,
                                        "/**/{}",
                                        "\xef\xbb\xbf{}",
                                        "\xff\xfe{\0}\0"sv};

TEST(BodyJson, RefusesWhatIsNoJson) {
    for (const std::string_view body : kNoJson) {
        EXPECT_EQ(code(body), "http.invalid_json") << body;
    }
}

TEST(BodyJson, RefusesWhatIsNestedWithoutEnd) {
    for (const std::size_t depth : {33u, 1'000u, 100'000u}) {
        EXPECT_EQ(code(R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}"),
                  "http.invalid_json");
        std::string objects;
        for (std::size_t i = 0; i < depth; ++i) objects += R"({"a":)";
        EXPECT_EQ(code(objects + "1" + std::string(depth, '}')), "http.invalid_json");
    }
}

// {"purposes":{"marketing.email":false},"purposes":{"marketing.email":true}} must not be a consent.
TEST(BodyJson, RefusesAKeyThatStandsTwice) {
    for (const std::string_view body :
         {R"({"a":1,"a":1})", R"({"a":1,"\u0061":2})", R"({"b":{"a":1,"c":2,"a":3}})",
          R"({"b":[1,{"a":1,"a":1}]})", R"({"":1,"":2})", R"({"a:":1,"a\u003a":2})"}) {
        EXPECT_EQ(code(body), "http.duplicate_key") << body;
    }
}

TEST(BodyJson, NumbersOf64BitsAreExact) {
    EXPECT_EQ(boost::json::serialize(read_object(R"({"a":9223372036854775807})").value()),
              R"({"a":9223372036854775807})");
    EXPECT_EQ(boost::json::serialize(read_object(R"({"a":-9223372036854775808})").value()),
              R"({"a":-9223372036854775808})");
    EXPECT_EQ(boost::json::serialize(read_object(R"({"a":18446744073709551615})").value()),
              R"({"a":18446744073709551615})");
}

}  // namespace
}  // namespace filrouge::http
