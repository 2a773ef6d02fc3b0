// A few threads for questions that take longer than an I/O thread may wait, and a bounded queue
// before them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace filrouge::http {

class BlockingPool {
  public:
    BlockingPool(unsigned threads, std::size_t queue_max);
    ~BlockingPool();  // stops
    // False when the queue is full, or it has stopped; `task` is then dropped.
    bool run(std::function<void()> task);
    void stop();  // what runs is finished, what waits is dropped

  private:
    void work();
    const std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace filrouge::http
