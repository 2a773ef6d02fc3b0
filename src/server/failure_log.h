// Tells the operator of requests that were answered with 5xx, by their ids: a line each, as long as
// they are few.
#pragma once

#include <cstdint>
#include <mutex>

#include "http/routes.h"
#include "seam/clock.h"

namespace filrouge::server {

constexpr int kFailureLinesPerSecondMax = 20;  // what is left out is counted in the next line

class FailureLog {
  public:
    explicit FailureLog(Clock& clock) : clock_(clock) {}
    void tell(const http::FailedRequest& failed);  // any thread

  private:
    Clock& clock_;
    std::mutex mutex_;
    std::int64_t second_ = 0;  // guarded by mutex_, like what follows
    int lines_ = 0;
    std::uint64_t left_out_ = 0;
};

}  // namespace filrouge::server
