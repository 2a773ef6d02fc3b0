#include "query/purchases.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "query/amounts.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

// Addresses, not memory, until somebody has bought.
constexpr std::size_t kBuyersAtFirst = 1 << 18;
constexpr std::int64_t kNoAmount = INT64_MIN;

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

// Local times of a zone, by a table of what each UTC day adds: asking the zone itself costs more
// than all the rest of a purchase.
class LocalTimes {
  public:
    explicit LocalTimes(const audience::Zone* zone) : zone_(zone), days_(kDayUs) {}
    std::int64_t of(std::int64_t at) {
        if (zone_ == nullptr) return at;
        const std::int64_t day = days_.of(at);
        if (day < 0 || day >= kDays) return zone_->local_from_utc_us(at);
        const auto slot = static_cast<std::size_t>(day);
        if (slot >= added_ms_.size()) added_ms_.resize(slot + 1, kUnknown);
        if (added_ms_[slot] == kUnknown) added_ms_[slot] = added_on(day);
        return added_ms_[slot] == kTwo ? zone_->local_from_utc_us(at)
                                       : at + std::int64_t{added_ms_[slot]} * 1'000;
    }

  private:
    static constexpr std::int64_t kDayUs = 86'400'000'000;
    static constexpr std::int64_t kDays = 50'000;  // from 1970 to 2106
    static constexpr std::int32_t kUnknown = INT32_MIN, kTwo = INT32_MAX;
    std::int32_t added_on(std::int64_t day) const {
        const auto added = [this](std::int64_t at) { return zone_->local_from_utc_us(at) - at; };
        const std::int64_t first = added(day * kDayUs);
        return first == added((day + 1) * kDayUs - 1) ? static_cast<std::int32_t>(first / 1'000)
                                                      : kTwo;
    }
    const audience::Zone* zone_;
    Periods days_;
    std::vector<std::int32_t> added_ms_;  // by UTC day
};

class Worker {
  public:
    Worker(const PurchaseQuestion& q, Run& run)
        : question_(&q),
          run_(&run),
          purchase_(*q.compiled, q.purchase),
          amounts_(q.currency, q.rates),
          periods_(q.period_us),
          local_(q.zone) {
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
    Buyer buyer(PersonNo person, std::size_t next, std::size_t end);

    const PurchaseQuestion* question_;
    Run* run_;
    Matcher purchase_;
    Amounts amounts_;
    Periods periods_;
    LocalTimes local_;
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
    amounts_.of_rows(batch.first_row(), rows_, amount_, kNoAmount);
    batch.segment().channel.gather(batch.first_row(), rows_, channel_);
}

// Of the person whose purchases are [next, end).
Buyer Worker::buyer(PersonNo person, std::size_t next, std::size_t end) {
    Buyer buyer;
    buyer.person = person;
    buyer.first = at_[next];
    buyer.purchases = static_cast<std::uint32_t>(end - next);
    std::int64_t day = periods_.of(local_.of(at_[next]));
    bool paid = false;  // something, on this day
    for (; next < end; ++next) {
        const std::int64_t this_day = periods_.of(local_.of(at_[next]));
        if (this_day > day) {  // less: clocks were put back
            ++buyer.repeats;
            paid = false;
        }
        day = std::max(day, this_day);
        buyer.last = at_[next];
        if (amount_[next] != kNoAmount) {
            add_amount(buyer.amount, amount_[next]);
            if (buyer.repeats != 0) {
                add_amount(buyer.repeat_amount, amount_[next]);
                if (!paid && buyer.paid_repeats != UINT16_MAX) ++buyer.paid_repeats;
                paid = true;
            }
        }
        buyer.channels = static_cast<std::uint16_t>(buyer.channels | 1u << channel_[next]);
    }
    return buyer;
}

// The first purchase of a view that has a currency, in the order of persons; none where it has
// none.
std::optional<std::pair<PersonNo, Currency>> first_currency(const history::View& view,
                                                            const Scope& scope,
                                                            const PurchaseQuestion& q, Run& run) {
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
            const std::uint32_t row = currencies->row(e) - batch->first_row();
            if (mask[row] == 0 || currency.is_unknown()) continue;
            const auto part = std::find_if(batch->parts().begin(), batch->parts().end(),
                                           [row](const PartRows& p) { return row < p.end; });
            return std::pair(part->person, currency);
        }
    }
    return std::nullopt;
}

}  // namespace

// Of whom it is must not depend on which piece holds whom: who does something moves to a newer one.
Currency currency_of_purchases(const history::View& view, const Scope& scope,
                               const PurchaseQuestion& q, Run& run) {
    if (!q.currency.is_unknown()) return q.currency;
    std::optional<std::pair<PersonNo, Currency>> first;
    for (const history::Piece& piece : view.pieces) {
        if (piece.segment->parts() == 0 || (first && !(piece.segment->person(0) < first->first)))
            continue;
        const auto found = first_currency({{piece}, view.sequence}, scope, q, run);
        if (found && (!first || found->first < first->first)) first = found;
    }
    return first ? first->second : Currency{};
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
