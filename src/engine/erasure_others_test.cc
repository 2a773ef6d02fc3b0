// Who is erased takes nothing from others: what was said of a shared browser goes on to hold, a
// lent thing is not its former holder's again, and strangers are not made one.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/seed_for_test.h"
#include "engine/consents.h"
#include "engine/erasing_for_test.h"
#include "engine/rights_desk.h"

namespace filrouge::engine {
namespace {

Identifier user(const std::string& value) { return {IdentifierType::UserId, value, {}}; }
Identifier browser(const std::string& value) { return {IdentifierType::AnonymousId, value, {}}; }
Identifier mail(const std::string& value) { return {IdentifierType::Email, value, {}}; }
Identifier trolley(const std::string& value) { return {IdentifierType::Trolley, value, {}}; }

struct SharingShop : ErasingShop {
    static Settings with_letter() {
        Settings s = small_files();
        PurposeSetting letter{"letter", LegalBasis::Consent, false, {}};
        letter.channel = "email";
        s.purposes.push_back(letter);
        return s;
    }
    explicit SharingShop(fake::FakeDisk& on, std::uint64_t seed = 1, Duration later = {},
                         const Settings& settings = with_letter())
        : ErasingShop(on, seed, later, settings) {}
    collect::Incoming contact(const std::string& name, std::vector<Identifier> who,
                              std::vector<collect::NamedConsent> consents) {
        clock.advance(minutes(1));
        collect::Incoming incoming;
        incoming.event.name = name;
        incoming.event.at = as_event_time(clock.now());
        incoming.event.message_id = "n-" + std::to_string(++serial);
        incoming.event.identifiers = std::move(who);
        incoming.consents = std::move(consents);
        return incoming;
    }
    IngestReply tells(collect::Incoming incoming) {
        const IngestReply reply = sends(std::move(incoming));
        runtime->wait_until_folded();
        return reply;
    }
    IngestReply visits(std::vector<Identifier> who,
                       std::vector<collect::NamedConsent> consents = {{"measurement", true}}) {
        return tells(contact("Product Viewed", std::move(who), std::move(consents)));
    }
    void chooses(std::vector<Identifier> who, std::vector<collect::NamedConsent> consents) {
        collect::Incoming choice = contact("Consent Updated", std::move(who), std::move(consents));
        choice.consent_change = true;
        tells(std::move(choice));
    }
    std::string id_of(std::string_view type, std::string_view value) const {
        const auto found = runtime->find_profile(type, value, "", 0);
        return found.ok() ? found.value().substr(7, 32) : found.error().code;
    }
    void erase_user(const std::string& value) {
        const std::string id = id_of("user_id", value);
        ASSERT_EQ(id.size(), 32u) << value;
        const auto erased = erase(id);
        ASSERT_TRUE(erased.ok()) << erased.error().message;
        wait_until_complete();
        runtime->wait_until_folded();
    }
    std::string permit(const std::string& profile) {
        const auto permit = runtime->consents().permit({profile, "", "letter", "email", "", ""});
        return permit.ok() ? "allowed" : permit.error().code;
    }
    std::string members(const std::string& audience) {
        return runtime->members(audience, "", 50, 0).value();
    }
};

// ---------------------------------------------------------------- what was said

struct OneBrowser : ::testing::Test {
    // Anna's browser, on which Bert signs in too: it stays Anna's, his tie to it is refused.
    void begin(SharingShop& shop) {
        shop.command(&Runtime::create_audience,
                     R"x({"id":"readers","name":"Readers","purpose":"letter",)x"
                     R"x("rule":"any(Product Viewed)"})x");
        shop.visits({user("anna"), mail("anna@shop.test"), browser("a")},
                    {{"measurement", true}, {"letter", true}});
        anna = shop.id_of("user_id", "anna");
        ASSERT_EQ(shop.permit(anna), "allowed");
        ASSERT_NE(shop.members("readers").find(anna), std::string::npos);
    }
    void expect_refused(SharingShop& shop, const std::string& when) {
        EXPECT_EQ(shop.id_of("user_id", "anna"), anna) << when;
        EXPECT_EQ(shop.permit(anna), "permit.no_consent") << when;
        EXPECT_EQ(shop.members("readers").find(anna), std::string::npos) << when;
    }
    void refused_through_an_erasure_and_a_start(const std::function<void(SharingShop&)>& refuse) {
        {
            SharingShop shop(disk);
            begin(shop);
            refuse(shop);
            expect_refused(shop, "as it was said");
            shop.erase_user("bert");
            expect_refused(shop, "after the erasure");
        }
        disk.crash(fake::Crash::LoseUnsynced, 3);
        for (const std::string& path : disk.paths()) {
            if (path.starts_with("shop/state/fold/")) {
                ASSERT_TRUE(disk.remove(path).ok());
            }
        }
        SharingShop again(disk, 2, hours(1));
        again.runtime->wait_until_folded();
        expect_refused(again, "after a start from the log alone");
        EXPECT_NE(again.runtime->consents().verify().value().find("\"whole\":true"),
                  std::string::npos);
    }
    fake::FakeDisk disk;
    std::string anna;
};

TEST_F(OneBrowser, ARefusalThatAnErasedPersonToldOnItGoesOnToHold) {
    refused_through_an_erasure_and_a_start([](SharingShop& shop) {
        shop.chooses({user("bert"), browser("a")}, {{"letter", false}});
    });
}

// Bert had refused before, so his refusal is no news of his; of the browser it is.
TEST_F(OneBrowser, ARefusalThatWasNoNewsOfTheErasedGoesOnToHold) {
    refused_through_an_erasure_and_a_start([](SharingShop& shop) {
        shop.visits({user("bert")}, {{"measurement", true}, {"letter", false}});
        shop.visits({user("bert"), browser("a")}, {{"measurement", true}, {"letter", false}});
    });
}

TEST_F(OneBrowser, AYesOfAnErasedPersonThatEndedAnotherRefusalStillEndsIt) {
    SharingShop shop(disk);
    begin(shop);
    shop.chooses({browser("a")}, {{"letter", false}});
    expect_refused(shop, "as it was said");
    shop.chooses({user("bert"), browser("a")}, {{"letter", true}});
    EXPECT_EQ(shop.permit(anna), "allowed");
    shop.erase_user("bert");
    EXPECT_EQ(shop.permit(anna), "allowed") << "everybody else is as before";
}

// What a person said in their own words ends by own words alone; so it does when it was another's.
TEST_F(OneBrowser, TheWeightOfARefusalStays) {
    SharingShop shop(disk);
    begin(shop);
    const auto own_words = [&] {
        auto proof = std::make_shared<collect::ConsentProof>();
        proof->means = consent::Means::Api;
        proof->own_words = true;
        proof->evidence = R"({"door":"me"})";
        collect::Incoming told =
            shop.contact("Consent Updated", {user("bert"), browser("a")}, {{"letter", false}});
        told.consent_change = true;
        told.proof = std::move(proof);
        shop.tells(std::move(told));
    };
    own_words();
    shop.chooses({user("anna"), browser("a")}, {{"letter", true}});
    expect_refused(shop, "a banner does not end it");
    shop.erase_user("bert");
    expect_refused(shop, "nor after the erasure");
    shop.chooses({user("anna"), browser("a")}, {{"letter", true}});
    expect_refused(shop, "nor now");
}

// Anna never said anything; her family's e-mail did, by Bert, who had said the same before, so that
// there is no proof of it. His word goes with him.
TEST_F(OneBrowser, TheDoorsForgetAStandingThatIsNotTrueAnyMore) {
    const std::vector<Identifier> family = {user("anna"), mail("family@shop.test")};
    {
        SharingShop shop(disk);
        shop.chooses({user("anna"), mail("family@shop.test")}, {{"letter", false}});
        shop.visits({user("bert")});
        shop.visits({user("bert"), mail("family@shop.test")});
        EXPECT_EQ(shop.visits(family, {}).stored, 1u) << "by the e-mail's standing";
        shop.erase_user("bert");
        EXPECT_EQ(shop.visits(family, {}).not_kept, 1u) << "by nobody's";
    }
    SharingShop again(disk, 2, hours(1));
    EXPECT_EQ(again.visits(family, {}).not_kept, 1u) << "and so after a start";
}

// Whoever was refused stays refused, and where all said so for its own sake whoever was allowed
// stays allowed.
class OthersLaw : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(OthersLaw, NobodysConsentGoesWithSomebodyElse) {
    std::mt19937_64 rng(GetParam());
    const bool all_choose = GetParam() % 2 == 0;
    fake::FakeDisk disk;
    SharingShop shop(disk, GetParam());
    const auto user_no = [](std::uint64_t i) { return user("p" + std::to_string(i)); };
    for (std::uint64_t i = 0; i < 6; ++i)
        shop.visits({user_no(i), mail("p" + std::to_string(i) + "@shop.test"),
                     browser("b" + std::to_string(i % 4))});
    for (int step = 0; step < 60; ++step) {
        std::vector<Identifier> who;
        if (rng() % 4 != 0) who.push_back(user_no(rng() % 6));
        if (who.empty() || rng() % 4 != 0) who.push_back(browser("b" + std::to_string(rng() % 4)));
        const bool yes = rng() % 2 == 0;
        if (all_choose || rng() % 2 == 0)
            shop.chooses(std::move(who), {{"letter", yes}});
        else
            shop.visits(std::move(who), {{"measurement", true}, {"letter", yes}});
    }
    std::map<std::string, std::string> before;
    const auto standings = [&](int first) {
        std::map<std::string, std::string> out;
        for (int i = first; i < 6; ++i) {
            const std::string id = shop.id_of("user_id", "p" + std::to_string(i));
            out[id] = shop.permit(id);
        }
        return out;
    };
    for (int i = 0; i < 3; ++i) {
        before = standings(i + 1);
        shop.erase_user("p" + std::to_string(i));
        for (const auto& [id, permit] : standings(i + 1)) {
            ASSERT_TRUE(before.contains(id)) << "seed " << GetParam();
            if (all_choose || before[id] != "allowed") {
                EXPECT_EQ(permit, before[id]) << "seed " << GetParam();
            }
        }
    }
}
INSTANTIATE_TEST_SUITE_P(Seeds, OthersLaw, ::testing::ValuesIn(test_seeds(6)));

// ---------------------------------------------------------------- lent things

struct OneTrolley : ::testing::Test {
    static std::size_t zones_of(SharingShop& shop, const std::string& who) {
        const auto thread =
            shop.runtime->thread(shop.id_of("user_id", who), "measurement", "", 0, 50, 0);
        EXPECT_TRUE(thread.ok());
        if (!thread.ok()) return 999;
        std::size_t found = 0;
        for (std::size_t at = 0;
             (at = thread.value().find("Zone Entered", at)) != std::string::npos; ++at)
            ++found;
        return found;
    }
    static void lend(SharingShop& shop, const std::string& who, bool allowed = true) {
        std::vector<collect::NamedConsent> consents = {{"measurement", true}};
        if (!allowed) consents.clear();
        shop.tells(shop.contact("Thing Bound", {user(who), trolley("T-7")}, consents));
    }
    static void walk(SharingShop& shop) {
        shop.tells(shop.contact("Zone Entered", {trolley("T-7")}, {{"measurement", true}}));
    }
    fake::FakeDisk disk;
};

TEST_F(OneTrolley, IsNotItsFormerHoldersWhenTheNextOneIsErased) {
    {
        SharingShop shop(disk);
        lend(shop, "anna");
        walk(shop);
        lend(shop, "bert");
        walk(shop);
        walk(shop);
        EXPECT_EQ(zones_of(shop, "anna"), 1u);
        EXPECT_EQ(zones_of(shop, "bert"), 2u);
        shop.erase_user("bert");
        EXPECT_EQ(zones_of(shop, "anna"), 1u) << "after the erasure";
        walk(shop);
        EXPECT_EQ(zones_of(shop, "anna"), 1u) << "and later";
    }
    SharingShop again(disk, 2, hours(1));
    again.runtime->wait_until_folded();
    EXPECT_EQ(zones_of(again, "anna"), 1u) << "after a start";
}

// The log as a version wrote it that told nothing of things but their bindings.
void forget_what_passed_on(fake::FakeDisk& disk) {
    const auto copy = disk.clone();
    copy->crash(fake::Crash::KeepAll, 1);  // gives its locks back
    ASSERT_TRUE(copy->make_folder("before").ok());
    {
        const auto log = open_segment_log(*copy, "shop/log").value();
        const auto before = open_segment_log(*copy, "before").value();
        ASSERT_TRUE(log->read(1,
                              [&](const RecordView& r) {
                                  if (r.type == RecordType::ThingPassedOn) return true;
                                  return before
                                      ->append(r.received, {{r.type, r.version, r.fragment,
                                                             Bytes(r.clear), Bytes(r.sealed)}})
                                      .ok();
                              })
                        .ok());
    }
    for (const std::string& path : disk.paths()) {
        if (path.starts_with("shop/log/") || path.starts_with("shop/state/")) {
            ASSERT_TRUE(disk.remove(path).ok());
        }
    }
    for (const std::string& path : copy->paths()) {
        if (path.starts_with("before/"))
            disk.set_raw("shop/log/" + path.substr(7), copy->raw(path));
    }
}

TEST_F(OneTrolley, IsNotItsFormerHoldersWhenItsBindingsAreOfAnOlderVersion) {
    {
        SharingShop shop(disk);
        lend(shop, "anna");
        walk(shop);
        lend(shop, "bert");
        walk(shop);
    }
    forget_what_passed_on(disk);
    SharingShop shop(disk, 2, hours(1));
    shop.runtime->wait_until_folded();
    ASSERT_EQ(zones_of(shop, "anna"), 1u);
    ASSERT_EQ(zones_of(shop, "bert"), 1u);
    shop.erase_user("bert");
    EXPECT_EQ(zones_of(shop, "anna"), 1u);
}

TEST_F(OneTrolley, StaysWithWhomItWasLentWhenThatIsToldTwice) {
    SharingShop shop(disk);
    lend(shop, "anna");
    const collect::Incoming lent =
        shop.contact("Thing Bound", {user("bert"), trolley("T-7")}, {{"measurement", true}});
    EXPECT_EQ(shop.tells(lent).stored, 1u);
    walk(shop);
    EXPECT_EQ(shop.tells(lent).deduplicated, 1u);
    EXPECT_EQ(zones_of(shop, "bert"), 1u);
    shop.erase_user("anna");
    EXPECT_EQ(zones_of(shop, "bert"), 1u);
}

TEST_F(OneTrolley, IsNotItsFormerHoldersWhenTheNextBindingIsNotKept) {
    SharingShop shop(disk);
    lend(shop, "anna");
    walk(shop);
    lend(shop, "bert", false);
    walk(shop);
    EXPECT_EQ(zones_of(shop, "anna"), 1u);
    lend(shop, "anna");
    walk(shop);
    EXPECT_EQ(zones_of(shop, "anna"), 2u);
    shop.tells(shop.contact("Thing Released", {trolley("T-7")}, {}));  // nobody consents for it
    walk(shop);
    EXPECT_EQ(zones_of(shop, "anna"), 2u) << "it was given back";
}

TEST_F(OneTrolley, IsNotItsFormerHoldersWhenTheTermOfTheNextBindingHasPassed) {
    Settings settings = SharingShop::with_letter();  // what serves the letter, too, has no term
    settings.event_terms = {{{}, "measurement", 10}, {{}, "service", 10}};
    SharingShop shop(disk, 1, Duration{}, settings);
    const std::vector<collect::NamedConsent> all = {{"measurement", true}, {"letter", true}};
    const auto tell = [&](const std::string& name, const std::vector<Identifier>& who,
                          const auto& consents) { shop.tells(shop.contact(name, who, consents)); };
    tell("Thing Bound", {user("anna"), trolley("T-7")}, all);
    tell("Zone Entered", {trolley("T-7")}, all);
    tell("Thing Bound", {user("bert"), trolley("T-7")},
         std::vector<collect::NamedConsent>{{"measurement", true}});
    tell("Zone Entered", {trolley("T-7")}, all);
    EXPECT_EQ(zones_of(shop, "anna"), 1u);
    EXPECT_EQ(zones_of(shop, "bert"), 1u);
    shop.clock.advance(days(12));
    ASSERT_TRUE(shop.runtime->rights().sweep_retention().ok());
    for (int i = 0; i < 500 && zones_of(shop, "bert") != 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(zones_of(shop, "bert"), 0u) << "his binding has lapsed";
    EXPECT_EQ(zones_of(shop, "anna"), 1u);
}

// ---------------------------------------------------------------- strangers

struct OneTill : ::testing::Test {
    static std::string number(int i) { return "K" + std::to_string(1'000 + i); }
    static Identifier card(int i) { return {IdentifierType::LoyaltyCard, number(i), {}}; }
    static Identifier phone() { return {IdentifierType::Phone, "+33102030405", {}}; }
    static std::vector<std::string> profiles(SharingShop& shop, int from, int to) {
        std::vector<std::string> out;
        for (int i = from; i < to; ++i) out.push_back(shop.id_of("loyalty_card", number(i)));
        return out;
    }
    fake::FakeDisk disk;
};

TEST_F(OneTill, ItsPhoneMakesNoOneOfStrangersWhenOneOfThemIsErased) {
    std::vector<std::string> before;
    {
        SharingShop shop(disk);
        for (int i = 0; i < 21; ++i) shop.visits({card(i), phone()});
        before = profiles(shop, 0, 20);
        ASSERT_EQ(std::set(before.begin(), before.end()).size(), 20u) << before[0];
        ASSERT_TRUE(shop.erase(shop.id_of("loyalty_card", number(20))).ok());
        shop.wait_until_complete();
        EXPECT_EQ(profiles(shop, 0, 20), before);
        ASSERT_TRUE(shop.erase(before.back()).ok());
        before.pop_back();
        shop.wait_until_complete();
        EXPECT_EQ(profiles(shop, 0, 19), before) << "nor when another one is";
        shop.visits({card(0), phone()});
        EXPECT_EQ(profiles(shop, 0, 19), before);
    }
    for (const std::string& path : disk.paths()) {
        if (path.starts_with("shop/state/fold/")) {
            ASSERT_TRUE(disk.remove(path).ok());
        }
    }
    SharingShop again(disk, 2, hours(1));
    EXPECT_EQ(profiles(again, 0, 19), before) << "after a start from the log alone";
}

}  // namespace
}  // namespace filrouge::engine
