// An internet address as 16 bytes; an IPv4 one stands in ::ffff:0:0/96.
#pragma once

#include <array>
#include <cstdint>

namespace filrouge {

using IpAddress = std::array<std::uint8_t, 16>;

IpAddress mapped_ipv4(const std::uint8_t* four_bytes);
// Does it only reach this machine or a private network, or nothing at all?
bool is_private_address(const IpAddress& address);

}  // namespace filrouge
