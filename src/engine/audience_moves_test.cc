// What a log folded again tells of who is in which audience otherwise.
#include "engine/audience_moves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

#include "engine/world_for_test.h"

namespace filrouge::engine {
namespace {

const std::vector<std::string> kRules = {"any(Coat Viewed)", "count(Coat Viewed) >= 2",
                                         "not any(Coat Viewed)", "any(Order Completed)"};

struct MovesWorld : World {
    MovesWorld() : World(1) {
        for (std::uint32_t i = 0; i < kRules.size(); ++i) audience(std::to_string(i), kRules[i], i);
        settle();
    }
    std::set<std::pair<std::uint32_t, std::uint32_t>> members() const {
        std::set<std::pair<std::uint32_t, std::uint32_t>> out;
        for (const auto& [id, info] : fold->audiences) {
            for (std::uint32_t p = 0; p < fold->end(); ++p) {
                if (fold->live.member(info.slot, PersonNo{p})) out.emplace(info.document, p);
            }
        }
        return out;
    }
    std::vector<audience::Change> told(const std::vector<AudienceMove>& moves) {
        const std::size_t before = changes.size();
        Bytes clear;
        encode_audience_moves(moves, clear);
        sealed(RecordType::AudienceMoves, FragmentNo{}, new_id(), clear, {});
        return {changes.begin() + static_cast<std::ptrdiff_t>(before), changes.end()};
    }
};

std::uint64_t first_seed() {
    const char* given = std::getenv("FILROUGE_SEED");
    return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

// Two worlds of the same records, but that in one of them some contacts were of another kind: as
// before and after they expired.
TEST(AudienceMoves, AreExactlyTheMembersThatDifferAndAreToldOnceEach) {
    for (std::uint64_t seed = first_seed(); seed < first_seed() + 10; ++seed) {
        std::mt19937_64 random(seed);
        MovesWorld before, after;
        for (int i = 0; i < 40; ++i) {
            const std::string who = "u" + std::to_string(random() % 90);
            const bool expires = random() % 3 == 0;
            const char* name = random() % 2 == 0 ? "Coat Viewed" : "Order Completed";
            for (MovesWorld* world : {&before, &after}) {
                world->now = world->now + seconds(60);
                const bool gone = expires && world == &after;
                world->send(
                    contact(gone ? "Signed In" : name, as_event_time(world->now), {user(who)}));
            }
        }
        auto members = before.members();
        const AudienceMoves found = moves_between(*before.fold, *after.fold);
        EXPECT_EQ(found.left_out, 0u);
        EXPECT_FALSE(found.moves.empty());
        for (const AudienceMove& move : found.moves) {
            const std::pair member{move.document, move.person};
            EXPECT_EQ(move.entered ? members.insert(member).second : members.erase(member) == 1,
                      true)
                << "seed " << seed;
        }
        EXPECT_EQ(members, after.members()) << "seed " << seed;

        const auto changes = after.told(found.moves);
        EXPECT_EQ(changes.size(), found.moves.size()) << "seed " << seed;
        EXPECT_EQ(after.members(), members) << "telling moves nobody";
        EXPECT_EQ(after.rebuilt()->hash(), after.fold->hash()) << "seed " << seed;
        EXPECT_TRUE(moves_between(*after.fold, *after.rebuilt()).moves.empty());
    }
}

TEST(AudienceMoves, WhoMovedAgainMeanwhileIsNotToldTheContrary) {
    MovesWorld world;
    world.send(contact("Coat Viewed", as_event_time(world.now), {user("anna")}));
    const std::uint32_t anna = world.fragment(0, user("anna")).value;
    const std::uint32_t viewers = world.fold->audiences.at("0").document;
    EXPECT_TRUE(world.told({{viewers, anna, false}}).empty()) << "she is back in it";
    EXPECT_EQ(world.told({{viewers, anna, true}}).size(), 1u);
    EXPECT_TRUE(world.told({{viewers, anna + 100, true}, {viewers + 100, anna, true}}).empty())
        << "nobody, and no audience";
}

TEST(AudienceMoves, WhoIsPartOfSomebodyElseFromNowOnHasLeft) {
    MovesWorld before, after;
    for (MovesWorld* world : {&before, &after}) {
        world->send(contact("Coat Viewed", as_event_time(world->now), {user("anna")}));
        world->send(contact("Coat Viewed", as_event_time(world->now), {visitor("phone")}));
        world->now = world->now + seconds(60);
        std::vector<Identifier> who = {user("anna")};
        if (world == &after) who.push_back(visitor("phone"));
        world->send(contact("Signed In", as_event_time(world->now), std::move(who)));
    }
    const std::uint32_t viewers = after.fold->audiences.at("0").document;
    const AudienceMove left{viewers, before.fragment(0, visitor("phone")).value, false};
    const AudienceMoves found = moves_between(*before.fold, *after.fold);
    EXPECT_EQ(std::count(found.moves.begin(), found.moves.end(), left), 1);
    const auto changes = after.told({left});
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_FALSE(changes[0].entered);
    EXPECT_EQ(changes[0].person.value, left.person);
}

TEST(AudienceMoves, WhatIsCutShortOrTooLongIsRefused) {
    const std::vector<AudienceMove> moves = {{7, 1, true}, {8, 300, false}};
    Bytes bytes;
    encode_audience_moves(moves, bytes);
    std::vector<AudienceMove> read;
    ASSERT_TRUE(decode_audience_moves(bytes, read));
    EXPECT_EQ(read, moves);
    for (std::size_t n = 0; n < bytes.size(); ++n)
        EXPECT_FALSE(decode_audience_moves(BytesView(bytes).substr(0, n), read)) << n;
    bytes.clear();
    encode_audience_moves(std::vector<AudienceMove>(kMovesMax + 1), bytes);
    EXPECT_FALSE(decode_audience_moves(bytes, read));
}

}  // namespace
}  // namespace filrouge::engine
