#include "base/terminal.h"

#include <gtest/gtest.h>

namespace filrouge {
namespace {

std::string of_code_point(unsigned c) {  // below U+0800
    if (c < 0x80) return std::string(1, static_cast<char>(c));
    return {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
}

TEST(Terminal, NoControlCharacterReachesItAndEveryOtherStandsAsItIs) {
    for (unsigned c = 0; c < 0x800; ++c) {
        const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
        const std::string one = of_code_point(c);
        EXPECT_EQ(for_terminal("a" + one + "b"), control ? "a?b" : "a" + one + "b") << c;
    }
    EXPECT_EQ(for_terminal("\xe2\x82\xac \xf0\x9f\xa7\xa5"), "\xe2\x82\xac \xf0\x9f\xa7\xa5");
    EXPECT_EQ(for_terminal("\x1b]0;x\x07\xc2\x9b"
                           "2J"),
              "?]0;x??2J");
}

TEST(Terminal, BytesThatAreNoUtf8AreNotLeftToItsGuess) {
    for (unsigned byte = 0x80; byte < 0x100; ++byte) {
        const std::string alone(1, static_cast<char>(byte));
        EXPECT_EQ(for_terminal(alone + "x"), "?x") << byte;
        EXPECT_EQ(for_terminal(alone), "?") << byte;
    }
    EXPECT_EQ(for_terminal("\xe2\x82"), "??") << "cut off";
    EXPECT_EQ(for_terminal(""), "");
}

}  // namespace
}  // namespace filrouge
