// What counts as JSON. Three lists in the manner of JSONTestSuite: texts that every parser must
// take (y), must refuse (n), and where RFC 8259 leaves the choice to us (i), with our choice.
#include "collect/test_request.h"

namespace filrouge::collect {
namespace {

std::string event_with(std::string_view value) {
    return R"({"userId":"u","event":"e","properties":{"v":)" + std::string(value) + "}}";
}

struct Taken {
    std::string_view text;
    std::string_view kept;  // as it comes back, where that is another spelling
};

TEST(Json, TakesWhatEveryParserMust) {
    const Taken taken[] = {
        {"0", ""},
        {"-0", "0"},
        {"-0.0", "0"},
        {"1", ""},
        {"-1", ""},
        {"123456789", ""},
        {"9223372036854775807", ""},
        {"-9223372036854775808", ""},
        {"18446744073709551615", ""},
        {"0.5", ""},
        {"19.90", "19.9"},
        {"0.0001", ""},
        {"0.00001", ""},
        {"123.456e-2", "123.456e-2"},
        {"1e5", "100000"},
        {"1E+2", "100"},
        {"1E-2", "0.01"},
        {"0e1", "0"},
        {"0E+1", "0"},
        {"20e1", "200"},
        {"3.141592653589793", ""},
        {"true", ""},
        {"false", ""},
        {"null", ""},
        {R"("")", ""},
        {R"("a")", ""},
        {R"("\u0041\/\b\f\n\r\t\\\"")", "\"A/\\u0008\\u000c\\n\\r\\t\\\\\\\"\""},
        {R"("\u00e9")", "\"\xc3\xa9\""},
        {R"("\ud834\udd1e")", "\"\xf0\x9d\x84\x9e\""},
        {R"("\u0000")", R"("\u0000")"},
        {R"("\uffff")", "\"\xef\xbf\xbf\""},
        {"\"\x7f\"", ""},
        {"\"\xe2\x80\xa8\"", ""},
        {"\"\xf4\x8f\xbf\xbf\"", ""},
        {"[]", ""},
        {"{}", ""},
        {"[[]]", ""},
        {"[ 1 ,\n2\t,\r3 ]", "[1,2,3]"},
        {R"({"":0})", ""},
        {R"({"a":{"b":{"c":[{"d":null}]}}})", ""},
        {R"({"a\u0000b":1})", R"({"a\u0000b":1})"},
    };
    Door door;
    for (const Taken& one : taken) {
        const Incoming in = door.track(event_with(one.text));
        const std::string_view kept = one.kept.empty() ? one.text : one.kept;
        EXPECT_EQ(properties(in), "{\"v\":" + std::string(kept) + "}") << one.text;
    }
}

constexpr std::string_view kRefused[] = {
    "01",
    "-",
    "+1",
    ".5",
    "1.",
    "1.e2",
    "1e",
    "1e+",
    "0x1F",
    "1_000",
    "- 1",
    "--1",
    "1a",
    "-01",
    "00",
    "Infinity",
    "NaN",
    "-Infinity",
    "1e1.5",
    "1 000",
    "\xef\xbc\x91",
    "True",
    "nul",
    "truee",
    "fals",
    "None",
    "undefined",
    "'a'",
    "a",
    R"("a)",
    R"(a")",
    R"("\x41")",
    R"("\u00g0")",
    R"("\u12")",
    R"("\")",
    R"("\ud800\x")",
    "\"\t\"",
    "\"\n\"",
    "\"\x01\"",
    "\"a\0b\"",
    R"("\'")",
    R"("\U0041")",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[1",
    "1]",
    "[1}",
    "{1}",
    "{a:1}",
    R"({"a"})",
    R"({"a":})",
    R"({"a":1,})",
    R"({,"a":1})",
    R"({"a" 1})",
    R"({"a"::1})",
    R"({'a':1})",
    R"({"a":1 "b":2})",
    R"({"a":1]})",
    "/* no */ 1",
    "1 // no",
    "# no",
    "[1]]",
    "{}}",
    "",
    "\"\xff\"",
    "\"\xc0\xaf\"",
    "\"\xed\xa0\x80\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xe9\"",
    "\"\xf0\x9f\x98\"",
    "\xef\xbb\xbf"
    "1",
    "\x0c"
    "1",
    "\xc2\xa0"
    "1",
};

TEST(Json, RefusesWhatEveryParserMust) {
    Door door;
    for (const std::string_view text : kRefused) {
        EXPECT_EQ(door.error(Route::Track, event_with(text)), "collect.invalid_json") << text;
        const std::string in_batch = "{\"batch\":[" + event_with(text) + "]}";
        EXPECT_EQ(door.error(Route::Batch, in_batch), "collect.invalid_json") << text;
    }
    EXPECT_EQ(door.error(Route::Track, std::string(100'000, '[')), "collect.invalid_json");
    std::string pairs;
    for (int i = 0; i < 20'000; ++i) pairs += R"([{"":)";
    EXPECT_EQ(door.error(Route::Track, pairs), "collect.invalid_json");
    EXPECT_EQ(door.error(Route::Track, std::string("{\"userId\":\"u\",\"event\":\"e\"}\0", 27)),
              "collect.invalid_json");
}

// Where the standard leaves the choice, ours keeps the event, and exactly what it said.
TEST(Json, KeepsTheTextOfNumbersThatNoMachineTypeHolds) {
    Door door;
    for (const std::string_view text :
         {"18446744073709551616", "-9223372036854775809", "123123e100",
          "-123456789123456789123456789.5", "1e-400", "0.4e-1000", "1.7976931348623157e308",
          "100000000000000000000.00000000000000001", "0.1234567890123456789"}) {
        EXPECT_EQ(properties(door.track(event_with(text))), "{\"v\":" + std::string(text) + "}");
    }
    const std::string digits(400, '9');
    EXPECT_EQ(door.unfit(Route::Track, event_with(digits)), "collect.number_out_of_range");
    EXPECT_EQ(properties(door.track(event_with(digits.substr(0, 308)))),
              "{\"v\":" + digits.substr(0, 308) + "}");
}

TEST(Json, ANumberPastADoubleIsAFaultOfItsEvent) {
    Door door;
    for (const std::string_view text :
         {"1e309", "-1e309", "1.8e308", "0.1e310", "9e999999999999"}) {
        EXPECT_EQ(door.unfit(Route::Track, event_with(text)), "collect.number_out_of_range")
            << text;
    }
}

TEST(Json, HalfAPairIsReadAsTheReplacementCharacter) {
    Door door;
    for (const auto& [text, kept] :
         {std::pair{R"("\ud800")", "\"\xef\xbf\xbd\""},
          std::pair{R"("\udc00")", "\"\xef\xbf\xbd\""},
          std::pair{R"("\ud800\ud800")", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
          std::pair{R"("\ud800\n")", "\"\xef\xbf\xbd\\n\""},
          std::pair{R"("\ud83d\ude00\ud83d")", "\"\xf0\x9f\x98\x80\xef\xbf\xbd\""},
          std::pair{R"("\\ud800")", R"("\\ud800")"}}) {
        EXPECT_EQ(properties(door.track(event_with(text))), "{\"v\":" + std::string(kept) + "}");
    }
}

TEST(Json, AByteOrderMarkBeforeABodyIsPassedOver) {
    Door door;
    EXPECT_EQ(properties(door.track("\xef\xbb\xbf" + event_with("1"))), R"({"v":1})");
    EXPECT_EQ(door.error(Route::Track, "\xef\xbb\xbf"), "collect.invalid_json");
    EXPECT_EQ(door.error(Route::Track, "\xff\xfe{\0}\0"), "collect.invalid_json");
}

TEST(Json, NestingPastTheLimitIsAFaultOfItsEvent) {
    Door door;
    for (const int depth : {70, 500, 1'000, 1'030, 10'000}) {
        const std::string nest = std::string(static_cast<std::size_t>(depth), '[') +
                                 std::string(static_cast<std::size_t>(depth), ']');
        EXPECT_EQ(door.unfit(Route::Track, event_with(nest)), "collect.too_deep") << depth;
    }
}

}  // namespace
}  // namespace filrouge::collect
