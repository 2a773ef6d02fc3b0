// One spelling of a value, by its kind, and the key under which near spellings meet. Both are pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "matching/field.h"

namespace filrouge::matching {

constexpr std::size_t kLettersMax = 64;  // of a spelled value; the rest is cut off

// Lower case, without accents; letters and digits alone, of a street and of other texts with one
// blank between words; of a phone the digits, of an e-mail every sign, of a date yyyymmdd whether
// or not there is such a day (a mistyped date is still evidence). Empty: the value says nothing.
std::u16string spelled(FieldKind kind, std::string_view utf8);

// What a spelled value is blocked by beside itself: the sound of a name, town or street (Soundex,
// Russell 1918, as the National Archives describe it, with more digits for longer texts), the year
// of a date, the local part of an e-mail, the last digits of a phone. The value itself for the
// rest. Empty when there is nothing to go by.
std::u16string loose_key(FieldKind kind, std::u16string_view spelled_value);

}  // namespace filrouge::matching
