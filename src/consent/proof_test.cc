#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/seed_for_test.h"
#include "consent/proof.h"
#include "consent/proof_index.h"
#include "consent/wordings.h"

namespace filrouge::consent {
namespace {

std::uint64_t seed() { return test_seed(1); }

class Chance {
  public:
    std::uint64_t below(std::uint64_t n) { return rng_() % n; }
    Digest digest() {
        Digest d;
        for (unsigned char& byte : d.bytes) byte = static_cast<unsigned char>(1 + below(255));
        return d;
    }
    Entry entry() {
        Entry e;
        e.id = {rng_(), rng_()};
        e.event = {rng_(), rng_()};
        e.at.us = static_cast<std::int64_t>(below(1'000'000'000'000));
        e.source = static_cast<SourceNo>(below(300));
        e.brand = static_cast<BrandNo>(below(3));
        e.means = static_cast<Means>(below(kMeansNames.size()));
        for (std::uint64_t n = 1 + below(3); n > 0; --n)
            e.fragments.push_back(FragmentNo{static_cast<std::uint32_t>(below(5))});
        if (below(2) == 0) e.language = "fr-FR";
        for (std::uint64_t n = 1 + below(4); n > 0; --n) e.statements.push_back(statement());
        if (below(2) == 0) e.commitment = digest();
        if (below(3) == 0) e.confirmation = Confirmation{digest(), {e.at.us + 1}};
        return e;
    }

  private:
    Statement statement() {
        Statement s{static_cast<std::uint8_t>(below(kPurposesMax)),
                    static_cast<State>(below(3)),
                    static_cast<ContactChannel>(below(kContactChannelNames.size())),
                    static_cast<LegalBasis>(below(4)),
                    static_cast<std::uint32_t>(below(3)),
                    {}};
        if (s.wording != 0) s.text = digest();
        if (below(2) == 0) s.weight = static_cast<ConsentWeight>(below(4));
        return s;
    }
    std::mt19937_64 rng_{seed()};
};

struct Chain {
    std::vector<Bytes> entries;
    ChainHead head;
};

Chain chain_of(Chance& chance, std::size_t length) {
    Chain chain;
    for (std::size_t i = 0; i < length; ++i) {
        encode_entry(chance.entry(), chain.entries.emplace_back());
        link(chain.entries.back(), chain.head);
    }
    return chain;
}

bool holds(const std::vector<Bytes>& entries, const ChainHead& known) {
    ChainHead head;
    bool follows = true;
    for (const Bytes& clear : entries) follows = follow(clear, head) && follows;
    return follows && head == known;
}

TEST(Proof, AnEntryIsReadAsItWasWritten) {
    Chance chance;
    for (int i = 0; i < 2'000; ++i) {
        const Entry entry = chance.entry();
        Bytes clear;
        encode_entry(entry, clear);
        ASSERT_EQ(decode_entry(clear), entry);
        // Cut short it is none, wherever.
        EXPECT_FALSE(decode_entry(clear.substr(0, chance.below(clear.size()))));
    }
}

TEST(Proof, AChainAsWrittenHolds) {
    Chance chance;
    for (std::size_t length : {0u, 1u, 2u, 50u}) {
        const Chain chain = chain_of(chance, length);
        EXPECT_TRUE(holds(chain.entries, chain.head)) << length;
        EXPECT_EQ(chain.head.count, length);
    }
}

TEST(Proof, WhateverIsFlippedTakenOutMovedOrPutInShows) {
    Chance chance;
    for (int round = 0; round < 300; ++round) {
        const Chain chain = chain_of(chance, 2 + chance.below(8));
        const auto at = static_cast<std::ptrdiff_t>(chance.below(chain.entries.size()));

        std::vector<Bytes> flipped = chain.entries;
        Bytes& clear = flipped[static_cast<std::size_t>(at)];
        char& byte = clear[chance.below(clear.size())];
        byte = static_cast<char>(byte ^ (1 << chance.below(8)));
        EXPECT_FALSE(holds(flipped, chain.head));

        std::vector<Bytes> shorter = chain.entries;
        shorter.erase(shorter.begin() + at);  // the last one, too
        EXPECT_FALSE(holds(shorter, chain.head));

        std::vector<Bytes> moved = chain.entries;
        std::swap(moved[static_cast<std::size_t>(at)],
                  moved[(static_cast<std::size_t>(at) + 1) % moved.size()]);
        EXPECT_FALSE(holds(moved, chain.head));

        // As well made as an entry can be: it follows what is before it.
        std::vector<Bytes> longer = chain.entries;
        ChainHead before;
        for (std::ptrdiff_t i = 0; i < at; ++i)
            static_cast<void>(follow(longer[static_cast<std::size_t>(i)], before));
        Bytes put_in;
        encode_entry(chance.entry(), put_in);
        link(put_in, before);
        longer.insert(longer.begin() + at, put_in);
        EXPECT_FALSE(holds(longer, chain.head));
    }
}

TEST(Proof, AnInsertedEntryShowsAtTheOneAfterIt) {
    Chance chance;
    Chain chain = chain_of(chance, 3);
    chain.entries.erase(chain.entries.begin() + 1);
    ChainHead head;
    EXPECT_TRUE(follow(chain.entries[0], head));
    EXPECT_FALSE(follow(chain.entries[1], head)) << "here one is missing";
}

TEST(Proof, ACommitmentTellsNothingWithoutItsKeyAndBindsWithIt) {
    const std::string evidence = R"({"form":"newsletter"})";
    Blind one{}, other{};
    other[0] = 1;
    const Bytes plain = encode_evidence(one, evidence);
    EXPECT_EQ(decode_evidence(plain), evidence);
    EXPECT_NE(commitment_to(plain), commitment_to(encode_evidence(other, evidence)))
        << "the same evidence of two people cannot be told to be the same";
    Bytes changed = plain;
    changed.back() = ')';
    EXPECT_NE(commitment_to(plain), commitment_to(changed));
    EXPECT_FALSE(decode_evidence("short"));
    EXPECT_FALSE(decode_evidence(encode_evidence(one, Bytes(kEvidenceBytesMax + 1, 'x'))));
}

// RFC 4231, test case 1 has a key of 20 bytes; FIPS 180-4's "abc" for the plain hash.
TEST(Proof, TheHashesAreTheStandardOnes) {
    EXPECT_EQ(sha256("abc").hex(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hmac_sha256(Bytes(20, '\x0b'), "Hi There").hex(),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST(ProofIndex, FindsAPersonsEntriesNewestFirstAndTheEndOfTheChain) {
    Chance chance;
    TableSpace space;
    ProofIndex index(space, 10, 100);
    ChainHead head;
    std::vector<Entry> entries;
    for (std::uint64_t sequence = 1; sequence <= 200; ++sequence) {
        entries.push_back(chance.entry());
        auto& fragments = entries.back().fragments;  // an event names each once
        std::sort(fragments.begin(), fragments.end());
        fragments.erase(std::unique(fragments.begin(), fragments.end()), fragments.end());
        Bytes clear;
        encode_entry(entries.back(), clear);
        link(clear, head);
        index.add(entries.back(), clear, sequence);
    }
    EXPECT_EQ(index.head(), head);
    for (std::uint32_t f = 0; f < 6; ++f) {
        std::vector<std::uint64_t> wanted, found;
        for (std::uint64_t sequence = 200; sequence >= 1; --sequence) {
            const auto& all = entries[sequence - 1].fragments;
            if (std::count(all.begin(), all.end(), FragmentNo{f}) != 0) wanted.push_back(sequence);
        }
        index.entries_of(FragmentNo{f}, found);
        EXPECT_EQ(found, wanted);
    }
}

TEST(ProofIndex, ATokenIsGoodForOnce) {
    TableSpace space;
    ProofIndex index(space, 10, 100);
    Entry asked;
    asked.fragments = {FragmentNo{1}};
    asked.statements = {{0, State::Pending, ContactChannel::Email, LegalBasis::Consent, 0, {}}};
    asked.confirmation = Confirmation{sha256("token"), {1'000}};
    EXPECT_FALSE(index.pending(sha256("token")));
    index.add(asked, "first", 7);
    EXPECT_EQ(index.pending(sha256("token")), 7u);
    asked.means = Means::Confirmation;
    index.add(asked, "second", 8);
    EXPECT_FALSE(index.pending(sha256("token")));
}

TEST(Wordings, AVersionIsNeverToldOtherwise) {
    Wordings words;
    const auto of = [](const char* text) {
        return std::map<std::string, WordingText, std::less<>>{{"fr", {text, sha256(text)}}};
    };
    words.add("email", {1, {100}, of("un")});
    words.add("email", {1, {200}, of("autre")});
    words.add("email", {3, {200}, of("trois")});  // 2 is missing
    words.add("email", {2, {200}, of("deux")});
    ASSERT_EQ(words.of("email").size(), 2u);
    EXPECT_EQ(words.find("email", 1)->texts.at("fr").text, "un");
    EXPECT_EQ(words.in_force("email", {99}), nullptr);
    EXPECT_EQ(words.in_force("email", {199})->version, 1u);
    EXPECT_EQ(words.in_force("email", {200})->version, 2u);
    EXPECT_EQ(words.find("sms", 1), nullptr);
}

TEST(Wordings, ALanguageFallsBackToTheLessExactOneAndNeverToAnother) {
    Wording wording{1, {0}, {{"fr", {"oui", {}}}, {"en", {"yes", {}}}, {"en-US", {"yeah", {}}}}};
    EXPECT_EQ(words_in(wording, "fr-FR")->words->text, "oui");
    EXPECT_EQ(words_in(wording, "en-US")->words->text, "yeah");
    EXPECT_EQ(words_in(wording, "en-GB")->language, "en");
    EXPECT_FALSE(words_in(wording, "de"));
    EXPECT_FALSE(words_in(wording, ""));
    wording.texts.erase("en");
    wording.texts.erase("en-US");
    EXPECT_EQ(words_in(wording, "")->language, "fr") << "there is only this one to have been shown";
    EXPECT_TRUE(is_language_tag("zh-Hant-TW"));
    EXPECT_FALSE(is_language_tag("f"));
    EXPECT_FALSE(is_language_tag("fr_FR"));
    EXPECT_FALSE(is_language_tag("-fr"));
}

}  // namespace
}  // namespace filrouge::consent
