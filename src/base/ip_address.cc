#include "base/ip_address.h"

#include <cstring>

namespace filrouge {
namespace {

struct Block4 {
    std::uint32_t base;
    int bits;
};
// RFC 6890 and its successors: what is not for the Internet at large.
constexpr std::array kBlocks4 = {
    Block4{0x00000000, 8},   // this network
    Block4{0x0a000000, 8},   // private
    Block4{0x64400000, 10},  // carrier-grade NAT
    Block4{0x7f000000, 8},   // this machine
    Block4{0xa9fe0000, 16},  // link-local, where clouds keep their secrets
    Block4{0xac100000, 12},  // private
    Block4{0xc0000000, 24},  // protocol assignments
    Block4{0xc0000200, 24},  // documentation
    Block4{0xc0586300, 24},  // 6to4 relays
    Block4{0xc0a80000, 16},  // private
    Block4{0xc6120000, 15},  // benchmarks
    Block4{0xc6336400, 24},  // documentation
    Block4{0xcb007100, 24},  // documentation
    Block4{0xe0000000, 4},   // multicast
    Block4{0xf0000000, 4},   // reserved, broadcast
};

bool is_private4(std::uint32_t address) {
    for (const Block4& block : kBlocks4) {
        if ((address ^ block.base) >> (32 - block.bits) == 0) return true;
    }
    return false;
}

std::uint32_t big_endian(const std::uint8_t* bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | bytes[3];
}

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

IpAddress mapped_ipv4(const std::uint8_t* four_bytes) {
    IpAddress out{};
    std::memcpy(out.data(), kMapped.data(), kMapped.size());
    std::memcpy(out.data() + kMapped.size(), four_bytes, 4);
    return out;
}

bool is_private_address(const IpAddress& a) {
    // Only 2000::/3 is given out; what stands in it for an IPv4 address is judged as that.
    constexpr std::array<std::uint8_t, 12> kNat64 = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    if (std::memcmp(a.data(), kMapped.data(), 12) == 0 ||
        std::memcmp(a.data(), kNat64.data(), 12) == 0) {
        return is_private4(big_endian(a.data() + 12));
    }
    if ((a[0] & 0xe0) != 0x20) return true;
    if (a[0] == 0x20 && a[1] == 0x02) return is_private4(big_endian(a.data() + 2));  // 6to4
    if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0) return true;         // Teredo
    return a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8;  // documentation
}

}  // namespace filrouge
