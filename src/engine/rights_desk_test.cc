// Restriction, objection and correction through the running engine: what they stop, what they leave
// alone, and that they are there after a start.
#include "engine/rights_desk.h"
#include "engine/audiences_for_test.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/consents.h"
#include "engine/erasing_for_test.h"
#include "engine/rights_desk_impl.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr const char* kCamille = "camille7q";
constexpr const char* kRestrict = R"({"action":"restrict","reason":"She contests the address."})";
constexpr const char* kLift = R"({"action":"lift","reason":"It was right."})";

json::object parsed(const Result<std::string>& told) {
    EXPECT_TRUE(told.ok()) << (told.ok() ? "" : told.error().message);
    return told.ok() ? json::parse(told.value()).as_object() : json::object();
}

std::string code_of(const Result<std::string>& told) { return told.ok() ? "" : told.error().code; }

struct RightsShop : ErasingShop {
    static Settings with_purposes() {
        Settings s = small_files();
        s.purposes.push_back({"marketing.email", LegalBasis::Consent, false, {}});
        s.purposes.back().channel = "email";
        s.purposes.push_back({"recall", LegalBasis::LegalObligation, false, {}});
        s.purposes.back().channel = "email";
        return s;
    }
    explicit RightsShop(fake::FakeDisk& on, std::uint64_t seed = 1, Duration later = {})
        : ErasingShop(on, seed, later, with_purposes()) {}
    RightsDesk& rights() { return runtime->rights(); }
    void open_audience(const std::string& id, const std::string& purpose) {
        command(&Runtime::create_audience, R"x({"id":")x" + id + R"x(","name":")x" + id +
                                               R"x(","purpose":")x" + purpose +
                                               R"x(","rule":"any(Product Viewed)"})x");
    }
    std::int64_t members(const std::string& audience) {
        return parsed(runtime->members(audience, "", 10, 0)).at("count").to_number<std::int64_t>();
    }
    std::string permit(const std::string& profile, const std::string& purpose) {
        const auto told = runtime->consents().permit({profile, "", purpose, "email", "", ""});
        return told.ok() ? "allowed" : told.error().code;
    }
    void agrees(const std::string& purpose, bool yes, const std::string& more = "") {
        command(&Runtime::set_consent, std::string(R"({"type":"user_id","value":"user-)") +
                                           kCamille + R"(","purposes":{")" + purpose +
                                           "\":" + (yes ? "true" : "false") + "}" + more + "}");
        runtime->wait_until_folded();
    }
};

TEST(RightsDesk, WhileRestrictedDataIsKeptAndNothingElseIsDoneWithIt) {
    fake::FakeDisk disk;
    RightsShop shop(disk);
    shop.open_audience("viewers", "measurement");
    shop.open_audience("bought-the-toy", "recall");
    shop.sees(kCamille, {{IdentifierType::Email, "camille7q@shop.test", {}}});
    shop.agrees("marketing.email", true);
    const std::string id = shop.id_of(kCamille);
    EXPECT_EQ(shop.members("viewers"), 1);
    EXPECT_EQ(shop.permit(id, "marketing.email"), "allowed");

    const json::object told = parsed(shop.rights().restrict(id, kRestrict, "t1"));
    EXPECT_TRUE(told.at("restricted").as_bool());
    EXPECT_EQ(shop.members("viewers"), 0);
    EXPECT_EQ(shop.members("bought-the-toy"), 1) << "the law's own duty goes on";
    EXPECT_EQ(shop.permit(id, "marketing.email"), "permit.restricted");
    EXPECT_EQ(shop.permit(id, "recall"), "allowed");
    const json::object shown = parsed(shop.runtime->profile(id, "measurement", "", 0));
    EXPECT_FALSE(shown.at("may_use").as_bool());
    EXPECT_FALSE(shown.contains("traits"));
    // What they agreed to is for who protects the data; staff see that it is restricted.
    const auto consents_for = [&](Role role) {
        const json::object seen = parsed(shop.runtime->profile(id, "measurement", "", 0, role));
        EXPECT_TRUE(seen.at("restricted").as_bool());
        return seen.at("consents").as_object().size();
    };
    for (const Role role : {Role::Staff, Role::CallCentre, Role::Marketer})
        EXPECT_EQ(consents_for(role), 0u) << static_cast<int>(role);
    for (const Role role : {Role::Privacy, Role::Admin})
        EXPECT_GT(consents_for(role), 1u) << static_cast<int>(role);

    shop.sees(kCamille);
    EXPECT_EQ(shop.members("viewers"), 0);
    const std::string all = shop.rights().export_profile(id).value();
    const json::object exported = json::parse(all).as_object();
    EXPECT_EQ(exported.at("events").as_array().size(), 3u) << "kept, with the choice";
    EXPECT_NE(all.find("called camille7q"), std::string::npos) << "the person is shown everything";
    EXPECT_TRUE(exported.at("restraints").at("restricted").as_bool());
    EXPECT_EQ(exported.at("restraints").at("restricted_reason").as_string(),
              "She contests the address.");
    const json::array list = parsed(shop.rights().restricted()).at("restricted").as_array();
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list[0].at("profile").as_string(), id);
    EXPECT_EQ(list[0].at("by").as_string(), "t1");
    EXPECT_EQ(list[0].at("reason").as_string(), "She contests the address.");
    const json::object again = parsed(shop.rights().restrict(id, kRestrict, "t2"));
    EXPECT_EQ(again.at("restricted_since").as_string(), told.at("restricted_since").as_string())
        << "once is enough";

    EXPECT_FALSE(parsed(shop.rights().restrict(id, kLift, "t1")).at("restricted").as_bool());
    EXPECT_EQ(shop.members("viewers"), 1);
    EXPECT_EQ(shop.permit(id, "marketing.email"), "allowed");
    EXPECT_GT(
        parsed(shop.runtime->profile(id, "measurement", "", 0)).at("consents").as_object().size(),
        1u);
    EXPECT_TRUE(parsed(shop.rights().restricted()).at("restricted").as_array().empty());
}

TEST(RightsDesk, AfterAStartRestraintsAndCorrectionsHoldAsBefore) {
    fake::FakeDisk disk;
    std::string id, hash;
    {
        RightsShop shop(disk);
        shop.open_audience("viewers", "measurement");
        shop.sees(kCamille);
        id = shop.id_of(kCamille);
        parsed(shop.rights().restrict(id, kRestrict, "t1"));
        parsed(shop.rights().correct(
            id, R"({"trait":"nickname","value":"Cam","reason":"told by phone"})", "t1"));
        parsed(shop.rights().object(
            id, R"({"purposes":["marketing.email"],"profiling":true,"evidence":{"letter":"3"}})",
            "t1"));
        wait_for_audiences(*shop.runtime);
        hash = shop.runtime->state_hash();
        shop.runtime->stop();
    }
    RightsShop shop(disk, 2, hours(1));
    EXPECT_EQ(shop.runtime->state_hash(), hash);
    EXPECT_EQ(shop.members("viewers"), 0);
    const json::object lifted = parsed(shop.rights().restrict(id, kLift, "t1"));
    EXPECT_TRUE(lifted.at("objects_to_profiling").as_bool());
    EXPECT_EQ(lifted.at("objected").as_array().size(), 1u);
    EXPECT_EQ(shop.members("viewers"), 0) << "the objection holds";
    const json::object shown = parsed(shop.runtime->profile(id, "measurement", "", 0));
    EXPECT_EQ(shown.at("traits").at("nickname").at("value").as_string(), "Cam");
}

TEST(RightsDesk, AnObjectionIsEndedByThePersonsOwnWordsAndByNothingElse) {
    fake::FakeDisk disk;
    RightsShop shop(disk);
    shop.sees(kCamille, {{IdentifierType::Email, "camille7q@shop.test", {}}});
    shop.agrees("marketing.email", true);
    const std::string id = shop.id_of(kCamille);
    const json::object told = parsed(shop.rights().object(
        id, R"({"purposes":["marketing.email"],"evidence":{"letter":"of 3 March"}})", "t1"));
    EXPECT_EQ(told.at("objected").as_array().at(0).as_string(), "marketing.email");
    EXPECT_FALSE(told.at("objects_to_profiling").as_bool());
    EXPECT_EQ(shop.permit(id, "marketing.email"), "permit.no_consent");
    shop.clock.advance(minutes(1));
    shop.agrees("marketing.email", true);  // as a banner or another system tells it
    EXPECT_EQ(shop.permit(id, "marketing.email"), "permit.no_consent");
    EXPECT_EQ(parsed(shop.runtime->profile(id, "marketing.email", "", 0))
                  .at("consents")
                  .at("marketing.email")
                  .at("objected")
                  .as_bool(),
              true);
    shop.clock.advance(minutes(1));
    shop.agrees("marketing.email", true, R"(,"own_words":true,"evidence":{"door":"me"})");
    EXPECT_EQ(shop.permit(id, "marketing.email"), "permit.no_consent")
        << "she objected with her address, too, and said yes with her account alone";
    shop.clock.advance(minutes(1));
    parsed(shop.rights().object(
        id,
        R"({"purposes":["marketing.email"],"withdrawn":true,"evidence":{"letter":"of 5 March"}})",
        "t1"));
    EXPECT_EQ(shop.permit(id, "marketing.email"), "allowed");
}

TEST(RightsDesk, WhoObjectsToProfilingIsInNoAudienceAndMayStillBeWrittenTo) {
    fake::FakeDisk disk;
    RightsShop shop(disk);
    shop.open_audience("viewers", "measurement");
    shop.open_audience("bought-the-toy", "recall");
    shop.sees(kCamille, {{IdentifierType::Email, "camille7q@shop.test", {}}});
    shop.agrees("marketing.email", true);
    const std::string id = shop.id_of(kCamille);
    parsed(shop.rights().object(id, R"({"profiling":true,"evidence":{"letter":"1"}})", "t1"));
    EXPECT_EQ(shop.members("viewers"), 0);
    EXPECT_EQ(shop.members("bought-the-toy"), 1) << "the law's own duty is not what it is about";
    EXPECT_EQ(shop.permit(id, "marketing.email"), "allowed");
    EXPECT_TRUE(parsed(shop.runtime->profile(id, "measurement", "", 0)).contains("traits"));
    EXPECT_NE(shop.runtime->count_rule("any(Product Viewed)", "measurement", "")
                  .value()
                  .find("\"count\":0"),
              std::string::npos);
}

TEST(RightsDesk, TheExportTellsTheWordsThatWereShown) {
    fake::FakeDisk disk;
    RightsShop shop(disk);
    shop.sees(kCamille);
    auto told = std::make_shared<std::promise<Result<std::string>>>();
    shop.runtime->consents().add_wording(
        "marketing.email", R"({"texts":{"fr":"Nos nouvelles par e-mail ?"}})",
        [told](const Result<std::string>& r) { told->set_value(r); });
    ASSERT_TRUE(told->get_future().get().ok());
    shop.agrees("marketing.email", true, R"(,"wordings":{"marketing.email":1},"language":"fr")");
    const json::value doc = json::parse(shop.rights().export_profile(shop.id_of(kCamille)).value());
    const json::array& said = doc.at("statements").as_array().at(0).at("statements").as_array();
    const auto about = std::find_if(said.begin(), said.end(), [](const json::value& each) {
        return each.at("purpose").as_string() == "marketing.email";
    });
    ASSERT_NE(about, said.end());
    EXPECT_EQ(about->at("wording").at("text").as_string(), "Nos nouvelles par e-mail ?");
    EXPECT_EQ(about->at("wording").at("version").as_int64(), 1);
}

TEST(RightsDesk, TheExportTellsTheRequestsThePersonMadeAndNobodyElses) {
    fake::FakeDisk disk;
    RightsShop shop(disk);
    shop.sees(kCamille);
    shop.sees("bert8q");
    const std::string id = shop.id_of(kCamille);
    const auto asks = [&shop](const std::string& who, const char* kind) {
        parsed(shop.rights().make_request(
            std::string(R"({"kind":")") + kind + R"(","profile":")" + who + "\"}", "t1"));
    };
    asks(id, "access");
    asks(shop.id_of("bert8q"), "object");
    const json::array told = parsed(shop.rights().export_profile(id)).at("requests").as_array();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].at("kind").as_string(), "access");
    EXPECT_EQ(told[0].at("state").as_string(), "open");
}

TEST(RightsDesk, NobodyUsesUpTheRequestsOfTheShop) {
    fake::FakeDisk disk;
    RightsShop shop(disk);
    shop.sees(kCamille, {{IdentifierType::Email, "camille7q@shop.test", {}}});
    shop.sees("bert8q");
    const std::string id = shop.id_of(kCamille);
    const auto asks = [&](const std::string& who, const char* kind, const char* by) {
        return shop.rights().make_request(
            std::string(R"({"kind":")") + kind + R"(","profile":")" + who + "\"}", by);
    };
    const auto request = [&](const Result<std::string>& told) {
        return std::string(parsed(told).at("id").as_string());
    };
    const std::string first = request(asks(id, "access", "me"));
    EXPECT_EQ(request(asks(id, "access", "me")), first) << "pressed twice it is one";
    EXPECT_NE(request(asks(id, "object", "me")), first);
    EXPECT_NE(request(asks(id, "access", "t1")), first) << "staff write down what they are told";
    parsed(shop.rights().move_request(first, R"({"state":"in_progress"})", "t1"));
    EXPECT_EQ(request(asks(id, "access", "me")), first);
    for (std::size_t open = 3; open < kOpenRequestsPerPersonMax; ++open)
        EXPECT_TRUE(asks(id, "rectify", "t1").ok()) << open;
    EXPECT_EQ(code_of(asks(id, "rectify", "t1")), "rights.too_many_open");
    EXPECT_TRUE(asks(shop.id_of("bert8q"), "rectify", "t1").ok()) << "the others have their own";
    parsed(shop.rights().move_request(first, R"({"state":"done"})", "t1"));
    EXPECT_TRUE(asks(id, "rectify", "t1").ok());
    EXPECT_EQ(parsed(shop.rights().overview(id)).at("requests").as_array().size(),
              kOpenRequestsPerPersonMax + 1);
}

TEST(RightsDesk, AnObjectionIsToldForEveryIdentifierAndASwitchEndsIt) {
    fake::FakeDisk disk;
    RightsShop shop(disk);
    std::vector<Identifier> many;
    many.reserve(12);
    for (int i = 0; i < 12; ++i)
        many.push_back({IdentifierType::Email, "c" + std::to_string(i) + "@shop.test", {}});
    for (const Identifier& each : many) shop.sees(kCamille, {each});
    const std::string id = shop.id_of(kCamille);
    const auto chooses = [&](const std::string& more) {
        return shop.rights().choose(
            id, R"({"purpose":"marketing.email","evidence":{"page":"/me"},)" + more + "}");
    };
    const std::uint64_t before = shop.runtime->folded();
    const json::object objected = parsed(shop.rights().object(
        id, R"({"purposes":["marketing.email"],"evidence":{"letter":"of 3 March"}})", "t1"));
    EXPECT_EQ(objected.at("objected").as_array().size(), 1u);
    shop.runtime->wait_until_folded();
    // The id that is asked for stands there twice: by itself, and as that of an identifier.
    const std::size_t identifiers = shop.rights().names_of(id).value().size() - 1;
    EXPECT_GE(identifiers, 6u);
    EXPECT_GE(shop.runtime->folded(), before + identifiers) << "of each of them";
    shop.agrees("marketing.email", true);
    EXPECT_NE(shop.permit(id, "marketing.email"), "allowed") << "no banner ends it";
    EXPECT_TRUE(chooses(R"("granted":true)").ok());
    EXPECT_EQ(shop.permit(id, "marketing.email"), "allowed");
    EXPECT_EQ(code_of(chooses(R"("granted":true,"wording":9,"language":"fr")")),
              "consent.unknown_wording");
    EXPECT_TRUE(chooses(R"("granted":false,"wording":9,"language":"fr")").ok());
    EXPECT_EQ(code_of(chooses(R"("granted":true,"brand":"none")")), "api.unknown_brand");
    EXPECT_EQ(code_of(shop.rights().choose(id, R"({"purpose":"marketing.email"})")),
              "rights.evidence_missing");
}

TEST(RightsDesk, ACorrectionIsShownWithWhoMadeItAndGoesIntoTheExport) {
    fake::FakeDisk disk;
    RightsShop shop(disk);
    shop.sees(kCamille);
    const std::string id = shop.id_of(kCamille);
    const auto nickname = [&] {
        return parsed(shop.runtime->profile(id, "measurement", "", 0)).at("traits").as_object();
    };
    const json::object told = parsed(shop.rights().correct(
        id, R"({"trait":"nickname","value":"Cam","reason":"told by phone"})", "t1"));
    const json::value row = told.at("corrections").as_array().at(0);
    EXPECT_EQ(row.at("by").as_string(), "t1");
    EXPECT_EQ(row.at("value").as_string(), "Cam");
    shop.sees(kCamille);  // the source tells the wrong value again
    EXPECT_EQ(nickname().at("nickname").at("value").as_string(), "Cam");
    EXPECT_EQ(nickname().at("nickname").at("corrected").as_bool(), true);
    EXPECT_EQ(json::parse(shop.rights().export_profile(id).value())
                  .at("corrections")
                  .at("corrections")
                  .as_array()
                  .at(0)
                  .at("reason")
                  .as_string(),
              "told by phone");
    parsed(
        shop.rights().correct(id, R"({"trait":"nickname","remove":true,"reason":"none"})", "me"));
    EXPECT_FALSE(nickname().contains("nickname"));
    const json::object released = parsed(
        shop.rights().correct(id, R"({"trait":"nickname","release":true,"reason":"-"})", "me"));
    EXPECT_TRUE(released.at("corrections").as_array().empty());
    EXPECT_EQ(nickname().at("nickname").at("value").as_string(), "called camille7q");
}

TEST(RightsDesk, WhatIsErasedLeavesNoWordOfAReasonOrACorrection) {
    constexpr const char* kCanary = "zk4rightscanary8w";
    fake::FakeDisk disk;
    RightsShop shop(disk);
    shop.sees(kCanary);
    const std::string id = shop.id_of(kCanary);
    const std::string word(kCanary);
    parsed(shop.rights().restrict(id, R"({"action":"restrict","reason":")" + word + "\"}", "t1"));
    parsed(shop.rights().correct(
        id, R"({"trait":")" + word + R"(","value":")" + word + R"(","reason":")" + word + "\"}",
        "t1"));
    parsed(shop.rights().object(id,
                                R"({"purposes":["marketing.email"],"profiling":true,)"
                                R"("evidence":{"letter":")" +
                                    word + "\"}}",
                                "t1"));
    EXPECT_GT(found_in(readable(disk), word), 0) << "the search finds what is there";
    ASSERT_TRUE(shop.erase(id).ok()) << "a restriction does not keep a person from leaving";
    shop.wait_until_complete();
    EXPECT_TRUE(parsed(shop.rights().restricted()).at("restricted").as_array().empty());
    EXPECT_EQ(found_in(readable(disk), word), 0);
}

TEST(RightsDesk, WhatCannotBeDoneSaysWhy) {
    fake::FakeDisk disk;
    RightsShop shop(disk);
    shop.sees(kCamille);
    RightsDesk& rights = shop.rights();
    const std::string id = shop.id_of(kCamille), nobody(32, '0');
    EXPECT_EQ(code_of(rights.restrict(nobody, kRestrict, "t")), "profile_not_found");
    EXPECT_EQ(code_of(rights.restrict(id, R"({"action":"freeze","reason":"x"})", "t")),
              "api.invalid_field");
    EXPECT_EQ(code_of(rights.restrict(id, R"({"action":"restrict"})", "t")), "api.missing_field");
    EXPECT_EQ(code_of(rights.restrict(id, "[]", "t")), "api.invalid_json");
    EXPECT_EQ(code_of(rights.object(id, R"({"profiling":true})", "t")), "rights.evidence_missing");
    EXPECT_EQ(code_of(rights.object(id, R"({"evidence":{"a":1}})", "t")),
              "rights.nothing_objected");
    EXPECT_EQ(code_of(rights.object(id, R"({"purposes":["none"],"evidence":{"a":1}})", "t")),
              "api.unknown_purpose");
    EXPECT_EQ(code_of(rights.object(nobody, R"({"profiling":true,"evidence":{"a":1}})", "t")),
              "profile_not_found");
    const auto correct = [&](const std::string& body) {
        return code_of(rights.correct(id, body, "t"));
    };
    EXPECT_EQ(correct(R"({"trait":"a","reason":"r"})"), "api.invalid_field");
    EXPECT_EQ(correct(R"({"trait":"a","reason":"r","value":1,"remove":true})"),
              "api.invalid_field");
    EXPECT_EQ(correct(R"({"trait":"a","reason":"r","value":[1]})"), "rights.invalid_value");
    EXPECT_EQ(correct(R"({"trait":"a","reason":"r","value":")" + std::string(2'000, 'x') + "\"}"),
              "rights.invalid_value");
    EXPECT_EQ(correct(R"({"trait":"a","value":1})"), "api.missing_field");
    EXPECT_EQ(correct(R"({"trait":"a","reason":"r","release":true})"), "correction_not_found");
    EXPECT_EQ(code_of(rights.corrections(nobody)), "profile_not_found");
}

}  // namespace
}  // namespace filrouge::engine
