#include "identity/graph.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace filrouge::identity {
namespace {

using Type = IdentifierType;

EventTime at_hour(std::int64_t hour, std::int64_t minute = 0) {
    return EventTime{} + hours(hour) + minutes(minute);
}

// A shop that calls identifiers by name; the first word of a name is its type.
class Shop {
  public:
    FragmentNo no(const std::string& name) {
        const auto [it, fresh] = numbers_.try_emplace(name, FragmentNo{next_});
        if (fresh) {
            ++next_;
            graph.meet(it->second, *identifier_type_named(name.substr(0, name.find(' '))));
        }
        return it->second;
    }
    // What changed, by number.
    std::vector<FragmentNo> see(const std::vector<std::string>& names, EventTime at) {
        std::vector<Seen> seen;
        seen.reserve(names.size());
        for (const auto& name : names) seen.push_back({graph.type_of(no(name)), no(name)});
        std::vector<FragmentNo> changed;
        graph.observe(seen, at, ++sequence, 1, EdgeRule::SeenTogether, changed);
        return changed;
    }
    std::vector<FragmentNo> withdraw(const std::string& a, const std::string& b) {
        std::vector<FragmentNo> changed;
        EXPECT_TRUE(graph.withdraw(no(a), no(b), changed));
        return changed;
    }
    bool same_person(const std::string& a, const std::string& b) {
        return graph.person_of(no(a)) == graph.person_of(no(b));
    }
    std::size_t size_of_person(const std::string& name) {
        std::vector<FragmentNo> fragments;
        graph.fragments_of(graph.person_of(no(name)), fragments);
        return fragments.size();
    }
    std::vector<EdgeView> edges(const std::string& name) {
        std::vector<EdgeView> out;
        graph.edges_of(graph.person_of(no(name)), out);
        return out;
    }
    std::vector<BindingView> bindings(const std::string& name) {
        std::vector<BindingView> out;
        graph.bindings_of(graph.person_of(no(name)), out);
        return out;
    }
    PersonNo bound(const std::string& thing, EventTime at) { return graph.bound_to(no(thing), at); }
    // The same shop, had so many of those the identifier was seen with been erased.
    void erased(const std::string& name, std::uint32_t people) {
        graph.count_erased(no(name), people);
    }
    PersonNo person(const std::string& name) { return graph.person_of(no(name)); }

    TableSpace space;
    Graph graph{space, 100};
    std::uint64_t sequence = 0;

  private:
    std::map<std::string, FragmentNo> numbers_;
    std::uint32_t next_ = 0;
};

TEST(Identity, APhoneThatSignsInOnTheWebMakesTwoHalvesOne) {
    Shop shop;
    shop.see({"user_id camille", "device_id phone"}, at_hour(1));
    shop.see({"anonymous_id browser"}, at_hour(2));
    EXPECT_EQ(shop.graph.persons(), 2u);
    EXPECT_FALSE(shop.same_person("anonymous_id browser", "device_id phone"));

    const auto changed = shop.see({"user_id camille", "anonymous_id browser"}, at_hour(3));
    EXPECT_EQ(changed, std::vector{shop.no("anonymous_id browser")});
    EXPECT_TRUE(shop.same_person("anonymous_id browser", "device_id phone"));
    EXPECT_EQ(shop.graph.persons(), 1u);
    EXPECT_EQ(shop.graph.counters().merges, 2u);
    EXPECT_TRUE(shop.see({"user_id camille", "anonymous_id browser"}, at_hour(4)).empty());
    EXPECT_EQ(shop.edges("user_id camille").size(), 2u);
}

TEST(Identity, TheOldestNameSurvivesAMergeAndTheOtherComesBackOnUnMerge) {
    Shop shop;
    shop.see({"anonymous_id browser"}, at_hour(1));                // 0
    shop.see({"user_id camille", "device_id phone"}, at_hour(2));  // 1, 2
    shop.see({"user_id camille", "anonymous_id browser"}, at_hour(3));
    EXPECT_EQ(shop.person("user_id camille"), PersonNo{0});

    const auto changed = shop.withdraw("anonymous_id browser", "user_id camille");
    EXPECT_EQ(changed, (std::vector{FragmentNo{1}, FragmentNo{2}}));
    EXPECT_EQ(shop.person("device_id phone"), PersonNo{1});
    EXPECT_EQ(shop.graph.counters().splits, 1u);
    EXPECT_EQ(shop.graph.persons(), 2u);
}

TEST(Identity, AnUnMergeOutlivesTheNextVisit) {
    Shop shop;
    shop.see({"email camille", "device_id phone"}, at_hour(1));
    shop.withdraw("email camille", "device_id phone");
    EXPECT_TRUE(shop.see({"email camille", "device_id phone"}, at_hour(2)).empty());
    EXPECT_FALSE(shop.same_person("email camille", "device_id phone"));
    ASSERT_EQ(shop.edges("email camille").size(), 1u);
    EXPECT_EQ(shop.edges("email camille")[0].state, EdgeState::Withdrawn);
    std::vector<FragmentNo> changed;
    EXPECT_FALSE(
        shop.graph.withdraw(shop.no("email camille"), shop.no("device_id phone"), changed));
    EXPECT_FALSE(shop.graph.withdraw(shop.no("email camille"), shop.no("phone none"), changed));
}

TEST(Identity, AKioskSeenWithFiftyPeopleGluesNobody) {
    Shop shop;
    for (int i = 0; i < 50; ++i) {
        shop.see({"loyalty_card " + std::to_string(i), "kiosk entrance"}, at_hour(i));
    }
    EXPECT_EQ(shop.graph.persons(), 50u);
    EXPECT_EQ(shop.graph.counters().edges, 0u);
    EXPECT_EQ(shop.size_of_person("kiosk entrance"), 1u);
}

TEST(Identity, AKioskAmongTheIdentifiersDoesNotHideTheOthers) {
    Shop shop;
    shop.see({"kiosk entrance", "loyalty_card 7", "phone 06"}, at_hour(1));
    EXPECT_TRUE(shop.same_person("loyalty_card 7", "phone 06"));
}

TEST(Identity, TheStrongestIdentifierIsTiedToEachOther) {
    Shop shop;
    shop.see({"user_id camille", "email c@x", "device_id phone", "device_id phone"}, at_hour(1));
    const auto edges = shop.edges("email c@x");
    ASSERT_EQ(edges.size(), 2u);  // and none between the e-mail and the phone
    for (const auto& edge : edges) EXPECT_EQ(edge.a, shop.no("user_id camille"));
    EXPECT_EQ(edges[0].b, shop.no("email c@x"));  // strongest first
}

TEST(Identity, AFamilySharesAnEMailAndStaysTwoPeople) {
    Shop shop;
    shop.see({"user_id anna", "email family"}, at_hour(1));
    shop.see({"user_id ben", "device_id tablet"}, at_hour(2));
    const auto changed = shop.see({"user_id ben", "email family"}, at_hour(3));
    EXPECT_TRUE(changed.empty());  // a person has one user_id: the later evidence gives way
    EXPECT_TRUE(shop.same_person("user_id anna", "email family"));
    EXPECT_FALSE(shop.same_person("user_id anna", "user_id ben"));
    EXPECT_EQ(shop.graph.counters().refused_by_limit, 1u);
    const auto edges = shop.edges("user_id ben");  // kept, and shown on both sides
    ASSERT_EQ(edges.size(), 2u);
    EXPECT_EQ(edges[0].state, EdgeState::RefusedByLimit);
    EXPECT_EQ(shop.edges("user_id anna").size(), 2u);

    // Anna was never right: without her the e-mail is Ben's.
    shop.withdraw("user_id anna", "email family");
    EXPECT_TRUE(shop.same_person("user_id ben", "email family"));
    EXPECT_EQ(shop.graph.counters().refused_by_limit, 0u);
}

TEST(Identity, AnEarlierTicketThatArrivesLateTakesTheEMailBack) {
    Shop shop;
    shop.see({"user_id anna", "email family"}, at_hour(5));
    shop.see({"user_id ben", "email family"}, at_hour(6));
    EXPECT_TRUE(shop.same_person("user_id anna", "email family"));
    const auto changed = shop.see({"user_id ben", "email family"}, at_hour(2));
    EXPECT_FALSE(changed.empty());
    EXPECT_TRUE(shop.same_person("user_id ben", "email family"));
    const auto edges = shop.edges("user_id ben");
    ASSERT_EQ(edges.size(), 2u);
    EXPECT_EQ(edges[0].at, at_hour(2));
    EXPECT_EQ(edges[0].sequence, 3u);
    EXPECT_EQ(edges[0].seen, 2u);
}

TEST(Identity, AFourthLoyaltyCardIsRefused) {
    Shop shop;
    for (int i = 1; i <= 4; ++i) {
        shop.see({"user_id camille", "loyalty_card " + std::to_string(i)}, at_hour(i));
    }
    EXPECT_EQ(shop.size_of_person("user_id camille"), 4u);
    EXPECT_FALSE(shop.same_person("user_id camille", "loyalty_card 4"));
    EXPECT_TRUE(shop.same_person("user_id camille", "loyalty_card 3"));
}

TEST(Identity, AHigherLimitLetsTheRefusedCardInAndALowerOnePutsItOut) {
    Shop shop;
    for (int i = 1; i <= 4; ++i) {
        shop.see({"user_id camille", "loyalty_card " + std::to_string(i)}, at_hour(i));
    }
    Limits limits = Limits::defaults();
    auto& cards = limits.per_person_max[static_cast<std::size_t>(Type::LoyaltyCard)];
    std::vector<FragmentNo> changed;
    cards = 4;
    shop.graph.set_limits(limits, changed);
    EXPECT_EQ(changed, std::vector{shop.no("loyalty_card 4")});
    cards = 1;
    shop.graph.set_limits(limits, changed);
    EXPECT_EQ(changed.size(), 1u + 3u);
    EXPECT_EQ(shop.graph.counters().refused_by_limit, 3u);
    cards = 0;  // and no new ones either
    shop.graph.set_limits(limits, changed);
    shop.see({"user_id camille", "loyalty_card 5"}, at_hour(9));
    EXPECT_EQ(shop.edges("loyalty_card 5").size(), 0u);
    EXPECT_EQ(shop.size_of_person("user_id camille"), 1u);
}

TEST(Identity, ALimitAboveNoneDoesNotLetAThingMakeEdges) {
    Shop shop;
    Limits limits = Limits::defaults();
    limits.per_person_max[static_cast<std::size_t>(Type::Kiosk)] = 9;
    std::vector<FragmentNo> changed;
    shop.graph.set_limits(limits, changed);
    shop.see({"user_id camille", "kiosk entrance"}, at_hour(1));
    EXPECT_EQ(shop.graph.counters().edges, 0u);
}

TEST(Identity, AHouseholdTiesNobodyAndIsAPersonWhereNobodyNearerIsKnown) {
    Shop shop;
    shop.see({"email mum", "household 77", "device_id mums"}, at_hour(1));
    shop.see({"email dad", "household 77"}, at_hour(2));
    shop.see({"household 77", "anonymous_id kid"}, at_hour(3));
    shop.see({"household 78"}, at_hour(4));
    EXPECT_EQ(shop.size_of_person("email mum"), 2u) << "she and her device";
    for (const char* alone : {"email dad", "anonymous_id kid", "household 77", "household 78"})
        EXPECT_EQ(shop.size_of_person(alone), 1u) << alone;
    EXPECT_EQ(shop.graph.counters().edges, 1u);
}

TEST(Identity, ATrolleyIsCamillesWhileItIsLent) {
    Shop shop;
    shop.see({"loyalty_card camille", "phone 06"}, at_hour(9));
    ASSERT_TRUE(
        shop.graph.bind(shop.no("trolley 12"), shop.no("loyalty_card camille"), at_hour(10), 7));
    EXPECT_EQ(shop.bindings("phone 06").at(0).to.us, INT64_MAX);
    ASSERT_TRUE(shop.graph.release(shop.no("trolley 12"), at_hour(10, 30), 8));

    EXPECT_TRUE(shop.bound("trolley 12", at_hour(9, 59)).is_none());
    EXPECT_EQ(shop.bound("trolley 12", at_hour(10)), shop.person("phone 06"));
    EXPECT_EQ(shop.bound("trolley 12", at_hour(10, 29)), shop.person("phone 06"));
    EXPECT_TRUE(shop.bound("trolley 12", at_hour(10, 30)).is_none());
    const auto bindings = shop.bindings("phone 06");  // of the person, not of the card alone
    ASSERT_EQ(bindings.size(), 1u);
    EXPECT_EQ(bindings[0].thing, shop.no("trolley 12"));
    EXPECT_EQ(bindings[0].to, at_hour(10, 30));
    EXPECT_FALSE(shop.same_person("trolley 12", "phone 06"));
}

TEST(Identity, TheNextCustomerEndsABindingNobodyReleased) {
    Shop shop;
    shop.graph.bind(shop.no("trolley 12"), shop.no("loyalty_card anna"), at_hour(10), 1);
    shop.graph.bind(shop.no("trolley 12"), shop.no("loyalty_card ben"), at_hour(12), 2);
    // The gate's message of Anna's return arrives a day late and still tells the truth.
    shop.graph.release(shop.no("trolley 12"), at_hour(11), 3);
    EXPECT_EQ(shop.bindings("loyalty_card anna").at(0).to, at_hour(11));
    EXPECT_TRUE(shop.bound("trolley 12", at_hour(11, 30)).is_none());
    EXPECT_EQ(shop.bound("trolley 12", at_hour(13)), shop.person("loyalty_card ben"));
}

TEST(Identity, OnlyAThingIsLentAndOnlyToAPerson) {
    Shop shop;
    EXPECT_FALSE(
        shop.graph.bind(shop.no("loyalty_card a"), shop.no("loyalty_card b"), at_hour(1), 1));
    EXPECT_FALSE(shop.graph.bind(shop.no("trolley 1"), shop.no("trolley 2"), at_hour(1), 1));
    EXPECT_FALSE(shop.graph.bind(shop.no("trolley 1"), FragmentNo{999}, at_hour(1), 1));
    EXPECT_FALSE(shop.graph.release(FragmentNo{999}, at_hour(1), 1));
    EXPECT_TRUE(shop.bound("loyalty_card a", at_hour(2)).is_none());
}

TEST(Identity, AThingLentTooOftenIsBoundNoMoreAndNeverToTheWrongPerson) {
    Shop shop;
    const FragmentNo trolley = shop.no("trolley 12");
    const FragmentNo camille = shop.no("loyalty_card camille");
    const FragmentNo anna = shop.no("loyalty_card anna");
    for (std::uint32_t i = 1; i <= kBindingsPerThingMax; ++i) {
        ASSERT_TRUE(shop.graph.bind(trolley, camille, EventTime{i}, i));
    }
    const EventTime next{kBindingsPerThingMax + 1};
    EXPECT_FALSE(shop.graph.bind(trolley, anna, next, next.us));
    EXPECT_EQ(shop.graph.counters().refused_bindings, 1u);
    EXPECT_FALSE(shop.graph.bound_to(trolley, EventTime{kBindingsPerThingMax}).is_none());
    EXPECT_TRUE(shop.graph.bound_to(trolley, next).is_none());  // not Camille's any more
}

// An event that comes late asks who had the thing then. A walk over all later statements would take
// this test's questions minutes.
TEST(Identity, WhoHadAThingLongAgoIsFoundInAFewSteps) {
    Shop shop;
    const FragmentNo trolley = shop.no("trolley 12");
    const FragmentNo people[] = {shop.no("loyalty_card camille"), shop.no("loyalty_card anna"),
                                 shop.no("loyalty_card ben")};
    constexpr std::uint32_t kLoans = 30'000;
    // Every tenth is told when all others are there, and those from the last to the first.
    const auto bind = [&](std::uint32_t i) {
        ASSERT_TRUE(shop.graph.bind(trolley, people[i % 3], EventTime{10 * i}, i));
    };
    for (std::uint32_t i = 1; i <= kLoans; ++i) {
        if (i % 10 != 0) bind(i);
    }
    for (std::uint32_t i = kLoans; i > 0; i -= 10) bind(i);
    EXPECT_TRUE(shop.graph.bound_to(trolley, EventTime{9}).is_none());
    for (int round = 0; round < 10; ++round) {
        for (std::uint32_t i = 1; i <= kLoans; ++i) {
            ASSERT_EQ(shop.graph.bound_to(trolley, EventTime{10 * i + 9}),
                      shop.graph.person_of(people[i % 3]))
                << i;
        }
    }
    EXPECT_TRUE(shop.graph.has_statement(trolley, EventTime{10 * 7}, 7));
    EXPECT_TRUE(shop.graph.has_statement(trolley, EventTime{10 * 20}, 20));
    EXPECT_FALSE(shop.graph.has_statement(trolley, EventTime{10 * 7}, 8));
    EXPECT_FALSE(shop.graph.has_statement(trolley, EventTime{5}, 1));
}

// Devices without a limit, in chains: long evidence without a hot identifier.
class Chains {
  public:
    Chains() {
        Limits limits = Limits::defaults();
        limits.per_person_max[static_cast<std::size_t>(Type::DeviceId)] = UINT16_MAX;
        graph.set_limits(limits, changed);
    }
    void tie(std::uint32_t a, std::uint32_t b) {
        const Seen seen[] = {{Type::DeviceId, FragmentNo{a}}, {Type::DeviceId, FragmentNo{b}}};
        graph.observe(seen, at_hour(1), ++sequence, 1, EdgeRule::SeenTogether, changed);
    }
    void chain(std::uint32_t from, std::uint32_t to) {
        for (std::uint32_t i = from; i < to; ++i) tie(i, i + 1);
    }
    std::size_t size(std::uint32_t person) {
        std::vector<FragmentNo> fragments;
        graph.fragments_of(PersonNo{person}, fragments);
        return fragments.size();
    }

    TableSpace space;
    Graph graph{space, 0};
    std::vector<FragmentNo> changed;
    std::uint64_t sequence = 0;
};

TEST(Identity, AGiantIsBoundedAndReported) {
    Chains chains;
    chains.chain(0, kEvidencePerComponentMax + 10);
    EXPECT_EQ(chains.graph.counters().refused_giant, 1u);  // after it a new component begins
    EXPECT_EQ(chains.size(0), kEvidencePerComponentMax + 1);
    EXPECT_EQ(chains.graph.counters().edges, kEvidencePerComponentMax + 9);
}

TEST(Identity, TwoHalvesOfAGiantAreNotTiedUntilOneIsSmaller) {
    Chains chains;
    chains.chain(0, 2'100);
    chains.chain(3'000, 5'100);
    chains.tie(0, 3'000);
    EXPECT_EQ(chains.graph.counters().refused_giant, 1u);
    EXPECT_EQ(chains.size(0), 2'101u);

    EXPECT_TRUE(chains.graph.withdraw(FragmentNo{1'000}, FragmentNo{1'001}, chains.changed));
    chains.tie(0, 3'000);
    EXPECT_EQ(chains.size(0), 1'001u + 2'101u);
    const std::uint32_t room = kEvidencePerComponentMax - (1'000 + 2'100 + 1);
    for (std::uint32_t i = 0; i < room + 7; ++i) chains.tie(3'000 + i, 10'000 + i);
    EXPECT_EQ(chains.graph.counters().refused_giant, 1u + 7u);
    chains.tie(1'001, 20'000);  // the other half has room of its own
    EXPECT_EQ(chains.graph.counters().refused_giant, 1u + 7u);
}

TEST(Identity, AHotIdentifierStopsMakingEdges) {
    Shop shop;
    for (std::uint32_t i = 0; i < kEdgesPerFragmentMax + 5; ++i) {
        shop.see({"email noreply", "device_id " + std::to_string(i)}, at_hour(i));
    }
    EXPECT_EQ(shop.graph.counters().refused_hot, 5u);
    EXPECT_EQ(shop.graph.counters().edges, kEdgesPerFragmentMax);
    EXPECT_EQ(shop.size_of_person("email noreply"), 21u);  // itself and twenty devices
    shop.see({"user_id camille", "device_id 3"}, at_hour(999));
    EXPECT_TRUE(shop.same_person("user_id camille", "device_id 3"));
    shop.withdraw("email noreply", "device_id 0");
    shop.see({"email noreply", "device_id new"}, at_hour(999));
    EXPECT_EQ(shop.graph.counters().refused_hot, 5u);
}

TEST(Identity, APairSeenVeryOftenStopsBeingCounted) {
    Shop shop;
    for (std::uint32_t i = 0; i < kSeenMax + 5; ++i) {
        shop.see({"email c@x", "device_id phone"}, at_hour(i));
    }
    EXPECT_EQ(shop.edges("email c@x").at(0).seen, kSeenMax);
    shop.space.capture(1, true);
    shop.see({"email c@x", "device_id phone"}, at_hour(9'999));
    EXPECT_TRUE(
        shop.space.capture(2, false).pages.empty());  // nothing to write for the usual event
}

TEST(Identity, NumbersMayComeInAnyOrderWithGaps) {
    Shop shop;
    shop.graph.meet(FragmentNo{9}, Type::Email);
    EXPECT_EQ(shop.graph.fragments(), 10u);
    EXPECT_FALSE(shop.graph.knows(FragmentNo{4}));
    EXPECT_EQ(shop.graph.person_of(FragmentNo{4}), PersonNo{4});
    EXPECT_EQ(shop.graph.person_of(FragmentNo{400}), PersonNo{400});
    shop.graph.meet(FragmentNo{4}, Type::None);
    EXPECT_EQ(shop.graph.persons(), 1u);
    shop.graph.meet(FragmentNo{4}, Type::Phone);
    shop.graph.meet(FragmentNo{4}, Type::Phone);
    EXPECT_EQ(shop.graph.type_of(FragmentNo{4}), Type::Phone);
    EXPECT_EQ(shop.graph.persons(), 2u);
    std::vector<FragmentNo> fragments;
    shop.graph.fragments_of(PersonNo{9}, fragments);
    EXPECT_EQ(fragments, std::vector{FragmentNo{9}});
    shop.graph.fragments_of(PersonNo{5}, fragments);
    EXPECT_EQ(fragments.size(), 1u);
}

TEST(Graph, WhoWasErasedStillCountsAmongThePeopleOfASharedIdentifier) {
    Shop shop;
    shop.erased("phone 1", 2);
    const auto card = [](int i) { return "loyalty_card " + std::to_string(i); };
    for (int i = 0; i < 18; ++i) shop.see({card(i), "phone 1"}, at_hour(i));
    EXPECT_FALSE(shop.graph.is_shared(shop.no("phone 1"))) << "20 people in all";
    EXPECT_TRUE(shop.same_person(card(0), "phone 1"));
    shop.see({card(18), "phone 1"}, at_hour(18));
    EXPECT_TRUE(shop.graph.is_shared(shop.no("phone 1")));
    EXPECT_EQ(shop.graph.people_of(shop.no("phone 1")), 21u);
    for (int i = 0; i < 19; ++i) EXPECT_EQ(shop.size_of_person(card(i)), 1u);
    shop.withdraw(card(5), "phone 1");
    EXPECT_FALSE(shop.graph.is_shared(shop.no("phone 1")));
    shop.see({"email a", card(3)}, at_hour(20));
    shop.see({card(19), "phone 1"}, at_hour(21));
    EXPECT_TRUE(shop.graph.is_shared(shop.no("phone 1")));
    shop.see({"user_id u", card(3)}, at_hour(22));
    shop.see({"user_id u", card(4)}, at_hour(22));
    EXPECT_FALSE(shop.graph.is_shared(shop.no("phone 1"))) << "two of them are one person";
}

}  // namespace
}  // namespace filrouge::identity
