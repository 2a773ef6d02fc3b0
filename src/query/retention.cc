#include "query/retention.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "query/group_bound.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

// The next place of a one in [from, to), or `to`.
std::uint32_t next_one(std::span<const std::uint8_t> mask, std::uint32_t from, std::uint32_t to) {
    const void* found = std::memchr(mask.data() + from, 1, to - from);
    return found == nullptr
               ? to
               : static_cast<std::uint32_t>(static_cast<const std::uint8_t*>(found) - mask.data());
}

class Worker {
  public:
    Worker(const RetentionQuestion& q, std::int64_t from, Run& run)
        : question_(&q),
          from_(from),
          run_(&run),
          first_(*q.compiled, q.first),
          again_(*q.compiled, q.again),
          by_(q.by),
          cohorts_(q.periods.size() - 1),
          columns_(q.window_us != 0 ? q.windows : cohorts_) {
        out.all = table();
    }
    void segment(const history::Segment& segment) {
        first_.segment(segment);
        again_.segment(segment);
        by_.segment(segment);
    }
    void batch(Batch& batch);

    Retention out;

  private:
    struct Start {
        std::uint32_t row, end;  // of the first event; of the person
        std::size_t cohort;
    };
    CohortTable table() const {
        CohortTable t;
        t.columns = columns_;
        if (run_->take_memory(cohorts_ * (columns_ + 1) * sizeof(std::uint64_t)))
            t.cells.resize(cohorts_ * (columns_ + 1));
        return t;
    }
    std::optional<std::size_t> period_of(std::int64_t at) const {
        const auto after =
            std::upper_bound(question_->periods.begin(), question_->periods.end(), at);
        if (after == question_->periods.begin() || after == question_->periods.end()) return {};
        return static_cast<std::size_t>(after - question_->periods.begin()) - 1;
    }
    void find_starts(Batch& batch);
    CohortTable* table_of(std::uint32_t group);
    void count(const Start& start, std::span<const std::int64_t> at, CohortTable* group);
    std::size_t column(const Start& start, std::int64_t begun, std::int64_t at) const;

    const RetentionQuestion* question_;
    std::int64_t from_;  // who began before is in no cohort
    Run* run_;
    Matcher first_, again_;
    Dimension by_;
    std::size_t cohorts_, columns_;
    std::vector<std::uint8_t> firsts_, agains_;
    std::vector<std::uint32_t> groups_;
    std::vector<Start> starts_;
};

void Worker::batch(Batch& batch) {
    if (first_.never() || out.all.empty()) return;
    find_starts(batch);
    if (starts_.empty()) return;
    agains_.resize(batch.rows());
    again_.match(batch, agains_);
    batch.keep_visible(agains_);
    if (question_->groups != nullptr) {
        std::fill(firsts_.begin(), firsts_.end(), 0);
        for (const Start& start : starts_) firsts_[start.row] = 1;
        groups_.resize(batch.rows());
        by_.groups(batch, firsts_, groups_);
    }
    const auto at = batch.at();
    for (const Start& start : starts_) {
        CohortTable* group = question_->groups == nullptr ? nullptr : table_of(groups_[start.row]);
        count(start, at, group);
    }
}

void Worker::find_starts(Batch& batch) {
    firsts_.resize(batch.rows());
    first_.match(batch, firsts_);
    batch.keep_visible(firsts_);
    starts_.clear();
    for (const PartRows& part : batch.parts()) {
        const std::uint32_t row = next_one(firsts_, part.begin, part.end);
        if (row == part.end || batch.at()[row] < from_) continue;
        if (const auto cohort = period_of(batch.at()[row]))
            starts_.push_back({row, part.end, *cohort});
    }
}

// Null when the question may not take the memory: then it is over.
CohortTable* Worker::table_of(std::uint32_t group) {
    if (group >= out.by_group.size()) out.by_group.resize(group + 1);
    CohortTable& mine = out.by_group[group];
    if (mine.empty()) mine = table();
    return mine.empty() ? nullptr : &mine;
}

// The column of an event, columns_ and more for one that has none.
std::size_t Worker::column(const Start& start, std::int64_t begun, std::int64_t at) const {
    if (question_->window_us == 0) {
        const auto period = period_of(at);
        return period ? *period - start.cohort : columns_;
    }
    const auto since = static_cast<std::uint64_t>(at) - static_cast<std::uint64_t>(begun);
    return static_cast<std::size_t>(since / static_cast<std::uint64_t>(question_->window_us));
}

void Worker::count(const Start& start, std::span<const std::int64_t> at, CohortTable* group) {
    const std::size_t cell = start.cohort * (columns_ + 1);
    const auto add = [&](std::size_t i) {
        ++out.all.cells[i];
        if (group != nullptr) ++group->cells[i];
    };
    add(cell);
    std::size_t next = 0;  // columns below it are counted, or past
    for (std::uint32_t i = next_one(agains_, start.row + 1, start.end); i != start.end;
         i = next_one(agains_, i + 1, start.end)) {
        const std::size_t later = column(start, at[start.row], at[i]);
        if (later >= columns_) return;  // and so are all after it
        if (later < next) continue;
        add(cell + 1 + later);
        next = later + 1;
    }
}

void add(CohortTable& to, const CohortTable& more) {
    if (to.empty())
        to = more;
    else
        for (std::size_t i = 0; i < more.cells.size(); ++i) to.cells[i] += more.cells[i];
}

Result<void> check(const RetentionQuestion& q) {
    const bool rolling = q.window_us != 0;
    const bool ascending = std::adjacent_find(q.periods.begin(), q.periods.end(),
                                              std::greater_equal<>()) == q.periods.end();
    if (q.periods.size() >= 2 && q.periods.size() <= kRetentionPeriodsMax + 1 && ascending &&
        q.window_us >= 0 && (!rolling || (q.windows >= 1 && q.windows <= kRetentionPeriodsMax)))
        return {};
    return Error{"query.bad_periods",
                 "Cohorts have 1 to " + std::to_string(kRetentionPeriodsMax) +
                     " periods in ascending order, and as many windows when they roll.",
                 "Take weeks instead of days, or a shorter time."};
}

}  // namespace

Result<Retention> retention(const history::View& view, const Scope& scope,
                            const RetentionQuestion& question, Run& run) {
    TRY(check(question));
    std::vector<Worker> workers;
    for (std::size_t i = 0; i < kThreads; ++i) workers.emplace_back(question, scope.from, run);
    Scope read = scope;
    if (!question.first_in_time) read.from = INT64_MIN;
    TRY(scan<Worker>(view, read, run, workers));
    TRY(check_bound(question.groups));
    Retention out = std::move(workers[0].out);
    for (std::size_t w = 1; w < workers.size(); ++w) {
        const Retention& more = workers[w].out;
        add(out.all, more.all);
        if (out.by_group.size() < more.by_group.size()) out.by_group.resize(more.by_group.size());
        for (std::size_t g = 0; g < more.by_group.size(); ++g) {
            if (!more.by_group[g].empty()) add(out.by_group[g], more.by_group[g]);
        }
    }
    return out;
}

}  // namespace filrouge::query
