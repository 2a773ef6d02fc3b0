#include "engine/followers.h"

#include <gtest/gtest.h>

#include <memory>

namespace filrouge::engine {
namespace {

TEST(Followers, WhoHasGoneAwayIsForgottenThoughNothingHappens) {
    Followers followers;
    auto seat = std::make_shared<int>();
    const std::weak_ptr<int> taken = seat;
    bool there = true;
    followers.of_memberships(
        "quiet", [held = std::exchange(seat, nullptr)](const MembershipChange&) { return true; },
        [&there] { return there; });
    followers.ask_still();
    EXPECT_FALSE(taken.expired());
    there = false;
    followers.ask_still();
    EXPECT_TRUE(taken.expired());
    EXPECT_FALSE(followers.want_memberships());
}

TEST(Followers, EachHearsOfItsAudienceUntilItHasEnough) {
    Followers followers;
    int heard = 0, all = 0;
    followers.of_memberships(
        "a", [&](const MembershipChange&) { return ++heard < 2; }, [] { return true; });
    followers.of_memberships(
        "", [&](const MembershipChange&) { return ++all < 100; }, [] { return true; });
    for (const char* audience : {"a", "b", "a", "a"}) {
        MembershipChange change;
        change.audience = audience;
        followers.tell(change);
    }
    EXPECT_EQ(heard, 2);
    EXPECT_EQ(all, 4);
}

}  // namespace
}  // namespace filrouge::engine
