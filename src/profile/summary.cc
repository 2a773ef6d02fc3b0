#include "profile/summary.h"

#include <algorithm>

namespace filrouge::profile {
namespace {

using Tally = std::vector<std::pair<StringNo, std::uint64_t>>;  // by ascending number

std::vector<std::pair<StringNo, std::uint64_t>> most_frequent(Tally out) {
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    if (out.size() > kFavouritesMax) out.resize(kFavouritesMax);
    return out;
}

void count_channel(ChannelFigures& figures, const history::EventRow& row,
                   const SummaryNames& names) {
    figures.first = figures.events == 0 ? row.at : std::min(figures.first, row.at);
    figures.last = figures.events == 0 ? row.at : std::max(figures.last, row.at);
    ++figures.events;
    const bool order = !names.order_completed.is_none() && row.name == names.order_completed;
    const bool back = (!names.order_refunded.is_none() && row.name == names.order_refunded) ||
                      (!names.order_cancelled.is_none() && row.name == names.order_cancelled);
    if (order) {
        figures.last_order = figures.orders == 0 ? row.at : std::max(figures.last_order, row.at);
        ++figures.orders;
    }
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

void Summing::add(const history::EventRow& row, std::int64_t local_us) {
    if ((row.flags & kEventBot) != 0) {
        ++sum_.bot_events;
    } else {
        ++sum_.events;
        count_channel(sum_.channels[static_cast<std::size_t>(row.channel)], row, names_);
        const std::int64_t seconds = local_us / 1'000'000;
        sum_.hours[static_cast<std::size_t>(((seconds / 3600) % 24 + 24) % 24)] += 1;
        // 1970-01-01 was a Thursday.
        sum_.weekdays[static_cast<std::size_t>(((seconds / 86'400 + 3) % 7 + 7) % 7)] += 1;
        if (!row.place.is_none()) ++places_[row.place];
        const history::Cell* category =
            names_.category.is_none() ? nullptr : row.cell(names_.category);
        if (category != nullptr && category->kind == history::CellKind::Text)
            ++categories_[category->text];
        for (const history::Line& line : row.lines) {
            if (!line.category.is_none()) ++categories_[line.category];
        }
    }
    std::uint32_t place = 0;
    add_product(row.product, row, place);
    for (const history::Line& line : row.lines) add_product(line.product, row, ++place);
}

void Summing::add_product(StringNo product, const history::EventRow& row, std::uint32_t place) {
    if (product.is_none()) return;
    const auto [at, fresh] = products_.try_emplace(product);
    Seen& seen = at->second;
    if ((row.flags & kEventBot) == 0) ++seen.count;
    if (!fresh && std::pair(row.at, row.sequence) <= std::pair(seen.at, seen.sequence)) return;
    seen.at = row.at;
    seen.sequence = row.sequence;
    seen.place = place;
}

void Summing::choose_last_products() {
    std::vector<std::pair<StringNo, Seen>> all(products_.begin(), products_.end());
    const std::size_t wanted = std::min(all.size(), kFavouritesMax);
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(wanted), all.end(),
                      [](const auto& a, const auto& b) {
                          const Seen& x = a.second;
                          const Seen& y = b.second;
                          const std::pair of_x(x.at, x.sequence), of_y(y.at, y.sequence);
                          return of_x != of_y ? of_x > of_y : x.place < y.place;
                      });
    for (std::size_t i = 0; i < wanted; ++i) sum_.last_products.push_back(all[i].first);
}

Summary Summing::done() {
    choose_last_products();
    Tally products;
    for (const auto& [product, seen] : products_) {
        if (seen.count != 0) products.emplace_back(product, seen.count);
    }
    sum_.places = most_frequent({places_.begin(), places_.end()});
    sum_.categories = most_frequent({categories_.begin(), categories_.end()});
    sum_.products = most_frequent(std::move(products));
    choose_preferred(sum_);
    return std::move(sum_);
}

}  // namespace filrouge::profile
