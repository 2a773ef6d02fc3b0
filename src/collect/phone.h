// From the digits somebody wrote to one spelling of the number, E.164. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace filrouge::collect {

bool is_calling_code(std::string_view code);

// `digits` follow a plus sign: calling code and number. Nothing when there can be no such number.
std::optional<std::string> international_phone(std::string_view digits);

// `digits` as they are dialled in the country of `calling_code`: national, or abroad with that
// country's prefix or with 00, or the calling code without its plus. Without a calling code only
// what begins with 00 is a number.
std::optional<std::string> dialled_phone(std::string_view digits, std::string_view calling_code);

}  // namespace filrouge::collect
