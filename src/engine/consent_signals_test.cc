// What a consent manager tells of some of a purpose's categories, through the doors.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "collect/parser.h"
#include "engine/consents.h"
#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

Settings asking_shop() {
    Settings settings = shop_settings();
    const auto add = [&](const char* name, std::vector<std::string> categories) {
        settings.purposes.push_back({name, LegalBasis::Consent, false, std::move(categories)});
        settings.purposes.back().channel = "onsite";  // wants no address
    };
    add("ads", {"ad_storage", "ad_user_data"});
    add("news", {"C3", "C4"});
    return settings;
}

struct AskingShop : Shop {
    explicit AskingShop(fake::FakeDisk& on) : Shop(on, 1, {}, asking_shop()) {}
    void tells(const std::string& context) {
        collect::RequestContext request;
        request.received = clock.now();
        collect::Parser parser;
        auto parsed =
            parser.parse_tracking(collect::Route::Track,
                                  R"({"userId":"x","event":"Page Seen","messageId":"m)" +
                                      std::to_string(++serial) + R"(","context":)" + context + "}",
                                  request, {});
        ASSERT_TRUE(parsed.ok());
        IngestRequest told;
        told.source = runtime->source_by_write_key("wk")->number;
        told.items = std::move(parsed.value().items);
        ASSERT_TRUE(ingest(std::move(told)));
        runtime->wait_until_folded();
    }
    std::string permit(const char* purpose) {
        const auto found = runtime->find_profile("user_id", "x", "", 0);
        if (!found.ok()) return found.error().code;
        const std::string id(json::parse(found.value()).at("id").as_string());
        const auto permit = runtime->consents().permit({id, "", purpose, "onsite", "", ""});
        return permit.ok() ? std::string(name_of(permit.value().ground())) : permit.error().code;
    }
    int serial = 0;
};

TEST(ConsentSignals, AYesToOneOfAPurposesCategoriesIsNone) {
    fake::FakeDisk disk;
    AskingShop shop(disk);
    shop.tells(R"({"consent":{"categoryPreferences":{"Analytics":true}}})");
    shop.tells(R"({"consent":{"gcs":"G111"}})");
    EXPECT_EQ(shop.permit("ads"), "permit.no_consent") << "gcs does not tell ad_user_data";
    shop.tells(R"({"consentManagement":{"allowedConsentIds":["C3"]}})");
    EXPECT_EQ(shop.permit("news"), "permit.no_consent");
    shop.tells(R"({"consent":{"categoryPreferences":{"C3":true}}})");
    EXPECT_EQ(shop.permit("news"), "permit.no_consent");
    shop.tells(R"({"consent":{"categoryPreferences":{"C3":true,"C4":true}}})");
    EXPECT_EQ(shop.permit("news"), "consent");
    shop.tells(R"({"consent":{"gcd":"13r3r3r2r5","gcs":"G111"}})");
    EXPECT_EQ(shop.permit("ads"), "consent");
    shop.tells(R"({"consent":{"gcs":"G111"}})");
    EXPECT_EQ(shop.permit("ads"), "consent") << "what it does not tell, it does not take back";
    shop.tells(R"({"consent":{"gcs":"G101"}})");
    EXPECT_EQ(shop.permit("ads"), "permit.no_consent");
    shop.tells(R"({"consentManagement":{"deniedConsentIds":["C4"]}})");
    EXPECT_EQ(shop.permit("news"), "permit.no_consent") << "a no to one is one to the purpose";
    shop.tells(R"({"consent":{"categoryPreferences":{"news":true}}})");
    EXPECT_EQ(shop.permit("news"), "consent") << "it is named itself";
}

TEST(ConsentSignals, AYesThatWouldCountForNothingIsRefusedAtTheApi) {
    fake::FakeDisk disk;
    AskingShop shop(disk);
    const auto choose = [&shop](const std::string& purposes) {
        return shop.command(&Runtime::set_consent,
                            R"({"type":"user_id","value":"x","purposes":)" + purposes + "}");
    };
    EXPECT_EQ(choose(R"({"C3":true})"), "consent.part_of_purpose");
    EXPECT_EQ(choose(R"({"news":true,"C3":true})").find("consent."), std::string::npos);
    EXPECT_EQ(shop.permit("news"), "consent");
    EXPECT_EQ(choose(R"({"C3":false})").find("consent."), std::string::npos);
    EXPECT_EQ(shop.permit("news"), "permit.no_consent");
}

}  // namespace
}  // namespace filrouge::engine
