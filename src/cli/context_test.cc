// What a command prints reaches its reader whole, or the exit code says so.
#include "cli/context.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "cli/command.h"
#include "cli/run.h"
#include "fake/temp_folder.h"

namespace filrouge::cli {
namespace {

// Standard output goes to `path` for as long as it lives.
class Redirected {
  public:
    explicit Redirected(const std::string& path) : former_(::dup(STDOUT_FILENO)) {
        std::fflush(stdout);
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
        ::dup2(file, STDOUT_FILENO);
        ::close(file);
    }
    ~Redirected() {
        std::fflush(stdout);
        std::clearerr(stdout);
        ::dup2(former_, STDOUT_FILENO);
        ::close(former_);
    }
    Redirected(const Redirected&) = delete;
    Redirected& operator=(const Redirected&) = delete;

  private:
    const int former_;
};

TEST(Output, GoesOnBehindAZeroByte) {
    const fake::TempFolder folder;
    const std::string path = folder.path() + "/out";
    const std::string text("product,count\r\nA\0B,1\r\nC,2\r\n", 27);
    int code = -1;
    {
        const Redirected out(path);
        code = Context::put(text);
    }
    EXPECT_EQ(code, kExitOk);
    std::ifstream file(path, std::ios::binary);
    std::stringstream written;
    written << file.rdbuf();
    EXPECT_EQ(written.str(), text);
}

TEST(Output, ThatDoesNotFitIsNoSuccess) {
    if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "this system has no /dev/full";
    int code = -1;
    testing::internal::CaptureStderr();
    {
        const Redirected out("/dev/full");
        code = Context::put(std::string(100'000, 'x'));
    }
    EXPECT_EQ(code, kExitRefused) << "a server that would answer later is not what is missing";
    EXPECT_NE(testing::internal::GetCapturedStderr().find("could not be written"),
              std::string::npos);
}

TEST(Output, OfNoCommandIsASuccessWhereItDoesNotFit) {
    if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "this system has no /dev/full";
    for (const char* word : {"settings", "--help", "--version"}) {
        std::string program = "filrouge", said = word;
        std::array<char*, 2> words{program.data(), said.data()};
        int code = -1;
        testing::internal::CaptureStderr();
        {
            const Redirected out("/dev/full");
            code = run(static_cast<int>(words.size()), words.data());
        }
        EXPECT_EQ(code, kExitRefused) << word;
        EXPECT_NE(testing::internal::GetCapturedStderr().find("could not be written"),
                  std::string::npos)
            << word;
    }
}

}  // namespace
}  // namespace filrouge::cli
