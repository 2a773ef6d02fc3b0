// The button of a mail (RFC 8058): pressed it ends the purpose, looked at it ends nothing, and the
// link tells nobody anything.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/consents.h"
#include "engine/erasing_for_test.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr const char* kCamille = "camille7q";
constexpr const char* kMail = "camille7q@shop.test";

struct MailingShop : ErasingShop {
    static Settings mailing() {
        Settings s = small_files();
        for (const char* name : {"marketing.email", "digest"}) {
            s.purposes.push_back({name, LegalBasis::Consent, false, {}});
            s.purposes.back().channel = "email";
        }
        s.purposes.push_back({"recall", LegalBasis::LegalObligation, false, {}});
        s.purposes.back().channel = "email";
        return s;
    }
    explicit MailingShop(fake::FakeDisk& on, std::uint64_t seed = 1, Duration later = {})
        : ErasingShop(on, seed, later, mailing()) {}
    void meet() {
        sees(kCamille, {{IdentifierType::Email, kMail, {}}});
        for (const char* purpose : {"marketing.email", "digest"}) agrees(purpose);
    }
    void agrees(const std::string& purpose) {
        clock.advance(minutes(1));
        command(&Runtime::set_consent, std::string(R"({"type":"email","value":")") + kMail +
                                           R"(","purposes":{")" + purpose + R"(":true}})");
        runtime->wait_until_folded();
    }
    json::object permit(const std::string& purpose) {
        const auto told = runtime->consents().permit_json(R"({"profile":")" + id_of(kCamille) +
                                                          R"(","purpose":")" + purpose +
                                                          R"(","channel":"email"})");
        EXPECT_TRUE(told.ok()) << (told.ok() ? "" : told.error().message);
        return told.ok() ? json::parse(told.value()).as_object() : json::object();
    }
    bool may(const std::string& purpose) { return permit(purpose).at("allowed").as_bool(); }
    std::string token(const std::string& purpose) {
        const json::object told = permit(purpose);
        const std::string path(told.at("unsubscribe").at("path").as_string());
        EXPECT_TRUE(path.starts_with("/v1/unsubscribe/")) << path;
        return path.substr(path.rfind('/') + 1);
    }
    std::string presses(const std::string& token) {
        clock.advance(minutes(1));
        auto told = std::make_shared<std::promise<Result<std::string>>>();
        runtime->consents().unsubscribe(
            token, [told](const Result<std::string>& r) { told->set_value(r); });
        const auto result = told->get_future().get();
        return result.ok() ? "" : result.error().code;
    }
};

TEST(Unsubscribe, PressedItEndsOnePurposeAndLookedAtNone) {
    fake::FakeDisk disk;
    MailingShop shop(disk);
    shop.meet();
    const json::object told = shop.permit("marketing.email");
    EXPECT_EQ(told.at("unsubscribe").at("list_unsubscribe_post"), "List-Unsubscribe=One-Click");
    const std::string token = shop.token("marketing.email");
    EXPECT_EQ(token, shop.token("marketing.email")) << "of a day and an address it is one";
    EXPECT_NE(token, shop.token("digest"));
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(shop.runtime->consents().unsubscribes_from(token).value(),
                  R"({"purpose":"marketing.email"})");
    EXPECT_TRUE(shop.may("marketing.email")) << "what scans mails follows links";
    EXPECT_EQ(shop.presses(token), "");
    EXPECT_FALSE(shop.may("marketing.email")) << "at once";
    EXPECT_TRUE(shop.may("digest"));
    shop.agrees("marketing.email");  // a customer file that says yes every night
    EXPECT_FALSE(shop.may("marketing.email"));
    const std::string receipt = shop.runtime->consents().receipt(shop.id_of(kCamille), "").value();
    EXPECT_NE(receipt.find("\"means\":\"one_click\""), std::string::npos);
    EXPECT_FALSE(shop.permit("marketing.email").contains("unsubscribe"));
    EXPECT_FALSE(shop.permit("recall").contains("unsubscribe")) << "no click ends the law's duty";
}

TEST(Unsubscribe, PressedTwiceItIsOneWordAndAfterANewYesAnotherOne) {
    fake::FakeDisk disk;
    MailingShop shop(disk);
    shop.meet();
    const std::string token = shop.token("marketing.email");
    EXPECT_EQ(shop.presses(token), "");
    const std::uint64_t events = stored(*shop.runtime);
    EXPECT_EQ(shop.presses(token), "");
    EXPECT_EQ(stored(*shop.runtime), events);
    shop.clock.advance(minutes(1));
    ASSERT_TRUE(shop.runtime->rights()
                    .object(shop.id_of(kCamille),
                            R"({"purposes":["marketing.email"],"withdrawn":true,)"
                            R"("evidence":{"letter":"it was a mistake"}})",
                            "t1")
                    .ok());
    EXPECT_TRUE(shop.may("marketing.email")) << "the yes that stood before";
    EXPECT_EQ(shop.presses(token), "");
    EXPECT_FALSE(shop.may("marketing.email"));
}

TEST(Unsubscribe, ALinkTellsNobodyAnythingAndIsNobodysToMake) {
    fake::FakeDisk disk;
    std::string token;
    {
        MailingShop shop(disk);
        shop.meet();
        token = shop.token("marketing.email");
        EXPECT_LE(token.size(), 80u);
        EXPECT_EQ(token.find("camille"), std::string::npos);
        EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                          "0123456789-_"),
                  std::string::npos)
            << token;
        for (std::size_t i = 0; i < token.size(); ++i) {
            std::string other = token;
            // The last character holds bits that decoding leaves out.
            other[i] = other[i] == 'A' ? 'Q' : 'A';
            if (i + 1 == token.size()) continue;
            EXPECT_EQ(shop.presses(other), "unsubscribe_not_found") << i;
        }
        for (const std::string& none :
             {std::string(), std::string("x"), std::string(5'000, 'A'), token + token})
            EXPECT_EQ(shop.presses(none), "unsubscribe_not_found");
        EXPECT_TRUE(shop.may("marketing.email"));
        shop.runtime->stop();
    }
    {
        MailingShop shop(disk, 2, days(4 * 365));
        EXPECT_EQ(shop.presses(token), "") << "years later";
        EXPECT_FALSE(shop.may("marketing.email"));
        shop.runtime->stop();
    }
    MailingShop shop(disk, 3, days(6 * 365));
    EXPECT_EQ(shop.presses(token), "unsubscribe.expired");
    EXPECT_EQ(shop.runtime->consents().unsubscribes_from(token).error().code,
              "unsubscribe.expired");
}

TEST(Unsubscribe, WhoWasErasedIsAnsweredKindly) {
    fake::FakeDisk disk;
    MailingShop shop(disk);
    shop.meet();
    const std::string token = shop.token("marketing.email");
    ASSERT_TRUE(shop.erase(shop.id_of(kCamille)).ok());
    EXPECT_EQ(shop.presses(token), "");
    shop.wait_until_complete();
    const std::uint64_t events = stored(*shop.runtime);
    EXPECT_EQ(shop.presses(token), "");
    EXPECT_TRUE(shop.runtime->consents().unsubscribes_from(token).ok());
    EXPECT_EQ(stored(*shop.runtime), events) << "and nothing is kept of them";
    EXPECT_FALSE(shop.knows(kCamille));
}

}  // namespace
}  // namespace filrouge::engine
