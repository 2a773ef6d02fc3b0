// Accounts through a whole runtime: kept by the log, told without their passwords.
#include "engine/accounts.h"

#include <gtest/gtest.h>

#include "engine/access_desk.h"
#include "engine/password.h"
#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

const char* const kCamille =
    R"({"name":"Camille","role":"marketer","password":"corail velours minuit"})";

TEST(Accounts, OneIsThereAgainAfterAStartAndItsPasswordIsNeverTold) {
    fake::FakeDisk disk;
    std::string id;
    {
        Shop shop(disk, 1);
        const auto made = shop.runtime->accounts().put(kCamille);
        ASSERT_TRUE(made.ok()) << made.error().message;
        EXPECT_EQ(made.value().find("argon2"), std::string::npos);
        id = shop.runtime->accounts().named("camille")->id;
        shop.runtime->stop();
    }
    Shop again(disk, 2);
    AccountDesk& desk = again.runtime->accounts();
    const auto account = desk.named("CAMILLE");
    ASSERT_TRUE(account.has_value());
    EXPECT_EQ(account->id, id);
    EXPECT_EQ(account->role, Role::Marketer);
    EXPECT_TRUE(password_fits(account->password, "corail velours minuit"));
    EXPECT_EQ(desk.list().value().find("argon2"), std::string::npos);
    EXPECT_NE(desk.list().value().find("Camille"), std::string::npos);
}

TEST(Accounts, AKnownNameGetsAnotherRoleAndPasswordAndKeepsItsId) {
    fake::FakeDisk disk;
    Shop shop(disk, 1);
    AccountDesk& desk = shop.runtime->accounts();
    ASSERT_TRUE(desk.put(kCamille).ok());
    const std::string id = desk.named("Camille")->id;
    ASSERT_TRUE(desk.put(R"({"name":"camille","role":"admin","password":"un autre mot"})").ok());
    EXPECT_EQ(desk.named("Camille")->id, id);
    EXPECT_EQ(desk.named("Camille")->role, Role::Admin);
    EXPECT_FALSE(password_fits(desk.named("Camille")->password, "corail velours minuit"));
    EXPECT_TRUE(desk.remove(id).ok());
    EXPECT_FALSE(desk.named("Camille").has_value());
    EXPECT_EQ(desk.remove(id).error().code, "account_not_found");
}

TEST(Accounts, WhatCannotBeOneIsRefusedByItsReason) {
    fake::FakeDisk disk;
    Shop shop(disk, 1);
    AccountDesk& desk = shop.runtime->accounts();
    const auto code = [&](const std::string& body) { return desk.put(body).error().code; };
    EXPECT_EQ(code("["), "api.invalid_json");
    EXPECT_EQ(code("{}"), "account.invalid_name");
    EXPECT_EQ(code(R"({"name":" x","role":"admin","password":"corail velours"})"),
              "account.invalid_name");
    EXPECT_EQ(code(R"({"name":"a\nb","role":"admin","password":"corail velours"})"),
              "account.invalid_name");
    EXPECT_EQ(code(R"({"name":"x","role":"write","password":"corail velours"})"),
              "account.unknown_role");
    EXPECT_EQ(code(R"({"name":"x","role":"admin","password":"short"})"), "account.weak_password");
}

TEST(Accounts, WhatIsTriedFirstIsNoPasswordHoweverItIsSet) {
    fake::FakeDisk disk;
    Shop shop(disk, 1);
    AccountDesk& desk = shop.runtime->accounts();
    for (const char* common : {"password1234", "Camille-2026", "Filrouge2026!"}) {
        const auto made = desk.put(R"({"name":"Camille","role":"admin","password":")" +
                                   std::string(common) + R"("})");
        EXPECT_EQ(made.error().code, "account.common_password") << common;
    }
    ASSERT_TRUE(desk.put(kCamille).ok());
    const Account known = *desk.named("camille");
    EXPECT_EQ(desk.change_password(known, "camille+camille").error().code,
              "account.common_password");
    EXPECT_EQ(desk.change_password(known, "ocre lin").error().code, "account.weak_password");
    EXPECT_EQ(desk.named("camille")->version, known.version) << "nothing was written";
}

TEST(Accounts, AnotherPasswordEndsEverySessionAndKeepsRoleBrandsAndId) {
    fake::FakeDisk disk;
    Shop shop(disk, 1);
    AccountDesk& desk = shop.runtime->accounts();
    AccessDesk& access = shop.runtime->access();
    ASSERT_TRUE(desk.put(kCamille).ok());
    const Account known = *desk.named("camille");
    const std::string before = access.sign_in(known.document, known.version).value();
    const Account changed = desk.change_password(known, "ocre lin matin").value();
    EXPECT_EQ(changed.id, known.id);
    EXPECT_EQ(changed.role, known.role);
    EXPECT_TRUE(password_fits(changed.password, "ocre lin matin"));
    EXPECT_FALSE(access.session(before, Use::Person).has_value());
    const std::string after = access.sign_in(changed.document, changed.version).value();
    EXPECT_TRUE(access.session(after, Use::Person).has_value());
    EXPECT_EQ(desk.change_password(known, "corail velours midi").error().code,
              "account.changed_conflict")
        << "of two at once one counts";
}

TEST(Accounts, ADocumentIsReadAsItWasWritten) {
    const Account account{"a1", "Zoé \"Z\"", Role::Privacy, "$argon2id$", 42};
    const auto read = parse_account("a1", account_json(account));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->name, account.name);
    EXPECT_EQ(read->role, account.role);
    EXPECT_EQ(read->password, account.password);
    EXPECT_EQ(read->created_us, 42);
    EXPECT_FALSE(parse_account("a1", "[]").has_value());
}

}  // namespace
}  // namespace filrouge::engine
