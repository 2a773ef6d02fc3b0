// Recency, frequency and monetary value of every buyer, as quintiles (query/quintiles.h).
#pragma once

#include <cstdint>

#include "query/purchases.h"
#include "query/quintiles.h"

namespace filrouge::query {

struct Rfm {
    std::uint64_t buyers = 0;
    Currency currency;
    std::uint64_t without_rate = 0;  // as in Purchases
    // Recency: time of the last purchase. Monetary: in 1/10,000 of the currency.
    QuintileCuts recency_cuts{}, frequency_cuts{}, monetary_cuts{};
    std::uint64_t cells[kQuintiles][kQuintiles][kQuintiles] = {};  // buyers, by score - 1
};
// Of the same buyers as purchases(); days are not looked at. Error: query.too_large past the run's
// memory; 24 bytes a buyer.
Result<Rfm> rfm(const history::View& view, const Scope& scope, const PurchaseQuestion& question,
                Run& run);

}  // namespace filrouge::query
