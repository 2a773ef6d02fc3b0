// Money is a signed count of 1/10,000 of the currency's unit, with its ISO 4217 code. Amounts in
// different currencies are never added; the one sum there is says when it would overflow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace filrouge {

// Three upper-case letters packed into 15 bits (A=1), 0 for unknown.
struct Currency {
    std::uint16_t code = 0;
    constexpr auto operator<=>(const Currency&) const = default;
    constexpr bool is_unknown() const { return code == 0; }
    static std::optional<Currency> parse(std::string_view text);  // any case
    std::string text() const;                                     // "EUR", or "" when unknown
};

constexpr std::int64_t kFixedScale = 10'000;  // one unit

struct Money {
    std::int64_t amount = 0;  // in 1/10,000
    Currency currency;
    constexpr auto operator<=>(const Money&) const = default;
    std::optional<Money> plus(Money other) const;  // nothing: other currency, or overflow
    std::string text() const;                      // "19.99 EUR"
};

// A decimal number as 1/10,000, exact. More than four decimals round half away from zero. Nothing
// when the text is no plain decimal number ("-12.5", "1e3" and "+7" are) or does not fit.
std::optional<std::int64_t> parse_fixed(std::string_view text);
std::optional<std::int64_t> fixed_from_double(double v);  // by its shortest decimal form
std::string fixed_text(std::int64_t fixed);               // "12.5", "-0.0001", "7"

}  // namespace filrouge
