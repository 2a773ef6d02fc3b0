#include "collect/normalise.h"

#include <gtest/gtest.h>

namespace filrouge::collect {
namespace {

std::string email(std::string_view text) { return normalise_email(text).value_or("none"); }
std::string phone(std::string_view text, std::string_view code = "33") {
    return normalise_phone(text, code).value_or("none");
}

TEST(Normalise, AnAddressHasOneSpelling) {
    EXPECT_EQ(email("Camille.Durand@Example.ORG"), "camille.durand@example.org");
    EXPECT_EQ(email(" \xc2\xa0 camille@example.org\xe2\x80\x8b\n"), "camille@example.org");
    EXPECT_EQ(email("c+lettre@example.org"), "c+lettre@example.org");
    EXPECT_EQ(email("c@B\xc3\xbc"
                    "cher.example"),
              "c@xn--bcher-kva.example");
    EXPECT_EQ(email("c@xn--bcher-kva.example"), "c@xn--bcher-kva.example");
    // The same letter composed and decomposed, large and small.
    EXPECT_EQ(email("\xc3\x89lise@example.org"), email("E\xcc\x81lise@example.org"));
    EXPECT_EQ(email("\xc3\x89lise@example.org"), "\xc3\xa9lise@example.org");
}

TEST(Normalise, WhatIsNoAddressNamesNobody) {
    for (const char* text :
         {"", "camille", "@example.org", "c@", "c@example", "c@@example.org", "c@a@example.org",
          "c d@example.org", "c@exa mple.org", "c@-example.org", "c@example.org-", "c@.org",
          "c@example..org", "c@192.168.1.1", "<c@example.org>", "c,d@example.org", "c@exam_ple.org",
          "c@xn--a.example", "\"c\"@example.org"}) {
        EXPECT_EQ(email(text), "none") << text;
    }
    std::string long_local(65, 'a');
    EXPECT_EQ(email(long_local.append("@example.org")), "none");
    std::string long_label("a@");
    EXPECT_EQ(email(long_label.append(64, 'b').append(".org")), "none");
}

TEST(Normalise, ANumberIsInternational) {
    for (const char* text :
         {"06 12 34 56 78", "06.12.34.56.78", "06-12-34-56-78", "+33612345678", "0033612345678",
          "+33 (0)6 12 34 56 78", "(06) 12345678", "33612345678", "612345678", "tel:+33612345678",
          "06\xc2\xa0"
          "12\xe2\x80\xaf"
          "34 56 78"}) {
        EXPECT_EQ(phone(text), "+33612345678") << text;
    }
    EXPECT_EQ(phone("(415) 555-2671", "1"), "+14155552671");
    EXPECT_EQ(phone("1 415 555 2671", "1"), "+14155552671");
    EXPECT_EQ(phone("06 698 12345", "39"), "+390669812345");  // Italy keeps its zero
    EXPECT_EQ(phone("8 912 345-67-89", "7"), "+79123456789");
    EXPECT_EQ(phone("+442079460958"), "+442079460958");
}

TEST(Normalise, WhatIsNoNumberNamesNobody) {
    for (const char* text : {"", "12", "0612", "call me", "+33", "06 12 34 56 78 x9", "+0612345678",
                             "1234567890123456789"}) {
        EXPECT_EQ(phone(text), "none") << text;
    }
    EXPECT_EQ(phone("06 12 34 56 78", ""), "none");
    EXPECT_EQ(phone("+33612345678", ""), "+33612345678");
}

TEST(Normalise, ACardIsTheSamePrintedScannedAndTyped) {
    EXPECT_EQ(normalise_card(" ab12 34-56.78 "), "AB12345678");
    EXPECT_EQ(normalise_card(" - "), std::nullopt);
}

TEST(Normalise, AUserIdKeepsItsSpelling) {
    EXPECT_EQ(normalise(IdentifierType::UserId, " Camille ", "33"), "Camille");
    EXPECT_EQ(normalise(IdentifierType::UserId, "e\xcc\x81", "33"), "\xc3\xa9");
    EXPECT_EQ(normalise(IdentifierType::UserId, " \t", "33"), std::nullopt);
    EXPECT_EQ(normalise(IdentifierType::AdvertisingId, "ABCD-EF", "33"), "abcd-ef");
}

TEST(Normalise, TwiceIsOnce) {
    for (const char* text : {"Camille@B\xc3\xbc"
                             "cher.example",
                             "\xc4\xb0stanbul@example.org", "STRASSE@\xc3\x9f.example"}) {
        const std::string once = email(text);
        EXPECT_EQ(email(once), once) << text;
    }
    const std::string once = phone("06 12 34 56 78");
    EXPECT_EQ(phone(once), once);
}

TEST(Blocked, NobodysValuesInAnyCase) {
    using T = IdentifierType;
    const auto blocked = [](IdentifierType type, std::string_view value) {
        return is_blocked(type, value,
                          {{T::Email, "shop@shop.example"}, {T::Email, "@robots.example"}});
    };
    for (const char* value : {"null", "NULL", "None", "undefined", "0", "000", "-1", "-",
                              "anonymous", "GUEST", "unknown", "n/a", "test", "[object Object]",
                              "00000000-0000-0000-0000-000000000000", "NaN", "(not set)"}) {
        EXPECT_TRUE(blocked(T::UserId, value)) << value;
    }
    for (const char* value : {"1", "camille", "nullable", "guest-7", "test-77", "10"}) {
        EXPECT_FALSE(blocked(T::UserId, value)) << value;
    }
    EXPECT_TRUE(blocked(T::Email, "shop@shop.example"));
    EXPECT_TRUE(blocked(T::Email, "a7@robots.example"));
    EXPECT_FALSE(blocked(T::Email, "a7@shop.example"));
    EXPECT_TRUE(blocked(T::Phone, "+33000000000"));
    EXPECT_TRUE(blocked(T::Phone, "+11111111111"));
    EXPECT_FALSE(blocked(T::Phone, "+33612345678"));
}

// Settings are written as people write; events arrive normalised.
TEST(Blocked, AValueOfTheSettingsIsMetHoweverItIsWritten) {
    using T = IdentifierType;
    const auto meets = [](T type, std::string_view setting, std::string_view sent) {
        const auto value = blocked_value(type, setting, "33");
        const auto arrived = normalise(type, sent, "33");
        return value && arrived && is_blocked(type, *arrived, {{type, *value}});
    };
    EXPECT_TRUE(meets(T::Phone, "01 23 45 67 89", "+33 1 23 45 67 89"));
    EXPECT_TRUE(meets(T::LoyaltyCard, "4711-0000", "4711 0000"));
    EXPECT_TRUE(meets(T::LoyaltyCard, "ab-1", "AB1"));
    EXPECT_TRUE(meets(T::Email, "Shop@Shop.Example ", "shop@shop.example"));
    EXPECT_TRUE(meets(T::Email,
                      "@b\xc3\xbc"
                      "cher.example",
                      "c@xn--bcher-kva.example"));
    EXPECT_TRUE(meets(T::UserId, "Till", "TILL"));
    EXPECT_FALSE(meets(T::Email, "@shop.example", "a@other-shop.example"));
    EXPECT_EQ(blocked_value(T::Phone, "12", "33"), std::nullopt);
    EXPECT_EQ(blocked_value(T::Email, "shop.example", "33"), std::nullopt);
    EXPECT_EQ(blocked_value(T::Email, "@shop", "33"), std::nullopt);
    EXPECT_EQ(blocked_value(T::LoyaltyCard, " - ", "33"), std::nullopt);
}

TEST(Blocked, AValueIsBlockedOfItsTypeAlone) {
    using T = IdentifierType;
    const std::vector<Blocked> user = {{T::UserId, "1000"}};
    EXPECT_TRUE(is_blocked(T::UserId, "1000", user));
    for (const T other : {T::LoyaltyCard, T::Badge, T::DeviceId, T::AnonymousId})
        EXPECT_FALSE(is_blocked(other, "1000", user));
}

}  // namespace
}  // namespace filrouge::collect
