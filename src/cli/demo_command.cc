// `filrouge demo` as the command line runs it: signals, the server and the pages of --serve, the
// token of the data folder, and what is said to the person who watches.
#include <csignal>
#include <cstdio>
#include <fstream>
#include <mutex>

#include "base/text.h"
#include "cli/demo.h"
#include "cli/demo_server.h"
#include "cli/demo_site.h"
#include "os/clock.h"
#include "os/http_client.h"
#include "os/http_listener.h"
#include "os/http_socket.h"

namespace filrouge::cli {
namespace {

std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

void ask_to_stop(int) { stop_asked = true; }

void catch_signals() {
    struct sigaction action = {};
    action.sa_handler = ask_to_stop;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

void say(std::string_view line) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

int fail(const Error& error) {
    std::fprintf(stderr, "filrouge demo: %s\n", error.message.c_str());
    if (!error.hint.empty()) std::fprintf(stderr, "  %s\n", error.hint.c_str());
    return 1;
}

std::optional<Error> wrong_option(const DemoOptions& o) {
    if (!parse_speed(o.speed)) {
        return Error{"demo.option", "--speed is 1x to 100000x.", "For example --speed 60x"};
    }
    if (!o.length.empty() && !parse_length(o.length)) {
        return Error{"demo.option", "--for is a number with s, m, h or d.",
                     "For example --for 10m"};
    }
    if (o.people == 0 || o.people > 1'000'000) {
        return Error{"demo.option", "--people is 1 to 1000000.", ""};
    }
    if (o.serve && o.data.empty()) {
        return Error{"demo.option", "--serve needs a folder.", "For example --data data/demo"};
    }
    if (o.token.empty() && o.data.empty()) {
        return Error{"demo.option", "The demonstration makes sources, for which it needs a token.",
                     "--data FOLDER, where the server's token is, or --token TOKEN"};
    }
    return std::nullopt;
}

std::uint16_t port_of(const std::string& url) {
    const std::size_t colon = url.rfind(':');
    const auto port = parse_int(std::string_view(url).substr(colon + 1));
    return port && *port > 0 && *port < 65'535 ? static_cast<std::uint16_t>(*port) : 8180;
}

std::vector<std::string> serve_arguments(const DemoOptions& o) {
    std::vector<std::string> words = {"serve", "--data", o.data, "--port",
                                      std::to_string(port_of(o.url))};
    if (!o.settings.empty()) words.insert(words.end(), {"--settings", o.settings});
    return words;
}

// A new data folder has its token a moment after its server was started.
std::string read_token(const std::string& data, bool wait, const DemoServer* server) {
    for (int tries = 0; !stop_asked; ++tries) {
        std::ifstream file(data + "/secrets/cli-token");
        std::string token;
        if (std::getline(file, token) && !token.empty()) return token;
        if (!wait || tries > 300 || (server != nullptr && server->given_up())) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return {};
}

Error server_ended() {
    return {"demo.server_ended", "The server ended by itself; above it says why.",
            "Is its port taken, give another one: --url http://127.0.0.1:8181"};
}

// The pages of the demonstration, on the port after the server's. Nothing when it is taken: the
// shop's people go on without them.
std::unique_ptr<Listener> open_pages(DemoSite& site, std::uint16_t port) {
    const auto socket = os::listening_socket("127.0.0.1", port);
    auto listener = socket.ok() ? os::make_http_listener_on(site, socket.value(), 1, {})
                                : Result<std::unique_ptr<Listener>>(socket.error());
    if (listener.ok()) return std::move(listener).value();
    say("\n  Port " + std::to_string(port) + " is taken: this runs without its tour and its shop.");
    return nullptr;
}

void welcome(const DemoOptions& o, const std::string& tour) {
    if (!tour.empty()) say("\n  Open            " + tour + "   five steps, in English and French");
    std::ifstream file(o.data + "/secrets/admin-link");
    std::string secret;
    if (std::getline(file, secret) && !secret.empty()) {
        say("  The console     " + o.url + "/admin?secret=" + secret +
            "   (good once; the tour leads to it, too)");
    } else {
        say("  The console     " + o.url + "/   (token: " + o.data + "/secrets/cli-token)");
    }
    say("  A year of tills filrouge import --map maps/complete-journey.toml --data " + o.data +
        " FILES");
    say("  Stop            Ctrl+C; the same command goes on where this ended\n");
}

}  // namespace

int demo_command(const DemoOptions& given) {
    if (const auto wrong = wrong_option(given)) return fail(*wrong);
    catch_signals();
    DemoOptions options = given;
    while (options.url.ends_with('/')) options.url.pop_back();
    std::unique_ptr<DemoServer> server;
    if (options.serve)
        server =
            std::make_unique<DemoServer>(serve_arguments(options), say, [] { stop_asked = true; });
    if (options.token.empty()) {
        options.token = read_token(options.data, options.serve, server.get());
        if (server != nullptr && server->given_up()) return fail(server_ended());
        if (options.token.empty() && stop_asked) return 0;
        if (options.token.empty()) {
            return fail({"demo.no_token", "There is no token in the data folder.",
                         "Is --data the folder of the server? Did the server start?"});
        }
    }
    const std::unique_ptr<Clock> clock = os::make_clock();
    const auto http = [] { return os::make_http_client({.private_addresses = true}); };
    std::unique_ptr<DemoSite> site;
    std::unique_ptr<Listener> pages;  // after the site, which it must not outlive
    const auto ready = [&](const DemoKeys& keys) {
        if (!options.serve) return;
        const auto port = static_cast<std::uint16_t>(port_of(options.url) + 1);
        DemoOffice office(options.url, options.token, keys.at(DemoDoor::Till), http, *clock);
        site = std::make_unique<DemoSite>(DemoSiteOptions{options.url, port, options.data, keys},
                                          std::move(office));
        pages = open_pages(*site, port);
        const std::string at = "http://127.0.0.1:" + std::to_string(port) + "/";
        welcome(options, pages != nullptr ? at : "");
    };
    const DemoSeams seams{*clock, http, say, ready};
    const Result<void> done = run_demo(options, seams, stop_asked);
    if (server != nullptr && server->given_up()) return fail(server_ended());
    if (!done.ok() && !stop_asked) return fail(done.error());
    return 0;
}

}  // namespace filrouge::cli
