#include "cli/demo_server.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>

namespace filrouge::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kQuickEndsMax = 5;
constexpr std::chrono::seconds kQuick{2};
constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::seconds kStopPatience{20};

}  // namespace

DemoServer::DemoServer(std::vector<std::string> arguments,
                       std::function<void(std::string_view)> say, std::function<void()> gave_up)
    : arguments_(std::move(arguments)),
      say_(std::move(say)),
      gave_up_(std::move(gave_up)),
      thread_([this] { watch(); }) {}

DemoServer::~DemoServer() {
    stopping_ = true;
    thread_.join();
}

void DemoServer::start() {
    std::vector<char*> words;
    std::string name = "filrouge";
    words.push_back(name.data());
    std::vector<std::string> copies = arguments_;
    for (std::string& word : copies) words.push_back(word.data());
    words.push_back(nullptr);
    const pid_t parent = getpid();
    child_ = fork();
    if (child_ != 0) return;
    // Only what may be called between fork and exec. It must not outlive who started it.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    // Ctrl+C goes to the whole group of the terminal; the server stops when it is asked to.
    setpgid(0, 0);
    execv("/proc/self/exe", words.data());
    _exit(127);
}

DemoServer::End DemoServer::wait_for_end() {
    while (true) {
        int status = 0;
        if (waitpid(child_, &status, WNOHANG) != 0)
            return WIFSIGNALED(status) ? End::Killed : End::ByItself;
        if (stopping_) break;
        std::this_thread::sleep_for(kLook);
    }
    kill(child_, SIGTERM);
    const auto until = Clock::now() + kStopPatience;
    while (waitpid(child_, nullptr, WNOHANG) == 0) {
        if (Clock::now() > until) kill(child_, SIGKILL);
        std::this_thread::sleep_for(kLook);
    }
    return End::Stopped;
}

void DemoServer::watch() {
    for (int quick_ends = 0; !stopping_;) {
        const auto started = Clock::now();
        start();
        if (child_ < 0) break;
        say_("The server is process " + std::to_string(child_) + ". Try: kill -9 " +
             std::to_string(child_));
        const End end = wait_for_end();
        if (end == End::Stopped) return;
        if (end == End::ByItself) break;
        quick_ends = Clock::now() - started < kQuick ? quick_ends + 1 : 0;
        if (quick_ends == kQuickEndsMax) break;
        if (quick_ends > 1) std::this_thread::sleep_for(kLook * (1 << quick_ends));
        say_(
            "The server is gone. Nothing that it acknowledged is lost; the shop keeps the rest "
            "and asks again. Starting it anew.");
    }
    if (stopping_) return;
    given_up_ = true;
    gave_up_();
}

}  // namespace filrouge::cli
