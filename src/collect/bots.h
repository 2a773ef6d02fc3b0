// Is this a person? A verdict never drops an event: it marks it, and figures leave it out unless
// asked for. Everything here is deterministic in its arguments.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "collect/incoming.h"

namespace filrouge::collect {

// `Robot` says so itself, or is a known crawler, monitor or headless browser. `Tool` is a program
// that fetches (curl, python-requests, okhttp): a shop's own server sends its events with one, so
// it only counts against an event that claims to come from a browser.
enum class AgentKind : std::uint8_t { Person = 0, Tool = 1, Robot = 2 };
AgentKind agent_kind(std::string_view user_agent);

// The same, remembering the last few: the events of one batch mostly share their user agent.
class AgentMemory {
  public:
    AgentKind kind(std::string_view user_agent);

  private:
    struct Slot {
        std::string agent;
        AgentKind kind = AgentKind::Person;
    };
    std::array<Slot, 64> slots_;
};

// From the request headers Sec-Purpose, Purpose and X-Moz; empty where absent.
bool says_prefetch(std::string_view sec_purpose, std::string_view purpose, std::string_view x_moz);
// From the request header Sec-GPC.
bool says_global_privacy_control(std::string_view sec_gpc);

// Watches how fast each key sends. A key is a keyed hash of a source and an address, so that nobody
// can choose to share a stranger's slot. Memory is fixed: under pressure the slowest of a
// set of eight is forgotten, so a fast one is never hidden by the crowd.
class RateWatch {
  public:
    struct Limit {
        std::uint32_t events = 200;
        Duration window = seconds(10);
    };
    RateWatch(Limit limit, std::size_t keys_max);
    explicit RateWatch(Limit limit) : RateWatch(limit, 65'536) {}
    // How many of the key's next `events` are still within the limit of the window.
    std::uint32_t within_limit(std::uint64_t key, std::uint32_t events, IngestTime at);
    std::size_t bytes() const { return slots_.size() * sizeof(Slot); }

  private:
    struct Slot {
        std::uint64_t key = 0;
        std::uint32_t window = 0;  // the number of the window since 1970, 0 when unused
        std::uint32_t count = 0;
    };
    static constexpr std::size_t kWays = 8;
    Limit limit_;
    std::vector<Slot> slots_;
};

}  // namespace filrouge::collect
