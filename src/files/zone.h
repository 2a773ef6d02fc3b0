// Local times of a named zone, and the forms of time that import files use.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace date {
class time_zone;
}

namespace filrouge::files {

// A local time that the clocks jumped over means the instant of the jump; one that they showed
// twice means the earlier instant. Not thread-safe: it remembers the last stretch of one offset.
class Zone {
  public:
    static Result<Zone> open(const std::string& name);  // "Europe/Paris", "UTC"
    std::int64_t utc_from_local_us(std::int64_t local_us);
    std::int64_t local_from_utc_us(std::int64_t utc_us) const;
    const std::string& name() const { return name_; }

  private:
    Zone(std::string name, const date::time_zone* zone) : name_(std::move(name)), zone_(zone) {}
    std::string name_;
    const date::time_zone* zone_;
    std::int64_t sure_from_ = 1,
                 sure_until_ = 0;  // local seconds in which offset_ holds without doubt
    std::int64_t offset_ = 0;      // seconds
};

// How a column tells time: "iso", "epoch_s", "epoch_ms", "epoch_us", or a pattern of
// %Y %y %m %d %e %H %I %M %S %f %p %b %B %a %A %j %z %Z %% and literal characters.
class TimeFormat {
  public:
    static Result<TimeFormat> parse(std::string_view text);
    struct Told {
        std::int64_t us = 0;  // local, or UTC when `utc`
        bool utc = false;     // the text named its offset, or it is an epoch
        bool date_only = false;
    };
    std::optional<Told> read(std::string_view text) const;

  private:
    enum class Kind { Iso, Epoch, Pattern };
    Kind kind_ = Kind::Iso;
    std::int64_t epoch_unit_us_ = 1;
    std::string pattern_;
};

constexpr std::int64_t kDayUs = 86'400'000'000;
std::optional<std::int64_t> days_from_civil(int year, int month, int day);  // since 1970; checked
// "2017-03-12 07:30:27", with ".123456" only where it is not zero.
std::string local_text(std::int64_t local_us);
std::string iso_utc_text(std::int64_t utc_us);  // "2017-03-12T07:30:27Z"

}  // namespace filrouge::files
