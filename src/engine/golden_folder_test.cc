// Data folders of earlier versions (test/golden/folder-N) open, and tell what was put into them. An
// old one is never changed. folder-1 was written by the first form of this test; folder-2, with a
// record of nearly every kind, through the doors of a server by test/golden/fill.py. When a kind of
// record or an encoding is added, write one more with that script.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "engine/access_desk.h"
#include "engine/account_desk.h"
#include "engine/consents.h"
#include "engine/identity_desk.h"
#include "engine/matching_desk.h"
#include "engine/offer_desk.h"
#include "engine/rights_desk.h"
#include "engine/shop_for_test.h"
#include "engine/staff_desk.h"
#include "storage/log.h"

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

void read(fake::FakeDisk& disk, const fs::path& folder) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const std::string path = "shop/" + fs::relative(entry.path(), folder).string();
        ASSERT_TRUE(disk.make_folder(path.substr(0, path.rfind('/'))).ok());
        std::ifstream file(entry.path(), std::ios::binary);
        disk.set_raw(path, Bytes(std::istreambuf_iterator<char>(file), {}));
    }
    // Of files that are longer than what was written into them only that is kept.
    std::ifstream padded(folder / "padded");
    std::size_t bytes = 0;
    for (std::string path; padded >> path >> bytes;) {
        Bytes whole = disk.raw("shop/" + path);
        whole.resize(bytes);
        disk.set_raw("shop/" + path, std::move(whole));
    }
}

void says(const Result<std::string>& told, std::string_view what) {
    const std::string text = told.ok() ? told.value() : told.error().message;
    EXPECT_NE(text.find(what), text.npos) << what << " is not in " << text;
}

// Ten persons of whom one has withdrawn, several segments, buckets beside the key journal, an
// audience, and something in quarantine.
void expect_all_of_first(Shop& shop) {
    Runtime& runtime = *shop.runtime;
    runtime.wait_until_folded();
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

TEST(GoldenFolder, OfTheFirstFormatOpensAndIsWhole) {
    fake::FakeDisk disk;
    read(disk, kGolden / "folder-1");
    {
        Shop shop(disk, 2, hours(1), small_files());
        expect_all_of_first(shop);
    }
    Shop again(disk, 3, hours(2), small_files());
    EXPECT_TRUE(again.send({"a-new"})) << "and it goes on";
}

// Types up to the last one there was, but those that only time (40, 43) or an upgrade (45) writes
// and numbers that mean nothing.
constexpr int kLastType = 48;
const std::set<int> kNotInFolder2 = {2, 3, 13, 28, 29, 33, 40, 43, 45, 46, 47};

std::set<int> types_in(fake::FakeDisk& disk) {
    std::set<int> found;
    const auto log = open_segment_log(disk, "shop/log").value();
    EXPECT_TRUE(log->read(1,
                          [&](const RecordView& record) {
                              found.insert(static_cast<int>(record.type));
                              return true;
                          })
                    .ok());
    return found;
}

std::string id_of_user(Runtime& runtime, const std::string& user) {
    const std::string found = runtime.find_profile("user_id", user, "", 0).value();
    return found.substr(found.find(R"("id":")") + 6, 32);
}

void expect_all_of_second(Shop& shop) {
    Runtime& runtime = *shop.runtime;
    runtime.wait_until_folded();
    says(runtime.stats(0), R"("persons":26,)");
    says(runtime.stats(0), R"("stored":200,"bots":0,"quarantined":1,)");
    says(runtime.stats(0), R"("no_consent":1)");
    EXPECT_EQ(runtime.find_profile("user_id", "u0", "", 0).error().code, "profile_not_found");
    says(runtime.erasures(""), R"("state":"complete","identifiers":3)");
    says(runtime.members("viewers", "", 50, 0), R"("count":10)");
    EXPECT_FALSE(runtime.audience("going", 0).ok()) << "was removed";
    says(runtime.rates(), R"("from":"USD","to":"EUR","rate":"0.9")");
    says(runtime.webhooks(), R"("url":"http://127.0.0.1:)");
    says(runtime.models(""), R"("id":"value.measurement")");
    says(runtime.quarantine("", 0, 10), R"("events":[])");
    const std::string u5 = id_of_user(runtime, "u5");
    says(runtime.profile(u5, "measurement", "", 0), R"("p_alive")");
    says(runtime.consents().receipt(u5, ""), "marketing.email");
    says(runtime.consents().wordings("measurement"), "We may look at what you tell us.");
    says(runtime.consents().suppressions(), R"("sms":1)");
    says(runtime.consents().verify(), R"("whole":true)");
    says(runtime.rights().restricted(), id_of_user(runtime, "u6"));
    says(runtime.rights().requests(""), R"("kind":"access")");
    says(runtime.rights().corrections(id_of_user(runtime, "u8")), "Paris");
    says(runtime.rights().verify_audit(), R"("entries":)");
    says(runtime.rights().export_profile(id_of_user(runtime, "u7")), "profiling");
    says(runtime.identity().rules(), R"("people_max":30)");
    says(runtime.identity().decisions(0, 10), R"("action":"withdraw")");
    says(runtime.matching().runs(), R"("postal_code")");
    says(runtime.profile(id_of_user(runtime, "g0"), "measurement", "", 0),
         R"("type":"anonymous_id")");
    says(runtime.offers().offers(""), R"("id":"tastes")");
    says(runtime.offers().of_person(u5, true), R"("state":"taken_back")");
    says(runtime.accounts().list(), R"("name":"camille","role":"marketer")");
    says(runtime.access().tokens(), R"("name":"till-token","role":"staff")");
    says(runtime.staff().notes(u5, ""), "Likes blue.");
    says(runtime.staff().tasks({}), "Call back");
    says(runtime.sources(""), R"("id":"till")");
}

TEST(GoldenFolder, WithARecordOfEachKindOpensAndIsWhole) {
    constexpr std::int64_t kSinceHours = 24 * 1'200;  // from the test's clock to after it was made
    fake::FakeDisk disk;
    read(disk, kGolden / "folder-2");
    const std::set<int> types = types_in(disk);
    for (int type = 1; type <= kLastType; ++type)
        EXPECT_EQ(types.contains(type), !kNotInFolder2.contains(type)) << "type " << type;
    {
        Shop shop(disk, 2, hours(kSinceHours), default_settings());
        expect_all_of_second(shop);
    }
    Shop again(disk, 3, hours(kSinceHours + 2), default_settings());
    expect_all_of_second(again);
}

// What was written before there was a way to do it: whoever is told, signed and known stays so.
TEST(GoldenFolder, TakesAnotherMasterKeyAndIsWhole) {
    constexpr std::int64_t kSinceHours = 24 * 1'200;
    const std::string kPath = "shop/secrets/master-key";
    fake::FakeDisk disk;
    read(disk, kGolden / "folder-2");
    const Bytes former = disk.raw(kPath), next = Bytes(64, 'b') + "\n";
    {
        Shop shop(disk, 2, hours(kSinceHours), default_settings());
        EXPECT_EQ(shop.runtime->access().rotate_master_key().error().code, "master_key.no_next");
        disk.set_raw(kPath + ".next", next);
        says(shop.runtime->access().rotate_master_key(), R"({"rotated":true,"in":"file"})");
        EXPECT_EQ(shop.notices.find("master key"), "master key rotated in=file");
        expect_all_of_second(shop);
    }
    EXPECT_EQ(disk.raw(kPath), next);
    EXPECT_FALSE(disk.exists(kPath + ".next"));
    disk.crash(fake::Crash::LoseUnsynced, 1);
    {
        const auto with_former = disk.clone();
        with_former->set_raw(kPath, former);
        fake::FakeClock clock;
        fake::FakeRandom random(4);
        NoHttp http;
        EXPECT_EQ(open_runtime({clock, random, *with_former, http}, default_settings(), "shop")
                      .error()
                      .code,
                  "keys.wrong_master_key");
    }
    Shop again(disk, 3, hours(kSinceHours + 2), default_settings());
    EXPECT_EQ(again.notices.find("snapshot skipped"), "") << "the snapshots' key is the same";
    expect_all_of_second(again);
}

// A disk that fails in the middle of it ends the server, as any write of keys that fails does.
TEST(GoldenFolder, AMasterKeyThatCouldNotBeSyncedEndsTheServerAndTheNextStartFindsIt) {
    fake::FakeDisk disk;
    read(disk, kGolden / "folder-1");
    const std::string path = "shop/secrets/master-key.next";
    {
        Shop shop(disk, 2, hours(1), small_files());
        disk.set_raw(path, Bytes(64, 'b') + "\n");
        disk.fail_write(2, "disk.io");  // of process.frk
        EXPECT_EQ(shop.runtime->access().rotate_master_key().error().code, "engine.failed");
        EXPECT_EQ(shop.runtime->state(), RuntimeState::Failed);
    }
    disk.crash(fake::Crash::KeepRandom, 1);
    Shop again(disk, 3, hours(1), small_files());
    EXPECT_EQ(again.notices.find("next master key"), "next master key state=waits");
    expect_all_of_first(again);
}

}  // namespace
}  // namespace filrouge::engine
