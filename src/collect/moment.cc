#include "collect/moment.h"

#include "base/text.h"

namespace filrouge::collect {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Days since 1970-01-01 of a date of the Gregorian calendar.
std::int64_t days_of(std::int64_t year, int month, int day) {
    const std::int64_t y = month <= 2 ? year - 1 : year;
    const std::int64_t era = y / 400;  // years 1 to 9999 only: never negative
    const std::int64_t year_of_era = y - era * 400;
    const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 719'468;
}

bool exists(int year, int month, int day) {
    static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1) return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

class TimeReader {
  public:
    explicit TimeReader(std::string_view text) : text_(text) {}
    bool done() const { return at_ == text_.size(); }
    bool take(char c) {
        if (done() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::optional<int> digits(std::size_t n) {
        if (at_ + n > text_.size()) return std::nullopt;
        int v = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const char c = text_[at_ + i];
            if (!is_digit(c)) return std::nullopt;
            v = v * 10 + (c - '0');
        }
        at_ += n;
        return v;
    }
    std::optional<std::int64_t> fraction() {  // in microseconds; at least one digit
        std::int64_t us = 0;
        std::size_t n = 0;
        for (; !done() && is_digit(text_[at_]); ++at_, ++n) {
            if (n < 6) us = us * 10 + (text_[at_] - '0');
        }
        if (n == 0) return std::nullopt;
        for (; n < 6; ++n) us *= 10;
        return us;
    }
    std::optional<std::int64_t> offset() {  // in microseconds; none written is UTC
        if (done() || take('Z') || take('z')) return 0;
        const bool west = !done() && text_[at_] == '-';
        if (!take('+') && !take('-')) return std::nullopt;
        const auto h = digits(2);
        if (!h || *h > 23) return std::nullopt;
        int m = 0;
        if (!done()) {
            take(':');
            const auto given = digits(2);
            if (!given || *given > 59) return std::nullopt;
            m = *given;
        }
        const std::int64_t us = (*h * 60 + m) * 60'000'000LL;
        return west ? -us : us;
    }
    std::optional<std::int64_t> clock() {  // HH:MM[:SS[.fraction]] in microseconds
        const auto h = digits(2);
        if (!h || *h > 23 || !take(':')) return std::nullopt;
        const auto m = digits(2);
        if (!m || *m > 59) return std::nullopt;
        std::int64_t us = (*h * 60 + *m) * 60'000'000LL;
        if (!take(':')) return us;
        const auto s = digits(2);
        if (!s || *s > 60) return std::nullopt;  // a leap second is the next second
        us += *s * 1'000'000LL;
        if (!take('.') && !take(',')) return us;
        const auto rest = fraction();
        if (!rest) return std::nullopt;
        return us + *rest;
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<EventTime> time_from_epoch(std::int64_t count) {
    const std::int64_t size = count < 0 ? -(count + 1) : count;
    if (size < 100'000'000'000) return EventTime{count * 1'000'000};  // until the year 5138
    if (size < 100'000'000'000'000) return EventTime{count * 1'000};
    if (size < 100'000'000'000'000'000) return EventTime{count};
    return std::nullopt;
}

std::optional<EventTime> parse_time(std::string_view text) {
    text = trim(text);
    const bool dated = text.size() > 4 && text[4] == '-';
    if (const auto count = dated ? std::nullopt : parse_int(text)) {
        if (text.size() < 9) return std::nullopt;  // "2026" or "20260301" is no count of seconds
        return time_from_epoch(*count);
    }
    TimeReader reader(text);
    const auto year = reader.digits(4);
    if (!year || !reader.take('-')) return std::nullopt;
    const auto month = reader.digits(2);
    if (!month || !reader.take('-')) return std::nullopt;
    const auto day = reader.digits(2);
    if (!day || !exists(*year, *month, *day)) return std::nullopt;
    std::int64_t us = days_of(*year, *month, *day) * 86'400'000'000LL;
    if (reader.done()) return EventTime{us};
    if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return std::nullopt;
    const auto clock = reader.clock();
    if (!clock) return std::nullopt;
    const auto offset = reader.offset();
    if (!offset || !reader.done()) return std::nullopt;
    us += *clock - *offset;
    return EventTime{us};
}

}  // namespace filrouge::collect
