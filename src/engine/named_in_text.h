// Whether a text that nobody could read as an event names somebody: an erasure looks so through
// quarantine. Pure functions; how a sender writes is not known, so a value may stand anywhere, but
// only as a word of its own: "10042" is not in "210042", which is another customer.
#pragma once

#include <cstddef>
#include <string_view>

namespace filrouge::engine {

// In any case of ASCII letters. A value of fewer than kPlainValueMin bytes must stand in quotes.
bool text_names(std::string_view text, std::string_view value);
constexpr std::size_t kPlainValueMin = 5;

// `phone` as +33639980001: also "06 39 98 00 01", "0033 (0)6 39 ...". Another number that only ends
// alike is another.
bool text_names_phone(std::string_view text, std::string_view phone);

}  // namespace filrouge::engine
