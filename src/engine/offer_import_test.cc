// A person's export takes the answers to offers along: law, and what is left and told so.
#include "engine/offer_import.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <random>
#include <set>

#include "engine/answer_for_test.h"
#include "engine/offer_shop_for_test.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

// All kinds of lines; "colour" stands in the other offer, too.
std::string wide_offer(bool takes_back) {
    std::string text = offer_text("wide", takes_back ? "taken_back" : "kept");
    const std::string more =
        R"({"name":"vegan","type":"yes_no","required":true,"label":{"en":"V","fr":"V"}},)"
        R"({"name":"shoe","type":"number","label":{"en":"S","fr":"P"},"min":20,"max":50},)"
        R"({"name":"wedding","type":"date","label":{"en":"W","fr":"M"}},)"
        R"({"name":"cloth","type":"choices","label":{"en":"C","fr":"T"},)"
        R"("choices":[{"value":"wool"},{"value":"silk"},{"value":"denim"}]},)";
    text.insert(text.find(R"({"name":"colour")"), more);
    return text;
}

struct ImportShop : OfferShop {
    ImportShop(fake::FakeDisk& on, bool takes_back, std::uint64_t seed, Duration later = {})
        : OfferShop(on, seed, later) {
        tell_words();
        makes(offer_text("tastes", "taken_back"));
        makes(wide_offer(takes_back));
    }
    std::string exported() { return runtime->rights().export_profile(id_of(kCanary)).value(); }
    json::object imported(const std::string& text) {
        return parsed(runtime->rights().import_profile(text));
    }
    // Without the random ids of benefits, which each shop gives.
    json::value offers() {
        json::value out = json::parse(exported()).at("offers");
        for (json::value& offer : out.as_array()) {
            for (json::value& benefit : offer.as_object().at("benefits").as_array())
                benefit.as_object().erase("id");
        }
        return out;
    }
    std::string traits() {
        const json::value profile = json::parse(profile_of(id_of(kCanary)));
        std::set<std::string> all;
        for (const auto& [name, told] : profile.at("traits").as_object())
            all.insert(std::string(name) + "=" + json::serialize(told.at("value")) + ";");
        std::string out;
        for (const std::string& trait : all) out += trait;
        return out;
    }
};

AnswerFields some_answer(std::mt19937_64& random, bool wide) {
    const auto one_of = [&](std::vector<std::string> values) {
        return values[random() % values.size()];
    };
    switch (random() % (wide ? 6 : 2)) {
        case 0: return {{"colour", one_of({"red", "blue", "mauve"})}};
        case 1:
            return random() % 2 == 0 ? AnswerFields{{"plan", "coat"}, {"plan.until", "2026-12-31"}}
                                     : AnswerFields{{"plan", "boots"}};
        case 2: return {{"vegan", one_of({"yes", "no"})}};
        case 3: return {{"shoe", one_of({"38.5", "42"})}};
        case 4: return {{"wedding", "2027-06-12"}};
        default: return {{"cloth", "wool"}, {"cloth", one_of({"silk", "denim"})}};
    }
}

void some_life(ImportShop& shop, std::mt19937_64& random) {
    shop.tells_all_of(kCanary);
    for (int step = 0; step < 14; ++step) {
        const bool wide = random() % 2 == 0;
        const std::string offer = wide ? "wide" : "tastes";
        if (random() % 3 == 0) {
            const char* lines[] = {"colour", "plan", "vegan", "shoe", "wedding", "cloth"};
            static_cast<void>(shop.takes_back(lines[random() % (wide ? 6 : 2)], offer));
        } else {
            ASSERT_TRUE(shop.answers(some_answer(random, wide), offer).ok());
        }
    }
}

TEST(OfferImport, ALifeOfAnswersComesBackAsItStood) {
    const char* given = std::getenv("FILROUGE_SEED");
    const std::uint64_t first = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
    for (std::uint64_t seed = first; seed < first + 8; ++seed) {
        std::mt19937_64 random(seed);
        fake::FakeDisk disk, empty;
        ImportShop shop(disk, seed % 2 == 0, seed);
        some_life(shop, random);
        const std::string text = shop.exported();

        ImportShop other(empty, seed % 2 == 0, seed + 100, days(3));
        const json::object told = other.imported(text);
        EXPECT_GT(told.at("offer_lines").as_int64(), 0) << "seed " << seed;
        EXPECT_TRUE(told.at("offer_lines_left").as_array().empty()) << "seed " << seed;
        EXPECT_EQ(other.offers(), shop.offers()) << "seed " << seed << "\n"
                                                 << json::serialize(other.offers()) << "\n"
                                                 << json::serialize(shop.offers());
        EXPECT_EQ(other.traits(), shop.traits()) << "seed " << seed;
        const json::value once = other.offers();
        const json::object again = other.imported(text);
        EXPECT_EQ(again.at("offer_lines"), 0) << "seed " << seed;
        EXPECT_TRUE(again.at("offer_lines_left").as_array().empty()) << "seed " << seed;
        EXPECT_EQ(other.offers(), once) << "twice is once, seed " << seed;
    }
}

std::string why_left(const json::object& told) {
    std::string out;
    for (const json::value& left : told.at("offer_lines_left").as_array())
        out += std::string(left.at("line").as_string()) + " " +
               std::string(left.at("why").as_string()) + ";";
    return out;
}

TEST(OfferImport, WhatCannotBeTakenIsToldLineByLine) {
    fake::FakeDisk disk;
    ImportShop shop(disk, true, 1);
    shop.tells_all_of(kCanary);
    ASSERT_TRUE(shop.answers({{"colour", kSecret}, {"plan", "coat"}}).ok());
    const std::string text = shop.exported();
    {
        fake::FakeDisk empty;
        OfferShop other(empty, 2, days(3));
        const json::object told = parsed(other.runtime->rights().import_profile(text));
        EXPECT_EQ(told.at("offer_lines"), 0);
        EXPECT_EQ(why_left(told), "colour offer_not_found;plan offer_not_found;");
    }
    {
        fake::FakeDisk empty;
        ImportShop other(empty, true, 3, days(3));
        other.sees(kCanary);
        ASSERT_TRUE(other.answers({{"colour", "green"}}).ok());
        EXPECT_EQ(why_left(other.imported(text)), "colour offer.told_here;");
        EXPECT_EQ(other.trait("colour").at("value"), "green") << "what was told here stands";
        EXPECT_EQ(other.trait("plan.what").at("value"), "coat");
    }
    {
        fake::FakeDisk empty;
        ImportShop other(empty, true, 4, days(3));
        other.sees(kCanary);
        other.command(&Runtime::set_consent, std::string(R"({"type":"user_id","value":"user-)") +
                                                 kCanary +
                                                 R"(","purposes":{"measurement":false}})");
        EXPECT_EQ(why_left(other.imported(text)),
                  "colour offer.not_allowed;plan offer.not_allowed;");
    }
    std::string forged = text;
    const std::string answer = R"("colour":["mauvefonceq7"])";
    ASSERT_NE(forged.find(answer), std::string::npos);
    forged.replace(forged.find(answer), answer.size(), R"("colour":[{"a":1}])");
    fake::FakeDisk empty;
    ImportShop other(empty, true, 5, days(3));
    EXPECT_EQ(why_left(other.imported(forged)), "colour offer.invalid_answer;");
}

json::array benefits_of(ImportShop& shop) {
    return shop.offer_of_person().at("benefits").as_array();
}

TEST(OfferImport, ABenefitThatWasGivenHereIsNotGivenTwice) {
    fake::FakeDisk a, b;
    ImportShop there(a, true, 1), here(b, true, 2, days(3));
    const auto meets = [](ImportShop& shop, std::vector<Identifier> who) {
        collect::Incoming event = shop.event_of(kCanary);
        event.event.identifiers = std::move(who);
        shop.sends(std::move(event));
        shop.runtime->wait_until_folded();
    };
    const Identifier email{IdentifierType::Email, "canary@shop.test", {}};
    meets(here, {email});
    const std::string by_email =
        here.runtime->find_profile("email", "canary@shop.test", "", 0).value().substr(7, 32);
    ASSERT_TRUE(
        here.runtime->offers().tell(by_email, {"tastes", 1, "fr", {{"colour", "green"}}}).ok());
    here.clock.advance(minutes(1));
    // Later they are known by a stronger identifier, under which the import tells.
    meets(here, {{IdentifierType::UserId, std::string("user-") + kCanary, {}}, email});
    there.sees(kCanary, {email});
    ASSERT_TRUE(there.answers({{"colour", "blue"}, {"plan", "coat"}}).ok());
    const json::object told = here.imported(there.exported());
    EXPECT_EQ(told.at("offer_lines"), 1) << "the plan, which was not told here";
    EXPECT_EQ(benefits_of(here).size(), 1u) << json::serialize(benefits_of(here));
    EXPECT_EQ(here.benefit_state(), "kept");
}

TEST(OfferImport, ABenefitThatStandsHereIsNotTakenBackByAnExport) {
    fake::FakeDisk a, b;
    ImportShop there(a, true, 1), here(b, true, 2, days(3));
    there.sees(kCanary);
    ASSERT_TRUE(there.answers({{"colour", "blue"}, {"plan", "coat"}}).ok());
    ASSERT_TRUE(there.takes_back("colour").ok());
    ASSERT_EQ(there.benefit_state(), "taken_back");
    here.sees(kCanary);
    ASSERT_TRUE(here.answers({{"colour", "green"}}).ok());
    EXPECT_EQ(here.imported(there.exported()).at("offer_lines"), 1);
    EXPECT_EQ(here.benefit_state(), "kept");
    EXPECT_EQ(here.trait("colour").at("value"), "green");
}

}  // namespace
}  // namespace filrouge::engine
