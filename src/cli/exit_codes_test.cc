// What `filrouge serve` ends with, by what kept it from serving: systemd starts again after all but
// 2 and 4, for neither is mended by another start.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <new>
#include <thread>

#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/run.h"
#include "fake/temp_folder.h"
#include "os/disk.h"
#include "server/server.h"
#include "storage/log.h"

namespace filrouge::cli {
namespace {

namespace fs = std::filesystem;

// Makes a shop and stops it.
struct AtRest {
    AtRest() {
        for (const char* name : {"FILROUGE_URL", "FILROUGE_DATA", "FILROUGE_TOKEN"}) unsetenv(name);
        const auto server = start();
        for (int i = 0; i < 500; ++i) {
            if (server->runtime().state() == engine::RuntimeState::Ready) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ADD_FAILURE() << server->runtime().state_text();
    }
    std::unique_ptr<server::Server> start() const {
        server::ServerOptions options;
        options.data = data();
        options.port = 0;
        auto started = server::Server::start(options);
        EXPECT_TRUE(started.ok()) << started.error().message;
        return std::move(started).value();
    }
    std::string data() const { return folder.path() + "/shop"; }
    int serve(std::vector<std::string> also = {"--port", "0"}) const {
        std::vector<std::string> words = {"filrouge", "serve", "--data", data()};
        words.insert(words.end(), also.begin(), also.end());
        return run_words(words);
    }
    static int run_words(std::vector<std::string> words) {
        std::vector<char*> arguments;
        arguments.reserve(words.size());
        for (std::string& word : words) arguments.push_back(word.data());
        sigset_t before;
        pthread_sigmask(SIG_SETMASK, nullptr, &before);
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        const int code = run(static_cast<int>(arguments.size()), arguments.data());
        std::fflush(stdout);
        testing::internal::GetCapturedStdout();
        testing::internal::GetCapturedStderr();
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        std::set_new_handler(nullptr);
        return code;
    }
    std::string segment() const {
        for (const auto& entry : fs::directory_iterator(data() + "/log"))
            if (entry.path().extension() == ".frl") return entry.path();
        return {};
    }
    void write_at(const std::string& path, std::streamoff at, char byte) const {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(at);
        file.put(byte);
    }
    fake::TempFolder folder;
};

TEST(ExitCode, OfDamageIsNotStartedAgain) {
    {
        const AtRest shop;
        shop.write_at(shop.segment(), 300, '\x7f');
        EXPECT_EQ(shop.serve(), kExitDamaged) << "a broken group";
    }
    {
        const AtRest shop;
        fs::remove(shop.segment());
        EXPECT_EQ(shop.serve(), kExitDamaged) << "the log's end is gone";
        EXPECT_EQ(AtRest::run_words({"filrouge", "log", "verify", "--data", shop.data()}),
                  kExitDamaged);
        EXPECT_EQ(shop.segment(), "") << "no other log is made in its place";
    }
    {
        const AtRest shop;
        fs::remove_all(shop.data() + "/keys");
        EXPECT_EQ(shop.serve(), kExitDamaged) << "no keys";
    }
    {
        const AtRest shop;
        fs::resize_file(shop.data() + "/keys/process.frk", 30);
        EXPECT_EQ(shop.serve(), kExitDamaged) << "broken keys";
    }
    {
        const AtRest shop;
        std::ofstream(shop.data() + "/secrets/master-key") << std::string(64, 'a');
        EXPECT_EQ(shop.serve(), kExitDamaged) << "another master key";
    }
    {
        const AtRest shop;
        ::chmod((shop.data() + "/secrets/master-key").c_str(), 0644);
        EXPECT_EQ(shop.serve(), kExitDamaged) << "a master key for everybody";
    }
}

TEST(ExitCode, OfWhatOnlyTheFoldingMeetsIsThatOfDamage) {
    const AtRest shop;
    fs::remove_all(shop.data() + "/state");
    const auto disk = os::make_disk();
    {  // a record that this program does not know, as the newest
        auto log = open_segment_log(*disk, shop.data() + "/log").value();
        NewRecord record;
        record.type = static_cast<RecordType>(99);
        ASSERT_TRUE(log->append({1}, {record}).ok());
    }
    EXPECT_EQ(shop.serve(), kExitDamaged);
    EXPECT_EQ(AtRest::run_words({"filrouge", "stats", "--data", shop.data()}), kExitDamaged);
    EXPECT_EQ(AtRest::run_words({"filrouge", "log", "verify", "--data", shop.data()}),
              kExitDamaged);
}

TEST(ExitCode, OfSettingsThatAreNotUnderstoodIsThatOfArguments) {
    const AtRest shop;
    std::ofstream(shop.data() + "/filrouge.toml", std::ios::app) << "\nno such = thing\n";
    EXPECT_EQ(shop.serve(), kExitUsage);
}

TEST(ExitCode, OfAFolderOrAPortThatIsTakenMeansLater) {
    const AtRest shop;
    const auto server = shop.start();
    EXPECT_EQ(shop.serve(), kExitUnreachable);
    const AtRest other;
    const std::string url = server->url();
    EXPECT_EQ(other.serve({"--port", url.substr(url.rfind(':') + 1)}), kExitUnreachable);
}

TEST(ExitCode, FollowsFromTheErrorsCode) {
    for (const char* code :
         {"log.damaged", "log.newer_format", "log.end_missing", "keys.damaged", "keys.missing",
          "keys.wrong_master_key", "keys.bad_master_key", "keys.file_open_to_others",
          "keys.newer_format", "snapshot.newer_format", "backup.damaged", "seal.broken"})
        EXPECT_EQ(exit_code_of(code), kExitDamaged) << code;
    for (const char* code : {"disk.locked", "disk.io", "listen.taken", "log.stopped",
                             "keys.stopped", "keys.disk_full", "cli.unreachable"})
        EXPECT_EQ(exit_code_of(code), kExitUnreachable) << code;
    EXPECT_EQ(exit_code_of("audience.not_found"), kExitRefused);
}

// The unit keeps systemd from starting again what no start mends; the manual says the same.
TEST(ExitCode, IsInTheUnitAsTheManualHasIt) {
    const auto text_of = [](const std::string& path) {
        std::ifstream file(FILROUGE_ROOT "/" + path);
        return std::string{std::istreambuf_iterator<char>(file), {}};
    };
    EXPECT_NE(text_of("deploy/filrouge.service").find("\nRestartPreventExitStatus=2 4\n"),
              std::string::npos);
    const std::string manual = text_of("docs/operations.md");
    for (const char* row :
         {"\n| 2 | settings", "\n| 3 | the port", "\n| 4 | damage", "\n| 5 | the disk"})
        EXPECT_NE(manual.find(row), std::string::npos) << row;
    const std::size_t row = manual.find("\n| 4 | ");
    EXPECT_NE(manual.substr(row, manual.find('\n', row + 1) - row).find("keys"), std::string::npos);
}

}  // namespace
}  // namespace filrouge::cli
