#include "query/share.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "query/event_values.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

ChannelShare::Customers customer(const Buyer& buyer) {
    return {1, buyer.purchases, buyer.purchases >= 2 ? 1u : 0u, buyer.amount,
            static_cast<double>(buyer.last - buyer.first)};
}

std::optional<double> ratio(double part, double whole) {
    return whole == 0 ? std::nullopt : std::optional(part / whole);
}

}  // namespace

void ChannelShare::Customers::add(const Customers& more) {
    customers += more.customers;
    purchases += more.purchases;
    repeating += more.repeating;
    amount += more.amount;
    lifetime_us += more.lifetime_us;
}
std::optional<double> ChannelShare::Customers::mean_lifetime_us() const {
    return ratio(lifetime_us, static_cast<double>(customers));
}
std::optional<double> ChannelShare::Customers::mean_amount() const {
    return ratio(static_cast<double>(amount), static_cast<double>(customers));
}
std::optional<double> ChannelShare::Customers::repeat_rate() const {
    return ratio(static_cast<double>(repeating), static_cast<double>(customers));
}

void ChannelShare::add(std::uint16_t channels, const Customers& more) {
    by_channels[static_cast<std::size_t>(std::popcount(channels))].add(more);
    by_set[channels].add(more);
}

ChannelShare::Customers ChannelShare::multi() const {
    Customers sum;
    for (std::size_t n = 2; n < by_channels.size(); ++n) sum.add(by_channels[n]);
    return sum;
}
ChannelShare::Customers ChannelShare::all() const {
    Customers sum = multi();
    sum.add(single());
    return sum;
}
std::optional<double> ChannelShare::multi_share_of_customers() const {
    return ratio(static_cast<double>(multi().customers), static_cast<double>(all().customers));
}
std::optional<double> ChannelShare::multi_share_of_revenue() const {
    return ratio(static_cast<double>(multi().amount), static_cast<double>(all().amount));
}

ChannelShare share_by_bought(const Purchases& purchases) {
    ChannelShare out;
    for (const Buyer& buyer : purchases.buyers) out.add(buyer.channels, customer(buyer));
    return out;
}

namespace {

class TouchedWorker {
  public:
    explicit TouchedWorker(const std::vector<Buyer>& buyers) : buyers_(&buyers) {}
    void segment(const history::Segment&) {}
    void batch(Batch& batch) {
        const auto channel = batch.channel();
        const auto visible = batch.visible();
        for (const PartRows& part : batch.parts()) {
            const Buyer* buyer = find(part.person);
            if (buyer == nullptr) continue;
            unsigned channels = 0;
            for (std::uint32_t i = part.begin; i < part.end; ++i)
                channels |= static_cast<unsigned>(visible[i]) << channel[i];
            out.add(static_cast<std::uint16_t>(channels), customer(*buyer));
        }
    }
    ChannelShare out;

  private:
    const Buyer* find(PersonNo person) const {
        const auto at =
            std::lower_bound(buyers_->begin(), buyers_->end(), person,
                             [](const Buyer& b, PersonNo wanted) { return b.person < wanted; });
        return at == buyers_->end() || at->person != person ? nullptr : &*at;
    }
    const std::vector<Buyer>* buyers_;  // by person
};

}  // namespace

Result<ChannelShare> share_by_touched(const history::View& view, const Scope& scope,
                                      const Purchases& purchases, Run& run) {
    if (!run.take_memory(purchases.buyers.size() * sizeof(Buyer))) return run.check().error();
    std::vector<Buyer> buyers = purchases.buyers;
    std::sort(buyers.begin(), buyers.end(),
              [](const Buyer& a, const Buyer& b) { return a.person < b.person; });
    std::vector<TouchedWorker> workers(kThreads, TouchedWorker(buyers));
    TRY(scan<TouchedWorker>(view, scope, run, workers));
    ChannelShare out;
    for (const TouchedWorker& worker : workers) {
        for (const auto& [channels, customers] : worker.out.by_set) out.add(channels, customers);
    }
    return out;
}

namespace {

// The products or categories of an event, with those of its lines. Rows ascend since begin().
class Items {
  public:
    explicit Items(const CrossQuestion& q) : common_(q.common), category_(q.category) {}
    void segment(const history::Segment& segment) {
        using history::FieldId;
        if (common_ == Common::Product) {
            own_.segment(segment.field(FieldId::Product));
            lines_.segment(segment.field(FieldId::LineProduct));
        } else if (common_ == Common::Category) {
            own_.segment(category_.is_none() ? nullptr
                                             : segment.field(FieldId::Property, category_));
            lines_.segment(segment.field(FieldId::LineCategory));
        }
    }
    void begin(std::uint32_t row) {
        own_.begin(row);
        lines_.begin(row);
    }
    template <class F>  // f(StringNo)
    void each(std::uint32_t row, F&& f) {
        for (Entries* entries : {&own_, &lines_}) {
            entries->each(row, [&](std::uint32_t e) {
                if (entries->column()->kind(e) == history::CellKind::Text)
                    f(entries->column()->text(e));
            });
        }
    }

  private:
    Common common_;
    StringNo category_;
    Entries own_, lines_;
};

class CrossWorker {
  public:
    CrossWorker(const CrossQuestion& q, std::int64_t from)
        : question_(&q),
          from_(from),
          purchase_(*q.compiled, q.purchase),
          touch_(*q.compiled, q.touch),
          bought_(q),
          seen_(q),
          amounts_(q.currency, q.rates) {}
    void segment(const history::Segment& segment) {
        purchase_.segment(segment);
        touch_.segment(segment);
        bought_.segment(segment);
        seen_.segment(segment);
        amounts_.segment(segment);
    }
    void batch(Batch& batch);

    CrossChannel out;
    std::uint64_t without_rate() const { return amounts_.without_rate(); }

  private:
    static std::span<const std::uint32_t> rows_of(Matcher& matcher, std::uint16_t channels,
                                                  std::int64_t from, Batch& batch,
                                                  std::vector<std::uint8_t>& mask,
                                                  std::vector<std::uint32_t>& room);
    void person(Batch& batch, std::span<const std::uint32_t> purchases,
                std::span<const std::uint32_t> touches);
    void touched_at(std::uint32_t row, std::int64_t at);
    bool touched_since(std::int64_t since, std::uint32_t row);

    const CrossQuestion* question_;
    std::int64_t from_;  // of the purchases; a touch may have come before
    Matcher purchase_, touch_;
    Items bought_, seen_;
    Amounts amounts_;
    std::vector<std::uint8_t> mask_;
    std::vector<std::uint32_t> purchases_, touches_;  // room for their rows
    // Of the person at hand: the last touch so far, and of each product or category.
    std::optional<std::int64_t> last_touch_;
    std::unordered_map<std::uint32_t, std::int64_t> last_touch_of_;
};

std::span<const std::uint32_t> CrossWorker::rows_of(Matcher& matcher, std::uint16_t channels,
                                                    std::int64_t from, Batch& batch,
                                                    std::vector<std::uint8_t>& mask,
                                                    std::vector<std::uint32_t>& room) {
    if (matcher.never()) return {};
    mask.resize(batch.rows());
    matcher.match(batch, mask);
    const auto channel = batch.channel();
    for (std::size_t i = 0; i < mask.size(); ++i)
        mask[i] = static_cast<std::uint8_t>(mask[i] & (channels >> channel[i]));
    batch.keep_visible(mask);
    if (from != INT64_MIN) {
        const auto at = batch.at();
        for (std::size_t i = 0; i < mask.size(); ++i)
            mask[i] = static_cast<std::uint8_t>(mask[i] & (at[i] >= from ? 1 : 0));
    }
    return places_of_ones(mask, room);
}

void CrossWorker::batch(Batch& batch) {
    const auto purchases =
        rows_of(purchase_, question_->purchase_channels, from_, batch, mask_, purchases_);
    if (purchases.empty()) return;
    const auto touches =
        rows_of(touch_, question_->touch_channels, INT64_MIN, batch, mask_, touches_);
    bought_.begin(batch.first_row());
    seen_.begin(batch.first_row());
    amounts_.begin(batch.first_row());
    auto part = batch.parts().begin();
    auto touch = touches.begin();
    for (auto begin = purchases.begin(); begin != purchases.end();) {
        while (part->end <= *begin) ++part;
        const auto end = std::lower_bound(begin, purchases.end(), part->end);
        touch = std::lower_bound(touch, touches.end(), part->begin);
        const auto touches_end = std::lower_bound(touch, touches.end(), part->end);
        person(batch, std::span(begin, end), std::span(touch, touches_end));
        begin = end;
    }
}

void CrossWorker::person(Batch& batch, std::span<const std::uint32_t> purchases,
                         std::span<const std::uint32_t> touches) {
    last_touch_.reset();
    last_touch_of_.clear();
    const auto at = batch.at();
    bool touched_once = false;
    auto touch = touches.begin();
    for (const std::uint32_t i : purchases) {
        for (; touch != touches.end() && at[*touch] < at[i]; ++touch)
            touched_at(batch.first_row() + *touch, at[*touch]);
        const std::uint32_t row = batch.first_row() + i;
        const std::int64_t amount = amounts_.of(row, at[i]);
        const bool touched = touched_since(at[i] - question_->window_us, row);
        ++out.purchases;
        out.amount += amount;
        out.touched += touched ? 1 : 0;
        out.touched_amount += touched ? amount : 0;
        touched_once |= touched;
    }
    ++out.buyers;
    out.touched_buyers += touched_once ? 1 : 0;
}

void CrossWorker::touched_at(std::uint32_t row, std::int64_t at) {
    last_touch_ = at;
    if (question_->common == Common::Nothing) return;
    seen_.each(row, [&](StringNo item) { last_touch_of_[item.value] = at; });
}

bool CrossWorker::touched_since(std::int64_t since, std::uint32_t row) {
    if (question_->common == Common::Nothing) return last_touch_ && *last_touch_ >= since;
    bool found = false;
    bought_.each(row, [&](StringNo item) {
        const auto touch = last_touch_of_.find(item.value);
        found = found || (touch != last_touch_of_.end() && touch->second >= since);
    });
    return found;
}

}  // namespace

Result<CrossChannel> cross_channel(const history::View& view, const Scope& scope,
                                   const CrossQuestion& question, Run& run) {
    if (question.window_us < 0)
        return Error{"query.bad_window", "The time between touch and purchase is below 0.",
                     "Give it as microseconds, 0 and more."};
    std::vector<CrossWorker> workers(kThreads, CrossWorker(question, scope.from));
    TRY(scan<CrossWorker>(view, with_time_before(scope, question.window_us), run, workers));
    CrossChannel out;
    for (const CrossWorker& worker : workers) {
        const CrossChannel& more = worker.out;
        out.purchases += more.purchases;
        out.touched += more.touched;
        out.buyers += more.buyers;
        out.touched_buyers += more.touched_buyers;
        out.amount += more.amount;
        out.touched_amount += more.touched_amount;
        out.without_rate += worker.without_rate();
    }
    return out;
}

}  // namespace filrouge::query
