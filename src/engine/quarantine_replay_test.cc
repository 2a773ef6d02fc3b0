// What was quarantined and is told again counts as what it would have been when it came.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <functional>

#include "collect/parser.h"
#include "engine/erasing_for_test.h"
#include "engine/rights_desk.h"
#include "engine/source_rules.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
using collect::RequestContext;
using collect::Route;

// A shop in euros with a source in dollars; a till without a network sends days later.
struct ReplayShop : ErasingShop {
    explicit ReplayShop(fake::FakeDisk& on) : ErasingShop(on, 1, days(400), in_euros()) {
        const json::object made =
            json::parse(command(&Runtime::create_source,
                                R"({"id":"us","name":"US","channel":"web","currency":"USD",)"
                                R"("purpose":"measurement"})"))
                .as_object();
        key = std::string(made.at("write_key").as_string());
    }
    static Settings in_euros() {
        Settings s = small_files();
        s.purposes.push_back({"marketing", LegalBasis::Consent, true, {"Advertising"}});
        s.late_event_days_max = 7;
        return s;
    }
    // As the doors read; `late` says whether the source's limit of lateness holds.
    IngestRequest read(Route route, const std::string& body, RequestContext request, bool late,
                       bool pixel = false) {
        const SourceInfo source = *runtime->source_by_write_key(key);
        request.received = clock.now();
        const auto rules = SourceRules(in_euros()).of(source, !late);
        collect::Parser parser;
        auto parsed = pixel ? parser.parse_pixel(route, body, request, *rules)
                            : parser.parse_tracking(route, body, request, *rules);
        EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.error().code);
        IngestRequest out;
        out.source = source.number;
        out.items = std::move(parsed.value().items);
        return out;
    }
    std::string replay(std::uint64_t sequence, const std::string& repaired = "") {
        runtime->wait_until_folded();
        auto told = std::make_shared<std::promise<Result<std::string>>>();
        runtime->replay_quarantined(sequence, repaired,
                                    [told](const Result<std::string>& r) { told->set_value(r); });
        const Result<std::string> result = told->get_future().get();
        return result.ok() ? "replayed" : result.error().code + " " + result.error().message;
    }
    std::string shown(std::uint64_t sequence) {
        runtime->wait_until_folded();
        return std::string(
            json::parse(runtime->quarantined(sequence).value()).at("event").as_string());
    }
    // What there is of the person's one event, but for what differs between two tellings.
    std::string event_of_person(const std::string& type, const std::string& value) {
        runtime->wait_until_folded();
        const auto found = runtime->find_profile(type, value, "", 0);
        if (!found.ok()) return found.error().code;
        const json::value all =
            json::parse(runtime->rights().export_profile(found.value().substr(7, 32)).value());
        const json::array& events = all.at("events").as_array();
        if (events.size() != 1) return std::to_string(events.size()) + " events";
        json::object event = events.front().as_object();
        for (const char* key_of_telling : {"sequence", "message_id", "received"})
            event.erase(key_of_telling);
        // How the door was told, now told by the text itself.
        json::object context;
        if (const json::value* told = event.if_contains("context")) {
            for (const auto& [name, member] : told->as_object()) {
                if (name != "gpc" && name != "userAgent" && name != "bot")
                    context.emplace(name, member);
            }
        }
        event["context"] = context;
        return json::serialize(event);
    }
    std::string key;
};

std::string ago(ReplayShop& shop, std::int64_t n) {
    return std::to_string((shop.clock.now().us - days(n).us) / 1'000'000);
}

// The same, in one shop late and replayed, in the other taken at once.
struct TwoTellings {
    std::string replayed, at_once;
};
TwoTellings tell_both(Route route, const std::function<std::string(ReplayShop&)>& body,
                      const RequestContext& request, bool pixel = false,
                      const std::string& user = "camille") {
    fake::FakeDisk a, b;
    ReplayShop late(a), in_time(b);
    const auto reply = late.ingest(late.read(route, body(late), request, true, pixel));
    EXPECT_TRUE(reply && reply->quarantined == 1);
    const std::string shown = late.shown(reply->sequence);
    EXPECT_EQ(shown.find("writeKey"), std::string::npos) << shown;
    EXPECT_EQ(late.replay(reply->sequence), "replayed") << shown;
    in_time.ingest(in_time.read(route, body(in_time), request, false, pixel));
    return {late.event_of_person("user_id", user), in_time.event_of_person("user_id", user)};
}

constexpr const char* kYes =
    R"("consent":{"categoryPreferences":{"Analytics":true,"Advertising":true}})";

TEST(QuarantineReplay, AGlobalPrivacyControlOfTheRequestStillRefuses) {
    RequestContext request;
    request.global_privacy_control = true;
    const auto [replayed, at_once] = tell_both(
        Route::Batch,
        [](ReplayShop& shop) {
            return R"({"batch":[{"type":"track","event":"Product Viewed","userId":"camille",)"
                   R"("timestamp":)" +
                   ago(shop, 20) + R"(,"context":{)" + kYes + "}}]}";
        },
        request);
    EXPECT_NE(at_once.find(R"("marketing":false)"), std::string::npos) << at_once;
    EXPECT_EQ(replayed, at_once);
}

TEST(QuarantineReplay, AnAmountWithoutACurrencyIsOfItsSource) {
    const auto [replayed, at_once] = tell_both(
        Route::Batch,
        [](ReplayShop& shop) {
            return R"({"batch":[{"type":"track","event":"Order Completed","userId":"camille",)"
                   R"("timestamp":)" +
                   ago(shop, 20) + R"(,"properties":{"revenue":20},"context":{)" + kYes + "}}]}";
        },
        {});
    EXPECT_NE(at_once.find(R"("currency":"USD")"), std::string::npos) << at_once;
    EXPECT_EQ(replayed, at_once);
}

TEST(QuarantineReplay, ABotAndWhatItsBatchSaysOnceAreNotForgotten) {
    RequestContext request;
    request.user_agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    const auto [replayed, at_once] = tell_both(
        Route::Batch,
        [](ReplayShop& shop) {
            return R"({"context":{"place":"lyon",)" + std::string(kYes) +
                   R"(},"batch":[{"type":"page","name":"Home","userId":"camille",)"
                   R"("context":{"locale":"fr"},"timestamp":)" +
                   ago(shop, 20) + "}]}";
        },
        request);
    EXPECT_NE(at_once.find(R"("bot":true)"), std::string::npos) << at_once;
    EXPECT_NE(at_once.find(R"("place":"lyon")"), std::string::npos) << at_once;
    EXPECT_NE(at_once.find(R"("measurement":true)"), std::string::npos) << at_once;
    EXPECT_EQ(replayed, at_once);
}

TEST(QuarantineReplay, AClockThatIsWrongIsPutRightByWhatTheRequestWasSentAt) {
    fake::FakeDisk disk;
    ReplayShop other(disk);
    const std::string sent = ago(other, 3);  // the sender's clock is three days behind
    for (const bool in_header : {false, true}) {
        RequestContext request;
        if (in_header) request.sent_at = sent;
        const auto [replayed, at_once] = tell_both(
            Route::Batch,
            [&](ReplayShop& shop) {
                return (in_header ? "{" : R"({"sentAt":)" + sent + ",") +
                       R"("batch":[{"type":"page","userId":"camille","originalTimestamp":)" +
                       ago(shop, 23) + R"(,"context":{)" + kYes + "}}]}";
            },
            request);
        const std::string at = std::to_string(other.clock.now().us - days(20).us);
        EXPECT_NE(at_once.find("\"at_us\":" + at.substr(0, 10)), std::string::npos) << at_once;
        EXPECT_EQ(replayed, at_once) << in_header;
    }
}

TEST(QuarantineReplay, EveryRouteOfASingleEventIsReplayedAsItCame) {
    const std::array routes = {
        std::pair(Route::Track, R"("event":"Product Viewed")"),
        std::pair(Route::Identify, R"("traits":{"nickname":"Cam"})"),
        std::pair(Route::Page, R"("name":"Home","type":"track")"),
        std::pair(Route::Screen, R"("name":"Home")"),
        std::pair(Route::Group, R"("groupId":"club")"),
        std::pair(Route::Alias, R"("previousId":"old")"),
    };
    for (const auto& each : routes) {  // Clang 14 captures no structured binding
        const std::string members = each.second;
        RequestContext request;
        request.anonymous_id = "YW5vbg==";
        const auto [replayed, at_once] = tell_both(
            each.first,
            [&](ReplayShop& shop) {
                return R"({"writeKey":")" + shop.key + R"(","userId":"camille",)" + members +
                       R"(,"timestamp":)" + ago(shop, 20) + R"(,"context":{)" + kYes + "}}";
            },
            request);
        EXPECT_EQ(at_once.find("events"), std::string::npos) << at_once;
        EXPECT_EQ(replayed, at_once) << members;
    }
    const auto [replayed, at_once] = tell_both(
        Route::Page,
        [](ReplayShop& shop) {
            return "writeKey=" + shop.key + "&userId=camille&name=Home&timestamp=2024-01-01" +
                   "&context.consent.categoryPreferences.Analytics=true";
        },
        {}, true);
    EXPECT_EQ(at_once.find("not_found"), std::string::npos) << at_once;
    EXPECT_EQ(replayed, at_once) << "the pixel's";
}

// A row of an import: what its map says stands beside the text.
collect::Incoming receipt(ReplayShop& shop, std::int64_t amount) {
    collect::Incoming row;
    row.event.name = "Receipt Line";
    row.event.at = EventTime{shop.clock.now().us - days(300).us};
    row.event.message_id = "1001";
    row.event.body_check = static_cast<std::uint32_t>(amount);
    row.event.basis = LegalBasis::Contract;
    row.event.channel = Channel::Store;
    row.event.place = "lyon-1";
    row.event.product = "coat";
    row.event.quantity = 2 * kFixedScale;
    row.event.has_value = true;
    row.event.value = {amount, *Currency::parse("EUR")};
    row.event.identifiers = {{IdentifierType::LoyaltyCard, "AB1234", {}},
                             {IdentifierType::ExternalId, "crm:77", {}}};
    row.consents = {{"service", true}};
    return row;
}
// Its number was somebody else's before.
IngestReply conflict_with_somebody(ReplayShop& shop) {
    collect::Incoming other = receipt(shop, 199'000);
    other.event.identifiers = {{IdentifierType::UserId, "somebody", {}}};
    shop.sends(std::move(other), true);
    return shop.sends(receipt(shop, 299'000), true);
}

TEST(QuarantineReplay, ACorrectedRowOfAnImportIsShownWholeAndReplayedWhole) {
    fake::FakeDisk a, b;
    ReplayShop shop(a), in_time(b);
    shop.sends(receipt(shop, 199'000), true);
    const IngestReply conflict = shop.sends(receipt(shop, 299'000), true);
    ASSERT_EQ(conflict.quarantined, 1u);
    const std::string shown = shop.shown(conflict.sequence);
    const json::value text = json::parse(shown);
    EXPECT_EQ(json::serialize(text.at("context").at("externalIds")),
              R"([{"type":"loyalty_card","id":"AB1234"},{"type":"crm","id":"77"}])");
    EXPECT_EQ(json::serialize(text.at("properties")),
              R"({"value":2.99E1,"currency":"EUR","quantity":2,"product_id":"coat"})");
    EXPECT_EQ(text.at("context").at("place"), "lyon-1");
    EXPECT_EQ(text.at("context").at("channel"), "store");
    EXPECT_TRUE(text.at("context").at("consent").at("categoryPreferences").at("service").as_bool());
    // The first row is another event of the same person.
    fake::FakeDisk c;
    ReplayShop alone(c);
    const IngestReply second = conflict_with_somebody(alone);
    ASSERT_EQ(second.quarantined, 1u);
    EXPECT_EQ(alone.replay(second.sequence), "replayed");
    in_time.sends(receipt(in_time, 299'000), true);
    EXPECT_EQ(alone.event_of_person("loyalty_card", "AB1234"),
              in_time.event_of_person("loyalty_card", "AB1234"));
}

TEST(QuarantineReplay, ARepairedRowOfAnImportIsStillOne) {
    fake::FakeDisk disk;
    ReplayShop shop(disk);
    const IngestReply conflict = conflict_with_somebody(shop);
    const std::string shown = shop.shown(conflict.sequence);
    EXPECT_EQ(shop.replay(conflict.sequence, shown), "replayed") << shown;
    const std::string event = shop.event_of_person("loyalty_card", "AB1234");
    for (const char* part : {R"("basis":"contract")", R"("imported":true)", R"("place":"lyon-1")",
                             R"("channel":"store")", R"({"type":"external_id","value":"crm:77"})"})
        EXPECT_NE(event.find(part), std::string::npos) << part << "\n" << event;
}

TEST(QuarantineReplay, ACorrectedRowGoesWithThePersonItIsOf) {
    fake::FakeDisk disk;
    ReplayShop shop(disk);
    shop.sends(receipt(shop, 199'000), true);
    const IngestReply conflict = shop.sends(receipt(shop, 299'000), true);
    shop.runtime->wait_until_folded();
    const std::string id =
        shop.runtime->find_profile("loyalty_card", "AB1234", "", 0).value().substr(7, 32);
    const auto erased = shop.erase(id);
    ASSERT_TRUE(erased.ok());
    EXPECT_NE(erased.value().find(R"("quarantined":1)"), std::string::npos) << erased.value();
    EXPECT_EQ(shop.replay(conflict.sequence).substr(0, 19), "quarantine.resolved");
}

TEST(QuarantineReplay, AnAliasOfTwoUserIdsIsShownWithEachKeyOnce) {
    fake::FakeDisk disk;
    ReplayShop shop(disk);
    const auto alias = [&](const char* name) {
        return shop.read(Route::Alias,
                         R"({"userId":"camille","previousId":"old","messageId":"m","name":")" +
                             std::string(name) + R"(","context":{)" + kYes + "}}",
                         {}, true);
    };
    shop.ingest(alias("a"));
    const auto conflict = shop.ingest(alias("b"));
    ASSERT_TRUE(conflict && conflict->quarantined == 1);
    const std::string shown = shop.shown(conflict->sequence);
    EXPECT_EQ(shown.find("userId"), shown.rfind("userId")) << shown;
    EXPECT_NE(shown.find(R"({"type":"user_id","id":"old"})"), std::string::npos) << shown;
    EXPECT_EQ(shop.replay(conflict->sequence, shown), "replayed");
}

}  // namespace
}  // namespace filrouge::engine
