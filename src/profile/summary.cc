#include "profile/summary.h"

#include <algorithm>

namespace filrouge::profile {
namespace {

using Tally = std::map<StringNo, std::uint64_t>;

std::vector<std::pair<StringNo, std::uint64_t>> most_frequent(const Tally& tally) {
    std::vector<std::pair<StringNo, std::uint64_t>> out(tally.begin(), tally.end());
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    if (out.size() > kFavouritesMax) out.resize(kFavouritesMax);
    return out;
}

void count_channel(ChannelFigures& figures, const history::EventRow& row,
                   const SummaryNames& names) {
    if (figures.events++ == 0) figures.first = row.at;
    figures.last = row.at;
    const bool order = !names.order_completed.is_none() && row.name == names.order_completed;
    const bool back = (!names.order_refunded.is_none() && row.name == names.order_refunded) ||
                      (!names.order_cancelled.is_none() && row.name == names.order_cancelled);
    if (order) ++figures.orders;
    if (!row.has_value || (!order && !back)) return;
    // A refund is told as a positive or a negative amount; either way it is money given back.
    const std::int64_t amount = order ? row.value.amount : -std::abs(row.value.amount);
    std::int64_t& sum = figures.spend[row.value.currency];
    if (__builtin_add_overflow(sum, amount, &sum)) sum = amount > 0 ? INT64_MAX : INT64_MIN;
}

void choose_preferred(Summary& s) {
    for (std::size_t i = 0; i < kChannels; ++i) {
        const ChannelFigures& mine = s.channels[i];
        if (mine.events == 0) continue;
        const ChannelFigures& best = s.channels[static_cast<std::size_t>(s.preferred)];
        if (!s.has_preferred || std::tuple(mine.orders, mine.events, mine.last) >
                                    std::tuple(best.orders, best.events, best.last)) {
            s.preferred = static_cast<Channel>(i);
            s.has_preferred = true;
        }
    }
}

}  // namespace

Summary summarise(std::span<const history::EventRow> events, const SummaryNames& names,
                  const std::function<std::int64_t(std::int64_t)>& local) {
    Summary s;
    Tally places, categories, products;
    for (const history::EventRow& row : events) {
        if ((row.flags & kEventBot) != 0) {
            ++s.bot_events;
            continue;
        }
        ++s.events;
        count_channel(s.channels[static_cast<std::size_t>(row.channel)], row, names);
        const std::int64_t seconds = local(row.at.us) / 1'000'000;
        s.hours[static_cast<std::size_t>(((seconds / 3600) % 24 + 24) % 24)] += 1;
        s.weekdays[static_cast<std::size_t>(((seconds / 86'400 + 3) % 7 + 7) % 7)] +=
            1;  // 1970-01-01: Thursday
        if (!row.place.is_none()) ++places[row.place];
        if (!row.product.is_none()) ++products[row.product];
        const history::Cell* category =
            names.category.is_none() ? nullptr : row.cell(names.category);
        if (category != nullptr && category->kind == history::CellKind::Text)
            ++categories[category->text];
        for (const history::Line& line : row.lines) {
            if (!line.product.is_none()) ++products[line.product];
            if (!line.category.is_none()) ++categories[line.category];
        }
    }
    for (auto row = events.rbegin();
         row != events.rend() && s.last_products.size() < kFavouritesMax; ++row) {
        auto add = [&](StringNo product) {
            const bool known = std::find(s.last_products.begin(), s.last_products.end(), product) !=
                               s.last_products.end();
            if (!product.is_none() && !known && s.last_products.size() < kFavouritesMax)
                s.last_products.push_back(product);
        };
        add(row->product);
        for (const history::Line& line : row->lines) add(line.product);
    }
    s.places = most_frequent(places);
    s.categories = most_frequent(categories);
    s.products = most_frequent(products);
    choose_preferred(s);
    return s;
}

}  // namespace filrouge::profile
