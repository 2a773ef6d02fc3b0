#include "collect/normalise.h"

#include <unicode/ucasemap.h>
#include <unicode/uidna.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "collect/phone.h"
#include "collect/word_table.h"

namespace filrouge::collect {
namespace {

constexpr std::size_t kEmailBytesMax = 254;  // RFC 5321, a path without its brackets
constexpr std::size_t kLocalBytesMax = 64;
constexpr std::size_t kPhoneDigitsMax = 30;  // E.164 has 15; prefixes and carriers come before
constexpr std::size_t kOneDigitEnds = 8;

bool is_ascii(std::string_view s) {
    return std::all_of(s.begin(), s.end(), [](char c) { return (c & 0x80) == 0; });
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// White space and invisible characters that copying and pasting leaves behind: no-break space,
// zero-width space to right-to-left mark, line and paragraph separator, narrow no-break space,
// word joiner, ideographic space, byte order mark.
constexpr std::array<std::string_view, 13> kBlanks = {
    "\xc2\xa0",     "\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x80\x8e",
    "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\xa0",
    "\xe3\x80\x80", "\xef\xbb\xbf", "\xe2\x80\x89"};

std::string_view trim_wide(std::string_view s) {
    const auto at_ends = [](std::string_view text, bool front) -> std::size_t {
        if (text.empty()) return 0;
        const auto c = static_cast<unsigned char>(front ? text.front() : text.back());
        if (c <= 0x20 || c == 0x7f) return 1;
        if (c < 0x80) return 0;
        for (const std::string_view blank : kBlanks) {
            if (front ? text.starts_with(blank) : text.ends_with(blank)) return blank.size();
        }
        return 0;
    };
    while (const std::size_t n = at_ends(s, true)) s.remove_prefix(n);
    while (const std::size_t n = at_ends(s, false)) s.remove_suffix(n);
    return s;
}

std::u16string to_utf16(std::string_view s) {
    std::u16string out(s.size(), u'\0');
    std::int32_t length = 0;
    UErrorCode error = U_ZERO_ERROR;
    u_strFromUTF8(out.data(), static_cast<std::int32_t>(out.size()), &length, s.data(),
                  static_cast<std::int32_t>(s.size()), &error);
    if (U_FAILURE(error)) return {};
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::string to_utf8(std::u16string_view s) {
    std::string out(s.size() * 3, '\0');
    std::int32_t length = 0;
    UErrorCode error = U_ZERO_ERROR;
    u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &length, s.data(),
                static_cast<std::int32_t>(s.size()), &error);
    if (U_FAILURE(error)) return {};
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::string form_c(std::string_view s) {
    if (is_ascii(s)) return std::string(s);
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2* nfc = unorm2_getNFCInstance(&error);
    const std::u16string wide = to_utf16(s);
    std::u16string out(wide.size() * 3 + 8, u'\0');  // form C never needs more
    const std::int32_t length =
        unorm2_normalize(nfc, wide.data(), static_cast<std::int32_t>(wide.size()), out.data(),
                         static_cast<std::int32_t>(out.size()), &error);
    if (U_FAILURE(error)) return std::string(s);
    return to_utf8(std::u16string_view(out).substr(0, static_cast<std::size_t>(length)));
}

std::string lower(std::string_view s) {
    if (is_ascii(s)) return ascii_lower(s);
    const std::u16string wide = to_utf16(s);
    std::u16string out(wide.size() * 3 + 8, u'\0');
    UErrorCode error = U_ZERO_ERROR;
    const std::int32_t length =
        u_strToLower(out.data(), static_cast<std::int32_t>(out.size()), wide.data(),
                     static_cast<std::int32_t>(wide.size()), "", &error);
    if (U_FAILURE(error)) return std::string(s);
    return form_c(to_utf8(std::u16string_view(out).substr(0, static_cast<std::size_t>(length))));
}

// An opened table is only read afterwards: any thread may use it.
const UIDNA* idna() {
    static const UIDNA* const opened = [] {
        UErrorCode error = U_ZERO_ERROR;
        return uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_USE_STD3_RULES |
                                   UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
                               &error);
    }();
    return opened;
}

std::optional<std::string> ascii_domain(std::string_view domain) {
    std::string out;
    if (is_ascii(domain) && domain.find("xn--") == std::string_view::npos) {
        out = ascii_lower(domain);
    } else {
        std::array<char, 512> buffer{};
        UIDNAInfo info = UIDNA_INFO_INITIALIZER;
        UErrorCode error = U_ZERO_ERROR;
        const std::int32_t n = uidna_nameToASCII_UTF8(
            idna(), domain.data(), static_cast<std::int32_t>(domain.size()), buffer.data(),
            static_cast<std::int32_t>(buffer.size()), &info, &error);
        if (U_FAILURE(error) || info.errors != 0) return std::nullopt;
        out.assign(buffer.data(), static_cast<std::size_t>(n));
    }
    bool has_letter = false;
    std::size_t labels = 0;
    for (const std::string_view label : split(out, '.')) {
        ++labels;
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
            return std::nullopt;
        }
        has_letter = false;  // the last label decides: a numeric one is an IP address
        for (const char c : label) {
            if (!is_digit(c) && !is_letter(c) && c != '-') return std::nullopt;
            has_letter = has_letter || is_letter(c);
        }
    }
    if (labels < 2 || !has_letter) return std::nullopt;
    return out;
}

bool valid_local(std::string_view local) {
    if (local.empty() || local.size() > kLocalBytesMax) return false;
    for (const char c : local) {
        if ((c & 0x80) != 0 || is_digit(c) || is_letter(c)) continue;
        if (std::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) == std::string_view::npos)
            return false;
    }
    return true;
}

constexpr std::array kNobody = {
    Word<char>{"null", 0},
    Word<char>{"none", 0},
    Word<char>{"undefined", 0},
    Word<char>{"nil", 0},
    Word<char>{"(null)", 0},
    Word<char>{"nan", 0},
    Word<char>{"-1", 0},
    Word<char>{"anonymous", 0},
    Word<char>{"guest", 0},
    Word<char>{"unknown", 0},
    Word<char>{"n/a", 0},
    Word<char>{"na", 0},
    Word<char>{"test", 0},
    Word<char>{"true", 0},
    Word<char>{"false", 0},
    Word<char>{"[object", 0},
    Word<char>{"id", 0},
    Word<char>{"user", 0},
    Word<char>{"userid", 0},
    Word<char>{"user_id", 0},
    Word<char>{"anonymousid", 0},
    Word<char>{"email", 0},
    Word<char>{"not set", 0},
    Word<char>{"(not set)", 0},
    Word<char>{"(none)", 0},
    Word<char>{"distinct_id", 0},
    Word<char>{"distinctid", 0},
    Word<char>{"?", 0},
    Word<char>{"-", 0},
    Word<char>{"--", 0},
    Word<char>{"[]", 0},
    Word<char>{"{}", 0},
    Word<char>{"''", 0},
    Word<char>{"\"\"", 0},
    Word<char>{"[object object]", 0},
    Word<char>{"not_authenticated", 0},
    Word<char>{"test@test.com", 0},
    Word<char>{"none@none.com", 0},
    Word<char>{"no@no.com", 0},
    Word<char>{"a@a.com", 0},
    Word<char>{"noemail@noemail.com", 0},
};
constexpr WordTable kNobodyWords(kNobody);

bool is_one_digit(std::string_view phone) {  // "+33000000000", "+11111111111"
    if (phone.size() < kOneDigitEnds) return false;
    const std::string_view end = phone.substr(phone.size() - kOneDigitEnds);
    return end.find_first_not_of(end.front()) == std::string_view::npos;
}

}  // namespace

std::string normalise_text(std::string_view text) { return form_c(trim_wide(text)); }

std::optional<std::string> normalise_email(std::string_view text) {
    text = trim_wide(text);
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string local = lower(form_c(text.substr(0, at)));
    if (!valid_local(local)) return std::nullopt;
    const auto domain = ascii_domain(text.substr(at + 1));
    if (!domain || local.size() + 1 + domain->size() > kEmailBytesMax) return std::nullopt;
    return local + "@" + *domain;
}

std::optional<std::string> normalise_phone(std::string_view text, std::string_view calling_code) {
    text = trim_wide(text);
    if (text.size() > 4 && ascii_equal_ignoring_case(text.substr(0, 4), "tel:")) {
        text.remove_prefix(4);
    }
    const bool plus = text.starts_with('+');
    if (plus) text.remove_prefix(1);
    std::string digits;
    for (std::size_t i = 0; i < text.size();) {
        if (is_digit(text[i])) {
            digits.push_back(text[i++]);
        } else if (text.substr(i).starts_with("\xc2\xa0")) {
            i += 2;
        } else if (text.substr(i).starts_with("\xe2\x80\xaf") ||
                   text.substr(i).starts_with("\xe2\x80\x91")) {
            i += 3;  // narrow no-break space, non-breaking hyphen
        } else if (std::string_view(" .-/()\t").find(text[i]) != std::string_view::npos) {
            ++i;
        } else {
            return std::nullopt;
        }
        if (digits.size() > kPhoneDigitsMax) return std::nullopt;
    }
    return plus ? international_phone(digits) : dialled_phone(digits, calling_code);
}

std::optional<std::string> normalise_card(std::string_view text) {
    std::string out;
    for (const char c : normalise_text(text)) {
        if (c == ' ' || c == '-' || c == '.' || c == '\t') continue;
        out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    if (out.empty()) return std::nullopt;
    return out;
}

std::optional<std::string> normalise(IdentifierType type, std::string_view text,
                                     std::string_view calling_code) {
    switch (type) {
        case IdentifierType::Email: return normalise_email(text);
        case IdentifierType::Phone: return normalise_phone(text, calling_code);
        case IdentifierType::LoyaltyCard:
        case IdentifierType::Badge: return normalise_card(text);
        case IdentifierType::AdvertisingId: {
            std::string id = ascii_lower(trim_wide(text));  // iOS writes upper case, Android lower
            if (id.empty()) return std::nullopt;
            return id;
        }
        default: break;
    }
    std::string id = normalise_text(text);
    if (id.empty()) return std::nullopt;
    return id;
}

std::optional<std::string> blocked_value(IdentifierType type, std::string_view text,
                                         std::string_view calling_code) {
    const std::string_view bare = trim_wide(text);
    if (type == IdentifierType::Email && bare.starts_with('@')) {
        const auto domain = ascii_domain(bare.substr(1));
        if (!domain) return std::nullopt;
        return "@" + *domain;
    }
    const auto value = normalise(type, bare, calling_code);
    if (!value) return std::nullopt;
    return ascii_lower(*value);
}

bool is_blocked(IdentifierType type, std::string_view normalised,
                const std::vector<Blocked>& extra) {
    if (normalised.find_first_not_of("0-") == std::string_view::npos) return true;
    if (type == IdentifierType::Phone && is_one_digit(normalised)) return true;
    if (normalised.size() <= kNobodyWords.longest()) {
        if (kNobodyWords.find(ascii_lower(normalised)) != nullptr) return true;
    }
    if (extra.empty()) return false;
    const std::string low = ascii_lower(normalised);
    return std::any_of(extra.begin(), extra.end(), [&](const Blocked& blocked) {
        if (blocked.type != type) return false;
        return type == IdentifierType::Email && blocked.value.starts_with('@')
                   ? std::string_view(low).ends_with(blocked.value)
                   : low == blocked.value;
    });
}

}  // namespace filrouge::collect
