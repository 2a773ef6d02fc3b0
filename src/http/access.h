// Who may call a route. Every row of the route table states it: an Access cannot be made without
// saying one of the three, so a route that forgets does not compile.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "engine/runtime.h"

namespace filrouge::http {

class Access {
  public:
    using Role = engine::Role;
    static constexpr Access everyone() { return Access(Kind::Everyone, 0); }
    // The public write key of a source: it writes events and reads nothing of anybody.
    static constexpr Access write_key() { return Access(Kind::WriteKey, bit(Role::Write)); }
    static constexpr Access roles(std::initializer_list<Role> roles) {
        std::uint32_t bits = 0;
        for (const Role role : roles) bits |= bit(role);
        return Access(Kind::Roles, bits);
    }
    constexpr bool is_everyone() const { return kind_ == Kind::Everyone; }
    constexpr bool is_write_key() const { return kind_ == Kind::WriteKey; }
    constexpr bool allows(Role role) const { return is_everyone() || (bits_ & bit(role)) != 0; }

  private:
    enum class Kind : std::uint8_t { Everyone, WriteKey, Roles };
    static constexpr std::uint32_t bit(Role role) { return 1u << static_cast<unsigned>(role); }
    constexpr Access(Kind kind, std::uint32_t bits) : kind_(kind), bits_(bits) {}
    Kind kind_;
    std::uint32_t bits_;
};

}  // namespace filrouge::http
