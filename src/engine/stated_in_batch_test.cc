#include "engine/stated_in_batch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/seed_for_test.h"

namespace filrouge::engine {
namespace {

using Who = std::vector<Identifier>;

using consent::Standing;

Identifier named(IdentifierType type, std::uint32_t fragment) {
    return {type, "", FragmentNo{fragment}};
}

// One statement after the other, as they came.
struct Oracle {
    std::vector<std::pair<std::vector<std::uint32_t>, Standing>> told;

    Standing after(Standing standing, const std::vector<Identifier>& who) const {
        for (const auto& [fragments, said] : told) {
            const bool mine =
                std::any_of(who.begin(), who.end(), [f = &fragments](const Identifier& id) {
                    return !is_shared_thing(id.type) &&
                           std::count(f->begin(), f->end(), id.fragment.value) > 0;
                });
            if (!mine) continue;
            standing.granted = standing.granted.without(said.refused) | said.granted;
            standing.refused = standing.refused.without(said.granted) | said.refused;
            standing.objected = standing.objected.without(said.granted) | said.objected;
        }
        return standing;
    }
};

TEST(StatedInBatch, IsWhatOneStatementAfterTheOtherComesTo) {
    std::mt19937_64 random(test_seed(1));
    const auto bits = [&] { return PurposeSet{static_cast<std::uint32_t>(random() % 8)}; };
    for (int round = 0; round < 400; ++round) {
        StatedInBatch batch;
        Oracle oracle;
        for (int item = 0; item < 12; ++item) {
            std::vector<Identifier> who(1 + random() % 3);
            for (Identifier& id : who)
                id = named(random() % 4 == 0 ? IdentifierType::Till : IdentifierType::UserId,
                           static_cast<std::uint32_t>(random() % 4));
            const Standing before{bits(), {}, {}, random() % 2 == 0, false};
            EXPECT_EQ(batch.after(before, who), oracle.after(before, who)) << repeat(test_seed(1));
            Standing said;
            said.refused = bits();
            said.granted = bits().without(said.refused);
            said.objected = said.refused & bits();
            batch.add(who, said);
            std::vector<std::uint32_t> persons;
            for (const Identifier& id : who) {
                if (!is_shared_thing(id.type)) persons.push_back(id.fragment.value);
            }
            oracle.told.emplace_back(persons, said);
        }
    }
}

TEST(StatedInBatch, ATillSpeaksForNobody) {
    StatedInBatch batch;
    const PurposeSet measurement = PurposeSet{}.with(3);
    batch.add({named(IdentifierType::UserId, 1), named(IdentifierType::Till, 9)},
              {measurement, {}});
    EXPECT_EQ(
        batch.after({}, Who{named(IdentifierType::UserId, 2), named(IdentifierType::Till, 9)}),
        Standing{});
    EXPECT_EQ(batch.after({}, Who{named(IdentifierType::UserId, 1)}).granted, measurement);
}

}  // namespace
}  // namespace filrouge::engine
