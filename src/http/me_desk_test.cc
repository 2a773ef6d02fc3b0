// The customer's own door on a running engine: what the page shows is what its buttons send, and
// what they send is what holds.
#include <gtest/gtest.h>

#include "engine/access_desk.h"
#include "engine/identity_desk.h"
#include "engine/offer_shop_for_test.h"
#include "engine/rights_desk.h"
#include "http/door_for_test.h"

namespace filrouge::http {
namespace {

namespace json = boost::json;
using engine::kCanary;

engine::Settings mailing_settings() {
    engine::Settings settings = engine::ErasingShop::small_files();
    settings.purposes.push_back({"letter", LegalBasis::Consent, false, {}});
    settings.purposes.back().channel = "email";
    settings.purposes.back().double_opt_in = true;
    return settings;
}

// Who has the phone is known to both brands as one person.
engine::Settings one_person_settings() {
    engine::Settings settings = engine::ErasingShop::small_files();
    settings.brands = {{"coats", "", "Europe/Paris", "EUR", "33"},
                       {"hats", "", "Europe/Paris", "EUR", "33"}};
    settings.sources = {
        {"web-coats", "Web", "wk", "web", "service", "contract", false, "coats", {}},
        {"web-hats", "Web", "wk-hats", "web", "measurement", "consent", false, "hats", {}}};
    settings.identity_across_brands = true;
    return settings;
}

engine::Settings group_settings() {
    engine::Settings settings = engine::shop_settings();
    settings.brands = {{"coats", "", "Europe/Paris", "EUR", "33"},
                       {"hats", "", "Europe/Paris", "EUR", "33"}};
    settings.sources[0].brand = "hats";
    return settings;
}

// The doors of a shop that runs.
struct OpenDoor {
    explicit OpenDoor(const engine::Settings& settings = engine::ErasingShop::small_files())
        : shop(disk, 1, {}, settings) {
        routes = std::make_unique<Routes>(*shop.runtime, random, settings);
    }
    HttpResponse ask(std::string_view method, std::string_view target, std::string body,
                     Headers headers) {
        HttpRequest request = Door::request(method, target, std::move(body), std::move(headers));
        auto answer = std::make_shared<Answer>();
        if (auto refusal = routes->refuse(request, {.content_length = request.body.size()}))
            answer->reply(std::move(*refusal));
        else
            routes->handle(std::move(request), answer);
        return answer->wait();
    }
    std::string token(const std::string& role, const std::string& more = "") {
        const auto made = shop.runtime->access().create_token(R"({"name":"t","role":")" + role +
                                                              '"' + more + '}');
        EXPECT_TRUE(made.ok()) << made.error().message;
        return std::string(json::parse(made.value()).at("token").as_string());
    }
    std::string link_for(const std::string& profile) {
        const HttpResponse made =
            ask("POST", "/api/v1/me/links", R"({"profile":")" + profile + "\"}",
                {{"authorization", "Bearer " + token("privacy")}});
        return made.body.substr(made.body.find("link=") + 5, 32);
    }
    void signs_in(const std::string& profile) { signs_in_by(link_for(profile)); }
    void signs_in_by(const std::string& link) {
        const std::string set(header(post("/me/sign-in", "link=" + link), "Set-Cookie"));
        cookie = set.substr(0, set.find(';'));
    }
    HttpResponse post(std::string_view path, const std::string& form) {
        return ask("POST", path, form, {{"cookie", cookie}, {"origin", "https://track.shop.test"}});
    }
    std::string page(std::string_view language = "en") {
        return ask("GET", "/me?lang=" + std::string(language), "", {{"cookie", cookie}}).body;
    }
    // Where a form led: the value of "said".
    std::string said(std::string_view path, const std::string& form) {
        const HttpResponse answer = post(path, form);
        EXPECT_EQ(answer.status, 303) << answer.body;
        const std::string place(header(answer, "Location"));
        const std::size_t at = place.find("said=");
        return at == place.npos ? "" : place.substr(at + 5);
    }
    json::object known(const char* what) {
        const auto told = shop.runtime->profile(shop.id_of(kCanary), "service", "", 0);
        return told.ok() ? json::parse(told.value()).at(what).as_object() : json::object();
    }
    std::string state_of(const char* purpose) {
        const json::object consents = known("consents");
        const json::value* choice = consents.if_contains(purpose);
        return choice == nullptr ? "" : std::string(choice->at("state").as_string());
    }
    void tells_words(const std::string& purpose, const std::string& texts) {
        shop.clock.advance(minutes(1));
        auto told = std::make_shared<std::promise<bool>>();
        shop.runtime->consents().add_wording(
            purpose, R"({"texts":)" + texts + "}",
            [told](const Result<std::string>& r) { told->set_value(r.ok()); });
        EXPECT_TRUE(told->get_future().get());
    }
    fake::FakeDisk disk;
    fake::FakeRandom random{7};
    engine::ErasingShop shop;
    std::string cookie;
    std::unique_ptr<Routes> routes;
};

struct OpenMe : OpenDoor {
    explicit OpenMe(const engine::Settings& settings = engine::ErasingShop::small_files())
        : OpenDoor(settings) {
        shop.tells_all_of(kCanary);
        signs_in(shop.id_of(kCanary));
    }
};

// A person of two brands; what each was told is the test's.
struct TwoBrands : OpenDoor {
    TwoBrands() : OpenDoor(one_person_settings()) {
        sends("wk", {});
        sends("wk-hats", {{"measurement", true}});
        const auto found = shop.runtime->find_profile("phone", kPhone, "hats", 0);
        EXPECT_TRUE(found.ok());
        id = found.value().substr(found.value().find(R"("id":")") + 6, 32);
        signs_in(id);
    }
    void sends(const char* key, std::vector<collect::NamedConsent> consents) {
        shop.clock.advance(minutes(1));
        engine::IngestRequest request = engine::order_of(shop, key, kPhone);
        std::get<collect::Incoming>(request.items.front()).consents = std::move(consents);
        EXPECT_TRUE(shop.ingest(std::move(request)));
        shop.runtime->wait_until_folded();
    }
    std::string state_at(const std::string& brand) {
        const auto told = shop.runtime->profile(id, "service", brand, 0);
        EXPECT_TRUE(told.ok()) << told.error().message;
        return std::string(
            json::parse(told.value()).at("consents").at("measurement").at("state").as_string());
    }
    static constexpr const char* kPhone = "+33611223344";
    std::string id;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

// The line of a purpose among the choices.
std::string line_of(const std::string& page, const std::string& purpose) {
    const std::size_t at = page.find("id=\"p-" + purpose + "\"");
    return page.substr(at, page.find("<li class=\"purpose\"><div>", at) - at);
}

// The fields of the first form that sends to `action` past `mark`, as a browser would send them.
std::string hidden_fields(const std::string& page, std::string_view action, std::string_view mark) {
    const std::size_t from = page.rfind("action=\"" + std::string(action), page.find(mark));
    const std::string form = page.substr(from, page.find("</form>", from) - from);
    std::string out;
    constexpr std::string_view kHidden = "type=\"hidden\" name=\"";
    for (std::size_t at = 0; (at = form.find(kHidden, at)) != form.npos;) {
        at += kHidden.size();
        const std::string name = form.substr(at, form.find('"', at) - at);
        const std::size_t value = form.find("value=\"", at) + 7;
        out.append(out.empty() ? "" : "&").append(name).append("=");
        out.append(form.substr(value, form.find('"', value) - value));
    }
    return out;
}

TEST(MeDesk, ANoIsTakenWhateverLanguagesTheWordsAreIn) {
    for (const char* texts : {R"({"fr":"Oui ?","nl":"Ja?"})", R"({"de":"Ja?","nl":"Graag?"})",
                              R"({"en-GB":"Yes?","fr-CA":"Oui ?"})", R"({"de":"Ja?"})"}) {
        OpenMe door;
        door.tells_words("measurement", texts);
        for (const char* language : {"en", "fr"}) {
            const std::string path = std::string("/me/choices?lang=") + language;
            const std::string fields =
                hidden_fields(door.page(language), "/me/choices", "value=\"measurement\"");
            EXPECT_TRUE(has(fields, "wording=1&language=")) << fields << texts;
            EXPECT_EQ(door.said(path, fields + "&choice=no"), "done") << texts;
            EXPECT_EQ(door.state_of("measurement"), "refused") << texts;
            EXPECT_EQ(door.said(path, fields + "&choice=yes"), "done") << texts;
            EXPECT_EQ(door.state_of("measurement"), "granted") << texts;
            // As a page sent it that was open before the words changed.
            EXPECT_EQ(door.said(path, "purpose=measurement&wording=1&choice=no"), "done") << texts;
            EXPECT_EQ(door.state_of("measurement"), "refused") << texts;
        }
    }
}

TEST(MeDesk, TheWordsOfAnotherLanguageAreShownAsThatAndTheProofNamesIt) {
    OpenMe door;
    door.tells_words("measurement", R"({"fr":"Pouvons-nous compter ?","nl":"Mogen wij tellen?"})");
    EXPECT_TRUE(has(door.page("en"), "<blockquote lang=\"fr\">Pouvons-nous compter ?"));
    EXPECT_EQ(
        door.said("/me/choices?lang=en", "purpose=measurement&wording=1&language=fr&choice=yes"),
        "done");
    const auto shown =
        door.shop.runtime->consents().shown({door.shop.id_of(kCanary), "", "measurement", "", ""});
    ASSERT_TRUE(shown.ok()) << shown.error().message;
    EXPECT_TRUE(has(shown.value(), R"("text":"Pouvons-nous compter ?")")) << shown.value();
}

TEST(MeDesk, AYesToWordsThatWereNotShownIsToldOnThePage) {
    OpenMe door;
    door.tells_words("measurement", R"({"fr":"Oui ?","nl":"Ja?"})");
    EXPECT_EQ(door.said("/me/choices?lang=en", "purpose=measurement&wording=9&choice=yes"),
              "words");
    EXPECT_EQ(door.said("/me/choices?lang=en", "purpose=measurement&wording=1&choice=yes"),
              "words");
}

TEST(MeDesk, AnOfferIsAcceptedByTheWordsThatWereShownAlone) {
    OpenMe door;
    door.tells_words("measurement", R"({"fr":"Nous pouvons le lire.","nl":"Wij mogen het."})");
    const auto made = door.shop.runtime->offers().make(engine::offer_text("tastes"));
    ASSERT_TRUE(made.ok()) << made.error().message;
    const std::string page = door.page("en");
    EXPECT_TRUE(has(page, "<q lang=\"fr\">Nous pouvons le lire.</q>"));
    const std::string answer = "&answer.colour=mauve";
    EXPECT_EQ(door.said("/me/offers?lang=en", "offer=tastes&wording=1" + answer), "words")
        << "in a language that there is not";
    EXPECT_EQ(door.said("/me/offers?lang=en", "offer=tastes" + answer), "words");
    EXPECT_FALSE(has(door.page("en"), "CAFE"));
    const std::string fields = hidden_fields(page, "/me/offers?", "answer.colour");
    EXPECT_EQ(door.said("/me/offers?lang=en", fields + answer), "done") << fields;
    EXPECT_TRUE(has(door.page("en"), "CAFE"));
}

TEST(MeDesk, APurposeConfirmedByMailIsNotSwitchedOnHere) {
    OpenMe door(mailing_settings());
    door.tells_words("letter", R"({"en":"Our letter?","fr":"Notre lettre ?"})");
    const auto mail_alone = [&] {
        const std::string address = "only@shop.test";
        door.shop.command(&engine::Runtime::set_consent,
                          R"({"type":"email","value":"only@shop.test",)"
                          R"("purposes":{"measurement":true}})");
        return json::parse(door.shop.runtime->find_profile("email", address, "", 0).value())
            .at("id")
            .as_string();
    };
    for (const bool alone : {false, true}) {
        if (alone) door.signs_in(std::string(mail_alone()));
        const std::string page = door.page("en");
        const std::size_t at = page.find("id=\"p-letter\"");
        const std::string letter = page.substr(at, page.find("</li>", at) - at);
        EXPECT_FALSE(has(letter, "value=\"yes\"")) << letter;
        EXPECT_TRUE(has(letter, "e-mail")) << letter;
        EXPECT_TRUE(has(letter, "value=\"no\"")) << "the no stays: " << letter;
        EXPECT_EQ(door.said("/me/choices?lang=en", "purpose=letter&wording=1&choice=yes"), "mail");
        const std::string told =
            door.shop.runtime->consents()
                .shown({alone ? std::string(mail_alone()) : door.shop.id_of(kCanary), "", "letter",
                        "", ""})
                .value();
        EXPECT_FALSE(has(told, "\"statement\"")) << "nothing waits unseen: " << told;
        EXPECT_TRUE(
            has(door.page("en").append(
                    door.ask("GET", "/me?lang=en&said=mail", "", {{"cookie", door.cookie}}).body),
                "role=\"alert\""));
        EXPECT_EQ(door.said("/me/choices?lang=en", "purpose=letter&wording=1&choice=no"), "done");
    }
    door.signs_in(door.shop.id_of(kCanary));
    EXPECT_EQ(door.state_of("letter"), "refused");
}

TEST(MeDesk, AYesThatWaitsForItsMailIsToldAsThat) {
    OpenMe door(mailing_settings());
    door.tells_words("letter", R"({"en":"Our letter?","fr":"Notre lettre ?"})");
    EXPECT_TRUE(has(line_of(door.page("en"), "letter"), "You were never asked."));
    door.shop.command(&engine::Runtime::set_consent,
                      R"({"type":"email","value":")" + std::string(kCanary) +
                          R"(@shop.test","purposes":{"letter":true}})");
    const std::string english = line_of(door.page("en"), "letter");
    EXPECT_TRUE(has(english, ": yes, to be confirmed by e-mail")) << english;
    EXPECT_FALSE(has(english, "never asked")) << english;
    EXPECT_FALSE(has(english, "</time>: no")) << english;
    const std::string french = line_of(door.page("fr"), "letter");
    EXPECT_TRUE(has(french, "oui, à confirmer par e-mail")) << french;
    EXPECT_FALSE(has(french, "jamais été posée")) << french;
}

TEST(MeDesk, WhatOneBrandMayIsShownAndEndedByOnePress) {
    for (const bool first_refuses : {false, true}) {
        TwoBrands door;
        if (first_refuses) door.sends("wk", {{"measurement", false}});
        EXPECT_EQ(door.state_at("coats"), first_refuses ? "refused" : "not asked");
        EXPECT_EQ(door.state_at("hats"), "granted");
        const std::string page = door.page("en");
        EXPECT_TRUE(has(page, "<b>2/2</b>")) << "a use that is on anywhere is on: " << page;
        const std::string line = line_of(page, "measurement");
        EXPECT_TRUE(has(line, ">coats<") && has(line, ">hats<")) << line;
        EXPECT_TRUE(has(line, "value=\"no\"")) << line;
        EXPECT_FALSE(has(line, "never asked")) << line;
        const std::string fields =
            hidden_fields(line, "/me/choices", "aria-labelledby=\"p-measurement-hats\"");
        EXPECT_TRUE(has(fields, "brand=hats")) << fields;
        EXPECT_EQ(door.said("/me/choices?lang=en", fields + "&choice=no"), "done");
        EXPECT_EQ(door.state_at("hats"), "refused");
        EXPECT_EQ(door.state_at("coats"), first_refuses ? "refused" : "not asked")
            << "the other was not told a yes on the way";
        EXPECT_FALSE(has(door.page("en"), "p-measurement-hats")) << "off at both: one switch";
        EXPECT_EQ(door.said("/me/choices?lang=en", "purpose=measurement&choice=yes"), "done");
        EXPECT_EQ(door.state_at("coats"), "granted");
        EXPECT_EQ(door.state_at("hats"), "granted");
    }
}

// Where all rests on consent nothing but the choices is shown of who refused all: the yes is told
// for identifiers that the page does not have.
TEST(MeDesk, WhoRefusedAllCanSayYesAgain) {
    engine::Settings settings = engine::ErasingShop::small_files();
    settings.purposes = {{"measurement", LegalBasis::Consent, false, {}}};
    OpenMe door(settings);
    const auto state = [&] {
        const auto told =
            door.shop.runtime->profile(door.shop.id_of(kCanary), "measurement", "", 0);
        return std::string(
            json::parse(told.value()).at("consents").at("measurement").at("state").as_string());
    };
    const std::uint64_t before = door.shop.runtime->folded();
    EXPECT_EQ(door.said("/me/choices?lang=en", "purpose=measurement&choice=no"), "done");
    EXPECT_EQ(state(), "refused");
    EXPECT_GE(door.shop.runtime->folded(), before + 3) << "each of the three identifiers";
    EXPECT_EQ(door.said("/me/choices?lang=en", "purpose=measurement&choice=yes"), "done");
    EXPECT_EQ(state(), "granted");
    EXPECT_EQ(door.said("/me/choices?lang=en", "purpose=none&choice=no"), "failed");
}

TEST(MeDesk, ASessionEndsWhenThoseItWasMadeForAreFoundToBeTwo) {
    OpenDoor door;
    const auto sees = [&](std::vector<Identifier> identifiers) {
        door.shop.clock.advance(minutes(1));
        collect::Incoming incoming = door.shop.event_of(kCanary);
        incoming.event.identifiers = std::move(identifiers);
        door.shop.sends(std::move(incoming));
        door.shop.runtime->wait_until_folded();
    };
    const Identifier anna{IdentifierType::UserId, "anna", {}};
    const Identifier tablet{IdentifierType::DeviceId, "tablet", {}};
    const Identifier bert{IdentifierType::Email, "bert@shop.test", {}};
    const auto id_of = [&](const char* type, const char* value) {
        const auto found = door.shop.runtime->find_profile(type, value, "", 0);
        return std::string(json::parse(found.value()).at("id").as_string());
    };
    sees({anna, tablet});
    sees({bert});
    const std::string anna_id = id_of("user_id", "anna"),
                      bert_id = id_of("email", "bert@shop.test");
    sees({bert, tablet});
    ASSERT_EQ(id_of("email", "bert@shop.test"), anna_id) << "taken for one";
    door.signs_in(anna_id);
    EXPECT_TRUE(has(door.page("en"), "bert@shop.test"));
    const std::string unused = door.link_for(anna_id);

    std::string tablet_id;
    const json::value graph =
        json::parse(door.shop.runtime->identity().graph(anna_id, "", "", true, 0).value());
    for (const json::value& node : graph.at("nodes").as_array()) {
        if (node.at("type") == "device_id") tablet_id = node.at("id").as_string();
    }
    const json::object parted = {
        {"action", "withdraw"}, {"a", bert_id}, {"b", tablet_id}, {"reason", "a lent tablet"}};
    door.shop.runtime->identity().decide(
        json::serialize(parted), "privacy",
        [](const Result<std::string>& r) { ASSERT_TRUE(r.ok()) << r.error().message; });
    ASSERT_NE(id_of("email", "bert@shop.test"), anna_id);

    const auto refused = [&] {
        for (const char* path : {"/me", "/me/export.json"})
            EXPECT_EQ(door.ask("GET", path, "", {{"cookie", door.cookie}}).status, 401) << path;
        EXPECT_EQ(door.post("/me/erase", "sure=yes").status, 401);
        EXPECT_EQ(id_of("user_id", "anna"), anna_id) << "somebody else's, and still there";
    };
    refused();
    door.signs_in_by(unused);
    EXPECT_FALSE(door.cookie.empty());
    refused();
    // What becomes more than it was goes on.
    door.signs_in(anna_id);
    sees({anna, {IdentifierType::Email, "anna@shop.test", {}}});
    EXPECT_TRUE(has(door.page("en"), "anna@shop.test"));
}

TEST(MeDesk, WhatIsPutRightKeepsItsKind) {
    OpenMe door;
    const auto corrects = [&](const std::string& form) {
        return door.said("/me/corrections?lang=fr", "act=correct&" + form);
    };
    const auto value = [&](const char* trait) {
        const json::object traits = door.known("traits");
        const json::value* told = traits.if_contains(trait);
        return told == nullptr ? json::value() : told->at("value");
    };
    EXPECT_EQ(corrects("trait=vip&was=yes_no&value=no"), "done");
    EXPECT_EQ(value("vip"), json::value(false));
    EXPECT_EQ(corrects("trait=vip&was=yes_no&value=yes"), "done");
    EXPECT_EQ(value("vip"), json::value(true));
    const std::string page = door.page("en");
    EXPECT_TRUE(has(page, "name=\"was\" value=\"yes_no\"")) << page;
    EXPECT_TRUE(has(page, "<option value=\"yes\" selected>"));
    EXPECT_EQ(corrects("trait=size&was=number&value=42,5"), "done");
    EXPECT_EQ(value("size"), json::value(42.5));
    const std::string french = door.page("fr");
    EXPECT_TRUE(has(french, "<b>42,5</b>")) << french;
    EXPECT_TRUE(has(french, "autocomplete=\"off\" value=\"42.5\"")) << french;
    EXPECT_TRUE(has(door.page("en"), "<b>42.5</b>"));
    const std::string all =
        door.ask("GET", "/me/export.html?lang=fr", "", {{"cookie", door.cookie}}).body;
    EXPECT_TRUE(has(all, "<td>42,5</td>")) << all;
    for (const std::string& told : {french, all}) EXPECT_FALSE(has(told, "4.25E1"));
}

std::string sizes_text() {
    return R"({"id":"sizes","purpose":"measurement","title":{"en":"Sizes","fr":"Tailles"},)"
           R"("benefit":{"en":"A coffee","fr":"Un café"},"code":"CAFE","from":"2020-01-01T00:00:00Z",)"
           R"("to":"2090-01-01T00:00:00Z","on_taking_back":"kept","asks":[)"
           R"({"name":"tastes","type":"choices","required":true,"label":{"en":"Tastes","fr":"Goûts"},)"
           R"("choices":[{"value":"wool"},{"value":"silk"},{"value":"linen"}]},)"
           R"({"name":"shoe","type":"number","required":true,"min":30.5,"max":52,)"
           R"("label":{"en":"Shoe","fr":"Pointure"}},)"
           R"({"name":"note","type":"text","label":{"en":"Note","fr":"Remarque"}},)"
           R"({"name":"vegan","type":"yes_no","label":{"en":"Vegan","fr":"Végane"}},)"
           R"({"name":"plan","type":"plan","label":{"en":"Looking for","fr":"Cherche"}}]})";
}

struct SizesDoor : OpenMe {
    SizesDoor() {
        tells_words("measurement", R"({"en":"We may read it.","fr":"Nous pouvons le lire."})");
        const auto made = shop.runtime->offers().make(sizes_text());
        EXPECT_TRUE(made.ok()) << made.error().message;
    }
    static constexpr const char* kForm = "offer=sizes&wording=1&language=en";
};

TEST(MeDesk, AnAnswerThatCannotBeReadLosesNoneOfTheOthers) {
    SizesDoor door;
    std::string letters;
    for (int i = 0; i < 70; ++i) letters.append("ж");
    const std::string rest =
        "&answer.tastes=silk&answer.shoe=42.5&answer.vegan=no&answer.plan=A+%22coat%22"
        "&answer.plan.until=2026-12-31";
    const HttpResponse answer =
        door.post("/me/offers?lang=fr", door.kForm + rest + "&answer.note=" + letters);
    EXPECT_EQ(answer.status, 422);
    const std::string& page = answer.body;
    for (const std::string& part :
         {"value=\"" + letters + "\" id=\"wrong\" aria-invalid=\"true\"",
          std::string("<a href=\"#wrong\">Remarque</a>"), std::string("60 en arabe"),
          std::string("value=\"silk\" checked"), std::string("value=\"42.5\" required"),
          std::string("value=\"no\" selected"), std::string("value=\"A &quot;coat&quot;\""),
          std::string("value=\"2026-12-31\"")})
        EXPECT_TRUE(has(page, part)) << part << page;
    EXPECT_FALSE(has(page, "value=\"wool\" checked"));
    EXPECT_FALSE(has(door.page("en"), "CAFE")) << "nothing was kept";
    const HttpResponse other =
        door.post("/me/offers?lang=en", door.kForm + std::string("&answer.shoe=99"));
    EXPECT_TRUE(has(other.body, "It is a number, at least 30.5, at most 52.")) << other.body;
    EXPECT_EQ(door.said("/me/offers?lang=en",
                        door.kForm + rest + "&answer.note=" + letters.substr(0, 120)),
              "done");
}

TEST(MeDesk, AChangeBeginsWithWhatWasTold) {
    SizesDoor door;
    const std::string first = door.page("en");
    EXPECT_TRUE(has(first,
                    "name=\"answer.shoe\" type=\"number\" min=\"30.5\" max=\"52\" "
                    "step=\"any\" inputmode=\"decimal\" required>"))
        << first;
    EXPECT_FALSE(has(first, "autocomplete=\"off\" required>")) << "no line else is owed";
    EXPECT_EQ(door.said("/me/offers?lang=en",
                        door.kForm + std::string("&answer.shoe=42.5") + "&answer.vegan=yes"),
              "partly")
        << "what is not earned is not called done";
    EXPECT_TRUE(has(door.ask("GET", "/me?lang=en&said=partly", "", {{"cookie", door.cookie}}).body,
                    "every line marked *"));
    EXPECT_EQ(door.said("/me/offers?lang=en",
                        door.kForm + std::string("&answer.tastes=wool&answer.tastes=silk&"
                                                 "answer.plan=Coat&answer.plan.until=2026-12-31")),
              "done");
    const std::string page = door.page("fr");
    for (const char* part : {"value=\"wool\" checked", "value=\"silk\" checked", "value=\"42.5\">",
                             "value=\"yes\" selected", "value=\"Coat\"", "value=\"2026-12-31\"",
                             "<small>42,5, répondu"})
        EXPECT_TRUE(has(page, part)) << part << page;
    EXPECT_FALSE(has(page, "value=\"linen\" checked"));
    // As the form is sent with one box more.
    EXPECT_EQ(door.said("/me/offers?lang=en",
                        door.kForm + std::string("&answer.tastes=wool&answer.tastes=silk&"
                                                 "answer.tastes=linen")),
              "done");
    EXPECT_TRUE(has(door.page("en"), "wool, silk, linen"));
    // One that cannot be read stays open as it was written.
    const HttpResponse wrong =
        door.post("/me/offers?lang=en", door.kForm + std::string("&answer.shoe=tall"));
    EXPECT_TRUE(has(wrong.body, "<details open><summary>Change"));
    EXPECT_TRUE(has(wrong.body, "value=\"tall\" id=\"wrong\"")) << wrong.body;
}

TEST(MeDesk, ARequestThatIsPressedTwiceIsOne) {
    OpenMe door;
    for (int press = 0; press < 30; ++press)
        EXPECT_EQ(door.said("/me/requests?lang=en", "kind=access"), "asked");
    EXPECT_EQ(door.said("/me/requests?lang=en", "kind=object"), "asked");
    const json::value all = json::parse(door.shop.runtime->rights().requests("").value());
    EXPECT_EQ(all.at("requests").as_array().size(), 2u);
    const std::string first(all.at("requests").at(0).at("id").as_string());
    const std::string second(all.at("requests").at(1).at("id").as_string());
    for (const std::string& id : {first, second})
        EXPECT_TRUE(door.shop.runtime->rights().move_request(id, R"({"state":"done"})", "t1").ok());
    EXPECT_EQ(door.said("/me/requests?lang=en", "kind=access"), "asked") << "settled, so a new one";
    EXPECT_EQ(json::parse(door.shop.runtime->rights().requests("").value())
                  .at("requests")
                  .as_array()
                  .size(),
              3u);
    const std::string page = door.page("en");
    EXPECT_TRUE(has(page, "Received")) << page;
}

TEST(MeDesk, WhatIsKeptPastAnErasureIsToldInThePagesLanguage) {
    OpenMe door;
    const std::string page = door.post("/me/erase?lang=fr", "sure=yes").body;
    EXPECT_TRUE(has(page, "Vos données sont effacées")) << page;
    for (const char* english : {" the ", " of ", "Backups", "kept"})
        EXPECT_FALSE(has(page, english)) << english << page;
    EXPECT_TRUE(has(page, "copies des clés")) << page;
}

TEST(SessionDesk, EverybodyIsToldTheBrandsTheyMaySee) {
    OpenDoor door(group_settings());
    const auto session = [&](const std::string& token) {
        return door.ask("GET", "/api/v1/session", "", {{"authorization", "Bearer " + token}}).body;
    };
    for (const char* role : {"staff", "call_centre", "admin"}) {
        const std::string all = session(door.token(role));
        EXPECT_TRUE(has(all, R"("brands_of_shop":["coats","hats"])")) << all;
        EXPECT_FALSE(has(all, R"("brands":)")) << "nothing limits it";
    }
    const std::string limited = session(door.token("staff", R"(,"brands":["hats"])"));
    EXPECT_TRUE(has(limited, R"("brands_of_shop":["hats"])")) << limited;
    OpenDoor single;
    const std::string one = single
                                .ask("GET", "/api/v1/session", "",
                                     {{"authorization", "Bearer " + single.token("staff")}})
                                .body;
    EXPECT_TRUE(has(one, R"("brands_of_shop":[])")) << "a single shop's has no id: " << one;
}

}  // namespace
}  // namespace filrouge::http
