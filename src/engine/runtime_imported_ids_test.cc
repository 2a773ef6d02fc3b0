// The ids of imports in the running engine: from memory to files, and what holds when these are
// lost, when the disk is full, and when it is slow.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kRequests = 30, kRows = 25;
constexpr std::size_t kInMemory = 100;

Settings importing(std::uint64_t in_memory = kInMemory) {
    Settings settings = shop_settings();
    settings.imported_ids_in_memory = in_memory;
    settings.free_disk_bytes_min = settings.free_disk_percent_min = 0;
    return settings;
}

// Answers how many rows were new.
std::size_t run_import(Shop& shop, std::size_t requests = kRequests) {
    std::size_t stored = 0;
    for (std::size_t r = 0; r < requests; ++r) {
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < kRows; ++i)
            ids.push_back("7-" + std::to_string(r) + "-" + std::to_string(i));
        IngestRequest request = shop.request_of(ids);
        request.import = true;
        const auto reply = shop.ingest(std::move(request));
        EXPECT_TRUE(reply && reply->stored + reply->deduplicated == kRows);
        stored += reply ? reply->stored : 0;
    }
    return stored;
}

std::uint64_t figure(Shop& shop, const std::string& name) {
    const std::string stats = shop.runtime->stats(0).value();
    return std::stoull(stats.substr(stats.find("\"" + name + "\":") + name.size() + 3));
}

void wait_until(const std::function<bool()>& holds) {
    for (int i = 0; i < 1'000 && !holds(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_TRUE(holds());
}

void wait_settled(Shop& shop) {
    wait_until([&] { return figure(shop, "dedupe_ids") < kInMemory; });
    EXPECT_GE(figure(shop, "imported_ids"), kRequests * kRows - kInMemory);
}

std::vector<std::string> files_in(const fake::FakeDisk& disk, const std::string& folder) {
    std::vector<std::string> out;
    for (const std::string& path : disk.paths()) {
        if (path.starts_with(folder)) out.push_back(path);
    }
    return out;
}

void remove_all(fake::FakeDisk& disk, const std::string& folder) {
    for (const std::string& path : files_in(disk, folder)) EXPECT_TRUE(disk.remove(path).ok());
}

TEST(Runtime, AnImportRunAgainNextYearAddsNothingAndItsIdsAreNotInMemory) {
    fake::FakeDisk disk;
    {
        Shop shop(disk, 1, {}, importing());
        EXPECT_EQ(run_import(shop), kRequests * kRows);
        wait_settled(shop);
        EXPECT_EQ(run_import(shop), 0u);
        shop.clock.advance(days(400));
        EXPECT_EQ(run_import(shop), 0u);
        EXPECT_EQ(shop.send({"7-0-0"}, "other content")->quarantined, 1u);
    }
    disk.crash(fake::Crash::KeepRandom, 5);
    {
        Shop again(disk, 2, days(401), importing());
        EXPECT_EQ(run_import(again), 0u);
        ASSERT_TRUE(again.send({"after"}));
    }
    remove_all(disk, "shop/state/settled/");
    Shop rebuilt(disk, 3, days(402), importing());
    wait_settled(rebuilt);
    EXPECT_EQ(run_import(rebuilt), 0u) << "what was lost is read from the log again";
}

// As after an upgrade that lays the window out otherwise: its snapshot is of no use, and the files
// are. What the next snapshot says of them must be what there is.
TEST(Runtime, IdsThatAreLostAfterTheWindowWasMadeAnewAreReadFromTheLogAgain) {
    fake::FakeDisk disk;
    {
        Shop shop(disk, 1, {}, importing());
        EXPECT_EQ(run_import(shop), kRequests * kRows);
        wait_settled(shop);
    }
    remove_all(disk, "shop/state/dedupe/");
    {
        Shop upgraded(disk, 2, hours(1), importing());
        ASSERT_TRUE(upgraded.send({"after"}));
    }
    ASSERT_FALSE(files_in(disk, "shop/state/dedupe/").empty());
    const std::string hit = files_in(disk, "shop/state/settled/").front();
    Bytes bytes = disk.raw(hit);
    bytes[100] = static_cast<char>(bytes[100] ^ 4);
    disk.set_raw(hit, bytes);
    Shop again(disk, 3, hours(2), importing());
    EXPECT_EQ(run_import(again), 0u);
}

TEST(Runtime, AStartOnAFullDiskKeepsTheImportedIdsInMemory) {
    fake::FakeDisk disk;
    {
        Shop shop(disk, 1, {}, importing(10'000));
        EXPECT_EQ(run_import(shop), kRequests * kRows);
    }
    remove_all(disk, "shop/state/dedupe/");
    remove_all(disk, "shop/log/next.frl.new");  // the start would, and have that much space
    disk.set_capacity(disk.used());
    Shop full(disk, 2, hours(1), importing());
    EXPECT_EQ(run_import(full), 0u);
    EXPECT_EQ(figure(full, "imported_ids"), 0u);
    EXPECT_TRUE(files_in(disk, "shop/state/settled/").empty());
    disk.set_capacity(1 << 30);
    wait_until([&] {
        full.clock.advance(minutes(2));
        return figure(full, "imported_ids") == kRequests * kRows;
    });
    EXPECT_EQ(run_import(full), 0u);
}

TEST(Runtime, OnAShortDiskNoIdsAreMovedToTheReserve) {
    fake::FakeDisk disk;
    {
        Shop shop(disk, 1, {}, importing(10'000));
        EXPECT_EQ(run_import(shop), kRequests * kRows);
    }
    Settings settings = importing();
    settings.free_disk_bytes_min = 8 << 20;
    disk.set_capacity(disk.used() + (7 << 20));
    Shop shop(disk, 2, hours(1), settings);
    ASSERT_TRUE(shop.runtime->short_of_disk());
    for (int i = 0; i < 20; ++i) {
        shop.clock.advance(minutes(2));
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_TRUE(files_in(disk, "shop/state/settled/").empty());
    disk.set_capacity(1 << 30);
    wait_until([&] {
        shop.clock.advance(minutes(2));
        return figure(shop, "imported_ids") == kRequests * kRows;
    });
}

// A disk that takes its time over each file of ids.
struct SlowDisk : fake::FakeDisk {
    std::atomic<bool> held = true, reached = false;
    Result<void> rename(const std::string& from, const std::string& to) override {
        if (to.ends_with(".ids")) {
            reached = true;
            while (held) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return FakeDisk::rename(from, to);
    }
};

// All of it is the housekeeping's, which once moved the ids, too.
TEST(Runtime, WhileIdsAreMovedToASlowDiskTimersRingAndItsSpaceIsLookedAt) {
    SlowDisk disk;
    Settings settings = importing();
    settings.free_disk_bytes_min = 8 << 20;
    Shop shop(disk, 1, {}, settings);
    shop.command(&Runtime::create_audience,
                 R"j({"id":"recent","name":"R","purpose":"measurement",)j"
                 R"j("rule":"count(Product Viewed, last 1 day) >= 1"})j");
    ASSERT_TRUE(shop.send({"1-a"}));
    EXPECT_EQ(run_import(shop), kRequests * kRows);
    wait_until([&] { return disk.reached.load(); });
    shop.runtime->wait_until_folded();
    const auto is_in = [&](int count) {
        return shop.runtime->audience("recent", 0)
                   .value()
                   .find("\"count\":" + std::to_string(count)) != std::string::npos;
    };
    wait_until([&] { return shop.clock.advance(seconds(1)), is_in(2); });
    wait_until([&] { return shop.clock.advance(hours(1)), is_in(0); });
    disk.set_capacity(disk.used() + (7 << 20));
    wait_until([&] { return shop.clock.advance(seconds(1)), shop.runtime->short_of_disk(); });
    disk.held = false;
}

}  // namespace
}  // namespace filrouge::engine
