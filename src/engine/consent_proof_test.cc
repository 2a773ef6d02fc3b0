#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <future>
#include <map>

#include "base/text.h"
#include "engine/consent_verify.h"
#include "engine/consents.h"
#include "engine/records.h"
#include "engine/shop_for_test.h"
#include "engine/world_for_test.h"
#include "storage/signing.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

Settings mailing_shop() {
    Settings settings = shop_settings();
    PurposeSetting email{"marketing.email", LegalBasis::Consent, true, {"Advertising"}};
    email.channel = "email";
    settings.purposes.push_back(email);
    return settings;
}

std::string add_words(Shop& shop, const std::string& body) {
    std::string told;
    shop.runtime->consents().add_wording("marketing.email", body,
                                         [&told](const Result<std::string>& reply) {
                                             told = reply.ok() ? reply.value() : reply.error().code;
                                         });
    return told;
}

std::string choose(Shop& shop, bool granted, const std::string& more = "") {
    return shop.command(&Runtime::set_consent,
                        R"({"type":"email","value":"camille@shop.test","purposes":)"
                        R"({"marketing.email":)" +
                            std::string(granted ? "true" : "false") + "}" + more + "}");
}

json::value parsed(const Result<std::string>& answer) {
    EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.error().message);
    return answer.ok() ? json::parse(answer.value()) : json::value();
}

std::string camille(Shop& shop) {
    return std::string(parsed(shop.runtime->find_profile("email", "camille@shop.test", "", 0))
                           .at("id")
                           .as_string());
}

json::value verified(Shop& shop) { return parsed(shop.runtime->consents().verify()); }

// By name, the text each purpose is asked by; "-" where there is none.
std::map<std::string, std::string> asked_in(Shop& shop, const std::string& languages) {
    std::map<std::string, std::string> out;
    const json::value answer = parsed(shop.runtime->consents().asked(languages));
    for (const json::value& purpose : answer.at("purposes").as_array()) {
        const json::value& words = purpose.at("wording");
        out[std::string(purpose.at("name").as_string())] =
            words.is_null() ? "-" : std::string(words.at("text").as_string());
    }
    return out;
}

TEST(ConsentAsked, EachPurposeThatRestsOnConsentHasTheWordsInForceInTheFirstLanguageThereIs) {
    Settings settings = mailing_shop();
    settings.purposes.push_back({"delivery", LegalBasis::Contract, false, {}});
    PurposeSetting post{"marketing.post", LegalBasis::Consent, false, {}};
    post.double_opt_in = true;
    settings.purposes.push_back(post);
    fake::FakeDisk disk;
    Shop shop(disk, 1, {}, settings);
    EXPECT_EQ(asked_in(shop, "fr")["marketing.email"], "-");
    EXPECT_FALSE(asked_in(shop, "fr").contains("delivery")) << "it rests on the contract";
    EXPECT_FALSE(asked_in(shop, "fr").contains("marketing.post")) << "a yes on a page is none yet";
    add_words(shop, R"({"texts":{"fr":"Oui 1","en":"Yes 1"}})");
    add_words(shop, R"({"texts":{"fr":"Oui 2","en":"Yes 2"}})");
    const std::map<std::string, std::string> kExpected = {{"fr", "Oui 2"},    {"fr-CA,en", "Oui 2"},
                                                          {"de,en", "Yes 2"}, {"de", "-"},
                                                          {"", "-"},          {",,", "-"}};
    for (const auto& [languages, text] : kExpected)
        EXPECT_EQ(asked_in(shop, languages)["marketing.email"], text) << languages;
}

TEST(ConsentProof, TheWordsShownAtAnyPastInstantAreThereToTheByte) {
    fake::FakeDisk disk;
    Shop shop(disk, 1, {}, mailing_shop());
    const std::string first = "J\\u2019accepte de recevoir des offres.\\r\\n";
    const std::string exact =
        "J\xe2\x80\x99"
        "accepte de recevoir des offres.\r\n";
    ASSERT_NE(add_words(shop, R"({"texts":{"fr":")" + first + "\"}}").find("\"version\":1"),
              std::string::npos);
    shop.clock.advance(days(10));
    ASSERT_EQ(
        choose(shop, true, R"(,"wordings":{"marketing.email":1},"language":"fr-FR")").find('{'),
        0u);
    shop.clock.advance(days(10));
    add_words(shop, R"({"texts":{"fr":"Tout autre chose.","en":"Something else."}})");
    shop.clock.advance(days(10));
    ASSERT_EQ(choose(shop, false, R"(,"wordings":{"marketing.email":2},"language":"en")").find('{'),
              0u);
    const std::string profile = camille(shop);
    Consents& consents = shop.runtime->consents();
    const json::value now = parsed(consents.shown({profile, "", "marketing.email", "", ""}));
    EXPECT_EQ(now.at("statement").at("wording").at("text").as_string(), "Something else.");
    EXPECT_EQ(now.at("statement").at("state").as_string(), "refused");
    EXPECT_EQ(now.at("statement").at("channel").as_string(), "email");
    const json::value receipt = parsed(consents.receipt(profile, "")).at("receipt");
    const json::array& statements = receipt.at("statements").as_array();
    ASSERT_EQ(statements.size(), 2u);
    EXPECT_EQ(statements[0].at("wording").at("text").as_string(), exact);
    EXPECT_EQ(statements[0].at("state").as_string(), "granted");
    const std::string granted_at(statements[0].at("at").as_string());
    const json::value then =
        parsed(consents.shown({profile, "", "marketing.email", granted_at, ""}));
    EXPECT_EQ(then.at("statement").at("wording").at("text").as_string(), exact);
    EXPECT_EQ(then.at("statement").at("wording").at("sha256").as_string(), sha256(exact).hex());
    const json::value in_force =
        parsed(consents.shown({"", "", "marketing.email", granted_at, "fr"}));
    EXPECT_EQ(in_force.at("wording").at("text").as_string(), exact);
    const json::value earlier =
        parsed(consents.shown({profile, "", "marketing.email", "2001-01-01T00:00:00Z", ""}));
    EXPECT_FALSE(earlier.as_object().contains("statement"));
}

TEST(ConsentProof, OtherWordsAreAnotherVersionAndTheSameWordsAreNot) {
    fake::FakeDisk disk;
    Shop shop(disk, 1, {}, mailing_shop());
    const std::string texts = R"({"texts":{"fr":"Un."}})";
    const std::string first = add_words(shop, texts);
    EXPECT_EQ(add_words(shop, texts), first);
    EXPECT_NE(add_words(shop, R"({"texts":{"fr":"Un!"}})").find("\"version\":2"),
              std::string::npos);
    EXPECT_NE(parsed(shop.runtime->consents().wording("marketing.email", "1")), json::value());
    EXPECT_EQ(shop.runtime->consents().wording("marketing.email", "3").error().code,
              "wording_not_found");
    EXPECT_EQ(shop.runtime->consents().wordings("unheard").error().code, "purpose_not_found");
    EXPECT_EQ(add_words(shop, R"({"texts":{}})"), "wording.no_texts");
    EXPECT_EQ(add_words(shop, R"({"texts":{"fr fr":"x"}})"), "wording.invalid_language");
    EXPECT_EQ(add_words(shop, R"({"texts":{"fr":")" + std::string(8'193, 'x') + "\"}}"),
              "wording.invalid_text");
}

TEST(ConsentProof, AProofNamesWordsThatWereTold) {
    fake::FakeDisk disk;
    Shop shop(disk, 1, {}, mailing_shop());
    add_words(shop, R"({"texts":{"fr":"Un.","en":"One."}})");
    EXPECT_EQ(choose(shop, true, R"(,"wordings":{"marketing.email":2},"language":"fr")"),
              "consent.unknown_wording");
    EXPECT_EQ(choose(shop, true, R"(,"wordings":{"marketing.email":1},"language":"de")"),
              "consent.unknown_wording");
    EXPECT_EQ(choose(shop, true, R"(,"evidence":{"form":")" + std::string(2'048, 'x') + "\"}"),
              "consent.invalid_evidence");
    EXPECT_EQ(choose(shop, true, R"(,"language":"x")"), "consent.invalid_language");
}

TEST(ConsentProof, ANoIsTakenWithoutTheWordsThatItNamesWrongly) {
    fake::FakeDisk disk;
    Shop shop(disk, 1, {}, mailing_shop());
    add_words(shop, R"({"texts":{"fr":"Un.","nl":"Een."}})");
    ASSERT_EQ(choose(shop, false, R"(,"wordings":{"marketing.email":1},"language":"en")").find('{'),
              0u);
    const json::value told =
        parsed(shop.runtime->consents().shown({camille(shop), "", "marketing.email", "", ""}));
    EXPECT_EQ(told.at("statement").at("state").as_string(), "refused");
    EXPECT_FALSE(told.at("statement").as_object().contains("wording")) << "nor does it prove any";
}

TEST(ConsentProof, EventsThatSayWhatWasSaidBeforeAreNotProvedAgain) {
    fake::FakeDisk disk;
    Shop shop(disk, 1, {}, mailing_shop());
    for (int i = 0; i < 20; ++i) shop.send({"a" + std::to_string(i)});
    shop.runtime->wait_until_folded();
    const std::int64_t once = verified(shop).at("entries").as_int64();
    EXPECT_GE(once, 1);
    for (int i = 20; i < 40; ++i) shop.send({"a" + std::to_string(i)});
    shop.send({"a1"});
    EXPECT_EQ(verified(shop).at("entries").as_int64(), once);
    choose(shop, false);
    choose(shop, false);
    EXPECT_EQ(verified(shop).at("entries").as_int64(), once + 2) << "a choice is always proved";
}

TEST(ConsentProof, ARepeatedEventIsProvedOnce) {
    World world(1);
    collect::Incoming incoming = contact("Consent Updated", as_event_time(world.now), {user("u")});
    incoming.consent_change = true;
    world.send(incoming);
    world.send(incoming);
    EXPECT_EQ(world.fold->proofs.head().count, 1u);
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
}

TEST(ConsentProof, TheChainGoesOnAfterAPowerCut) {
    fake::FakeDisk disk;
    std::string head;
    {
        Shop shop(disk, 1, {}, mailing_shop());
        choose(shop, true);
        choose(shop, false);
        head = std::string(verified(shop).at("head").as_string());
    }
    disk.crash(fake::Crash::LoseUnsynced, 1);
    Shop shop(disk, 2, hours(1), mailing_shop());
    EXPECT_EQ(verified(shop).at("head").as_string(), head);
    choose(shop, true, R"(,"evidence":{"form":"footer","ip":"203.0.113.77"})");
    const json::value report = verified(shop);
    EXPECT_TRUE(report.at("whole").as_bool()) << json::serialize(report);
    EXPECT_EQ(report.at("entries").as_int64(), 3);
    EXPECT_EQ(report.at("evidence_checked").as_int64(), 1);
    const std::string receipt = shop.runtime->consents().receipt(camille(shop), "").value();
    EXPECT_NE(receipt.find("203.0.113.0"), std::string::npos);
    EXPECT_EQ(receipt.find("203.0.113.77"), std::string::npos);
}

std::string base64url_decoded(std::string text) {
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    return base64_decode(text).value_or("");
}

TEST(ConsentProof, AReceiptIsCheckedWithoutTheShop) {
    fake::FakeDisk disk;
    Shop shop(disk, 1, {}, mailing_shop());
    choose(shop, true);
    const json::value told = parsed(shop.runtime->consents().receipt(camille(shop), ""));
    const auto text = [&told](const char* name) { return std::string(told.at(name).as_string()); };
    const std::string x = base64url_decoded(std::string(told.at("key").at("x").as_string()));
    PublicKey key;
    ASSERT_EQ(x.size(), key.bytes.size());
    std::memcpy(key.bytes.data(), x.data(), x.size());
    const std::string signature = base64url_decoded(text("signature"));
    const std::string message = text("protected") + "." + text("payload");
    EXPECT_TRUE(is_signed(key, message, signature));
    EXPECT_FALSE(is_signed(key, message + "A", signature));
    EXPECT_FALSE(is_signed({}, message, signature));
    EXPECT_FALSE(is_signed(key, message, signature.substr(1)));
    EXPECT_EQ(json::parse(base64url_decoded(text("payload"))), told.at("receipt"));
    EXPECT_EQ(base64url_decoded(text("protected")), R"({"alg":"EdDSA"})");
}

// A log as somebody who knows its format could write it anew, checksums and all.
struct Ledger {
    Ledger() {
        for (std::uint32_t i = 0; i < 6; ++i) add(i);
    }
    void add(std::uint32_t number) {
        consent::Entry entry;
        entry.id = {random.number(), random.number()};
        entry.fragments = {FragmentNo{number}};
        entry.at.us = number;
        entry.statements = {{0, consent::State::Granted, {}, LegalBasis::Consent, 0, {}}};
        const Bytes plain = consent::encode_evidence({}, R"({"form":"x"})");
        entry.commitment = consent::commitment_to(plain);
        NewRecord& record = records.emplace_back();
        record.type = RecordType::ConsentTold;
        record.fragment = FragmentNo{number};
        consent::encode_entry(entry, record.clear);
        seal(keys->create(record.fragment), nonce_of(entry.id), consent::fixed_part(record.clear),
             plain, record.sealed);
        consent::link(record.clear, head);
    }
    ChainReport verify() const {
        const auto log = make_memory_log();
        EXPECT_TRUE(log->append({1}, records).ok());
        const auto report =
            verify_chain(*log, *keys, {}, {"measurement"}, head, log->last_sequence());
        EXPECT_TRUE(report.ok());
        return report.value();
    }
    fake::FakeRandom random{1};
    std::unique_ptr<KeyStore> keys = make_memory_key_store(random);
    std::vector<NewRecord> records;
    consent::ChainHead head;
};

TEST(ConsentVerify, FindsWhatWasChangedTakenOutMovedAndPutIn) {
    EXPECT_EQ(Ledger().verify().findings_in_all, 0u);
    EXPECT_EQ(Ledger().verify().opened, 6u);

    Ledger flipped;  // a yes made of a no, in the middle
    flipped.records[2].clear.back() = static_cast<char>(flipped.records[2].clear.back() ^ 1);
    EXPECT_NE(flipped.verify().findings_in_all, 0u);

    Ledger shorter;
    shorter.records.erase(shorter.records.begin() + 2);
    ASSERT_FALSE(shorter.verify().findings.empty());
    EXPECT_EQ(shorter.verify().findings.front().sequence, 3u);
    EXPECT_EQ(shorter.verify().findings.front().what, "does_not_follow");

    Ledger last;
    last.records.pop_back();
    ASSERT_FALSE(last.verify().findings.empty());
    EXPECT_EQ(last.verify().findings.front().what, "other_end");

    Ledger moved;
    std::swap(moved.records[1], moved.records[2]);
    EXPECT_NE(moved.verify().findings_in_all, 0u);

    Ledger longer;
    longer.records.insert(longer.records.begin() + 3, longer.records[1]);
    EXPECT_NE(longer.verify().findings_in_all, 0u);

    Ledger other;  // evidence of somebody else
    other.records[1].sealed = other.records[2].sealed;
    ASSERT_EQ(other.verify().findings_in_all, 1u);
    EXPECT_EQ(other.verify().findings.front().what, "evidence_changed");

    Ledger without;
    without.records[1].sealed.clear();
    EXPECT_EQ(without.verify().findings.front().what, "evidence_missing");
}

TEST(ConsentVerify, AChainHoldsAfterAnErasure) {
    const Ledger ledger;
    ASSERT_TRUE(ledger.keys->forget({FragmentNo{2}, FragmentNo{4}}).ok());
    const ChainReport report = ledger.verify();
    EXPECT_EQ(report.findings_in_all, 0u);
    EXPECT_EQ(report.opened, 4u);
    EXPECT_EQ(report.closed, 2u);
}

}  // namespace
}  // namespace filrouge::engine
