// How many connections each address holds. An IPv6 sender has a whole /64 and counts as one.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/ip_address.h"

namespace filrouge::os {

using ConnectionSeat = std::shared_ptr<const void>;  // given back when the last copy goes

class ConnectionSeats {
  public:
    // Behind a private address there may be a proxy with all senders, behind a public one a
    // household or an office.
    ConnectionSeats(std::uint32_t public_max, std::uint32_t private_max)
        : book_(std::make_shared<Book>()), public_max_(public_max), private_max_(private_max) {}

    // Null when the address has as many as it may. Any thread.
    ConnectionSeat take(IpAddress address);

  private:
    struct Hash {
        std::size_t operator()(const IpAddress& address) const;
    };
    struct Book {
        std::mutex mutex;
        std::unordered_map<IpAddress, std::uint32_t, Hash> taken;
    };
    const std::shared_ptr<Book> book_;
    const std::uint32_t public_max_, private_max_;
};

}  // namespace filrouge::os
