#include "engine/dedupe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace filrouge::engine {
namespace {

TEST(Dedupe, AnIdIsKnownForSevenDaysAndAnImportForEver) {
    TableSpace space;
    DedupeWindow window(space, days(7));
    const IngestTime t{1'767'225'600'000'000};
    EXPECT_EQ(window.admit(1, 5, false, t), DedupeVerdict::New);
    EXPECT_EQ(window.admit(1, 5, false, t + days(7)), DedupeVerdict::Repeat);
    EXPECT_EQ(window.admit(1, 6, false, t + days(7)), DedupeVerdict::Conflict);
    EXPECT_EQ(window.admit(1, 5, false, t + days(7) + seconds(1)), DedupeVerdict::New);
    EXPECT_EQ(window.admit(2, 5, true, t), DedupeVerdict::New);
    EXPECT_EQ(window.admit(2, 5, true, t + days(4'000)), DedupeVerdict::Repeat);
    std::mt19937_64 rng(1);
    std::vector<std::uint64_t> keys(20'000);
    for (auto& k : keys)
        EXPECT_EQ(window.admit(k = rng(), 1, false, t + days(8)), DedupeVerdict::New);
    for (const auto k : keys)
        EXPECT_EQ(window.admit(k, 1, false, t + days(15)), DedupeVerdict::Repeat);
}

TEST(Dedupe, ARepeatIsKnownInTheFirstSecondOf1970) {
    TableSpace space;
    DedupeWindow window(space, days(7));
    EXPECT_EQ(window.admit(1, 5, false, {0}), DedupeVerdict::New);
    EXPECT_EQ(window.admit(1, 5, false, {0}), DedupeVerdict::Repeat);
    EXPECT_EQ(window.admit(2, 5, false, {-1}), DedupeVerdict::New);
    EXPECT_EQ(window.admit(2, 5, false, {-1}), DedupeVerdict::Repeat);
}

// What the window has to answer, said in the plainest way.
struct PlainWindow {
    struct Id {
        std::uint32_t check;
        std::int64_t second;  // -1: for ever
    };
    std::map<std::uint64_t, Id> ids;
    std::uint64_t imported = 0;
    DedupeVerdict admit(std::uint64_t key, std::uint32_t check, bool for_ever, std::int64_t now) {
        const auto known = ids.find(key);
        if (known != ids.end() &&
            (known->second.second < 0 || now - known->second.second <= 7 * 86'400))
            return known->second.check == check ? DedupeVerdict::Repeat : DedupeVerdict::Conflict;
        ids[key] = {check, for_ever ? -1 : now};
        if (for_ever) ++imported;
        return DedupeVerdict::New;
    }
    std::uint64_t living(std::int64_t now) const {
        return static_cast<std::uint64_t>(
            std::count_if(ids.begin(), ids.end(), [now](const auto& id) {
                return id.second.second < 0 || now - id.second.second <= 7 * 86'400;
            }));
    }
    void forget(std::uint64_t key) {
        if (ids.at(key).second < 0) --imported;
        ids.erase(key);
    }
};

// Random ids old and new, weeks that pass, groups that fail, imports that move to disk, and starts
// from a snapshot: the verdicts are the plain ones, whatever table an id is in.
TEST(Dedupe, AnswersAsThePlainWindowDoes) {
    for (unsigned seed = 1; seed <= 6; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937_64 rng(seed);
        auto space = std::make_unique<TableSpace>();
        auto window = std::make_unique<DedupeWindow>(*space, days(7));
        PlainWindow plain;
        std::vector<std::uint64_t> keys;
        std::int64_t now = 1'767'225'600;
        for (int step = 0; step < 60'000; ++step) {
            const std::uint64_t chance = rng() % 100'000;
            if (chance < 20'000 || keys.empty()) {
                now += static_cast<std::int64_t>(rng() % 60);
            } else if (chance < 20'010) {
                now += 86'400 * static_cast<std::int64_t>(rng() % 9);
            } else if (chance < 20'015) {  // an import's ids are on disk now
                for (std::uint32_t part = 0; part < DedupeWindow::kParts; ++part) {
                    const auto moved = window->imported_ids(part);
                    for (const SettledId& id : moved) {
                        ASSERT_EQ(plain.ids.at(id.key).second, -1);
                        ASSERT_EQ(plain.ids.at(id.key).check, id.check);
                        plain.forget(id.key);
                    }
                    window->forget_imported(part, moved);
                }
                ASSERT_EQ(plain.imported, 0u);
            } else if (chance < 20'020) {
                const Capture whole = space->capture(1, true);
                auto next = std::make_unique<TableSpace>();
                auto again = std::make_unique<DedupeWindow>(*next, days(7));
                ASSERT_TRUE(next->apply(whole));
                window = std::move(again);
                space = std::move(next);
            }
            std::uint64_t key = rng();
            // Some meet where they belong, at the table's end among other places.
            if (rng() % 4 == 0) key = (key & 0xf000'0000'0000'0000u) | (rng() % 512 + 0xffff'fe00u);
            if (!keys.empty() && rng() % 3 == 0) key = keys[rng() % keys.size()];
            keys.push_back(key);
            const auto check = static_cast<std::uint32_t>(rng() % 20 == 0);
            const bool for_ever = rng() % 3 == 0;
            const auto verdict = window->admit(key, check, for_ever, IngestTime{now * 1'000'000});
            ASSERT_EQ(verdict, plain.admit(key, check, for_ever, now)) << step;
            if (verdict == DedupeVerdict::New && rng() % 50 == 0) {
                window->forget(key);
                plain.forget(key);
            }
            ASSERT_EQ(window->imported(), plain.imported);
            // Beside them those that expired, and an id told anew before its old entry is dropped.
            if (step % 100 == 0) {
                ASSERT_GE(window->size(), plain.living(now));
            }
        }
    }
}

// Each page that is written costs a copy while a snapshot is taken, and time: a part that grows is
// no moment at which everybody waits.
TEST(Dedupe, NoIdCostsMoreThanAFewPages) {
    TableSpace space;
    DedupeWindow window(space, days(7));
    std::mt19937_64 rng(1);
    std::uint64_t most = 0;
    for (int i = 0; i < 400'000; ++i) {
        window.admit(rng(), 1, i % 2 == 0, IngestTime{1'767'225'600'000'000});
        if (i < 200'000) continue;
        const std::uint64_t pages = space.capture(1, false).page_count;
        if (i > 200'000) most = std::max(most, pages);
    }
    EXPECT_EQ(window.size(), 400'000u);
    EXPECT_LE(most, 8u);
}

TEST(Dedupe, TheMemoryOfATableIsKnownBeforeTheTableIsNeeded) {
    TableSpace space;
    DedupeWindow window(space, days(7));
    std::mt19937_64 rng(1);
    constexpr IngestTime kNow{1'767'225'600'000'000};
    std::uint64_t known = 0;  // the largest of the last look
    int grown = 0;
    for (int i = 0; i < 1'200'000; ++i) {
        const std::uint64_t before = space.bytes();
        window.admit(rng(), 1, false, kNow);
        if (space.bytes() > before + (1 << 20) && i > 1'000) {
            ASSERT_GE(known, space.bytes() - before) << i;
            ++grown;
        }
        if (i % 1'000 != 0) continue;
        known = 0;
        const bool compares = i % 100'000 == 0;
        const Hash128 state = compares ? space.hash() : Hash128{};
        for (const MemoryAhead& memory : window.ahead(kNow)) {
            known = std::max(known, memory.bytes);
            clear_ahead(memory);
        }
        ASSERT_EQ(compares ? space.hash() : Hash128{}, state);
    }
    EXPECT_GT(grown, 10);
}

// A shop's thousandth week needs no more than its third.
TEST(Dedupe, WhatExpiresGivesItsRoomToWhatComes) {
    TableSpace space;
    DedupeWindow window(space, days(7));
    std::mt19937_64 rng(1);
    std::uint64_t third = 0;
    for (int week = 0; week < 30; ++week) {
        for (int i = 0; i < 20'000; ++i)
            window.admit(rng(), 1, false, IngestTime{1'767'225'600'000'000} + days(7 * week));
        if (week == 2) third = space.bytes();
    }
    EXPECT_LE(space.bytes(), third * 2);
    EXPECT_LE(window.size(), 100'000u);
}

}  // namespace
}  // namespace filrouge::engine
