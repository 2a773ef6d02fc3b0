// `filrouge serve`: the server, until it is asked to stop.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/exit_code.h"
#include "server/diagnostics.h"
#include "server/out_of_memory.h"
#include "server/server.h"

namespace filrouge::cli {

namespace {

using engine::RuntimeState;
using server::diagnose;
using server::Level;

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

// True when somebody asked to stop.
bool wait_for_signal(const sigset_t& signals, long ms) {
    const timespec time{ms / 1000, ms % 1000 * 1'000'000};
    return sigtimedwait(&signals, nullptr, &time) > 0;
}

void say(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

// The link lets in whoever has it, once: it is for a terminal, not for the journal of a system.
void welcome(const server::Server& server, const std::string& data) {
    say("Ready: " + server.url() + "/");
    const auto link = server.admin_link();
    if (!link) return;
    say("Sign in, once: " +
        (::isatty(STDOUT_FILENO) != 0
             ? *link
             : server.url() + "/admin?secret= and what stands in " + data + "/secrets/admin-link"));
}

// Follows the engine's state until a signal comes or it fails.
int watch(server::Server& server, const std::string& data, const sigset_t& signals) {
    RuntimeState known = RuntimeState::Starting;
    std::string told;
    for (;;) {
        const RuntimeState state = server.runtime().state();
        if (state == RuntimeState::Starting) {
            const std::string text = server.runtime().state_text();
            if (text != told) say(text);
            told = text;
        }
        if (state != known) {
            if (state == RuntimeState::Ready) {
                welcome(server, data);
                diagnose(Level::Info, "ready",
                         {{"sequence", std::to_string(server.runtime().folded())}});
            }
            if (state == RuntimeState::Failed) {
                std::fprintf(stderr, "filrouge: %s\n", server.runtime().state_text().c_str());
                return is_damage(server.failure_code()) ? kExitDamaged : kExitStorage;
            }
            known = state;
        }
        if (wait_for_signal(signals, state == RuntimeState::Starting ? 200 : 500)) return kExitOk;
    }
}

// The memory has every key and every person in the clear: no crash may write it to a disk, and no
// other program of the same user may read it. Who is root still may (gdb, perf).
bool keep_memory_to_ourselves() {
    const rlimit none{0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0;
}

int serve(Context& context, const Args& args) {
    if (!keep_memory_to_ourselves())
        diagnose(Level::Warning, "core files are not prevented",
                 {{"errno", std::to_string(errno)}});
    server::end_when_memory_runs_out();
    const sigset_t signals = stop_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread, so that all inherit it
    server::ServerOptions options;
    options.data = context.data();
    options.settings_file = args.text("--settings");
    if (args.has("--listen")) options.listen = args.text("--listen");
    if (args.has("--port")) {
        const std::uint64_t port = args.number("--port", 0);
        if (port > 65'535) {
            std::fprintf(stderr, "filrouge: --port is 0 to 65535.\n");
            return kExitUsage;
        }
        options.port = static_cast<std::uint16_t>(port);
    }
    say("Filrouge " FILROUGE_VERSION ", data in " + options.data);
    auto server = server::Server::start(options);
    if (!server.ok()) {
        diagnose(Level::Error, "not started", {{"code", server.error().code}});
        const int code = Context::fail(server.error());
        // A file that is not understood is not by the next start either.
        return server.error().code.starts_with("settings.") ? kExitUsage : code;
    }
    diagnose(Level::Info, "started", {{"version", FILROUGE_VERSION}});
    const int code = watch(*server.value(), options.data, signals);
    if (code == kExitOk) say("Stopping");
    server.value()->stop();
    diagnose(Level::Info, "stopped");
    return code;
}

}  // namespace

std::vector<Command> serve_commands() {
    return {{"serve",
             "run the server until SIGTERM or Ctrl+C",
             "filrouge serve --data data/shop --port 8180",
             {{"--settings", "settings file (default: filrouge.toml in the data folder)"},
              {"--listen", "address to listen on, before the settings'"},
              {"--port", "port to listen on, before the settings'; 0 takes a free one"}},
             serve}};
}

}  // namespace filrouge::cli
