// Changes on their way to webhooks, as the fold keeps them: each webhook has room of its own.
#include <gtest/gtest.h>

#include "engine/world_for_test.h"

namespace filrouge::engine {
namespace {

// A shop that tells one webhook of who looked and another of who bought.
struct Told : World {
    explicit Told(std::uint32_t room) : World(1, bounds_of(room)) {
        audience("seen", "any(Product Viewed)", 0);
        audience("bought", "any(Order Completed)", 1);
        hook("a", "seen");
        hook("b", "bought");
    }
    static FoldBounds bounds_of(std::uint32_t room) {
        FoldBounds bounds;
        bounds.webhook_waiting = room;
        return bounds;
    }
    void hook(const std::string& id, const std::string& audience) {
        document(RecordType::WebhookChange, id,
                 webhook_json({"https://" + id + ".test", "whsec_x", audience, 0}));
    }
    void looks(int person) { does("Product Viewed", person); }
    void buys(int person) { does("Order Completed", person); }
    void does(const char* what, int person) {
        now = now + seconds(1);
        send(contact(what, as_event_time(now), {user("u" + std::to_string(person))}));
    }
    std::uint32_t waiting(const std::string& id) const {
        std::uint32_t rows = 0;
        for (std::uint32_t i = 0; i < fold->outbox.size(); ++i) {
            const Fold::OutboxRow& row = fold->outbox.at(i);
            rows += row.done == 0 && fold->documents.at(row.webhook).id == id ? 1 : 0;
        }
        return rows;
    }
    // The row that is next for it was taken.
    void takes(const std::string& id) {
        for (const std::uint32_t at : fold->next_rows()) {
            const Fold::OutboxRow row = fold->outbox.at(at);
            if (fold->documents.at(row.webhook).id != id) continue;
            Bytes clear;
            ByteWriter w(clear);
            w.u64(row.sequence);
            w.u32(row.ordinal);
            w.u32(row.webhook);
            w.u8(1);
            return sealed(RecordType::WebhookSent, {}, new_id(), clear, {});
        }
        ADD_FAILURE() << "nothing waits for " << id;
    }
    void expect_the_log_says_the_same() const {
        EXPECT_EQ(rebuilt()->hash(), fold->hash());
        const auto loaded = new_fold();
        ASSERT_TRUE(loaded->space().apply(fold->space().capture(fold->applied(), true)));
        loaded->after_load();
        EXPECT_EQ(loaded->hash(), fold->hash());
        EXPECT_EQ(loaded->next_rows(), fold->next_rows());
        EXPECT_EQ(loaded->waiting_rows(), fold->waiting_rows());
        EXPECT_EQ(loaded->first_waiting(), fold->first_waiting());
    }
};

TEST(Outbox, AWebhookThatDoesNotAnswerLosesItsOwnChangesAndNobodyElses) {
    Told shop(3);
    for (int person = 0; person < 5; ++person) shop.looks(person);
    EXPECT_EQ(shop.waiting("a"), 3u);
    EXPECT_EQ(shop.fold->counted(0, kWebhooksDropped), 2u);
    shop.buys(0);
    shop.buys(1);
    EXPECT_EQ(shop.waiting("b"), 2u);
    EXPECT_EQ(shop.fold->counted(0, kWebhooksDropped), 2u);
    shop.takes("b");
    EXPECT_EQ(shop.waiting("b"), 1u);
    EXPECT_EQ(shop.fold->counted(0, kWebhooksSent), 1u);
    shop.expect_the_log_says_the_same();

    shop.remove(RecordType::WebhookChange, "a");
    EXPECT_EQ(shop.fold->waiting_rows(), 1u) << "nobody is left to tell of the others";
    shop.buys(2);
    EXPECT_EQ(shop.waiting("b"), 2u);
    shop.looks(5);
    EXPECT_EQ(shop.fold->waiting_rows(), 2u);
    shop.expect_the_log_says_the_same();
    shop.hook("c", "seen");
    shop.looks(6);
    EXPECT_EQ(shop.waiting("c"), 1u) << "and has room from the first on";
    EXPECT_EQ(shop.fold->counted(0, kWebhooksDropped), 2u);
    shop.expect_the_log_says_the_same();
}

TEST(Outbox, WhatWasTakenGoesAlsoWhileAnotherDoesNotAnswer) {
    Told shop(10'000);
    shop.looks(0);
    std::uint32_t largest = 0;
    for (int person = 0; person < 2'500; ++person) {
        shop.buys(person);
        if (person % 50 != 49) shop.takes("b");
        largest = std::max(largest, shop.fold->outbox.size());
    }
    EXPECT_EQ(shop.waiting("a"), 1u);
    EXPECT_EQ(shop.waiting("b"), 50u);
    EXPECT_LT(largest, 1'200u);
    shop.takes("a");
    EXPECT_EQ(shop.fold->waiting_rows(), 50u);
    while (shop.fold->waiting_rows() != 0) shop.takes("b");
    EXPECT_EQ(shop.fold->outbox.size(), 0u);
    EXPECT_EQ(shop.fold->counted(0, kWebhooksSent), 2'501u);
    shop.expect_the_log_says_the_same();
}

}  // namespace
}  // namespace filrouge::engine
