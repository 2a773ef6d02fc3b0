// How a change for a webhook came to its end, and what counts those that went untold.
#pragma once

#include <cstdint>
#include <string_view>

namespace filrouge::engine {

// On disk: never renumber.
enum class WebhookTaken : std::uint8_t {
    Sent = 1,
    GivenUp = 2,   // not taken for a day
    Withheld = 3,  // who it is about may not be told of any more
};
constexpr std::string_view kWebhooksWithheld = "webhooks_withheld";

}  // namespace filrouge::engine
