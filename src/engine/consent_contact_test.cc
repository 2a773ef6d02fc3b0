// Who may be reached, through the runtime: gate 3, double opt-in, STOP, suppression lists.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <future>
#include <thread>

#include "collect/parser.h"
#include "engine/consents.h"
#include "engine/rights_desk.h"
#include "engine/shop_for_test.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

PurposeSetting reaching(const char* name, const char* channel) {
    PurposeSetting purpose{name, LegalBasis::Consent, true, {"Advertising"}};
    purpose.channel = channel;
    return purpose;
}

Settings mailing_shop() {
    Settings settings = shop_settings();
    settings.purposes.push_back(reaching("marketing.email", "email"));
    settings.purposes.push_back(reaching("marketing.sms", "sms"));
    settings.purposes.push_back(reaching("marketing.call", "phone"));
    settings.purposes.push_back(reaching("letter", "email"));
    settings.purposes.back().double_opt_in = true;
    settings.purposes.push_back(reaching("offers", "email"));
    settings.purposes.back().soft_opt_in = true;
    return settings;
}

// On a Monday at noon in Paris.
struct Mailing : Shop {
    explicit Mailing(fake::FakeDisk& disk_, const Settings& settings = mailing_shop())
        : Shop(disk_, 1, {}, settings) {
        constexpr std::int64_t kMondayNoon = 1'795'431'600'000'000;  // 2026-11-23T11:00:00Z
        clock.advance(Duration{kMondayNoon - clock.now().us});
    }
    Consents& consents() { return runtime->consents(); }
    std::string told(const std::function<void(Reply)>& what) {
        auto answer = std::make_shared<std::promise<Result<std::string>>>();
        what([answer](const Result<std::string>& r) { answer->set_value(r); });
        const Result<std::string> result = answer->get_future().get();
        return result.ok() ? result.value() : result.error().code;
    }
    std::string choose(const char* type, const char* value, const std::string& purposes) {
        return command(&Runtime::set_consent, std::string(R"({"type":")") + type +
                                                  R"(","value":")" + value + R"(","purposes":)" +
                                                  purposes + "}");
    }
    std::string profile(const char* type, const char* value) {
        const auto found = runtime->find_profile(type, value, "", 0);
        EXPECT_TRUE(found.ok()) << value;
        return found.ok() ? std::string(json::parse(found.value()).at("id").as_string()) : "";
    }
    std::string permit(const std::string& profile, const char* purpose, const char* channel,
                       const char* category = "", const char* address = "") {
        const auto permit = consents().permit({profile, "", purpose, channel, category, address});
        return permit.ok() ? std::string(name_of(permit.value().ground())) : permit.error().code;
    }
    std::string sms(const char* text) {
        return told([&](Reply done) {
            consents().take_sms(std::string(R"({"from":"06 39 98 00 01","text":")") + text + "\"}",
                                std::move(done));
        });
    }
    std::string suppress(const std::string& body) {
        return told([&](Reply done) { consents().suppress(body, std::move(done)); });
    }
};

constexpr const char* kAddress = "camille@shop.test";
constexpr const char* kNumber = "+33639980001";

TEST(Contact, APermitFollowsTheConsent) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    shop.choose("email", kAddress, R"({"marketing.email":true})");
    const std::string camille = shop.profile("email", kAddress);
    EXPECT_EQ(shop.permit(camille, "marketing.email", "email"), "consent");
    EXPECT_EQ(shop.permit(camille, "marketing.email", "sms"), "permit.other_channel");
    EXPECT_EQ(shop.permit(camille, "marketing.sms", "sms"), "permit.no_consent");
    EXPECT_EQ(shop.permit(camille, "unheard", "email"), "api.unknown_purpose");
    EXPECT_EQ(shop.permit(camille, "marketing.email", "pigeon"), "permit.unknown_channel");
    EXPECT_EQ(shop.permit("0", "marketing.email", "email"), "profile_not_found");
    shop.choose("email", kAddress, R"({"marketing.email":false})");
    EXPECT_EQ(shop.permit(camille, "marketing.email", "email"), "permit.no_consent");
}

// E6: what is asked after a withdrawal was acknowledged finds it, however many ask at once.
TEST(Contact, NoPermitStartsAfterAWithdrawalWasAcknowledged) {
    constexpr int kTries = 10'000;
    fake::FakeDisk disk;
    Mailing shop(disk);
    shop.choose("email", kAddress, R"({"marketing.email":true})");
    const std::string camille = shop.profile("email", kAddress);
    std::atomic<int> tries = 0, late = 0, given = 0;
    std::atomic<bool> ends = false;
    // Odd while the withdrawal is acknowledged and no new consent was told.
    std::atomic<std::uint32_t> era = 0;
    const auto race = [&] {
        while (!ends || tries < kTries) {
            const std::uint32_t before = era;
            const bool allowed = shop.permit(camille, "marketing.email", "email") == "consent";
            ++tries;
            given += allowed ? 1 : 0;
            if (allowed && before % 2 == 1 && era == before) ++late;
        }
    };
    std::thread one(race), other(race);
    for (int round = 0; round < 100 || tries < kTries; ++round) {
        shop.choose("email", kAddress, R"({"marketing.email":false})");
        ++era;
        for (const int seen = tries; tries < seen + 4;) std::this_thread::yield();
        ++era;
        shop.choose("email", kAddress, R"({"marketing.email":true})");
    }
    ends = true;
    one.join();
    other.join();
    EXPECT_GE(tries, kTries);
    EXPECT_EQ(late, 0);
    EXPECT_GT(given, 0) << "else nothing was tried";
    EXPECT_LT(given, tries);
}

TEST(Contact, SmsKeepTheHoursOfThePersonsClock) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    shop.choose("phone", kNumber, R"({"marketing.sms":true})");
    const std::string camille = shop.profile("phone", kNumber);
    EXPECT_EQ(shop.permit(camille, "marketing.sms", "sms"), "consent");
    shop.clock.advance(seconds((8 * 60 + 29) * 60 + 59));
    EXPECT_EQ(shop.permit(camille, "marketing.sms", "sms"), "consent") << "20:29:59 in Paris";
    shop.clock.advance(seconds(1));
    EXPECT_EQ(shop.permit(camille, "marketing.sms", "sms"), "permit.not_now");
    const json::value told =
        json::parse(shop.consents()
                        .permit_json(R"({"profile":")" + camille +
                                     R"(","purpose":"marketing.sms","channel":"sms"})")
                        .value());
    EXPECT_FALSE(told.at("allowed").as_bool());
    EXPECT_EQ(told.at("next_local").as_string(), "2026-11-24T08:00");
}

TEST(Contact, AFifthCallInThirtyDaysIsNone) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    shop.choose("phone", kNumber, R"({"marketing.call":true})");
    const std::string camille = shop.profile("phone", kNumber);
    for (int tried = 0; tried < 4; ++tried) {
        EXPECT_EQ(shop.permit(camille, "marketing.call", "phone"), "consent") << tried;
        IngestRequest request = shop.request_of({"0-call" + std::to_string(tried)});
        auto* incoming = std::get_if<collect::Incoming>(&request.items.front());
        incoming->event.name = "Call Attempted";
        incoming->event.identifiers = {{IdentifierType::Phone, kNumber, {}}};
        ASSERT_TRUE(shop.ingest(std::move(request)));
        shop.runtime->wait_until_folded();
    }
    EXPECT_EQ(shop.permit(camille, "marketing.call", "phone"), "permit.not_now");
    shop.clock.advance(days(30));  // a Wednesday
    EXPECT_EQ(shop.permit(camille, "marketing.call", "phone"), "consent");
}

// She agreed to calls and to nothing else, so a source of measurement may not collect about her.
TEST(Contact, TriesAreCountedOfWhomNothingElseIsCollectedAbout) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    shop.choose("phone", kNumber, R"({"marketing.call":true})");
    const std::string camille = shop.profile("phone", kNumber);
    const auto sends = [&shop](const std::string& id, const char* name) {
        IngestRequest request = shop.request_of({id});
        auto* incoming = std::get_if<collect::Incoming>(&request.items.front());
        incoming->event.name = name;
        incoming->event.identifiers = {{IdentifierType::Phone, kNumber, {}}};
        incoming->event.place = "callcentre7q";
        incoming->consents.clear();
        PackedWriter w(incoming->event.properties);
        const std::size_t all = w.begin_object(1);
        w.key("note");
        w.string("spoke7q");
        w.end(all);
        const auto reply = shop.ingest(std::move(request));
        shop.runtime->wait_until_folded();
        return reply ? reply->stored : 0;
    };
    EXPECT_EQ(sends("0-seen", "Product Viewed"), 0u);
    for (int tried = 0; tried < 4; ++tried) {
        EXPECT_EQ(shop.permit(camille, "marketing.call", "phone"), "consent") << tried;
        EXPECT_EQ(sends("0-call" + std::to_string(tried), "Call Attempted"), 1u);
    }
    EXPECT_EQ(shop.permit(camille, "marketing.call", "phone"), "permit.not_now");
    const std::string told = shop.runtime->rights().export_profile(camille).value();
    EXPECT_NE(told.find("Call Attempted"), std::string::npos);
    EXPECT_NE(told.find("legal_obligation"), std::string::npos);
    for (const char* more : {"spoke7q", "callcentre7q"})
        EXPECT_EQ(told.find(more), std::string::npos) << "nothing but who, when and that";
    for (const char* purpose : {"measurement", "marketing.call"}) {
        const auto thread = shop.runtime->thread(camille, purpose, "", 0, 100, 0);
        if (thread.ok()) {
            EXPECT_EQ(thread.value().find("Call Attempted"), std::string::npos) << purpose;
        }
    }
    shop.clock.advance(days(30));
    EXPECT_EQ(shop.permit(camille, "marketing.call", "phone"), "consent");
}

TEST(Contact, APostcodeToldAsANumberIsOfItsRegion) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    constexpr std::int64_t kStStephen = 1'798'282'800'000'000;  // Saturday 2026-12-26T11:00:00Z
    shop.clock.advance(Duration{kStStephen - shop.clock.now().us});
    const auto lives_at = [&shop](const std::string& who, std::int64_t code) {
        IngestRequest request = shop.request_of({"0-" + who});
        auto* incoming = std::get_if<collect::Incoming>(&request.items.front());
        incoming->event.kind = EventKind::Identify;
        incoming->event.identifiers = {{IdentifierType::UserId, who, {}},
                                       {IdentifierType::Phone, "+3363998" + who, {}}};
        incoming->consents = {{"measurement", true}, {"marketing.sms", true}};
        PackedWriter w(incoming->event.traits);
        const std::size_t all = w.begin_object(1);
        w.key("postal_code");
        w.integer(code);
        w.end(all);
        ASSERT_TRUE(shop.ingest(std::move(request)));
        shop.runtime->wait_until_folded();
    };
    lives_at("elsa", 67000);
    lives_at("anne", 1000);
    EXPECT_EQ(shop.permit(shop.profile("user_id", "elsa"), "marketing.sms", "sms"),
              "permit.not_now")
        << "a holiday in Alsace";
    EXPECT_EQ(shop.permit(shop.profile("user_id", "anne"), "marketing.sms", "sms"), "consent");
}

Settings two_countries() {
    Settings settings = mailing_shop();
    settings.sources.clear();
    settings.brands.clear();
    for (const auto& [id, code] : {std::pair{"fr", "33"}, std::pair{"be", "32"}}) {
        settings.brands.push_back({id, id, "Europe/Paris", "EUR", code});
        settings.sources.push_back({std::string("web-") + id,
                                    id,
                                    std::string("wk-") + id,
                                    "web",
                                    "measurement",
                                    "consent",
                                    false,
                                    id,
                                    {}});
    }
    return settings;
}

struct TwoCountries : Mailing {
    explicit TwoCountries(fake::FakeDisk& on) : Mailing(on, two_countries()) {}
    std::string agrees(const std::string& brand, const std::string& number) {
        command(&Runtime::set_consent, R"({"brand":")" + brand + R"(","type":"phone","value":")" +
                                           number + R"(","purposes":{"marketing.sms":true}})");
        const auto found = runtime->find_profile("phone", number, brand, 0);
        EXPECT_TRUE(found.ok());
        return found.ok() ? std::string(json::parse(found.value()).at("id").as_string()) : "";
    }
    std::string list(const std::string& addresses, const std::string& more = "") {
        return suppress(R"({"list":"x","channel":"sms","addresses":[)" + addresses + "]" + more +
                        "}");
    }
};

TEST(Contact, ANationalNumberOfAListIsBlockedInTheCountryOfEachBrand) {
    fake::FakeDisk disk;
    TwoCountries shop(disk);
    const std::string lea = shop.agrees("be", "+32471234567");
    const std::string jean = shop.agrees("fr", "+33612345678");
    EXPECT_EQ(shop.permit(lea, "marketing.sms", "sms"), "consent");
    EXPECT_EQ(shop.list(R"("0471 23 45 67","06 12 34 56 78")"),
              R"({"list":"x","channel":"sms","lifted":false,"addresses":2,"invalid":0})");
    EXPECT_EQ(shop.permit(lea, "marketing.sms", "sms"), "permit.suppressed");
    EXPECT_EQ(shop.permit(jean, "marketing.sms", "sms"), "permit.suppressed");

    EXPECT_EQ(shop.list(R"("0471 23 45 67")", R"(,"lifted":true)"), "suppression.brand_missing")
        << "it might lift the number of somebody else";
    EXPECT_EQ(shop.permit(lea, "marketing.sms", "sms"), "permit.suppressed");
    shop.list(R"("0471 23 45 67")", R"(,"lifted":true,"brand":"fr")");
    EXPECT_EQ(shop.permit(lea, "marketing.sms", "sms"), "permit.suppressed");
    shop.list(R"("0471 23 45 67")", R"(,"lifted":true,"brand":"be")");
    EXPECT_EQ(shop.permit(lea, "marketing.sms", "sms"), "consent");
    EXPECT_EQ(shop.list(R"("0471 23 45 67")", R"(,"brand":"nl")"), "api.unknown_brand");
    shop.list(R"("+32471234567")");
    shop.list(R"("+32 471 23 45 67")", R"(,"lifted":true)");
    EXPECT_EQ(shop.permit(lea, "marketing.sms", "sms"), "consent") << "that is only one number";
}

TEST(Contact, APermitReadsAnAddressByTheBrandThatKnowsThePerson) {
    fake::FakeDisk disk;
    TwoCountries shop(disk);
    const std::string lea = shop.agrees("be", "+32471234567");
    shop.list(R"("+32 471 99 99 99")");
    EXPECT_EQ(shop.permit(lea, "marketing.sms", "sms", "", "0471 99 99 99"), "permit.suppressed");
    EXPECT_EQ(shop.permit(lea, "marketing.sms", "sms", "", "0471 99 99 98"), "permit.not_theirs");
    EXPECT_EQ(shop.permit(lea, "marketing.sms", "sms", "", "0471 23 45 67"), "consent");
}

TEST(Contact, StopIsHeardInQuotesBracketsAndBeforeAnySign) {
    for (const char* text :
         {R"(\"STOP\")", "\u00abSTOP\u00bb", "\u00ab\u00a0Stop\u00a0\u00bb svp", "(stop)", "Stop?",
          "stop", "\u201cStop\u201d", "STOP-PUB", "\U0001F621 STOP!!", "\u200bstop"}) {
        fake::FakeDisk disk;
        Mailing shop(disk);
        EXPECT_NE(shop.sms(text).find(R"("stopped":true)"), std::string::npos) << text;
    }
    fake::FakeDisk disk;
    Mailing shop(disk);
    for (const char* text :
         {"stopper", "Stopp\u00e9", "stop\u0301", "Non, stop", "\u00abMerci\u00bb stop", "?!"})
        EXPECT_EQ(shop.sms(text), R"({"stopped":false})") << text;
}

TEST(Contact, ASuppressedAddressIsNotReachedUntilItIsLifted) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    shop.choose("email", kAddress, R"({"marketing.email":true})");
    const std::string camille = shop.profile("email", kAddress);
    const std::string list =
        R"({"list":"bounce","channel":"email","addresses":["Camille@Shop.test","nobody"])";
    EXPECT_EQ(shop.suppress(list + "}"),
              R"({"list":"bounce","channel":"email","lifted":false,"addresses":1,"invalid":1})");
    EXPECT_EQ(shop.permit(camille, "marketing.email", "email"), "permit.suppressed");
    EXPECT_EQ(shop.permit(camille, "marketing.email", "email", "", "other@shop.test"),
              "permit.not_theirs");
    EXPECT_EQ(shop.consents().suppressions().value(),
              R"({"suppressed":{"email":1,"sms":0,"phone":0}})");
    shop.suppress(list + R"(,"lifted":true})");
    EXPECT_EQ(shop.permit(camille, "marketing.email", "email"), "consent");
    EXPECT_EQ(shop.suppress(R"({"list":"x","channel":"push","addresses":["a"]})"),
              "suppression.unknown_channel");
    EXPECT_EQ(shop.suppress(R"({"list":"x","channel":"sms","addresses":[]})"),
              "suppression.invalid_addresses");
}

TEST(Contact, SuppressionsOutliveARestartAndTellNobodysAddress) {
    fake::FakeDisk disk;
    {
        Mailing shop(disk);
        shop.suppress(R"({"list":"do-not-call","channel":"sms","addresses":["+33639980001"]})");
    }
    for (const std::string& path : disk.paths())
        EXPECT_EQ(disk.raw(path).find("39980001"), Bytes::npos) << path;
    Mailing shop(disk);
    shop.choose("phone", kNumber, R"({"marketing.sms":true})");
    EXPECT_EQ(shop.permit(shop.profile("phone", kNumber), "marketing.sms", "sms"),
              "permit.suppressed");
}

TEST(Contact, WhoAnswersStopIsNotWrittenToAgain) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    shop.choose("phone", kNumber, R"({"marketing.sms":true,"marketing.call":true})");
    const std::string camille = shop.profile("phone", kNumber);
    EXPECT_EQ(shop.sms("Merci, non"), R"({"stopped":false})");
    EXPECT_EQ(shop.sms("I will not stop"), R"({"stopped":false})");
    EXPECT_EQ(shop.permit(camille, "marketing.sms", "sms"), "consent");
    EXPECT_NE(shop.sms(" Stop. Merci").find(R"("stopped":true)"), std::string::npos);
    EXPECT_EQ(shop.permit(camille, "marketing.sms", "sms"), "permit.suppressed");
    EXPECT_EQ(shop.permit(camille, "marketing.call", "phone"), "consent") << "another channel";
    shop.choose("phone", kNumber, R"({"marketing.sms":true})");
    EXPECT_EQ(shop.permit(camille, "marketing.sms", "sms"), "permit.suppressed")
        << "a consent does not lift it; a list does";
    EXPECT_EQ(shop.told([&](Reply done) {
        shop.consents().take_sms(R"({"from":"nobody","text":"STOP"})", std::move(done));
    }),
              "consent.invalid_identifier");
}

std::string token_of(const std::string& answer) {
    const json::value told = json::parse(answer);
    const std::string path(told.at("confirmation").at("path").as_string());
    return path.substr(path.rfind('/') + 1);
}
std::string confirm(Mailing& shop, const std::string& token) {
    return shop.told([&](Reply done) { shop.consents().confirm(token, std::move(done)); });
}

TEST(DoubleOptIn, AYesCountsOnceItsButtonWasPressed) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    const std::string asked =
        shop.choose("email", kAddress, R"({"letter":true,"marketing.email":true})");
    const std::string token = token_of(asked);
    const std::string camille = shop.profile("email", kAddress);
    EXPECT_EQ(shop.permit(camille, "marketing.email", "email"), "consent") << "needs none";
    EXPECT_EQ(shop.permit(camille, "letter", "email"), "permit.no_consent");
    EXPECT_TRUE(shop.consents().check_confirmation(token).ok());
    EXPECT_EQ(shop.permit(camille, "letter", "email"), "permit.no_consent")
        << "looking at the page is no yes";
    EXPECT_EQ(confirm(shop, token), R"({"confirmed":["letter"]})");
    EXPECT_EQ(shop.permit(camille, "letter", "email"), "consent");
    EXPECT_EQ(confirm(shop, token), "confirmation_not_found") << "good for once";
    EXPECT_EQ(confirm(shop, "guess"), "confirmation_not_found");
    shop.choose("email", kAddress, R"({"letter":false})");
    EXPECT_EQ(shop.permit(camille, "letter", "email"), "permit.no_consent");
    const json::value report = json::parse(shop.consents().verify().value());
    EXPECT_TRUE(report.at("whole").as_bool());
}

TEST(DoubleOptIn, ALinkExpiresAndARefusalEndsIt) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    const std::string old = token_of(shop.choose("email", kAddress, R"({"letter":true})"));
    shop.clock.advance(hours(48));
    EXPECT_EQ(confirm(shop, old), "confirmation.expired");
    const std::string next = token_of(shop.choose("email", kAddress, R"({"letter":true})"));
    shop.clock.advance(minutes(1));
    shop.choose("email", kAddress, R"({"letter":false})");
    EXPECT_EQ(confirm(shop, next), "confirmation_not_found");
    EXPECT_EQ(shop.choose("user_id", "camille", R"({"letter":true})"), "consent.needs_address");
}

TEST(DoubleOptIn, NoEventOfASiteStandsForThePress) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    IngestRequest request = shop.request_of({"0-a"});
    auto* incoming = std::get_if<collect::Incoming>(&request.items.front());
    incoming->event.identifiers = {{IdentifierType::Email, kAddress, {}}};
    incoming->consent_change = true;
    incoming->consents = {{"letter", true}, {"measurement", true}};
    ASSERT_TRUE(shop.ingest(std::move(request)));
    EXPECT_EQ(shop.permit(shop.profile("email", kAddress), "letter", "email"), "permit.no_consent");
}

// As POST /v1/import reads it: a page's key opens that door, and everybody has it who reads a page.
IngestRequest history_with_a_yes(Mailing& shop) {
    collect::RequestContext context;
    context.received = shop.clock.now();
    collect::Parser parser;
    auto parsed = parser.parse_tracking(
        collect::Route::Import,
        std::string(R"({"batch":[{"type":"track","event":"Consent Updated","userId":"x",)") +
            R"("properties":{"email":")" + kAddress +
            R"(","purposes":{"letter":true,"measurement":true}}}]})",
        context, {});
    EXPECT_TRUE(parsed.ok());
    IngestRequest request;
    request.source = shop.runtime->source_by_write_key("wk")->number;
    request.import = true;
    request.items = std::move(parsed.value().items);
    return request;
}

TEST(DoubleOptIn, NoHistoryThatAPagesKeyBroughtInStandsForThePress) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    const auto reply = shop.ingest(history_with_a_yes(shop));
    ASSERT_TRUE(reply && reply->stored == 1);
    EXPECT_EQ(shop.permit(shop.profile("user_id", "x"), "letter", "email", "", kAddress),
              "permit.no_consent");
}

TEST(DoubleOptIn, AnOperatorsImportCountsAsTold) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    IngestRequest request = history_with_a_yes(shop);
    request.confirmed = true;
    ASSERT_TRUE(shop.ingest(std::move(request)));
    EXPECT_EQ(shop.permit(shop.profile("user_id", "x"), "letter", "email", "", kAddress),
              "consent");
}

// An event about an order of a coat, whose number is told as a text, or as the number 4711.
void tells_order(Mailing& shop, const char* id, const char* name, const char* order_id) {
    IngestRequest request = shop.request_of({id});
    auto* incoming = std::get_if<collect::Incoming>(&request.items.front());
    incoming->event.name = name;
    incoming->event.basis = LegalBasis::Contract;
    incoming->event.identifiers = {{IdentifierType::Email, kAddress, {}}};
    PackedWriter w(incoming->event.properties);
    const std::size_t all = w.begin_object(2);
    w.key("order_id");
    if (order_id == nullptr)
        w.integer(4711);
    else
        w.string(order_id);
    w.key("products");
    const std::size_t products = w.begin_array(1);
    const std::size_t product = w.begin_object(2);
    w.key("product_id");
    w.string("P1");
    w.key("category");
    w.string("coats");
    w.end(product);
    w.end(products);
    w.end(all);
    ASSERT_TRUE(shop.ingest(std::move(request)));
    shop.runtime->wait_until_folded();
}

TEST(SoftOptIn, ACancelledOrderIsNoSaleWhetherItsNumberIsATextOrANumber) {
    for (const auto& [ordered, cancelled] : std::initializer_list<std::array<const char*, 2>>{
             {nullptr, nullptr}, {nullptr, "4711"}, {"4711", nullptr}, {" 4711", "4711"}}) {
        fake::FakeDisk disk;
        Mailing shop(disk);
        tells_order(shop, "0-order", "Order Completed", ordered);
        const std::string camille = shop.profile("email", kAddress);
        tells_order(shop, "0-other", "Order Cancelled", "4712");
        EXPECT_EQ(shop.permit(camille, "offers", "email", "coats"), "soft_opt_in");
        tells_order(shop, "0-cancel", "Order Cancelled", cancelled);
        EXPECT_EQ(shop.permit(camille, "offers", "email", "coats"), "permit.no_consent");
    }
}

TEST(SoftOptIn, ACustomerIsWrittenToAboutTheLikeOfWhatTheyBought) {
    fake::FakeDisk disk;
    Mailing shop(disk);
    const auto send = [&shop](const char* id, const char* name) {
        tells_order(shop, id, name, "o-1");
    };
    send("0-account", "Account Created");
    const std::string camille = shop.profile("email", kAddress);
    EXPECT_EQ(shop.permit(camille, "offers", "email", "coats"), "permit.no_consent")
        << "an account is no sale";
    send("0-order", "Order Completed");
    EXPECT_EQ(shop.permit(camille, "offers", "email", "coats"), "soft_opt_in");
    EXPECT_EQ(shop.permit(camille, "offers", "email", "shoes"), "permit.no_consent");
    EXPECT_EQ(shop.permit(camille, "offers", "email"), "permit.no_consent");
    EXPECT_EQ(shop.permit(camille, "marketing.email", "email", "coats"), "permit.no_consent")
        << "the purpose does not say so";
    send("0-cancel", "Order Cancelled");
    EXPECT_EQ(shop.permit(camille, "offers", "email", "coats"), "permit.no_consent");
}

}  // namespace
}  // namespace filrouge::engine
