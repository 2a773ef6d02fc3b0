// Names and numbers that cannot be mixed up: Id is a 128-bit random name that may leave the
// process (32 hex digits), Num is a dense 32-bit number that lives inside it and is never reused.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace filrouge {

template <class Tag>
struct Id {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    constexpr auto operator<=>(const Id&) const = default;
    constexpr bool is_zero() const { return high == 0 && low == 0; }
    std::string text() const {
        static constexpr char kHex[] = "0123456789abcdef";
        std::string out(32, '0');
        for (std::size_t i = 0; i < 16; ++i) {
            out[15 - i] = kHex[(high >> (4 * i)) & 15];
            out[31 - i] = kHex[(low >> (4 * i)) & 15];
        }
        return out;
    }
    static std::optional<Id> parse(std::string_view text) {
        if (text.size() != 32) return std::nullopt;
        Id id;
        for (std::size_t i = 0; i < 32; ++i) {
            const char c = text[i];
            std::uint64_t digit = 0;
            if (c >= '0' && c <= '9')
                digit = static_cast<std::uint64_t>(c - '0');
            else if (c >= 'a' && c <= 'f')
                digit = static_cast<std::uint64_t>(c - 'a' + 10);
            else
                return std::nullopt;
            std::uint64_t& half = i < 16 ? id.high : id.low;
            half = half << 4 | digit;
        }
        return id;
    }
};

template <class Tag>
struct Num {
    std::uint32_t value = kNone;
    static constexpr std::uint32_t kNone = 0xffff'ffff;
    constexpr auto operator<=>(const Num&) const = default;
    constexpr bool is_none() const { return value == kNone; }
};

}  // namespace filrouge

template <class Tag>
struct std::hash<filrouge::Num<Tag>> {
    std::size_t operator()(filrouge::Num<Tag> n) const noexcept {
        return n.value * 0x9e3779b97f4a7c15u;
    }
};
template <class Tag>
struct std::hash<filrouge::Id<Tag>> {
    std::size_t operator()(const filrouge::Id<Tag>& id) const noexcept { return id.high ^ id.low; }
};
