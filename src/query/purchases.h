// Every person's purchases: how many, when first and last, for how much. What the models of
// lifetime value (measure/) and the omnichannel share begin with.
#pragma once

#include <cstdint>
#include <vector>

#include "audience/compile.h"
#include "audience/person.h"
#include "audience/rates.h"
#include "query/scan.h"

namespace filrouge::query {

struct Buyer {
    PersonNo person;
    std::uint32_t purchases = 0;
    std::uint32_t repeats = 0;   // on a later day of purchase than the first: what BG/NBD counts
    std::uint16_t channels = 0;  // bit by channel: where bought
    // Of the repeats, those with an amount that could be converted: what repeat_amount is of. No
    // more than 65,535.
    std::uint16_t paid_repeats = 0;
    std::int64_t first = 0, last = 0;
    std::int64_t amount = 0;         // in 1/10,000 of the question's currency
    std::int64_t repeat_amount = 0;  // of it, after the first day
};
static_assert(sizeof(Buyer) == 48);

struct PurchaseQuestion {
    const audience::Compiled* compiled = nullptr;
    audience::compiled::Event purchase;
    // Unknown: that of the first purchase that has one, of the lowest person.
    Currency currency;
    const audience::Rates* rates = nullptr;
    std::int64_t period_us = 86'400'000'000;  // purchases within one period (a day) are one repeat
    const audience::Zone* zone = nullptr;     // in which days are cut; null: UTC
};
struct Purchases {
    std::vector<Buyer> buyers;  // in no order
    Currency currency;
    std::uint64_t without_rate = 0;  // amounts in another currency, not in any sum
};
// Error: query.too_large past the run's memory; 48 bytes a buyer.
Result<Purchases> purchases(const history::View& view, const Scope& scope,
                            const PurchaseQuestion& question, Run& run);

// The question's currency; where it names none, that of the lowest person's first purchase that has
// one.
Currency currency_of_purchases(const history::View& view, const Scope& scope,
                               const PurchaseQuestion& question, Run& run);

}  // namespace filrouge::query
