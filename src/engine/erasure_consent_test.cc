// Erasure of what people have said: choices with their evidence, links of a double opt-in,
// suppressions; and of who is known to several brands.
#include <gtest/gtest.h>
#include <zlib.h>

#include <boost/json.hpp>

#include "engine/consents.h"
#include "engine/erasing_for_test.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr const char* kCanary = "jx5consentcanary3k";

struct ChoosingShop : ErasingShop {
    static Settings with_purposes() {
        Settings s = small_files();
        PurposeSetting letter{"letter", LegalBasis::Consent, false, {}};
        letter.channel = "email";
        s.purposes.push_back(letter);
        letter.name = "confirmed";
        letter.double_opt_in = true;
        s.purposes.push_back(letter);
        return s;
    }
    explicit ChoosingShop(fake::FakeDisk& on) : ErasingShop(on, 1, Duration{}, with_purposes()) {}
    Result<std::string> told(const std::function<void(Reply)>& what) {
        auto answer = std::make_shared<std::promise<Result<std::string>>>();
        what([answer](const Result<std::string>& r) { answer->set_value(r); });
        return answer->get_future().get();
    }
    std::string permit(const std::string& profile) {
        const auto permit = runtime->consents().permit({profile, "", "letter", "email", "", ""});
        return permit.ok() ? "allowed" : permit.error().code;
    }
};

TEST(Erasure, OfWhatSomebodySaidNothingCanBeReadAndTheAddressStaysForbidden) {
    fake::FakeDisk disk;
    ChoosingShop shop(disk);
    Consents& consents = shop.runtime->consents();
    const std::string word = kCanary, address = word + "@shop.test";
    ASSERT_TRUE(shop.told([&](Reply done) {
                        consents.add_wording("letter", R"({"texts":{"en":"Our letter?"}})",
                                             std::move(done));
                    })
                    .ok());
    const auto choose = [&](const std::string& purposes, const std::string& more) {
        std::string answer =
            shop.command(&Runtime::set_consent, R"({"type":"email","value":")" + address +
                                                    R"(","purposes":)" + purposes + more + "}");
        EXPECT_NE(answer.find("sequence"), std::string::npos) << answer;
        shop.clock.advance(minutes(1));
        return answer;
    };
    const std::string evidence =
        R"(,"evidence":{"form":")" + word + R"(","note":"by )" + word + R"("})";
    choose(R"({"letter":true,"measurement":true})",
           R"(,"wordings":{"letter":1},"language":"en")" + evidence);
    choose(R"({"letter":false})", R"(,"own_words":true)" + evidence);
    const std::string asked = choose(R"({"confirmed":true})", evidence);
    const std::string path(json::parse(asked).at("confirmation").at("path").as_string());
    ASSERT_TRUE(shop.told([&](Reply done) {
                        consents.confirm(path.substr(path.rfind('/') + 1), std::move(done));
                    })
                    .ok());
    choose(R"({"confirmed":true})", evidence);  // a link that nobody has followed yet
    ASSERT_TRUE(shop.told([&](Reply done) {
                        consents.suppress(R"({"list":"bounces","channel":"email","addresses":[")" +
                                              address + "\"]}",
                                          std::move(done));
                    })
                    .ok());
    shop.sees(word, {{IdentifierType::Email, address, {}}});
    const std::string profile = shop.id_of(word);
    EXPECT_EQ(shop.permit(profile), "permit.suppressed");
    EXPECT_GT(found_in(readable(disk), word), 0) << "the search finds what is there";

    ASSERT_TRUE(shop.erase(profile).ok());
    shop.wait_until_complete();
    EXPECT_EQ(found_in(readable(disk), word), 0);
    EXPECT_NE(consents.verify().value().find("\"whole\":true"), std::string::npos)
        << "the chain of proofs holds without the evidence";
    shop.sees(word, {{IdentifierType::Email, address, {}}});
    choose(R"({"letter":true})", "");
    EXPECT_EQ(shop.permit(shop.id_of(word)), "permit.suppressed")
        << "whoever comes back is not written to at a forbidden address";
}

TEST(Erasure, TheSearchForWordsFindsThemInEveryFormTheyCanHave) {
    const std::string word = kCanary;
    for (const std::string& form : forms_of(word)) EXPECT_GT(found_in("x" + form + "y", word), 0);
    std::string packed(1'024, '\0');
    z_stream stream{};
    ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string text = "a letter to " + word + " and so on, to " + word;
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    EXPECT_EQ(packed.find(word), std::string::npos);
    EXPECT_EQ(found_in("before" + packed + "after", word), 1);
    EXPECT_EQ(found_in("nothing of it \x1f\x8b\x08 here", word), 0);
}

// A brand of a group gives an identifier a number in the first brand, too, met there or not: after
// an erasure and a start from the log alone neither leads anywhere.
TEST(Erasure, WhoWasKnownToASecondBrandIsNewToBothAfterAStart) {
    Settings settings = ErasingShop::small_files();
    settings.brands.resize(2);
    settings.brands[0].id = "coats";
    settings.brands[1].id = "hats";
    settings.identity_across_brands = true;
    settings.sources[0].brand = "hats";
    settings.sources.push_back(
        {"web-coats", "Coats", "wk2", "web", "measurement", "consent", false, "coats", {}});
    fake::FakeDisk disk;
    std::string former;
    const auto find = [](ErasingShop& shop, const char* brand) {
        const auto found = shop.runtime->find_profile("user_id", "user-anna7q", brand, 0);
        return found.ok() ? std::string(json::parse(found.value()).at("id").as_string())
                          : found.error().code;
    };
    {
        ErasingShop shop(disk, 1, Duration{}, settings);
        shop.sees("anna7q", {{IdentifierType::Email, "anna7q@shop.test", {}}});
        former = find(shop, "hats");
        ASSERT_EQ(former.size(), 32u);
        ASSERT_TRUE(shop.erase(former).ok());
        shop.wait_until_complete();
    }
    disk.crash(fake::Crash::LoseUnsynced, 3);
    ErasingShop shop(disk, 2, hours(1), settings);
    EXPECT_EQ(find(shop, "hats"), "profile_not_found");
    EXPECT_EQ(find(shop, "coats"), "profile_not_found");
    IngestRequest request;
    request.source = shop.runtime->source_by_write_key("wk2")->number;
    request.items.emplace_back(shop.event_of("anna7q"));
    ASSERT_TRUE(shop.ingest(std::move(request)).has_value());
    shop.runtime->wait_until_folded();
    const std::string fresh = find(shop, "coats");
    ASSERT_EQ(fresh.size(), 32u);
    EXPECT_NE(fresh, former);
    const auto known = shop.runtime->profile(fresh, "measurement", "coats", 0);
    ASSERT_TRUE(known.ok());
    EXPECT_EQ(json::parse(known.value()).at("events").to_number<int>(), 1)
        << "a new person of whom nothing is known";
    EXPECT_EQ(find(shop, "hats"), "profile_not_found");
}

}  // namespace
}  // namespace filrouge::engine
