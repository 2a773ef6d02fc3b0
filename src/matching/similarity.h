// How alike two spelled texts are. Texts of more than kLettersMax letters are our fault.
#pragma once

#include <cstddef>
#include <string_view>

#include "matching/spelling.h"

namespace filrouge::matching {

// 1 for equal texts, 0 for texts without a letter in common. Jaro, "Advances in record-linkage
// methodology", JASA 84 (1989), with Winkler's bonus for a common beginning (0.1 for each of the
// first four letters, from 0.7 on): "String comparator metrics and enhanced decision rules in the
// Fellegi-Sunter model of record linkage", Proc. Survey Research Methods, ASA (1990).
double jaro_winkler(std::u16string_view a, std::u16string_view b);

// Insertions, deletions, replacements and swaps of neighbours (Damerau 1964; optimal string
// alignment: no place is edited twice). most + 1 when there are more than `most`.
std::size_t edits(std::u16string_view a, std::u16string_view b, std::size_t most);

}  // namespace filrouge::matching
