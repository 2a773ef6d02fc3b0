// The reader of the text form: recursive descent over the tokens, one method a phrase. Private to
// parse.cc and parse_parts.cc; the language's users call parse().
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audience/lexer.h"
#include "audience/rule.h"

namespace filrouge::audience {

// A method that reads returns false once an error is set; the first error is the one reported.
class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text), tokens_(cut(text)) {}
    bool rule(Rule& out);
    RuleError take_error() { return std::move(*error_); }

  private:
    using Words = std::vector<std::string>;
    // parse.cc: clauses
    bool any_of(Node& out);
    bool all_of(Node& out);
    bool clause(Node& out);
    bool bracketed(Node& out);
    bool function(Node& out);
    bool aggregate(Node& out, Function f);
    bool aggregate_options(Node& out);
    bool trait(Node& out);
    bool named_right(Node& out, NodeKind kind);
    bool audience(Node& out);
    bool split(Node& out);
    bool split_edge(std::int32_t& out);
    bool sequence(Node& out);
    bool lonely_step(const Node& sequence, const Token& first);
    bool step(Node& sequence);
    bool step_options(Step& step);
    // parse_parts.cc: what clauses are made of
    bool event(EventMatch& out);
    bool step_event(EventMatch& out);
    bool path(std::string& out, std::string_view what);
    bool field(Field& out);
    bool filter_any_of(Filter& out);
    bool filter_all_of(Filter& out);
    bool filter_unary(Filter& out);
    bool condition(Filter& out);
    bool test(Test& out, FieldKind field, bool only_order);
    bool list(Test& out, FieldKind field);
    bool literal(Literal& out, FieldKind field);
    bool comparison(Test& out, FieldKind field);
    bool channel(Literal& out);
    bool number(Literal& out);
    bool length(Length& out, bool months);
    bool window(Window& out);
    bool calendar(Window& out, std::string_view first);
    bool moment(Moment& out);

    const Token& here(std::size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }
    bool at_word(std::string_view word, std::size_t ahead = 0) const;  // in any case
    bool at_sign(std::string_view sign, std::size_t ahead = 0) const;
    bool at_window(std::size_t ahead) const;
    bool take_word(std::string_view word);
    bool take_sign(std::string_view sign);
    bool expect_sign(std::string_view sign, Words otherwise = {});
    bool expected(Words allowed, std::string hint = {});  // always false
    bool wrong(const Token& token, std::string message, std::string hint = {});
    bool deeper();
    TextSpan span_from(const Token& first) const;

    std::string_view text_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::optional<RuleError> error_;
};

}  // namespace filrouge::audience
