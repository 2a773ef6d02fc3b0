#include "query/attribution.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>

#include "measure/touch_weights.h"
#include "query/amounts.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

void give(Credit& credit, double share, double worth) {
    credit.conversions += share;
    credit.value += share * worth;
}

class Worker {
  public:
    Worker(const AttributionQuestion& q, std::int64_t from, Run& run)
        : question_(&q),
          from_(from),
          run_(&run),
          conversion_(*q.compiled, q.conversion),
          by_(q.by),
          amounts_(q.currency, q.rates),
          position_{measure::RuleKind::Position, q.first_share, 1 - q.first_share - q.last_share,
                    q.last_share} {
        if (q.touch) touch_.emplace(*q.compiled, *q.touch);
    }
    void segment(const history::Segment& segment) {
        conversion_.segment(segment);
        if (touch_) touch_->segment(segment);
        by_.segment(segment);
        amounts_.segment(segment);
    }
    void batch(Batch& batch);

    Attribution out;
    bool too_many = false;
    std::uint64_t without_rate() const { return amounts_.without_rate(); }

  private:
    void person(const PartRows& part, Batch& batch);
    void count_person();
    void find_window(std::int64_t at);
    void convert(std::int64_t at, std::int64_t value);
    void count_touches(std::int64_t at);
    void credit_rules(double worth);
    void credit_decay(double worth);
    void count_path(std::size_t from, std::size_t to, bool converted, std::int64_t value);
    GroupCredit& credit(std::uint32_t of) { return out.groups[of]; }
    std::int64_t touch_at(std::size_t touch) const { return at_[path_[touch]]; }
    std::uint32_t group(std::size_t touch) const { return groups_[path_[touch]]; }

    const AttributionQuestion* question_;
    // The period's beginning: what came before it is a touch of what came later, and no conversion
    // of the question's.
    std::int64_t from_;
    Run* run_;
    Matcher conversion_;
    std::optional<Matcher> touch_;
    Dimension by_;
    Amounts amounts_;
    measure::Rule linear_, position_;
    std::vector<std::uint8_t> converts_, touches_;
    std::vector<std::uint32_t> groups_;
    std::uint32_t group_count_ = 0;  // at this batch: the other thread may meet more meanwhile
    // Of the person at hand: touches so far, the window [low_, high_) of the conversion at hand,
    // and how many of its touches each group has.
    const std::int64_t* at_ = nullptr;  // of the batch
    std::vector<std::uint32_t> path_;   // rows
    std::size_t low_ = 0, high_ = 0;
    std::array<std::uint32_t, kTouchGroupsMax + 1> in_window_{};
    // Which groups conversions of the person at hand were credited to, and if any had no touch.
    using Credited = std::bitset<kTouchGroupsMax + 1>;
    Credited first_, last_, linear_to_, position_to_;
    bool without_touch_ = false;
    std::vector<std::uint8_t> key_;
    std::vector<double> weights_;  // of the window's touches by age
};

void Worker::batch(Batch& batch) {
    if (conversion_.never() && !question_->paths) return;
    converts_.resize(batch.rows());
    conversion_.match(batch, converts_);
    touches_.resize(batch.rows());
    if (touch_)
        touch_->match(batch, touches_);
    else
        std::fill(touches_.begin(), touches_.end(), 1);
    for (std::size_t i = 0; i < converts_.size(); ++i)
        touches_[i] = static_cast<std::uint8_t>(touches_[i] & (converts_[i] ^ 1));
    batch.keep_visible(converts_);
    batch.keep_visible(touches_);
    groups_.resize(batch.rows());
    by_.groups(batch, touches_, groups_);
    for (std::size_t i = 0; i < touches_.size(); ++i)
        touches_[i] = static_cast<std::uint8_t>(touches_[i] & (groups_[i] != kNoGroup ? 1 : 0));
    group_count_ = question_->groups->size();
    if (group_count_ > kTouchGroupsMax + 1) {
        too_many = true;
        run_->cancel();
        return;
    }
    out.groups.resize(kTouchGroupsMax + 1);
    amounts_.begin(batch.first_row());
    for (const PartRows& part : batch.parts()) {
        const auto* begin = converts_.data() + part.begin;
        const bool any = std::memchr(begin, 1, part.end - part.begin) != nullptr;
        if (any || question_->paths) person(part, batch);
    }
}

void Worker::person(const PartRows& part, Batch& batch) {
    at_ = batch.at().data();
    path_.resize(part.end - part.begin);
    std::size_t touches = 0;
    for (std::uint32_t i = part.begin; i < part.end; ++i) {
        path_[touches] = i;
        touches += touches_[i];
    }
    path_.resize(touches);
    low_ = high_ = 0;
    in_window_.fill(0);
    for (Credited* each : {&first_, &last_, &linear_to_, &position_to_}) each->reset();
    without_touch_ = false;
    std::uint32_t next = part.begin;
    while (next < part.end) {
        const void* found = std::memchr(converts_.data() + next, 1, part.end - next);
        if (found == nullptr) break;
        const auto i =
            static_cast<std::uint32_t>(static_cast<const std::uint8_t*>(found) - converts_.data());
        find_window(at_[i]);
        if (at_[i] >= from_) convert(at_[i], amounts_.of(batch.first_row() + i, at_[i]));
        next = i + 1;
    }
    count_person();
    const bool led_to_nothing = high_ < path_.size() && touch_at(path_.size() - 1) >= from_;
    if (question_->paths && led_to_nothing) {
        const std::int64_t begin = touch_at(path_.size() - 1) - question_->window_us;
        std::size_t from = high_;
        while (touch_at(from) < begin) ++from;
        count_path(from, path_.size(), false, 0);
    }
}

void Worker::count_person() {
    out.persons += first_.any() ? 1 : 0;
    out.persons_without_touch += without_touch_ ? 1 : 0;
    if (first_.none()) return;
    for (std::uint32_t g = 0; g < group_count_; ++g) {
        if (!linear_to_[g]) continue;
        GroupCredit& to = credit(g);
        to.first.persons += first_[g] ? 1 : 0;
        to.last.persons += last_[g] ? 1 : 0;
        to.linear.persons += 1;
        to.position.persons += position_to_[g] ? 1 : 0;
        to.decay.persons += question_->decay ? 1 : 0;
    }
}

void Worker::find_window(std::int64_t at) {
    if (question_->each_touch_once) {
        while (low_ < high_) --in_window_[group(low_++)];
    }
    while (high_ < path_.size() && touch_at(high_) < at) ++in_window_[group(high_++)];
    while (low_ < high_ && touch_at(low_) < at - question_->window_us) --in_window_[group(low_++)];
}

void Worker::convert(std::int64_t at, std::int64_t value) {
    if (low_ == high_) {
        ++out.without_touch;
        without_touch_ = true;
        add_amount(out.without_touch_value, value);
        return;
    }
    ++out.conversions;
    add_amount(out.value, value);
    count_touches(at);
    credit_rules(static_cast<double>(value));
    if (question_->decay) credit_decay(static_cast<double>(value));
    if (question_->paths) count_path(low_, high_, true, value);
}

void Worker::count_touches(std::int64_t at) {
    const std::int64_t since_first = at - touch_at(low_);
    out.touches.add(static_cast<std::int64_t>(high_ - low_));
    out.since_first.add(since_first);
    out.touches_sum += static_cast<double>(high_ - low_);
    out.since_first_sum += static_cast<double>(since_first);
}

void Worker::credit_rules(double worth) {
    const std::uint32_t first = group(low_);
    const std::uint32_t last = group(high_ - 1);
    give(credit(first).first, 1, worth);
    give(credit(last).last, 1, worth);
    first_.set(first);
    last_.set(last);
    const std::size_t touches = high_ - low_;
    const measure::TouchShares linear = measure::touch_shares(linear_, touches);
    const measure::TouchShares position = measure::touch_shares(position_, touches);
    for (std::uint32_t g = 0; g < group_count_; ++g) {
        if (in_window_[g] == 0) continue;
        const double at_first = g == first ? 1 : 0;
        const double at_last = g == last ? 1 : 0;
        const double between = static_cast<double>(in_window_[g]) - at_first - at_last;
        const auto share = [&](const measure::TouchShares& s) {
            return at_first * s.first + between * s.between + at_last * s.last;
        };
        const double of_position = share(position);
        give(credit(g).linear, share(linear), worth);
        give(credit(g).position, of_position, worth);
        linear_to_.set(g);
        if (of_position > 0) position_to_.set(g);
    }
}

void Worker::credit_decay(double worth) {
    const std::int64_t newest = touch_at(high_ - 1);
    weights_.clear();
    double sum = 0;
    for (std::size_t i = low_; i < high_; ++i) {
        weights_.push_back(measure::decay_weight(static_cast<double>(newest - touch_at(i)),
                                                 static_cast<double>(question_->half_life_us)));
        sum += weights_.back();
    }
    for (std::size_t i = low_; i < high_; ++i)
        give(credit(group(i)).decay, weights_[i - low_] / sum, worth);
}

void Worker::count_path(std::size_t from, std::size_t to, bool converted, std::int64_t value) {
    key_.clear();
    for (std::size_t i = to; i-- > from && key_.size() < kPathTouchesMax;) {
        const auto touched = static_cast<std::uint8_t>(group(i));
        if (!question_->collapse_loops || key_.empty() || key_.back() != touched)
            key_.push_back(touched);
    }
    std::reverse(key_.begin(), key_.end());
    const auto [at, fresh] = out.paths.try_emplace(key_);
    if (fresh) run_->take_memory(key_.size() + 128);
    at->second.conversions += converted ? 1 : 0;
    at->second.nulls += converted ? 0 : 1;
    add_amount(at->second.value, value);
}

void add(Credit& to, const Credit& more) {
    to.conversions += more.conversions;
    to.value += more.value;
    to.persons += more.persons;
}

void add(Attribution& to, const Attribution& more) {
    if (to.groups.size() < more.groups.size()) to.groups.resize(more.groups.size());
    for (std::size_t g = 0; g < more.groups.size(); ++g) {
        add(to.groups[g].first, more.groups[g].first);
        add(to.groups[g].last, more.groups[g].last);
        add(to.groups[g].linear, more.groups[g].linear);
        add(to.groups[g].position, more.groups[g].position);
        add(to.groups[g].decay, more.groups[g].decay);
    }
    to.conversions += more.conversions;
    add_amount(to.value, more.value);
    to.without_touch += more.without_touch;
    add_amount(to.without_touch_value, more.without_touch_value);
    to.persons += more.persons;
    to.persons_without_touch += more.persons_without_touch;
    to.touches.add(more.touches);
    to.since_first.add(more.since_first);
    to.touches_sum += more.touches_sum;
    to.since_first_sum += more.since_first_sum;
    for (const auto& [key, count] : more.paths) {
        PathCount& mine = to.paths[key];
        mine.conversions += count.conversions;
        add_amount(mine.value, count.value);
        mine.nulls += count.nulls;
    }
}

}  // namespace

Result<Attribution> attribution(const history::View& view, const Scope& scope,
                                const AttributionQuestion& question, Run& run) {
    std::vector<Worker> workers(kThreads, Worker(question, scope.from, run));
    const Result<void> scanned =
        scan<Worker>(view, with_time_before(scope, question.window_us), run, workers);
    Attribution out;
    for (const Worker& worker : workers) {
        if (worker.too_many)
            return Error{
                "query.too_many_groups",
                "The touches are of more than " + std::to_string(kTouchGroupsMax) + " groups.",
                "Credit channels, or a property with fewer values."};
        out.without_rate += worker.without_rate();
    }
    TRY(Result<void>(scanned));
    for (const Worker& worker : workers) add(out, worker.out);
    out.groups.resize(question.groups->size());
    return out;
}

}  // namespace filrouge::query
