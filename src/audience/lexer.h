// Cuts a rule's text into words, numbers, quoted texts and signs. A word is anything without a
// space or a sign, so that event names need no quotes: Product Added, add-to-cart, $pageview.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace filrouge::audience {

enum class TokenKind : std::uint8_t { End, Word, Number, Text, Sign, Bad };

struct Token {
    TokenKind kind = TokenKind::End;
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
    std::string_view raw;  // as written
    std::string text;      // Text: without quotes and escapes; Bad: what is wrong
};

// The last token is End or Bad; every view points into `text`.
std::vector<Token> cut(std::string_view text);
std::string quoted(std::string_view text);  // cut() reads it back as one Text

bool is_whole_number(const Token& token);
// Ends an event's name, so a name that holds one is written in quotes.
bool is_reserved(std::string_view word);
bool is_function(std::string_view word);  // "count", "trait", ...: opens a bracket
// May be written without quotes, as the name of an event, or as a dotted path.
bool is_plain_name(std::string_view name);
bool is_plain_path(std::string_view path);

}  // namespace filrouge::audience
