// Who is signed in, and by which tokens: through a whole runtime, starts and crashes.
#include "engine/access_desk.h"

#include <random>
#include <thread>

#include "base/seed_for_test.h"
#include "base/text.h"
#include "engine/account_desk.h"
#include "engine/rights_desk.h"
#include "engine/session_book.h"
#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

constexpr const char* kPassword = "corail velours minuit";

struct Staffed : Shop {
    using Shop::Shop;
    AccessDesk& desk() { return runtime->access(); }
    // Makes the account, or gives it another role; its password is hashed again either way.
    Account account(const std::string& name, const std::string& role) {
        const auto made = runtime->accounts().put(R"({"name":")" + name + R"(","role":")" + role +
                                                  R"(","password":")" + kPassword + "\"}");
        EXPECT_TRUE(made.ok());
        return *runtime->accounts().named(name);
    }
    std::string sign_in(const Account& account) {
        return desk().sign_in(account.document, account.version).value();
    }
    bool is_in(const std::string& secret, Use use = Use::Person) {
        return desk().session(secret, use).has_value();
    }
    std::string own_token(const std::string& session, const std::string& json) {
        const auto made = desk().create_own_token(json, *desk().session(session, Use::Person));
        if (!made.ok()) return made.error().code;
        const std::size_t at = made.value().find("\"token\":\"") + 9;
        return made.value().substr(at, made.value().find('"', at) - at);
    }
    std::string role_of(const std::string& token) {
        const auto caller = desk().caller_of_token(token);
        return caller.ok() ? std::string(name_of(caller.value().caller.role)) : caller.error().code;
    }
};

// What a machine that lost power starts from, at the same instant.
std::unique_ptr<fake::FakeDisk> after_power_cut(const fake::FakeDisk& disk) {
    auto copy = disk.clone();
    copy->crash(fake::Crash::LoseUnsynced, 1);
    return copy;
}

std::string all_bytes(const fake::FakeDisk& disk) {
    std::string all;
    for (const std::string& path : disk.paths()) all.append(disk.raw(path)).push_back('\n');
    return all;
}

TEST(Session, ItSurvivesAPowerCutAndNoDiskHoldsIt) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const std::string secret = shop.sign_in(shop.account("camille", "marketer"));
    EXPECT_EQ(secret.size(), 2u + 32u) << "128 bits";
    EXPECT_EQ(all_bytes(disk).find(secret), std::string::npos);
    EXPECT_EQ(all_bytes(disk).find(secret.substr(2)), std::string::npos);
    const auto kept = after_power_cut(disk);
    Staffed again(*kept, 2, minutes(29));
    const auto in = again.desk().session(secret, Use::Person);
    ASSERT_TRUE(in.has_value());
    EXPECT_EQ(in->name, "camille");
    EXPECT_EQ(in->caller.role, Role::Marketer);
    EXPECT_FALSE(again.is_in(secret + "0"));
}

TEST(Session, ItEndsAfterHalfAnHourWithoutAPerson) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const Account camille = shop.account("camille", "marketer");
    const std::string used = shop.sign_in(camille), polled = shop.sign_in(camille);
    for (int i = 0; i < 4; ++i) {
        shop.clock.advance(minutes(10));
        EXPECT_TRUE(shop.is_in(used));
        EXPECT_EQ(shop.is_in(polled, Use::Background), i < 3) << "a page that refreshes itself";
    }
    shop.clock.advance(seconds(30 * 60 + 1));
    EXPECT_FALSE(shop.is_in(used));
}

TEST(Session, ItEndsAfterTwelveHoursHoweverMuchItIsUsed) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const std::string secret = shop.sign_in(shop.account("camille", "marketer"));
    for (int i = 0; i < 36; ++i) {
        shop.clock.advance(minutes(20));
        EXPECT_TRUE(shop.is_in(secret)) << i;
    }
    shop.clock.advance(minutes(1));
    EXPECT_FALSE(shop.is_in(secret));
}

TEST(Session, SigningOutAndAnotherPasswordAndAnotherRoleAndRemovalEndItAlsoAfterAPowerCut) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const Account camille = shop.account("camille", "marketer");
    const Account marc = shop.account("marc", "staff");
    const std::string left = shop.sign_in(camille), stays = shop.sign_in(camille);
    const std::string removed = shop.sign_in(marc);
    ASSERT_TRUE(shop.desk().sign_out(left).ok());
    ASSERT_TRUE(shop.runtime->accounts().remove(marc.id).ok());
    const auto expect = [&](Staffed& at, bool still) {
        EXPECT_FALSE(at.is_in(left));
        EXPECT_FALSE(at.is_in(removed));
        EXPECT_EQ(at.is_in(stays), still);
    };
    expect(shop, true);
    {
        const auto kept = after_power_cut(disk);
        Staffed again(*kept, 2);
        expect(again, true);
    }
    shop.account("camille", "marketer");  // the same role, a password told again
    expect(shop, false);
    const auto kept = after_power_cut(disk);
    Staffed again(*kept, 3);
    expect(again, false);
    EXPECT_FALSE(again.is_in(again.desk().sign_in(camille.document, camille.version).value()))
        << "whoever was let in while the password changed is not";
}

TEST(Session, ASignOutThatIsNotOnDiskIsNotOneHoweverOftenItIsAsked) {
    fake::FakeDisk disk;
    Settings settings = shop_settings();
    settings.free_disk_bytes_min = settings.free_disk_percent_min = 0;
    settings.log_segment_bytes = settings.key_journal_bytes = 64 * 1'024;
    Staffed shop(disk, 1, {}, settings);
    const Account camille = shop.account("camille", "marketer");
    const std::string secret = shop.sign_in(camille);
    disk.set_capacity(disk.used());
    int signed_in = 0;  // until what is prepared of the log is full
    while (signed_in < 5'000 && shop.desk().sign_in(camille.document, camille.version).ok())
        ++signed_in;
    ASSERT_LT(signed_in, 5'000);
    EXPECT_FALSE(shop.desk().sign_out(secret).ok());
    EXPECT_FALSE(shop.desk().sign_out(secret).ok());
    disk.set_capacity(1 << 30);
    ASSERT_TRUE(shop.desk().sign_out(secret).ok());
    EXPECT_FALSE(shop.is_in(secret));
    const auto kept = after_power_cut(disk);
    Staffed again(*kept, 2);
    EXPECT_FALSE(again.is_in(secret));
}

TEST(Session, OneSeesAndEndsOnesOwnAndAnAdminAll) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const std::string camille = shop.sign_in(shop.account("camille", "marketer"));
    const std::string ada = shop.sign_in(shop.account("ada", "admin"));
    const auto of = [&](const std::string& secret) {
        return shop.desk().session(secret, Use::Person)->caller;
    };
    const std::string id = shop.desk().session(camille, Use::Person)->id;
    const std::string ada_id = shop.desk().session(ada, Use::Person)->id;
    EXPECT_NE(shop.desk().sessions(of(camille)).value().find(id), std::string::npos);
    EXPECT_EQ(shop.desk().sessions(of(camille)).value().find(ada_id), std::string::npos);
    EXPECT_NE(shop.desk().sessions(of(ada)).value().find(id), std::string::npos);
    EXPECT_EQ(shop.desk().end_session(ada_id, of(camille)).error().code, "session_not_found");
    EXPECT_TRUE(shop.desk().end_session(id, of(ada)).ok());
    EXPECT_FALSE(shop.is_in(camille));
    EXPECT_TRUE(shop.is_in(ada));
}

TEST(Session, TheFirstAdministratorsIsOneToo) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const std::string link = std::string(disk.raw("shop/secrets/admin-link"));
    const auto first = shop.desk().redeem_admin_link(link);
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(shop.role_of(first.value().token), "admin");
    EXPECT_EQ(shop.role_of(first.value().session), "auth.unknown_token") << "no token";
    EXPECT_EQ(shop.desk().session(first.value().session, Use::Person)->caller.role, Role::Admin);
    EXPECT_EQ(shop.desk().redeem_admin_link(link).error().code, "auth.link_used");
    shop.clock.advance(minutes(31));
    EXPECT_FALSE(shop.is_in(first.value().session)) << "the token goes on";
    EXPECT_EQ(shop.role_of(first.value().token), "admin");
}

// What is on the disk after each change that `what` makes, if power goes there.
std::vector<std::unique_ptr<fake::FakeDisk>> cuts_of(fake::FakeDisk& disk,
                                                     const std::function<void()>& what) {
    std::vector<std::unique_ptr<fake::FakeDisk>> cuts;
    std::mutex mutex;
    disk.watch([&] {
        const std::lock_guard lock(mutex);
        cuts.push_back(disk.clone());
    });
    what();
    disk.watch(nullptr);
    for (std::size_t i = 0; i < cuts.size(); ++i)
        cuts[i]->crash(fake::kCrashes[i % std::size(fake::kCrashes)], i);
    return cuts;
}
constexpr const char* kLinkPath = "shop/secrets/admin-link";

TEST(AdminLink, APowerCutAtAnyWriteOfTheFirstStartLeavesOneToBeRedeemed) {
    fake::FakeDisk disk;
    std::optional<Shop> shop;
    const auto cuts = cuts_of(disk, [&] { shop.emplace(disk); });
    ASSERT_GT(cuts.size(), 20u);
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        // Without the mark the next start is a first one, too: some of them are enough.
        if (!cuts[i]->exists("shop/secrets/cli-token") && i % 16 != 0) continue;
        Staffed again(*cuts[i], 2);
        ASSERT_TRUE(cuts[i]->exists(kLinkPath)) << "cut " << i << " of " << cuts.size();
        EXPECT_TRUE(again.desk().redeem_admin_link(std::string(cuts[i]->raw(kLinkPath))).ok()) << i;
    }
}

TEST(AdminLink, WhoRedeemsItIsInTheAuditBeforeThereIsAToken) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const std::string secret = disk.raw("shop/secrets/admin-link");
    EXPECT_FALSE(shop.desk().redeem_admin_link("guessed").ok());
    const auto first = shop.desk().redeem_admin_link(secret);
    ASSERT_TRUE(first.ok());
    const std::string id = shop.desk().caller_of_token(first.value().token).value().caller.token;
    const std::string audit = shop.runtime->rights().audit({}).value();
    EXPECT_NE(audit.find(R"("actor":")" + id + R"(","role":"admin","route":"POST /admin"})"),
              std::string::npos)
        << audit;
    EXPECT_NE(audit.find(R"("found":1)"), std::string::npos) << audit;
}

TEST(AdminLink, APowerCutWhileItIsRedeemedLeavesItOrTheToken) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const std::string link = std::string(disk.raw(kLinkPath));
    const auto cuts = cuts_of(disk, [&] { EXPECT_TRUE(shop.desk().redeem_admin_link(link).ok()); });
    std::size_t redeemed = 0;
    for (std::size_t i = 0; i < cuts.size(); ++i) {
        Staffed again(*cuts[i], 2);
        const bool has_token =
            again.desk().tokens().value().find("First administrator") != std::string::npos;
        EXPECT_TRUE(has_token || cuts[i]->exists(kLinkPath)) << "cut " << i;
        redeemed += has_token ? 1 : 0;
    }
    EXPECT_GT(redeemed, 0u);
    EXPECT_FALSE(after_power_cut(disk)->exists(kLinkPath)) << "it opens once";
}

TEST(Session, AUseIsOnTheDiskAfterFiveMinutesWithoutAnyRequestWaitingForIt) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const std::string secret = shop.sign_in(shop.account("camille", "marketer"));
    shop.clock.advance(minutes(25));
    const std::uint64_t before = shop.runtime->folded();
    EXPECT_TRUE(shop.is_in(secret));
    for (int i = 0; i < 1'000 && shop.runtime->folded() == before; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_GT(shop.runtime->folded(), before);
    const auto kept = after_power_cut(disk);
    Staffed again(*kept, 2, minutes(25 + 30));
    EXPECT_TRUE(again.is_in(secret));
}

// A model that knows what was done beside the desk that was told: starts, crashes and all. After a
// crash late uses may be forgotten, nothing else.
TEST(SessionLaw, AfterAnythingEachIsInOrOutAsTheModelSays) {
    struct Known {
        std::string secret;
        bool dead = false;
        std::int64_t begun = 0, used = 0, used_at_least = 0;
    };
    const std::uint64_t seed = test_seed(5);
    SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(seed));
    std::mt19937_64 rng(seed);
    std::unique_ptr<fake::FakeDisk> disk = std::make_unique<fake::FakeDisk>();
    std::vector<std::unique_ptr<fake::FakeDisk>> former;
    auto shop = std::make_unique<Staffed>(*disk, seed);
    Account account = shop->account("camille", "marketer");
    const std::int64_t start = shop->clock.now().us;
    std::vector<Known> all;
    const auto restart = [&](bool crash) {
        const Duration passed{shop->clock.now().us - start};
        if (crash) {
            former.push_back(std::move(disk));
            disk = after_power_cut(*former.back());
        }
        shop.reset();
        shop = std::make_unique<Staffed>(*disk, rng(), passed);
        for (Known& each : all) {
            // How much of this clock's time passes between two looks of the runtime is chance here.
            if (crash) each.used_at_least = each.begun;
        }
    };
    int agreed = 0;
    for (int step = 0; step < 150; ++step) {
        const std::int64_t now = shop->clock.now().us;
        switch (rng() % 12) {
            case 0:
            case 1: all.push_back({shop->sign_in(account), false, now, now, now}); break;
            case 2: shop->clock.advance(minutes(static_cast<std::int64_t>(rng() % 20))); break;
            case 3: shop->clock.advance(minutes(static_cast<std::int64_t>(rng() % 90))); break;
            case 4:
                if (!all.empty()) {
                    Known& gone = all[rng() % all.size()];
                    gone.dead = true;
                    ASSERT_TRUE(shop->desk().sign_out(gone.secret).ok());
                }
                break;
            case 5:
                if (step % 30 != 0) break;  // a hash takes its time
                account = shop->account("camille", "marketer");
                for (Known& each : all) each.dead = true;
                break;
            case 6: restart(rng() % 2 == 0); break;
            default: break;
        }
        for (Known& each : all) {
            const std::int64_t at = shop->clock.now().us;
            const bool over =
                each.dead || at - each.begun > kSessionLife.us || at - each.used > kSessionIdle.us;
            const bool surely_in = !over && at - each.used_at_least <= kSessionIdle.us;
            const Use use = rng() % 2 == 0 ? Use::Person : Use::Background;
            const bool in = shop->is_in(each.secret, use);
            ASSERT_FALSE(over && in) << step;
            ASSERT_TRUE(in || !surely_in) << step;
            agreed += in ? 1 : 0;
            if (!in) each.dead = true;
            if (in && use == Use::Person) each.used = each.used_at_least = at;
        }
    }
    EXPECT_GT(agreed, 20) << "somebody was in";
}

TEST(SessionBook, PastItsBoundTheOneIdleLongestGivesWay) {
    TableSpace space;
    SessionBook book(space, 1);
    const auto begin = [&](int i, std::int64_t at) {
        book.change({false, sha256(std::to_string(i)), {at}, 1, 1});
    };
    for (int i = 0; i < static_cast<int>(kSessionsMax); ++i) begin(i, 100 + i);
    book.use({{{sha256("0"), {1'000'000}}}, {}});
    begin(-1, 2'000'000);
    EXPECT_EQ(book.size(), kSessionsMax);
    const auto has = [&](int i) {
        for (std::uint32_t row = 0; row < book.size(); ++row) {
            if (book.at(row).digest() == sha256(std::to_string(i))) return true;
        }
        return false;
    };
    EXPECT_TRUE(has(0) && has(-1) && has(2));
    EXPECT_FALSE(has(1));
}

TEST(SessionRecords, TheyComeBackAndHalfOfOneIsNone) {
    const SessionChange began{false, sha256("x"), {7}, 3, 9};
    Bytes bytes;
    encode_session(began, bytes);
    SessionChange read;
    ASSERT_TRUE(decode_session(bytes, read));
    EXPECT_EQ(read.secret, began.secret);
    EXPECT_EQ(read.version, 9u);
    for (std::size_t n = 0; n < bytes.size(); ++n)
        EXPECT_FALSE(decode_session(BytesView(bytes).substr(0, n), read)) << n;
    const CredentialsUsed used{{{sha256("x"), {7}}}, {{4, 20'000}}};
    bytes.clear();
    encode_uses(used, bytes);
    CredentialsUsed again;
    ASSERT_TRUE(decode_uses(bytes, again));
    EXPECT_EQ(again.sessions, used.sessions);
    EXPECT_EQ(again.tokens, used.tokens);
    for (std::size_t n = 0; n < bytes.size(); ++n)
        EXPECT_FALSE(decode_uses(BytesView(bytes).substr(0, n), again)) << n;
    EXPECT_FALSE(decode_uses("\xff\xff\xff\xff\x0f", again)) << "a count without an end";
}

TEST(OwnToken, ItIsShownOnceActsForItsAccountAndEndsByItsDay) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const Account camille = shop.account("camille", "marketer");
    const std::string session = shop.sign_in(camille);
    const std::string token = shop.own_token(session, R"({"name":"laptop","days":10})");
    ASSERT_TRUE(token.starts_with("fr_")) << token;
    EXPECT_EQ(all_bytes(disk).find(token), std::string::npos);
    const auto caller = shop.desk().caller_of_token(token);
    ASSERT_TRUE(caller.ok());
    EXPECT_EQ(caller.value().caller.role, Role::Marketer);
    EXPECT_EQ(caller.value().caller.token, camille.id) << "what is done is the account's doing";
    EXPECT_FALSE(caller.value().caller.via.empty());
    const std::string list = shop.desk().own_tokens(caller.value().caller).value();
    EXPECT_NE(list.find(R"("last_used":"20)"), std::string::npos) << list;
    EXPECT_EQ(list.find(token), std::string::npos);
    EXPECT_EQ(list.find("Command line"), std::string::npos) << "nobody else's";
    EXPECT_NE(shop.desk().tokens().value().find("laptop"), std::string::npos);
    shop.clock.advance(days(10) - seconds(1));
    EXPECT_EQ(shop.role_of(token), "marketer");
    shop.clock.advance(seconds(1));
    EXPECT_EQ(shop.role_of(token), "auth.token_expired");
    EXPECT_NE(shop.desk().tokens().value().find(R"("ended":"expired")"), std::string::npos);
}

TEST(OwnToken, ItLosesWhatItsAccountLosesAlsoAfterAPowerCut) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const Account ada = shop.account("ada", "admin");
    const std::string session = shop.sign_in(ada);
    const std::string own = shop.own_token(session, R"({"name":"all"})");
    const std::string staff = shop.own_token(session, R"({"name":"till","role":"staff"})");
    EXPECT_EQ(shop.role_of(own), "admin");
    EXPECT_EQ(shop.role_of(staff), "staff");
    shop.account("ada", "marketer");
    EXPECT_EQ(shop.role_of(own), "marketer");
    EXPECT_EQ(shop.role_of(staff), "auth.unknown_token") << "a marketer is no staff";
    EXPECT_NE(shop.desk().tokens().value().find(R"("ended":"role_lost")"), std::string::npos);
    {
        const auto kept = after_power_cut(disk);
        Staffed again(*kept, 2);
        EXPECT_EQ(again.role_of(own), "marketer");
        EXPECT_EQ(again.role_of(staff), "auth.unknown_token");
    }
    ASSERT_TRUE(shop.runtime->accounts().remove(ada.id).ok());
    EXPECT_EQ(shop.role_of(own), "auth.unknown_token");
    EXPECT_NE(shop.desk().tokens().value().find(R"("ended":"account_removed")"), std::string::npos);
}

TEST(OwnToken, WhatItCannotBeIsRefusedByItsReason) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const std::string session = shop.sign_in(shop.account("camille", "marketer"));
    const auto made = [&](const char* json) { return shop.own_token(session, json); };
    EXPECT_EQ(made("{}"), "api.missing_field");
    EXPECT_EQ(made(R"({"name":"x","role":"admin"})"), "token.role_too_wide");
    EXPECT_EQ(made(R"({"name":"x","role":"analyst"})"), "token.role_too_wide");
    EXPECT_EQ(made(R"({"name":"x","role":"write"})"), "token.unknown_role");
    for (const char* days : {"0", "366", "-1", "1.5", "\"9\""})
        EXPECT_EQ(made((std::string(R"({"name":"x","days":)") + days + "}").c_str()),
                  "token.too_long")
            << days;
    EXPECT_TRUE(std::string(made(R"({"name":"x","days":365})")).starts_with("fr_"));
    const auto other =
        shop.desk().create_own_token(R"({"name":"x"})", {{Role::Admin, "nobody's id"}, {}, {}, {}});
    EXPECT_EQ(other.error().code, "token.forbidden");
}

TEST(OwnToken, AnAccountHasTwentyAndOneThatExpiredMakesRoom) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const Account camille = shop.account("camille", "marketer");
    const std::string session = shop.sign_in(camille);
    for (std::size_t i = 0; i < kOwnTokensMax; ++i)
        ASSERT_TRUE(shop.own_token(session, R"({"name":"x","days":1})").starts_with("fr_"));
    EXPECT_EQ(shop.own_token(session, R"({"name":"x","days":1})"), "token.too_many");
    shop.clock.advance(days(2));
    EXPECT_TRUE(shop.own_token(shop.sign_in(camille), R"({"name":"x"})").starts_with("fr_"));
}

TEST(OwnToken, OneRevokesOnesOwnAndAnAdminAnybodys) {
    fake::FakeDisk disk;
    Staffed shop(disk);
    const std::string camille = shop.sign_in(shop.account("camille", "marketer"));
    const std::string marc = shop.sign_in(shop.account("marc", "marketer"));
    const std::string one = shop.own_token(camille, R"({"name":"x"})");
    const std::string two = shop.own_token(camille, R"({"name":"y"})");
    const std::string id = shop.desk().caller_of_token(one).value().caller.via;
    const auto of = [&](const std::string& secret) {
        return shop.desk().session(secret, Use::Person)->caller;
    };
    EXPECT_EQ(shop.desk().revoke_own_token(id, of(marc)).error().code, "token_not_found");
    EXPECT_TRUE(shop.desk().revoke_own_token(id, of(camille)).ok());
    EXPECT_EQ(shop.role_of(one), "auth.unknown_token");
    EXPECT_TRUE(shop.desk().revoke_token(shop.desk().caller_of_token(two).value().caller.via).ok());
    EXPECT_EQ(shop.role_of(two), "auth.unknown_token");
    EXPECT_EQ(shop.desk().revoke_token(id).error().code, "token_not_found");
}

TEST(Token, AnAdminMakesOneForAnAccountByItsNameAndItsLastUseIsKept) {
    fake::FakeDisk disk;
    std::string token;
    {
        Staffed shop(disk);
        shop.account("camille", "marketer");
        EXPECT_EQ(shop.desk().create_token(R"({"name":"x","account":"zoe"})").error().code,
                  "account_not_found");
        EXPECT_EQ(shop.desk().create_token(R"({"name":"x"})").error().code, "api.missing_field");
        const std::string made =
            shop.desk().create_token(R"({"name":"x","account":"Camille","days":9})").value();
        token = made.substr(made.find("fr_"), 51);
        EXPECT_EQ(shop.role_of(token), "marketer");
        shop.runtime->stop();  // writes what was used
    }
    Staffed again(disk, 2, days(2));
    const std::string list = again.desk().tokens().value();
    EXPECT_NE(list.find(R"("last_used":")"), std::string::npos) << list;
    EXPECT_NE(list.find(R"("account_name":"camille")"), std::string::npos) << list;
}

TEST(Token, ItSeesTheBrandsThatItAndItsAccountMayAndNoneIsNothing) {
    Settings group = shop_settings();
    group.brands = {{"coats", "", "Europe/Paris", "EUR", "33"},
                    {"hats", "", "Europe/Paris", "EUR", "33"}};
    group.sources[0].brand = "hats";
    fake::FakeDisk disk;
    Staffed shop(disk, 1, {}, group);
    const auto made = shop.runtime->accounts().put(
        R"({"name":"camille","role":"marketer","password":"corail velours minuit",)"
        R"("brands":["hats"]})");
    ASSERT_TRUE(made.ok()) << made.error().message;
    EXPECT_NE(made.value().find(R"("brands":["hats"])"), std::string::npos);
    const std::string session = shop.sign_in(*shop.runtime->accounts().named("camille"));
    using Brands = std::vector<std::string>;
    EXPECT_EQ(shop.desk().session(session, Use::Person)->brands, Brands{"hats"});
    const std::string wide = shop.own_token(session, R"({"name":"x"})");
    EXPECT_EQ(shop.desk().caller_of_token(wide).value().brands, Brands{"hats"});
    const std::string both = shop.own_token(session, R"({"name":"x","brands":["coats","hats"]})");
    EXPECT_EQ(shop.desk().caller_of_token(both).value().brands, Brands{"hats"});
    const std::string none = shop.own_token(session, R"({"name":"x","brands":["coats"]})");
    EXPECT_EQ(shop.role_of(none), "auth.unknown_token");
    EXPECT_EQ(shop.own_token(session, R"({"name":"x","brands":["gloves"]})"), "api.unknown_brand");
    EXPECT_EQ(shop.own_token(session, R"({"name":"x","brands":[]})"), "api.invalid_field");
    const auto kept = after_power_cut(disk);
    Staffed again(*kept, 2, {}, group);
    EXPECT_EQ(again.desk().session(session, Use::Person)->brands, Brands{"hats"});
    const auto put = [&](const std::string& rest) {
        EXPECT_TRUE(again.runtime->accounts()
                        .put(R"({"name":"camille","role":"marketer","password":"ocre lin matin")" +
                             rest + "}")
                        .ok());
        return again.runtime->accounts().named("camille")->brands;
    };
    EXPECT_EQ(put(""), Brands{"hats"}) << "another password alone";
    EXPECT_EQ(put(R"(,"brands":["coats"])"), Brands{"coats"});
    EXPECT_EQ(put(R"(,"brands":null)"), Brands{});
}

TEST(Roles, ATokensRoleIsNeverMoreThanItsAccountsAndNeverMoreThanItsOwn) {
    for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
        for (std::size_t j = 0; j < kRoleNames.size(); ++j) {
            const Role owner = static_cast<Role>(i), token = static_cast<Role>(j);
            const Role left = narrower(owner, token);
            if (left == Role::None) continue;
            EXPECT_TRUE(left == owner || (owner == Role::Admin && left == token)) << i << " " << j;
            EXPECT_TRUE(left == token || (token == Role::Admin && left == owner)) << i << " " << j;
        }
    }
    EXPECT_EQ(narrower(Role::None, Role::Admin), Role::None);
}

}  // namespace
}  // namespace filrouge::engine
