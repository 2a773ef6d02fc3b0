// Laws of restriction, objection and correction over the whole fold. Two worlds hear the same under
// the same record numbers; in one of them persons are restricted, object or put something right in
// between. FILROUGE_SEED repeats a run.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/seed_for_test.h"
#include "engine/question.h"
#include "engine/world_for_test.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

constexpr std::uint32_t kPersons = 24, kIdentifiers = 3;  // of each
constexpr IdentifierType kTypes[kIdentifiers] = {IdentifierType::UserId, IdentifierType::Email,
                                                 IdentifierType::DeviceId};
constexpr const char* kNames[] = {"Coat Viewed", "Order Completed", "Signed In"};
constexpr const char* kCities[] = {"Lyon", "Lille", "Brest"};
const std::vector<std::string> kRules = {
    "any(Coat Viewed)",       "count(Order Completed) >= 2", "any(Signed In, last 2 days)",
    "trait(city) = \"Lyon\"", "not in audience \"0\"",       "trait(city) = \"right\""};

std::uint64_t seed_of_run() { return test_seed(21); }

FragmentNo fragment_of(std::uint32_t person, std::uint32_t place) {
    return FragmentNo{person * kIdentifiers + place};
}

Event of(std::uint32_t person, const std::vector<std::uint32_t>& places) {
    Event event;
    event.kind = EventKind::Track;
    event.source = 1;
    for (const std::uint32_t place : places) {
        const FragmentNo f = fragment_of(person, place);
        event.identifiers.push_back({kTypes[place], std::to_string(f.value), f});
    }
    event.fragment = event.identifiers.front().fragment;
    return event;
}

// Says nothing and does nothing: keeps the record numbers of two worlds alike.
Event nothing(std::uint32_t person) {
    Event event = of(person, {0});
    event.flags = kEventConsentOnly;
    return event;
}

class Life {
  public:
    explicit Life(std::uint64_t seed) : random_(seed) {}
    std::uint32_t pick(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
    Event contact(std::uint32_t person, EventTime now) {
        std::vector<std::uint32_t> places = {pick(kIdentifiers)};
        if (const std::uint32_t second = pick(kIdentifiers); second > places[0])
            places.push_back(second);
        Event event = of(person, places);
        event.name = kNames[pick(3)];
        event.at = now - hours(pick(96));
        event.allowed = PurposeSet{}.with(0);
        if (pick(2) == 0) event.consents.push_back({0, pick(6) != 0});
        if (pick(2) == 0) event.traits = city(kCities[pick(3)]);
        return event;
    }
    static Bytes city(const std::string& name) {
        Bytes out;
        PackedWriter w(out);
        const std::size_t mark = w.begin_object(1);
        w.key("city");
        w.string(name);
        w.end(mark);
        return out;
    }

  private:
    std::mt19937_64 random_;
};

void furnish(World& world) {
    for (std::size_t i = 0; i < kRules.size(); ++i)
        world.audience(std::to_string(i), kRules[i], static_cast<std::uint32_t>(i));
    world.settle();
    for (std::uint32_t p = 0; p < kPersons; ++p) {
        for (std::uint32_t place = 0; place < kIdentifiers; ++place) {
            Event met = of(p, {place});
            met.flags = kEventConsentOnly;
            met.consents = {{0, true}};
            world.let_in(met);
        }
    }
}

std::vector<FragmentNo> all_of(const World& world, FragmentNo of_person) {
    std::vector<FragmentNo> out;
    world.fold->graph.fragments_of(world.fold->graph.person_of(of_person), out);
    return out;
}

std::string city_of(const World& world, FragmentNo fragment) {
    PersonReader reader(*world.fold);
    const PersonNo person = world.fold->graph.person_of(fragment);
    const StringNo key = world.fold->dictionary.find("city");
    for (const history::TraitRow& row : reader.look(person, {0, 0}).traits) {
        if (row.value.key == key) return std::string(world.fold->dictionary.text(row.value.text));
    }
    return "";
}

// Of everybody: who they are, what is known, which audiences they are in.
std::string picture_of(const World& world) {
    const Fold& fold = *world.fold;
    PersonReader reader(fold);
    std::string out;
    for (std::uint32_t f = 0; f < kPersons * kIdentifiers; ++f) {
        const PersonNo person = fold.graph.person_of(FragmentNo{f});
        out.append(std::to_string(f)).append(" is of ").append(std::to_string(person.value));
        const audience::PersonView view = reader.look(person, {0, 0});
        out.append(" events ").append(std::to_string(view.events.size()));
        out.append(" yes ").append(std::to_string(view.granted.bits));
        out.append(" city ").append(city_of(world, FragmentNo{f})).append(" in");
        for (const auto& [id, info] : fold.audiences)
            out.append(fold.live.member(info.slot, person) ? " " + id : "");
        out.append("\n");
    }
    return out;
}

std::string counts_over_columns(World& world) {
    std::string out;
    for (const std::string& json : world.counts_over_columns(kRules, "measurement")) {
        const std::size_t at = json.find("\"count\":");
        out.append(json.substr(at, json.find(',', at) - at)).append("\n");
    }
    return out;
}

std::string counts_of_live(const World& world) {
    std::string out;
    for (std::size_t i = 0; i < kRules.size(); ++i) {
        out.append("\"count\":")
            .append(std::to_string(
                world.fold->live.count(audience::AudienceNo{static_cast<std::uint32_t>(i)})));
        out.append("\n");
    }
    return out;
}

void expect_in_no_audience(const World& world, FragmentNo fragment) {
    const PersonNo person = world.fold->graph.person_of(fragment);
    for (const auto& [id, info] : world.fold->audiences)
        ASSERT_FALSE(world.fold->live.member(info.slot, person)) << "audience " << id;
}

// In one of two worlds persons come under the restraint and out of it again, while everybody's life
// goes on in both.
void come_and_go(consent::Restraint what) {
    const std::uint64_t seed = seed_of_run();
    SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(seed));
    World one(seed), never(seed);
    for (World* world : {&one, &never}) furnish(*world);
    Life life(seed);
    std::uint32_t held_once = 0;
    for (int i = 0; i < 600; ++i) {
        const std::uint32_t p = life.pick(kPersons);
        const Event event = life.contact(p, as_event_time(one.now));
        for (World* world : {&one, &never}) world->let_in(event);
        const std::uint32_t q = life.pick(kPersons);
        const FragmentNo of_q = fragment_of(q, life.pick(kIdentifiers));
        const bool held = one.fold->restraints.holds(what, of_q);
        if (life.pick(4) == 0) {
            one.restrain(all_of(one, of_q), held, what);
            never.let_in(nothing(q));
            held_once += held ? 0 : 1;
            if (!held) expect_in_no_audience(one, of_q);
        }
        for (World* world : {&one, &never}) world->now.us += minutes(20).us;
        if (i % 100 != 99) continue;
        for (World* world : {&one, &never}) world->settle();
        one.expect_live_is_full("at contact " + std::to_string(i));
        EXPECT_EQ(counts_over_columns(one), counts_of_live(one));
        if (testing::Test::HasFatalFailure()) return;
    }
    EXPECT_GT(held_once, 40u);
    for (const consent::RestraintView& held : one.fold->restraints.all(what)) {
        one.restrain({held.fragment}, true, what);
        never.let_in(nothing(0));
    }
    for (World* world : {&one, &never}) world->tick();
    for (World* world : {&one, &never}) world->settle();
    EXPECT_EQ(picture_of(one), picture_of(never));
    EXPECT_EQ(counts_over_columns(one), counts_over_columns(never));
    EXPECT_NE(counts_of_live(never).find("\"count\":1"), std::string::npos) << "somebody is in";
    EXPECT_EQ(one.rebuilt()->hash(), one.fold->hash());
}

TEST(RightsLaw, ARestrictionThatIsLiftedIsAsIfItHadNeverBeen) {
    come_and_go(consent::Restraint::Restricted);
}

TEST(RightsLaw, AnObjectionToProfilingThatIsTakenBackIsAsIfItHadNeverBeen) {
    come_and_go(consent::Restraint::Unprofiled);
}

TEST(RightsLaw, ARestrictionFollowsItsIdentifierThroughMergeAndUnMerge) {
    World world(seed_of_run());
    furnish(world);
    for (const std::uint32_t place : {0u, 2u}) {
        Event seen = of(0, {place});
        seen.name = "Coat Viewed";
        seen.at = as_event_time(world.now);
        seen.allowed = PurposeSet{}.with(0);
        world.let_in(seen);
    }
    const FragmentNo user = fragment_of(0, 0), device = fragment_of(0, 2);
    const audience::AudienceNo viewers{0};
    const auto in = [&](FragmentNo f) {
        return world.fold->live.member(viewers, world.fold->graph.person_of(f));
    };
    world.restrain({user}, false);
    EXPECT_FALSE(in(user));
    EXPECT_TRUE(in(device)) << "somebody else until evidence says otherwise";
    world.let_in(of(0, {0, 2}));
    ASSERT_EQ(world.fold->graph.person_of(user), world.fold->graph.person_of(device));
    EXPECT_FALSE(in(device));
    world.decide(Verdict::Withdraw, user, device);
    EXPECT_TRUE(in(device));
    EXPECT_FALSE(in(user));
    world.restrain({user}, true);
    EXPECT_TRUE(in(user));
    world.expect_live_is_full("after the un-merge");
}

TEST(RightsLaw, WhileRestrictedNoModelWritesAScore) {
    World world(seed_of_run());
    furnish(world);
    const auto alive = [&] {
        PersonReader reader(*world.fold);
        const auto traits = reader.look(PersonNo{0}, {0, 0}).traits;
        return std::any_of(traits.begin(), traits.end(),
                           [](const auto& row) { return row.model != ModelKind::None; });
    };
    for (const auto what : {consent::Restraint::Restricted, consent::Restraint::Unprofiled}) {
        world.restrain({fragment_of(0, 0)}, false, what);
        world.predict(fragment_of(0, 0), 5'000);
        EXPECT_FALSE(alive());
        world.restrain({fragment_of(0, 0)}, true, what);
    }
    world.predict(fragment_of(0, 0), 5'000);
    EXPECT_TRUE(alive());
}

TEST(RightsLaw, WhatWasPutRightHoldsAgainstEverySourceAndReleasedIsAsIfItHadNeverBeen) {
    const std::uint64_t seed = seed_of_run();
    SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(seed));
    World one(seed), never(seed);
    for (World* world : {&one, &never}) furnish(*world);
    Life life(seed);
    using profile::CorrectionAct;
    std::map<std::uint32_t, CorrectionAct> held;  // by fragment
    for (int i = 0; i < 500; ++i) {
        const std::uint32_t p = life.pick(kPersons);
        const Event event = life.contact(p, as_event_time(one.now));
        for (World* world : {&one, &never}) world->let_in(event);
        if (life.pick(4) == 0) {
            const FragmentNo f = fragment_of(life.pick(kPersons), life.pick(kIdentifiers));
            const auto act = static_cast<CorrectionAct>(1 + life.pick(3));
            one.correct(f, act, "city", "right");
            never.let_in(nothing(0));
            held[f.value] = act;
            // Told last, so it is what holds for the whole person.
            if (act == CorrectionAct::Correct) {
                ASSERT_EQ(city_of(one, f), "right");
            } else if (act == CorrectionAct::Remove) {
                ASSERT_EQ(city_of(one, f), "");
            }
            Event late = of(f.value / kIdentifiers, {f.value % kIdentifiers});
            late.name = "Signed In";
            late.at = as_event_time(one.now) + hours(1);
            late.allowed = PurposeSet{}.with(0);
            late.traits = Life::city("told later");
            for (World* world : {&one, &never}) world->let_in(late);
            if (act != CorrectionAct::Release) {
                ASSERT_NE(city_of(one, f), "told later");
            }
        }
        for (World* world : {&one, &never}) world->now.us += minutes(20).us;
        if (i % 100 == 99) one.expect_live_is_full("at contact " + std::to_string(i));
    }
    EXPECT_EQ(one.rebuilt()->hash(), one.fold->hash());
    for (const auto& [fragment, act] : held) {
        one.correct(FragmentNo{fragment}, CorrectionAct::Release, "city", "");
        never.let_in(nothing(0));
    }
    for (World* world : {&one, &never}) world->tick();
    EXPECT_EQ(picture_of(one), picture_of(never));
}

TEST(RightsLaw, AnObjectionInOwnWordsOutlivesEveryBannerAndFile) {
    const std::uint64_t seed = seed_of_run();
    SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(seed));
    World world(seed);
    furnish(world);
    Life life(seed);
    bool objects = false;
    std::int64_t last_words = INT64_MIN;
    for (int i = 0; i < 400; ++i) {
        Event event = of(0, {0, 1});
        event.flags = kEventConsentOnly;
        event.at = as_event_time(world.now) - hours(life.pick(96));
        const auto weight = static_cast<ConsentWeight>(life.pick(4));
        const bool granted = weight != ConsentWeight::Objection && life.pick(2) == 0;
        event.consents = {{0, granted, weight}};
        if (weight == ConsentWeight::OwnWords) {
            if (event.at.us >= last_words) {
                last_words = event.at.us;
                objects = !granted;
            }
        }
        world.let_in(event);
        const consent::Standing standing = world.fold->standing_of(PersonNo{0}, 0);
        if (objects) {
            ASSERT_TRUE(standing.refused.has(0)) << i;
            ASSERT_FALSE(standing.granted.has(0)) << i;
            expect_in_no_audience(world, fragment_of(0, 0));
        }
        world.now.us += hours(3).us;
    }
    EXPECT_GT(last_words, INT64_MIN);
    Event yes = of(0, {0, 1});
    yes.flags = kEventConsentOnly;
    yes.at = as_event_time(world.now) + hours(1);
    yes.consents = {{0, true, ConsentWeight::OwnWords}};
    world.let_in(yes);
    EXPECT_TRUE(world.fold->standing_of(PersonNo{0}, 0).granted.has(0)) << "the person's own yes";
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
}

}  // namespace
}  // namespace filrouge::engine
