#include "model/money.h"

#include <charconv>
#include <cmath>

namespace filrouge {

std::optional<Currency> Currency::parse(std::string_view text) {
    if (text.size() != 3) return std::nullopt;
    std::uint16_t code = 0;
    for (const char c : text) {
        const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        if (upper < 'A' || upper > 'Z') return std::nullopt;
        code = static_cast<std::uint16_t>(code << 5 | (upper - 'A' + 1));
    }
    return Currency{code};
}

std::string Currency::text() const {
    if (is_unknown()) return {};
    std::string out;
    for (int shift = 10; shift >= 0; shift -= 5) {
        out.push_back(static_cast<char>('A' + ((code >> shift) & 31) - 1));
    }
    return out;
}

std::optional<Money> Money::plus(Money other) const {
    Money sum{0, currency};
    if (currency != other.currency) return std::nullopt;
    if (__builtin_add_overflow(amount, other.amount, &sum.amount)) return std::nullopt;
    return sum;
}

std::string Money::text() const {
    std::string out = fixed_text(amount);
    if (!currency.is_unknown()) out += " " + currency.text();
    return out;
}

std::optional<std::int64_t> parse_fixed(std::string_view text) {
    std::size_t i = 0;
    bool negative = false;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
    __int128 digits = 0;
    int exponent = 0;  // of ten, of the last digit read
    int count = 0;
    bool point = false;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            ++count;
            if (digits > static_cast<__int128>(INT64_MAX) * 1'000'000) {
                if (!point) return std::nullopt;
                continue;  // past any digit that could matter
            }
            digits = digits * 10 + (c - '0');
            if (point) --exponent;
        } else {
            break;
        }
    }
    if (count == 0) return std::nullopt;
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && text[i] == '+') ++i;
        int e = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), e);
        if (error != std::errc{} || e > 1000 || e < -1000) return std::nullopt;
        exponent += e;
        i = static_cast<std::size_t>(end - text.data());
    }
    if (i != text.size()) return std::nullopt;
    exponent += 4;
    for (; exponent > 0 && digits != 0; --exponent) {
        digits *= 10;
        if (digits > static_cast<__int128>(INT64_MAX) + 1) return std::nullopt;
    }
    int dropped = 0;
    bool more = false;
    for (; exponent < 0 && (digits != 0 || dropped != 0); ++exponent) {
        more = more || dropped != 0;
        dropped = static_cast<int>(digits % 10);
        digits /= 10;
    }
    if (dropped >= 5) ++digits;
    if (digits > static_cast<__int128>(INT64_MAX)) return std::nullopt;
    const auto v = static_cast<std::int64_t>(digits);
    return negative ? -v : v;
}

std::optional<std::int64_t> fixed_from_double(double v) {
    if (!std::isfinite(v)) return std::nullopt;
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
    return parse_fixed({buffer, static_cast<std::size_t>(end - buffer)});
}

std::string fixed_text(std::int64_t fixed) {
    const bool negative = fixed < 0;
    const std::uint64_t v =
        negative ? 0 - static_cast<std::uint64_t>(fixed) : static_cast<std::uint64_t>(fixed);
    std::string out = (negative ? "-" : "") + std::to_string(v / 10'000);
    std::uint64_t rest = v % 10'000;
    if (rest == 0) return out;
    std::string decimals = std::to_string(rest);
    decimals.insert(0, 4 - decimals.size(), '0');
    while (decimals.back() == '0') decimals.pop_back();
    return out + "." + decimals;
}

}  // namespace filrouge
