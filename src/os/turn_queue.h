// Who waits for their turn, first come first served, and how long whoever comes now will.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

#include "base/standing_queue.h"

namespace filrouge::os {

class TurnQueue {
  public:
    struct Turn {
        std::uint64_t connection = 0;
        std::int64_t waited_ms = 0;
    };
    bool is_empty() const { return waiting_.empty(); }
    void join(std::uint64_t connection, std::int64_t now_ms) {
        waiting_.push_back({connection, now_ms});
    }
    // Of the first in line; not for an empty queue.
    Turn next(std::int64_t now_ms) {
        const Waiting first = waiting_.front();
        waiting_.pop_front();
        const std::int64_t waited = now_ms - first.since_ms;
        // A turn after an empty line tells when somebody came, not how long a turn takes.
        if (first.since_ms <= served_ms_)
            pace_ms_ += (static_cast<double>(now_ms - served_ms_) - pace_ms_) * kPaceWeight;
        served_ms_ = now_ms;
        standing_.saw(waited, now_ms);
        return {first.connection, waited};
    }
    // Not less than the first in line has waited. From the length of the line and the pace of the
    // latest turns: whoever comes now learns it now, not when their turn has come too late.
    std::int64_t expected_wait_ms(std::int64_t now_ms) const {
        if (waiting_.empty()) return 0;
        const auto line = static_cast<double>(waiting_.size()) * pace_ms_;
        return std::max(now_ms - waiting_.front().since_ms, static_cast<std::int64_t>(line));
    }
    bool stands(std::int64_t now_ms) const { return standing_.stands(now_ms); }

  private:
    static constexpr double kPaceWeight = 1.0 / 32;
    static constexpr std::int64_t kShortWaitMs = 50;
    struct Waiting {
        std::uint64_t connection = 0;
        std::int64_t since_ms = 0;
    };
    std::deque<Waiting> waiting_;
    double pace_ms_ = 0;          // a turn, while there is a line
    std::int64_t served_ms_ = 0;  // the latest turn
    StandingQueue standing_{kShortWaitMs};
};

}  // namespace filrouge::os
