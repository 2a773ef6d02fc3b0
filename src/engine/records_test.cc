#include "engine/records.h"

#include <gtest/gtest.h>

#include "engine/rate_text.h"
#include "model/packed.h"

namespace filrouge::engine {
namespace {

TEST(Records, AnEventComesBackFromItsTwoParts) {
    Event e;
    e.at = EventTime{-5};
    e.source = 300;
    e.kind = EventKind::Page;
    e.channel = Channel::Kiosk;
    e.flags = kEventImported;
    e.basis = LegalBasis::Contract;
    e.allowed = PurposeSet{5};
    e.id = {1, 2};
    e.dedupe_key = 77;
    e.body_check = 8;
    e.has_value = true;
    e.value = {-123'456, *Currency::parse("USD")};
    e.quantity = 25'000;
    e.product = "P-1";
    e.place = "Lyon 2";
    e.name = "Home";
    e.message_id = "m";
    e.identifiers = {{IdentifierType::UserId, "u", {}}};
    e.identifiers[0].fragment = FragmentNo{9};
    e.consents = {{3, true}, {4, false}};
    PackedWriter properties(e.properties);
    const std::size_t mark = properties.begin_object(1);
    properties.key("n");
    properties.integer(1);
    properties.end(mark);
    Bytes clear, sealed;
    encode_event_clear(e, clear);
    encode_event_sealed(e, sealed);
    Event back;
    ASSERT_TRUE(decode_event_clear(clear, back));
    ASSERT_TRUE(decode_event_sealed(sealed, back));
    Bytes clear2, sealed2;
    encode_event_clear(back, clear2);
    encode_event_sealed(back, sealed2);
    EXPECT_EQ(clear, clear2);
    EXPECT_EQ(sealed, sealed2);
    EXPECT_EQ(dedupe_facts(clear)->key, 77u);
    EXPECT_TRUE(dedupe_facts(clear)->for_ever);
    for (std::size_t cut = 0; cut < sealed.size(); ++cut) {
        Event broken;
        EXPECT_FALSE(decode_event_sealed(BytesView(sealed).substr(0, cut), broken)) << cut;
    }
}

TEST(Records, ARateComesBackAsItWasTold) {
    audience::Rate rate{*Currency::parse("USD"), *Currency::parse("EUR"), -7, 92'150'000};
    Bytes clear;
    encode_rate(rate, clear);
    audience::Rate back;
    ASSERT_TRUE(decode_rate(clear, back));
    EXPECT_EQ(back.from, rate.from);
    EXPECT_EQ(back.to, rate.to);
    EXPECT_EQ(back.day, rate.day);
    EXPECT_EQ(back.rate, rate.rate);
    for (std::size_t cut = 0; cut < clear.size(); ++cut)
        EXPECT_FALSE(decode_rate(BytesView(clear).substr(0, cut), back)) << cut;
    rate.rate = 0;
    clear.clear();
    encode_rate(rate, clear);
    EXPECT_FALSE(decode_rate(clear, back)) << "nothing is worth nothing";
}

TEST(RateText, IsExactOrNoRate) {
    for (const char* text : {"0.9215", "1", "163.32", "0.00000001", "999999999.99999999"})
        EXPECT_EQ(rate_text(parse_rate(text).value_or(0)), text);
    for (const char* text : {"", "0", "0.0", "-1", "+1", "1.", ".5", "1e3", "0.000000001",
                             "1000000000", "1,5", " 1", "1.5.2"})
        EXPECT_FALSE(parse_rate(text)) << text;
    EXPECT_EQ(parse_day("1970-01-02"), 1);
    EXPECT_EQ(day_text(20'484), "2026-01-31");
    EXPECT_EQ(parse_day("2026-01-31"), 20'484);
    for (const char* text : {"2026-02-30", "2026-01-31T10:00", "31.01.2026", ""})
        EXPECT_FALSE(parse_day(text)) << text;
}

}  // namespace
}  // namespace filrouge::engine
