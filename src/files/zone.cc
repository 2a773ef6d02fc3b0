#include "files/zone.h"

#include <date/tz.h>

#include <array>
#include <stdexcept>

#include "base/text.h"
#include "model/money.h"

namespace filrouge::files {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// A cursor over the text of a time; every step says whether it found what it looked for.
struct Cursor {
    std::string_view text;
    std::size_t at = 0;

    bool done() const { return at == text.size(); }
    char peek() const { return done() ? '\0' : text[at]; }
    bool literal(char c) {
        if (peek() != c) return false;
        ++at;
        return true;
    }
    bool digits(std::size_t least, std::size_t most, int& out) {
        int n = 0;
        const std::size_t begin = at;
        while (at - begin < most && peek() >= '0' && peek() <= '9') n = n * 10 + (text[at++] - '0');
        out = n;
        return at - begin >= least;
    }
    bool fraction(std::int64_t& us) {  // behind the point
        std::int64_t unit = 100'000;
        const std::size_t begin = at;
        for (; peek() >= '0' && peek() <= '9'; ++at, unit /= 10) us += unit * (text[at] - '0');
        return at > begin;
    }
    bool offset(std::int64_t& seconds) {  // Z, +01:00, -0500, +02
        if (literal('Z') || literal('z')) return true;
        const bool west = peek() == '-';
        if (!literal('+') && !literal('-')) return false;
        int h = 0, m = 0;
        if (!digits(2, 2, h)) return false;
        if (literal(':') ? !digits(2, 2, m) : (peek() >= '0' && peek() <= '9' && !digits(2, 2, m)))
            return false;
        if (h > 18 || m > 59) return false;
        seconds = (h * 3'600 + m * 60) * (west ? -1 : 1);
        return true;
    }
    bool letters(std::string_view& word) {
        const std::size_t begin = at;
        while ((peek() >= 'a' && peek() <= 'z') || (peek() >= 'A' && peek() <= 'Z')) ++at;
        word = text.substr(begin, at - begin);
        return !word.empty();
    }
};

struct Parts {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, day_of_year = 0;
    std::int64_t fraction_us = 0, offset_seconds = 0;
    bool has_offset = false, has_time = false, afternoon = false, half_day = false;

    std::optional<TimeFormat::Told> told() const {
        auto days = days_from_civil(year, month, day);
        if (days && day_of_year != 0) {
            days = *days_from_civil(year, 1, 1) + day_of_year - 1;
            if (*days >= *days_from_civil(year + 1, 1, 1)) return std::nullopt;  // no leap year
        }
        int h = hour;
        if (half_day) {
            if (h < 1 || h > 12) return std::nullopt;
            h = h % 12 + (afternoon ? 12 : 0);
        }
        const bool midnight_of_next = h == 24 && minute == 0 && second == 0;
        if (!days || (h > 23 && !midnight_of_next) || minute > 59 || second > 60)
            return std::nullopt;
        TimeFormat::Told out;
        const std::int64_t seconds =
            *days * kDaySeconds + h * 3'600 + minute * 60 + second - offset_seconds;
        out.us = seconds * kSecondUs + fraction_us;
        out.utc = has_offset;
        out.date_only = !has_time;
        return out;
    }
};

std::optional<TimeFormat::Told> read_iso(std::string_view text) {
    Cursor c{text};
    Parts p;
    if (!c.digits(4, 4, p.year) || !c.literal('-') || !c.digits(2, 2, p.month) || !c.literal('-') ||
        !c.digits(2, 2, p.day)) {
        return std::nullopt;
    }
    if (c.done()) return p.told();
    if (!c.literal('T') && !c.literal(' ') && !c.literal('t')) return std::nullopt;
    p.has_time = true;
    if (!c.digits(2, 2, p.hour) || !c.literal(':') || !c.digits(2, 2, p.minute))
        return std::nullopt;
    if (c.literal(':') && !c.digits(2, 2, p.second)) return std::nullopt;
    if ((c.literal('.') || c.literal(',')) && !c.fraction(p.fraction_us)) return std::nullopt;
    c.literal(' ');
    if (!c.done()) {
        if (!c.offset(p.offset_seconds)) return std::nullopt;
        p.has_offset = true;
    }
    return c.done() ? p.told() : std::nullopt;
}

bool read_month_name(Cursor& c, int& month) {
    std::string_view word;
    if (!c.letters(word) || word.size() < 3) return false;
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
        const std::string lower = ascii_lower(word);
        if (kMonths[i] == lower || kMonths[i].substr(0, 3) == lower) {
            month = static_cast<int>(i) + 1;
            return true;
        }
    }
    return false;
}

bool read_half_day(Cursor& c, Parts& p) {
    std::string_view word;
    if (!c.letters(word)) return false;
    p.half_day = true;
    p.afternoon = ascii_equal_ignoring_case(word, "pm");
    return p.afternoon || ascii_equal_ignoring_case(word, "am");
}

// Of the names of zones only this one means the same everywhere: EST is of two continents. The
// others are passed over, the map's zone counts.
bool read_zone_name(Cursor& c, Parts& p) {
    std::string_view word;
    if (!c.letters(word)) return false;
    for (const std::string_view utc : {"UTC", "GMT", "Z"})
        p.has_offset = p.has_offset || ascii_equal_ignoring_case(word, utc);
    return true;
}

bool read_two_digit_year(Cursor& c, int& year) {
    if (!c.digits(2, 2, year)) return false;
    year += year < 69 ? 2000 : 1900;
    return true;
}

// One conversion of a pattern. Whoever adds one names it in kConversions.
bool read_conversion(char conversion, Cursor& c, Parts& p) {
    std::string_view word;
    switch (conversion) {
        case 'Y': return c.digits(4, 4, p.year);
        case 'y': return read_two_digit_year(c, p.year);
        case 'm': return c.digits(1, 2, p.month);
        case 'd': return c.digits(1, 2, p.day);
        case 'e':
            while (c.literal(' ')) {
            }
            return c.digits(1, 2, p.day);
        case 'j':
            return c.digits(1, 3, p.day_of_year) && p.day_of_year >= 1 && p.day_of_year <= 366;
        case 'H':
        case 'I': p.has_time = true; return c.digits(1, 2, p.hour);
        case 'M': p.has_time = true; return c.digits(1, 2, p.minute);
        case 'S':
            p.has_time = true;
            if (!c.digits(1, 2, p.second)) return false;
            return !c.literal('.') || c.fraction(p.fraction_us);
        case 'f': return c.fraction(p.fraction_us);
        case 'p': return read_half_day(c, p);
        case 'b':
        case 'B': return read_month_name(c, p.month);
        case 'a':
        case 'A': return c.letters(word);
        case 'Z': return read_zone_name(c, p);
        case 'z': p.has_offset = true; return c.offset(p.offset_seconds);
        case '%': return c.literal('%');
        default: return false;
    }
}
constexpr std::string_view kConversions = "YymdejHIMSfpbBaAZz%";

std::optional<TimeFormat::Told> read_pattern(std::string_view pattern, std::string_view text) {
    Cursor c{text};
    Parts p;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool fine =
            pattern[i] == '%' ? read_conversion(pattern[++i], c, p) : c.literal(pattern[i]);
        if (!fine) return std::nullopt;
    }
    return c.done() ? p.told() : std::nullopt;
}

std::optional<TimeFormat::Told> read_epoch(std::string_view text, std::int64_t unit_us) {
    // In two steps, so that microseconds of an epoch in seconds are kept.
    const std::size_t point = text.find('.');
    const auto whole = parse_int(text.substr(0, point));
    if (!whole) return std::nullopt;
    std::int64_t us = 0;
    if (__builtin_mul_overflow(*whole, unit_us, &us)) return std::nullopt;
    if (point != std::string_view::npos) {
        Cursor c{text, point + 1};
        std::int64_t fraction = 0;
        if (!c.fraction(fraction) || !c.done()) return std::nullopt;
        us += (text[0] == '-' ? -fraction : fraction) * unit_us / kSecondUs;
    }
    return TimeFormat::Told{us, true, false};
}

std::string two(std::int64_t n) {
    return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)};
}

std::string text_of(std::int64_t us, char between) {
    const std::int64_t days = floor_div(us, kDayUs);
    const std::int64_t rest = us - days * kDayUs;
    const date::year_month_day ymd{date::sys_days{date::days{static_cast<int>(days)}}};
    std::string year = std::to_string(static_cast<int>(ymd.year()));
    if (year.size() < 4) year.insert(0, 4 - year.size(), '0');
    std::string out = year + "-" + two(static_cast<unsigned>(ymd.month())) + "-" +
                      two(static_cast<unsigned>(ymd.day()));
    const std::int64_t s = rest / kSecondUs;
    out += between + two(s / 3'600) + ":" + two(s / 60 % 60) + ":" + two(s % 60);
    if (rest % kSecondUs != 0) {
        const std::string fraction = std::to_string(kSecondUs + rest % kSecondUs);
        out += "." + fraction.substr(1);
    }
    return out;
}

}  // namespace

std::optional<std::int64_t> days_from_civil(int year, int month, int day) {
    const date::year_month_day ymd{date::year{year}, date::month{static_cast<unsigned>(month)},
                                   date::day{static_cast<unsigned>(day)}};
    if (!ymd.ok()) return std::nullopt;
    return date::sys_days{ymd}.time_since_epoch().count();
}

std::string local_text(std::int64_t local_us) { return text_of(local_us, ' '); }
std::string iso_utc_text(std::int64_t utc_us) { return text_of(utc_us, 'T') + "Z"; }

Result<Zone> Zone::open(const std::string& name) {
    if (name == "UTC") return Zone(name, nullptr);
    try {
        return Zone(name, date::locate_zone(name));
    } catch (const std::runtime_error&) {
        return Error{"files.zone", "the time zone '" + name + "' is not known",
                     "Use a name of the tz database, such as Europe/Paris."};
    }
}

std::int64_t Zone::utc_from_local_us(std::int64_t local_us) {
    if (zone_ == nullptr) return local_us;
    const std::int64_t second = floor_div(local_us, kSecondUs);
    if (second >= sure_from_ && second < sure_until_) return local_us - offset_ * kSecondUs;
    const date::local_info info =
        zone_->get_info(date::local_seconds{std::chrono::seconds{second}});
    if (info.result == date::local_info::nonexistent) {
        return info.first.end.time_since_epoch().count() * kSecondUs;
    }
    offset_ = info.first.offset.count();
    sure_from_ = 1;
    sure_until_ = 0;
    if (info.result == date::local_info::unique) {
        // A day from either change no local time is doubtful: offsets never differ by more.
        const std::int64_t begin = info.first.begin.time_since_epoch().count();
        const std::int64_t end = info.first.end.time_since_epoch().count();
        sure_from_ = begin < INT64_MIN / 4 ? INT64_MIN / 4 : begin + offset_ + kDaySeconds;
        sure_until_ = end > INT64_MAX / 4 ? INT64_MAX / 4 : end + offset_ - kDaySeconds;
    }
    return local_us - offset_ * kSecondUs;
}

std::int64_t Zone::local_from_utc_us(std::int64_t utc_us) const {
    if (zone_ == nullptr) return utc_us;
    const date::sys_info info =
        zone_->get_info(date::sys_seconds{std::chrono::seconds{floor_div(utc_us, kSecondUs)}});
    return utc_us + info.offset.count() * kSecondUs;
}

Result<TimeFormat> TimeFormat::parse(std::string_view text) {
    TimeFormat format;
    if (text == "iso") return format;
    format.kind_ = Kind::Epoch;
    if (text == "epoch_us") return format;
    format.epoch_unit_us_ = 1'000;
    if (text == "epoch_ms") return format;
    format.epoch_unit_us_ = kSecondUs;
    if (text == "epoch_s") return format;
    format.kind_ = Kind::Pattern;
    format.pattern_ = text;
    bool any = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') continue;
        any = true;
        if (++i == text.size() || kConversions.find(text[i]) == std::string_view::npos) {
            return Error{
                "files.time_format",
                "the time format '" + std::string(text) + "' has an unknown conversion",
                "Known are iso, epoch_s, epoch_ms, epoch_us and patterns such as %d/%m/%Y %H:%M."};
        }
    }
    if (!any) {
        return Error{
            "files.time_format", "the time format '" + std::string(text) + "' is not known",
            "Known are iso, epoch_s, epoch_ms, epoch_us and patterns such as %d/%m/%Y %H:%M."};
    }
    return format;
}

std::optional<TimeFormat::Told> TimeFormat::read(std::string_view text) const {
    text = trim(text);
    switch (kind_) {
        case Kind::Iso: return read_iso(text);
        case Kind::Epoch: return read_epoch(text, epoch_unit_us_);
        case Kind::Pattern: return read_pattern(pattern_, text);
    }
    return std::nullopt;
}

}  // namespace filrouge::files
