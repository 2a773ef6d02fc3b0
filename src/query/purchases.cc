#include "query/purchases.h"

#include <algorithm>
#include <limits>
#include <span>
#include <thread>

#include "query/amounts.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

// Addresses, not memory, until somebody has bought.
constexpr std::size_t kBuyersAtFirst = 1 << 18;

// Cuts time at whole multiples of a period, before 1970 too. An estimate by multiplication is right
// but for rare edges, where the division decides: a division a purchase is a tenth of a question.
class Periods {
  public:
    explicit Periods(std::int64_t us) : us_(us), per_us_(1.0 / static_cast<double>(us)) {}
    std::int64_t of(std::int64_t at) const {
        if (at >= 0 && at < kFar) {
            const auto estimate = static_cast<std::int64_t>(static_cast<double>(at) * per_us_);
            const std::int64_t rest = at - estimate * us_;
            if (rest >= 0 && rest < us_) return estimate;
        }
        return at / us_ - (at % us_ < 0 ? 1 : 0);
    }

  private:
    static constexpr std::int64_t kFar = std::int64_t{1} << 62;  // no product overflows before it
    std::int64_t us_;
    double per_us_;
};

class Worker {
  public:
    Worker(const PurchaseQuestion& q, Run& run)
        : question_(&q),
          run_(&run),
          purchase_(*q.compiled, q.purchase),
          amounts_(q.currency, q.rates),
          periods_(q.period_us) {
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
    void read(Batch& batch);
    Buyer buyer(PersonNo person, std::size_t next, std::size_t end) const;

    const PurchaseQuestion* question_;
    Run* run_;
    Matcher purchase_;
    Amounts amounts_;
    Periods periods_;
    // Of the batch's purchases, one after the other.
    std::span<const std::uint32_t> rows_;
    std::vector<std::int64_t> at_, amount_, channel_;
};

void Worker::batch(Batch& batch) {
    if (purchase_.never()) return;
    read(batch);
    const std::size_t before = buyers.size();
    auto part = batch.parts().begin();
    for (std::size_t next = 0; next < rows_.size();) {
        while (part->end <= rows_[next]) ++part;
        std::size_t end = next;
        while (end < rows_.size() && rows_[end] < part->end) ++end;
        buyers.push_back(buyer(part->person, next, end));
        next = end;
    }
    run_->take_memory((buyers.size() - before) * sizeof(Buyer));
}

void Worker::read(Batch& batch) {
    rows_ = purchase_.rows(batch);
    at_.resize(rows_.size());
    channel_.resize(rows_.size());
    amount_.resize(rows_.size());
    batch.segment().at.gather(batch.first_row(), rows_, at_);
    amounts_.of_rows(batch.first_row(), rows_, at_, amount_);
    batch.segment().channel.gather(batch.first_row(), rows_, channel_);
}

// Of the person whose purchases are [next, end).
Buyer Worker::buyer(PersonNo person, std::size_t next, std::size_t end) const {
    Buyer buyer;
    buyer.person = person;
    buyer.first = at_[next];
    buyer.purchases = static_cast<std::uint32_t>(end - next);
    std::int64_t day = periods_.of(at_[next] + question_->offset_us);
    for (; next < end; ++next) {
        const std::int64_t this_day = periods_.of(at_[next] + question_->offset_us);
        if (this_day != day) ++buyer.repeats;
        if (buyer.repeats != 0) add_amount(buyer.repeat_amount, amount_[next]);
        day = this_day;
        buyer.last = at_[next];
        add_amount(buyer.amount, amount_[next]);
        buyer.channels = static_cast<std::uint16_t>(buyer.channels | 1u << channel_[next]);
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

constexpr std::size_t kScores = 5;

// The smallest values with so many values strictly below them, of values in any order: they are
// counted into buckets of equal width, and only the buckets a cut lies in are sorted.
class Order {
  public:
    explicit Order(std::span<const std::int64_t> values)
        : values_(values), low_(*std::min_element(values.begin(), values.end())) {
        const std::int64_t high = *std::max_element(values.begin(), values.end());
        const std::uint64_t range =
            static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low_);
        while (range >> shift_ >= kBuckets) ++shift_;
        begins_.resize(kBuckets + 1);
        for (const std::int64_t v : values) ++begins_[bucket(v) + 1];
        for (std::size_t b = 0; b < kBuckets; ++b) begins_[b + 1] += begins_[b];
    }
    // The smallest value with at least `place` values strictly below it, or the largest number
    // there is.
    std::int64_t first_with_below(std::size_t place) const {
        if (place >= values_.size()) return std::numeric_limits<std::int64_t>::max();
        auto b = static_cast<std::size_t>(std::upper_bound(begins_.begin(), begins_.end(), place) -
                                          begins_.begin() - 1);
        for (; b < kBuckets; ++b) {
            if (begins_[b] == begins_[b + 1]) continue;
            if (begins_[b] >= place) return smallest(b);
            if (shift_ == 0) continue;  // a bucket is one value, with begins_[b] below it
            const std::vector<std::int64_t> mine = sorted(b);
            const auto at = mine.begin() + static_cast<std::ptrdiff_t>(place - begins_[b]);
            // What stands there has so many below it, or the value after it is the one.
            const auto first = std::lower_bound(mine.begin(), mine.end(), *at);
            if (first == at) return *at;
            const auto after = std::upper_bound(at, mine.end(), *at);
            if (after != mine.end()) return *after;
        }
        return std::numeric_limits<std::int64_t>::max();
    }

  private:
    static constexpr std::size_t kBuckets = 16'384;
    std::size_t bucket(std::int64_t v) const {
        return static_cast<std::size_t>(
            (static_cast<std::uint64_t>(v) - static_cast<std::uint64_t>(low_)) >> shift_);
    }
    std::int64_t smallest(std::size_t b) const {
        if (shift_ == 0) return static_cast<std::int64_t>(static_cast<std::uint64_t>(low_) + b);
        std::int64_t least = std::numeric_limits<std::int64_t>::max();
        for (const std::int64_t v : values_) least = bucket(v) == b ? std::min(least, v) : least;
        return least;
    }
    std::vector<std::int64_t> sorted(std::size_t b) const {
        std::vector<std::int64_t> mine;
        mine.reserve(begins_[b + 1] - begins_[b]);
        for (const std::int64_t v : values_) {
            if (bucket(v) == b) mine.push_back(v);
        }
        std::sort(mine.begin(), mine.end());
        return mine;
    }
    std::span<const std::int64_t> values_;
    std::int64_t low_;
    unsigned shift_ = 0;
    std::vector<std::uint32_t> begins_;  // values in the buckets before
};

// Scores of one measure: score s begins at the smallest value with (s - 1) * n / 5 smaller ones.
template <class Of>
void score(const std::vector<Buyer>& buyers, Of&& of, std::int64_t (&cuts)[kScores],
           std::vector<std::uint8_t>& out) {
    const std::size_t n = buyers.size();
    out.resize(n);
    std::fill(std::begin(cuts), std::end(cuts), std::numeric_limits<std::int64_t>::max());
    if (n == 0) return;
    std::vector<std::int64_t> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = of(buyers[i]);
    const Order order(values);
    for (std::size_t s = 0; s < kScores; ++s) cuts[s] = order.first_with_below((s * n + 4) / 5);
    for (std::size_t i = 0; i < n; ++i) {
        std::uint8_t best = 1;
        for (std::size_t s = 1; s < kScores; ++s)
            best = static_cast<std::uint8_t>(best + (values[i] >= cuts[s] ? 1 : 0));
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
