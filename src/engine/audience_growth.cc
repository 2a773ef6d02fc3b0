// How audiences grew: the record of days that are over, and the answer to who asks.
#include <algorithm>
#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/fold.h"
#include "engine/rate_text.h"
#include "engine/request_body.h"
#include "engine/runtime_impl.h"

namespace filrouge::engine {

namespace {

using Row = GrowthBook::Row;

void write_day(JsonWriter& w, std::int32_t day, const Row& row, bool is_today) {
    w.open_object()
        .field("day", day_text(day))
        .field("size", static_cast<std::uint64_t>(row.size))
        .field("entered", static_cast<std::uint64_t>(row.entered))
        .field("left", static_cast<std::uint64_t>(row.left));
    if (row.has(GrowthBook::kBegan)) w.field("began", true);
    if (is_today) w.field("so_far", true);
    w.close();
}

// Every day from the first that is known, or asked for: where nothing happened the size stayed.
void write_days(JsonWriter& w, const std::vector<Row>& rows, std::int32_t first,
                std::int32_t today) {
    Row last{};
    auto next = rows.begin();
    for (; next != rows.end() && next->day < first; ++next) last = *next;
    if (!last.has(GrowthBook::kKept) && next != rows.end()) first = std::max(first, next->day);
    for (std::int32_t day = first; day <= today; ++day) {
        Row row{day, 0, 0, last.size, 0};
        if (next != rows.end() && next->day == day) row = *next++;
        write_day(w, day, row, day == today);
        last = row;
    }
}

}  // namespace

Result<std::string> growth_json(const Library& l, std::string_view audience, std::uint64_t days,
                                EventTime now) {
    if (days < 1 || days > static_cast<std::uint64_t>(kGrowthDaysMax))
        return Error{"growth.invalid_days", "Growth is told of 1 to 750 days.", ""};
    const std::shared_lock reading(l.lock);
    const auto at = l.fold.audiences.find(audience);
    if (at == l.fold.audiences.end()) return not_found("audience", audience);
    const AudienceInfo& info = at->second;
    const std::int32_t today = l.fold.day_of(info.use.brand, std::max(now, l.fold.now()));
    std::string out;
    JsonWriter w(out);
    w.open_object()
        .field("id", info.id)
        .field("time_zone", l.fold.brands.at(info.use.brand).time_zone)
        .key("days")
        .open_array();
    write_days(w, l.fold.growth.of(info.slot), today - static_cast<std::int32_t>(days) + 1, today);
    w.close().close();
    return out;
}

Result<std::string> RuntimeImpl::growth(std::string_view audience, std::uint64_t days,
                                        std::uint64_t after) {
    TRY(reach(after));
    return growth_json(answering(), audience, days, as_event_time(clock_.now()));
}

// What could not be written is told the next time.
void RuntimeImpl::tell_audience_days() {
    std::vector<AudienceDay> over;
    {
        const std::shared_lock reading(lock_);
        over = fold_.days_to_tell();
    }
    if (over.empty()) return;
    std::vector<Prepared> records(1);
    records[0].record.type = RecordType::AudienceDays;
    encode_audience_days(over, records[0].record.clear);
    static_cast<void>(write_now(std::move(records)));
}

}  // namespace filrouge::engine
