#include "collect/incoming_codec.h"

#include <gtest/gtest.h>

#include <random>

#include "collect/fit.h"
#include "collect/parser.h"
#include "model/packed.h"

namespace filrouge::collect {
namespace {

constexpr std::string_view kBatch = R"({"batch":[
 {"type":"track","event":"Order Completed","messageId":"m-1","userId":"camille",
  "timestamp":"2024-02-03T04:05:06.789Z","channel":"web",
  "properties":{"order_id":"o1","phone":"12","currency":"EUR","products":[{"product_id":"coat","price":129.9,"quantity":1}]},
  "context":{"page":{"path":"/"},"consent":{"categoryPreferences":{"Analytics":true,"Advertising":false}}}},
 {"type":"identify","messageId":"m-2","anonymousId":"a-1","traits":{"email":"camille@shop.test","taille":"38"}},
 {"type":"what","userId":"u"},
 {"type":"track","event":"Zone Entered","messageId":"m-4","anonymousId":"b","properties":{"n":[1,2.5,null,true,"é"]}}
]})";

std::vector<Item> some_items() {
    Parser parser;
    RequestContext context;
    context.received = {1'707'000'000'000'000};
    auto parsed = parser.parse_tracking(Route::Batch, kBatch, context, Rules{});
    EXPECT_TRUE(parsed.ok());
    std::vector<Item> items = std::move(parsed).value().items;
    EXPECT_EQ(items.size(), 4u);
    return items;
}

TEST(IncomingCodec, WhatGoesInComesOut) {
    const std::vector<Item> items = some_items();
    const Bytes bytes = encode_items(items);
    const auto decoded = decode_items(bytes);
    ASSERT_TRUE(decoded.ok());
    ASSERT_EQ(decoded.value().size(), items.size());
    EXPECT_EQ(encode_items(decoded.value()), bytes);
    const auto* order = std::get_if<Incoming>(&decoded.value()[0]);
    ASSERT_NE(order, nullptr);
    EXPECT_EQ(order->event.name, "Order Completed");
    EXPECT_EQ(order->event.value.text(), "129.9 EUR");
    EXPECT_EQ(order->consents.size(), 2u);
    EXPECT_EQ(order->event.identifiers.at(0).value, "camille");
    EXPECT_EQ(order->refused_identifiers, 1u);
    EXPECT_EQ(PackedView(order->event.properties).find("order_id").text(), "o1");
    EXPECT_NE(std::get_if<Unfit>(&decoded.value()[2]), nullptr);
}

TEST(IncomingCodec, ItemsAddedOneByOneAreTheBatchOfAllAndTheNextBatchBeginsEmpty) {
    const std::vector<Item> items = some_items();
    BatchWriter writer;
    for (int batch = 0; batch < 3; ++batch) {
        EXPECT_EQ(writer.items(), 0u);
        for (const Item& item : items) writer.add(item);
        EXPECT_EQ(writer.items(), items.size());
        EXPECT_EQ(writer.take(), encode_items(items));
    }
}

TEST(IncomingCodec, TheLargestItemHasRoom) {
    std::vector<Item> items(1);
    Incoming& item = std::get<Incoming>(items[0]);
    Event& event = item.event;
    event.at.us = event.value.amount = event.quantity = INT64_MIN;
    event.brand = 0xffff;
    event.has_value = true;
    event.body_check = item.refused_identifiers = UINT32_MAX;
    event.product = event.place = std::string(64, 'p');
    event.name.assign(kEventNameBytesMax, 'n');
    event.message_id.assign(kMessageIdBytesMax, 'm');
    event.identifiers.assign(kIdentifiersPerEventMax,
                             {IdentifierType::UserId, std::string(kIdentifierBytesMax, 'u'), {}});
    item.consents.assign(kConsentsPerEventMax, {std::string(256, 'c'), true});
    for (Bytes* packed : {&event.properties, &event.traits, &event.context}) {
        PackedWriter writer(*packed);
        const std::size_t mark = writer.begin_object(1);
        writer.key("k");
        writer.string(std::string(kEventBytesMax, 'v'));
        writer.end(mark);
    }
    const auto decoded = decode_items(encode_items(items));
    ASSERT_TRUE(decoded.ok());
    const Incoming& back = std::get<Incoming>(decoded.value().at(0));
    EXPECT_EQ(back.event.at.us, INT64_MIN);
    EXPECT_EQ(back.event.quantity, INT64_MIN);
    EXPECT_EQ(back.refused_identifiers, UINT32_MAX);
    EXPECT_EQ(back.event.identifiers.size(), kIdentifiersPerEventMax);
    EXPECT_EQ(back.consents, item.consents);
    EXPECT_EQ(back.event.context, event.context);
}

TEST(IncomingCodec, AnEmptyBatchIsABatch) {
    const auto decoded = decode_items(encode_items({}));
    ASSERT_TRUE(decoded.ok());
    EXPECT_TRUE(decoded.value().empty());
}

TEST(IncomingCodec, EveryCutAndEveryOtherVersionIsRefused) {
    const Bytes bytes = encode_items(some_items());
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        EXPECT_FALSE(decode_items(BytesView(bytes).substr(0, n)).ok()) << n;
    }
    EXPECT_FALSE(decode_items(bytes + "x").ok());
    Bytes other = bytes;
    ++other[0];
    EXPECT_FALSE(decode_items(other).ok());
}

TEST(IncomingCodec, LimitsAreCheckedAgain) {
    const auto refused = [](auto change) {
        std::vector<Item> items = some_items();
        change(*std::get_if<Incoming>(&items[0]));
        return !decode_items(encode_items(items)).ok();
    };
    EXPECT_FALSE(refused([](Incoming&) {}));
    EXPECT_TRUE(refused([](Incoming& i) { i.event.product.assign(65, 'x'); }));
    EXPECT_TRUE(refused([](Incoming& i) { i.event.name = "\xff"; }));
    EXPECT_TRUE(refused([](Incoming& i) { i.event.properties = "\x08"; }));
    EXPECT_TRUE(refused([](Incoming& i) { i.event.value.currency.code = 0x7fff; }));
    EXPECT_TRUE(refused([](Incoming& i) { i.event.identifiers[0].value.assign(257, 'x'); }));
    EXPECT_TRUE(refused([](Incoming& i) { i.event.identifiers[0].type = IdentifierType::System; }));
    EXPECT_TRUE(refused([](Incoming& i) {
        i.event.identifiers.assign(17, {IdentifierType::UserId, "u", {}});
    }));
    EXPECT_TRUE(refused([](Incoming& i) { i.consents.assign(65, {"Analytics", true}); }));
}

TEST(IncomingCodec, ChangedBytesNeverBreakTheReader) {
    const Bytes bytes = encode_items(some_items());
    std::mt19937 random(7);
    int accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        Bytes changed = bytes;
        const int changes = 1 + static_cast<int>(random() % 4);
        for (int i = 0; i < changes; ++i) {
            changed[random() % changed.size()] = static_cast<char>(random());
        }
        const auto decoded = decode_items(changed);
        if (!decoded.ok()) continue;
        ++accepted;
        for (const Item& item : decoded.value()) {
            const auto* incoming = std::get_if<Incoming>(&item);
            if (incoming == nullptr) continue;
            (void)PackedView(incoming->event.properties).json();
        }
        EXPECT_TRUE(decode_items(encode_items(decoded.value())).ok());
    }
    EXPECT_GT(accepted, 0);
}

}  // namespace
}  // namespace filrouge::collect
