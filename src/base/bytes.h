// Byte strings and the one way we write numbers into them: little-endian fixed width, or LEB128
// varints (signed ones zigzag-coded). A Reader never reads past its end: after the first short or
// malformed read it stays `bad()` and returns zeros, so a caller checks once at the end.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/assert.h"

namespace filrouge {

using Bytes = std::string;           // owned bytes; std::string for its small buffer and append
using BytesView = std::string_view;  // borrowed bytes

constexpr std::uint64_t zigzag(std::int64_t v) {
    return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t v) {
    return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
}

class ByteWriter {
  public:
    explicit ByteWriter(Bytes& out) : out_(out) {}
    void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
    void u16(std::uint16_t v) { fixed(v); }
    void u32(std::uint32_t v) { fixed(v); }
    void u64(std::uint64_t v) { fixed(v); }
    void i64(std::int64_t v) { fixed(static_cast<std::uint64_t>(v)); }
    void varint(std::uint64_t v) {
        char buffer[10];
        std::size_t n = 0;
        while (v >= 0x80) {
            buffer[n++] = static_cast<char>(v | 0x80);
            v >>= 7;
        }
        buffer[n++] = static_cast<char>(v);
        out_.append(buffer, n);
    }
    void varint_signed(std::int64_t v) { varint(zigzag(v)); }
    void raw(BytesView bytes) { out_.append(bytes); }
    void sized(BytesView bytes) {
        varint(bytes.size());
        out_.append(bytes);
    }
    std::size_t size() const { return out_.size(); }

  private:
    template <class T>
    void fixed(T v) {
        char buffer[sizeof(T)];
        for (std::size_t i = 0; i < sizeof(T); ++i) buffer[i] = static_cast<char>(v >> (8 * i));
        out_.append(buffer, sizeof(T));
    }
    Bytes& out_;
};

class ByteReader {
  public:
    explicit ByteReader(BytesView bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
    bool bad() const { return bad_; }
    bool done() const { return at_ == end_; }
    std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
    std::uint8_t u8() { return static_cast<std::uint8_t>(fixed(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(fixed(2)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(fixed(4)); }
    std::uint64_t u64() { return fixed(8); }
    std::int64_t i64() { return static_cast<std::int64_t>(fixed(8)); }
    std::uint64_t varint() {
        std::uint64_t v = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (at_ == end_) return fail();
            const auto byte = static_cast<std::uint8_t>(*at_++);
            v |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80) return v;
        }
        return fail();
    }
    std::int64_t varint_signed() { return unzigzag(varint()); }
    BytesView raw(std::size_t n) {
        if (n > left()) {
            fail();
            return {};
        }
        BytesView out(at_, n);
        at_ += n;
        return out;
    }
    BytesView sized() { return raw(static_cast<std::size_t>(varint())); }
    const char* position() const { return at_; }

  private:
    std::uint64_t fail() {
        bad_ = true;
        at_ = end_;
        return 0;
    }
    std::uint64_t fixed(std::size_t n) {
        if (n > left()) return fail();
        std::uint64_t v = 0;
        for (std::size_t i = 0; i < n; ++i) {
            v |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(at_[i])) << (8 * i);
        }
        at_ += n;
        return v;
    }
    const char* at_;
    const char* end_;
    bool bad_ = false;
};

}  // namespace filrouge
