// Where a contact happened. On disk since format 1: never renumber, never reuse a number.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace filrouge {

enum class Channel : std::uint8_t {
    Other = 0,
    Web = 1,
    App = 2,
    Store = 3,
    Kiosk = 4,
    Beacon = 5,
    Call = 6,
    Chat = 7,
    Email = 8,
    Sms = 9,
    Push = 10,
    Social = 11,
    Tv = 12,
    Object = 13,
    Server = 14,
    Catalog = 15,
};
constexpr std::size_t kChannels = 16;
constexpr std::array<std::string_view, kChannels> kChannelNames = {
    "other", "web", "app",  "store",  "kiosk", "beacon", "call",   "chat",
    "email", "sms", "push", "social", "tv",    "object", "server", "catalog"};

constexpr std::string_view name_of(Channel c) { return kChannelNames[static_cast<std::size_t>(c)]; }

// Also knows the names that the tracking SDKs use: "mobile" is the app, "pos" and "till" the store.
constexpr std::optional<Channel> channel_named(std::string_view name) {
    for (std::size_t i = 0; i < kChannels; ++i) {
        if (kChannelNames[i] == name) return static_cast<Channel>(i);
    }
    if (name == "mobile" || name == "ios" || name == "android") return Channel::App;
    if (name == "browser" || name == "site") return Channel::Web;
    if (name == "pos" || name == "till" || name == "shop") return Channel::Store;
    if (name == "phone" || name == "call_centre" || name == "call_center") return Channel::Call;
    return std::nullopt;
}

}  // namespace filrouge
