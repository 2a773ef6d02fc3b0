// The engine on a disk that is full or fails.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

// The doors' answer to one event, whatever it is.
std::string answer_of(Shop& shop, const std::string& id) {
    auto told = std::make_shared<std::promise<std::string>>();
    shop.runtime->ingest(shop.request_of({id}), [told](const Result<IngestReply>& reply) {
        told->set_value(!reply.ok()                 ? reply.error().code
                        : reply.value().stored == 1 ? "stored"
                                                    : "seen before");
    });
    return told->get_future().get();
}
void wait_until(const std::function<bool()>& holds) {
    for (int i = 0; i < 2'000 && !holds(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_TRUE(holds());
}

TEST(Runtime, AShortDiskRefusesEventsAndTakesWithdrawalsUntilThereIsSpaceAgain) {
    fake::FakeDisk disk;
    Settings settings = shop_settings();
    settings.free_disk_bytes_min = 8 << 20;
    Shop shop(disk, 1, {}, settings);
    ASSERT_EQ(answer_of(shop, "0-a"), "stored");
    const auto metric = [&](std::string_view line) {
        return shop.runtime->metrics().find(line) != std::string::npos;
    };
    disk.set_capacity(disk.used() + (7 << 20));
    wait_until([&] { return shop.clock.advance(seconds(1)), shop.runtime->short_of_disk(); });
    EXPECT_EQ(answer_of(shop, "0-b"), "engine.disk_full");
    EXPECT_TRUE(metric("filrouge_events_refused_total 1\n"));
    EXPECT_EQ(shop.command(&Runtime::set_consent,
                           R"({"type":"user_id","value":"u0","purposes":{"measurement":false}})")
                  .substr(0, 12),
              R"({"sequence":)");
    EXPECT_TRUE(shop.runtime->stats(0).ok());
    disk.set_capacity(1 << 30);
    wait_until([&] { return shop.clock.advance(seconds(1)), !shop.runtime->short_of_disk(); });
    EXPECT_EQ(answer_of(shop, "0-b"), "stored");
}

TEST(Runtime, EventsThatAFullDiskRefusedAreNewWhenTheyComeAgain) {
    for (std::uint64_t room = 0; room < 600 * 1'024; room += 48 * 1'024 + 1) {
        fake::FakeDisk disk;
        Settings settings = shop_settings();
        settings.free_disk_bytes_min = settings.free_disk_percent_min = 0;
        settings.log_segment_bytes = settings.key_journal_bytes = 64 * 1'024;
        Shop shop(disk, 1, {}, settings);
        disk.set_capacity(disk.used() + room);
        std::vector<std::string> refused;
        std::uint64_t sent = 0;
        const std::string body(200, 'x');
        while (refused.size() < 3 && sent < 5'000) {
            const std::string id = std::to_string(sent % 9) + "-" + std::to_string(sent);
            ++sent;
            const std::string answer = answer_of(shop, id);
            if (answer == "stored") continue;
            ASSERT_TRUE(answer == "log.disk_full" || answer == "keys.disk_full") << answer;
            refused.push_back(id);
        }
        ASSERT_EQ(shop.runtime->state(), RuntimeState::Ready);
        ASSERT_EQ(refused.size(), 3u);
        disk.set_capacity(1 << 30);
        for (const std::string& id : refused) EXPECT_EQ(answer_of(shop, id), "stored");
        EXPECT_EQ(stored(*shop.runtime), sent);
        const auto after = disk.clone();
        after->crash(fake::Crash::LoseUnsynced, room);
        EXPECT_EQ(stored(*Shop(*after, 2, {}, settings).runtime), sent);
    }
}

TEST(Runtime, AFailedSyncAnswersNothingMoreAndStops) {
    for (std::uint64_t n = 1; n <= 8; ++n) {
        fake::FakeDisk disk;
        Shop shop(disk, n);
        ASSERT_TRUE(shop.send({"0-before"}));
        disk.fail_sync(n);
        std::vector<std::string> acked = {"0-before"};
        for (int i = 0; i < 20; ++i) {
            const std::string id = std::to_string(i) + "-x";
            if (!shop.send({id})) break;
            acked.push_back(id);
        }
        EXPECT_EQ(shop.runtime->state(), RuntimeState::Failed) << n;
        EXPECT_FALSE(shop.send({"9-late"})) << "nothing is acknowledged after it";
        const auto after = disk.clone();
        after->crash(fake::Crash::LoseUnsynced, n);
        Shop again(*after, n + 50);
        for (const std::string& id : acked)
            EXPECT_EQ(again.send({id})->deduplicated, 1u) << "sync " << n << ", " << id;
    }
}

// A disk on which something happens when it is asked for its space.
struct AskedDisk : fake::FakeDisk {
    std::function<void()> when_asked;
    Result<DiskSpace> space(const std::string& path) override {
        if (const auto call = std::exchange(when_asked, nullptr)) call();
        return FakeDisk::space(path);
    }
};

TEST(Runtime, ALogThatFailsWhileTheStartEndsIsNotForgottenAndTheProcessStops) {
    AskedDisk disk;
    std::promise<Runtime*> opened;
    std::promise<void> failed;
    disk.when_asked = [&] {  // the last that a start does
        Runtime& runtime = *opened.get_future().get();
        disk.fail_sync(1);
        IngestRequest request;
        request.source = runtime.source_by_write_key("wk")->number;
        collect::Incoming event;
        event.event.message_id = "m";
        event.event.identifiers = {{IdentifierType::UserId, "u", {}}};
        event.consents = {{"measurement", true}};
        request.items.push_back(std::move(event));
        runtime.ingest(std::move(request), [](const Result<IngestReply>&) {});
        wait_until([&] { return runtime.state() == RuntimeState::Failed; });
        failed.set_value();
    };
    fake::FakeClock clock;
    fake::FakeRandom random(1);
    NoHttp http;
    auto runtime = open_runtime({clock, random, disk, http, {}}, shop_settings(), "shop").value();
    opened.set_value(runtime.get());
    failed.get_future().get();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the start has ended
    EXPECT_EQ(runtime->state(), RuntimeState::Failed);
    runtime->stop();
}

}  // namespace
}  // namespace filrouge::engine
