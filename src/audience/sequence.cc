#include "audience/sequence.h"

#include <algorithm>
#include <array>
#include <vector>

namespace filrouge::audience {
namespace {

constexpr std::int64_t kNoStart = INT64_MIN;

// Chains by number of steps done: the time of the latest first event, or kNoStart.
class Chains {
  public:
    Chains(const Compiled& c, const compiled::Sequence& s, const Bounds& first)
        : compiled_(c), sequence_(s), first_(first) {
        starts_.fill(kNoStart);
    }
    // The start of the best chain that this event completes, or kNoStart.
    std::int64_t feed(const EventRow& row) {
        std::int64_t completed = kNoStart;
        for (std::size_t i = sequence_.steps; i-- > 0;) {
            const compiled::Step& step = compiled_.steps[sequence_.first + i];
            const std::int64_t start = arrives(i, step, row);
            // An event that ends a step and is forbidden after it stands at the edge, not between.
            if (i + 1 < sequence_.steps) forbid(i, row);
            starts_[i] = std::max(starts_[i], start);
            if (i + 1 == sequence_.steps) completed = start;
        }
        return completed;
    }

  private:
    std::int64_t arrives(std::size_t i, const compiled::Step& step, const EventRow& row) const {
        if (i == 0) {
            if (!first_.holds(row.at.us) || !fits(compiled_, step.event, row)) return kNoStart;
            return row.at.us;
        }
        const std::int64_t start = starts_[i - 1];
        if (start == kNoStart) return kNoStart;
        if (step.within_us != 0 && row.at.us - start > step.within_us) return kNoStart;
        return fits(compiled_, step.event, row) ? start : kNoStart;
    }
    void forbid(std::size_t i, const EventRow& row) {
        const compiled::Step& next = compiled_.steps[sequence_.first + i + 1];
        if (starts_[i] == kNoStart || !next.has_without) return;
        if (fits(compiled_, next.without, row)) starts_[i] = kNoStart;
    }

    const Compiled& compiled_;
    const compiled::Sequence& sequence_;
    const Bounds& first_;
    std::array<std::int64_t, kSequenceStepsMax> starts_;
};

// "then not": chains whose silence is running. A chain is proved once its silence is over.
class Silences {
  public:
    Silences(std::int64_t length_us, bool keeps_starts)
        : length_us_(length_us), keeps_starts_(keeps_starts) {}
    void open(std::int64_t at, std::int64_t start) {
        if (open_ == 0 || start > best_open_) best_open_ = start;
        if (open_++ == 0) first_open_ = at;
        if (keeps_starts_ && length_us_ != 0) all_.push_back({at, start});
    }
    void broken_by(std::int64_t at) {
        prove_before(at);
        open_ = 0;
        all_.clear();
    }
    void now_is(std::int64_t now) { prove_before(now + 1); }

    // The latest start of a proved chain, or kNoStart.
    std::int64_t proved() const {
        if (length_us_ != 0) return proved_;
        return open_ == 0 ? kNoStart : best_open_;
    }
    // When the next one is proved if nothing happens.
    std::int64_t proves_at() const {
        return open_ == 0 || length_us_ == 0 ? kNeverUs : first_open_ + length_us_;
    }

  private:
    struct Open {
        std::int64_t at;
        std::int64_t start;
    };
    // Silence must have ended before `at`: an event at its very end still breaks it.
    void prove_before(std::int64_t at) {
        if (length_us_ == 0 || open_ == 0 || first_open_ + length_us_ >= at) return;
        if (!keeps_starts_) {
            proved_ = std::max(proved_, first_open_);
            return;
        }
        std::size_t i = 0;
        for (; i < all_.size() && all_[i].at + length_us_ < at; ++i) {
            proved_ = std::max(proved_, all_[i].start);
        }
        all_.erase(all_.begin(), all_.begin() + static_cast<std::ptrdiff_t>(i));
        open_ = all_.size();
        if (open_ != 0) first_open_ = all_[0].at;
    }

    std::int64_t length_us_;
    bool keeps_starts_;  // whether it matters which chain is proved: the first step has a window
    std::size_t open_ = 0;
    std::int64_t first_open_ = 0;
    std::int64_t best_open_ = kNoStart;
    std::int64_t proved_ = kNoStart;
    std::vector<Open> all_;
};

// When the outcome may change because the first step's window moves on.
std::int64_t window_turns(const Compiled& c, const compiled::Sequence& s, const Bounds& b,
                          const PersonView& person, std::int64_t start) {
    const WindowKind kind = s.window.kind;
    if (!moves(kind)) return kNeverUs;
    if (kind == WindowKind::Last) {
        return start == kNoStart ? kNeverUs : passes_at(s.window, start, person.zone);
    }
    // The others may also let further first events in.
    const std::int64_t from = kind == WindowKind::MoreThanAgo ? b.to : b.from;
    for (const EventRow& row : person.events) {
        if (row.at.us < from || hidden(row, s.bots)) continue;
        if (!fits(c, c.steps[s.first].event, row)) continue;
        return kind == WindowKind::MoreThanAgo ? passes_at(s.window, row.at.us, person.zone)
                                               : b.turns;
    }
    return kNeverUs;
}

}  // namespace

SequenceOutcome run_sequence(const Compiled& c, const compiled::Sequence& s,
                             const PersonView& person) {
    const Bounds b = bounds(s.window, person.now, person.zone);
    Chains chains(c, s, b);
    const bool moving = moves(s.window.kind);
    const compiled::Step* absent = s.absent ? &c.steps[s.first + s.steps] : nullptr;
    Silences silences(absent != nullptr ? absent->within_us : 0, moving);
    std::int64_t best = kNoStart;
    for (const EventRow& row : person.events) {
        if (hidden(row, s.bots)) continue;
        if (absent != nullptr && fits(c, absent->event, row)) silences.broken_by(row.at.us);
        const std::int64_t start = chains.feed(row);
        if (start == kNoStart) continue;
        if (absent != nullptr)
            silences.open(row.at.us, start);
        else
            best = std::max(best, start);
        if (absent == nullptr && !moving) break;
    }
    SequenceOutcome out;
    if (absent != nullptr) {
        silences.now_is(person.now.us);
        best = silences.proved();
    }
    out.in = best != kNoStart;
    out.next = window_turns(c, s, b, person, best);
    if (!out.in) out.next = std::min(out.next, silences.proves_at());
    return out;
}

}  // namespace filrouge::audience
