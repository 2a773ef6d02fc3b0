#include "engine/rate_text.h"

#include <algorithm>
#include <chrono>

#include "audience/rates.h"
#include "audience/words.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

constexpr std::size_t kWholeDigitsMax = 9;
constexpr std::size_t kDecimalsMax = 8;

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::int64_t> parse_rate(std::string_view text) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view decimals =
        point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    if (whole.empty() || whole.size() > kWholeDigitsMax || decimals.size() > kDecimalsMax ||
        (point != std::string_view::npos && decimals.empty()) || !all_digits(whole) ||
        !all_digits(decimals)) {
        return std::nullopt;
    }
    std::int64_t rate = 0;
    for (const char c : whole) rate = rate * 10 + (c - '0');
    for (std::size_t i = 0; i < kDecimalsMax; ++i)
        rate = rate * 10 + (i < decimals.size() ? decimals[i] - '0' : 0);
    if (rate == 0) return std::nullopt;
    return rate;
}

std::string rate_text(std::int64_t rate) {
    std::string decimals = std::to_string(audience::kRateScale + rate % audience::kRateScale);
    decimals.erase(decimals.find_last_not_of('0') + 1);
    decimals.front() = '.';
    return std::to_string(rate / audience::kRateScale) + (decimals == "." ? "" : decimals);
}

std::optional<std::int32_t> parse_day(std::string_view text) {
    const auto moment = audience::moment_named(text);
    if (!moment || moment->has_time) return std::nullopt;
    const std::chrono::sys_days day{std::chrono::year{moment->year} /
                                    std::chrono::month{moment->month} /
                                    std::chrono::day{moment->day}};
    return static_cast<std::int32_t>(day.time_since_epoch().count());
}

std::string day_text(std::int32_t day) {
    constexpr std::size_t kDateBytes = 10;
    return iso_time(EventTime{day * days(1).us}).substr(0, kDateBytes);
}

}  // namespace filrouge::engine
