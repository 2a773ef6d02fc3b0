// `filrouge demo`: the demonstration shop's traffic, sent through the real doors of a server that
// runs elsewhere or, with --serve, that this starts and starts again when it dies.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "cli/demo_lane.h"
#include "cli/demo_setup.h"
#include "seam/clock.h"
#include "seam/http_client.h"

namespace filrouge::cli {

struct DemoOptions {
    std::string url = "http://127.0.0.1:8180";
    std::string token;     // or the one of the data folder
    std::string data;      // folder
    std::string settings;  // filrouge.toml for --serve; may be empty
    std::uint64_t seed = 7;
    std::uint32_t people = 2'000;
    std::string speed = "60x";  // how much faster than life
    std::uint32_t rate = 0;     // events a second; takes the place of speed
    std::string length;         // "10m"; empty: until stopped
    bool serve = false;
};

constexpr std::uint32_t kDemoSpeedMax = 100'000;

std::optional<std::uint32_t> parse_speed(std::string_view text);  // "60x", "60"
std::optional<Duration> parse_length(std::string_view text);      // "90s", "10m", "2h", "1d"

struct DemoSeams {
    Clock& clock;
    std::function<std::unique_ptr<HttpClient>()> http;  // one a sender
    std::function<void(std::string_view)> say;          // a line for the person who watches
    // Once the server answers and has what the demonstration needs.
    std::function<void(const DemoKeys&)> ready = {};
};

// Until its time is over or `stop` is set. What waits in queues then is still sent, for a moment.
Result<void> run_demo(const DemoOptions& options, const DemoSeams& seams,
                      const std::atomic<bool>& stop);

// Reads the options' meaning, handles signals, starts the server with --serve. The exit code.
int demo_command(const DemoOptions& options);

}  // namespace filrouge::cli
