// Which passwords are refused because everybody who guesses begins with them.
#include "engine/common_passwords.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace filrouge::engine {
namespace {

TEST(CommonPasswords, AreRefusedHoweverTheyAreDressed) {
    for (const char* common :
         {"password1234", "Password123!", "P@ssw0rd2026!", "passwordpassword", "qwertyuiop12",
          "azertyuiop!!!", "motdepasse123", "123456789012", "1q2w3e4r5t6y", "abcdefghijkl",
          "iloveyou2024", "JeTaime-Doudou", "admin-admin-1", "Bienvenue2026", "letmein_letmein",
          "aaaaaaaaaaaaaa", "ababababababab", "correcthorsebatterystaple", "!!!dragon!!!monkey"})
        EXPECT_TRUE(is_common_password(common, "zoe")) << common;
}

TEST(CommonPasswords, TheAccountsOwnNameAndTheProductsAreAmongThem) {
    EXPECT_TRUE(is_common_password("Filrouge2026!", "zoe"));
    EXPECT_TRUE(is_common_password("filrouge-filrouge", "zoe"));
    EXPECT_TRUE(is_common_password("fil rouge 2026", "zoe"));
    EXPECT_TRUE(is_common_password("F1lr0uge-secret", "zoe"));
    EXPECT_TRUE(is_common_password("thibault-1987", "Thibault"));
    EXPECT_FALSE(is_common_password("thibault-1987", "Zoe"));
    EXPECT_TRUE(is_common_password("Durandal-Thibault", "thibault durandal"));
    EXPECT_TRUE(is_common_password("thibault+filrouge", "THIBAULT"));
}

TEST(CommonPasswords, APhraseOfOtherWordsMayHoldOneOfThem) {
    for (const char* own : {"corail velours minuit", "ocre lin matin", "a-long-pass-phrase-7",
                            "velours corail minuit", "filrouge velours minuit",
                            "the red coat of 38", "837-465-928-374", "k7#Lq9v!Zt2w"})
        EXPECT_FALSE(is_common_password(own, "camille")) << own;
}

// The law: what is refused stays so whatever digits and signs are put around it, and a random
// password is never refused.
TEST(CommonPasswords, DigitsAndSignsAroundOneHideItFromNobody) {
    std::mt19937 rng(7);
    const std::string digits = "0123456789!?-_. #";
    const auto some = [&] {
        std::string out;
        for (std::size_t i = rng() % 5; i != 0; --i) out.push_back(digits[rng() % digits.size()]);
        return out;
    };
    const char* const words[] = {"password", "azerty", "dragon", "soleil", "filrouge", "letmein"};
    for (int round = 0; round < 2'000; ++round) {
        std::string made = some();
        for (std::size_t i = 1 + rng() % 3; i != 0; --i) {
            made.append(words[rng() % std::size(words)]);
            made.append(some());
        }
        ASSERT_TRUE(is_common_password(made, "zoe")) << made;
        std::string random;
        for (int i = 0; i < 16; ++i) random.push_back(static_cast<char>('a' + rng() % 26));
        ASSERT_FALSE(is_common_password(random, "zoe")) << random;
    }
}

}  // namespace
}  // namespace filrouge::engine
