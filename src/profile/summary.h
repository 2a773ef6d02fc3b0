// What a profile shows of a person's history: figures per channel, habits, favourites. Computed
// from the events when asked, never stored: so it is exact after late events, merges, un-merges and
// withdrawn consent, and mergeable by nature.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "history/scan.h"
#include "model/channel.h"
#include "model/money.h"

namespace filrouge::profile {

struct ChannelFigures {
    std::uint64_t events = 0;
    std::uint64_t orders = 0;
    EventTime first, last;
    EventTime last_order;                    // where there are orders
    std::map<Currency, std::int64_t> spend;  // orders less refunds, in 1/10,000
};

struct Summary {
    std::uint64_t events = 0;
    std::uint64_t bot_events = 0;
    std::array<ChannelFigures, kChannels> channels;
    std::array<std::uint64_t, 24> hours{};    // of the profile's zone
    std::array<std::uint64_t, 7> weekdays{};  // 0 is Monday
    std::vector<std::pair<StringNo, std::uint64_t>> places, categories,
        products;                         // most frequent first
    std::vector<StringNo> last_products;  // latest first, each once
    Channel preferred = Channel::Other;   // most orders, then most events, then latest
    bool has_preferred = false;
};
constexpr std::size_t kFavouritesMax = 10;

struct SummaryNames {  // of the dictionary; none where the shop has never seen the word
    StringNo order_completed, order_refunded, order_cancelled, category;
};

// Events one after the other, in any order, each once: so a long history needs no memory but that
// of the different places, categories and products in it.
class Summing {
  public:
    explicit Summing(const SummaryNames& names) : names_(names) {}
    // `local_us` is the event's time in the profile's zone.
    void add(const history::EventRow& row, std::int64_t local_us);
    Summary done();

  private:
    struct Seen {  // a product
        std::uint64_t count = 0;
        EventTime at;  // of the latest event with it, and which it is there
        std::uint64_t sequence = 0;
        std::uint32_t place = 0;
    };
    void add_product(StringNo product, const history::EventRow& row, std::uint32_t place);
    void choose_last_products();

    SummaryNames names_;
    Summary sum_;
    std::map<StringNo, std::uint64_t> places_, categories_;
    std::map<StringNo, Seen> products_;
};

}  // namespace filrouge::profile
