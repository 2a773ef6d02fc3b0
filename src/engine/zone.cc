#include "engine/zone.h"

#include <date/tz.h>

#include <fstream>
#include <string_view>

#include "base/bytes.h"
#include "base/text.h"
#include "storage/sha256.h"

namespace filrouge::engine {
namespace {

using LocalUs = date::local_time<std::chrono::microseconds>;
using SysUs = date::sys_time<std::chrono::microseconds>;

// The machine's tables list changes of clocks until 2037, and the library does not read the rule
// that stands behind the last one. Later years borrow from one of these, on which the same dates
// have the same days of the week: from the first of January on, or in a leap year from March on.
constexpr std::int64_t kTablesEndUs = 2'145'916'800'000'000;  // 2038
constexpr int kLentFirst = 2026, kLentLast = 2034;  // there is one for each day of the week

date::sys_days lent_day(date::sys_days day) {
    const date::year_month_day date{day};
    const bool from_march = date.year().is_leap() && date.month() > date::February;
    const date::month_day mark = from_march ? date::March / 1 : date::January / 1;
    const date::sys_days start = date.year() / mark;
    for (int year = kLentFirst; year <= kLentLast; ++year) {
        const date::sys_days lent = date::year{year} / mark;
        if (!date::year{year}.is_leap() && date::weekday{lent} == date::weekday{start})
            return lent + (day - start);
    }
    return day;
}

class TzZone final : public audience::Zone {
  public:
    explicit TzZone(const date::time_zone* zone) : zone_(zone) {}
    std::int64_t local_from_utc_us(std::int64_t utc_us) const override {
        const std::int64_t later_us = borrowed_us(utc_us);
        const SysUs utc{std::chrono::microseconds{utc_us - later_us}};
        return zone_->to_local(utc).time_since_epoch().count() + later_us;
    }
    std::int64_t utc_from_local_us(std::int64_t local_us) const override {
        const std::int64_t later_us = borrowed_us(local_us);
        return utc_from_told_us(local_us - later_us) + later_us;
    }

  private:
    // How much later a time is than the one that is looked up for it.
    std::int64_t borrowed_us(std::int64_t us) const {
        if (us < kTablesEndUs) return 0;
        const SysUs at{std::chrono::microseconds{us}};
        const auto day = date::floor<date::days>(at);
        // Some zones are told for longer (those that go by the moon).
        if (zone_->get_info(at).end < date::sys_days{date::year{2400} / 1 / 1}) return 0;
        return std::chrono::microseconds(day - lent_day(day)).count();
    }
    std::int64_t utc_from_told_us(std::int64_t local_us) const {
        const LocalUs local{std::chrono::microseconds{local_us}};
        const date::local_info info = zone_->get_info(local);
        // In a gap the clock jumps over the moment: the first instant after it. When it happens
        // twice: the first.
        if (info.result == date::local_info::nonexistent) {
            return std::chrono::duration_cast<std::chrono::microseconds>(
                       info.second.begin.time_since_epoch())
                .count();
        }
        return local_us - std::chrono::microseconds(info.first.offset).count();
    }

    const date::time_zone* zone_;
};

// What the tables were made of, as packages of distributions bring it beside them. Its first line
// is a comment: the word "version" and which it is.
constexpr const char* kTablesSource = "/usr/share/zoneinfo/tzdata.zi";
constexpr std::string_view kVersionWord = "version";
constexpr std::size_t kVersionBytesMax = 32;

// Of what the tables say of each zone; takes a moment, for each is read.
std::string digest_of_tables(const date::tzdb& tables) {
    const date::sys_seconds from{date::sys_days{date::year{1970} / 1 / 1}};
    const date::sys_seconds to{date::sys_days{date::year{2040} / 1 / 1}};
    Bytes all;
    ByteWriter w(all);
    for (const date::time_zone& zone : tables.zones) {
        w.sized(zone.name());
        for (date::sys_seconds at = from; at < to;) {
            const date::sys_info info = zone.get_info(at);
            w.i64(at.time_since_epoch().count());
            w.i64(info.offset.count());
            at = info.end;
        }
    }
    return sha256_hex(all).substr(0, kVersionBytesMax);
}

std::string version_of_tables() {
    const date::tzdb& tables = date::get_tzdb();
    if (tables.version != "unknown") return tables.version;
    std::string line;
    std::getline(std::ifstream(kTablesSource), line);
    const std::string_view comment = line.starts_with('#') ? trim(line).substr(1) : "";
    const std::string_view words = trim(comment);
    if (words.starts_with(kVersionWord)) {
        const std::string_view version = trim(words.substr(kVersionWord.size()));
        if (!version.empty()) return std::string(version.substr(0, kVersionBytesMax));
    }
    return digest_of_tables(tables);
}

}  // namespace

std::string zone_tables_version() {
    try {
        static const std::string version = version_of_tables();  // a process reads them once
        return version;
    } catch (const std::exception&) {
        return {};  // without tables there is no zone to find, either
    }
}

std::unique_ptr<audience::Zone> find_zone(const std::string& name) {
    try {
        return std::make_unique<TzZone>(date::locate_zone(name));
    } catch (const std::exception&) {
        return nullptr;
    }
}

}  // namespace filrouge::engine
