// Omnichannel share: how many customers use several channels and what they are worth, and how many
// purchases on some channels began on others (seen online, bought in store, and the reverse).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>

#include "query/purchases.h"

namespace filrouge::query {

struct ChannelShare {
    struct Customers {
        std::uint64_t customers = 0, purchases = 0;
        std::uint64_t repeating = 0;  // customers with two purchases or more
        __int128 amount = 0;          // in 1/10,000
        double lifetime_us = 0;       // from each one's first purchase to the last, added up
        void add(const Customers& more);
        std::optional<double> mean_amount() const;  // of a customer, in 1/10,000
        std::optional<double> repeat_rate() const;  // of customers, 0 to 1
        std::optional<double> mean_lifetime_us() const;
    };
    std::array<Customers, kChannels + 1> by_channels;  // by how many channels they use
    // The same by which channels they use: a bit each. Of the sets that somebody has, 65,536 at
    // most.
    std::map<std::uint16_t, Customers> by_set;
    void add(std::uint16_t channels, const Customers& more);
    Customers single() const { return by_channels[1]; }
    Customers multi() const;  // two and more
    Customers all() const;
    // Of customers and of revenue, the part that is of those on several channels, 0 to 1; nothing
    // where there are no customers, or no revenue.
    std::optional<double> multi_share_of_customers() const;
    std::optional<double> multi_share_of_revenue() const;
};

// By the channels that they bought on.
ChannelShare share_by_bought(const Purchases& purchases);
// By the channels of all of their events in the scope. `purchases` is of the same view and scope.
Result<ChannelShare> share_by_touched(const history::View& view, const Scope& scope,
                                      const Purchases& purchases, Run& run);

// What a purchase and the touch before it must have in common.
enum class Common : std::uint8_t { Nothing, Product, Category };

struct CrossQuestion {
    const audience::Compiled* compiled = nullptr;  // must outlive the question
    audience::compiled::Event purchase, touch;
    std::uint16_t purchase_channels = 0, touch_channels = 0;  // bit by channel
    std::int64_t window_us = 30ll * 86'400'000'000;
    // Products (categories) are those of the event and of all its lines; one in common is enough.
    Common common = Common::Nothing;
    StringNo category;  // the property that an event tells its category in
    Currency currency;  // of amounts; unknown: as they stand
    const audience::Rates* rates = nullptr;
};
struct CrossChannel {
    std::uint64_t purchases = 0, touched = 0;  // of them, with a touch in [at - window, at) before
    std::uint64_t buyers = 0, touched_buyers = 0;
    __int128 amount = 0, touched_amount = 0;  // in 1/10,000
    std::uint64_t without_rate = 0;
};
// Of the purchases in the scope; the touch before one may have been before the scope's time. Error:
// query.bad_window for one below 0.
Result<CrossChannel> cross_channel(const history::View& view, const Scope& scope,
                                   const CrossQuestion& question, Run& run);

}  // namespace filrouge::query
