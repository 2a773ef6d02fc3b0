// The text that quarantine keeps: the event's own, with what was said of it beside it.
#include <gtest/gtest.h>

#include "collect/test_request.h"

namespace filrouge::collect {
namespace {

struct StrictDoor : Door {
    StrictDoor() { rules.late_max = days(7); }
    std::string kept(Route route, std::string_view body) {
        const Item one = item(route, body);
        const auto* unfit = std::get_if<Unfit>(&one);
        return unfit != nullptr ? unfit->raw : "it fits";
    }
};

TEST(KeptText, IsTheEventAsItCameWhereNothingWasSaidBesideIt) {
    StrictDoor door;
    const std::string event =
        R"({ "type":"track", "userId":"b","us\u0065rId":"c", "context":{"n": 1.50} })";
    EXPECT_EQ(door.kept(Route::Batch, R"({"batch":[)" + event + "]}"), event);
}

TEST(KeptText, NamesTheKindOfItsRouteAndNoWriteKey) {
    StrictDoor door;
    EXPECT_EQ(door.kept(Route::Track, R"({"writeKey":"wk","userId":"u"})"),
              R"({"type":"track","userId":"u"})");
    EXPECT_EQ(door.kept(Route::Track, R"({"type":"page","userId":"u"})"),
              R"({"type":"track","userId":"u"})")
        << "the route says what it is";
    EXPECT_EQ(door.kept(Route::Track, R"({"type":"page","type":"page","userId":"u"})"),
              R"({"type":"track","type":"page","userId":"u"})")
        << "the same key twice stays a fault";
}

TEST(KeptText, TellsWhatTheRequestAndTheBatchTold) {
    StrictDoor door;
    door.request.global_privacy_control = true;
    door.request.prefetch = true;
    door.request.user_agent = "Googlebot/2.1";
    door.request.anonymous_id = "YW5vbg==";
    door.request.sent_at = "2026-11-22T06:00:34Z";
    EXPECT_EQ(door.kept(Route::Batch, R"({"context":{"locale":"fr","place":"lyon"},)"
                                      R"("integrations":{"All":false},"batch":[{"type":"what",)"
                                      R"("context":{"gpc":false,"locale":"de"},"a":1.50}]})"),
              R"({"sentAt":"2026-11-22T06:00:34Z","anonymousId":"anon","context":{"gpc":true,)"
              R"("bot":true,"userAgent":"Googlebot/2.1","locale":"de","place":"lyon"},)"
              R"("integrations":{"All":false},"type":"what","a":1.50})");
    EXPECT_EQ(door.kept(Route::Batch,
                        R"({"sentAt":1763791234,"batch":[{"type":"what","userId":"u",)"
                        R"("sentAt":"2026-11-22T06:00:33Z","context":{"userAgent":"Me"}}]})"),
              R"({"context":{"gpc":true,"bot":true,"userAgent":"Me"},"type":"what","userId":"u",)"
              R"("sentAt":"2026-11-22T06:00:33Z"})")
        << "what the event says of itself stays";
}

TEST(KeptText, AToolIsABotOnlyWhereTheEventClaimsABrowser) {
    StrictDoor door;
    door.request.user_agent = "curl/8.0";
    const auto kept = [&](const std::string& channel) {
        return door.kept(Route::Batch, R"({"context":{"channel":")" + channel +
                                           R"("},"batch":[{"type":"what","userId":"u"}]})");
    };
    EXPECT_NE(kept("web").find("curl"), std::string::npos);
    EXPECT_EQ(kept("server").find("curl"), std::string::npos);
}

TEST(KeptText, OfAnImportNoSendingCorrectsTheTimes) {
    StrictDoor door;
    EXPECT_EQ(
        door.kept(Route::Import, R"({"sentAt":"2026-11-22T06:00:34Z","batch":[{"type":"what",)"
                                 R"("sentAt":"2026-11-22T06:00:33Z","userId":"u"}]})"),
        R"({"type":"what","userId":"u"})");
}

TEST(KeptText, WithoutRoomForWhatItsBatchSaysItCannotBeReadAgain) {
    StrictDoor door;
    const std::string note(20'000, 'x');
    const std::string raw =
        door.kept(Route::Batch, R"({"context":{"note":")" + note +
                                    R"("},"batch":[{"type":"page","userId":"u","context":{"n":")" +
                                    note + R"("}}]})");
    EXPECT_EQ(raw.size(), kEventBytesMax);
    EXPECT_EQ(door.error(Route::Batch, R"({"batch":[)" + raw + "]}"), "collect.invalid_json");
}

TEST(KeptText, AContextThatIsNoneIsKeptAsItCameBesideWhatTheRequestTold) {
    StrictDoor door;
    door.request.global_privacy_control = true;
    EXPECT_EQ(door.kept(Route::Batch, R"({"batch":[{"type":"page","userId":"u","context":7}]})"),
              R"({"context":{"gpc":true},"type":"page","userId":"u","context":7})");
    EXPECT_EQ(door.kept(Route::Batch, R"({"batch":[{"type":"what","userId":"u","context":[]}]})"),
              R"({"context":{"gpc":true},"type":"what","userId":"u"})");
}

}  // namespace
}  // namespace filrouge::collect
