// Is this an address that only reaches this machine or a private network? Requests that others can
// cause must not go there.
#pragma once

struct sockaddr;

namespace filrouge::os {

bool is_private_address(const sockaddr& address);  // true for families it does not know

}  // namespace filrouge::os
