// Laws of the parser over made-up events: what goes in comes back, amounts are exact, and no
// sequence of bytes brings it down.
#include <random>

#include "base/json_writer.h"
#include "collect/test_request.h"
#include "model/money.h"

namespace filrouge::collect {
namespace {

class Maker {
  public:
    explicit Maker(std::uint32_t seed) : random_(seed) {}
    std::size_t below(std::size_t n) { return random_() % n; }
    // A JSON value in the one spelling that packing keeps: shortest numbers, no needless escapes.
    void value(JsonWriter& json, int depth) {
        switch (below(depth > 4 ? 6 : 8)) {
            case 0: json.null(); return;
            case 1: json.value(below(2) == 0); return;
            case 2:
                json.value(static_cast<std::int64_t>(random_()) * (below(2) == 0 ? 1 : -1));
                return;
            case 3:
                json.raw(fixed_text(static_cast<std::int64_t>(random_() % 100'000'000)));
                return;
            case 4: json.raw("0.00000" + std::to_string(1 + below(9))); return;
            case 5: json.value(text()); return;
            case 6: {
                json.open_array();
                for (std::size_t n = below(5); n > 0; --n) value(json, depth + 1);
                json.close();
                return;
            }
            default: object(json, depth);
        }
    }
    void object(JsonWriter& json, int depth) {
        json.open_object();
        for (std::size_t n = below(6); n > 0; --n) {
            json.key(std::to_string(n) + text());
            value(json, depth + 1);
        }
        json.close();
    }
    std::string text() {
        static constexpr std::string_view kParts[] = {"a",
                                                      "Z",
                                                      " ",
                                                      "\"",
                                                      "\\",
                                                      "/",
                                                      "\n",
                                                      "\x01",
                                                      "\xc3\xa9",
                                                      "\xe2\x82\xac",
                                                      "\xf0\x9f\x98\x80",
                                                      "{",
                                                      ",",
                                                      ":"};
        std::string out;
        for (std::size_t n = below(8); n > 0; --n) out += kParts[below(std::size(kParts))];
        return out;
    }

  private:
    std::mt19937 random_;
};

TEST(Property, WhatIsPackedComesBackAsItWas) {
    Door door;
    for (std::uint32_t seed = 0; seed < 3'000; ++seed) {
        Maker maker(seed);
        std::string value;
        JsonWriter json(value);
        maker.object(json, 0);
        const Incoming in =
            door.track(R"({"userId":"u","event":"e","properties":{"v":)" + value + "}}");
        ASSERT_EQ(properties(in), "{\"v\":" + value + "}") << "seed " << seed;
        const PackedView view(in.event.properties);
        ASSERT_EQ(view.byte_length(), in.event.properties.size());
    }
}

TEST(Property, AmountsAreExactWhateverTheirSize) {
    Door door;
    std::mt19937_64 random(7);
    for (int i = 0; i < 3'000; ++i) {
        const auto amount =
            static_cast<std::int64_t>(random() >> (1 + random() % 60)) * (i % 2 == 0 ? 1 : -1);
        const std::string body =
            R"({"userId":"u","event":"Product Viewed","properties":{"price":)" +
            fixed_text(amount) + "}}";
        const Incoming in = door.track(body);
        ASSERT_EQ(in.event.value.amount, amount) << body;
        ASSERT_EQ(PackedView(in.event.properties).find("price").json(), fixed_text(amount));
    }
}

TEST(Property, TheOrderOfABatchIsTheOrderOfItsItems) {
    Door door;
    std::string body = R"({"batch":[)";
    for (int i = 0; i < 500; ++i) {
        if (i > 0) body += ",";
        if (i % 7 == 3)
            body += R"({"type":"none","messageId":")" + std::to_string(i) + R"("})";
        else if (i % 7 == 5)
            body += R"({"a":[{}],"messageId":")" + std::to_string(i) + R"(","a":1})";
        else
            body += R"({"type":"track","userId":"u","event":"e","messageId":")" +
                    std::to_string(i) + R"(","properties":{"n":[)" + std::to_string(i) +
                    R"(.5,{}]}})";
    }
    const auto parsed = door.parse(Route::Batch, body + "]}");
    ASSERT_TRUE(parsed.ok());
    ASSERT_EQ(parsed.value().items.size(), 500u);
    for (int i = 0; i < 500; ++i) {
        const Item& item = parsed.value().items[static_cast<std::size_t>(i)];
        const std::string id = std::to_string(i);
        if (const auto* unfit = std::get_if<Unfit>(&item)) {
            EXPECT_EQ(unfit->message_id, id);
        } else {
            const auto& in = std::get<Incoming>(item);
            EXPECT_EQ(in.event.message_id, id);
            EXPECT_EQ(properties(in), "{\"n\":[" + id + ".5,{}]}");
        }
    }
}

// Under the address sanitizer this is the fuzzer that always runs.
TEST(Property, ABrokenBodyBringsNothingDown) {
    Door door;
    const std::string seeds[] = {
        R"({"batch":[{"type":"track","userId":"u","event":"Order Completed","timestamp":"2026-11-22T06:00:34Z","properties":{"products":[{"price":1.5,"quantity":"2"},{}],"revenue":1e3,"a":123456789012345678901234567890},"context":{"ip":"203.0.113.9","consent":{"categoryPreferences":{"A":true}},"traits":{"email":"a@b.example"}}},{"type":"alias","previousId":"\ud800","userId":"\u00e9"}],"context":{"library":{"name":"x"},"page":{}},"sentAt":"2026-11-22T06:00:34Z"})",
        R"({"type":"identify","anonymousId":"a","traits":{"email":"\u00c9@b\u00fccher.example","phone":"06 12 34 56 78"},"context":{"externalId":[{"type":"x","id":1}],"device":{"id":"d"},"deep":[[[[[[1e999]]]]]]},"integrations":{"All":true},"sentAt":1})"};
    static constexpr std::string_view kTokens[] = {"{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   ",",
                                                   ":",
                                                   "\"",
                                                   "\\",
                                                   "\\ud83d",
                                                   "null",
                                                   "true",
                                                   "1e999",
                                                   "-0",
                                                   "\xff",
                                                   "\xc3",
                                                   "\"a\":1",
                                                   "99999999999999999999",
                                                   " ",
                                                   "\"ip\":"};
    std::mt19937 random(7);
    std::size_t parsed_whole = 0;
    for (int i = 0; i < 30'000; ++i) {
        std::string body = seeds[random() % 2];
        for (std::size_t n = 1 + random() % 4; n > 0; --n) {
            const std::size_t at = random() % (body.size() + 1);
            switch (random() % 4) {
                case 0: body.insert(at, kTokens[random() % std::size(kTokens)]); break;
                case 1: body.erase(at, 1 + random() % 8); break;
                case 2:
                    if (at < body.size()) body[at] = static_cast<char>(random());
                    break;
                default: body.insert(at, body.substr(at, random() % 40));
            }
        }
        const Route route = random() % 2 == 0 ? Route::Batch : Route::Identify;
        const auto parsed = door.parse(route, body);
        if (!parsed.ok()) continue;
        ++parsed_whole;
        for (const Item& item : parsed.value().items) {
            if (const auto* in = std::get_if<Incoming>(&item)) {
                for (const Bytes* packed :
                     {&in->event.properties, &in->event.traits, &in->event.context}) {
                    if (packed->empty()) continue;
                    ASSERT_EQ(PackedView(*packed).byte_length(), packed->size());
                    ASSERT_FALSE(PackedView(*packed).json().empty());
                }
                ASSERT_FALSE(in->event.identifiers.empty());
                ASSERT_LE(in->event.at, kReceived);
            }
        }
    }
    EXPECT_GT(parsed_whole, 1'000u);
}

}  // namespace
}  // namespace filrouge::collect
