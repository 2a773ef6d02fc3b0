#include "storage/seal.h"

#include <gtest/gtest.h>

#include "storage/aead.h"
#include "storage/log.h"

namespace filrouge {
namespace {

using aead::Engine;

Bytes unhex(std::string_view text) {
    Bytes out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
    }
    return out;
}
DataKey key_of(std::string_view hex) {
    DataKey key;
    std::memcpy(key.bytes.data(), unhex(hex).data(), key.bytes.size());
    return key;
}
Nonce nonce_of(std::string_view hex) {
    Nonce nonce;
    std::memcpy(nonce.bytes.data(), unhex(hex).data(), nonce.bytes.size());
    return nonce;
}
DataKey some_key(unsigned char first) {
    DataKey key;
    for (std::size_t i = 0; i < 32; ++i) key.bytes[i] = static_cast<unsigned char>(first + i);
    return key;
}

// Test case 16 of "The Galois/Counter Mode of Operation" (McGrew, Viega; NIST's GCM vectors). Its
// associated data ends with d2, so that byte is our suffix.
TEST(Aead, MatchesThePublishedVectorInBothLibraries) {
    const DataKey key = key_of("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    const Nonce nonce = nonce_of("cafebabefacedbaddecaf888");
    const Bytes plain = unhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449"
        "a6"
        "b525b16aedf5aa0de657ba637b39");
    const Bytes associated = unhex("feedfacedeadbeeffeedfacedeadbeefabadda");
    const Bytes expected = unhex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056"
        "828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
    for (const Engine engine : {Engine::OpenSsl, Engine::Sodium}) {
        if (engine == Engine::Sodium && !aead::sodium_available()) continue;
        Bytes out(plain.size() + aead::kTagBytes, '\0');
        aead::encrypt(key, nonce, associated, 0xd2, plain, out.data(), engine);
        EXPECT_EQ(out, expected);
        Bytes back(plain.size(), '\0');
        EXPECT_TRUE(aead::decrypt(key, nonce, associated, 0xd2, out, back.data(), engine));
        EXPECT_EQ(back, plain);
    }
}

TEST(Aead, TheTwoLibrariesWriteTheSameBytes) {
    if (!aead::sodium_available()) GTEST_SKIP() << "no AES-NI here";
    const DataKey key = some_key(9);
    for (std::size_t size = 0; size < 700; size += 13) {
        const Bytes plain(size, 'p');
        const Bytes associated(size * 2, 'a');
        Nonce nonce;
        nonce.bytes[3] = static_cast<unsigned char>(size);
        Bytes one(size + 16, '\0');
        Bytes two(size + 16, '\0');
        aead::encrypt(key, nonce, associated, 1, plain, one.data(), Engine::Sodium);
        aead::encrypt(key, nonce, associated, 1, plain, two.data(), Engine::OpenSsl);
        EXPECT_EQ(one, two) << size;
        Bytes back(size, '\0');
        EXPECT_TRUE(aead::decrypt(key, nonce, associated, 1, one, back.data(), Engine::OpenSsl));
        EXPECT_TRUE(aead::decrypt(key, nonce, associated, 1, two, back.data(), Engine::Sodium));
        EXPECT_FALSE(aead::decrypt(key, nonce, associated, 2, one, back.data(), Engine::OpenSsl));
    }
}

TEST(Seal, WhatIsSealedOpensAgainAtEverySize) {
    for (const std::size_t size : {0u, 1u, 300u, 1023u, 1024u, 5000u, 200'000u}) {
        Bytes plain;
        for (std::size_t i = 0; i < size; ++i) plain.push_back(static_cast<char>(i * i % 61));
        Bytes sealed;
        Bytes opened;
        seal(some_key(1), Nonce{}, "clear part", plain, sealed);
        ASSERT_TRUE(unseal(some_key(1), "clear part", sealed, opened).ok());
        EXPECT_EQ(opened, plain);
        EXPECT_LE(sealed.size(), plain.size() + kSealOverhead);
    }
}

TEST(Seal, ALongRepetitiveTextIsCompressedAndAShortOneIsNot) {
    Bytes sealed;
    seal(some_key(1), Nonce{}, "", Bytes(100'000, 'x'), sealed);
    EXPECT_EQ(sealed[0], 1);
    EXPECT_LT(sealed.size(), 1'000u);
    seal(some_key(1), Nonce{}, "", Bytes(kCompressFrom - 1, 'x'), sealed);
    EXPECT_EQ(sealed[0], 0);
    EXPECT_EQ(sealed.size(), kCompressFrom - 1 + kSealOverhead);
}

TEST(Seal, NothingThatWasChangedOpens) {
    for (const std::size_t size : {40u, 4000u}) {
        Bytes sealed;
        seal(some_key(1), Nonce{}, "clear", Bytes(size, 'x'), sealed);
        Bytes opened;
        for (std::size_t i = 0; i < sealed.size(); ++i) {
            Bytes changed = sealed;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            ASSERT_FALSE(unseal(some_key(1), "clear", changed, opened).ok()) << i;
        }
        for (std::size_t length = 0; length < sealed.size(); ++length) {
            ASSERT_FALSE(unseal(some_key(1), "clear", sealed.substr(0, length), opened).ok());
        }
        EXPECT_EQ(unseal(some_key(1), "other", sealed, opened).error().code, "seal.broken");
        EXPECT_EQ(unseal(some_key(2), "clear", sealed, opened).error().code, "seal.broken");
    }
}

TEST(Seal, ATextPastTheBoundIsKeptUncompressedSoThatItStillOpens) {
    const Bytes plain(std::size_t{kRecordBytesMax} * 16 + 1, 'x');
    Bytes sealed;
    Bytes opened;
    seal(some_key(1), Nonce{}, "", plain, sealed);
    EXPECT_EQ(sealed[0], 0);
    ASSERT_TRUE(unseal(some_key(1), "", sealed, opened).ok());
    EXPECT_EQ(opened, plain);
}

}  // namespace
}  // namespace filrouge
