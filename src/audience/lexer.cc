#include "audience/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace filrouge::audience {
namespace {

constexpr std::array<std::string_view, 8> kReserved = {"and",   "or",     "not",     "then",
                                                       "where", "within", "without", "including"};
constexpr std::array<std::string_view, 13> kFunctions = {
    "count", "any",      "sum",   "min",     "max",     "avg",  "first",
    "last",  "distinct", "trait", "consent", "refused", "split"};
constexpr std::string_view kNoBreakSpace = "\xc2\xa0";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_char(char c) {
    if (is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    if (static_cast<unsigned char>(c) >= 0x80) return true;
    return std::string_view("_$@#&'/:-%+").find(c) != std::string_view::npos;
}

class Cutter {
  public:
    explicit Cutter(std::string_view text) : text_(text) {}
    std::vector<Token> run() {
        for (;;) {
            skip_space();
            const std::size_t begin = at_;
            Token token = next();
            token.offset = static_cast<std::uint32_t>(begin);
            token.length = static_cast<std::uint32_t>(at_ - begin);
            token.raw = text_.substr(begin, at_ - begin);
            const bool last = token.kind == TokenKind::End || token.kind == TokenKind::Bad;
            tokens_.push_back(std::move(token));
            if (last) return std::move(tokens_);
        }
    }

  private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    bool at_no_break_space() const { return text_.substr(at_, 2) == kNoBreakSpace; }
    void skip_space() {
        for (; at_ < text_.size(); ++at_) {
            if (at_no_break_space()) {
                ++at_;
            } else if (std::string_view(" \t\r\n").find(text_[at_]) == std::string_view::npos) {
                return;
            }
        }
    }
    static Token bad(std::string why) { return {TokenKind::Bad, 0, 0, {}, std::move(why)}; }
    Token next() {
        if (at_ == text_.size()) return {};
        const char c = peek();
        if (c == '"') return quoted_text();
        if (is_digit(c) || (c == '-' && is_digit(peek(1)))) return number_or_word();
        if (is_word_char(c)) return word();
        return sign();
    }
    Token word() {
        while (at_ < text_.size() && is_word_char(text_[at_]) && !at_no_break_space()) ++at_;
        return {TokenKind::Word, 0, 0, {}, {}};
    }
    Token number_or_word() {
        const std::size_t begin = at_++;
        while (is_digit(peek())) ++at_;
        if (is_word_char(peek()) && !at_no_break_space()) {  // 3D, 2026-01-31
            at_ = begin;
            return word();
        }
        if (peek() == '.' && is_digit(peek(1))) {
            ++at_;
            while (is_digit(peek())) ++at_;
        }
        return {TokenKind::Number, 0, 0, {}, {}};
    }
    Token sign() {
        static constexpr std::array<std::string_view, 12> kSigns = {
            "..", "!=", "<=", ">=", "(", ")", ",", ".", "*", "=", "<", ">"};
        for (const std::string_view s : kSigns) {
            if (text_.substr(at_, s.size()) == s) {
                at_ += s.size();
                return {TokenKind::Sign, 0, 0, {}, {}};
            }
        }
        ++at_;
        return bad("this sign has no meaning in a rule");
    }
    Token quoted_text() {
        Token token{TokenKind::Text, 0, 0, {}, {}};
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return token;
            }
            if (c != '\\') {
                token.text.push_back(c);
            } else if (!escape(token.text)) {
                return bad("after \\ only \", \\, n, t or u and four hexadecimal digits may stand");
            }
        }
        return bad("the closing quote is missing");
    }
    bool escape(std::string& out) {
        const char c = peek(1);
        ++at_;
        if (c == '"' || c == '\\') return out.push_back(c), true;
        if (c == 'n') return out.push_back('\n'), true;
        if (c == 't') return out.push_back('\t'), true;
        if (c != 'u' || at_ + 5 > text_.size()) return false;
        unsigned code = 0;
        const char* first = text_.data() + at_ + 1;
        const auto [end, error] = std::from_chars(first, first + 4, code, 16);
        if (error != std::errc{} || end != first + 4 || code >= 0x80) return false;
        at_ += 4;
        out.push_back(static_cast<char>(code));
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Token> tokens_;
};

template <class List>
bool holds(const List& list, std::string_view word) {
    const std::string lower = ascii_lower(word);
    return std::find(list.begin(), list.end(), lower) != list.end();
}

}  // namespace

std::vector<Token> cut(std::string_view text) { return Cutter(text).run(); }

std::string quoted(std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (code < 0x20 || code == 0x7f) {
            out += "\\u00";
            out.push_back(kHex[code >> 4]);
            out.push_back(kHex[code & 15]);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
    return out;
}

bool is_whole_number(const Token& token) {
    return token.kind == TokenKind::Number &&
           std::all_of(token.raw.begin(), token.raw.end(), is_digit);
}

bool is_reserved(std::string_view word) { return holds(kReserved, word); }
bool is_function(std::string_view word) { return holds(kFunctions, word); }

bool is_plain_name(std::string_view name) {
    const std::vector<Token> tokens = cut(name);
    if (tokens[0].kind != TokenKind::Word || tokens.back().kind != TokenKind::End) return false;
    if (tokens.size() == 2 && is_function(name)) return false;
    if (tokens.size() > 2 && ascii_equal_ignoring_case(tokens[0].raw, "in") &&
        ascii_equal_ignoring_case(tokens[1].raw, "audience")) {
        return false;
    }
    std::string joined;
    for (const Token& t : tokens) {
        if (t.kind == TokenKind::End) break;
        if (t.kind != TokenKind::Word && !is_whole_number(t)) return false;
        if (is_reserved(t.raw)) return false;
        if (!joined.empty()) joined.push_back(' ');
        joined += t.raw;
    }
    return joined == name;
}

bool is_plain_path(std::string_view path) {
    for (const std::string_view part : split(path, '.')) {
        const std::vector<Token> tokens = cut(part);
        if (tokens.size() != 2 || tokens[0].kind != TokenKind::Word || tokens[0].raw != part) {
            return false;
        }
        if (is_reserved(part)) return false;
    }
    return true;
}

}  // namespace filrouge::audience
