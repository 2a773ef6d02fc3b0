#include "query/purchases.h"

#include <span>

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
    amounts_.of_rows(batch.first_row(), rows_, amount_);
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

}  // namespace

Currency currency_of_purchases(const history::View& view, const Scope& scope,
                               const PurchaseQuestion& q, Run& run) {
    if (!q.currency.is_unknown()) return q.currency;
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

Result<Purchases> purchases(const history::View& view, const Scope& scope,
                            const PurchaseQuestion& question, Run& run) {
    PurchaseQuestion asked = question;
    asked.currency = currency_of_purchases(view, scope, asked, run);
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

}  // namespace filrouge::query
