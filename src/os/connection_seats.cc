#include "os/connection_seats.h"

#include <algorithm>
#include <string_view>

namespace filrouge::os {

namespace {

bool is_ipv4(const IpAddress& address) {
    static constexpr IpAddress kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(address.begin(), address.begin() + 12, kMapped.begin());
}

}  // namespace

std::size_t ConnectionSeats::Hash::operator()(const IpAddress& address) const {
    return std::hash<std::string_view>()(
        {reinterpret_cast<const char*>(address.data()), address.size()});
}

ConnectionSeat ConnectionSeats::take(IpAddress address) {
    const std::uint32_t max = is_private_address(address) ? private_max_ : public_max_;
    if (!is_ipv4(address)) std::fill(address.begin() + 8, address.end(), std::uint8_t{0});
    {
        const std::lock_guard lock(book_->mutex);
        std::uint32_t& taken = book_->taken[address];
        if (taken >= max) return nullptr;
        ++taken;
    }
    return {static_cast<const void*>(this), [book = book_, address](const void*) {
                const std::lock_guard lock(book->mutex);
                const auto found = book->taken.find(address);
                if (--found->second == 0) book->taken.erase(found);
            }};
}

}  // namespace filrouge::os
