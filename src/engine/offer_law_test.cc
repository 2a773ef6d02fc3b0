// Laws of answers to offers over the whole fold, with random lives: what is taken back is as if it
// had never been told; replay equals live; the audiences follow.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/seed_for_test.h"
#include "engine/offer_record.h"
#include "engine/world_for_test.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

constexpr const char* kOffer =
    R"({"id":"wardrobe","purpose":"measurement","title":{"en":"Your wardrobe","fr":"Votre garde-robe"},)"
    R"("benefit":{"en":"A coffee","fr":"Un café"},"code":"CAFE","from":"2025-01-01T00:00:00Z",)"
    R"("to":"2030-01-01T00:00:00Z","on_taking_back":"taken_back","asks":[)"
    R"({"name":"size","type":"choice","required":true,"label":{"en":"Size","fr":"Taille"},)"
    R"("choices":[{"value":"S"},{"value":"M"},{"value":"L"}]},)"
    R"({"name":"tastes","type":"choices","label":{"en":"Tastes","fr":"Goûts"},)"
    R"("choices":[{"value":"wool"},{"value":"silk"},{"value":"denim"}]},)"
    R"({"name":"plan","type":"plan","label":{"en":"Looking for","fr":"Vous cherchez"}}]})";
const std::vector<std::string> kRules = {
    R"(trait(size) = "M")", R"(trait(tastes) = "silk")", R"(trait(plan.what) = "coat")",
    R"(trait(plan.until) exists)", R"(trait(size) exists and any(Coat Viewed))"};

constexpr std::uint32_t kPeople = 6;

AnswerFields fields_of(std::size_t ask, std::mt19937_64& random) {
    if (ask == 0) return {{"size", std::vector{"S", "M", "L"}[random() % 3]}};
    if (ask == 1) {
        AnswerFields out;
        for (const char* taste : {"wool", "silk", "denim"}) {
            if (random() % 2 == 0) out.emplace_back("tastes", taste);
        }
        if (out.empty()) out.emplace_back("tastes", "silk");
        return out;
    }
    AnswerFields out{{"plan", random() % 2 == 0 ? "coat" : "boots"}};
    if (random() % 2 == 0) out.emplace_back("plan.until", "2026-12-31");
    return out;
}

struct OfferWorld : World {
    explicit OfferWorld(std::uint64_t seed) : World(seed), offer(read_offer(kOffer).value()) {
        document(RecordType::OfferChange, "wardrobe", offer_json(offer));
        number = fold->offers.offers.begin()->first;
        for (std::uint32_t i = 0; i < kRules.size(); ++i) audience(std::to_string(i), kRules[i], i);
        tick();
    }
    void tell(FragmentNo of, std::size_t ask, const AnswerFields& fields) {
        OfferAnswered told;
        told.id = new_id();
        told.at = as_event_time(now);
        told.offer = number;
        told.earns = ask == 0;
        told.answers.emplace_back(static_cast<std::uint8_t>(ask),
                                  read_answer(offer.asks[ask], fields).value().value());
        Bytes clear, plain;
        encode_offer_answered_clear(told, clear);
        encode_offer_answered_sealed(told, plain);
        sealed(RecordType::OfferAnswered, of, told.id, clear, plain);
    }
    void take_back(FragmentNo of, std::size_t ask) {
        OfferTakenBack taken;
        taken.id = new_id();
        taken.at = as_event_time(now);
        taken.offer = number;
        taken.ask = static_cast<std::uint8_t>(ask);
        taken.benefit = offer.asks[ask].required;
        Bytes clear;
        encode_offer_taken_back(taken, clear);
        sealed(RecordType::OfferTakenBack, of, taken.id, clear, {});
    }
    // A life: contacts, some of which tell a size, or tie two of the people together.
    void live(std::mt19937_64& random) {
        now = now + minutes(static_cast<std::int64_t>(random() % 300));
        std::vector<Identifier> who = {user("u" + std::to_string(random() % kPeople))};
        if (random() % 4 == 0) who.push_back(visitor("v" + std::to_string(random() % kPeople)));
        collect::Incoming incoming = contact(random() % 2 == 0 ? "Coat Viewed" : "Signed In",
                                             as_event_time(now), std::move(who));
        if (random() % 3 == 0) {
            PackedWriter w(incoming.event.traits);
            const std::size_t mark = w.begin_object(1);
            w.key("size");
            w.string(random() % 2 == 0 ? "M" : "XL");
            w.end(mark);
        }
        send(std::move(incoming));
    }
    FragmentNo fragment_of(std::uint64_t person) const {
        return fragment(0, user("u" + std::to_string(person)));
    }
    // Of each person: the traits that measurement sees, without when and by which record.
    std::set<std::string> known() const {
        std::set<std::string> out;
        PersonReader reader(*fold);
        for (std::uint32_t p = 0; p < fold->end(); ++p) {
            if (!fold->is_person(p)) continue;
            for (const history::TraitRow& row : reader.look(PersonNo{p}, {0, 0}).traits)
                out.insert(std::to_string(p) + " " +
                           std::string(fold->dictionary.text(row.value.key)) + " " +
                           std::string(fold->dictionary.text(row.value.text)) + " " +
                           std::to_string(row.place));
            for (const auto& [id, info] : fold->audiences) {
                if (fold->live.member(info.slot, PersonNo{p}))
                    out.insert(std::to_string(p) + " in " + id);
            }
        }
        return out;
    }
    const Offer offer;
    std::uint32_t number = 0;
};

class OfferLaw : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(OfferLaw, WhatIsTakenBackIsAsIfItHadNeverBeenTold) {
    std::mt19937_64 lives(GetParam()), same(GetParam()), choices(GetParam() + 1);
    OfferWorld told(1), never(1);
    std::set<std::pair<std::uint64_t, std::size_t>> standing;
    bool differed = false;
    for (int step = 0; step < 60; ++step) {
        told.live(lives);
        never.live(same);
        const std::uint64_t who = choices() % kPeople;
        const std::size_t ask = choices() % 3;
        if (told.fragment_of(who).is_none()) continue;
        if (choices() % 3 != 0) {
            told.tell(told.fragment_of(who), ask, fields_of(ask, choices));
            standing.emplace(who, ask);
        } else if (standing.erase({who, ask}) != 0) {
            told.take_back(told.fragment_of(who), ask);
        }
        differed = differed || told.known() != never.known();
    }
    EXPECT_TRUE(differed) << "answers are seen while they stand";
    told.expect_live_is_full("while answers stand");
    for (const auto& [who, ask] : standing) told.take_back(told.fragment_of(who), ask);
    told.expect_live_is_full("when all are taken back");
    EXPECT_EQ(told.known(), never.known());
    EXPECT_EQ(told.fold->offers.figures()[told.number].told, 0u);
    EXPECT_EQ(told.fold->offers.figures()[told.number].benefits, 0u);
}

TEST_P(OfferLaw, ReplayEqualsLiveThroughMergesAndDecisions) {
    std::mt19937_64 random(GetParam());
    OfferWorld world(GetParam());
    for (int step = 0; step < 80; ++step) {
        world.live(random);
        const FragmentNo one = world.fragment_of(random() % kPeople);
        const FragmentNo other = world.fragment(0, visitor("v" + std::to_string(random() % 6)));
        if (!one.is_none() && random() % 2 == 0) world.tell(one, 2, fields_of(2, random));
        if (!one.is_none() && random() % 5 == 0) world.take_back(one, random() % 3);
        if (!other.is_none() && random() % 3 == 0) world.tell(other, 0, fields_of(0, random));
        if (!one.is_none() && !other.is_none() && random() % 6 == 0)
            world.decide(random() % 2 == 0 ? Verdict::Withdraw : Verdict::Restore, one, other);
    }
    EXPECT_EQ(world.rebuilt()->hash(), world.fold->hash());
    world.expect_live_is_full("at the end");
}

TEST_P(OfferLaw, AnAnswerStaysWithItsIdentifierWhenTwoAreParted) {
    std::mt19937_64 random(GetParam());
    OfferWorld world(GetParam());
    world.send(contact("Signed In", as_event_time(world.now), {user("u1"), visitor("v1")}));
    const FragmentNo a = world.fragment(0, user("u1")), b = world.fragment(0, visitor("v1"));
    world.tell(b, 2, fields_of(2, random));
    ASSERT_EQ(world.fold->graph.person_of(a), world.fold->graph.person_of(b));
    world.decide(Verdict::Withdraw, a, b);
    ASSERT_NE(world.fold->graph.person_of(a), world.fold->graph.person_of(b));
    PersonReader reader(*world.fold);
    EXPECT_TRUE(reader.look(world.fold->graph.person_of(a), {0, 0}).traits.empty());
    EXPECT_FALSE(reader.look(world.fold->graph.person_of(b), {0, 0}).traits.empty());
    world.expect_live_is_full("parted");
}

INSTANTIATE_TEST_SUITE_P(Seeds, OfferLaw, ::testing::ValuesIn(test_seeds(12)));

TEST(OfferRecord, WhatIsCutShortOrTooLongIsRefused) {
    OfferAnswered told;
    told.answers = {{0, Bytes("\x02")}, {2, Bytes("\x01")}};
    Bytes clear, plain;
    encode_offer_answered_clear(told, clear);
    encode_offer_answered_sealed(told, plain);
    OfferAnswered read;
    ASSERT_TRUE(decode_offer_answered_clear(clear, read));
    ASSERT_TRUE(decode_offer_answered_sealed(plain, read));
    EXPECT_EQ(read.answers, told.answers);
    for (std::size_t n = 0; n < clear.size(); ++n)
        EXPECT_FALSE(decode_offer_answered_clear(BytesView(clear).substr(0, n), read)) << n;
    for (std::size_t n = 0; n < plain.size(); ++n)
        EXPECT_FALSE(decode_offer_answered_sealed(BytesView(plain).substr(0, n), read)) << n;
    told.answers.assign(kAsksMax + 1, {0, Bytes("\x02")});
    plain.clear();
    encode_offer_answered_sealed(told, plain);
    EXPECT_FALSE(decode_offer_answered_sealed(plain, read));
    OfferTakenBack taken;
    taken.ask = static_cast<std::uint8_t>(kAsksMax);
    Bytes back;
    encode_offer_taken_back(taken, back);
    EXPECT_FALSE(decode_offer_taken_back(back, taken));
}

}  // namespace
}  // namespace filrouge::engine
