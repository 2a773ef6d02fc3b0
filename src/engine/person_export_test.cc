// Access and portability: everything of the person, nothing of anybody else, and the way back.
#include "engine/person_export.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/consents.h"
#include "engine/erasing_for_test.h"
#include "engine/identity_desk.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr const char* kCanary = "xq7zcanaryv9k";
constexpr const char* kOther = "wb3rotherj5m";

json::object parsed(const Result<std::string>& told) {
    EXPECT_TRUE(told.ok()) << (told.ok() ? "" : told.error().message);
    return told.ok() ? json::parse(told.value()).as_object() : json::object();
}

// A profile without what each shop numbers for itself (records, ids, the sequence), and without how
// the evidence came: here it was imported.
json::value compared(json::value value) {
    if (value.is_object()) {
        for (const char* own : {"record", "sequence", "id", "profile", "a", "b", "aliases", "rule"})
            value.as_object().erase(own);
        for (auto& member : value.as_object()) member.value() = compared(member.value());
    } else if (value.is_array()) {
        for (auto& element : value.as_array()) element = compared(element);
    }
    return value;
}

TEST(PersonExport, TellsEverythingOfThePersonAndNothingOfAnybodyElse) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.command(&Runtime::create_audience,
                 R"x({"id":"viewers","name":"Viewers","purpose":"measurement",)x"
                 R"x("rule":"any(Product Viewed)"})x");
    shop.tells_all_of(kCanary);
    shop.tells_all_of(kOther);
    // On somebody else's device: what that one is called by is not told.
    shop.sees(kCanary, {{IdentifierType::UserId, std::string("user-") + kOther, {}}});
    shop.command(&Runtime::set_consent, std::string(R"({"type":"user_id","value":"user-)") +
                                            kCanary + R"(","purposes":{"service":false}})");
    shop.runtime->wait_until_folded();
    const std::string text = shop.runtime->rights().export_profile(shop.id_of(kCanary)).value();
    const json::object doc = json::parse(text).as_object();
    EXPECT_EQ(doc.at("events").as_array().size(), 5u) << "the choice alone is one";
    for (const std::string& known :
         {std::string("wrote ") + kCanary, std::string("called ") + kCanary,
          std::string(kCanary) + "@shop.test", std::string("device-") + kCanary,
          std::string("any(Product Viewed)"), std::string("\"service\":false"),
          std::string("\"why\"")})
        EXPECT_NE(text.find(known), std::string::npos) << known;
    EXPECT_EQ(text.find(kOther), std::string::npos);
    EXPECT_FALSE(shop.runtime->rights().export_profile(std::string(32, '0')).ok());
}

// What was done with them: decided, kept from being written to, passed on.
TEST(PersonExport, TellsDecisionsListsAndRecipientsOfThePersonAndNobodyElses) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.command(&Runtime::create_audience,
                 R"x({"id":"viewers","name":"Viewers","purpose":"measurement",)x"
                 R"x("rule":"any(Product Viewed)"})x");
    shop.command(&Runtime::create_webhook,
                 R"({"url":"https://crm.shop.test/hook?key=sq8secret","audience":"viewers"})");
    for (const char* who : {kCanary, kOther}) {
        shop.tells_all_of(who);
        shop.runtime->consents().suppress(
            std::string(R"({"list":"bounce","channel":"email","addresses":[")") + who +
                R"(@shop.test"]})",
            [](const Result<std::string>& r) { EXPECT_TRUE(r.ok()); });
        const json::object drawn =
            parsed(shop.runtime->identity().graph(shop.id_of(who), "", "", true, 0));
        const json::object& edge = drawn.at("edges").at(0).as_object();
        shop.runtime->identity().decide(
            json::serialize(json::object{{"action", "withdraw"},
                                         {"a", edge.at("a")},
                                         {"b", edge.at("b")},
                                         {"reason", std::string("because of ") + who}}),
            "t4", [](const Result<std::string>& r) {
                EXPECT_TRUE(r.ok()) << (r.ok() ? "" : r.error().message);
            });
        shop.runtime->wait_until_folded();
    }
    const auto exported = [&shop](const std::string& type, const std::string& value) {
        const auto found = shop.runtime->find_profile(type, value, "", 0);
        EXPECT_TRUE(found.ok());
        return shop.runtime->rights().export_profile(found.value().substr(7, 32)).value();
    };
    std::string reasons;
    for (const std::string& text : {exported("user_id", std::string("user-") + kCanary),
                                    exported("email", std::string(kCanary) + "@shop.test")}) {
        const json::object doc = json::parse(text).as_object();
        ASSERT_EQ(doc.at("decisions").as_array().size(), 1u);
        EXPECT_EQ(doc.at("decisions").at(0).at("action"), "withdraw");
        if (doc.at("decisions").at(0).as_object().contains("reason"))
            reasons += doc.at("decisions").at(0).at("reason").as_string().c_str();
        EXPECT_EQ(text.find(kOther), std::string::npos);
        EXPECT_EQ(text.find("sq8secret"), std::string::npos) << "the receiver's own";
    }
    EXPECT_EQ(reasons, std::string("because of ") + kCanary) << "to whom it was written of, alone";
    const json::object mine =
        json::parse(exported("email", std::string(kCanary) + "@shop.test")).as_object();
    ASSERT_EQ(mine.at("suppressed").as_array().size(), 1u);
    EXPECT_EQ(mine.at("suppressed").at(0).at("value"),
              json::string_view(std::string(kCanary) + "@shop.test"));
    const json::object viewer =
        json::parse(exported("user_id", std::string("user-") + kCanary)).as_object();
    ASSERT_EQ(viewer.at("recipients").as_array().size(), 1u);
    EXPECT_EQ(viewer.at("recipients").at(0).at("host"), "crm.shop.test");
}

TEST(PersonExport, ReadIntoAnEmptyShopItGivesAnEqualProfile) {
    fake::FakeDisk disk, empty;
    ErasingShop shop(disk);
    shop.tells_all_of(kCanary);
    shop.sees(kCanary);
    const std::string text = shop.runtime->rights().export_profile(shop.id_of(kCanary)).value();
    const json::object before =
        parsed(shop.runtime->profile(shop.id_of(kCanary), "measurement", "", 0));

    ErasingShop other(empty, 7, days(3));
    const json::object told = parsed(other.runtime->rights().import_profile(text));
    EXPECT_EQ(told.at("received"), 4);
    EXPECT_EQ(told.at("stored"), 4);
    const json::object after =
        parsed(other.runtime->profile(other.id_of(kCanary), "measurement", "", 0));
    EXPECT_EQ(compared(after), compared(before)) << json::serialize(compared(after)) << "\n"
                                                 << json::serialize(compared(before));
    EXPECT_EQ(parsed(other.runtime->rights().import_profile(text)).at("deduplicated"), 4)
        << "twice is once";
}

// A shop that writes to people: by a yes, and by one that a link confirmed.
struct WritingShop : ErasingShop {
    static Settings writing() {
        Settings s = small_files();
        s.purposes.push_back({"marketing.email", LegalBasis::Consent, true, {}, "email"});
        s.purposes.push_back({"letter", LegalBasis::Consent, false, {}, "email", true});
        return s;
    }
    explicit WritingShop(fake::FakeDisk& on, std::uint64_t seed = 1, Duration later = {})
        : ErasingShop(on, seed, later, writing()) {}
    void says(bool browser, bool yes) {
        clock.advance(minutes(1));
        collect::Incoming incoming = event_of(kCanary, {{IdentifierType::Email, kMail, {}}});
        incoming.global_privacy_control = browser;
        if (yes) incoming.consents.push_back({"marketing.email", true});
        sends(std::move(incoming));
        runtime->wait_until_folded();
    }
    void confirms_letter() {
        clock.advance(minutes(1));
        const json::value asked = json::parse(
            command(&Runtime::set_consent, std::string(R"({"type":"email","value":")") + kMail +
                                               R"(","purposes":{"letter":true}})"));
        const std::string path(asked.at("confirmation").at("path").as_string());
        auto told = std::make_shared<std::promise<bool>>();
        runtime->consents().confirm(
            path.substr(path.rfind('/') + 1),
            [told](const Result<std::string>& r) { told->set_value(r.ok()); });
        EXPECT_TRUE(told->get_future().get());
        runtime->wait_until_folded();
    }
    std::string may(const char* purpose) {
        const auto permit =
            runtime->consents().permit({id_of(kCanary), "", purpose, "email", "", ""});
        return permit.ok() ? "yes" : permit.error().code;
    }
    static constexpr const char* kMail = "xq7zcanaryv9k@shop.test";
};

TEST(PersonExport, ABrowsersObjectionAndAConfirmedYesAreTakenAlongAsWhatTheyWere) {
    fake::FakeDisk disk, empty;
    WritingShop shop(disk);
    shop.says(true, false);
    shop.says(false, true);
    shop.confirms_letter();
    ASSERT_EQ(shop.may("marketing.email"), "permit.no_consent") << "an ambient yes ends nothing";
    ASSERT_EQ(shop.may("letter"), "yes");
    const std::string text = shop.runtime->rights().export_profile(shop.id_of(kCanary)).value();

    WritingShop other(empty, 7, days(3));
    ASSERT_TRUE(other.runtime->rights().import_profile(text).ok());
    EXPECT_EQ(other.may("marketing.email"), "permit.no_consent");
    EXPECT_EQ(other.may("letter"), "yes");
    EXPECT_NE(text.find(R"("marketing.email":"objection")"), std::string::npos) << text;
    const std::string again = other.runtime->rights().export_profile(other.id_of(kCanary)).value();
    const auto weights = [](const std::string& of) {
        std::string out;
        const json::value document = json::parse(of);
        for (const json::value& event : document.at("events").as_array()) {
            if (const auto* told = event.as_object().if_contains("consent_weights"))
                out.append(json::serialize(*told));
        }
        return out;
    };
    EXPECT_EQ(weights(again), weights(text));
}

// A choice with an event that was kept whole is a choice there, too: it ends an objection.
TEST(PersonExport, AChoiceThatWasKeptWholeStaysAChoice) {
    fake::FakeDisk disk, empty;
    WritingShop shop(disk);
    shop.says(true, false);
    shop.clock.advance(minutes(1));
    collect::Incoming choice =
        shop.event_of(kCanary, {{IdentifierType::Email, WritingShop::kMail, {}}});
    choice.event.name = "Consent Updated";
    choice.consent_change = true;
    choice.consents.push_back({"marketing.email", true});
    shop.sends(std::move(choice));
    ASSERT_EQ(shop.may("marketing.email"), "yes");
    const std::string text = shop.runtime->rights().export_profile(shop.id_of(kCanary)).value();
    WritingShop other(empty, 7, days(3));
    ASSERT_TRUE(other.runtime->rights().import_profile(text).ok());
    EXPECT_EQ(other.may("marketing.email"), "yes");
}

// The ids of a person who was found to be two; entries of the audit hold the one that was asked.
TEST(PersonExport, WhoLookedIsToldByWhateverIdThePersonWasReadThen) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    const Identifier device{IdentifierType::AnonymousId, std::string("device-") + kCanary, {}};
    collect::Incoming visit = shop.event_of(kCanary);
    visit.event.identifiers = {device};
    shop.sends(std::move(visit));
    shop.sees(kCanary);
    const auto of_device = [&] {
        return shop.runtime->find_profile("anonymous_id", device.value, "", 0)
            .value()
            .substr(7, 32);
    };
    const std::string first = of_device(), second = shop.id_of(kCanary);
    ASSERT_NE(first, second);
    RightsDesk& rights = shop.runtime->rights();
    const auto reads = [&](const std::string& id, int times) {
        const AuditEntry entry{
            shop.clock.now(),      Role::Staff, "anne", "GET /api/v1/profiles/{id}",
            *ProfileId::parse(id), 200};
        for (int i = 0; i < times; ++i) ASSERT_TRUE(rights.note_durably(entry).ok());
    };
    reads(first, 2);
    reads(second, 3);
    shop.sees(kCanary, {device});
    const std::string now = shop.id_of(kCanary);
    ASSERT_EQ(now, of_device()) << "the test needs a merge";
    const json::object doc = parsed(rights.export_profile(now));
    EXPECT_EQ(doc.at("reads").at("found"), 5);
    EXPECT_EQ(doc.at("reads").at("profiles"), 1);
    for (const std::string& id : {first, second})
        EXPECT_EQ(parsed(rights.audit({.profile = id})).at("found"), 5) << "the person's own page";
}

// What the person asked for holds where they go, too.
TEST(PersonExport, WhatWasPutRightObjectedToAndRestrictedIsTakenAlong) {
    fake::FakeDisk disk, empty;
    ErasingShop shop(disk);
    shop.sees(kCanary);
    RightsDesk& rights = shop.runtime->rights();
    const std::string id = shop.id_of(kCanary);
    const auto done = [](const Result<std::string>& told) {
        EXPECT_TRUE(told.ok()) << (told.ok() ? "" : told.error().message);
    };
    done(rights.correct(id, R"({"trait":"city","value":"Lyon","reason":"told by phone"})", "t"));
    done(rights.correct(id, R"({"trait":"nickname","remove":true,"reason":"not hers"})", "t"));
    done(rights.object(id, R"({"purposes":["service"],"evidence":{"letter":"of March"}})", "t"));
    done(rights.object(id, R"({"profiling":true,"evidence":{"letter":"of March"}})", "t"));
    const auto known = [](ErasingShop& in) {  // before the restriction, which hides it
        const json::object seen =
            parsed(in.runtime->profile(in.id_of(kCanary), "measurement", "", 0));
        std::string traits;
        for (const auto& [name, told] : seen.at("traits").as_object())
            traits += std::string(name) + "=" + json::serialize(told.at("value")) + ";";
        return traits;
    };
    const std::string before = known(shop);
    EXPECT_NE(before.find("Lyon"), std::string::npos);
    const std::string open = rights.export_profile(id).value();
    done(rights.restrict(id, R"({"action":"restrict","reason":"a claim"})", "t"));
    const std::string restricted = rights.export_profile(id).value();

    ErasingShop other(empty, 7, days(3));
    const json::object told = parsed(other.runtime->rights().import_profile(open));
    EXPECT_EQ(told.at("corrections"), 2);
    EXPECT_EQ(told.at("restraints"), 2);
    EXPECT_EQ(told.at("not_taken"), 0);
    EXPECT_EQ(known(other), before);
    const auto restraints_of = [](ErasingShop& in) {
        const std::string all = in.runtime->rights().export_profile(in.id_of(kCanary)).value();
        const json::object parts = json::parse(all).as_object().at("restraints").as_object();
        return json::serialize(parts.at("restricted")) +
               json::serialize(parts.at("objects_to_profiling")) +
               json::serialize(parts.at("objected"));
    };
    EXPECT_EQ(restraints_of(other), R"(falsetrue["service"])");
    EXPECT_EQ(parsed(other.runtime->rights().import_profile(restricted)).at("restraints"), 3);
    EXPECT_EQ(restraints_of(other), restraints_of(shop));
}

TEST(PersonExport, WhatIsNoExportIsRefusedByWhatIsWrongWithIt) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    const auto code = [&](const std::string& text) {
        const auto told = shop.runtime->rights().import_profile(text);
        return told.ok() ? std::string("taken") : told.error().code;
    };
    EXPECT_EQ(code("[]"), "api.invalid_json");
    EXPECT_EQ(code("{\"format\":\"other\",\"version\":1}"), "export.unknown_format");
    const auto with = [](const std::string& event) {
        return R"({"format":"filrouge.person","version":1,"events":[)" + event + "]}";
    };
    EXPECT_EQ(code(with("7")), "export.invalid");
    EXPECT_EQ(code(with(R"({"kind":"track","at_us":1})")), "export.invalid");
    EXPECT_EQ(
        code(with(R"({"kind":"track","at_us":1,"identifiers":[{"type":"shoe","value":"x"}]})")),
        "export.invalid");
    EXPECT_EQ(code(with(R"({"kind":"track","at_us":1,"source":"nowhere",)"
                        R"("identifiers":[{"type":"user_id","value":"x"}]})")),
              "source_not_found");
    EXPECT_EQ(code(with("")), "taken") << "nothing is no fault";
}

TEST(RightsRequest, IsDueOnTheSameDayOfTheNextMonthAndAlertsAtDayTwenty) {
    fake::FakeDisk disk;
    ErasingShop shop(disk);
    shop.sees(kCanary);
    RightsDesk& rights = shop.runtime->rights();
    const std::string asked = R"({"kind":"access","profile":")" + shop.id_of(kCanary) + "\"";
    const auto due = [&](const std::string& received) {
        const auto told = rights.make_request(asked + R"(,"received":")" + received + "\"}", "t1");
        return std::string(parsed(told).at("due").as_string());
    };
    EXPECT_EQ(due("2023-01-31T10:00:00Z"), "2023-02-28T10:00:00.000Z");
    EXPECT_EQ(due("2022-12-15T10:00:00Z"), "2023-01-15T10:00:00.000Z");
    EXPECT_EQ(
        rights.make_request(asked + R"(,"received":"2099-01-01T00:00:00Z"})", "t1").error().code,
        "api.invalid_field");
    EXPECT_FALSE(rights.make_request(R"({"kind":"tea","profile":"x"})", "t1").ok());

    const std::string id(parsed(rights.make_request(asked + "}", "t1")).at("id").as_string());
    const auto now_of = [&] {
        const json::object all = parsed(rights.requests(""));
        for (const json::value& each : all.at("requests").as_array()) {
            if (each.at("id").as_string() == id) return each.as_object();
        }
        return json::object();
    };
    EXPECT_FALSE(now_of().at("alert").as_bool());
    shop.clock.advance(days(20));
    EXPECT_TRUE(now_of().at("alert").as_bool());
    EXPECT_FALSE(now_of().at("overdue").as_bool());
    shop.clock.advance(days(12));
    EXPECT_TRUE(now_of().at("overdue").as_bool());
    EXPECT_NE(shop.runtime->metrics().find("filrouge_rights_requests_overdue 3"),
              std::string::npos);
    ASSERT_TRUE(rights.move_request(id, R"({"state":"done"})", "t2").ok());
    EXPECT_FALSE(now_of().at("overdue").as_bool());
    EXPECT_EQ(now_of().at("history").as_array().back().at("by").as_string(), "t2");
    EXPECT_EQ(rights.move_request("none", R"({"state":"done"})", "t2").error().code,
              "request_not_found");
}

}  // namespace
}  // namespace filrouge::engine
