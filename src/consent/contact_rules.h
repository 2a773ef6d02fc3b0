// When a message that is allowed may be sent, and how often somebody may be called: hours, days and
// tries, on the clock and by the calendar of the person. The defaults are French law and the
// operators' charter; each is a setting (docs/consent.md names the sources).
//
// Pure functions. Times are those of the person's clock, so that a change of it moves no window:
// whoever asks knows the person's time zone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "consent/contact_channel.h"

namespace filrouge::consent {

using LocalTime = TimePoint<struct LocalTimeTag>;  // microseconds since 1970 as the clock shows it

// Where other days are public holidays. Overseas has clocks of its own, too.
enum class Region : std::uint8_t {
    Mainland = 0,
    AlsaceMoselle = 1,
    Guadeloupe = 2,
    Martinique = 3,
    Guyane = 4,
    Reunion = 5,
    Mayotte = 6,
    SaintMartin = 7,
    SaintBarthelemy = 8,
};
constexpr std::array<std::string_view, 9> kRegionNames = {
    "mainland", "alsace-moselle", "guadeloupe",   "martinique",      "guyane",
    "reunion",  "mayotte",        "saint-martin", "saint-barthelemy"};
std::optional<Region> region_named(std::string_view name);
// By a French postal code; the mainland's where it is none.
Region region_of_postcode(std::string_view code);

// Day of 1970 = 0. Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).
std::int64_t easter_sunday(int year);
// Labour code L.3133-1, L.3134-13 (Alsace and Moselle) and L.3422-2 (overseas).
bool is_public_holiday(std::int64_t day, Region region);

struct DailyWindow {  // minutes of the day; `to` is the first one outside
    std::uint16_t from = 0;
    std::uint16_t to = 24 * 60;
    bool operator==(const DailyWindow&) const = default;
};
// "08:00-20:30"; "24:00" is the end of the day. Nothing when it is none, or empty.
std::optional<DailyWindow> parse_window(std::string_view text);

constexpr std::uint8_t kEveryDay = 0x7f;
constexpr std::uint8_t kMondayToSaturday = 0x3f;
constexpr std::uint8_t kMondayToFriday = 0x1f;

struct ChannelRules {
    std::vector<DailyWindow> windows = {DailyWindow{}};  // ascending
    std::uint8_t weekdays = kEveryDay;                   // bit 0: Monday
    bool holidays = true;
    std::uint16_t tries_max = 0;  // within tries_days; 0: any number
    std::uint16_t tries_days = 0;
    std::uint16_t rest_days = 0;  // after a refusal on this channel
    bool operator==(const ChannelRules&) const = default;
};

struct ContactRules {
    std::array<ChannelRules, kContactChannelNames.size()> channels;  // by ContactChannel
    const ChannelRules& of(ContactChannel channel) const {
        return channels[static_cast<std::size_t>(channel)];
    }
    ChannelRules& of(ContactChannel channel) { return channels[static_cast<std::size_t>(channel)]; }
    bool operator==(const ContactRules&) const = default;
};
ContactRules french_contact_rules();

// Why not now. The first that applies.
enum class Hold : std::uint8_t { None, RefusedLately, TooManyTries, Weekday, Holiday, Hours };
std::string_view name_of(Hold hold);

struct ContactWish {
    ContactChannel channel = ContactChannel::All;
    LocalTime at;
    Region region = Region::Mainland;
    std::span<const LocalTime> tries = {};     // earlier ones on this channel, ascending
    std::optional<LocalTime> refused_at = {};  // on this channel
};
struct ContactVerdict {
    Hold hold = Hold::None;
    // The first moment that all rules allow; `at` itself when none holds it back. Nothing when the
    // rules leave no moment within kLookAheadDays.
    std::optional<LocalTime> next;
};
constexpr int kLookAheadDays = 400;
ContactVerdict judge(const ContactRules& rules, const ContactWish& wish);

// Post and electronic communications code L.34-5: without a prior consent only a customer by a real
// sale, about similar goods of the same seller, who was offered a refusal with the sale and is
// with every message.
struct SoftOptIn {
    bool bought = false;   // an order that was paid and not cancelled: an account is no sale
    bool similar = false;  // what is advertised is like what was bought
    bool refusal_offered = false;
    bool refused = false;
};
bool covers(const SoftOptIn& facts);

}  // namespace filrouge::consent
