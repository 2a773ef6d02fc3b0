// What the builder concludes: when, where, whether a person, and with which consents.
#include "collect/test_request.h"

namespace filrouge::collect {
namespace {

std::string at(Door& door, const std::string& members, Route route = Route::Track) {
    const std::string body =
        route == Route::Import
            ? R"({"batch":[{"type":"track","userId":"u","event":"e",)" + members + "}]}"
            : R"({"userId":"u","event":"e",)" + members + "}";
    const Incoming in = door.event(route, body);
    const std::int64_t ms = (in.event.at - kReceived).us / 1'000;
    return std::to_string(ms) + ((in.event.flags & kEventTimeClamped) != 0 ? " clamped" : "");
}

TEST(Time, AWrongClockIsCorrectedByWhatItSaysAtSending) {
    Door door;
    // Ten minutes slow, the event four seconds before it was sent.
    EXPECT_EQ(
        at(door, R"("originalTimestamp":"2026-11-22T05:50:31Z","sentAt":"2026-11-22T05:50:35Z")"),
        "-4000");
    EXPECT_EQ(at(door, R"("timestamp":"2026-11-22T05:50:31Z","sentAt":"2026-11-22T05:50:35Z")"),
              "-4000");
    // A clock that is right is believed to the millisecond.
    EXPECT_EQ(at(door, R"("timestamp":"2026-11-22T06:00:31.250Z","sentAt":"2026-11-22T06:00:34Z")"),
              "-3750");
    EXPECT_EQ(at(door, R"("timestamp":"2026-11-22T06:00:31.250Z")"), "-3750");
    door.request.sent_at = "2026-11-22T05:50:35Z";  // RudderStack's header
    EXPECT_EQ(at(door, R"("originalTimestamp":"2026-11-22T05:50:31Z")"), "-4000");
}

TEST(Time, AnImportKeepsTheTimesItTells) {
    Door door;
    const std::string told =
        R"("timestamp":"2024-11-22T06:00:35Z","sentAt":"2026-11-22T05:00:00Z")";
    EXPECT_EQ(at(door, told, Route::Import), std::to_string(-730LL * 86'400'000));
    door.rules.late_max = days(30);
    EXPECT_EQ(at(door, told, Route::Import), std::to_string(-730LL * 86'400'000));
    EXPECT_EQ(door.unfit(Route::Track,
                         R"({"userId":"u","event":"e","timestamp":"2024-11-22T06:00:35Z"})"),
              "collect.too_late");
}

TEST(Time, NothingHappensInTheFutureOrBeforeTheShopHadAComputer) {
    Door door;
    EXPECT_EQ(at(door, R"("timestamp":"2026-11-22T06:02:00Z")"), "0");
    EXPECT_EQ(at(door, R"("timestamp":"2027-01-01T00:00:00Z")"), "0 clamped");
    EXPECT_EQ(at(door, R"("timestamp":"1970-01-01T00:00:00Z")"), "0 clamped");
    EXPECT_EQ(at(door, R"("timestamp":"yesterday")"), "0 clamped");
    EXPECT_EQ(context(door.track(R"({"userId":"u","event":"e","timestamp":"yesterday"})")),
              R"({"told_time":"yesterday"})");
    door.rules.strict = true;
    EXPECT_EQ(door.unfit(Route::Track, R"({"userId":"u","event":"e","timestamp":"yesterday"})"),
              "collect.bad_time");
}

TEST(Channel, IsTheSendersWordThenItsLibrarys) {
    Door door;
    const auto channel = [&](const char* members) {
        return door.track(std::string(R"({"userId":"u","event":"e",)") + members + "}")
            .event.channel;
    };
    EXPECT_EQ(channel(R"("channel":"web","context":{"channel":"store"})"), Channel::Store);
    EXPECT_EQ(channel(R"("channel":"mobile")"), Channel::App);
    EXPECT_EQ(channel(R"("channel":"server","context":{"library":{"name":"analytics.js"}})"),
              Channel::Server);
    EXPECT_EQ(channel(R"("context":{"library":{"name":"RudderLabs JavaScript SDK"}})"),
              Channel::Web);
    EXPECT_EQ(channel(R"("context":{"library":{"name":"@segment/analytics-node"}})"),
              Channel::Server);
    EXPECT_EQ(channel(R"("context":{"library":{"name":"analytics-ios"}})"), Channel::App);
    EXPECT_EQ(channel(R"("context":{"library":{"name":"analytics-java"}})"), Channel::Server);
    EXPECT_EQ(channel(R"("properties":{})"), Channel::Other);
}

TEST(Place, IsAStoreOnlyWhereTheSenderMeansOne) {
    Door door;
    const auto place = [&](const char* members) {
        return door.track(std::string(R"({"userId":"u","event":"e",)") + members + "}").event.place;
    };
    EXPECT_EQ(place(R"("context":{"place":"paris-4"},"properties":{"store_id":"lyon"})"),
              "paris-4");
    EXPECT_EQ(place(R"("context":{"place":{"id":"paris-4"}})"), "paris-4");
    EXPECT_EQ(place(R"("properties":{"store_id":12})"), "12");
    EXPECT_EQ(place(R"("context":{"channel":"till"},"properties":{"affiliation":"Lille"})"),
              "Lille");
    EXPECT_EQ(place(R"("context":{"channel":"web"},"properties":{"affiliation":"Google"})"), "");
}

TEST(Bot, IsMarkedAndNeverDropped) {
    Door door;
    const auto verdict = [&](const char* members) {
        return door.track(std::string(R"({"userId":"u","event":"e","context":{)") + members + "}}");
    };
    EXPECT_EQ(verdict(R"("bot":true)").bot, BotVerdict::Declared);
    EXPECT_EQ(verdict(R"("navigator":{"webdriver":true})").bot, BotVerdict::Declared);
    const Incoming crawler = verdict(
        R"x("userAgent":"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")x");
    EXPECT_EQ(crawler.bot, BotVerdict::UserAgent);
    EXPECT_TRUE(crawler.event.is_bot());
    door.request.user_agent = "curl/8.5.0";
    EXPECT_EQ(verdict("").bot, BotVerdict::Human);  // a shop's own server
    EXPECT_EQ(verdict(R"("channel":"web")").bot, BotVerdict::UserAgent);
    door.request.user_agent = "analytics-node-next/latest";
    EXPECT_EQ(verdict(R"("channel":"server")").bot, BotVerdict::Human);
    door.request.prefetch = true;
    EXPECT_EQ(verdict("").bot, BotVerdict::Prefetch);
}

std::string consents(const Incoming& in) {
    std::string out = in.consent_change ? "change:" : "";
    for (const NamedConsent& c : in.consents) out += (c.granted ? " +" : " -") + c.name;
    return out + (in.global_privacy_control ? " gpc" : "");
}

TEST(Consent, IsReadInEveryShapeItIsSentIn) {
    Door door;
    const auto read = [&](const char* members) {
        return consents(door.track(std::string(R"({"userId":"u",)") + members + "}"));
    };
    EXPECT_EQ(
        read(
            R"("event":"e","context":{"consent":{"categoryPreferences":{"Analytics":true,"Ads":false}}})"),
        " +Analytics -Ads");
    EXPECT_EQ(
        read(
            R"("event":"e","context":{"consentManagement":{"allowedConsentIds":["C1",2],"deniedConsentIds":["C3"]}})"),
        " +C1 +2 -C3");
    EXPECT_EQ(
        read(
            R"("event":"Consent Updated","properties":{"purposes":{"marketing.email":"granted","profiling":"denied"}})"),
        "change: +marketing.email -profiling");
    EXPECT_EQ(
        read(
            R"("event":"Segment Consent Preference Updated","context":{"consent":{"categoryPreferences":{"Ads":true}}})"),
        "change: +Ads");
    EXPECT_EQ(read(R"("event":"e","context":{"globalPrivacyControl":true})"), " gpc");
    EXPECT_EQ(read(R"("event":"e","properties":{"purposes":{"ads":true}})"), "");
}

TEST(Consent, SaidTwiceARefusalWinsAndTheUnclearStatesNothing) {
    Door door;
    const Incoming in = door.track(
        R"({"userId":"u","event":"e","context":{"consent":{"categoryPreferences":{"Ads":true,"X":"maybe","Y":[]}},
            "consentManagement":{"allowedConsentIds":["Ads"],"deniedConsentIds":["Ads"]}}})");
    EXPECT_EQ(consents(in), " -Ads");
    std::string many = R"({"userId":"u","event":"e","context":{"consent":{"categoryPreferences":{)";
    for (int i = 0; i < 65; ++i) many += "\"c" + std::to_string(i) + "\":true,";
    many.back() = '}';
    EXPECT_EQ(door.unfit(Route::Track, many + "}}}"), "collect.too_many_consents");
}

TEST(Page, KeepsItsNameAndItsCategory) {
    Door door;
    const Incoming in =
        door.event(Route::Page, R"({"userId":"u","name":"Accueil","category":"Vitrine"})");
    EXPECT_EQ(in.event.name, "Accueil");
    EXPECT_EQ(properties(in), R"({"category":"Vitrine"})");
}

TEST(Traits, OfBothPlacesAreOne) {
    Door door;
    const Incoming in = door.event(
        Route::Identify,
        R"({"userId":"u","traits":{"a":1,"b":2},"context":{"traits":{"b":3,"c":[4]},"locale":"fr"}})");
    EXPECT_EQ(traits(in), R"({"a":1,"b":2,"c":[4]})");
    EXPECT_EQ(context(in), R"({"locale":"fr"})");
    const Incoming track =
        door.track(R"({"userId":"u","event":"e","context":{"traits":{"email":"a@shop.example"}}})");
    EXPECT_EQ(track.event.traits, "");
    EXPECT_EQ(context(track), R"({"traits":{"email":"a@shop.example"}})");
    EXPECT_EQ(identifiers(track), "user_id=u email=a@shop.example");
}

}  // namespace
}  // namespace filrouge::collect
