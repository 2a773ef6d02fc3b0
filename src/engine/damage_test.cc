// A data folder at rest, damaged in any of its files: one bit, cut off anywhere, or gone.
// FILROUGE_ROUNDS tells how many of them are tried. What the server then tells is what it told
// before, or it does not start and names what is broken. Only the very last group of the log and of
// the key journal may be missing: it looks like one that was never finished (docs/formats/log.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <map>
#include <random>

#include "base/seed_for_test.h"
#include "engine/rights_desk.h"
#include "engine/shop_for_test.h"
#include "storage/log.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr int kUsers = 6;
constexpr int kOld = 30;  // imported events whose term has passed
constexpr std::string_view kUnreadable = "can no longer be read";

Settings small_files() {
    Settings s = shop_settings();
    s.log_segment_bytes = 16 * 1'024;
    s.key_journal_bytes = 2 * 1'024;
    s.free_disk_bytes_min = s.free_disk_percent_min = 0;
    s.event_terms = {{{"Old Thing"}, "", 10}};
    s.imported_ids_in_memory = kOld / 2;
    return s;
}

std::uint64_t rounds() {
    const char* given = std::getenv("FILROUGE_ROUNDS");
    return given == nullptr ? 60 : std::strtoull(given, nullptr, 10);
}

std::string user(int number) { return "u" + std::to_string(number); }

// Everything that the doors tell, by what it is about.
using Told = std::map<std::string, std::string>;

std::string text_or_error(const Result<std::string>& told) {
    return told.ok() ? told.value() : told.error().message;
}

void tell_thread(Runtime& runtime, const std::string& who, Told& told) {
    const auto found = runtime.find_profile("user_id", who, "", 0);
    if (!found.ok()) return;
    const std::string id(json::parse(found.value()).at("id").as_string());
    const auto thread = runtime.thread(id, "measurement", "", 0, 200, 0);
    if (!thread.ok()) {
        told["thread of " + who] = thread.error().message;
        return;
    }
    const json::value shown = json::parse(thread.value());
    for (const json::value& event : shown.at("events").as_array()) {
        told["event " + json::serialize(event.at("sequence"))] = json::serialize(event);
    }
}
Told all_of(Runtime& runtime) {
    runtime.wait_until_folded();
    Told told;
    for (int u = 0; u < kUsers; ++u) tell_thread(runtime, user(u), told);
    told["members"] = text_or_error(runtime.members("viewers", "", 100, 0));
    const json::value items = json::parse(runtime.quarantine("", 0, 50).value());
    for (const json::value& item : items.at("events").as_array()) {
        const auto sequence = item.at("sequence").to_number<std::uint64_t>();
        told["quarantined " + std::to_string(sequence)] =
            text_or_error(runtime.quarantined(sequence));
    }
    return told;
}

struct AtRest {
    fake::FakeDisk disk;
    Told all;          // what it tells
    Told before_last;  // and told before the last request
};

// Imported, so that their ids are known for ever; most of those on disk.
IngestRequest old_things(Shop& shop) {
    std::vector<std::string> ids;
    ids.reserve(kOld);
    for (int i = 0; i < kOld; ++i) ids.push_back("0-old" + std::to_string(i));
    IngestRequest request = shop.request_of(ids);
    request.import = true;
    for (collect::Item& item : request.items) {
        Event& event = std::get<collect::Incoming>(item).event;
        event.name = "Old Thing";
        event.at = {event.at.us - days(20).us};
    }
    return request;
}

void erase(Shop& shop, const std::string& who) {
    const auto found = shop.runtime->find_profile("user_id", who, "", 0);
    ASSERT_TRUE(found.ok());
    std::promise<bool> done;
    shop.runtime->erase_profile(std::string(json::parse(found.value()).at("id").as_string()), true,
                                [&](const Result<std::string>& r) { done.set_value(r.ok()); });
    ASSERT_TRUE(done.get_future().get());
}

void fill(AtRest& at_rest) {
    Shop shop(at_rest.disk, 1, {}, small_files());
    shop.command(&Runtime::create_audience,
                 R"x({"id":"viewers","name":"V","purpose":"measurement",
                      "rule":"count(Product Viewed) >= 3"})x");
    ASSERT_TRUE(shop.ingest(old_things(shop)));
    ASSERT_TRUE(shop.send({"9-a", "9-b"}));
    shop.runtime->wait_until_folded();
    erase(shop, "u9");
    ASSERT_TRUE(shop.runtime->rights().sweep_retention().ok());
    for (int i = 0; i < 120; ++i) {
        shop.clock.advance(seconds(1));
        if (i % 40 == 39) {
            IngestRequest unfit;
            unfit.source = 1;
            unfit.items.push_back(collect::Unfit{"collect.bad_time", "No time.", "{text}", ""});
            ASSERT_TRUE(shop.ingest(std::move(unfit)));
        }
        const std::string who = std::to_string(i % (kUsers - 1));
        ASSERT_TRUE(shop.send({who + "-a" + std::to_string(i), who + "-b" + std::to_string(i)}));
    }
    at_rest.before_last = all_of(*shop.runtime);
    ASSERT_TRUE(shop.send({std::to_string(kUsers - 1) + "-last"}));  // somebody new, with a key
    at_rest.all = all_of(*shop.runtime);
}

// "log", "keys", "state/fold", "secrets/cli-token", ...: each kind is hit as often as any other.
std::string kind_of(const std::string& path) {
    std::string below = path.substr(path.find('/') + 1);
    if (below.starts_with("secrets/")) return below;
    const std::size_t slash = below.rfind('/');
    const bool journal = below.find("journal") != below.npos;
    return below.substr(0, slash) + (journal ? " journal" : "") +
           below.substr(below.rfind('.') + 1);
}

struct Damage {
    std::string path;
    std::string what;
    bool is_gone = false;
};
Damage damage(fake::FakeDisk& disk, std::mt19937_64& rng) {
    std::map<std::string, std::vector<std::string>> kinds;
    for (const std::string& path : disk.paths()) {
        if (!disk.raw(path).empty()) kinds[kind_of(path)].push_back(path);
    }
    auto kind = kinds.begin();
    std::advance(kind, static_cast<std::ptrdiff_t>(rng() % kinds.size()));
    const std::string path = kind->second[rng() % kind->second.size()];
    if (rng() % 6 == 0) {
        EXPECT_TRUE(disk.remove(path).ok());
        return {path, path + " gone", true};
    }
    Bytes bytes = disk.raw(path);
    // Mostly where something is written: files are made with zeros to their end.
    const std::size_t written = bytes.find_last_not_of('\0') + 1;
    const std::size_t at =
        rng() % (rng() % 8 == 0 ? bytes.size() : std::max<std::size_t>(written, 1));
    const bool cut = rng() % 4 == 0;
    if (cut)
        bytes.resize(at);
    else
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << rng() % 8));
    disk.set_raw(path, std::move(bytes));
    return {path, (cut ? "cut at " : "a bit flipped at ") + std::to_string(at) + " of " + path};
}

// Whether a difference between what is told and what was told before is one that may be.
void judge(const AtRest& good, const Told& told, const Damage& hit, const Notices& notices,
           fake::FakeDisk& disk) {
    const bool has_tail =
        hit.path.ends_with(".frl") || hit.path.find("journal") != std::string::npos;
    bool unreadable = false;
    for (const auto& [what, text] : told) {
        const auto was = good.all.find(what);
        if (was != good.all.end() && was->second == text) continue;
        const auto earlier = good.before_last.find(what);
        if (has_tail && earlier != good.before_last.end() && earlier->second == text) continue;
        EXPECT_TRUE(text.find(kUnreadable) != text.npos || text.find(hit.path) != text.npos)
            << hit.what << ": told " << text;
        unreadable = true;
    }
    for (const auto& [what, text] : good.all) {
        const bool new_at_last = !good.before_last.contains(what);
        EXPECT_TRUE(told.contains(what) || (has_tail && new_at_last))
            << hit.what << ": silent about " << what;
    }
    if (!unreadable) return;
    if (hit.path.starts_with("shop/keys/")) {
        const std::string line = notices.find("key journal tail cut file=" + hit.path);
        EXPECT_NE(line, "") << hit.what << ": closed for want of keys, and nobody is told";
        EXPECT_FALSE(line.ends_with(" closed_events=0")) << hit.what << ": " << line;
        return;
    }
    const auto verified = verify_log(disk, "shop/log");
    ASSERT_FALSE(verified.ok()) << hit.what;
    EXPECT_NE(verified.error().message.find(hit.path), std::string::npos) << hit.what;
}

std::string newest_segment(const fake::FakeDisk& disk) {
    std::string newest;
    for (const std::string& path : disk.paths())
        if (path.ends_with(".frl")) newest = path;
    return newest;
}

void try_once(const AtRest& good, std::uint64_t seed) {
    std::mt19937_64 rng(seed);
    const auto disk = good.disk.clone();
    const bool no_state = rng() % 2 == 0;
    if (no_state) {  // then all of the log is read
        for (const std::string& path : disk->paths()) {
            if (path.starts_with("shop/state/")) {
                EXPECT_TRUE(disk->remove(path).ok());
            }
        }
    }
    const Damage hit = damage(*disk, rng);
    // Without a snapshot nothing tells that there was a newer segment.
    if (hit.is_gone && hit.path == newest_segment(good.disk) && no_state) return;
    fake::FakeClock clock;
    clock.advance(hours(1));
    fake::FakeRandom random(seed);
    NoHttp http;
    Notices notices;
    const auto tell = [&notices](const Notice& n) { notices.add(n); };
    auto opened = open_runtime({clock, random, *disk, http, tell}, small_files(), "shop");
    std::string refusal;
    if (!opened.ok()) {
        refusal = opened.error().message;
    } else {
        std::promise<void> started;
        opened.value()->when_started([&started] { started.set_value(); });
        started.get_future().get();
        if (opened.value()->state() == RuntimeState::Failed)
            refusal = opened.value()->state_text();
        else
            judge(good, all_of(*opened.value()), hit, notices, *disk);
    }
    if (refusal.empty()) return;
    const std::string folder = hit.path.substr(0, hit.path.rfind('/'));
    // A wrong master key is found by the first file that it does not open.
    EXPECT_TRUE(refusal.find(folder) != refusal.npos || refusal.find("master key") != refusal.npos)
        << hit.what << ": " << refusal;
}

TEST(Damage, OfAnyFileIsFoundAndNamedOrHarmlessAndNeverServed) {
    AtRest good;
    fill(good);
    if (testing::Test::HasFailure()) return;
    const std::uint64_t first = test_seed(1);
    const std::uint64_t end = first + rounds();
    for (std::uint64_t seed = first; seed < end; ++seed) {
        try_once(good, seed);
        ASSERT_FALSE(testing::Test::HasFailure()) << "./dev sim SEED=" << seed;
    }
}

// A snapshot at the last record says that the group was whole: the bytes are kept as they are, for
// somebody who can mend them.
TEST(Damage, OfTheLastGroupAfterAnOrderlyStopIsNotCutOff) {
    fake::FakeDisk disk;
    {
        Shop shop(disk);
        ASSERT_TRUE(shop.send({"0-a"}));
        ASSERT_TRUE(shop.send({"1-a", "2-a"}));
    }
    std::string path;
    for (const std::string& each : disk.paths()) {
        if (each.ends_with(".frl")) path = each;
    }
    const Bytes good = disk.raw(path);
    const std::size_t last_group = good.rfind("FRG1");
    const std::size_t end = good.find_last_not_of('\0') + 1;
    for (std::size_t at = last_group; at < end; at += 31) {
        SCOPED_TRACE(at - last_group);
        Bytes bytes = good;
        bytes[at] = static_cast<char>(bytes[at] ^ 4);
        disk.set_raw(path, bytes);
        fake::FakeClock clock;
        fake::FakeRandom random(at);
        NoHttp http;
        const auto opened = open_runtime({clock, random, disk, http}, shop_settings(), "shop");
        ASSERT_FALSE(opened.ok());
        EXPECT_EQ(opened.error().code, "log.end_missing");
        EXPECT_EQ(disk.raw(path), bytes);
    }
    disk.set_raw(path, good);
    Shop again(disk, 2);
    EXPECT_EQ(again.send({"1-a", "2-a"})->deduplicated, 2u);
}

TEST(Damage, ASecondServerOnTheFolderIsRefusedAndHarmsNothing) {
    fake::FakeDisk disk;
    Shop shop(disk);
    ASSERT_TRUE(shop.send({"0-a"}));
    const auto second =
        open_runtime({shop.clock, shop.random, disk, shop.http}, shop_settings(), "shop");
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, "disk.locked");
    ASSERT_TRUE(shop.send({"0-b"}));
}

}  // namespace
}  // namespace filrouge::engine
