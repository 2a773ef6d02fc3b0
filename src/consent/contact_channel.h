// The ways by which a brand may reach a person. Not where a contact happened (model/channel.h):
// somebody who buys in a store may have agreed to e-mail. On disk since format 1: never renumber,
// never reuse a number.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace filrouge::consent {

enum class ContactChannel : std::uint8_t {
    All = 0,  // of a purpose that reaches nobody, or by any way
    Email = 1,
    Sms = 2,
    Push = 3,
    Phone = 4,  // somebody calls
    Post = 5,
    Onsite = 6,  // on the brand's own pages and in its app
};
constexpr std::array<std::string_view, 7> kContactChannelNames = {"all",   "email", "sms",   "push",
                                                                  "phone", "post",  "onsite"};

constexpr std::string_view name_of(ContactChannel channel) {
    return kContactChannelNames[static_cast<std::size_t>(channel)];
}
constexpr std::optional<ContactChannel> contact_channel_named(std::string_view name) {
    for (std::size_t i = 0; i < kContactChannelNames.size(); ++i) {
        if (kContactChannelNames[i] == name) return static_cast<ContactChannel>(i);
    }
    return std::nullopt;
}

}  // namespace filrouge::consent
