// What base/bytes.h writes and reads, in memory that its caller has found large enough: for records
// that come by the million, where asking at each number whether there is room for it costs most.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace filrouge {

static_assert(std::endian::native == std::endian::little,
              "numbers are little-endian; a big-endian machine needs byte swaps here");

class RoomWriter {
  public:
    static constexpr std::size_t kVarintBytesMax = 10;
    // What sized() writes of it at most.
    static std::size_t room_of(BytesView bytes) { return kVarintBytesMax + bytes.size(); }

    explicit RoomWriter(char* at) : at_(at) {}
    void u8(std::uint8_t v) { *at_++ = static_cast<char>(v); }
    void u16(std::uint16_t v) { fixed(v); }
    void u32(std::uint32_t v) { fixed(v); }
    void u64(std::uint64_t v) { fixed(v); }
    void varint(std::uint64_t v) {
        for (; v >= 0x80; v >>= 7) *at_++ = static_cast<char>(v | 0x80);
        *at_++ = static_cast<char>(v);
    }
    void varint_signed(std::int64_t v) { varint(zigzag(v)); }
    void raw(BytesView bytes) {
        if (bytes.empty()) return;
        std::memcpy(at_, bytes.data(), bytes.size());
        at_ += bytes.size();
    }
    void sized(BytesView bytes) {
        varint(bytes.size());
        raw(bytes);
    }
    char* at() const { return at_; }  // behind what was written

  private:
    template <class T>
    void fixed(T v) {
        std::memcpy(at_, &v, sizeof v);
        at_ += sizeof v;
    }
    char* at_;
};

// The same for reading: its caller has found that all of it is there.
class RoomReader {
  public:
    explicit RoomReader(const char* at) : at_(at) {}
    std::uint8_t u8() { return fixed<std::uint8_t>(); }
    std::uint16_t u16() { return fixed<std::uint16_t>(); }
    std::uint32_t u32() { return fixed<std::uint32_t>(); }
    std::uint64_t u64() { return fixed<std::uint64_t>(); }

  private:
    template <class T>
    T fixed() {
        T v = 0;
        std::memcpy(&v, at_, sizeof v);
        at_ += sizeof v;
        return v;
    }
    const char* at_;
};

}  // namespace filrouge
