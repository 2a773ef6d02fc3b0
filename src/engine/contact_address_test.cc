// Where a permit lets a message go, and by whose clock: an address is the person's own, and who
// lives overseas is not called at night.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/consents.h"
#include "engine/contact_clocks.h"
#include "engine/shop_for_test.h"
#include "engine/zone.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

PurposeSetting reaching(const char* name, const char* channel) {
    PurposeSetting purpose{name, LegalBasis::Consent, false, {}};
    purpose.channel = channel;
    return purpose;
}

Settings reaching_shop() {
    Settings settings = shop_settings();
    settings.purposes.push_back(reaching("marketing.email", "email"));
    settings.purposes.push_back(reaching("marketing.sms", "sms"));
    settings.purposes.push_back(reaching("marketing.call", "phone"));
    settings.purposes.push_back(reaching("marketing.push", "push"));
    settings.purposes.push_back(reaching("marketing.post", "post"));
    return settings;
}

// Everybody says yes to everything.
struct Reaching : Shop {
    explicit Reaching(fake::FakeDisk& disk_) : Shop(disk_, 1, {}, reaching_shop()) {
        at(11, 0);
    }  // noon in Paris
    void at(int utc_hour, int minute) {
        constexpr std::int64_t kMonday = 1'795'392'000'000'000;  // 2026-11-23T00:00:00Z
        const std::int64_t then = kMonday + hours(utc_hour).us + minutes(minute).us;
        clock.advance(Duration{then - clock.now().us});
    }
    void knows(const std::string& who, std::vector<Identifier> also,
               const std::vector<std::pair<std::string, std::string>>& traits = {}) {
        IngestRequest request = request_of({"0-" + who});
        auto* incoming = std::get_if<collect::Incoming>(&request.items.front());
        incoming->event.kind = EventKind::Identify;
        incoming->event.identifiers = {{IdentifierType::UserId, who, {}}};
        for (Identifier& id : also) incoming->event.identifiers.push_back(std::move(id));
        incoming->consents = {{"measurement", true}};
        for (const char* purpose : {"marketing.email", "marketing.sms", "marketing.call",
                                    "marketing.push", "marketing.post"})
            incoming->consents.push_back({purpose, true});
        PackedWriter w(incoming->event.traits);
        const std::size_t all = w.begin_object(static_cast<std::uint32_t>(traits.size()));
        for (const auto& [key, value] : traits) {
            w.key(key);
            w.string(value);
        }
        w.end(all);
        ASSERT_TRUE(ingest(std::move(request)));
        runtime->wait_until_folded();
    }
    json::object asks(const std::string& who, const std::string& purpose,
                      const std::string& channel, const std::string& address = "") {
        const auto found = runtime->find_profile("user_id", who, "", 0);
        json::object body{{"profile", json::parse(found.value()).at("id")},
                          {"purpose", purpose},
                          {"channel", channel}};
        if (!address.empty()) body["address"] = address;
        const auto told = runtime->consents().permit_json(json::serialize(body));
        EXPECT_TRUE(told.ok()) << (told.ok() ? "" : told.error().message);
        return json::parse(told.value()).as_object();
    }
    std::string why(const std::string& who, const std::string& purpose, const std::string& channel,
                    const std::string& address = "") {
        const json::object told = asks(who, purpose, channel, address);
        return told.at("allowed").as_bool() ? "allowed" : std::string(told.at("why").as_string());
    }
};

Identifier email(const std::string& value) { return {IdentifierType::Email, value, {}}; }
Identifier phone(const std::string& value) { return {IdentifierType::Phone, value, {}}; }

TEST(ContactAddress, APermitCoversThePersonsOwnAddressesAndNobodyElses) {
    fake::FakeDisk disk;
    Reaching shop(disk);
    shop.knows("ann", {email("ann@shop.test"), phone("+33639980001")});
    shop.knows("bob", {email("bob@shop.test")});
    shop.knows("nobody", {});
    EXPECT_EQ(shop.why("ann", "marketing.email", "email"), "allowed");
    EXPECT_EQ(shop.why("ann", "marketing.email", "email", " Ann@Shop.test "), "allowed");
    EXPECT_EQ(shop.why("ann", "marketing.email", "email", "bob@shop.test"), "permit.not_theirs");
    EXPECT_EQ(shop.why("bob", "marketing.sms", "sms", "+33639980001"), "permit.not_theirs");
    EXPECT_EQ(shop.why("nobody", "marketing.email", "email"), "permit.no_address");
    EXPECT_EQ(shop.why("bob", "marketing.sms", "sms"), "permit.no_address");
    EXPECT_EQ(shop.why("bob", "marketing.call", "phone"), "permit.no_address");
    // Where they are reached is no identifier: a device, a street.
    EXPECT_EQ(shop.why("nobody", "marketing.push", "push"), "allowed");
    EXPECT_EQ(shop.why("nobody", "marketing.post", "post"), "allowed");
}

TEST(ContactAddress, WhoLivesOverseasIsReachedByTheClockThere) {
    fake::FakeDisk disk;
    Reaching shop(disk);
    shop.knows("reunion", {phone("+262692123456")}, {{"postal_code", "97400"}});
    shop.knows("by-number", {phone("+262692123457")});
    shop.knows("by-place", {phone("+33639980002")}, {{"postal_code", "97400"}});
    shop.knows("moved", {phone("+262692123458")}, {{"timezone", "Europe/Paris"}});
    shop.knows("paris", {phone("+33639980001")}, {{"postal_code", "75001"}});
    const std::pair<const char*, const char*> kWays[] = {{"marketing.sms", "sms"},
                                                         {"marketing.call", "phone"}};
    shop.at(18, 23);  // 19:23 in Paris, 22:23 in Réunion
    for (const auto& [purpose, channel] : kWays) {
        for (const char* who : {"reunion", "by-number", "by-place"})
            EXPECT_EQ(shop.why(who, purpose, channel), "permit.not_now") << who;
        for (const char* who : {"moved", "paris"})
            EXPECT_EQ(shop.why(who, purpose, channel), "allowed") << who;
    }
    EXPECT_EQ(shop.asks("reunion", "marketing.sms", "sms").at("next_local").as_string(),
              "2026-11-24T08:00");
    EXPECT_EQ(shop.asks("by-place", "marketing.sms", "sms").at("next_local").as_string(),
              "2026-11-24T11:00")
        << "08:00 in Paris, where the number may be";
    EXPECT_EQ(shop.why("paris", "marketing.email", "email"), "permit.no_address");
}

TEST(ContactClocks, WhereNoHourIsCommonNoMomentIsTold) {
    const auto paris = find_zone("Europe/Paris");
    ASSERT_NE(paris, nullptr);
    const consent::ContactRules rules = consent::french_contact_rules();
    consent::ContactWish wish;
    wish.channel = consent::ContactChannel::Phone;
    wish.at = consent::LocalTime{1'795'431'600'000'000};  // Monday 2026-11-23T11:00:00Z
    EXPECT_TRUE(ContactClocks(paris.get(), "97600", {}).next(rules, wish).has_value());
    EXPECT_FALSE(ContactClocks(paris.get(), "98600", {"+33639980001"}).next(rules, wish));
    for (const char* number : {"+262639123456", "+262269612345", "+33269612345"}) {
        std::vector<consent::LocalTime> tries;
        const auto there = ContactClocks(paris.get(), "", {number}).local(rules, wish, tries);
        EXPECT_EQ(there.at.us, wish.at.us + hours(3).us) << number << ": Mayotte";
    }
}

}  // namespace
}  // namespace filrouge::engine
