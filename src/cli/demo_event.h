// One thing that happens in the demonstration shop, and how the device there words it for
// Filrouge: the bodies of the tracking protocol, as the usual SDKs send them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "base/time.h"

namespace filrouge::cli {

// Who sends: each has a source of its own, a queue of its own and its own way of retrying.
enum class DemoDoor : std::uint8_t { Web, App, Till, Kiosk, Call, Email };
struct DemoDoorRow {
    DemoDoor door;
    std::string_view source;  // id
    std::string_view name;
    std::string_view channel;
    std::string_view library;
    std::string_view prefix;   // of its message ids
    std::uint32_t batch_max;   // events a request
    std::string_view purpose;  // that it collects for
    std::string_view basis;    // of its events
};
constexpr std::array<DemoDoorRow, 6> kDemoDoors = {{
    {DemoDoor::Web, "camelia-web", "Site Maison Camélia", "web", "analytics.js", "ajs-next-", 10,
     "measurement", "consent"},
    {DemoDoor::App, "camelia-app", "Application", "app", "analytics-kotlin", "kt-", 20,
     "measurement", "consent"},
    {DemoDoor::Till, "camelia-tills", "Caisses des boutiques", "store", "camelia-till", "till-", 50,
     "measurement", "consent"},
    {DemoDoor::Kiosk, "camelia-kiosks", "Bornes et chariots", "kiosk", "camelia-kiosk", "kiosk-",
     10, "measurement", "consent"},
    {DemoDoor::Call, "camelia-calls", "Service client", "call", "camelia-desk", "call-", 5,
     "service", "contract"},
    {DemoDoor::Email, "camelia-email", "Lettres et confirmations", "email", "camelia-mailer",
     "mail-", 50, "marketing.email", "consent"},
}};
constexpr const DemoDoorRow& row_of(DemoDoor door) {
    return kDemoDoors[static_cast<std::size_t>(door)];
}

enum class DemoOddity : std::uint8_t {
    None,
    Prefetch,        // the browser fetches ahead; nobody looks
    PrivacyControl,  // Sec-GPC: 1
    SentTwice,       // the answer got lost, the device asks again
    NoName,          // bad: a track event without its name
    UnknownType,     // bad
    RepeatedKey,     // bad
    TooLargeNumber,  // bad
    TooLong,         // bad: more than 32 KiB
};
constexpr bool is_bad(DemoOddity oddity) { return oddity >= DemoOddity::NoName; }

struct DemoEvent {
    Duration at;   // since the beginning of the demonstration
    Duration due;  // when it is sent; later than `at` for a phone without network
    DemoDoor door = DemoDoor::Web;
    DemoOddity oddity = DemoOddity::None;
    std::string type = "track";  // track, identify, page, screen
    std::string name;            // of a track event, page or screen
    std::string user_id, anonymous_id, message_id;
    std::string properties;  // a JSON object, or empty; of identify: its traits
    std::string context;     // members of the context, without braces
};

// Where the demonstration's own time lies in ours.
struct DemoTime {
    EventTime begin;
    std::uint32_t speed = 1;
    EventTime of(Duration d) const {
        return begin + microseconds(d.us / static_cast<std::int64_t>(speed));
    }
};

// The event as one JSON object.
void append_event(std::string& out, const DemoEvent& event, const DemoTime& time);

// {"a": 1} from what is written by `fill` into an open object.
template <class Fill>
std::string json_object(const Fill& fill) {
    std::string out;
    JsonWriter json(out);
    json.open_object();
    fill(json);
    json.close();
    return out;
}

}  // namespace filrouge::cli
