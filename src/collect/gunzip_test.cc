#include "collect/gunzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

namespace filrouge::collect {
namespace {

Bytes gzip(const Bytes& plain) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    Bytes out(deflateBound(&stream, plain.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

Bytes noise(std::size_t n) {
    std::mt19937 random(7);
    Bytes out(n, '\0');
    for (char& c : out) c = static_cast<char>('a' + random() % 26);
    return out;
}

std::string code(const Result<Bytes>& result) { return result.ok() ? "" : result.error().code; }

TEST(Gunzip, GivesBackWhatWasPacked) {
    for (const std::size_t n : {1u, 100u, 16'384u, 16'385u, 300'000u, 1'048'576u}) {
        const Bytes plain = noise(n);
        const auto back = gunzip(gzip(plain));
        ASSERT_TRUE(back.ok()) << n;
        EXPECT_EQ(back.value(), plain);
        EXPECT_GE(back.value().capacity() - back.value().size(), kBodyPadding);
    }
}

TEST(Gunzip, MembersInARowAreOneBody) {
    const auto back = gunzip(gzip("{\"a\":") + gzip("1}"));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back.value(), "{\"a\":1}");
}

TEST(Gunzip, ABombIsStoppedWhileItGrows) {
    EXPECT_EQ(code(gunzip(gzip(noise(kGunzipBytesMax + 1)))), "collect.gzip_too_large");
    EXPECT_EQ(code(gunzip(gzip(Bytes(500'000, ' ')))), "collect.gzip_too_large");
    EXPECT_EQ(code(gunzip(gzip(Bytes(50'000'000, ' ')))), "collect.gzip_too_large");
    EXPECT_EQ(code(gunzip(gzip(noise(2'000)), 1'999)), "collect.gzip_too_large");
}

TEST(Gunzip, WhatIsCutOrChangedIsBroken) {
    const Bytes whole = gzip(noise(5'000));
    EXPECT_EQ(code(gunzip("")), "collect.gzip_broken");
    EXPECT_EQ(code(gunzip("plain text")), "collect.gzip_broken");
    for (std::size_t n = 0; n < whole.size(); n += 37) {
        EXPECT_EQ(code(gunzip(BytesView(whole).substr(0, n))), "collect.gzip_broken") << n;
    }
    EXPECT_EQ(code(gunzip(whole + "tail")), "collect.gzip_broken");
    Bytes changed = whole;
    changed[whole.size() - 5] ^= 1;  // of the checksum
    EXPECT_EQ(code(gunzip(changed)), "collect.gzip_broken");
}

}  // namespace
}  // namespace filrouge::collect
