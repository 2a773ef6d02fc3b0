#include "files/expression.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/money.h"

namespace filrouge::files {
namespace {

constexpr std::size_t kPlainDigitsMax = 14;

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '$' || (c & 0x80) != 0;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
std::uint64_t digit(char c) { return static_cast<std::uint64_t>(c - '0'); }

Error broken(std::string_view text, const std::string& what) {
    return {"files.expression", "the expression '" + std::string(text) + "' " + what,
            "Write columns, numbers, + - * / and brackets; a column with other characters stands "
            "in [ ]."};
}

std::optional<std::int64_t> narrow(__int128 v) {
    if (v > INT64_MAX || v < INT64_MIN) return std::nullopt;
    return static_cast<std::int64_t>(v);
}
std::optional<std::int64_t> multiply(std::int64_t a, std::int64_t b) {
    const __int128 v = static_cast<__int128>(a) * b;
    const __int128 half = v < 0 ? -kFixedScale / 2 : kFixedScale / 2;
    return narrow((v + half) / kFixedScale);
}
std::optional<std::int64_t> divide(std::int64_t a, std::int64_t b) {
    const __int128 v = static_cast<__int128>(a) * kFixedScale * 2;
    const __int128 twice = v / b;  // cut, with one bit more than is kept
    return narrow((twice + (twice < 0 ? -1 : 1)) / 2);
}

constexpr std::string_view kBlanks[] = {" ", "\t", "\xc2\xa0", "\xe2\x80\xaf"};

std::size_t blank_at_begin(std::string_view text) {
    for (const std::string_view blank : kBlanks) {
        if (text.starts_with(blank)) return blank.size();
    }
    return 0;
}
std::string_view without_blanks(std::string_view text) {
    for (std::size_t size = text.size() + 1; size != text.size();) {
        size = text.size();
        for (const std::string_view blank : kBlanks) {
            if (text.starts_with(blank)) text.remove_prefix(blank.size());
            if (text.ends_with(blank)) text.remove_suffix(blank.size());
        }
    }
    return text;
}
std::size_t move_digits(std::string_view& from, std::string& to) {
    const std::size_t all = std::min(from.find_first_not_of("0123456789"), from.size());
    to.append(from.substr(0, all));
    from.remove_prefix(all);
    return all;
}

// Points and blanks (no-break and narrow ones, too) part the thousands: one to three digits before
// the first, none of them a leading 0, and exactly three behind each. Elsewhere a point was written
// by somebody who meant the decimal one, and passing over it would make 1250 of "12.50".
std::optional<std::int64_t> read_with_comma(std::string_view text) {
    text = without_blanks(text);
    std::string plain;
    if (text.starts_with('-') || text.starts_with('+')) {
        plain.push_back(text.front());
        text = without_blanks(text.substr(1));
    }
    const auto mark = [&text] {
        return text.starts_with('.') ? std::size_t{1} : blank_at_begin(text);
    };
    const bool leading_zero = text.starts_with('0');
    const std::size_t first = move_digits(text, plain);
    if (mark() != 0 && (first == 0 || first > 3 || leading_zero)) return std::nullopt;
    while (const std::size_t bytes = mark()) {
        text.remove_prefix(bytes);
        if (move_digits(text, plain) != 3) return std::nullopt;
    }
    if (text.starts_with(',')) {
        plain.push_back('.');
        text.remove_prefix(1);
    }
    return parse_fixed(plain.append(text));  // decimals and exponent: a further mark is neither
}

}  // namespace

class ExpressionParser {
  public:
    using SlotOf = std::function<std::optional<Slot>(std::string_view)>;
    ExpressionParser(std::string_view text, const SlotOf& slot_of)
        : text_(text), slot_of_(slot_of) {}

    Result<Expression> parse() {
        TRY(sum(0));
        skip_blanks();
        if (at_ != text_.size()) return broken(text_, "goes on where it should end");
        return std::move(out_);
    }

  private:
    using Op = Expression::Op;
    static constexpr int kDepthMax = 16;

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }
    bool take(char c) {
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    Result<void> push(Expression::Step step) {
        if (out_.steps_.size() == kExpressionStepsMax) {
            return broken(text_, "has more than " + std::to_string(kExpressionStepsMax) + " steps");
        }
        out_.steps_.push_back(step);
        return {};
    }
    Result<void> sum(int depth) {
        if (depth > kDepthMax) return broken(text_, "is nested too deep");
        TRY(product(depth));
        for (;;) {
            const bool add = take('+');
            if (!add && !take('-')) return {};
            TRY(product(depth));
            TRY(push({add ? Op::Add : Op::Subtract}));
        }
    }
    Result<void> product(int depth) {
        TRY(factor(depth));
        for (;;) {
            const bool times = take('*');
            if (!times && !take('/')) return {};
            TRY(factor(depth));
            TRY(push({times ? Op::Multiply : Op::Divide}));
        }
    }
    Result<void> factor(int depth) {
        if (depth > kDepthMax) return broken(text_, "is nested too deep");
        if (take('-')) {
            TRY(factor(depth + 1));
            return push({Op::Negate});
        }
        if (take('(')) {
            TRY(sum(depth + 1));
            if (!take(')')) return broken(text_, "has a bracket that is not closed");
            return {};
        }
        skip_blanks();
        if (at_ < text_.size() && text_[at_] == '[') {
            const std::size_t end = text_.find(']', at_);
            if (end == std::string_view::npos) return broken(text_, "has a [ that is not closed");
            const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
            at_ = end + 1;
            return column(name);
        }
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
        const std::string_view word = text_.substr(begin, at_ - begin);
        if (word.empty()) return broken(text_, "lacks a column or a number");
        // A column may be called "2nd", but "2" is a number.
        if (is_digit(word.front()) &&
            word.find_first_not_of("0123456789.") == std::string_view::npos) {
            const auto number = parse_fixed(word);
            if (!number) return broken(text_, "has a number that does not fit");
            return push({Op::Constant, 0, *number});
        }
        return column(word);
    }
    Result<void> column(std::string_view name) {
        const auto slot = slot_of_(name);
        if (!slot) return broken(text_, "names '" + std::string(name) + "', which is no column");
        return push({Op::Column, *slot, 0});
    }

    std::string_view text_;
    const SlotOf& slot_of_;
    std::size_t at_ = 0;
    Expression out_;
};

Result<Expression> Expression::parse(
    std::string_view text, const std::function<std::optional<Slot>(std::string_view)>& slot_of) {
    return ExpressionParser(text, slot_of).parse();
}

Expression::Value Expression::evaluate(const std::vector<Cell>& row) const {
    std::array<std::int64_t, kExpressionStepsMax> stack;  // NOLINT: every place is written first
    std::size_t top = 0;
    for (const Step& step : steps_) {
        std::optional<std::int64_t> result;
        if (step.op == Op::Column) {
            const Cell& cell = row[step.slot];
            if (cell.empty()) return {Outcome::Empty, 0};
            result = number_of(cell, decimal_comma_);
        } else if (step.op == Op::Constant) {
            result = step.constant;
        } else if (step.op == Op::Negate) {
            result = narrow(-static_cast<__int128>(stack[--top]));
        } else {
            const std::int64_t b = stack[--top];
            const std::int64_t a = stack[--top];
            if (step.op == Op::Add)
                result = narrow(static_cast<__int128>(a) + b);
            else if (step.op == Op::Subtract)
                result = narrow(static_cast<__int128>(a) - b);
            else if (step.op == Op::Multiply)
                result = multiply(a, b);
            else if (b == 0)
                return {Outcome::Empty, 0};
            else
                result = divide(a, b);
        }
        if (!result) return {Outcome::Bad, 0};
        stack[top++] = *result;
    }
    return {Outcome::Number, stack[0]};
}

std::optional<std::int64_t> read_fixed(std::string_view text, bool decimal_comma) {
    if (decimal_comma) return read_with_comma(text);
    std::size_t i = 0;
    std::size_t digits = 0;
    std::uint64_t n = 0;  // may wrap: then the digits are too many and it is not used
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) i = 1;
    for (; i < text.size() && is_digit(text[i]); ++i, ++digits) n = n * 10 + digit(text[i]);
    const bool whole = digits != 0;
    std::int64_t unit = kFixedScale;
    if (i < text.size() && text[i] == '.') {
        for (++i; i < text.size() && is_digit(text[i]) && unit > 1; ++i, ++digits) {
            n = n * 10 + digit(text[i]);
            unit /= 10;
        }
    }
    if (i == text.size() && whole && digits <= kPlainDigitsMax) {
        const std::int64_t v = static_cast<std::int64_t>(n) * unit;
        return negative ? -v : v;
    }
    return parse_fixed(trim(text));
}

std::vector<std::string> columns_of_expression(std::string_view text) {
    std::vector<std::string> names;
    const auto collect = [&](std::string_view name) -> std::optional<Slot> {
        names.emplace_back(name);
        return 0;
    };
    // A broken expression is told where it is compiled.
    static_cast<void>(Expression::parse(text, collect).ok());
    return names;
}

}  // namespace filrouge::files
