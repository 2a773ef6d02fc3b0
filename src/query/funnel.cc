#include "query/funnel.h"

#include <algorithm>
#include <array>

#include "query/group_bound.h"
#include "query/matcher.h"

namespace filrouge::query {
namespace {

constexpr std::size_t kStepsMax = audience::kSequenceStepsMax;
constexpr std::int64_t kNoStart = INT64_MIN;
using StepBits = std::uint16_t;  // low half: is step i; high half: may not follow step i
static_assert(2 * kStepsMax <= 16);

// The best chain of each length: the one with the latest first event (audience/sequence.h).
struct Chain {
    std::int64_t start = kNoStart;
    std::int64_t last = 0;  // time of its last step
    std::uint32_t group = kNoGroup;
};

class Worker {
  public:
    explicit Worker(const FunnelQuestion& q)
        : steps_(q.sequence.steps), by_(q.by), split_(q.groups) {
        for (std::size_t i = 0; i < steps_; ++i) {
            const auto& step = q.compiled->steps[q.sequence.first + i];
            matchers_.emplace_back(*q.compiled, step.event);
            bits_.push_back(static_cast<StepBits>(1u << i));
            within_[i] = step.within_us == 0 ? INT64_MAX : step.within_us;
            if (i == 0 || !step.has_without) continue;
            matchers_.emplace_back(*q.compiled, step.without);
            bits_.push_back(static_cast<StepBits>(1u << (kStepsMax + i - 1)));
        }
        out.steps.resize(steps_);
    }
    void segment(const history::Segment& segment) {
        by_code_.fill(0);
        for (std::size_t k = 0; k < matchers_.size(); ++k) {
            matchers_[k].segment(segment);
            if (matchers_[k].never() || !matchers_[k].by_name()) continue;
            if (matchers_[k].name_code() >= by_code_.size()) continue;
            StepBits& bits = by_code_[matchers_[k].name_code()];
            bits = static_cast<StepBits>(bits | bits_[k]);
        }
        if (split_ != nullptr) by_.segment(segment);
    }
    void batch(Batch& batch);

    Funnel out;

  private:
    void mark(Batch& batch);
    void person(std::span<const std::uint32_t> rows, std::span<const std::int64_t> at);
    void count(std::size_t depth, const std::array<Chain, kStepsMax>& first,
               const std::array<std::int64_t, kStepsMax>& before);

    std::size_t steps_;
    Dimension by_;
    Groups* split_;
    std::vector<Matcher> matchers_;
    std::vector<StepBits> bits_;
    std::array<std::int64_t, kStepsMax> within_{};
    std::array<StepBits, 256> by_code_{};  // of matchers that go by the name alone
    std::vector<std::uint8_t> mask_;
    std::vector<StepBits> marks_;
    std::vector<std::uint32_t> rows_, groups_;
};

void Worker::mark(Batch& batch) {
    marks_.resize(batch.rows());
    const std::uint8_t* small = batch.small_name_codes();
    if (small != nullptr) {
        for (std::size_t i = 0; i < marks_.size(); ++i) marks_[i] = by_code_[small[i]];
    } else {
        std::fill(marks_.begin(), marks_.end(), StepBits{0});
    }
    mask_.resize(batch.rows());
    for (std::size_t k = 0; k < matchers_.size(); ++k) {
        if (matchers_[k].never() || (small != nullptr && matchers_[k].by_name())) continue;
        matchers_[k].match(batch, mask_);
        const StepBits bit = bits_[k];
        for (std::size_t i = 0; i < mask_.size(); ++i)
            marks_[i] = static_cast<StepBits>(marks_[i] | (mask_[i] != 0 ? bit : 0));
    }
    if (batch.all_visible()) return;
    const auto visible = batch.visible();
    for (std::size_t i = 0; i < marks_.size(); ++i) {
        if (visible[i] == 0) marks_[i] = 0;
    }
}

void Worker::batch(Batch& batch) {
    if (matchers_.front().never()) return;  // nobody here begins
    mark(batch);
    if (split_ != nullptr) {
        for (std::size_t i = 0; i < mask_.size(); ++i)
            mask_[i] = static_cast<std::uint8_t>(marks_[i] & 1);
        batch.keep_visible(mask_);
        groups_.resize(batch.rows());
        by_.groups(batch, mask_, groups_);
    }
    const auto at = batch.at();
    rows_.resize(batch.rows());
    for (const PartRows& part : batch.parts()) {
        std::size_t n = 0;
        StepBits all = 0;
        for (std::uint32_t i = part.begin; i < part.end; ++i) {
            rows_[n] = i;
            n += marks_[i] != 0 ? 1 : 0;
            all = static_cast<StepBits>(all | marks_[i]);
        }
        if ((all & 1) == 0) continue;
        if (all == 1 && split_ == nullptr)
            ++out.steps[0].persons;  // begins and never goes on
        else
            person(std::span(rows_).first(n), at);
    }
}

void Worker::person(std::span<const std::uint32_t> rows, std::span<const std::int64_t> at) {
    std::array<Chain, kStepsMax> best;
    std::array<Chain, kStepsMax> first;            // that came so far
    std::array<std::int64_t, kStepsMax> before{};  // time of the step before, of `first`
    std::size_t depth = 0;
    for (const std::uint32_t row : rows) {
        const std::int64_t now = at[row];
        const unsigned marks = marks_[row];
        if (marks == 1 && depth != 0) {  // what most are
            best[0] = {now, now, split_ != nullptr ? groups_[row] : kNoGroup};
            continue;
        }
        for (std::size_t i = steps_; i-- > 1;) {
            if ((marks >> i & 1) != 0 && best[i - 1].start != kNoStart &&
                now - best[i - 1].start <= within_[i]) {
                if (depth == i) {
                    depth = i + 1;
                    first[i] = {best[i - 1].start, now, best[i - 1].group};
                    before[i] = best[i - 1].last;
                }
                // A chain that is forbidden to go on does not count, one that begins here does.
                const bool forbidden = (marks >> (kStepsMax + i) & 1) != 0;
                if (forbidden || best[i].start < best[i - 1].start)
                    best[i] = {best[i - 1].start, now, best[i - 1].group};
            } else if ((marks >> (kStepsMax + i) & 1) != 0) {
                best[i].start = kNoStart;
            }
        }
        if ((marks & 1) != 0) {
            best[0] = {now, now, split_ != nullptr ? groups_[row] : kNoGroup};
            if (depth == 0) {
                depth = 1;
                first[0] = best[0];
            }
        } else if ((marks >> kStepsMax & 1) != 0) {
            best[0].start = kNoStart;
        }
        if (depth == steps_) break;
    }
    count(depth, first, before);
}

void Worker::count(std::size_t depth, const std::array<Chain, kStepsMax>& first,
                   const std::array<std::int64_t, kStepsMax>& before) {
    for (std::size_t i = 0; i < depth; ++i) {
        FunnelStep& step = out.steps[i];
        ++step.persons;
        if (i != 0) {
            step.since_last.add(first[i].last - before[i]);
            step.since_first.add(first[i].last - first[i].start);
        }
        if (split_ == nullptr) continue;
        const std::uint32_t group = first[depth - 1].group;
        if (group >= out.by_group.size()) out.by_group.resize(group + 1);
        out.by_group[group].resize(steps_);
        ++out.by_group[group][i];
    }
}

}  // namespace

Result<Funnel> funnel(const history::View& view, const Scope& scope, const FunnelQuestion& question,
                      Run& run) {
    std::vector<Worker> workers(kThreads, Worker(question));
    TRY(scan<Worker>(view, scope, run, workers));
    TRY(check_bound(question.groups));
    Funnel out = std::move(workers[0].out);
    for (std::size_t w = 1; w < workers.size(); ++w) {
        const Funnel& more = workers[w].out;
        for (std::size_t i = 0; i < out.steps.size(); ++i) {
            out.steps[i].persons += more.steps[i].persons;
            out.steps[i].since_last.add(more.steps[i].since_last);
            out.steps[i].since_first.add(more.steps[i].since_first);
        }
        if (out.by_group.size() < more.by_group.size()) out.by_group.resize(more.by_group.size());
        for (std::size_t g = 0; g < more.by_group.size(); ++g) {
            if (more.by_group[g].empty()) continue;  // nobody: no group of the answer either
            out.by_group[g].resize(out.steps.size());
            for (std::size_t i = 0; i < more.by_group[g].size(); ++i)
                out.by_group[g][i] += more.by_group[g][i];
        }
    }
    return out;
}

}  // namespace filrouge::query
