#include "query/purchases.h"

#include <algorithm>
#include <limits>
#include <thread>

#include "query/amounts.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

class Worker {
  public:
    Worker(const PurchaseQuestion& q, Run& run)
        : question_(&q),
          run_(&run),
          purchase_(*q.compiled, q.purchase),
          amounts_(q.currency, q.rates) {}
    void segment(const history::Segment& segment) {
        purchase_.segment(segment);
        amounts_.segment(segment);
    }
    void batch(Batch& batch);

    std::vector<Buyer> buyers;
    std::uint64_t without_rate() const { return amounts_.without_rate(); }

  private:
    const PurchaseQuestion* question_;
    Run* run_;
    Matcher purchase_;
    Amounts amounts_;
    std::vector<std::uint8_t> mask_;
    std::vector<std::uint32_t> rows_;
};

void Worker::batch(Batch& batch) {
    if (purchase_.never()) return;
    mask_.resize(batch.rows());
    purchase_.match(batch, mask_);
    if (!batch.all_visible()) {
        const auto visible = batch.visible();
        for (std::size_t i = 0; i < mask_.size(); ++i)
            mask_[i] = static_cast<std::uint8_t>(mask_[i] & visible[i]);
    }
    rows_.clear();
    places_of_ones(mask_, rows_);
    const history::Segment& segment = batch.segment();
    amounts_.begin(batch.first_row());
    const std::size_t room = buyers.capacity();
    const auto parts = batch.parts();
    std::size_t part = 0;
    for (std::size_t next = 0; next < rows_.size();) {
        while (part < parts.size() && parts[part].end <= rows_[next]) ++part;
        if (part == parts.size()) break;
        if (rows_[next] < parts[part].begin) {  // of somebody who is not asked
            ++next;
            continue;
        }
        Buyer& buyer = buyers.emplace_back();
        buyer.person = parts[part].person;
        std::int64_t day = 0;
        for (; next < rows_.size() && rows_[next] < parts[part].end; ++next) {
            const std::uint32_t row = batch.first_row() + rows_[next];
            const std::int64_t at = segment.at.at(row);
            const std::int64_t this_day = (at + question_->offset_us) / question_->period_us;
            if (buyer.purchases++ == 0)
                buyer.first = at;
            else if (this_day != day)
                ++buyer.repeats;
            const std::int64_t money = amounts_.of(row, at);
            if (buyer.repeats != 0) buyer.repeat_amount += money;
            day = this_day;
            buyer.last = at;
            buyer.amount += money;
            buyer.channels =
                static_cast<std::uint16_t>(buyer.channels | 1u << segment.channel.at(row));
        }
    }
    if (buyers.capacity() != room) run_->take_memory((buyers.capacity() - room) * sizeof(Buyer));
}

// The currency of some amount, where the question names none.
Currency some_currency(const history::View& view) {
    for (const history::Piece& piece : view.pieces) {
        const history::FieldColumn* c = piece.segment->field(history::FieldId::Currency);
        for (std::uint32_t e = 0; c != nullptr && e < c->entries(); ++e) {
            const Currency currency{static_cast<std::uint16_t>(c->values.at(e))};
            if (!currency.is_unknown()) return currency;
        }
    }
    return {};
}

}  // namespace

Result<Purchases> purchases(const history::View& view, const Scope& scope,
                            const PurchaseQuestion& question, Run& run) {
    PurchaseQuestion asked = question;
    if (asked.currency.is_unknown()) asked.currency = some_currency(view);
    std::vector<Worker> workers(kThreads, Worker(asked, run));
    TRY(scan<Worker>(view, scope, run, workers));
    Purchases out;
    out.currency = asked.currency;
    const auto by_person = [](const Buyer& a, const Buyer& b) { return a.person < b.person; };
    for (Worker& worker : workers) {
        out.without_rate += worker.without_rate();
        std::vector<Buyer>& more = worker.buyers;
        // In order but for those that deltas hold.
        if (!std::is_sorted(more.begin(), more.end(), by_person))
            std::sort(more.begin(), more.end(), by_person);
        std::vector<Buyer> both(out.buyers.size() + more.size());
        std::merge(out.buyers.begin(), out.buyers.end(), more.begin(), more.end(), both.begin(),
                   by_person);
        out.buyers = std::move(both);
    }
    return out;
}

namespace {

// Scores of one measure. The cut of score s is the smallest value with floor(5 * below / n) = s -
// 1, `below` counting strictly smaller values, so equal values fall together.
template <class Of>
void score(const std::vector<Buyer>& buyers, Of&& of, std::int64_t (&cuts)[5],
           std::vector<std::uint8_t>& out) {
    const std::size_t n = buyers.size();
    std::vector<std::int64_t> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = of(buyers[i]);
    // A score begins at the first value with at least (s - 1) * n / 5 values strictly below it:
    // that is the value in that place of the order, or where its equals began before, the next
    // larger one.
    std::int64_t begins[5];
    std::fill(std::begin(begins), std::end(begins), std::numeric_limits<std::int64_t>::max());
    std::size_t from = 0;
    for (std::size_t s = 0; s < 5; ++s) {
        const std::size_t place = (s * n + 4) / 5;
        if (place >= n) break;
        std::nth_element(values.begin() + static_cast<std::ptrdiff_t>(from),
                         values.begin() + static_cast<std::ptrdiff_t>(place), values.end());
        const std::int64_t v = values[place];
        from = place;
        const bool equal_before =
            std::find(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place), v) !=
            values.begin() + static_cast<std::ptrdiff_t>(place);
        if (!equal_before) {
            begins[s] = v;
            continue;
        }
        for (std::size_t i = place; i < n; ++i) {
            if (values[i] > v) begins[s] = std::min(begins[s], values[i]);
        }
    }
    out.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        const std::int64_t v = of(buyers[i]);
        std::uint8_t best = 0;
        for (std::uint8_t s = 0; s < 5; ++s) {
            if (v >= begins[s]) best = s;
        }
        out[i] = static_cast<std::uint8_t>(best + 1);
    }
    std::copy(std::begin(begins), std::end(begins), std::begin(cuts));
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
