#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "consent/gate.h"
#include "consent/ledger.h"

namespace filrouge::consent {
namespace {

Purposes shop() {
    return {{{"measurement", LegalBasis::Consent, false, {"Analytics"}},
             {"marketing.email", LegalBasis::Consent, true, {"Advertising"}},
             {"profiling", LegalBasis::Consent, true, {"Advertising"}},
             {"service", LegalBasis::Contract, false, {}},
             {"fraud", LegalBasis::LegitimateInterest, false, {}}}};
}

TEST(Consent, NothingIsKeptOfSomebodyWhoWasNotAsked) { EXPECT_FALSE(gate1(shop(), {}).keep); }

TEST(Consent, WhatTheEventSaysOfItselfIsHeardFirst) {
    GateQuestion q;
    q.own.granted = PurposeSet{}.with(0);
    EXPECT_TRUE(gate1(shop(), q).keep);
    q.standing.granted = PurposeSet{}.with(0);
    q.own = {{}, PurposeSet{}.with(0)};
    const GateAnswer a = gate1(shop(), q);
    EXPECT_TRUE(a.consent_only) << "the refusal itself is kept as proof, nothing else";
    EXPECT_TRUE(a.allowed.empty());
}

TEST(Consent, AnOrderIsKeptForTheContractAndForNothingElse) {
    GateQuestion q;
    q.basis = LegalBasis::Contract;
    const GateAnswer a = gate1(shop(), q);
    EXPECT_TRUE(a.keep);
    EXPECT_TRUE(a.allowed.has(3));
    EXPECT_FALSE(a.allowed.has(0));
    EXPECT_FALSE(a.allowed.has(1));
}

TEST(Consent, GlobalPrivacyControlIsNeverOutvoted) {
    GateQuestion q;
    q.own.granted = PurposeSet{}.with(0).with(1);
    q.global_privacy_control = true;
    const GateAnswer a = gate1(shop(), q);
    EXPECT_TRUE(a.allowed.has(0));
    EXPECT_FALSE(a.allowed.has(1));
}

TEST(Consent, ACategoryStandsForAllItsPurposes) {
    EXPECT_EQ(shop().named("advertising"), PurposeSet{}.with(1).with(2));
    EXPECT_EQ(shop().named("marketing.email"), PurposeSet{}.with(1));
    EXPECT_TRUE(shop().named("unheard of").empty());
}

TEST(Consent, AMergeKeepsTheRefusal) {
    const Standing a{PurposeSet{}.with(0).with(1), {}};
    const Standing b{PurposeSet{}.with(0), PurposeSet{}.with(1)};
    EXPECT_EQ(a.join(b), b.join(a));
    EXPECT_FALSE(a.join(b).granted.has(1));
    EXPECT_TRUE(a.join(b).granted.has(0));
}

TEST(Ledger, TheLatestStatementHoldsWhateverTheOrderOfArrival) {
    struct Said {
        std::uint32_t fragment;
        std::vector<ConsentStatement> statements;
        std::int64_t at;
        std::uint64_t sequence;
        PurposeSet taken_back{};  // and nothing stated
    };
    enum class Held : std::uint8_t { Nothing, No, Yes };
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        std::mt19937_64 rng(seed);
        std::vector<Said> said;
        for (std::uint64_t s = 1; s <= 60; ++s) {
            Said one{static_cast<std::uint32_t>(rng() % 4),
                     {},
                     static_cast<std::int64_t>(rng() % 20),
                     s};
            const bool takes_back = rng() % 4 == 0;
            for (std::uint8_t p = 0; p < 6; ++p) {
                if (rng() % 3 != 0) continue;
                if (takes_back)
                    one.taken_back = one.taken_back.with(p);
                else
                    one.statements.push_back({p, rng() % 2 == 0});
            }
            said.push_back(one);
        }
        // The oracle: per fragment and purpose the statement with the highest (time, sequence).
        std::map<std::pair<std::uint32_t, std::uint8_t>,
                 std::tuple<std::int64_t, std::uint64_t, Held>>
            oracle;
        for (const Said& s : said) {
            const auto hears = [&](std::uint8_t purpose, Held what) {
                auto& held = oracle[{s.fragment, purpose}];
                if (std::tie(std::get<0>(held), std::get<1>(held)) < std::tie(s.at, s.sequence))
                    held = {s.at, s.sequence, what};
            };
            for (const ConsentStatement& c : s.statements)
                hears(c.purpose, c.granted ? Held::Yes : Held::No);
            for (std::uint8_t p = 0; p < 6; ++p) {
                if (s.taken_back.has(p)) hears(p, Held::Nothing);
            }
        }
        std::shuffle(said.begin(), said.end(), rng);
        TableSpace space;
        Ledger ledger(space, 10);
        for (const Said& s : said) {
            const Standing before = ledger.standing_of(FragmentNo{s.fragment});
            const FragmentNo f{s.fragment};
            const bool changed =
                s.taken_back.empty()
                    ? ledger.state(f, s.statements, EventTime{s.at}, s.sequence)
                    : ledger.take_back(f, s.taken_back, EventTime{s.at}, s.sequence);
            EXPECT_EQ(changed, before != ledger.standing_of(FragmentNo{s.fragment}));
        }
        for (std::uint32_t f = 0; f < 4; ++f) {
            const Standing standing = ledger.standing_of(FragmentNo{f});
            for (std::uint8_t p = 0; p < 6; ++p) {
                const auto held = oracle.find({f, p});
                const bool known = held != oracle.end();
                EXPECT_EQ(standing.granted.has(p), known && std::get<2>(held->second) == Held::Yes)
                    << "seed " << seed;
                EXPECT_EQ(standing.refused.has(p), known && std::get<2>(held->second) == Held::No)
                    << "seed " << seed;
            }
        }
    }
}

}  // namespace
}  // namespace filrouge::consent
