#include "os/connection_seats.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace filrouge::os {
namespace {

IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    const std::uint8_t bytes[] = {a, b, c, d};
    return mapped_ipv4(bytes);
}

IpAddress v6(std::uint8_t network, std::uint8_t host) {
    IpAddress address{0x20, 0x01, 0x0d, 0xb9};
    address[7] = network;
    address[15] = host;
    return address;
}

TEST(ConnectionSeats, AnAddressHasSoManyAndGetsThemBack) {
    ConnectionSeats seats(2, 5);
    std::optional first = seats.take(v4(8, 8, 8, 8));
    const ConnectionSeat second = seats.take(v4(8, 8, 8, 8));
    EXPECT_NE(*first, nullptr);
    EXPECT_NE(second, nullptr);
    EXPECT_EQ(seats.take(v4(8, 8, 8, 8)), nullptr);
    EXPECT_NE(seats.take(v4(8, 8, 8, 9)), nullptr) << "another one has its own";
    first.reset();
    EXPECT_NE(seats.take(v4(8, 8, 8, 8)), nullptr);
}

TEST(ConnectionSeats, AProxyOnAPrivateAddressHasMore) {
    ConnectionSeats seats(1, 3);
    std::vector<ConnectionSeat> held;
    for (int i = 0; i < 3; ++i) held.push_back(seats.take(v4(10, 0, 0, 1)));
    for (const ConnectionSeat& seat : held) EXPECT_NE(seat, nullptr);
    EXPECT_EQ(seats.take(v4(10, 0, 0, 1)), nullptr);
}

TEST(ConnectionSeats, ANetworkOfIpv6IsOneSender) {
    ConnectionSeats seats(1, 1);
    const ConnectionSeat held = seats.take(v6(1, 1));
    EXPECT_EQ(seats.take(v6(1, 2)), nullptr);
    EXPECT_NE(seats.take(v6(2, 1)), nullptr);
}

TEST(ConnectionSeats, ASeatMayOutliveTheBook) {
    ConnectionSeat held;
    {
        ConnectionSeats seats(1, 1);
        held = seats.take(v4(8, 8, 8, 8));
    }
    held.reset();
}

}  // namespace
}  // namespace filrouge::os
