// Arithmetic on the columns of a row: "quantity * price", "price_cents / 100", "[Unit price] * -1".
// Numbers are decimal and exact in 1/10,000, as everywhere in Filrouge; a product or quotient is
// rounded to that, half away from zero.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "files/record.h"

namespace filrouge::files {

using Slot = std::uint32_t;  // the place of a column in Row

class Expression {
  public:
    // `slot_of` answers nothing for a name that is no column.
    static Result<Expression> parse(
        std::string_view text, const std::function<std::optional<Slot>(std::string_view)>& slot_of);

    enum class Outcome { Number, Empty, Bad };  // Empty: a column was empty, or a division by zero
    struct Value {
        Outcome outcome = Outcome::Empty;
        std::int64_t fixed = 0;
    };
    Value evaluate(const std::vector<Cell>& row) const;
    void use_decimal_comma(bool yes) { decimal_comma_ = yes; }

  private:
    friend class ExpressionParser;
    enum class Op : std::uint8_t { Column, Constant, Add, Subtract, Multiply, Divide, Negate };
    struct Step {
        Op op;
        Slot slot = 0;
        std::int64_t constant = 0;
    };
    std::vector<Step> steps_;  // reverse Polish
    bool decimal_comma_ = false;
};
constexpr std::size_t kExpressionStepsMax = 64;

// parse_fixed with white space at the ends allowed, and fast for short plain numbers. With
// `decimal_comma` the number is written "1.234,50" or "1 234,50"; what can only be meant otherwise
// ("12.50", "1,234.56") is no number.
std::optional<std::int64_t> read_fixed(std::string_view text, bool decimal_comma = false);
// The same of a cell: a number of JSON has its point whatever the map says of texts.
inline std::optional<std::int64_t> number_of(const Cell& cell, bool decimal_comma) {
    return read_fixed(cell.text, decimal_comma && !cell.is_number);
}
// The names of the columns that an expression mentions.
std::vector<std::string> columns_of_expression(std::string_view text);

}  // namespace filrouge::files
