#include "base/text.h"

#include <array>
#include <charconv>
#include <cstring>

namespace filrouge {
namespace {

unsigned char byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}
// Most texts are nothing else.
bool is_ascii(std::string_view text) {
    std::uint64_t any = 0;
    std::size_t i = 0;
    for (; text.size() - i >= sizeof any; i += sizeof any) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + i, sizeof eight);
        any |= eight;
    }
    for (; i < text.size(); ++i) any |= byte_at(text, i);
    return (any & 0x8080'8080'8080'8080u) == 0;
}
bool continues(std::string_view text, std::size_t at) {
    return at < text.size() && (byte_at(text, at) & 0xc0) == 0x80;
}
int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}
constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::size_t utf8_length_at(std::string_view text, std::size_t at) {
    const unsigned char a = byte_at(text, at);
    if (a < 0x80) return 1;
    if (a < 0xc2) return 0;
    if (a < 0xe0) return continues(text, at + 1) ? 2 : 0;
    if (!continues(text, at + 1)) return 0;
    const unsigned char b = byte_at(text, at + 1);
    if (a < 0xf0) {
        if ((a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f)) return 0;
        return continues(text, at + 2) ? 3 : 0;
    }
    if (a > 0xf4 || (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f)) return 0;
    return continues(text, at + 2) && continues(text, at + 3) ? 4 : 0;
}

bool utf8_valid(std::string_view text) {
    if (is_ascii(text)) return true;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t n = utf8_length_at(text, i);
        if (n == 0) return false;
        i += n;
    }
    return true;
}

std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

bool ascii_equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && ascii_lower(a) == ascii_lower(b);
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::optional<std::int64_t> parse_int(std::string_view text) {
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return n;
}

std::optional<std::string> base64_decode(std::string_view text) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    static constexpr auto kValues = [] {
        std::array<signed char, 256> values{};
        for (auto& v : values) v = -1;
        for (int i = 0; i < 64; ++i) {
            values[static_cast<unsigned char>(kBase64[i])] = static_cast<signed char>(i);
        }
        values[static_cast<unsigned char>('-')] = 62;
        values[static_cast<unsigned char>('_')] = 63;
        return values;
    }();
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const int v = kValues[static_cast<unsigned char>(c)];
        if (v < 0) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(v);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<char>(bits >> count));
        }
    }
    return out;
}

std::string base64_encode(std::string_view bytes) {
    std::string out;
    std::size_t i = 0;
    for (; i + 2 < bytes.size(); i += 3) {
        const std::uint32_t v = static_cast<std::uint32_t>(byte_at(bytes, i)) << 16 |
                                static_cast<std::uint32_t>(byte_at(bytes, i + 1)) << 8 |
                                byte_at(bytes, i + 2);
        for (int shift = 18; shift >= 0; shift -= 6) out.push_back(kBase64[(v >> shift) & 63]);
    }
    if (i + 1 == bytes.size()) {
        const std::uint32_t v = static_cast<std::uint32_t>(byte_at(bytes, i)) << 16;
        out.push_back(kBase64[v >> 18]);
        out.push_back(kBase64[(v >> 12) & 63]);
        out.append("==");
    } else if (i + 2 == bytes.size()) {
        const std::uint32_t v = static_cast<std::uint32_t>(byte_at(bytes, i)) << 16 |
                                static_cast<std::uint32_t>(byte_at(bytes, i + 1)) << 8;
        out.push_back(kBase64[v >> 18]);
        out.push_back(kBase64[(v >> 12) & 63]);
        out.push_back(kBase64[(v >> 6) & 63]);
        out.push_back('=');
    }
    return out;
}

std::string hex_encode(std::string_view bytes) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
        out.push_back(kHex[static_cast<unsigned char>(c) & 15]);
    }
    return out;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        } else {
            out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

}  // namespace filrouge
