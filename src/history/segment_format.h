// The bytes of a column segment: docs/formats/columns.md. Private to the history folder.
#pragma once

#include <cstddef>
#include <cstdint>

#include "history/segment.h"

namespace filrouge::history {

constexpr std::uint32_t kSegmentMagic = 0x31434c46;  // "FLC1"
constexpr std::uint32_t kSegmentFormat = 1;
constexpr std::size_t kSegmentHeaderBytes = 32;
constexpr std::size_t kBlockEntryBytes = 48;
constexpr std::size_t kBlockAlignment = 64;

// On disk since format 1: never renumber, never reuse a number.
enum class Block : std::uint8_t {
    Person = 1,
    Brand = 2,
    Usable = 3,
    FirstRow = 4,
    At = 5,
    Sequence = 6,
    Name = 7,
    NameTexts = 8,
    Kind = 9,
    Channel = 10,
    Flags = 11,
    Source = 12,
    Allowed = 13,
    FieldRows = 14,  // absent: an entry a row, or the rows of another field: shares_rows_of()
    FieldKinds = 15,
    FieldValues = 16,
    FieldTexts = 17,
    Nobody = 18,  // of parts; absent: none is
};

// Fields that always come together have their rows once.
constexpr FieldId shares_rows_of(FieldId id) {
    if (id == FieldId::Currency) return FieldId::Value;
    return id > FieldId::LineProduct ? FieldId::LineProduct : id;
}

}  // namespace filrouge::history
