// People by name, through the running engine.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>

#include "base/seed_for_test.h"
#include "engine/answer_for_test.h"
#include "engine/erasing_for_test.h"
#include "engine/people_search.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

using Traits = std::vector<std::pair<std::string, std::string>>;

struct NamedShop : ErasingShop {
    using ErasingShop::ErasingShop;
    void tells(const std::string& user, const Traits& traits, bool allows = true) {
        sends_of(user, traits, allows);
        runtime->wait_until_folded();
    }
    void sends_of(const std::string& user, const Traits& traits, bool allows = true) {
        clock.advance(minutes(1));
        collect::Incoming incoming;
        incoming.event.kind = EventKind::Identify;
        incoming.event.at = as_event_time(clock.now());
        incoming.event.message_id = "n-" + std::to_string(++serial);
        incoming.event.identifiers = {{IdentifierType::UserId, user, {}}};
        Bytes told;
        PackedWriter w(told);
        const std::size_t mark = w.begin_object(traits.size());
        for (const auto& [name, value] : traits) {
            w.key(name);
            w.string(value);
        }
        w.end(mark);
        incoming.event.traits = told;
        incoming.consents = {{"measurement", allows}};
        sends(std::move(incoming));
    }
    Result<std::string> search(const std::string& name, const Mask& mask = {}) {
        return runtime->people_named(name, "measurement", "", mask);
    }
    // "Camille Martin; Zoé Martin", with "..." after it where there are others.
    std::string found(const std::string& name) {
        const json::object told = parsed(search(name));
        std::string out;
        for (const json::value& each : told.at("people").as_array())
            out.append(out.empty() ? "" : "; ").append(each.at("name").as_string());
        return out + (told.at("more").as_bool() ? "..." : "");
    }
    std::string refusal(const std::string& name, const Mask& mask = {}) {
        const auto told = search(name, mask);
        return told.ok() ? "" : told.error().code;
    }
    std::string person(const std::string& user) {
        return std::string(
            parsed(runtime->find_profile("user_id", user, "", 0)).at("id").as_string());
    }
};

TEST(PeopleSearch, BeginningsOfWordsInAnyOrderCaseAndAccent) {
    fake::FakeDisk disk;
    NamedShop shop(disk);
    shop.tells("u1", {{"first_name", "Camille"}, {"last_name", "Martin"}});
    shop.tells("u2", {{"firstName", "Zoé"}, {"lastName", "Martineau-Lévêque"}});
    shop.tells("u3", {{"name", "MARTIN Zoe"}});
    shop.tells("u4", {{"city", "Martin"}, {"last_name", "Durand"}});
    EXPECT_EQ(shop.found("martin"), "Camille Martin; MARTIN Zoe; Zoé Martineau-Lévêque");
    EXPECT_EQ(shop.found("mart zoe"), "MARTIN Zoe; Zoé Martineau-Lévêque");
    EXPECT_EQ(shop.found("ZOÉ LEVE"), "Zoé Martineau-Lévêque");
    EXPECT_EQ(shop.found("martin camille"), "Camille Martin");
    EXPECT_EQ(shop.found("artin"), "") << "not inside a word";
    EXPECT_EQ(shop.found("martin durand"), "") << "of one person, not of two";
    const json::object told = parsed(shop.search("camille"));
    EXPECT_EQ(told.at("people").at(0).at("id"), json::string_view(shop.person("u1")));
}

TEST(PeopleSearch, WhoIsCalledOtherwiseNowIsFoundByThatAlone) {
    fake::FakeDisk disk;
    NamedShop shop(disk);
    shop.tells("u1", {{"last_name", "Durand"}});
    shop.tells("u1", {{"last_name", "Martin"}});
    EXPECT_EQ(shop.found("durand"), "");
    EXPECT_EQ(shop.found("martin"), "Martin");
    const std::string id = shop.person("u1");
    ASSERT_TRUE(shop.erase(id).ok());
    shop.wait_until_complete();
    EXPECT_EQ(shop.found("martin"), "");
}

TEST(PeopleSearch, WhoDoesNotAllowThePurposeIsNotThere) {
    fake::FakeDisk disk;
    NamedShop shop(disk);
    shop.tells("u1", {{"last_name", "Martin"}});
    shop.tells("u1", {{"city", "Lyon"}}, false);
    EXPECT_EQ(shop.found("martin"), "");
}

TEST(PeopleSearch, TellsAtMostTwentyTheBestFirst) {
    fake::FakeDisk disk;
    NamedShop shop(disk);
    std::string all;
    for (int i = 0; i < 21; ++i) {
        const std::string last = "Martin" + std::string(1, static_cast<char>('a' + 20 - i));
        shop.tells("u" + std::to_string(i), {{"last_name", last}});
    }
    for (char c = 'a'; c < 'a' + 20; ++c)
        all.append(all.empty() ? "" : "; ").append("Martin").append(1, c);
    EXPECT_EQ(shop.found("martin"), all + "...");
    shop.tells("whole", {{"last_name", "Martin"}, {"first_name", "Zoe"}});
    EXPECT_TRUE(shop.found("martin").starts_with("Zoe Martin; Martina"));
}

TEST(PeopleSearch, RefusesWhatWouldListTheShopOrShowWhatIsMasked) {
    fake::FakeDisk disk;
    NamedShop shop(disk);
    EXPECT_EQ(shop.refusal(""), "people.name_too_short");
    EXPECT_EQ(shop.refusal(" a - b "), "people.name_too_short");
    EXPECT_EQ(shop.refusal("a b c"), "");
    EXPECT_EQ(shop.refusal("a b c d e f g h i"), "people.name_too_long");
    EXPECT_EQ(shop.refusal(std::string(kSearchBytesMax + 1, 'a')), "people.name_too_long");
    EXPECT_EQ(shop.refusal("martin", Mask({"last_name"}, 0)), "masking.forbidden");
    EXPECT_EQ(shop.refusal("martin", Mask({"email"}, 0)), "");
    const auto unknown = shop.runtime->people_named("martin", "none", "", {});
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().code, "api.unknown_purpose");
}

// More people than a slice has, against a plain look at every name.
TEST(PeopleSearch, FindsWhomAPlainLookFinds) {
    const std::vector<std::string> parts = {"An", "Anna", "Annabel", "Bel", "Bella", "Canan"};
    for (const std::uint64_t seed : test_seeds(2)) {
        std::mt19937_64 rng(seed);
        fake::FakeDisk disk;
        NamedShop shop(disk, seed);
        std::vector<std::string> names;
        for (int i = 0; i < 1'200; ++i) {
            const std::string& first = parts[rng() % parts.size()];
            const std::string last = parts[rng() % parts.size()] + "x";
            names.push_back(first);
            names.back().append(" ").append(last);
            shop.sends_of("u" + std::to_string(i), {{"first_name", first}, {"last_name", last}});
        }
        shop.runtime->wait_until_folded();
        for (const std::string asked : {"Annabel", "Bella", "Canan", "Bel", "Anna"}) {
            std::vector<std::string> whole, begun;
            for (const std::string& name : names) {
                if ((name + " ").find(asked + " ") == 0)
                    whole.push_back(name);
                else if (name.starts_with(asked) || name.find(" " + asked) != name.npos)
                    begun.push_back(name);
            }
            std::sort(whole.begin(), whole.end());
            std::sort(begun.begin(), begun.end());
            whole.insert(whole.end(), begun.begin(), begun.end());
            std::string wanted;
            for (std::size_t i = 0; i < std::min<std::size_t>(whole.size(), 20); ++i)
                wanted.append(wanted.empty() ? "" : "; ").append(whole[i]);
            EXPECT_EQ(shop.found(asked), wanted + (whole.size() > 20 ? "..." : ""))
                << "seed " << seed << " " << asked;
        }
    }
}

}  // namespace
}  // namespace filrouge::engine
