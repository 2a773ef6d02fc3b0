// A shop comes back from its backups as it was at their last record.
#include "storage/backup.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <random>
#include <thread>

#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

constexpr const char* kBackup = "safe/data";
constexpr const char* kKeyBackup = "safe/keys";

Settings small_segments() {
    Settings s = shop_settings();
    s.log_segment_bytes = 64 * 1024;
    return s;
}

struct BusyShop {
    BusyShop(fake::FakeDisk& on, const std::string& folder, std::uint64_t seed)
        : disk(on), random(seed), rng(seed) {
        auto opened = open_runtime({clock, random, disk, http}, small_segments(), folder);
        EXPECT_TRUE(opened.ok()) << opened.error().message;
        runtime = std::move(opened).value();
        std::promise<void> started;
        runtime->when_started([&] { started.set_value(); });
        started.get_future().wait();
        EXPECT_EQ(runtime->state(), RuntimeState::Ready) << runtime->state_text();
    }
    // Waits for the answer.
    void sees(const std::string& user, bool consents = true) {
        collect::Incoming incoming;
        incoming.event.name = rng() % 2 == 0 ? "Product Viewed" : "Product Added";
        incoming.event.at = as_event_time(clock.now());
        incoming.event.message_id = user + "-" + std::to_string(++serial);
        incoming.event.identifiers = {{IdentifierType::UserId, user, {}}};
        if (rng() % 3 == 0) {  // some devices are shared, some persons meet on one
            incoming.event.identifiers.push_back(
                {IdentifierType::AnonymousId, "device-" + std::to_string(rng() % 20), {}});
        }
        incoming.consents = {{"measurement", consents}};
        IngestRequest request;
        request.source = runtime->source_by_write_key("wk")->number;
        request.items.push_back(std::move(incoming));
        auto answered = std::make_shared<std::promise<bool>>();
        runtime->ingest(std::move(request), [answered](const Result<IngestReply>& reply) {
            answered->set_value(reply.ok());
        });
        ASSERT_TRUE(answered->get_future().get());
    }
    void live(std::uint64_t events) {
        for (std::uint64_t i = 0; i < events; ++i) {
            clock.advance(minutes(static_cast<std::int64_t>(rng() % 90)));
            sees("user-" + std::to_string(rng() % 40), rng() % 8 != 0);
        }
    }
    void make_audience(const std::string& rule) {
        auto told = std::make_shared<std::promise<bool>>();
        runtime->create_audience(
            R"({"name":"Seen","purpose":"measurement","rule":")" + rule + R"("})",
            [told](const Result<std::string>& r) { told->set_value(r.ok()); });
        ASSERT_TRUE(told->get_future().get());
    }
    bool knows(const std::string& user) const {
        return runtime->find_profile("user_id", user, "", 0).ok();
    }
    fake::FakeDisk& disk;
    fake::FakeRandom random;
    fake::FakeClock clock;
    NoHttp http;
    std::mt19937_64 rng;
    std::uint64_t serial = 0;
    std::unique_ptr<Runtime> runtime;
};

void back_up(fake::FakeDisk& disk, BackupReport& report) {
    const auto made = back_up_data(disk, "shop", kBackup, {1});
    ASSERT_TRUE(made.ok()) << made.error().message;
    report = made.value();
}
void back_up_the_keys(fake::FakeDisk& disk) {
    const auto made = back_up_keys(disk, "shop", kKeyBackup, {1});
    ASSERT_TRUE(made.ok()) << made.error().message;
}
// On another machine, to which somebody brought the backups and the folder of secrets.
std::unique_ptr<fake::FakeDisk> restored(const fake::FakeDisk& disk) {
    auto other = disk.clone();
    const auto done = restore_backup(*other, kBackup, kKeyBackup, "again");
    EXPECT_TRUE(done.ok()) << done.error().message;
    EXPECT_TRUE(other->make_folder("again/secrets").ok());
    for (const std::string& path : disk.paths()) {
        const std::string_view before = "shop/secrets/";
        if (path.starts_with(before)) {
            other->set_raw("again/secrets/" + path.substr(before.size()), disk.raw(path));
        }
    }
    return other;
}

TEST(ShopBackup, RestoredItIsWhatTheShopWasAtTheBackupsLastRecord) {
    int compared = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        fake::FakeDisk disk;
        BusyShop shop(disk, "shop", seed);
        shop.make_audience("any(Product Viewed)");
        for (int night = 0; night < 3; ++night) {
            shop.live(20 + shop.rng() % 150);
            shop.runtime->wait_until_folded();
            const std::uint64_t folded = shop.runtime->folded();
            const std::string hash = shop.runtime->state_hash();
            if (shop.runtime->folded() != folded) continue;  // a tick came in between
            BackupReport report;
            back_up(disk, report);
            shop.live(shop.rng() % 20);  // older data with newer keys
            back_up_the_keys(disk);
            ASSERT_GE(report.last_sequence, folded);
            if (report.last_sequence != folded) continue;  // the same
            const auto other = restored(disk);
            const BusyShop again(*other, "again", seed + 1'000);
            again.runtime->wait_until_folded();
            const std::string restored_hash = again.runtime->state_hash();
            if (again.runtime->folded() != folded) continue;  // the same, at its start
            EXPECT_EQ(restored_hash, hash) << "seed " << seed;
            ++compared;
        }
    }
    EXPECT_GT(compared, 8) << "of 15";
}

TEST(ShopBackup, WhatWasAnsweredBeforeItIsInItWhileTheDoorStaysOpen) {
    fake::FakeDisk disk;
    BusyShop shop(disk, "shop", 3);
    std::atomic<std::uint64_t> answered{0};
    std::atomic<bool> enough{false};
    std::thread door([&] {
        for (std::uint64_t n = 1; !enough && n < 2'000; ++n) {
            shop.sees("late-" + std::to_string(n));
            answered = n;
        }
    });
    for (int i = 0; i < 4; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        const std::uint64_t before = answered;
        BackupReport report;
        back_up(disk, report);
        back_up_the_keys(disk);  // after the data: every key that the data needs is made by now
        const auto other = restored(disk);
        const BusyShop again(*other, "again", 4);
        for (std::uint64_t n = 1; n <= before; ++n) {
            EXPECT_TRUE(again.knows("late-" + std::to_string(n))) << n << " of " << before;
        }
    }
    enough = true;
    door.join();
}

// The wrong order. Whose key is missing is as if forgotten; all others are there, and the shop
// takes events of everybody again.
TEST(ShopBackup, DataThatIsNewerThanItsKeysOpensWithoutWhomTheyDoNotKnow) {
    fake::FakeDisk disk;
    BusyShop shop(disk, "shop", 5);
    for (int n = 0; n < 10; ++n) shop.sees("early-" + std::to_string(n));
    back_up_the_keys(disk);
    for (int n = 0; n < 10; ++n) shop.sees("late-" + std::to_string(n));
    BackupReport report;
    back_up(disk, report);
    const auto other = restored(disk);
    {
        BusyShop again(*other, "again", 6);
        for (int n = 0; n < 10; ++n) {
            EXPECT_TRUE(again.knows("early-" + std::to_string(n)));
            EXPECT_FALSE(again.knows("late-" + std::to_string(n)));
        }
        for (int n = 0; n < 10; ++n) again.sees("late-" + std::to_string(n));
        again.runtime->wait_until_folded();
        EXPECT_TRUE(again.knows("late-3"));
    }
    const BusyShop once_more(*other, "again", 7);
    EXPECT_TRUE(once_more.knows("early-3"));
    EXPECT_TRUE(once_more.knows("late-3"));
}

}  // namespace
}  // namespace filrouge::engine
