// A start on a data folder of which something is gone, or that a newer program wrote: refused
// before anything is made in its place.
#include <gtest/gtest.h>

#include "engine/shop_for_test.h"
#include "storage/log.h"

namespace filrouge::engine {
namespace {

using fake::FakeDisk;

Settings small_files() {
    Settings s = shop_settings();
    s.log_segment_bytes = 16 * 1'024;
    s.key_journal_bytes = 2 * 1'024;
    return s;
}

// What is written, without what a start and a stop write anew.
std::map<std::string, Bytes> files(const FakeDisk& disk) {
    std::map<std::string, Bytes> out;
    for (const std::string& path : disk.paths())
        if (!path.ends_with("/lock")) out[path] = disk.raw(path);
    return out;
}

// The error of a start that fails, of the opening or of the folding; no code when it starts.
Error error_of_start(FakeDisk& disk) {
    fake::FakeClock clock;
    clock.advance(hours(1));
    fake::FakeRandom random(99);
    NoHttp http;
    Notices notices;
    auto opened =
        open_runtime({clock, random, disk, http, [&](const Notice& n) { notices.add(n); }},
                     small_files(), "shop");
    if (!opened.ok()) return opened.error();
    std::promise<void> started;
    opened.value()->when_started([&started] { started.set_value(); });
    started.get_future().get();
    if (opened.value()->state() != RuntimeState::Failed) return {};
    const std::string line = notices.find("failed code=");
    return {line.substr(12, line.find(' ', 12) - 12), opened.value()->state_text(), ""};
}

void fill(FakeDisk& disk, int events = 60) {
    Shop shop(disk, 1, {}, small_files());
    for (int i = 0; i < events; ++i) {
        shop.clock.advance(seconds(1));
        ASSERT_TRUE(shop.send({std::to_string(i % 9) + "-" + std::to_string(i)}));
    }
}

std::vector<std::string> paths_of(const FakeDisk& disk, const std::string& beginning,
                                  const std::string& end = "") {
    std::vector<std::string> out;
    for (const std::string& path : disk.paths())
        if (path.starts_with(beginning) && path.ends_with(end)) out.push_back(path);
    return out;
}
void remove_all(FakeDisk& disk, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) ASSERT_TRUE(disk.remove(path).ok()) << path;
}

// An empty folder of keys is one that is not mounted, or was forgotten at a restore. New keys would
// open nothing, and take ids that were answered for new ones.
TEST(MissingFiles, AShopWithoutItsKeysDoesNotStartAndMakesNone) {
    for (const bool with_snapshots : {true, false}) {
        for (const std::string beginning : {"shop/keys/", "shop/keys/journal-", "shop/keys/p"}) {
            SCOPED_TRACE(beginning + (with_snapshots ? " with state" : ""));
            FakeDisk disk;
            fill(disk);
            if (!with_snapshots) remove_all(disk, paths_of(disk, "shop/state/"));
            const auto whole = files(disk);
            const auto gone = paths_of(disk, beginning);
            ASSERT_FALSE(gone.empty());
            remove_all(disk, gone);
            const auto before = files(disk);
            const Error error = error_of_start(disk);
            EXPECT_TRUE(error.code == "keys.missing" || error.code == "keys.damaged") << error.code;
            EXPECT_NE(error.message.find("shop/keys"), std::string::npos) << error.message;
            EXPECT_EQ(files(disk), before);
            for (const std::string& path : gone) disk.set_raw(path, whole.at(path));
            Shop again(disk, 2, hours(1), small_files());
            EXPECT_EQ(again.send({"8-8"})->deduplicated, 1u);
        }
    }
}

// A power cut in the very first start, at any of its writes, leaves a folder that starts.
TEST(MissingFiles, APowerCutInTheVeryFirstStartIsNoReasonToRefuse) {
    for (const fake::Crash how : fake::kCrashes) {
        std::vector<std::unique_ptr<FakeDisk>> cuts;
        FakeDisk disk;
        std::mutex mutex;
        disk.watch([&] {
            const std::lock_guard lock(mutex);
            cuts.push_back(disk.clone());
        });
        { const Shop shop(disk, 1, {}, small_files()); }
        disk.watch({});
        ASSERT_GT(cuts.size(), 10u);
        for (std::size_t i = 0; i < cuts.size(); ++i) {
            cuts[i]->crash(how, i);
            EXPECT_EQ(error_of_start(*cuts[i]).code, "") << i;
        }
    }
}

TEST(MissingFiles, ALogWithoutItsEndIsRefusedAndNothingIsMadeInItsPlace) {
    for (const bool all : {false, true}) {
        FakeDisk disk;
        fill(disk, 200);
        std::vector<std::string> gone = paths_of(disk, "shop/log/", ".frl");
        ASSERT_GT(gone.size(), 1u);
        if (!all) gone.erase(gone.begin(), gone.end() - 1);
        const auto whole = files(disk);
        remove_all(disk, gone);
        const auto before = files(disk);
        const Error error = error_of_start(disk);
        EXPECT_EQ(error.code, "log.end_missing") << error.message;
        EXPECT_EQ(error.hint.find("remove the folder state") == std::string::npos, all)
            << "of nothing nothing goes on: " << error.hint;
        EXPECT_EQ(files(disk), before);
        for (const std::string& path : gone) disk.set_raw(path, whole.at(path));
        EXPECT_EQ(error_of_start(disk).code, "");
    }
}

// As whoever goes back to an older version meets it: a restriction would be gone without a word.
TEST(MissingFiles, ALogOfANewerProgramIsNotStartedOn) {
    for (const bool of_type : {true, false}) {
        FakeDisk disk;
        fill(disk);
        remove_all(disk, paths_of(disk, "shop/state/"));
        {
            auto log = open_segment_log(disk, "shop/log").value();
            NewRecord record;
            if (of_type)
                record.type = static_cast<RecordType>(99);
            else
                record.version = 77;
            ASSERT_TRUE(log->append({log->last_sequence() == 0 ? 1 : 2}, {record}).ok());
        }
        std::vector<Bytes> before;
        for (const std::string& path : paths_of(disk, "shop/log/", ".frl"))
            before.push_back(disk.raw(path));
        const Error error = error_of_start(disk);
        EXPECT_EQ(error.code, "log.newer_format");
        EXPECT_NE(error.message.find("newer filrouge"), std::string::npos) << error.message;
        std::vector<Bytes> after;
        for (const std::string& path : paths_of(disk, "shop/log/", ".frl"))
            after.push_back(disk.raw(path));
        EXPECT_EQ(after, before);
    }
}

// It has no checksum, and its hash is in the log.
TEST(MissingFiles, ATokenFileThatIsNotTheTokenIsTold) {
    FakeDisk disk;
    fill(disk);
    const std::string path = "shop/secrets/cli-token";
    Bytes bytes = disk.raw(path);
    bytes[5] = static_cast<char>(bytes[5] ^ 1);
    disk.set_raw(path, bytes);
    {
        const Shop shop(disk, 2, hours(1), small_files());
        EXPECT_NE(shop.notices.find("cli token unknown file=" + path), "");
    }
    ASSERT_TRUE(disk.remove(path).ok());
    { const Shop shop(disk, 3, hours(2), small_files()); }
    const Shop shop(disk, 4, hours(3), small_files());
    EXPECT_EQ(shop.notices.find("cli token unknown"), "");
    EXPECT_NE(disk.raw(path), bytes);
}

}  // namespace
}  // namespace filrouge::engine
