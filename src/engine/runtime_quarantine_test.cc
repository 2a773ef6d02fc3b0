// What could not be taken as it came: kept, and for how long it can be read.
#include <gtest/gtest.h>

#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

// The sequence of an item of quarantine, with the text that was sent.
std::uint64_t quarantine_one(Shop& shop, const std::string& text) {
    IngestRequest request;
    request.source = shop.runtime->source_by_write_key("wk")->number;
    request.items.push_back(
        collect::Unfit{"collect.bad_time", "The time cannot be read.", text, ""});
    const auto reply = shop.ingest(std::move(request));
    EXPECT_TRUE(reply && reply->quarantined == 1);
    return reply ? reply->sequence : 0;
}
bool readable(Runtime& runtime, std::uint64_t sequence, std::string_view text) {
    runtime.wait_until_folded();
    return runtime.quarantined(sequence).value().find(text) != std::string::npos;
}
bool becomes_unreadable(Runtime& runtime, std::uint64_t sequence, std::string_view text) {
    for (int i = 0; i < 12'000; ++i) {  // a minute, on a busy machine
        if (!readable(runtime, sequence, text)) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

TEST(Runtime, AnExpiredDayOfQuarantineCanNeverBeReadAgain) {
    fake::FakeDisk disk;
    Shop shop(disk);
    ASSERT_TRUE(shop.send({"0-a"}));
    const std::uint64_t item = quarantine_one(shop, "{first}");
    const auto conflict = shop.send({"0-a"}, "another body");
    ASSERT_TRUE(conflict && conflict->quarantined == 1);
    EXPECT_TRUE(readable(*shop.runtime, conflict->sequence, "Product Viewed"));
    shop.clock.advance(days(2));
    const std::uint64_t later = quarantine_one(shop, "{second}");
    shop.clock.advance(days(29));
    const std::string listed = shop.runtime->quarantine("", 0, 50).value();
    ASSERT_TRUE(becomes_unreadable(*shop.runtime, item, "{first}"));
    EXPECT_TRUE(becomes_unreadable(*shop.runtime, conflict->sequence, "Product Viewed"));
    EXPECT_TRUE(readable(*shop.runtime, later, "{second}")) << "its day is not over yet";
    EXPECT_EQ(listed.find("\"sequence\":" + std::to_string(item) + ","), listed.npos) << listed;
    ASSERT_TRUE(shop.send({"1-b"})) << "and life goes on";
    EXPECT_EQ(stored(*shop.runtime), 2u);
    const std::string hash = shop.runtime->state_hash();

    for (const fake::Crash how : fake::kCrashes) {
        const auto after = disk.clone();
        after->crash(how, 3);
        Shop again(*after, 1'000);
        EXPECT_FALSE(readable(*again.runtime, item, "{first}"));
        EXPECT_FALSE(readable(*again.runtime, conflict->sequence, "Product Viewed"));
        EXPECT_TRUE(readable(*again.runtime, later, "{second}"));
        EXPECT_EQ(stored(*again.runtime), 2u);
        EXPECT_EQ(again.runtime->state_hash(), hash) << "a replay needs no forgotten key";
        ASSERT_TRUE(again.send({"2-c"}));
    }
}

TEST(Runtime, ADayThatExpiresWhileTheServerIsOffIsForgottenAtTheNextStart) {
    fake::FakeDisk disk;
    std::uint64_t item = 0;
    {
        Shop shop(disk);
        item = quarantine_one(shop, "{first}");
    }
    Shop again(disk, 1'000, days(40));
    EXPECT_TRUE(becomes_unreadable(*again.runtime, item, "{first}"));
}

TEST(Runtime, ARowOfAnImportThatDoesNotFitIsQuarantinedOnceForEver) {
    fake::FakeDisk disk;
    const auto import = [](Shop& shop, const std::string& id, const std::string& raw) {
        IngestRequest request;
        request.source = shop.runtime->source_by_write_key("wk")->number;
        request.import = true;
        request.items.push_back(collect::Unfit{"files.bad_time", "orders.csv:7: no time", raw, id});
        const auto reply = shop.ingest(std::move(request));
        return reply ? std::pair(reply->quarantined, reply->deduplicated) : std::pair(9u, 9u);
    };
    const std::pair once(1u, 0u), again(0u, 1u);
    {
        Shop shop(disk);
        EXPECT_EQ(import(shop, "shop:orders:1#1", "a;b"), once);
        EXPECT_EQ(import(shop, "shop:orders:1#1", "a;b"), again);
        EXPECT_EQ(import(shop, "shop:orders:1#2", "a;b"), once) << "it stands there twice";
        EXPECT_EQ(import(shop, "", "a;b"), once) << "what has no id is nobody's repeat";
        EXPECT_EQ(import(shop, "", "a;b"), once);
        IngestRequest right = shop.request_of({"1"});
        std::get<collect::Incoming>(right.items[0]).event.message_id = "shop:orders:1#1";
        right.import = true;
        EXPECT_EQ(shop.ingest(std::move(right))->stored, 1u) << "put right, it is an event";
        shop.runtime->wait_until_folded();
    }
    for (const fake::Crash how : fake::kCrashes) {
        const auto after = disk.clone();
        after->crash(how, 3);
        Shop shop(*after, 1'000, days(400));
        EXPECT_EQ(import(shop, "shop:orders:1#1", "a;b"), again);
        EXPECT_EQ(import(shop, "shop:orders:1#2", "a;b"), again);
        EXPECT_EQ(import(shop, "shop:orders:1#3", "a;b"), once);
    }
}

TEST(Runtime, AnIdWithAnotherContentIsQuarantinedNotLost) {
    fake::FakeDisk disk;
    Shop shop(disk);
    ASSERT_EQ(shop.send({"1-a"}, "x")->stored, 1u);
    EXPECT_EQ(shop.send({"1-a"}, "x")->deduplicated, 1u);
    const auto reply = shop.send({"1-a"}, "another");
    EXPECT_EQ(reply->quarantined, 1u);
    shop.runtime->wait_until_folded();
    const std::string list = shop.runtime->quarantine("", 0, 10).value();
    EXPECT_NE(list.find("collect.id_conflict"), std::string::npos) << list;
    const std::string one = shop.runtime->quarantined(reply->sequence).value();
    EXPECT_NE(one.find("Product Viewed"), std::string::npos) << one;
    std::string answer;
    shop.runtime->replay_quarantined(reply->sequence, "", [&](Result<std::string> r) {
        answer = r.ok() ? r.value() : r.error().message;
    });
    EXPECT_NE(answer.find("\"replayed\":true"), std::string::npos) << answer;
    EXPECT_EQ(stored(*shop.runtime), 2u);
    shop.clock.advance(days(8));  // past the window that knows a repeat
    for (const char* repaired :
         {"", R"({"type":"track","event":"A","userId":"u","context":{"consent":)"
              R"({"categoryPreferences":{"Analytics":true}}}})"}) {
        shop.runtime->replay_quarantined(reply->sequence, repaired, [&](Result<std::string> r) {
            answer = r.ok() ? r.value() : r.error().code;
        });
        EXPECT_EQ(answer, "quarantine.resolved") << "an order would count twice";
    }
    EXPECT_EQ(stored(*shop.runtime), 2u);
    EXPECT_FALSE(readable(*shop.runtime, reply->sequence, "Product Viewed"));
    EXPECT_TRUE(readable(*shop.runtime, reply->sequence, R"("state":"replayed")"));
}

std::int64_t figure(const std::string& metrics, const std::string& name) {
    const std::size_t at = metrics.find("\nfilrouge_" + name + " ");
    if (at == metrics.npos) return 0;
    return std::stoll(metrics.substr(at + name.size() + 11));
}
// Received less all that became of it: what docs/operations.md calls a fault of ours, unless zero.
std::int64_t unexplained(Runtime& runtime) {
    const std::string all = runtime.metrics();
    return figure(all, "events_received_total") - figure(all, "events_stored_total") -
           figure(all, "events_deduplicated_total") -
           figure(all, R"(events_not_kept_total{reason="no_consent"})") -
           figure(all, "events_quarantined_total") - figure(all, "events_refused_total") -
           figure(all, "events_in_flight");
}

TEST(Runtime, AReplayOfQuarantineIsCountedAsReceivedWhateverBecomesOfIt) {
    fake::FakeDisk disk;
    Shop shop(disk);
    const std::string kept = R"({"type":"track","event":"A","userId":"u","context":{"consent":)"
                             R"({"categoryPreferences":{"Analytics":true}}}})";
    const std::string not_kept = R"({"type":"track","event":"A","userId":"v"})";
    int replayed = 0;
    for (const std::string& repaired : {kept, not_kept, std::string(R"({"type":"none"})")}) {
        const std::uint64_t item = quarantine_one(shop, "{}");
        shop.runtime->replay_quarantined(item, repaired,
                                         [&](const Result<std::string>& r) { replayed += r.ok(); });
        EXPECT_EQ(unexplained(*shop.runtime), 0) << repaired;
    }
    EXPECT_EQ(replayed, 2);
    const std::string all = shop.runtime->metrics();
    EXPECT_EQ(figure(all, "events_received_total"), 5);
    EXPECT_EQ(figure(all, "events_stored_total"), 1);
    EXPECT_EQ(figure(all, R"(events_not_kept_total{reason="no_consent"})"), 1);
}

}  // namespace
}  // namespace filrouge::engine
