// A rate and its day as people and programs write them: "0.9215", "2026-01-31".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace filrouge::engine {

// Exact: 1 to 9 digits, then at most 8 decimals; above 0. Nothing for any other text.
std::optional<std::int64_t> parse_rate(std::string_view text);
std::string rate_text(std::int64_t rate);

std::optional<std::int32_t> parse_day(std::string_view text);  // since 1970-01-01
std::string day_text(std::int32_t day);

}  // namespace filrouge::engine
