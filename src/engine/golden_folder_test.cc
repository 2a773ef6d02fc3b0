// Data folders of earlier versions (test/golden/folder-N, one for each format that was ever
// released) open, and tell what was put into them. A new one is written by
//   FILROUGE_WRITE_GOLDEN=test/golden/folder-2 engine_test --gtest_filter='GoldenFolder.*'
// and an old one is never changed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/shop_for_test.h"

namespace filrouge::engine {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden =
    fs::path(__FILE__).parent_path().parent_path().parent_path() / "test/golden";

Settings small_files() {
    Settings s = shop_settings();
    s.log_segment_bytes = 4 * 1'024;
    s.key_journal_bytes = 1'024;
    return s;
}

std::string tell(Shop& shop, const std::string& choice) {
    return shop.command(
        &Runtime::set_consent,
        R"({"type":"user_id","value":"u2","purposes":{"measurement":)" + choice + "}}");
}

// Ten persons of whom one has withdrawn, several segments, buckets beside the key journal, an
// audience, and something in quarantine.
void fill(Shop& shop) {
    shop.command(&Runtime::create_audience,
                 R"x({"id":"viewers","name":"Viewers","purpose":"measurement",
                      "rule":"count(Product Viewed) >= 3"})x");
    for (int i = 0; i < 12; ++i) {
        const std::string n = std::to_string(i);
        ASSERT_TRUE(shop.send({"0-" + n, "1-" + n, "2-" + n}));
    }
    for (const char* id : {"3-only", "4-only", "5-only", "6-only", "7-only", "8-only", "9-only"})
        ASSERT_TRUE(shop.send({id}));
    ASSERT_NE(tell(shop, "false").find("sequence"), std::string::npos);
    ASSERT_TRUE(shop.send({"0-0"}, "another body"));
}

void write(const fake::FakeDisk& disk, const fs::path& folder) {
    for (const std::string& path : disk.paths()) {
        const fs::path below = path.substr(path.find('/') + 1);
        if (below.begin()->string() == "state" || below == "lock") continue;  // made again
        fs::create_directories((folder / below).parent_path());
        std::ofstream(folder / below, std::ios::binary) << disk.raw(path);
    }
}

void read(fake::FakeDisk& disk, const fs::path& folder) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const std::string path = "shop/" + fs::relative(entry.path(), folder).string();
        ASSERT_TRUE(disk.make_folder(path.substr(0, path.rfind('/'))).ok());
        std::ifstream file(entry.path(), std::ios::binary);
        disk.set_raw(path, Bytes(std::istreambuf_iterator<char>(file), {}));
    }
}

void expect_all_of_it(Shop& shop) {
    Runtime& runtime = *shop.runtime;
    runtime.wait_until_folded();
    const auto says = [](const Result<std::string>& told, std::string_view what) {
        const std::string text = told.ok() ? told.value() : told.error().message;
        EXPECT_NE(text.find(what), text.npos) << text;
    };
    says(runtime.stats(0), R"("persons":10)");
    says(runtime.members("viewers", "", 10, 0), R"("count":2)");
    says(runtime.find_profile("user_id", "u1", "", 0), R"("id":)");
    says(runtime.count_rule("count(Product Viewed) = 12", "measurement", ""), R"("count":2)");
    const std::string sequence = runtime.quarantine("", 0, 1).value();
    const std::size_t at = sequence.find("\"sequence\":") + 11;
    says(runtime.quarantined(std::stoull(sequence.substr(at))), "Product Viewed");
    const auto again = shop.send({"0-0", "1-11", "3-only"});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->deduplicated, 3u) << "ids of then are known";
    tell(shop, "true");
    says(runtime.count_rule("count(Product Viewed) = 12", "measurement", ""), R"("count":3)");
}

TEST(GoldenFolder, OfEveryFormatOpensAndIsWhole) {
    if (const char* target = std::getenv("FILROUGE_WRITE_GOLDEN")) {
        fake::FakeDisk disk;
        {
            Shop shop(disk, 1, {}, small_files());
            fill(shop);
        }
        write(disk, target);
    }
    int folders = 0;
    for (const auto& entry : fs::directory_iterator(kGolden)) {
        if (!entry.path().filename().string().starts_with("folder-")) continue;
        ++folders;
        fake::FakeDisk disk;
        read(disk, entry.path());
        {
            Shop shop(disk, 2, hours(1), small_files());
            expect_all_of_it(shop);
        }
        Shop again(disk, 3, hours(2), small_files());
        EXPECT_TRUE(again.send({"a-new"})) << "and it goes on";
    }
    EXPECT_GT(folders, 0);
}

}  // namespace
}  // namespace filrouge::engine
