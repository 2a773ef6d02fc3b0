// Small helpers for ASCII text and UTF-8. Nothing here knows a language or a locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace filrouge {

// Length (1-4) of the well-formed UTF-8 sequence that starts at `at`, or 0 when it is malformed
// (overlong forms, surrogates and values past U+10FFFF are).
std::size_t utf8_length_at(std::string_view text, std::size_t at);
bool utf8_valid(std::string_view text);

std::string ascii_lower(std::string_view text);
bool ascii_equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);  // spaces, tabs, CR, LF
std::vector<std::string_view> split(std::string_view text, char separator);
std::optional<std::int64_t> parse_int(std::string_view text);     // the whole text, base 10
std::optional<std::string> base64_decode(std::string_view text);  // padding optional
std::string base64_encode(std::string_view bytes);
std::string hex_encode(std::string_view bytes);
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace filrouge
