#include "base/base64url.h"

#include <gtest/gtest.h>

#include <random>

namespace filrouge {
namespace {

TEST(Base64Url, WhatIsWrittenIsReadAgainAndNeedsNoEscapeInAnAddress) {
    EXPECT_EQ(base64url_encode("\xfb\xff\xfe"), "-__-");
    EXPECT_EQ(base64url_encode("f"), "Zg") << "RFC 4648, section 10, without padding";
    EXPECT_EQ(base64url_decode("Zm9vYg"), "foob");
    EXPECT_EQ(base64url_decode("Zm9vYg=="), "foob");
    EXPECT_FALSE(base64url_decode("Zm 9v").has_value());
    std::mt19937_64 rng(1);
    for (std::size_t size = 0; size < 200; ++size) {
        std::string bytes(size, 0);
        for (char& c : bytes) c = static_cast<char>(rng());
        const std::string text = base64url_encode(bytes);
        EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
        EXPECT_EQ(base64url_decode(text), bytes);
    }
}

}  // namespace
}  // namespace filrouge
