#include "storage/table.h"

#include <gtest/gtest.h>

#include <unordered_map>

namespace filrouge {
namespace {

constexpr std::uint64_t kReserve = 64 * 1024 * 1024;

struct Row {
    std::uint64_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t c = 0;
    bool operator==(const Row&) const = default;
};

// A state with a table of each size, edited at random, and what captures of it must give back.
struct World {
    TableSpace space;
    Table<Row> rows{space, 3, kReserve};
    Table<std::uint16_t> small{space, 1, kReserve};
    HashIndex index{space, 100};
};

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t number() { return mix64(state_ += 0x9e3779b97f4a7c15u); }
    std::uint32_t below(std::uint64_t n) { return static_cast<std::uint32_t>(number() % n); }

  private:
    std::uint64_t state_;
};

void edit_at_random(World& world, Dice& dice) {
    switch (dice.below(8)) {
        case 0:
            for (int i = 0; i < 3000; ++i) world.rows.append({dice.number(), dice.below(9), 1});
            break;
        case 1: world.rows.resize(world.rows.size() / 2); break;
        case 2: world.small.resize(dice.below(200'000)); break;
        case 3:
            if (world.rows.size() > 0) world.rows.pop_back();
            break;
        case 4:
            for (int i = 0; i < 200; ++i) world.index.erase(dice.below(3000) + 1);
            break;
        default:
            for (int i = 0; i < 100; ++i) world.index.insert(dice.below(3000) + 1, dice.below(100));
            for (int i = 0; i < 20 && world.rows.size() > 0; ++i) {
                world.rows.edit(dice.below(world.rows.size())).b += 1;
            }
            if (world.small.size() > 0) world.small.edit(dice.below(world.small.size())) = 7;
    }
}

TEST(HashIndex, AnswersLikeAMapUnderRandomInsertsReplacementsAndErasures) {
    for (const std::uint64_t range : {50u, 2'000u, 100'000u}) {
        TableSpace space;
        HashIndex index(space, 1);
        std::unordered_map<std::uint64_t, std::uint32_t> map;
        Dice dice(range);
        for (int i = 0; i < 30'000; ++i) {
            const std::uint64_t key = mix64(1 + dice.number() % range) | 1;
            if (dice.below(3) == 0) {
                index.erase(key);
                map.erase(key);
            } else {
                const std::uint32_t value = dice.below(1'000'000);
                index.insert(key, value);
                map[key] = value;
            }
            ASSERT_EQ(index.size(), map.size());
        }
        for (std::uint64_t i = 0; i < range; ++i) {
            const std::uint64_t key = mix64(1 + i) | 1;
            const auto at = map.find(key);
            ASSERT_EQ(index.find(key), at == map.end() ? HashIndex::kAbsent : at->second);
        }
    }
}

TEST(HashIndex, KeysThatWantTheSamePlaceAreAllFoundAndErased) {
    TableSpace space;
    HashIndex index(space, 1);
    // The same low bits: every key wants the same slot, and the run wraps around the end.
    for (std::uint64_t k = 1; k <= 300; ++k)
        index.insert(k << 32 | 0xfffff, static_cast<std::uint32_t>(k));
    for (std::uint64_t k = 1; k <= 300; k += 2) index.erase(k << 32 | 0xfffff);
    for (std::uint64_t k = 1; k <= 300; ++k) {
        EXPECT_EQ(index.find(k << 32 | 0xfffff), k % 2 == 0 ? k : HashIndex::kAbsent);
    }
}

TEST(TableSpace, CapturesPutOnTopOfEachOtherGiveTheSameStateAndHash) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Dice dice(seed);
        World live;
        World copy;
        for (std::uint64_t turn = 0; turn < 25; ++turn) {
            for (std::uint32_t i = 0; i <= dice.below(4); ++i) edit_at_random(live, dice);
            const bool whole = turn == 0 || dice.below(6) == 0;
            ASSERT_TRUE(copy.space.apply(live.space.capture(turn, whole)));
            ASSERT_EQ(copy.space.hash(), live.space.hash()) << "seed " << seed << " turn " << turn;
        }
        ASSERT_EQ(copy.rows.size(), live.rows.size());
        for (std::uint32_t i = 0; i < live.rows.size(); ++i) {
            ASSERT_EQ(copy.rows.at(i), live.rows.at(i));
        }
        for (std::uint64_t k = 1; k <= 3000; ++k) {
            ASSERT_EQ(copy.index.find(k), live.index.find(k));
        }
    }
}

TEST(TableSpace, ACaptureIsWhatThereWasWhenItBeganWhateverIsEditedWhileItIsTaken) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Dice dice(seed);
        World live;
        World copy;
        std::uint64_t edited_meanwhile = 0;
        for (std::uint64_t turn = 0; turn < 20; ++turn) {
            for (std::uint32_t i = 0; i <= dice.below(4); ++i) edit_at_random(live, dice);
            const Hash128 then = live.space.hash();
            Capture capture{live.space.begin_capture(turn, turn == 0 || dice.below(4) == 0), {}};
            for (;;) {
                for (std::uint64_t i = dice.below(4); i > 0; --i, ++edited_meanwhile)
                    edit_at_random(live, dice);
                auto some = live.space.take_captured(1 + dice.below(2));
                if (some.empty()) break;
                for (CapturedPage& page : some) capture.pages.push_back(std::move(page));
            }
            ASSERT_EQ(capture.pages.size(), capture.page_count) << "seed " << seed;
            ASSERT_TRUE(copy.space.apply(capture));
            ASSERT_EQ(copy.space.hash(), then) << "seed " << seed << " turn " << turn;
        }
        ASSERT_GT(edited_meanwhile, 50u);
    }
}

TEST(TableSpace, ACaptureOfWhatIsReplacedComesToAnEndAndIsKnownByItsPages) {
    World world;
    world.rows.resize(100'000);
    for (int what = 0; what < 2; ++what) {
        const CaptureHead head = world.space.begin_capture(1, true);
        const std::size_t taken = world.space.take_captured(3).size();
        World other;
        if (what == 0) world.space.swap(other.space);
        if (what == 1) world.space.clear();
        EXPECT_TRUE(world.space.take_captured(1'000).empty());
        EXPECT_LT(taken, head.page_count);
        world.rows.resize(100'000);
    }
}

TEST(TableSpace, TheCopyGoesOnAsTheOriginalWould) {
    Dice dice(5);
    World live;
    for (int i = 0; i < 40; ++i) edit_at_random(live, dice);
    World copy;
    ASSERT_TRUE(copy.space.apply(live.space.capture(1, true)));
    Dice one(6);
    Dice two(6);
    for (int i = 0; i < 40; ++i) {
        edit_at_random(live, one);
        edit_at_random(copy, two);
    }
    EXPECT_EQ(copy.space.hash(), live.space.hash());
}

TEST(TableSpace, AnIncrementHoldsOnlyThePagesThatChanged) {
    World world;
    world.rows.resize(100'000);
    const auto whole = world.space.capture(1, true);
    EXPECT_GT(whole.pages.size(), 20u);
    EXPECT_EQ(world.space.capture(2, false).pages.size(), 0u);
    world.rows.edit(0).b = 1;
    world.rows.edit(99'999).b = 1;
    EXPECT_EQ(world.space.capture(3, false).pages.size(), 2u);
}

TEST(TableSpace, OneByteChangesTheHash) {
    World world;
    world.rows.resize(50'000);
    const Hash128 before = world.space.hash();
    world.rows.edit(40'000).c = 1;
    EXPECT_NE(world.space.hash(), before);
    world.rows.edit(40'000).c = 0;
    EXPECT_EQ(world.space.hash(), before);
    world.rows.append({});
    EXPECT_NE(world.space.hash(), before);
}

TEST(TableSpace, WhatDoesNotFitIsRefused) {
    World world;
    Capture capture;
    capture.arena_sizes = {{999, 10}};
    EXPECT_FALSE(world.space.apply(capture));
    capture.arena_sizes = {{3, kReserve + 1}};
    EXPECT_FALSE(world.space.apply(capture));
    capture.arena_sizes = {{3, 16}};
    capture.pages = {{3, 0, Bytes(17, 'x')}};
    EXPECT_FALSE(world.space.apply(capture));
    capture.pages = {{3, 1ull << 48, Bytes(1, 'x')}};
    EXPECT_FALSE(world.space.apply(capture));
}

}  // namespace
}  // namespace filrouge
