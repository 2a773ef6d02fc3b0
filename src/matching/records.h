// The records to match, as columns of numbers: each field has its own list of spelled values, and a
// row holds the numbers of its values. Equal numbers are equal values; 0 is "says nothing".
// Filled by one thread, then read by any number. Memory: rows x fields x 4 bytes, and about 40
// bytes and two a letter for each different value.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "matching/field.h"

namespace filrouge::matching {

constexpr std::uint32_t kRowsMax = 5'000'000;

using ValueNo = std::uint32_t;

// Of two sides that are matched with each other; all rows are First when they match among
// themselves.
enum class Side : std::uint8_t { First = 0, Second = 1 };

class Records {
  public:
    // Error: matching.fields (none, or more than kFieldsMax).
    static Result<Records> open(std::vector<Field> fields);

    // One value for each field, as it was written; empty when unknown. Rows are numbered from 0.
    // Error: matching.too_many_rows.
    Result<void> add(std::span<const std::string_view> values, Side side = Side::First);

    std::uint32_t rows() const { return static_cast<std::uint32_t>(sides_.size()); }
    std::uint32_t rows(Side side) const { return rows_of_[static_cast<std::size_t>(side)]; }
    Side side(std::uint32_t row) const { return sides_[row]; }
    const std::vector<Field>& fields() const { return fields_; }
    ValueNo value(std::uint32_t row, std::size_t field) const {
        return values_[std::size_t{row} * fields_.size() + field];
    }
    std::uint32_t values(std::size_t field) const { return columns_[field].size(); }
    std::u16string_view text(std::size_t field, ValueNo value) const {
        return columns_[field].text(value);
    }
    // Equal loose keys (matching/spelling.h) have equal numbers, and a few others by accident: for
    // blocking alone. 0: no key.
    std::uint32_t loose(std::size_t field, ValueNo value) const {
        return columns_[field].loose[value];
    }
    // Rows of that side with the value.
    std::uint32_t count(std::size_t field, ValueNo value, Side side) const {
        return columns_[field].counts[std::size_t{value} * 2 + static_cast<std::size_t>(side)];
    }
    std::uint64_t memory() const;

  private:
    struct Column {
        std::u16string letters;
        std::vector<std::uint32_t> ends = {0};  // of value n in letters; begins where n - 1 ends
        std::vector<std::uint32_t> loose = {0};
        std::vector<std::uint32_t> counts = {0, 0};
        std::vector<ValueNo> slots;  // open addressing by the text's hash
        std::uint32_t size() const { return static_cast<std::uint32_t>(ends.size()); }
        std::u16string_view text(ValueNo value) const {
            if (value == 0) return {};
            const std::u16string_view all = letters;
            return all.substr(ends[value - 1], ends[value] - ends[value - 1]);
        }
        ValueNo intern(FieldKind kind, std::u16string_view text);
        ValueNo& slot_of(std::u16string_view text);
        void grow();
    };
    std::vector<Field> fields_;
    std::vector<Column> columns_;
    std::vector<ValueNo> values_;  // by row, then field
    std::vector<Side> sides_;
    std::uint32_t rows_of_[2] = {0, 0};
};

}  // namespace filrouge::matching
