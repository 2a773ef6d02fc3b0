// What a token may do at the doors. Stands in token records: never renumber, never reuse a number.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace filrouge::engine {

enum class Role : std::uint8_t {
    None = 0,
    Write = 1,
    Staff = 2,
    Analyst = 3,
    Marketer = 4,
    Privacy = 5,
    Admin = 6,
    CallCentre = 7
};
struct Caller {
    Role role = Role::None;
    // The id of who answers for it: of an account, or of a token that is nobody's own. Empty where
    // a source's write key called.
    std::string token;
    std::string via = {};  // the id of the account's own token, where one called
};
constexpr std::array<std::string_view, 8> kRoleNames = {
    "none", "write", "staff", "analyst", "marketer", "privacy", "admin", "call_centre"};
// Those that an account or a token may have, for who named another.
constexpr const char* kRolesHint = "One of: staff, call_centre, analyst, marketer, privacy, admin.";

// What is left of a token's role while its account has `owner`: an admin may give any, everybody
// else their own. None where the account may nothing of it.
constexpr Role narrower(Role owner, Role token) {
    if (owner == token || owner == Role::Admin) return token;
    return token == Role::Admin ? owner : Role::None;
}

constexpr std::string_view name_of(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

constexpr std::optional<Role> role_named(std::string_view name) {
    for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
        if (kRoleNames[i] == name) return static_cast<Role>(i);
    }
    return std::nullopt;
}

}  // namespace filrouge::engine
