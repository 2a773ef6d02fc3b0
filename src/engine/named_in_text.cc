#include "engine/named_in_text.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kCountryDigitsMax = 3;
constexpr std::size_t kBareDigitsMin = 8;  // of a phone without its country and without a 0
constexpr std::size_t kGapMax = 3;         // bytes between two digits of one phone

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }
bool is_word(char c) {
    return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80) != 0;
}
// Between two letters or digits it makes them one word: an address, "cust-10042", "1.10042".
bool is_joint(char c) { return std::string_view("._-+@").find(c) != std::string_view::npos; }
bool is_gap(char c) {
    return (c & 0x80) != 0 || std::string_view(" \t.-()/").find(c) != std::string_view::npos;
}

// Letters of an escape of JSON or of an address are none of the word: "\n10042", "uid%3D10042".
bool is_after_escape(std::string_view text, std::size_t at) {
    const auto back = [&](std::size_t n) { return text[at - n]; };
    if (at >= 2 && back(2) == '\\' && std::string_view("bfnrt").find(back(1)) != text.npos)
        return true;
    if (at >= 3 && back(3) == '%' && is_hex(back(2)) && is_hex(back(1))) return true;
    return at >= 6 && back(6) == '\\' && back(5) == 'u' && is_hex(back(4)) && is_hex(back(3)) &&
           is_hex(back(2)) && is_hex(back(1));
}

bool begins_word(std::string_view text, std::size_t at) {
    if (at == 0 || is_after_escape(text, at)) return true;
    if (is_word(text[at - 1])) return false;
    return !is_joint(text[at - 1]) || at == 1 || !is_word(text[at - 2]) ||
           is_after_escape(text, at - 1);
}

bool ends_word(std::string_view text, std::size_t end) {
    if (end == text.size()) return true;
    if (is_word(text[end])) return false;
    return !is_joint(text[end]) || end + 1 == text.size() || !is_word(text[end + 1]);
}

struct Digits {
    std::string all;
    std::vector<std::size_t> at;  // of each in the text
};

Digits digits_of(std::string_view text) {
    Digits out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_digit(text[i])) continue;
        out.all.push_back(text[i]);
        out.at.push_back(i);
    }
    return out;
}

// Whether only what stands between the digits of a phone lies between these two of the list.
bool are_of_one(std::string_view text, const Digits& digits, std::size_t i) {
    const std::string_view between =
        text.substr(digits.at[i] + 1, digits.at[i + 1] - digits.at[i] - 1);
    return between.size() <= kGapMax && std::all_of(between.begin(), between.end(), is_gap);
}

// `alone`: no digit may stand before it, not even apart.
bool has_number(std::string_view text, const Digits& digits, const std::string& form, bool alone) {
    for (std::size_t first = digits.all.find(form); first != std::string::npos;
         first = digits.all.find(form, first + 1)) {
        const std::size_t last = first + form.size() - 1;
        bool fits = true;
        for (std::size_t i = first; i < last; ++i) fits = fits && are_of_one(text, digits, i);
        const std::size_t begin = digits.at[first], end = digits.at[last] + 1;
        fits = fits && (begin == 0 || !is_word(text[begin - 1]) || is_after_escape(text, begin));
        fits = fits && (end == text.size() || !is_word(text[end]));
        if (alone && first > 0) fits = fits && !are_of_one(text, digits, first - 1);
        if (fits) return true;
    }
    return false;
}

}  // namespace

bool text_names(std::string_view text, std::string_view value) {
    const std::string lower = ascii_lower(text);
    std::string wanted = ascii_lower(value);
    if (value.size() < kPlainValueMin) {
        wanted.insert(0, 1, '"').push_back('"');
        return lower.find(wanted) != std::string::npos;
    }
    for (std::size_t at = lower.find(wanted); at != std::string::npos;
         at = lower.find(wanted, at + 1)) {
        if (begins_word(lower, at) && ends_word(lower, at + wanted.size())) return true;
    }
    return false;
}

// How many digits the country has is not known here, so each way to read it is tried.
bool text_names_phone(std::string_view text, std::string_view phone) {
    const std::string wanted = digits_of(phone).all;
    const Digits digits = digits_of(text);
    if (wanted.size() <= kBareDigitsMin) return text_names(text, phone);
    const std::size_t common = wanted.size() - kCountryDigitsMax;
    if (digits.all.find(wanted.substr(wanted.size() - common)) == std::string::npos) return false;
    const auto has = [&](const std::string& form, bool alone = false) {
        return has_number(text, digits, form, alone);
    };
    if (has(wanted) || has("00" + wanted)) return true;
    for (std::size_t n = 1; n <= kCountryDigitsMax; ++n) {
        const std::string country = wanted.substr(0, n), rest = wanted.substr(n);
        std::string home = "0";
        home += rest;
        std::string abroad = country;
        abroad += home;
        if (has(home) || has(abroad) || has("00" + abroad)) return true;
        if (rest.size() >= kBareDigitsMin && has(rest, true)) return true;
    }
    return false;
}

}  // namespace filrouge::engine
