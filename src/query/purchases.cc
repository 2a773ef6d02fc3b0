#include "query/purchases.h"

#include <algorithm>
#include <limits>
#include <thread>

#include "query/amounts.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

// Addresses, not memory, until somebody has bought.
constexpr std::size_t kBuyersAtFirst = 1 << 18;

class Worker {
  public:
    Worker(const PurchaseQuestion& q, Run& run)
        : question_(&q),
          run_(&run),
          purchase_(*q.compiled, q.purchase),
          amounts_(q.currency, q.rates) {
        buyers.reserve(kBuyersAtFirst);
    }
    void segment(const history::Segment& segment) {
        purchase_.segment(segment);
        amounts_.segment(segment);
    }
    void batch(Batch& batch);

    std::vector<Buyer> buyers;
    std::uint64_t without_rate() const { return amounts_.without_rate(); }

  private:
    Buyer buyer(const Batch& batch, PersonNo person, std::size_t next, std::size_t end);

    const PurchaseQuestion* question_;
    Run* run_;
    Matcher purchase_;
    Amounts amounts_;
    std::vector<std::uint8_t> mask_;
    std::vector<std::uint32_t> rows_;
};

// Days and the like are cut at whole multiples, before 1970 too.
std::int64_t period_of(std::int64_t us, std::int64_t period_us) {
    return us / period_us - (us % period_us < 0 ? 1 : 0);
}

void Worker::batch(Batch& batch) {
    if (purchase_.never()) return;
    mask_.resize(batch.rows());
    purchase_.match(batch, mask_);
    batch.keep_visible(mask_);
    rows_.clear();
    places_of_ones(mask_, rows_);
    amounts_.begin(batch.first_row());
    const std::size_t before = buyers.size();
    auto part = batch.parts().begin();
    for (std::size_t next = 0; next < rows_.size();) {
        while (part->end <= rows_[next]) ++part;
        std::size_t end = next;
        while (end < rows_.size() && rows_[end] < part->end) ++end;
        buyers.push_back(buyer(batch, part->person, next, end));
        next = end;
    }
    run_->take_memory((buyers.size() - before) * sizeof(Buyer));
}

// Of the person whose purchases are at rows_[next, end).
Buyer Worker::buyer(const Batch& batch, PersonNo person, std::size_t next, std::size_t end) {
    const history::Segment& segment = batch.segment();
    Buyer buyer;
    buyer.person = person;
    std::int64_t day = 0;
    for (; next < end; ++next) {
        const std::uint32_t row = batch.first_row() + rows_[next];
        if (next + kReadAhead < rows_.size()) {
            segment.at.prefetch(batch.first_row() + rows_[next + kReadAhead]);
            segment.channel.prefetch(batch.first_row() + rows_[next + kReadAhead]);
        }
        const std::int64_t at = segment.at.at(row);
        const std::int64_t this_day = period_of(at + question_->offset_us, question_->period_us);
        if (buyer.purchases++ == 0)
            buyer.first = at;
        else if (this_day != day)
            ++buyer.repeats;
        const std::int64_t money = amounts_.of(row, at);
        if (buyer.repeats != 0) add_amount(buyer.repeat_amount, money);
        day = this_day;
        buyer.last = at;
        add_amount(buyer.amount, money);
        buyer.channels = static_cast<std::uint16_t>(buyer.channels | 1u << segment.channel.at(row));
    }
    return buyer;
}

// The currency of the first purchase that has one, where the question names none.
Currency some_currency(const history::View& view, const Scope& scope, const PurchaseQuestion& q,
                       Run& run) {
    Plan plan(view, scope, run);
    Reader reader(plan);
    Matcher purchase(*q.compiled, q.purchase);
    const history::Segment* last = nullptr;
    std::vector<std::uint8_t> mask;
    while (Batch* batch = reader.next()) {
        const history::Segment& segment = batch->segment();
        if (&segment != last) purchase.segment(segment);
        last = &segment;
        const history::FieldColumn* currencies = segment.field(history::FieldId::Currency);
        if (currencies == nullptr || purchase.never()) continue;
        mask.resize(batch->rows());
        purchase.match(*batch, mask);
        batch->keep_visible(mask);
        const std::uint32_t end = currencies->first_entry(batch->first_row() + batch->rows());
        for (std::uint32_t e = currencies->first_entry(batch->first_row()); e < end; ++e) {
            const Currency currency{static_cast<std::uint16_t>(currencies->values.at(e))};
            if (mask[currencies->row(e) - batch->first_row()] != 0 && !currency.is_unknown())
                return currency;
        }
    }
    return {};
}

}  // namespace

Result<Purchases> purchases(const history::View& view, const Scope& scope,
                            const PurchaseQuestion& question, Run& run) {
    PurchaseQuestion asked = question;
    if (asked.currency.is_unknown()) asked.currency = some_currency(view, scope, asked, run);
    std::vector<Worker> workers;
    workers.reserve(kThreads);  // a copy would not keep the room for buyers
    for (std::size_t i = 0; i < kThreads; ++i) workers.emplace_back(asked, run);
    TRY(scan<Worker>(view, scope, run, workers));
    Purchases out;
    out.currency = asked.currency;
    out.buyers = std::move(workers[0].buyers);
    for (std::size_t w = 0; w < workers.size(); ++w) {
        out.without_rate += workers[w].without_rate();
        if (w != 0)
            out.buyers.insert(out.buyers.end(), workers[w].buyers.begin(), workers[w].buyers.end());
    }
    return out;
}

namespace {

// The values in order, as far as anybody asks: they are spread over buckets of equal width once,
// and a bucket is sorted when somebody wants to look into it.
class Order {
  public:
    explicit Order(std::vector<std::int64_t> values)
        : values_(std::move(values)), low_(*std::min_element(values_.begin(), values_.end())) {
        const std::int64_t high = *std::max_element(values_.begin(), values_.end());
        const std::uint64_t range =
            static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low_);
        while (range >> shift_ >= kBuckets) ++shift_;
        begins_.resize(kBuckets + 1);
        for (const std::int64_t v : values_) ++begins_[bucket(v) + 1];
        for (std::size_t b = 0; b < kBuckets; ++b) begins_[b + 1] += begins_[b];
    }
    // The smallest value with at least `place` values strictly below it, or the largest number
    // there is.
    std::int64_t first_with_below(std::size_t place) const {
        if (place >= values_.size()) return std::numeric_limits<std::int64_t>::max();
        auto b = static_cast<std::size_t>(std::upper_bound(begins_.begin(), begins_.end(), place) -
                                          begins_.begin() - 1);
        for (; b < kBuckets; ++b) {
            const std::vector<std::int64_t> mine = sorted(b);
            for (std::size_t i = 0; i < mine.size();
                 i = static_cast<std::size_t>(std::upper_bound(mine.begin(), mine.end(), mine[i]) -
                                              mine.begin())) {
                if (begins_[b] + i >= place) return mine[i];
            }
        }
        return std::numeric_limits<std::int64_t>::max();
    }
    const std::vector<std::int64_t>& values() const { return values_; }

  private:
    static constexpr std::size_t kBuckets = 16'384;
    std::size_t bucket(std::int64_t v) const {
        return static_cast<std::size_t>(
            (static_cast<std::uint64_t>(v) - static_cast<std::uint64_t>(low_)) >> shift_);
    }
    std::vector<std::int64_t> sorted(std::size_t b) const {
        std::vector<std::int64_t> mine;
        if (begins_[b] == begins_[b + 1]) return mine;
        for (const std::int64_t v : values_) {
            if (bucket(v) == b) mine.push_back(v);
        }
        std::sort(mine.begin(), mine.end());
        return mine;
    }
    std::vector<std::int64_t> values_;
    std::int64_t low_;
    unsigned shift_ = 0;
    std::vector<std::size_t> begins_;  // values in the buckets before
};

// Scores of one measure: score s begins at the smallest value with (s - 1) * n / 5 smaller ones.
template <class Of>
void score(const std::vector<Buyer>& buyers, Of&& of, std::int64_t (&cuts)[5],
           std::vector<std::uint8_t>& out) {
    const std::size_t n = buyers.size();
    out.resize(n);
    std::fill(std::begin(cuts), std::end(cuts), std::numeric_limits<std::int64_t>::max());
    if (n == 0) return;
    std::vector<std::int64_t> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = of(buyers[i]);
    const Order order(std::move(values));
    for (std::size_t s = 0; s < 5; ++s) cuts[s] = order.first_with_below((s * n + 4) / 5);
    for (std::size_t i = 0; i < n; ++i) {
        const std::int64_t v = order.values()[i];
        std::uint8_t best = 1;
        for (std::uint8_t s = 1; s < 5; ++s)
            best = v >= cuts[s] ? static_cast<std::uint8_t>(s + 1) : best;
        out[i] = best;
    }
}

}  // namespace

Rfm rfm(const Purchases& purchases) {
    Rfm out;
    const std::vector<Buyer>& buyers = purchases.buyers;
    std::vector<std::uint8_t> recency, frequency, monetary;
    {
        std::jthread first([&] {
            score(
                buyers, [](const Buyer& b) { return b.last; }, out.recency_cuts, recency);
        });
        score(
            buyers, [](const Buyer& b) { return std::int64_t{b.purchases}; }, out.frequency_cuts,
            frequency);
        score(
            buyers, [](const Buyer& b) { return b.amount; }, out.monetary_cuts, monetary);
    }
    out.scores.resize(buyers.size());
    for (std::size_t i = 0; i < buyers.size(); ++i) {
        out.scores[i] = {recency[i], frequency[i], monetary[i]};
        ++out.cells[recency[i] - 1][frequency[i] - 1][monetary[i] - 1];
    }
    return out;
}

}  // namespace filrouge::query
