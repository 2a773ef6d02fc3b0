// What an event is worth. Amounts are exact decimals: from the text of the number as it was sent,
// never through a double. Senders confuse revenue (without tax and shipping) with total (with
// both), so an order is worth what its lines add up to, and a gap to what it states is shown.
#pragma once

#include <cstdint>
#include <optional>

#include "collect/event_names.h"
#include "collect/event_reader.h"
#include "model/money.h"

namespace filrouge::collect {

struct Worth {
    std::optional<std::int64_t> amount;       // in 1/10,000
    std::int64_t quantity = 0;                // in 1/10,000; 0 when none is told
    std::optional<std::int64_t> revenue_gap;  // stated minus computed, when beyond a cent
};

// A number, or a text that is one ("19.90"), in 1/10,000.
std::optional<std::int64_t> amount_at(const JsonBody& body, JsonAt at);

Worth worth_of(const JsonBody& body, const Told& told, EventClass kind);

}  // namespace filrouge::collect
