#include "audience/rates.h"

#include <tuple>

namespace filrouge::audience {
namespace {

using Wide = __int128;

// Halves away from zero; `by` is above 0.
Wide rounded(Wide n, Wide by) { return (n < 0 ? n - by / 2 : n + by / 2) / by; }

}  // namespace

Rates::Rates(TableSpace& space, std::uint16_t first_id) : rows_(space, first_id) {}

bool Rates::before(const Row& a, const Row& b) {
    return std::tie(a.from, a.to, a.day) < std::tie(b.from, b.to, b.day);
}

std::uint32_t Rates::first_not_before(const Row& row) const {
    std::uint32_t low = 0;
    std::uint32_t high = rows_.size();
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (before(rows_.at(middle), row))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool Rates::has_room_for(const Rate& r) const {
    const Row row{r.from.code, r.to.code, r.day, 0};
    const std::uint32_t place = first_not_before(row);
    return rows_.size() < kRatesMax || (place < rows_.size() && !before(row, rows_.at(place)));
}

bool Rates::set(const Rate& r) {
    const Row row{r.from.code, r.to.code, r.day, r.rate};
    const std::uint32_t place = first_not_before(row);
    if (place < rows_.size() && !before(row, rows_.at(place))) {
        rows_.edit(place) = row;
        return true;
    }
    if (rows_.size() >= kRatesMax) return false;
    for (std::uint32_t i = rows_.append(row); i > place; --i) rows_.edit(i) = rows_.at(i - 1);
    rows_.edit(place) = row;
    return true;
}

Rate Rates::at(std::uint32_t i) const {
    const Row& row = rows_.at(i);
    return {Currency{row.from}, Currency{row.to}, row.day, row.rate};
}

const Rates::Row* Rates::newest(Currency from, Currency to, std::int32_t day) const {
    const std::uint32_t next = first_not_before({from.code, to.code, day + 1, 0});
    if (next == 0) return nullptr;
    const Row& row = rows_.at(next - 1);
    return row.from == from.code && row.to == to.code ? &row : nullptr;
}

std::optional<std::int64_t> Rates::convert(Money amount, Currency to, EventTime at) const {
    if (rows_.size() == 0) return std::nullopt;
    const auto day = static_cast<std::int32_t>(day_of(at));
    const Row* direct = newest(amount.currency, to, day);
    const Row* inverse = newest(to, amount.currency, day);
    if (direct == nullptr && inverse == nullptr) return std::nullopt;
    const bool is_direct = inverse == nullptr || (direct != nullptr && direct->day >= inverse->day);
    const Wide result = is_direct ? rounded(Wide{amount.amount} * direct->rate, kRateScale)
                                  : rounded(Wide{amount.amount} * kRateScale, inverse->rate);
    if (result > INT64_MAX || result < -INT64_MAX) return std::nullopt;
    return static_cast<std::int64_t>(result);
}

}  // namespace filrouge::audience
