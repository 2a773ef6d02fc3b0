// How far two values of a field agree: one of a few levels of its kind, which the model weighs
// (matching/model.h). The thresholds of Jaro-Winkler are those of Splink's comparison library
// (0.92, 0.88, 0.7); the rest follows from how people mistype.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "matching/field.h"

namespace filrouge::matching {

using Level = std::uint8_t;
constexpr Level kMissing = 0;  // one of the two says nothing: neutral
constexpr Level kEqual = 1;
constexpr std::size_t kLevelsMax = 7;  // of a kind, kMissing included

// Names of the levels from kEqual on, from the nearest to the last, which is "different".
std::span<const std::string_view> levels_of(FieldKind kind);
constexpr Level kSwapped = 2;  // of a given name: it is the other's surname, and the other way

// An e-mail that is merely alike is so by the surname in it, as all the family's are.
constexpr bool is_of_household(FieldKind kind, Level level) {
    return row_of(kind).of_household || (kind == FieldKind::Email && level == 4);
}

// Of two spelled values that are not empty and not equal.
Level compare(FieldKind kind, std::u16string_view a, std::u16string_view b);
// Given name and surname stand in each other's place. None of the four is empty.
bool swapped(std::u16string_view given_a, std::u16string_view surname_a,
             std::u16string_view given_b, std::u16string_view surname_b);

}  // namespace filrouge::matching
