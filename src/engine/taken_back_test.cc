// What was said, taken back: as if it had not been said, whatever came in between and in whatever
// order it comes in; and never a yes that nobody gave.
#include "engine/taken_back.h"
#include "engine/answer_for_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <random>

#include "base/seed_for_test.h"
#include "engine/consents.h"
#include "engine/erasing_for_test.h"
#include "engine/rights_desk.h"
#include "engine/world_for_test.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr std::uint8_t kMarketing = 1;  // of World's purposes: gpc_denies

enum class Said : std::uint8_t {
    AmbientYes,
    AmbientNo,
    Control,
    ChoiceYes,
    ChoiceNo,
    OwnYes,
    OwnNo,
    TakeObjection,
    TakeChoices,
    TakeAll,
};
constexpr std::uint64_t kKinds = 10;

bool takes_back(Said said) { return said >= Said::TakeObjection; }

struct One {
    Said said;
    int who;  // 0 or 1
    std::int64_t second;
};

Identifier named(int who) { return visitor(who == 0 ? "ann" : "bob"); }

void say(World& world, const One& one, EventTime at) {
    if (takes_back(one.said)) {
        consent::Entry entry;
        entry.id = world.new_id();
        entry.at = at;
        entry.fragments = {world.fragment(0, named(one.who))};
        const auto weight = one.said == Said::TakeObjection ? ConsentWeight::Objection
                            : one.said == Said::TakeChoices ? ConsentWeight::Choice
                                                            : ConsentWeight::OwnWords;
        entry.statements = {
            {kMarketing, consent::State::TakenBack, {}, LegalBasis::Consent, 0, {}, weight}};
        Bytes clear;
        consent::encode_entry(entry, clear);
        consent::ChainHead head = world.fold->proofs.head();
        consent::link(clear, head);
        return world.sealed(RecordType::ConsentTold, entry.fragments.front(), entry.id, clear, {});
    }
    collect::Incoming in = contact("Product Viewed", at, {named(one.who)});
    in.global_privacy_control = one.said == Said::Control;
    in.consent_change = one.said >= Said::ChoiceYes;
    if (one.said >= Said::OwnYes) {
        auto proof = std::make_shared<collect::ConsentProof>();
        proof->own_words = true;
        in.proof = proof;
    }
    const bool yes =
        one.said == Said::AmbientYes || one.said == Said::ChoiceYes || one.said == Said::OwnYes;
    if (one.said != Said::Control) in.consents.push_back({"marketing.email", yes});
    world.send(std::move(in));
}

// Whether `one` is as if it had never been said, by what was taken back after it.
bool is_gone(const std::vector<One>& history, const One& one) {
    if (takes_back(one.said)) return true;
    const auto later = [&](const One& other, auto&& of) {
        return other.who == one.who && other.second > one.second && of(other);
    };
    return std::any_of(history.begin(), history.end(), [&](const One& taking) {
        return later(taking, [&](const One& t) {
            if (t.said == Said::TakeAll) return true;
            if (t.said == Said::TakeObjection) return one.said == Said::OwnNo;
            if (t.said != Said::TakeChoices) return false;
            if (one.said != Said::OwnNo) return true;
            // The yes that ended it is gone with it: it does not come back.
            return std::any_of(history.begin(), history.end(), [&](const One& yes) {
                return yes.said == Said::OwnYes && yes.second < t.second &&
                       later(yes, [](const One&) { return true; });
            });
        });
    });
}

TEST(TakenBack, IsAsIfItHadNeverBeenSaidInWhateverOrderItComesIn) {
    for (const std::uint64_t seed : test_seeds(150)) {
        SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(seed));
        std::mt19937_64 rng(seed);
        std::vector<One> history;
        history.reserve(12);
        for (int i = 0; i < 12; ++i)
            history.push_back(
                {static_cast<Said>(rng() % kKinds), static_cast<int>(rng() % 2), i + 1});
        World told(seed), never(seed);
        const EventTime start = as_event_time(told.now);
        const bool tied = rng() % 2 == 0;
        for (World* world : {&told, &never}) {
            world->send(contact("Product Viewed", start, {named(0)}));
            world->send(contact("Product Viewed", start, {named(1)}));
            world->now = world->now + hours(1);
        }
        for (const One& one : history) {
            if (!is_gone(history, one)) say(never, one, start + seconds(one.second));
        }
        if (tied) never.send(contact("Page", start + minutes(1), {named(0), named(1)}));
        std::vector<One> arrives = history;
        std::shuffle(arrives.begin(), arrives.end(), rng);
        const std::size_t tie_at = rng() % arrives.size();
        for (std::size_t i = 0; i < arrives.size(); ++i) {
            if (tied && i == tie_at)
                told.send(contact("Page", start + minutes(1), {named(0), named(1)}));
            say(told, arrives[i], start + seconds(arrives[i].second));
        }
        const auto same = [&] {
            for (const int who : {0, 1}) {
                const FragmentNo f = told.fragment(0, named(who));
                const FragmentNo g = never.fragment(0, named(who));
                EXPECT_EQ(told.fold->stated_by(f), never.fold->stated_by(g)) << who;
                EXPECT_EQ(told.fold->standing_of(told.fold->graph.person_of(f), 0),
                          never.fold->standing_of(never.fold->graph.person_of(g), 0))
                    << who;
            }
        };
        same();
        EXPECT_EQ(told.rebuilt()->hash(), told.fold->hash()) << "replay equals live";
        if (tied) {
            for (World* world : {&told, &never})
                world->decide(Verdict::Withdraw, world->fragment(0, named(0)),
                              world->fragment(0, named(1)));
            same();
        }
        // What is said afterwards is as if it were the first word.
        const bool yes = rng() % 2 == 0;
        for (World* world : {&told, &never})
            say(*world, {yes ? Said::OwnYes : Said::OwnNo, 0, 0}, start + minutes(2));
        same();
    }
}

constexpr const char* kCamille = "camille7q";
constexpr const char* kMail = "camille7q@shop.test";

struct WritingShop : ErasingShop {
    static Settings writing() {
        Settings s = small_files();
        s.purposes.push_back({"marketing.email", LegalBasis::Consent, false, {}});
        s.purposes.back().channel = "email";
        s.purposes.push_back({"news", LegalBasis::LegitimateInterest, false, {}});
        s.purposes.back().channel = "email";
        return s;
    }
    explicit WritingShop(fake::FakeDisk& on, std::uint64_t seed = 1, Duration later = {})
        : ErasingShop(on, seed, later, writing()) {}
    void meet() { sees(kCamille, {{IdentifierType::Email, kMail, {}}}); }
    std::string id() const { return id_of(kCamille); }
    std::string may(const std::string& purpose) {
        const auto told = runtime->consents().permit({id(), "", purpose, "email", "", ""});
        return told.ok() ? "yes" : told.error().code;
    }
    std::string state(const std::string& purpose) {
        return std::string(parsed(runtime->profile(id(), "measurement", "", 0))
                               .at("consents")
                               .at(purpose)
                               .at("state")
                               .as_string());
    }
    void objects(const std::string& purpose, bool withdrawn) {
        clock.advance(minutes(1));
        parsed(runtime->rights().object(id(),
                                        R"({"purposes":[")" + purpose + R"("],"withdrawn":)" +
                                            (withdrawn ? "true" : "false") +
                                            R"(,"evidence":{"letter":"qv3letter"}})",
                                        "t1"));
        runtime->wait_until_folded();
    }
    void agrees(const std::string& purpose, bool yes, const std::string& more = "") {
        clock.advance(minutes(1));
        command(&Runtime::set_consent, std::string(R"({"type":"email","value":")") + kMail +
                                           R"(","purposes":{")" + purpose +
                                           "\":" + (yes ? "true" : "false") + "}" + more + "}");
        runtime->wait_until_folded();
    }
    std::string takes_back(const std::string& what) {
        clock.advance(minutes(1));
        const auto told = runtime->consents().take_back(
            std::string(R"({"type":"email","value":")") + kMail + "\"," + what + "}");
        runtime->wait_until_folded();
        return told.ok() ? "" : told.error().code;
    }
    std::string choose(const std::string& more) {
        clock.advance(minutes(1));
        const auto told =
            runtime->rights().choose(id(), "{" + more + R"(,"evidence":{"page":"/me"}})");
        runtime->wait_until_folded();
        return told.ok() ? "" : told.error().code;
    }
};

TEST(TakenBack, AnObjectionTakenBackGivesBackWhatStoodBefore) {
    fake::FakeDisk disk;
    std::string hash;
    {
        WritingShop shop(disk);
        shop.meet();
        // Nothing was said: nobody has said yes.
        shop.objects("marketing.email", false);
        shop.objects("marketing.email", true);
        EXPECT_EQ(shop.state("marketing.email"), "not asked");
        EXPECT_EQ(shop.may("marketing.email"), "permit.no_consent");
        // What needs no yes is allowed, as it is of who never said anything.
        EXPECT_EQ(shop.may("news"), "yes");
        shop.objects("news", false);
        EXPECT_EQ(shop.may("news"), "permit.no_consent");
        shop.objects("news", true);
        EXPECT_EQ(shop.may("news"), "yes");
        EXPECT_EQ(shop.state("news"), "not asked");
        // A yes that was given stands again, and so does a no.
        shop.agrees("marketing.email", true);
        shop.objects("marketing.email", false);
        EXPECT_EQ(shop.state("marketing.email"), "refused");
        shop.objects("marketing.email", true);
        EXPECT_EQ(shop.may("marketing.email"), "yes");
        shop.agrees("marketing.email", false);
        shop.objects("marketing.email", false);
        shop.objects("marketing.email", true);
        EXPECT_EQ(shop.state("marketing.email"), "refused");
        shop.objects("marketing.email", true);
        EXPECT_EQ(shop.state("marketing.email"), "refused") << "there was none to take back";
        hash = shop.runtime->state_hash();
        const json::object whole = parsed(shop.runtime->consents().verify());
        EXPECT_TRUE(whole.at("whole").as_bool());
        const std::string receipt = shop.runtime->consents().receipt(shop.id(), "").value();
        EXPECT_NE(receipt.find("\"state\":\"taken_back\""), std::string::npos);
        EXPECT_NE(receipt.find("qv3letter"), std::string::npos);
        shop.runtime->stop();
    }
    WritingShop again(disk, 2, hours(1));
    EXPECT_EQ(again.runtime->state_hash(), hash);
    EXPECT_EQ(again.state("marketing.email"), "refused");
    EXPECT_EQ(again.may("news"), "yes");
}

TEST(TakenBack, ThroughTheApiItReachesAsFarAsItSays) {
    fake::FakeDisk disk;
    WritingShop shop(disk);
    shop.meet();
    shop.agrees("marketing.email", true);
    EXPECT_EQ(shop.takes_back(R"("purposes":["marketing.email"])"), "");
    EXPECT_EQ(shop.state("marketing.email"), "not asked");
    EXPECT_EQ(shop.may("marketing.email"), "permit.no_consent");
    shop.agrees("marketing.email", true);
    EXPECT_EQ(shop.may("marketing.email"), "yes") << "a later yes is as if first";
    shop.agrees("marketing.email", false, R"(,"own_words":true,"evidence":{"letter":"1"})");
    EXPECT_EQ(shop.takes_back(R"("purposes":["marketing.email"])"), "");
    EXPECT_EQ(shop.state("marketing.email"), "refused") << "own words are ended by own words";
    EXPECT_EQ(shop.takes_back(R"("purposes":["marketing.email"],"own_words":true)"),
              "consent.invalid_own_words");
    EXPECT_EQ(shop.takes_back(
                  R"("purposes":["marketing.email"],"own_words":true,"evidence":{"letter":"2"})"),
              "");
    EXPECT_EQ(shop.state("marketing.email"), "not asked");
    EXPECT_EQ(shop.takes_back(R"("purposes":["what"])"), "consent.unknown_purpose");
    EXPECT_EQ(shop.takes_back(R"("purposes":{"marketing.email":true})"), "consent.no_purposes");
    EXPECT_EQ(shop.runtime->consents()
                  .take_back(R"({"type":"email","value":"no@shop.test","purposes":["news"]})")
                  .error()
                  .code,
              "profile_not_found");
    // No event tells it: a site's word for it states nothing.
    EXPECT_EQ(shop.command(&Runtime::set_consent,
                           std::string(R"({"type":"email","value":")") + kMail +
                               R"(","purposes":{"marketing.email":"taken_back"}})"),
              "consent.invalid_choice");
}

TEST(TakenBack, AtTheirOwnDoorAPersonUnsaysWhatTheySaidUnderEveryIdentifier) {
    fake::FakeDisk disk;
    WritingShop shop(disk);
    shop.meet();
    shop.agrees("marketing.email", false);
    EXPECT_EQ(shop.choose(R"("purpose":"marketing.email","granted":true)"), "");
    EXPECT_EQ(shop.may("marketing.email"), "yes") << "the no of her address was taken back";
    EXPECT_EQ(shop.choose(R"("purpose":"marketing.email","taken_back":true)"), "");
    EXPECT_EQ(shop.state("marketing.email"), "not asked");
    EXPECT_EQ(shop.choose(R"("purpose":"news","granted":false)"), "");
    EXPECT_EQ(shop.may("news"), "permit.no_consent");
    EXPECT_EQ(shop.choose(R"("purpose":"news","taken_back":true)"), "");
    EXPECT_EQ(shop.may("news"), "yes");
    EXPECT_EQ(shop.choose(R"("purpose":"news","taken_back":true)"), "") << "once more is nothing";
    EXPECT_EQ(shop.choose(R"("purpose":"news","granted":true,"taken_back":true)"),
              "consent.invalid_choice");
}

TEST(TakenBack, AnExportReadAgainTakesItBackThereToo) {
    fake::FakeDisk disk, empty;
    WritingShop shop(disk);
    shop.meet();
    shop.objects("news", false);
    shop.objects("news", true);
    shop.agrees("marketing.email", true);
    EXPECT_EQ(shop.takes_back(R"("purposes":["marketing.email"])"), "");
    const std::string text = shop.runtime->rights().export_profile(shop.id()).value();
    const json::array taken = json::parse(text).at("taken_back").as_array();
    ASSERT_EQ(taken.size(), 3u) << "of two identifiers an objection, of one a choice";
    WritingShop other(empty, 7, days(3));
    EXPECT_EQ(parsed(other.runtime->rights().import_profile(text)).at("taken_back"), 3);
    other.runtime->wait_until_folded();
    EXPECT_EQ(other.state("marketing.email"), "not asked");
    EXPECT_EQ(other.state("news"), "not asked");
    EXPECT_EQ(other.may("news"), "yes");
    EXPECT_EQ(parsed(other.runtime->rights().import_profile(text)).at("taken_back"), 0)
        << "twice is once";
}

TEST(TakenBack, WithAnErasureItsEvidenceGoesAndTheChainHolds) {
    fake::FakeDisk disk;
    WritingShop shop(disk);
    shop.meet();
    shop.objects("news", false);
    shop.objects("news", true);
    ASSERT_TRUE(shop.erase(shop.id()).ok());
    shop.wait_until_complete();
    const json::object whole = parsed(shop.runtime->consents().verify());
    EXPECT_TRUE(whole.at("whole").as_bool());
    EXPECT_EQ(whole.at("evidence_checked"), 0);
}

}  // namespace
}  // namespace filrouge::engine
