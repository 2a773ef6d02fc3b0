#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/hash.h"
#include "base/huge_pages.h"
#include "base/id.h"
#include "base/json_writer.h"
#include "base/room_writer.h"
#include "base/text.h"

namespace filrouge {
namespace {

TEST(Crc32c, MatchesThePublishedVectors) {  // RFC 3720 B.4
    EXPECT_EQ(crc32c(Bytes(32, '\0')), 0x8a9136aau);
    EXPECT_EQ(crc32c(Bytes(32, '\xff')), 0x62a8ab43u);
    EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
}

TEST(Crc32c, TheInstructionAndTheTableAgreeAtEveryLength) {
    Bytes bytes;
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(crc32c(bytes, 17), crc32c_portable(bytes, 17)) << i;
        bytes.push_back(static_cast<char>(i * 31 + 7));
    }
}

TEST(Crc32c, PiecesGiveTheSumOfTheWhole) {
    EXPECT_EQ(crc32c("6789", crc32c("12345")), crc32c("123456789"));
}

TEST(SipHash, MatchesThePublishedVector) {  // appendix A of the paper: key 00..0f, message 00..0e
    Bytes message;
    for (char c = 0; c < 15; ++c) message.push_back(c);
    EXPECT_EQ(siphash({0x0706050403020100u, 0x0f0e0d0c0b0a0908u}, message), 0xa129ca6149be45e5u);
}

TEST(Bytes, WhatIsWrittenIsReadBack) {
    Bytes out;
    ByteWriter writer(out);
    const std::int64_t values[] = {0, 1, -1, 127, 128, -129, INT64_MAX, INT64_MIN};
    for (const auto v : values) writer.varint_signed(v);
    writer.u16(65535);
    writer.sized("Lyon");
    ByteReader reader(out);
    for (const auto v : values) EXPECT_EQ(reader.varint_signed(), v);
    EXPECT_EQ(reader.u16(), 65535);
    EXPECT_EQ(reader.sized(), "Lyon");
    EXPECT_TRUE(reader.done());
    EXPECT_FALSE(reader.bad());
}

TEST(Bytes, AShortReadIsRememberedAndHarmless) {
    ByteReader reader(
        "\x05"
        "ab");
    EXPECT_EQ(reader.sized(), "");
    EXPECT_TRUE(reader.bad());
    EXPECT_EQ(reader.u64(), 0u);
}

TEST(Bytes, ARoomWriterWritesWhatAByteWriterWrites) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 10'000; ++round) {
        const std::uint64_t n = random() >> random() % 64;
        const std::string text(random() % 200, static_cast<char>(random()));
        Bytes expected;
        ByteWriter w(expected);
        std::string room(3 * RoomWriter::kVarintBytesMax + RoomWriter::room_of(text), '?');
        RoomWriter r(room.data());
        for (int i = 0; i < 2; ++i) {
            w.varint(n);
            r.varint(n);
        }
        w.varint_signed(static_cast<std::int64_t>(n));
        r.varint_signed(static_cast<std::int64_t>(n));
        w.sized(text);
        r.sized(text);
        ASSERT_EQ(std::string_view(room.data(), static_cast<std::size_t>(r.at() - room.data())),
                  expected);
    }
    Bytes fixed;
    ByteWriter w(fixed);
    w.u8(0xfe);
    w.u16(0xfedc);
    w.u32(0xfedcba98);
    w.u64(0xfedcba9876543210);
    std::array<char, 15> room{};
    RoomWriter r(room.data());
    r.u8(0xfe);
    r.u16(0xfedc);
    r.u32(0xfedcba98);
    r.u64(0xfedcba9876543210);
    EXPECT_EQ(std::string_view(room.data(), room.size()), fixed);
    RoomReader back(room.data());
    EXPECT_EQ(back.u8(), 0xfe);
    EXPECT_EQ(back.u16(), 0xfedc);
    EXPECT_EQ(back.u32(), 0xfedcba98);
    EXPECT_EQ(back.u64(), 0xfedcba9876543210);
}

TEST(HugePages, AVectorThatGrowsIntoThemHoldsWhatAnyVectorHolds) {
    std::vector<std::uint64_t, HugePages<std::uint64_t>> grown(1'000, 7);
    for (std::uint64_t i = 1'000; i < 600'000; ++i) grown.push_back(i);
    grown.resize(700'000);
    EXPECT_EQ(grown[999], 7u);
    EXPECT_EQ(grown[1'000], 1'000u);
    EXPECT_EQ(grown[599'999], 599'999u);
    EXPECT_EQ(grown[699'999], 0u);
    const auto moved = std::move(grown);
    EXPECT_EQ(moved.size(), 700'000u);
}

TEST(Id, TextAndBack) {
    const Id<struct T> id{0x0123456789abcdefu, 0xfedcba9876543210u};
    EXPECT_EQ(id.text(), "0123456789abcdeffedcba9876543210");
    EXPECT_EQ(Id<struct T>::parse(id.text()), id);
    EXPECT_FALSE(Id<struct T>::parse("0123456789ABCDEFfedcba9876543210"));
}

TEST(Text, Utf8RefusesWhatTheStandardRefuses) {
    EXPECT_TRUE(utf8_valid("Crème brûlée €uro 🧵"));
    for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xe2\x82"}) {
        EXPECT_FALSE(utf8_valid(bad));
    }
}

TEST(Text, Utf8IsJudgedByEveryByteOfATextOfAnyLength) {
    for (std::size_t length = 1; length < 40; ++length) {
        std::string text(length, 'a');
        EXPECT_TRUE(utf8_valid(text));
        for (std::size_t at = 0; at < length; ++at) {
            text[at] = '\x80';
            EXPECT_FALSE(utf8_valid(text)) << at << " of " << length;
            text[at] = 'a';
            EXPECT_TRUE(utf8_valid(text.substr(0, at) + "é" + text.substr(at)));
        }
    }
}

TEST(Text, Base64BothWays) {
    for (const char* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
        EXPECT_EQ(base64_decode(base64_encode(text)), text);
    }
    EXPECT_EQ(base64_decode("d2sxOg"), "wk1:");
    EXPECT_FALSE(base64_decode("a"));
    EXPECT_FALSE(base64_decode("a b="));
}

TEST(JsonWriter, WritesWhatAReaderExpects) {
    std::string out;
    JsonWriter json(out);
    json.open_object()
        .field("name", "a\"b\n\x01")
        .key("list")
        .open_array()
        .value(1)
        .value(true)
        .null();
    json.close().field("bad", "\xff").close();
    EXPECT_EQ(out,
              "{\"name\":\"a\\\"b\\n\\u0001\",\"list\":[1,true,null],\"bad\":\"\xef\xbf\xbd\"}");
}

}  // namespace
}  // namespace filrouge
