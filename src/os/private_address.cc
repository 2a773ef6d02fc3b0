#include "os/private_address.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "base/ip_address.h"

namespace filrouge::os {

bool is_private_address(const sockaddr& address) {
    IpAddress bytes{};
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        bytes = mapped_ipv4(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr));
    } else if (address.sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    } else {
        return true;
    }
    return filrouge::is_private_address(bytes);
}

}  // namespace filrouge::os
