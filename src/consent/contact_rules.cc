#include "consent/contact_rules.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"

namespace filrouge::consent {
namespace {

constexpr std::int64_t kDayUs = days(1).us;
constexpr std::int64_t kMinuteUs = minutes(1).us;

LocalTime start_of(std::int64_t day) { return {day * kDayUs}; }

// 0 is Monday; 1970 began on a Thursday.
unsigned weekday_of(std::int64_t day) { return static_cast<unsigned>(((day + 3) % 7 + 7) % 7); }

struct MonthDay {
    unsigned month = 0, day = 0;
    bool operator==(const MonthDay&) const = default;
};

constexpr std::array kHolidays = {MonthDay{1, 1},   MonthDay{5, 1},  MonthDay{5, 8},
                                  MonthDay{7, 14},  MonthDay{8, 15}, MonthDay{11, 1},
                                  MonthDay{11, 11}, MonthDay{12, 25}};
// Days after Easter Sunday: Easter Monday, Ascension, Whit Monday.
constexpr std::array<std::int64_t, 3> kAfterEaster = {1, 39, 50};
constexpr std::int64_t kGoodFriday = -2;

// The region's own day besides; the abolition of slavery overseas.
std::optional<MonthDay> own_day(Region region) {
    switch (region) {
        case Region::Mainland: return std::nullopt;
        case Region::AlsaceMoselle: return MonthDay{12, 26};
        case Region::Guadeloupe: return MonthDay{5, 27};
        case Region::Martinique: return MonthDay{5, 22};
        case Region::Guyane: return MonthDay{6, 10};
        case Region::Reunion: return MonthDay{12, 20};
        case Region::Mayotte: return MonthDay{4, 27};
        case Region::SaintMartin: return MonthDay{5, 28};
        case Region::SaintBarthelemy: return MonthDay{10, 9};
    }
    return std::nullopt;
}

std::optional<std::uint16_t> parse_minute(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto digits = [](std::string_view two) {
        return std::all_of(two.begin(), two.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (!digits(text.substr(0, 2)) || !digits(text.substr(3, 2))) return std::nullopt;
    const auto hour = parse_int(text.substr(0, 2)), minute = parse_int(text.substr(3, 2));
    const bool fits = hour && minute && *minute < 60 && *hour * 60 + *minute <= 24 * 60;
    if (!fits) return std::nullopt;
    return static_cast<std::uint16_t>(*hour * 60 + *minute);
}

// The first moment of this day, not before `at`, that its windows allow.
std::optional<LocalTime> within(const ChannelRules& rules, LocalTime at) {
    const LocalTime day = start_of(day_of(at));
    for (const DailyWindow& window : rules.windows) {
        const LocalTime from{day.us + window.from * kMinuteUs};
        const LocalTime to{day.us + window.to * kMinuteUs};
        if (at < to) return std::max(at, from);
    }
    return std::nullopt;
}

Hold held_by_day(const ChannelRules& rules, std::int64_t day, Region region) {
    if ((rules.weekdays >> weekday_of(day) & 1) == 0) return Hold::Weekday;
    if (!rules.holidays && is_public_holiday(day, region)) return Hold::Holiday;
    return Hold::None;
}

std::optional<LocalTime> first_open(const ChannelRules& rules, LocalTime at, Region region) {
    for (int ahead = 0; ahead < kLookAheadDays; ++ahead) {
        const std::int64_t day = day_of(at);
        if (held_by_day(rules, day, region) == Hold::None) {
            if (const auto found = within(rules, at)) return found;
        }
        at = start_of(day + 1);
    }
    return std::nullopt;
}

LocalTime rested(const ChannelRules& rules, const ContactWish& wish) {
    if (!wish.refused_at || rules.rest_days == 0) return wish.at;
    return std::max(wish.at, *wish.refused_at + days(rules.rest_days));
}

// When the try that is `tries_max` before the next one is long enough ago.
LocalTime after_tries(const ChannelRules& rules, const ContactWish& wish) {
    if (rules.tries_max == 0 || wish.tries.size() < rules.tries_max) return wish.at;
    const LocalTime oldest = wish.tries[wish.tries.size() - rules.tries_max];
    return std::max(wish.at, oldest + days(rules.tries_days));
}

}  // namespace

std::optional<Region> region_named(std::string_view name) {
    for (std::size_t i = 0; i < kRegionNames.size(); ++i) {
        if (kRegionNames[i] == name) return static_cast<Region>(i);
    }
    return std::nullopt;
}

Region region_of_postcode(std::string_view code) {
    if (code.size() != 5) return Region::Mainland;
    if (code == "97133") return Region::SaintBarthelemy;
    if (code == "97150") return Region::SaintMartin;
    const std::string_view two = code.substr(0, 2), three = code.substr(0, 3);
    if (two == "57" || two == "67" || two == "68") return Region::AlsaceMoselle;
    if (three == "971") return Region::Guadeloupe;
    if (three == "972") return Region::Martinique;
    if (three == "973") return Region::Guyane;
    if (three == "974") return Region::Reunion;
    if (three == "976") return Region::Mayotte;
    return Region::Mainland;
}

std::int64_t easter_sunday(int year) {
    const int a = year % 19, b = year / 100, c = year % 100;
    const int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
    const int h = (19 * a + b - d - g + 15) % 30;
    const int i = c / 4, k = c % 4;
    const int l = (32 + 2 * e + 2 * i - h - k) % 7;
    const int m = (a + 11 * h + 22 * l) / 451;
    const int n = h + l - 7 * m + 114;
    const auto month = static_cast<unsigned>(n / 31), day = static_cast<unsigned>(n % 31 + 1);
    const std::chrono::sys_days date =
        std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day);
    return date.time_since_epoch().count();
}

bool is_public_holiday(std::int64_t day, Region region) {
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::days{static_cast<int>(day)}}};
    const MonthDay fixed{static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())};
    if (std::find(kHolidays.begin(), kHolidays.end(), fixed) != kHolidays.end()) return true;
    if (own_day(region) == fixed) return true;
    const std::int64_t after = day - easter_sunday(static_cast<int>(date.year()));
    if (region == Region::AlsaceMoselle && after == kGoodFriday) return true;
    return std::find(kAfterEaster.begin(), kAfterEaster.end(), after) != kAfterEaster.end();
}

std::optional<DailyWindow> parse_window(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto from = parse_minute(text.substr(0, dash)), to = parse_minute(text.substr(dash + 1));
    if (!from || !to || *from >= *to) return std::nullopt;
    return DailyWindow{*from, *to};
}

ContactRules french_contact_rules() {
    ContactRules rules;
    ChannelRules& sms = rules.of(ContactChannel::Sms);
    sms.windows = {{8 * 60, 20 * 60 + 30}};
    sms.weekdays = kMondayToSaturday;
    sms.holidays = false;
    ChannelRules& phone = rules.of(ContactChannel::Phone);
    phone.windows = {{10 * 60, 13 * 60}, {14 * 60, 20 * 60}};
    phone.weekdays = kMondayToFriday;
    phone.holidays = false;
    phone.tries_max = 4;
    phone.tries_days = 30;
    phone.rest_days = 60;
    return rules;
}

std::string_view name_of(Hold hold) {
    static constexpr std::array<std::string_view, 6> kNames = {
        "none", "refused_lately", "too_many_tries", "weekday", "holiday", "hours"};
    return kNames[static_cast<std::size_t>(hold)];
}

ContactVerdict judge(const ContactRules& all, const ContactWish& wish) {
    const ChannelRules& rules = all.of(wish.channel);
    const LocalTime rest = rested(rules, wish);
    const LocalTime tries = after_tries(rules, wish);
    ContactVerdict verdict;
    verdict.next = first_open(rules, std::max(rest, tries), wish.region);
    if (rest > wish.at)
        verdict.hold = Hold::RefusedLately;
    else if (tries > wish.at)
        verdict.hold = Hold::TooManyTries;
    else if (const Hold day = held_by_day(rules, day_of(wish.at), wish.region); day != Hold::None)
        verdict.hold = day;
    else if (within(rules, wish.at) != wish.at)
        verdict.hold = Hold::Hours;
    return verdict;
}

bool covers(const SoftOptIn& facts) {
    return facts.bought && facts.similar && facts.refusal_offered && !facts.refused;
}

}  // namespace filrouge::consent
