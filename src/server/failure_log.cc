#include "server/failure_log.h"

#include <utility>

#include "server/diagnostics.h"

namespace filrouge::server {

void FailureLog::tell(const http::FailedRequest& failed) {
    std::uint64_t left_out = 0;
    {
        const std::lock_guard lock(mutex_);
        const std::int64_t now = clock_.monotonic().us / 1'000'000;
        if (std::exchange(second_, now) != now) lines_ = 0;
        if (lines_ == kFailureLinesPerSecondMax) {
            ++left_out_;
            return;
        }
        ++lines_;
        left_out = std::exchange(left_out_, 0);
    }
    diagnose(Level::Warning, "request failed",
             {{"request_id", failed.request_id},
              {"trace_id", failed.trace_id},
              {"method", std::string(failed.method)},
              {"route", std::string(failed.pattern)},
              {"status", std::to_string(failed.status)},
              {"code", failed.code},
              {"left_out_before", std::to_string(left_out)}});
}

}  // namespace filrouge::server
