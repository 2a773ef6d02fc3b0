// The fold's part for how audiences grow. Nothing else depends on it.
#include "engine/fold.h"

namespace filrouge::engine {

std::int32_t Fold::day_of(BrandNo brand, EventTime at) const {
    const audience::Zone* zone = brand < brands.size() ? brands[brand].zone.get() : nullptr;
    const EventTime local{zone != nullptr ? zone->local_from_utc_us(at.us) : at.us};
    return static_cast<std::int32_t>(filrouge::day_of(local));
}

// Of one record: from `first_found` on they are members who were found, which is no news.
void Fold::note_growth(std::span<const audience::Change> changes, std::size_t first_found) {
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const audience::AudienceNo slot = changes[i].audience;
        growth.change(slot, day_of(brand_of_audience_[slot.value], now()), changes[i].entered,
                      i < first_found, live.count(slot));
    }
}

void Fold::apply_audience_days(const RecordView& record) {
    std::vector<AudienceDay> told;
    if (!decode_audience_days(record.clear, told)) return;
    for (const auto& [id, info] : audiences) {
        for (const AudienceDay& each : told) {
            if (each.document == info.document) growth.tell(info.slot, each.row);
        }
    }
}

// A day is over once a record of a later one was folded: no record of that day can follow.
std::vector<AudienceDay> Fold::days_to_tell() const {
    std::vector<AudienceDay> out;
    for (const auto& [id, info] : audiences) {
        const std::int32_t today = day_of(info.use.brand, now());
        for (const GrowthBook::Row& row : growth.of(info.slot)) {
            if (row.day >= today || row.has(GrowthBook::kTold)) continue;
            if (out.size() == kAudienceDaysMax) return out;
            out.push_back({info.document, row});
        }
    }
    return out;
}

}  // namespace filrouge::engine
