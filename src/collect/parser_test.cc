#include "collect/parser.h"

#include "collect/test_request.h"

namespace filrouge::collect {
namespace {

TEST(Parser, ATrackCallIsOneEvent) {
    Door door;
    const Incoming in = door.track(
        R"({"userId":"camille","event":"Order Completed","properties":{"revenue":19.9,"currency":"EUR"}})");
    EXPECT_EQ(in.event.kind, EventKind::Track);
    EXPECT_EQ(in.event.name, "Order Completed");
    EXPECT_EQ(in.event.value.text(), "19.9 EUR");
    EXPECT_EQ(in.event.at, kReceived);
    EXPECT_EQ(identifiers(in), "user_id=camille");
    EXPECT_EQ(properties(in), R"({"revenue":19.9,"currency":"EUR"})");
    EXPECT_EQ(in.bot, BotVerdict::Human);
}

TEST(Parser, ABodyWithRoomBehindItIsReadWhereItStands) {
    Door door;
    std::string body = R"({"userId":"u","event":"e","properties":{"a":[1,2.5,"x",null,true,{}]}})";
    body.reserve(body.size() + 64);
    const auto parsed = door.parser.parse_tracking(Route::Track, body, door.request, door.rules);
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(properties(std::get<Incoming>(parsed.value().items[0])),
              R"({"a":[1,2.5,"x",null,true,{}]})");
}

TEST(Parser, OneBadEventNeverCostsItsBatch) {
    Door door;
    const auto parsed = door.parse(Route::Batch, R"({"batch":[
        {"type":"track","userId":"a","event":"one"},
        {"type":"track","userId":"b","userId":"c","event":"two"},
        7,
        {"type":"dance","userId":"d"},
        {"type":"track","userId":"e","event":"big","properties":{"n":1e999}},
        {"type":"track","event":"nobody","messageId":"m-6"},
        {"type":"track","userId":"f","event":"last","properties":{"n":123456789012345678901234567890}}
    ],"sentAt":"2026-11-22T06:00:34Z","writeKey":"WK"})");
    ASSERT_TRUE(parsed.ok());
    const auto& items = parsed.value().items;
    ASSERT_EQ(items.size(), 7u);
    EXPECT_EQ(parsed.value().write_key, "WK");
    EXPECT_EQ(parsed.value().sent_at, parse_time("2026-11-22T06:00:34Z"));
    EXPECT_EQ(std::get<Incoming>(items[0]).event.name, "one");
    EXPECT_EQ(std::get<Unfit>(items[1]).code, "collect.duplicate_key");
    EXPECT_EQ(std::get<Unfit>(items[1]).raw,
              R"({"sentAt":"2026-11-22T06:00:34Z","type":"track","userId":"b","userId":"c",)"
              R"("event":"two"})")
        << "with what its batch says of it";
    EXPECT_EQ(std::get<Unfit>(items[2]).code, "collect.not_an_object");
    EXPECT_EQ(std::get<Unfit>(items[2]).raw, "7");
    EXPECT_EQ(std::get<Unfit>(items[3]).code, "collect.unknown_type");
    EXPECT_EQ(std::get<Unfit>(items[4]).code, "collect.number_out_of_range");
    EXPECT_EQ(std::get<Unfit>(items[5]).code, "collect.no_identity");
    EXPECT_EQ(std::get<Unfit>(items[5]).message_id, "m-6");
    EXPECT_EQ(properties(std::get<Incoming>(items[6])), R"({"n":123456789012345678901234567890})");
}

TEST(Parser, ABodyThatIsNotJsonIsRefusedWhole) {
    Door door;
    for (const char* body :
         {"", "   ", "{", "[]", "7", "\"text\"", "null", R"({"batch":[{]})",
          "{\"userId\":\"\xff\"}", R"({"userId":"a"} x)", R"({"userId":"a"}{})"}) {
        EXPECT_EQ(door.error(Route::Track, body), "collect.invalid_json") << body;
    }
    EXPECT_EQ(rudderstack_text("collect.invalid_json"), "invalid json");
}

TEST(Parser, AnEmptyBatchIsAnErrorWithItsOwnText) {
    Door door;
    for (const char* body : {"{}", R"({"batch":[]})", R"({"batch":null})", R"({"batch":{}})"}) {
        EXPECT_EQ(door.error(Route::Batch, body), "collect.empty_batch") << body;
    }
    EXPECT_EQ(rudderstack_text("collect.empty_batch"), "empty batch payload");
    EXPECT_EQ(door.error(Route::Batch, R"({"batch":[1],"batch":[2]})"), "collect.duplicate_key");
}

TEST(Parser, BoundsOfABodyHaveNames) {
    Door door;
    EXPECT_EQ(door.error(Route::Track, std::string(kBatchBytesMax + 1, ' ')),
              "collect.body_too_large");
    std::string many = R"({"batch":[0)";
    for (std::uint32_t i = 0; i < kBatchEventsMax; ++i) many += ",0";
    EXPECT_EQ(door.error(Route::Batch, many + "]}"), "collect.too_many_events");
}

// A context that stands once in a body is stored with each event.
TEST(Parser, WhatABatchSaysOnceCountsForEachOfItsEvents) {
    Door door;
    const auto batch = [](int events, std::size_t context) {
        std::string body = R"({"context":{"a":")" + std::string(context, 'x') + R"("},"batch":[)";
        for (int i = 0; i < events; ++i) body += R"({"type":"track","userId":"u","event":"e"},)";
        body.back() = ']';
        return body + "}";
    };
    EXPECT_EQ(door.unfit(Route::Batch, batch(1, 30'000)), "");
    EXPECT_EQ(door.unfit(Route::Batch, batch(1, kEventBytesMax - 40)), "collect.event_too_large");
    EXPECT_EQ(door.error(Route::Batch, batch(1'500, 3'000)), "collect.body_too_large");
}

TEST(Parser, LimitsOfAnEventQuarantineItAlone) {
    Door door;
    const auto track = [](const std::string& members) {
        return R"({"userId":"u","event":"e",)" + members + "}";
    };
    const std::string long_text(kEventBytesMax, 'x');
    EXPECT_EQ(door.unfit(Route::Track, track(R"("properties":{"a":")" + long_text + "\"}")),
              "collect.event_too_large");
    std::string deep = R"("properties":{"a":)";
    for (int i = 0; i < 62; ++i) deep += "[";
    EXPECT_EQ(door.unfit(Route::Track, track(deep + std::string(62, ']') + "}")), "");
    EXPECT_EQ(door.unfit(Route::Track, track(deep + "[" + std::string(63, ']') + "}")),
              "collect.too_deep");
    const std::string abyss = R"("properties":{"a":)" + std::string(5'000, '[');
    EXPECT_EQ(door.unfit(Route::Track, track(abyss + std::string(5'000, ']') + "}")),
              "collect.too_deep");
    std::string wide = R"("properties":{)";
    for (int i = 0; i < 256; ++i) wide += "\"p" + std::to_string(i) + "\":1,";
    EXPECT_EQ(door.unfit(Route::Track, track(wide.substr(0, wide.size() - 1) + "}")), "");
    EXPECT_EQ(door.unfit(Route::Track, track(wide + R"("last":1})")),
              "collect.too_many_properties");
    const std::string id(257, 'u');
    EXPECT_EQ(door.unfit(Route::Track, R"({"event":"e","userId":")" + id + "\"}"),
              "collect.identifier_too_long");
    EXPECT_EQ(door.unfit(Route::Track, track(R"("messageId":")" + id + "\"")),
              "collect.message_id_too_long");
    EXPECT_EQ(door.unfit(Route::Track, R"({"userId":"u","event":")" + id + "\"}"),
              "collect.event_name_too_long");
    EXPECT_EQ(door.unfit(Route::Track, R"({"userId":"u"})"), "collect.no_event_name");
    EXPECT_EQ(door.unfit(Route::Track, R"({"userId":"u","event":""})"), "collect.no_event_name");
    EXPECT_EQ(door.unfit(Route::Track, track(R"("properties":"text")")), "collect.wrong_type");
    EXPECT_EQ(door.unfit(Route::Track, R"({"userId":{},"event":"e"})"), "collect.wrong_type");
}

TEST(Parser, AKeyTwiceIsFoundHoweverItIsWrittenAndWhereverItStands) {
    Door door;
    for (const char* members :
         {R"("event":"f")", R"("properties":{"a":1,"a":2})", R"("properties":{"a":1,"\u0061":2})",
          R"("context":{"x":{"y":[{"k":1,"k":1}]}})", R"("traits":{"é":1,"\u00e9":1})",
          R"("unheard_of":{"a":{"b":1,"b":1}})", R"("_metadata":{"b":1,"b":1})"}) {
        const std::string body = std::string(R"({"userId":"u","event":"e",)") + members + "}";
        EXPECT_EQ(door.unfit(Route::Track, body), "collect.duplicate_key") << members;
    }
    std::string large = R"({"userId":"u","event":"e","context":{"big":{)";
    for (int i = 0; i < 1'000; ++i) large += "\"key" + std::to_string(i) + "\":1,";
    EXPECT_EQ(door.unfit(Route::Track, large + R"("key500":1}}})"), "collect.duplicate_key");
    EXPECT_EQ(door.unfit(Route::Track, large + R"("key1000":1}}})"), "");
}

TEST(Parser, EmptyTextAndNullMeanAbsent) {
    Door door;
    const Incoming in = door.event(
        Route::Identify,
        R"({"userId":"","anonymousId":"a-1","event":null,"traits":null,"properties":"","context":{"traits":{"age":7}},"integrations":[]})");
    EXPECT_EQ(identifiers(in), "anonymous_id=a-1");
    EXPECT_EQ(traits(in), R"({"age":7})");
    EXPECT_EQ(door.unfit(Route::Track, R"({"userId":"","anonymousId":null,"event":"e"})"),
              "collect.no_identity");
}

TEST(Parser, ANumberIsAnIdByItsDigits) {
    Door door;
    EXPECT_EQ(identifiers(door.track(R"({"userId":4077,"event":"e"})")), "user_id=4077");
    EXPECT_EQ(identifiers(door.track(R"({"userId":18446744073709551615,"event":"e"})")),
              "user_id=18446744073709551615");
    EXPECT_EQ(identifiers(door.track(R"({"userId":184467440737095516150001,"event":"e"})")),
              "user_id=184467440737095516150001");
}

TEST(Parser, IdentifiersComeStrongestFirst) {
    Door door;
    const Incoming in = door.event(Route::Identify, R"({
        "anonymousId":"a-1","userId":"camille",
        "traits":{"email":" Camille@Example.ORG ","phone":"06 12 34 56 78","loyaltyCard":"ab 12-34"},
        "context":{"device":{"id":"d-1","advertisingId":"ABCD-1"},"kiosk_id":"k-3","till":{"id":9},
                   "externalId":[{"type":"crm","id":"77"},{"type":"badge","id":"b 5"}],
                   "externalIds":[{"type":"crm","id":"77","collection":"users"}]}})");
    EXPECT_EQ(identifiers(in),
              "user_id=camille loyalty_card=AB1234 email=camille@example.org phone=+33612345678 "
              "badge=B5 external_id=crm:77 device_id=d-1 advertising_id=abcd-1 anonymous_id=a-1 "
              "kiosk=k-3 till=9");
}

TEST(Parser, WhatCannotBeANumberIsCountedAndStaysATrait) {
    Door door;
    const Incoming in = door.event(Route::Identify, R"({"userId":"camille",
        "traits":{"email":"camille at home","phone":"0612"}})");
    EXPECT_EQ(identifiers(in), "user_id=camille");
    EXPECT_EQ(in.refused_identifiers, 2u);
    EXPECT_EQ(PackedView(in.event.traits).find("phone").text(), "0612");
    const Incoming nobody =
        door.event(Route::Identify, R"({"userId":"camille","traits":{"phone":" "}})");
    EXPECT_EQ(nobody.refused_identifiers, 0u) << "nothing was told";
}

TEST(Parser, OneEventNeverTiesTwoAddresses) {
    Door door;
    const Incoming in = door.event(Route::Identify,
                                   R"({"userId":"u","traits":{"email":"a@shop.example"},
                                       "context":{"traits":{"email":"b@shop.example"}},
                                       "properties":{"email":"c@shop.example"}})");
    EXPECT_EQ(identifiers(in), "user_id=u email=a@shop.example");
}

TEST(Parser, AnAddressOfAGroupIsNobodysOwn) {
    Door door;
    const Incoming in =
        door.event(Route::Group,
                   R"({"userId":"u","groupId":"g-5","traits":{"email":"contact@firm.example"}})");
    EXPECT_EQ(identifiers(in), "user_id=u");
    EXPECT_EQ(context(in), R"({"groupId":"g-5"})");
}

TEST(Parser, ValuesThatStandForNobodyAreDropped) {
    Door door;
    for (const char* id : {"null", "NULL", "0", "-1", "anonymous", "Guest", "[object Object]",
                           "00000000-0000-0000-0000-000000000000", "undefined"}) {
        const std::string body = std::string(R"({"event":"e","userId":")") + id + "\"}";
        EXPECT_EQ(door.unfit(Route::Track, body), "collect.no_identity") << id;
    }
    door.rules.blocked = {{IdentifierType::Email, "boutique@shop.example"},
                          {IdentifierType::Email, "@till.shop.example"}};
    const Incoming in =
        door.event(Route::Identify, R"({"userId":"u","traits":{"email":"Boutique@Shop.Example"}})");
    EXPECT_EQ(identifiers(in), "user_id=u");
    EXPECT_EQ(traits(in), R"({"email":"Boutique@Shop.Example"})");
    EXPECT_EQ(identifiers(door.event(Route::Identify,
                                     R"({"userId":"u","traits":{"email":"3@till.shop.example"}})")),
              "user_id=u");
}

TEST(Parser, AnAliasNamesBothAndASelfAliasOne) {
    Door door;
    EXPECT_EQ(identifiers(door.event(
                  Route::Alias,
                  R"({"userId":"camille","previousId":"1f1e33f2-3a2b-4c1d-9a54-0d9c4a4bb001"})")),
              "user_id=camille anonymous_id=1f1e33f2-3a2b-4c1d-9a54-0d9c4a4bb001");
    EXPECT_EQ(identifiers(door.event(Route::Alias, R"({"userId":"new","previousId":"old"})")),
              "user_id=new user_id=old");
    EXPECT_EQ(identifiers(door.event(Route::Alias, R"({"userId":"u1","previousId":"u1"})")),
              "user_id=u1");
}

TEST(Parser, TheHeaderNamesSomebodyOnlyWhereTheEventNamesNobody) {
    Door door;
    door.request.anonymous_id = "YS0xMg==";  // a-12
    EXPECT_EQ(identifiers(door.track(R"({"event":"e"})")), "anonymous_id=a-12");
    EXPECT_EQ(identifiers(door.track(R"({"event":"e","userId":"u"})")), "user_id=u");
}

TEST(Parser, AThingIsLentAndGivenBack) {
    Door door;
    const Incoming lent = door.track(
        R"({"userId":"camille","event":"Thing Bound","properties":{"thing_type":"trolley","thing_id":"T-7"}})");
    EXPECT_EQ(lent.binding, Incoming::Binding::Bind);
    EXPECT_EQ(identifiers(lent), "user_id=camille trolley=T-7");
    const Incoming back = door.track(
        R"({"event":"thing released","properties":{"thing_type":"trolley","thing_id":"T-7"}})");
    EXPECT_EQ(back.binding, Incoming::Binding::Release);
    EXPECT_EQ(identifiers(back), "trolley=T-7");
    EXPECT_EQ(door.unfit(Route::Track, R"({"userId":"c","event":"Thing Bound","properties":{}})"),
              "collect.bad_binding");
    EXPECT_EQ(
        door.unfit(
            Route::Track,
            R"({"event":"Thing Bound","properties":{"thing_type":"trolley","thing_id":"T-7"}})"),
        "collect.bad_binding");
}

TEST(Parser, AnAddressOnTheNetworkIsShortenedBeforeAnythingIsKept) {
    Door door;
    const Incoming in = door.track(
        R"({"userId":"u","event":"e","context":{"ip":"203.0.113.77"},"request_ip":"203.0.113.77"})");
    EXPECT_EQ(context(in), R"({"ip":"203.0.113.0"})");
    EXPECT_EQ(
        context(door.track(R"({"userId":"u","event":"e","context":{"ip":"2001:db8:abcd:12::7"}})")),
        R"({"ip":"2001:db8:abcd::"})");
    EXPECT_EQ(context(door.track(R"({"userId":"u","event":"e","context":{"ip":"my house"}})")),
              "null");
    const Item refused =
        door.item(Route::Track, R"({"event":"e","context":{"ip" : "198.51.100.9"},"zip":"75001"})");
    EXPECT_EQ(std::get<Unfit>(refused).raw,
              R"({"type":"track","event":"e","context":{"ip" : "198.51.100.0"},"zip":"75001"})");
}

TEST(Parser, WhatTheBatchSaysBelongsToEachOfItsEvents) {
    Door door;
    const auto parsed = door.parse(Route::Batch, R"({"context":{"locale":"fr-FR","channel":"store",
        "ip":"203.0.113.9","n":[1,{"a":2.50}]},"integrations":{"All":false},"batch":[
        {"type":"track","userId":"a","event":"e","context":{"locale":"de-DE"}},
        {"type":"track","userId":"b","event":"e","integrations":{"All":true}}]})");
    ASSERT_TRUE(parsed.ok());
    const auto& first = std::get<Incoming>(parsed.value().items[0]);
    const auto& second = std::get<Incoming>(parsed.value().items[1]);
    EXPECT_EQ(
        context(first),
        R"({"locale":"de-DE","channel":"store","ip":"203.0.113.0","n":[1,{"a":2.5}],"_event":{"integrations":{"All":false}}})");
    EXPECT_EQ(
        context(second),
        R"({"locale":"fr-FR","channel":"store","ip":"203.0.113.0","n":[1,{"a":2.5}],"_event":{"integrations":{"All":true}}})");
    EXPECT_EQ(first.event.channel, Channel::Store);
}

TEST(Parser, WhatTheProtocolDoesNotNameIsKeptBesideTheContext) {
    Door door;
    const Incoming in =
        door.track(R"({"userId":"u","event":"e","till_roll":{"no":12},"version":"1"})");
    EXPECT_EQ(context(in), R"({"_event":{"till_roll":{"no":12},"version":"1"}})");
}

TEST(Parser, ARetryOfTheSameEventHasTheSameCheck) {
    Door door;
    const auto check = [&](std::string_view body) { return door.track(body).event.body_check; };
    const auto one = check(
        R"({"sentAt":"2026-11-22T06:00:00Z","userId":"u","event":"e","properties":{"a":1},"_metadata":{"n":1}})");
    EXPECT_EQ(
        one,
        check(
            R"({"userId":"u","event":"e","properties":{"a":1},"_metadata":{"n":2},"sentAt":"2026-11-22T06:00:09Z"})"));
    EXPECT_EQ(one, check(R"({"writeKey":"WK", "userId":"u" ,"event":"e","properties":{"a":1} })"));
    EXPECT_NE(one, check(R"({"userId":"u","event":"e","properties":{"a":2}})"));
    EXPECT_NE(one, check(R"({"userId":"v","event":"e","properties":{"a":1}})"));
}

TEST(Parser, HalfASurrogatePairReadsAsTheReplacementCharacter) {
    Door door;
    const Incoming in = door.track(
        R"({"userId":"u","event":"e","properties":{"a":"cut \ud83d","b":"\ud83d\ude00","c":"\ude00x"}})");
    EXPECT_EQ(properties(in),
              "{\"a\":\"cut \xef\xbf\xbd\",\"b\":\"\xf0\x9f\x98\x80\",\"c\":\"\xef\xbf\xbdx\"}");
}

TEST(Parser, APixelIsAnEventWrittenAsAQuery) {
    Door door;
    const auto parsed = door.parser.parse_pixel(
        Route::Track,
        "writeKey=WK&anonymousId=a-1&event=Email+Opened&campaign=hiver%2026&properties.order.id=7"
        "&context.page.url=https%3A%2F%2Fshop.example.org%2F&value=19.90&currency=EUR",
        door.request, door.rules);
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed.value().write_key, "WK");
    const auto& in = std::get<Incoming>(parsed.value().items.at(0));
    EXPECT_EQ(in.event.name, "Email Opened");
    EXPECT_EQ(identifiers(in), "anonymous_id=a-1");
    EXPECT_EQ(properties(in),
              R"({"campaign":"hiver 26","currency":"EUR","order":{"id":"7"},"value":"19.90"})");
    EXPECT_EQ(context(in), R"({"page":{"url":"https://shop.example.org/"}})");
    EXPECT_EQ(in.event.value.text(), "19.9 EUR");
    const auto twice = door.parser.parse_pixel(Route::Track, "event=e&userId=u&userId=v",
                                               door.request, door.rules);
    EXPECT_EQ(std::get<Unfit>(twice.value().items.at(0)).code, "collect.duplicate_key");
    EXPECT_EQ(
        door.parser.parse_pixel(Route::Page, "userId=%zz", door.request, door.rules).error().code,
        "collect.invalid_query");
}

}  // namespace
}  // namespace filrouge::collect
