// One at a time, and whoever comes waits a while: std::timed_mutex, whose timed lock the thread
// sanitizer of this compiler does not see. For std::unique_lock.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace filrouge::engine {

class TimedTurn {
  public:
    template <typename Rep, typename Period>
    bool try_lock_for(std::chrono::duration<Rep, Period> wait) {
        std::unique_lock guard(mutex_);
        if (!left_.wait_for(guard, wait, [this] { return !taken_; })) return false;
        return taken_ = true;
    }
    void unlock() {
        {
            const std::lock_guard guard(mutex_);
            taken_ = false;
        }
        left_.notify_one();
    }

  private:
    std::mutex mutex_;
    std::condition_variable left_;
    bool taken_ = false;  // guarded by mutex_
};

}  // namespace filrouge::engine
