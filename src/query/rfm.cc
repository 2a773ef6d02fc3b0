#include "query/rfm.h"

#include <array>
#include <thread>

#include "query/amounts.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

// Adds up what is asked of each buyer and nothing else: of a person's times only the last is read,
// and a figure is a column, so that a million buyers stay near the processor.
class Worker {
  public:
    Worker(const PurchaseQuestion& q, Run& run)
        : run_(&run), purchase_(*q.compiled, q.purchase), amounts_(q.currency, q.rates) {}
    void segment(const history::Segment& segment) {
        purchase_.segment(segment);
        amounts_.segment(segment);
    }
    void batch(Batch& batch);

    std::vector<std::int64_t> last, purchases, amount;  // by buyer
    std::uint64_t without_rate() const { return amounts_.without_rate(); }

  private:
    Run* run_;
    Matcher purchase_;
    Amounts amounts_;
    std::vector<std::int64_t> amounts_of_rows_;
    std::vector<std::uint32_t> last_rows_;  // of the batch's buyers
};

void Worker::batch(Batch& batch) {
    if (purchase_.never()) return;
    const auto rows = purchase_.rows(batch);
    amounts_of_rows_.resize(rows.size());
    amounts_.of_rows(batch.first_row(), rows, amounts_of_rows_);
    last_rows_.clear();
    auto part = batch.parts().begin();
    for (std::size_t next = 0; next < rows.size();) {
        while (part->end <= rows[next]) ++part;
        const std::size_t first = next;
        std::int64_t sum = 0;
        for (; next < rows.size() && rows[next] < part->end; ++next)
            add_amount(sum, amounts_of_rows_[next]);
        purchases.push_back(static_cast<std::int64_t>(next - first));
        amount.push_back(sum);
        last_rows_.push_back(rows[next - 1]);
    }
    const std::size_t before = last.size();
    last.resize(before + last_rows_.size());
    batch.segment().at.gather(batch.first_row(), last_rows_, std::span(last).subspan(before));
    run_->take_memory(last_rows_.size() * 3 * sizeof(std::int64_t));
}

void find_cuts(const std::vector<Worker>& workers, Rfm& out) {
    using Figure = std::vector<std::int64_t> Worker::*;
    const auto cuts = [&](Figure figure) {
        std::array<const std::vector<std::int64_t>*, kThreads> pieces{};
        for (std::size_t i = 0; i < kThreads; ++i) pieces[i] = &(workers[i].*figure);
        return quintile_cuts(pieces);
    };
    std::jthread first([&] { out.recency_cuts = cuts(&Worker::last); });
    out.frequency_cuts = cuts(&Worker::purchases);
    out.monetary_cuts = cuts(&Worker::amount);
}

void count_cells(const Worker& worker, Rfm& out) {
    for (std::size_t i = 0; i < worker.last.size(); ++i) {
        const std::size_t r = quintile(out.recency_cuts, worker.last[i]);
        const std::size_t f = quintile(out.frequency_cuts, worker.purchases[i]);
        const std::size_t m = quintile(out.monetary_cuts, worker.amount[i]);
        ++out.cells[r - 1][f - 1][m - 1];
    }
}

}  // namespace

Result<Rfm> rfm(const history::View& view, const Scope& scope, const PurchaseQuestion& question,
                Run& run) {
    PurchaseQuestion asked = question;
    asked.currency = currency_of_purchases(view, scope, asked, run);
    std::vector<Worker> workers(kThreads, Worker(asked, run));
    TRY(scan<Worker>(view, scope, run, workers));
    Rfm out;
    out.currency = asked.currency;
    find_cuts(workers, out);
    for (const Worker& worker : workers) {
        out.buyers += worker.last.size();
        out.without_rate += worker.without_rate();
        count_cells(worker, out);
    }
    return out;
}

}  // namespace filrouge::query
