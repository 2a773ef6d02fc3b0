// Traits as the fold takes them: by purpose, and within their bounds.
#include <gtest/gtest.h>

#include "engine/records.h"
#include "engine/world_for_test.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

Bytes told_traits(const std::string& prefix, int from, int to) {
    Bytes out;
    PackedWriter w(out);
    const std::size_t mark = w.begin_object(static_cast<std::size_t>(to - from));
    for (int i = from; i < to; ++i) {
        w.key(prefix + std::to_string(i));
        w.string("told");
    }
    w.end(mark);
    return out;
}

TEST(FoldTraits, ATraitForWhichThereIsNoRoomIsCountedToItsSource) {
    World world(1);
    const auto tell = [&](Bytes traits) {
        world.now = world.now + seconds(60);
        collect::Incoming incoming =
            contact("Signed In", as_event_time(world.now), {user("camille")}, true);
        incoming.event.traits = std::move(traits);
        world.send(std::move(incoming));
    };
    tell(told_traits("a", 0, 200));
    EXPECT_EQ(world.fold->counted(1, kTraitsLeftOut), 0u);
    tell(told_traits("b", 0, 100));
    EXPECT_EQ(world.fold->counted(1, kTraitsLeftOut), 300u - profile::kTraitsPerFragmentMax);
    tell(told_traits("a", 0, 200));
    EXPECT_EQ(world.fold->counted(1, kTraitsLeftOut), 300u - profile::kTraitsPerFragmentMax)
        << "what is known is told again at no cost";
    Bytes many;
    PackedWriter w(many);
    const std::size_t mark = w.begin_object(1);
    w.key("a0");
    const std::size_t list = w.begin_array(history::kElementsPerArrayMax + 4);
    for (std::size_t i = 0; i < history::kElementsPerArrayMax + 4; ++i) w.string("x");
    w.end(list);
    w.end(mark);
    const std::uint64_t before = world.fold->counted(1, kTraitsLeftOut);
    tell(std::move(many));
    EXPECT_EQ(world.fold->counted(1, kTraitsLeftOut) - before,
              history::kElementsPerArrayMax - 1 + 4)
        << "the identifier is full, and a list ends at its bound";
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
}

TEST(FoldTraits, ATraitToldAgainForOnePurposeLeavesTheOlderOneToTheOthers) {
    World world(1);
    const auto tell = [&](const std::string& size, PurposeSet allowed) {
        world.now = world.now + seconds(60);
        Event event;
        event.at = as_event_time(world.now);
        event.name = "Signed In";
        event.allowed = allowed;
        const FragmentNo camille = world.fragment(0, user("camille"));
        event.fragment = camille;
        Identifier id = user("camille");
        id.fragment = camille;
        event.identifiers = {id};
        PackedWriter w(event.traits);
        const std::size_t mark = w.begin_object(1);
        w.key("size");
        w.string(size);
        w.end(mark);
        world.let_in(std::move(event));
    };
    world.send(contact("Signed In", as_event_time(world.now), {user("camille")}, true));
    const auto seen_for = [&](std::uint8_t purpose) {
        PersonReader reader(*world.fold);
        const PersonNo camille = world.fold->graph.person_of(world.fragment(0, user("camille")));
        for (const auto& row : reader.look(camille, {0, purpose}).traits) {
            if (world.fold->dictionary.text(row.value.key) == "size")
                return std::string(world.fold->dictionary.text(row.value.text));
        }
        return std::string("none");
    };
    tell("M", PurposeSet{}.with(0).with(1));
    tell("L", PurposeSet{}.with(0));
    EXPECT_EQ(seen_for(0), "L");
    EXPECT_EQ(seen_for(1), "M");
    tell("S", PurposeSet{}.with(1));
    EXPECT_EQ(seen_for(0), "L");
    EXPECT_EQ(seen_for(1), "S");
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
}

}  // namespace
}  // namespace filrouge::engine
