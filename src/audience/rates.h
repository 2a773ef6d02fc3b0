// Dated exchange rates: what an amount is worth in another currency on the day of its event. Part
// of the fold's state.
//
// A rate says how many units of `to` one unit of `from` is worth, in 1/100,000,000, from 00:00 UTC
// of its day on, until the next one. For an amount of day D the newest rate between the two
// currencies on or before D counts, whichever way round it was told; told both ways on one day, the
// one from the amount's own currency.
//
//   told from the amount's currency    amount * rate / 10^8
//   told the other way round           amount * 10^8 / rate
//
// In 128 bits, each amount rounded to 1/10,000, halves away from zero, before amounts are added.
// There is no way by a third currency: what nobody stated is not known.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "model/money.h"
#include "storage/table.h"

namespace filrouge::audience {

constexpr std::int64_t kRateScale = 100'000'000;
constexpr std::uint32_t kRatesMax = 20'000;  // eight pairs daily for ten years; past it refused

struct Rate {
    Currency from;
    Currency to;
    std::int32_t day = 0;   // since 1970-01-01
    std::int64_t rate = 0;  // above 0
};

class Rates {
  public:
    Rates(TableSpace& space, std::uint16_t first_id);  // takes 1 id
    // A later word on the same pair and day takes the place of the earlier. False when there is no
    // room.
    bool set(const Rate& rate);
    bool has_room_for(const Rate& rate) const;
    // Nothing when no rate is known for that day, or the result does not fit.
    std::optional<std::int64_t> convert(Money amount, Currency to, EventTime at) const;
    std::uint32_t size() const { return rows_.size(); }
    Rate at(std::uint32_t i) const;  // by pair, then day

  private:
    struct Row {
        std::uint16_t from;
        std::uint16_t to;
        std::int32_t day;
        std::int64_t rate;
    };
    static bool before(const Row& a, const Row& b);
    std::uint32_t first_not_before(const Row& row) const;
    const Row* newest(Currency from, Currency to, std::int32_t day) const;
    Table<Row> rows_;  // ascending: there are few, and they are asked far more often than told
};

}  // namespace filrouge::audience
