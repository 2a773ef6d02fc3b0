// How long a connection may take for its next step, and how slow a body or a reader may be.
#include <algorithm>

#include "os/http_connection.h"
#include "os/http_worker.h"

namespace filrouge::os {

namespace {

constexpr std::int64_t kLingerMs = 2'000;
constexpr std::int64_t kBodyStretchMs = 5'000;  // each of them must bring the minimum rate
// Longer than two ticks between two looks, and it was this process that stood still.
constexpr std::int64_t kLookMsMax = 1'000;

}  // namespace

void Connection::check_deadlines(std::int64_t now_ms) {
    const ListenerLimits& limits = worker_.limits();
    const std::int64_t idle_ms = std::int64_t{1000} * limits.idle_seconds_max;
    const std::int64_t header_ms = std::int64_t{1000} * limits.header_seconds_max;
    const std::int64_t in_state = now_ms - since_ms_;
    if (!out_.empty() && (now_ms - progress_ms_ > idle_ms || is_slow_reader(now_ms)))
        return close();
    switch (state_) {
        case State::Head:
            if (scanner_.started() && in_state > header_ms) {
                refuse(408);
                flush();
            } else if (!scanner_.started() &&
                       now_ms - std::max(since_ms_, progress_ms_) > idle_ms) {
                close();  // an answer that is still being read is no rest
            }
            break;
        case State::Body:
        case State::Chunks:
            if (is_slow_body(now_ms)) {
                refuse(408);
                flush();
            }
            break;
        case State::Skip:  // has its answer: another would be taken for that of the next request
            if (!is_slow_body(now_ms)) break;
            if (unsent().empty())
                begin_linger();
            else
                close();
            break;
        case State::Linger:
            if (in_state > kLingerMs) close();
            break;
        case State::Handling:
        case State::Streaming:
        case State::Last:
        case State::Closed: break;
    }
}

// An average since the body began would let who has sent half of it at once rest for minutes.
bool Connection::is_slow_body(std::int64_t now_ms) {
    const std::int64_t header_ms = std::int64_t{1000} * worker_.limits().header_seconds_max;
    return is_slow(receiving_, received_, std::min(kBodyStretchMs, header_ms), now_ms);
}

// A longer stretch than of a body: the system takes an answer by 64 KiB and more, so that who reads
// steadily but slowly moves nothing for many seconds. Streams hold little, and may rest.
bool Connection::is_slow_reader(std::int64_t now_ms) {
    if (state_ == State::Streaming) return false;
    const std::int64_t idle_ms = std::int64_t{1000} * worker_.limits().idle_seconds_max;
    return is_slow(sending_, sent_, idle_ms, now_ms);
}

bool Connection::is_slow(Stretch& stretch, std::uint64_t moved, std::int64_t stretch_ms,
                         std::int64_t now_ms) const {
    stretch.lasted_ms += std::min(now_ms - stretch.seen_ms, kLookMsMax);
    stretch.seen_ms = now_ms;
    if (stretch.lasted_ms <= stretch_ms) return false;
    const std::uint64_t rate = worker_.limits().body_bytes_per_second_min;
    if (moved - stretch.moved_before < static_cast<std::uint64_t>(stretch.lasted_ms) * rate / 1000)
        return true;
    stretch = {now_ms, 0, moved};
    return false;
}

}  // namespace filrouge::os
