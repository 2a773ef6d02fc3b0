#include "engine/growth_book.h"

#include <algorithm>

namespace filrouge::engine {

namespace {

constexpr std::uint32_t kRing = static_cast<std::uint32_t>(kGrowthDaysMax);

std::uint32_t place_of(std::int32_t day) {
    return static_cast<std::uint32_t>((day % kGrowthDaysMax + kGrowthDaysMax) % kGrowthDaysMax);
}

std::uint32_t clamped(std::uint64_t size) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(size, UINT32_MAX));
}

}  // namespace

std::vector<GrowthBook::Row> GrowthBook::of(audience::AudienceNo slot) const {
    std::vector<Row> out;
    for (std::uint32_t i = slot.value * kRing; i < (slot.value + 1) * kRing; ++i) {
        if (i >= rows_.size()) break;
        if (rows_.at(i).has(kKept)) out.push_back(rows_.at(i));
    }
    std::sort(out.begin(), out.end(), [](const Row& a, const Row& b) { return a.day < b.day; });
    return out;
}

GrowthBook::Row* GrowthBook::row_of(audience::AudienceNo slot, std::int32_t day) {
    if (rows_.size() < (slot.value + 1) * kRing) rows_.resize((slot.value + 1) * kRing);
    const std::uint32_t at = slot.value * kRing + place_of(day);
    const Row& there = rows_.at(at);
    if (there.has(kKept) && there.day > day) return nullptr;
    Row& row = rows_.edit(at);
    if (!row.has(kKept) || row.day != day) row = {day, 0, 0, 0, kKept};
    return &row;
}

void GrowthBook::begin(audience::AudienceNo slot, std::int32_t day, std::uint64_t size) {
    Row* row = row_of(slot, day);
    if (row == nullptr) return;
    row->flags |= kBegan;
    row->size = clamped(size);
}

void GrowthBook::change(audience::AudienceNo slot, std::int32_t day, bool entered, bool is_news,
                        std::uint64_t size) {
    Row* row = row_of(slot, day);
    if (row == nullptr) return;
    if (is_news) ++(entered ? row->entered : row->left);
    row->size = clamped(size);
}

void GrowthBook::tell(audience::AudienceNo slot, const Row& told) {
    Row* row = row_of(slot, told.day);
    if (row == nullptr) return;
    *row = told;
    row->flags |= kKept | kTold;
}

void GrowthBook::forget(audience::AudienceNo slot) {
    for (std::uint32_t i = slot.value * kRing; i < (slot.value + 1) * kRing; ++i) {
        if (i < rows_.size() && rows_.at(i).has(kKept)) rows_.edit(i) = {};
    }
}

void encode_audience_days(const std::vector<AudienceDay>& days, Bytes& out) {
    ByteWriter w(out);
    w.varint(days.size());
    for (const AudienceDay& each : days) {
        w.u32(each.document);
        w.varint_signed(each.row.day);
        w.varint(each.row.entered);
        w.varint(each.row.left);
        w.varint(each.row.size);
        w.u8(each.row.has(GrowthBook::kBegan) ? 1 : 0);
    }
}

bool decode_audience_days(BytesView clear, std::vector<AudienceDay>& days) {
    days.clear();
    ByteReader r(clear);
    const std::uint64_t count = r.varint();
    bool good = count <= kAudienceDaysMax;
    const auto number = [&] {
        const std::uint64_t n = r.varint();
        good &= n <= UINT32_MAX;
        return static_cast<std::uint32_t>(n);
    };
    for (std::uint64_t i = 0; i < count && good && !r.bad(); ++i) {
        AudienceDay each;
        each.document = r.u32();
        const std::int64_t day = r.varint_signed();
        good &= day >= INT32_MIN && day <= INT32_MAX;
        each.row.day = static_cast<std::int32_t>(day);
        each.row.entered = number();
        each.row.left = number();
        each.row.size = number();
        if (r.u8() != 0) each.row.flags = GrowthBook::kBegan;
        days.push_back(each);
    }
    return good && !r.bad();
}

}  // namespace filrouge::engine
