#include "matching/levels.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/assert.h"
#include "matching/similarity.h"

namespace filrouge::matching {

namespace {

constexpr double kNear = 0.92, kClose = 0.88, kAlike = 0.7;
constexpr std::size_t kPostcodeArea = 2;  // French department, first letters of a British area
constexpr std::size_t kPhoneTail = 8;
constexpr std::size_t kSlipLetters = 4;  // one slip in a shorter text makes another word of it

constexpr std::array<std::string_view, 6> kGiven = {
    "equal", "swapped with the surname", "near", "close", "alike", "different"};
constexpr std::array<std::string_view, 5> kText = {"equal", "near", "close", "alike", "different"};
constexpr std::array<std::string_view, 5> kDate = {
    "equal", "one slip, or day and month swapped", "two of year, month and day",
    "two slips, or one part and nearly another", "different"};
constexpr std::array<std::string_view, 4> kPostcode = {"equal", "one slip", "same area",
                                                       "different"};
constexpr std::array<std::string_view, 5> kEmail = {"equal", "same local part", "one or two slips",
                                                    "alike", "different"};
constexpr std::array<std::string_view, 4> kPhone = {"equal", "same last eight digits", "one slip",
                                                    "different"};
static_assert(kGiven.size() < kLevelsMax);

// 0 near, 1 close, 2 alike, 3 different. One slip is near as well: in a long text Jaro-Winkler says
// so, in a short one it makes too much of it.
int likeness(std::u16string_view a, std::u16string_view b) {
    const double s = jaro_winkler(a, b);
    if (s >= kNear) return 0;
    if (s < kAlike) return 3;
    if (std::min(a.size(), b.size()) >= kSlipLetters && edits(a, b, 1) == 1) return 0;
    return s >= kClose ? 1 : 2;
}

Level level(int number) { return static_cast<Level>(number); }

bool day_and_month_swapped(std::u16string_view a, std::u16string_view b) {
    return a.substr(0, 4) == b.substr(0, 4) && a.substr(4, 2) == b.substr(6) &&
           a.substr(6) == b.substr(4, 2);
}

// Year, month and day go wrong one by one: a whole part, or a sign of it.
Level dates(std::u16string_view a, std::u16string_view b) {
    const std::size_t slips = edits(a, b, 2);
    if (slips == 1 || day_and_month_swapped(a, b)) return 2;
    int equal = 0, nearly = 0;
    for (const auto& [at, length] : {std::pair{0u, 4u}, std::pair{4u, 2u}, std::pair{6u, 2u}}) {
        const std::size_t off = edits(a.substr(at, length), b.substr(at, length), 1);
        equal += off == 0 ? 1 : 0;
        nearly += off == 1 ? 1 : 0;
    }
    if (equal == 2) return 3;
    return slips == 2 || (equal == 1 && nearly > 0) ? 4 : 5;
}

Level postcodes(std::u16string_view a, std::u16string_view b) {
    if (edits(a, b, 1) == 1) return 2;
    return a.substr(0, kPostcodeArea) == b.substr(0, kPostcodeArea) ? 3 : 4;
}

Level emails(std::u16string_view a, std::u16string_view b) {
    const auto local_a = a.substr(0, a.find(u'@')), local_b = b.substr(0, b.find(u'@'));
    if (local_a == local_b) return 2;
    if (edits(a, b, 2) <= 2) return 3;
    return jaro_winkler(a, b) >= kClose || jaro_winkler(local_a, local_b) >= kClose ? 4 : 5;
}

std::u16string_view tail(std::u16string_view phone) {
    return phone.substr(phone.size() - std::min(phone.size(), kPhoneTail));
}

Level phones(std::u16string_view a, std::u16string_view b) {
    if (tail(a) == tail(b)) return 2;
    return edits(tail(a), tail(b), 1) == 1 ? 3 : 4;
}

}  // namespace

std::span<const std::string_view> levels_of(FieldKind kind) {
    switch (kind) {
        case FieldKind::GivenName: return kGiven;
        case FieldKind::Date: return kDate;
        case FieldKind::Postcode: return kPostcode;
        case FieldKind::Email: return kEmail;
        case FieldKind::Phone: return kPhone;
        default: return kText;
    }
}

Level compare(FieldKind kind, std::u16string_view a, std::u16string_view b) {
    ASSERT(!a.empty() && !b.empty() && a != b);
    ASSERT(kind != FieldKind::Date || (a.size() == 8 && b.size() == 8));
    switch (kind) {
        case FieldKind::GivenName: return level(3 + likeness(a, b));
        case FieldKind::Date: return dates(a, b);
        case FieldKind::Postcode: return postcodes(a, b);
        case FieldKind::Email: return emails(a, b);
        case FieldKind::Phone: return phones(a, b);
        default: return level(2 + likeness(a, b));
    }
}

bool swapped(std::u16string_view given_a, std::u16string_view surname_a,
             std::u16string_view given_b, std::u16string_view surname_b) {
    // Letters first: it settles nearly every pair.
    if (given_a[0] != surname_b[0] || surname_a[0] != given_b[0]) return false;
    return jaro_winkler(given_a, surname_b) >= kNear && jaro_winkler(surname_a, given_b) >= kNear;
}

}  // namespace filrouge::matching
