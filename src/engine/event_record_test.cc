// Version 4 of the event record: two keys, and what is left when either is gone.
#include "engine/event_record.h"

#include <gtest/gtest.h>

#include <random>

#include "base/seed_for_test.h"
#include "engine/records.h"
#include "fake/fake_random.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

constexpr const char* kMark = "zq8happenedw4";

Bytes object_with(const std::string& text) {
    Bytes out;
    PackedWriter w(out);
    const std::size_t mark = w.begin_object(1);
    w.key("note");
    w.string(text);
    w.end(mark);
    return out;
}

Event some(std::mt19937_64& random) {
    const auto pick = [&random](std::uint64_t n) { return random() % n; };
    Event e;
    e.id = {random(), random()};
    e.at.us = static_cast<std::int64_t>(random() >> 12);
    e.kind = static_cast<EventKind>(pick(6));
    e.brand = static_cast<BrandNo>(pick(2));
    e.source = 1;
    e.allowed.bits = static_cast<std::uint32_t>(random());
    e.dedupe_key = random();
    e.fragment = FragmentNo{static_cast<std::uint32_t>(pick(90))};
    e.name = kMark;
    e.message_id = std::string(kMark) + "-m";
    e.product = std::string(kMark) + "-p";
    e.place = std::string(kMark) + "-s";
    e.has_value = pick(2) == 0;
    if (e.has_value) e.value = {static_cast<std::int64_t>(pick(1'000)), *Currency::parse("EUR")};
    e.quantity = static_cast<std::int64_t>(pick(9));
    for (std::uint64_t i = 0; i <= pick(3); ++i) {
        e.identifiers.push_back({IdentifierType::UserId, "u" + std::to_string(i),
                                 FragmentNo{static_cast<std::uint32_t>(pick(90))}});
        if (e.brand != 0) e.identifiers.back().in_first_brand = FragmentNo{5};
    }
    const auto said = static_cast<std::uint8_t>(pick(4));
    for (std::uint8_t p = 0; p < said; ++p) e.consents.push_back({p, pick(2) == 0});
    e.properties = object_with(std::string(pick(3'000), 'x') + kMark);
    if (pick(2) == 0) e.traits = object_with(kMark);
    return e;
}

Bytes written(const Event& e) {
    Bytes clear, sealed;
    encode_event_clear(e, clear);
    encode_event_sealed(e, sealed);
    return clear + sealed;
}

TEST(EventRecord,
     WithBothKeysAllIsReadWithoutThePeriodsOnlyTiesAndConsentsWithoutThePersonsNothing) {
    const std::uint64_t seed = test_seed(3);
    SCOPED_TRACE("FILROUGE_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    init_crypto();
    for (int i = 0; i < 300; ++i) {
        fake::FakeRandom chance(seed + static_cast<std::uint64_t>(i));
        const auto keys = make_memory_key_store(chance);
        const Event event = some(random);
        const FragmentNo period{1'000};
        const TermSeal term{period, random() % 2 == 0, random() % 2 == 0};
        Bytes clear, plain, sealed;
        seal_termed_event(event, term, {keys->create(event.fragment), keys->create(period)}, clear,
                          plain, sealed);
        EXPECT_EQ(clear.find(kMark), Bytes::npos);
        const auto open = [&](Bytes& out) {
            return open_event(*keys, kTermedEventVersion, event.fragment, clear, sealed, out);
        };
        Bytes opened;
        ASSERT_TRUE(open(opened).ok());
        EXPECT_EQ(opened, plain) << "live and replay are given the same";
        Event back;
        back.fragment = event.fragment;
        std::optional<TermSeal> told;
        ASSERT_TRUE(decode_event_clear(clear, back, told));
        EXPECT_EQ(told, term);
        ASSERT_EQ(decode_event_content(opened, true, back), EventContent::Whole);
        EXPECT_EQ(written(back), written(event));

        ASSERT_TRUE(keys->forget({period}).ok());
        ASSERT_TRUE(open(opened).ok());
        EXPECT_EQ(opened.find(kMark), Bytes::npos);
        Event left;
        left.fragment = event.fragment;
        ASSERT_TRUE(decode_event_clear(clear, left, told));
        ASSERT_EQ(decode_event_content(opened, true, left), EventContent::Lapsed);
        Event ties = event;
        drop_content(ties);
        ties.message_id.clear();
        left.flags |= kEventConsentOnly;
        EXPECT_EQ(written(left), written(ties));

        ASSERT_TRUE(keys->forget({event.fragment}).ok());
        ASSERT_TRUE(open(opened).ok());
        EXPECT_TRUE(opened.empty());
    }
}

TEST(EventRecord, CutShortItIsUnreadableAndNeverHalfAnEvent) {
    std::mt19937_64 random(11);
    init_crypto();
    fake::FakeRandom chance(1);
    const auto keys = make_memory_key_store(chance);
    const Event event = some(random);
    Bytes clear, plain, sealed;
    seal_termed_event(event, {FragmentNo{7}, true, false},
                      {keys->create(event.fragment), keys->create(FragmentNo{7})}, clear, plain,
                      sealed);
    std::size_t lapsed = 0;
    for (std::size_t cut = 0; cut < plain.size(); ++cut) {
        Event broken;
        broken.brand = event.brand;
        const EventContent content =
            decode_event_content(BytesView(plain).substr(0, cut), true, broken);
        EXPECT_NE(content, EventContent::Whole) << cut;
        lapsed += content == EventContent::Lapsed ? 1 : 0;
    }
    EXPECT_EQ(lapsed, 1u) << "exactly where what happened begins";
    for (std::size_t cut = 0; cut + 1 < clear.size(); ++cut) {
        Event broken;
        std::optional<TermSeal> term;
        EXPECT_FALSE(decode_event_clear(BytesView(clear).substr(0, cut), broken, term) && term)
            << cut;
    }
}

}  // namespace
}  // namespace filrouge::engine
