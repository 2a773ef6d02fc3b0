// Passwords that are tried first, by whoever guesses. A list of our own making, of words and runs
// of keys that every published count of leaked passwords has near its top, in English and French.
#pragma once

#include <string_view>

namespace filrouge::engine {

// Whether it is made of nothing but such words, the account's name and "filrouge", whatever the
// case, with digits and signs anywhere between; a digit or sign may stand for the letter it looks
// like. Also of fewer than four different letters or signs.
bool is_common_password(std::string_view password, std::string_view account);

}  // namespace filrouge::engine
