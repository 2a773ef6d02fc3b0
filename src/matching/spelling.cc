#include "matching/spelling.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <vector>

namespace filrouge::matching {

namespace {

constexpr std::size_t kBytesMax = 1'024;  // of a value; a longer one is no name, date or address
constexpr std::size_t kNameSounds = 3, kLongSounds = 6;
constexpr std::size_t kPhoneTail = 8;  // a number with and without its country and trunk prefix

// Letters that have no decomposition into a letter and a mark.
std::u16string_view plain_letters(char16_t c) {
    switch (c) {
        case u'ø': return u"o";
        case u'ł': return u"l";
        case u'đ':
        case u'ð': return u"d";
        case u'æ': return u"ae";
        case u'œ': return u"oe";
        case u'þ': return u"th";
        case u'ı': return u"i";
        default: return {};
    }
}

std::u16string from_utf8(std::string_view utf8) {
    std::u16string out(utf8.size(), u'\0');
    std::int32_t length = 0;
    UErrorCode error = U_ZERO_ERROR;
    u_strFromUTF8WithSub(out.data(), static_cast<std::int32_t>(out.size()), &length, utf8.data(),
                         static_cast<std::int32_t>(utf8.size()), u' ', nullptr, &error);
    if (U_FAILURE(error)) return {};
    out.resize(static_cast<std::size_t>(length));
    return out;
}

// Case-folded and decomposed by compatibility (NFKC_Casefold, then NFKD), marks dropped.
std::u16string without_accents(std::string_view utf8) {
    const std::u16string wide = from_utf8(utf8);
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2* fold = unorm2_getNFKCCasefoldInstance(&error);
    const UNormalizer2* decompose = unorm2_getNFKDInstance(&error);
    const auto normalised = [&](const UNormalizer2* by, const std::u16string& in) {
        std::u16string out(in.size() * 18 + 1, u'\0');  // the longest expansion of one code unit
        const std::int32_t length =
            unorm2_normalize(by, in.data(), static_cast<std::int32_t>(in.size()), out.data(),
                             static_cast<std::int32_t>(out.size()), &error);
        out.resize(U_FAILURE(error) ? 0 : static_cast<std::size_t>(length));
        return out;
    };
    std::u16string out;
    for (const char16_t c : normalised(decompose, normalised(fold, wide))) {
        if (u_charType(c) == U_NON_SPACING_MARK) continue;
        const std::u16string_view plain = plain_letters(c);
        if (plain.empty()) {
            out += c;
        } else {
            out += plain;
        }
    }
    return out;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

std::u16string folded(std::string_view utf8) {
    utf8 = utf8.substr(0, kBytesMax);
    if (!is_ascii(utf8)) return without_accents(utf8);
    std::u16string out(utf8.begin(), utf8.end());
    for (char16_t& c : out) {
        if (c >= u'A' && c <= u'Z') c = static_cast<char16_t>(c - u'A' + u'a');
    }
    return out;
}

bool is_digit(char16_t c) { return c >= u'0' && c <= u'9'; }
bool is_letter(char16_t c) {
    if (c < 128) return c >= u'a' && c <= u'z';
    // Half of a letter beyond the first plane counts as one: those letters are compared by halves.
    return u_isalpha(c) || U16_IS_SURROGATE(c);
}
bool is_sign(char16_t c) { return is_digit(c) || is_letter(c); }

// `between` is put where other signs stood between two kept ones; 0: nothing is.
template <class Kept>
std::u16string only(const std::u16string& text, Kept kept, char16_t between) {
    std::u16string out;
    bool gap = false;
    for (const char16_t c : text) {
        if (!kept(c)) {
            gap = !out.empty();
            continue;
        }
        if (gap && between != 0) out += between;
        gap = false;
        out += c;
    }
    return out;
}

// Of "1971-06-24", "24/06/1971", "24.6.1971", "19710624", "1971-06-24T00:00Z".
std::u16string date_of(const std::u16string& text) {
    std::vector<std::u16string> groups(1);
    for (const char16_t c : text) {
        if (is_digit(c)) {
            groups.back() += c;
        } else if (c == u't' || (c == u' ' && groups.size() == 3)) {
            break;  // the time of day
        } else if (!groups.back().empty()) {
            groups.emplace_back();
        }
    }
    if (groups.back().empty()) groups.pop_back();
    if (groups.size() == 1 && groups[0].size() == 8) return groups[0];
    if (groups.size() != 3) return {};
    if (groups[2].size() == 4) std::swap(groups[0], groups[2]);
    if (groups[0].size() != 4) return {};
    std::u16string out = groups[0];
    for (std::size_t i = 1; i < 3; ++i) {
        if (groups[i].size() > 2) return {};
        if (groups[i].size() == 1) out += u'0';
        out += groups[i];
    }
    return out;
}

std::u16string kept(FieldKind kind, const std::u16string& text) {
    switch (kind) {
        case FieldKind::GivenName:
        case FieldKind::Surname: return only(text, is_letter, 0);
        case FieldKind::Town:
        case FieldKind::Postcode: return only(text, is_sign, 0);
        case FieldKind::Date: return date_of(text);
        case FieldKind::Phone: return only(text, is_digit, 0);
        case FieldKind::Email:
            return only(
                text, [](char16_t c) { return c > u' '; }, 0);
        case FieldKind::Street:
        case FieldKind::Other: return only(text, is_sign, u' ');
    }
    return {};
}

// 0: a vowel or another letter that parts equal sounds; 7: h and w, which do not.
int sound_of(char16_t c) {
    constexpr std::string_view kSounds = "01230127022455012623017202";
    return c >= u'a' && c <= u'z' ? kSounds[static_cast<std::size_t>(c - u'a')] - '0' : 0;
}

std::u16string soundex(std::u16string_view text, std::size_t sounds) {
    std::u16string out;
    int last = 0;
    for (const char16_t c : text) {
        if (c == u' ' || is_digit(c)) continue;
        const int sound = sound_of(c);
        if (out.empty() || c >= 128) {
            out += c;  // of another script: its letters are their own sounds
        } else if (sound != 0 && sound != 7 && sound != last) {
            out += static_cast<char16_t>(u'0' + sound);
        }
        if (sound != 7) last = sound;
        if (out.size() == sounds + 1) break;
    }
    return out;
}

}  // namespace

std::u16string spelled(FieldKind kind, std::string_view utf8) {
    std::u16string out = kept(kind, folded(utf8));
    if (out.size() > kLettersMax) out.resize(kLettersMax);
    return out;
}

std::u16string loose_key(FieldKind kind, std::u16string_view value) {
    switch (kind) {
        case FieldKind::GivenName:
        case FieldKind::Surname: return soundex(value, kNameSounds);
        case FieldKind::Town:
        case FieldKind::Street: return soundex(value, kLongSounds);
        case FieldKind::Date: return std::u16string(value.substr(0, 4));
        case FieldKind::Email: return std::u16string(value.substr(0, value.find(u'@')));
        case FieldKind::Phone:
            return std::u16string(value.substr(value.size() - std::min(value.size(), kPhoneTail)));
        case FieldKind::Postcode:
        case FieldKind::Other: return std::u16string(value);
    }
    return {};
}

}  // namespace filrouge::matching
